"""Queries in processes of their own, so that one which takes too long, or too much, is stopped and nothing else is.

The graph is loaded once, in one process, and shared by all that answer. Needs a system with ``fork`` (Linux, macOS).
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from kg.errors import KGError, QueryError, QueryTimeout, UsageError
from kg.schema import DATA_IRI
from kg.sparql.engine import Engine
from kg.sparql.results import Limits
from kg.sparql.text import Parameter, bind
from kg.sparql.worker import FORK, KILL, PID, Reply, Request, read_exactly, receive, send
from kg.table import Table

Load = Callable[[], Engine]
"""What loads the graph; it is pickled, so a class or function of a module, or functools.partial of one."""

_START = "import sys; sys.path[:] = sys.argv[2:]; from kg.sparql.worker import main; main(int(sys.argv[1]))"


class _Worker:
    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.connection = connection


class QueryPool:
    """Some processes that answer queries over one graph. Threads may share it."""

    def __init__(self, load: Load, *, workers: int = 2, limits: Limits | None = None, base: str = DATA_IRI) -> None:
        """Loads the graph and starts the processes. Raises what ``load`` raises of KGError."""
        if not hasattr(os, "fork"):
            raise UsageError("queries with a time limit need Linux or macOS: use kg.sparql.Engine here")
        self.limits = limits or Limits()
        self.base = base
        self.triples = 0
        self._load = load
        self._lock = threading.Lock()
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._start()
        for _ in range(workers):
            self._free.put(self._fork())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(
        self,
        query: str,
        formats: Mapping[str, str],
        *,
        default_graphs: tuple[str, ...] | None = None,
        named_graphs: tuple[str, ...] | None = None,
    ) -> Reply:
        """The answer, written in the format that ``formats`` gives for its form ("rows", "boolean" or "graph").

        Raises QueryTimeout where it was stopped or no process became free in time, QueryTooLarge, QueryRefused, or
        QueryError where the query is not right.
        """
        return self._ask(Request(query, dict(formats), self.limits, default_graphs, named_graphs))

    def table(self, query: str, parameters: Mapping[str, Parameter] | None = None) -> Table:
        """The rows of a SELECT as plain values, an IRI of this graph as the id of its node. Raises as :meth:`run`."""
        if parameters is not None:
            query = bind(query, parameters, self.base)
        reply = self.run(query, {"rows": "table"})
        if reply.body is None:
            raise QueryError("only a SELECT has rows: ASK and CONSTRUCT are answered in a format of their own")
        table = pickle.loads(reply.body)
        if not isinstance(table, Table):
            raise TypeError(f"{table!r} is not a table")
        return table

    def close(self) -> None:
        """Stops every process, whatever it is doing."""
        with self._lock:
            self._control.close()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            with contextlib.suppress(queue.Empty):
                while True:
                    self._free.get_nowait().connection.close()

    def _ask(self, request: Request) -> Reply:
        seconds = self.limits.seconds
        try:
            worker = self._free.get(timeout=seconds)
        except queue.Empty:
            raise QueryTimeout("other queries keep this service busy: try again later") from None
        try:
            worker.connection.settimeout(seconds)
            send(worker.connection, request)
            reply = receive(worker.connection)
        except TimeoutError:
            worker = self._replace(worker)
            raise QueryTimeout(f"the query was stopped after {seconds:g} seconds: ask for less") from None
        except (EOFError, OSError):
            worker = self._replace(worker)
            raise QueryTimeout("the query was stopped because it needs too much memory: ask for less") from None
        except BaseException:
            worker = self._replace(worker)  # or the next query would get this one's answer
            raise
        finally:
            self._free.put(worker)
        if isinstance(reply, KGError):
            raise reply
        if not isinstance(reply, Reply):
            raise TypeError(f"{reply!r} is not a reply")
        return reply

    def _start(self) -> None:
        self._control, other = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(other.fileno()), *sys.path],
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        other.close()
        try:
            send(self._control, self._load)
            loaded = receive(self._control)
        except (EOFError, OSError) as error:
            self.close()
            raise QueryError("the process that loads the graph ended: it may need more memory") from error
        except BaseException:
            self.close()
            raise
        if isinstance(loaded, KGError):
            self.close()
            raise loaded
        self.triples = int(str(loaded))

    def _fork(self) -> _Worker:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [FORK.ljust(1 + PID.size)], [theirs.fileno()])
            (pid,) = PID.unpack(read_exactly(self._control, PID.size))
        except (EOFError, OSError):
            ours.close()
            raise
        return _Worker(pid, ours)

    def _replace(self, worker: _Worker) -> _Worker:
        """A new process in place of one that hangs or is gone; where even the first one is gone, all begins anew."""
        worker.connection.close()
        with self._lock:
            try:
                self._control.sendall(KILL + PID.pack(worker.pid))
                return self._fork()
            except (EOFError, OSError):
                self._control.close()
                self._process.kill()
                self._process.wait()
                self._start()
                return self._fork()
