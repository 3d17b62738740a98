"""The processes that answer queries, seen from inside; :mod:`kg.sparql.pool` starts them.

The first process loads the graph and then only forks. Each fork shares the loaded graph, answers one query at a time,
and can be killed at any moment without harm to the others. It can open no file and no connection: the system refuses.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KGError, QueryError, QueryTimeout
from kg.sparql.answer import Boolean, Graph, Solutions
from kg.sparql.engine import Engine
from kg.sparql.results import Limits, write_answer

_SIZE = struct.Struct("!Q")
FORK, KILL = b"F", b"K"
PID = struct.Struct("!Q")


@dataclass(frozen=True, slots=True)
class Request:
    """One query. ``formats`` names the format for each form of answer ("rows", "boolean", "graph"); "table" makes a
    pickled :class:`kg.table.Table`, and a form that it lacks is not wanted."""

    query: str
    formats: dict[str, str]
    limits: Limits
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """``form`` is "rows", "boolean" or "graph"; ``body`` is None where no format was given for that form."""

    form: str
    format: str | None
    body: bytes | None


def send(connection: socket.socket, message: object) -> None:
    data = pickle.dumps(message)
    connection.sendall(_SIZE.pack(len(data)) + data)


def receive(connection: socket.socket) -> object:
    """The next message. Raises EOFError where the other side is gone, TimeoutError as the socket does."""
    (size,) = _SIZE.unpack(read_exactly(connection, _SIZE.size))
    return pickle.loads(read_exactly(connection, size))


def read_exactly(connection: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = connection.recv_into(view)
        if not count:
            raise EOFError("the other process is gone")
        view = view[count:]
    return data


def answer(engine: Engine, request: Request) -> Reply:
    """The answer in the format that the request names for its form. Raises QueryError."""
    found = engine.query(request.query, default_graphs=request.default_graphs, named_graphs=request.named_graphs)
    form = {Solutions: "rows", Boolean: "boolean", Graph: "graph"}[type(found)]
    name = request.formats.get(form)
    if name is None:
        return Reply(form, None, None)
    if name == "table" and isinstance(found, Solutions):
        return Reply(form, name, pickle.dumps(found.table(base=engine.base, limit=request.limits.rows)))
    return Reply(form, name, write_answer(found, name, request.limits))


def main(descriptor: int) -> None:
    """Loads the graph by the callable that comes first over the socket, then forks as told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    try:
        load = receive(control)
        if not callable(load):
            raise TypeError(f"{load!r} does not load a graph")
        engine: Engine = load()
    except KGError as error:
        send(control, error)
        return
    gc.freeze()
    send(control, len(engine.store))
    children: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1 + PID.size, 1)
        _reap(children)
        if message[:1] == FORK:
            pid = os.fork()
            if pid == 0:
                control.close()
                _serve(engine, socket.socket(fileno=descriptors[0]))
            os.close(descriptors[0])
            children.add(pid)
            control.sendall(PID.pack(pid))
        elif message[:1] == KILL:
            (pid,) = PID.unpack(message[1:])
            if pid in children:
                os.kill(pid, signal.SIGKILL)
        else:
            for pid in children:
                os.kill(pid, signal.SIGKILL)
            return


def _reap(children: set[int]) -> None:
    for pid in tuple(children):
        if os.waitpid(pid, os.WNOHANG)[0]:
            children.discard(pid)


def _serve(engine: Engine, connection: socket.socket) -> None:
    """Answers queries until the other side closes; never returns."""
    try:
        confined = False
        while True:
            request = receive(connection)
            if not isinstance(request, Request):
                raise TypeError(f"{request!r} is not a request")
            if not confined:
                _confine(engine, request.limits.memory)
                confined = True
            send(connection, _try(engine, request))
    except (EOFError, OSError):
        os._exit(0)
    finally:
        os._exit(1)


def _try(engine: Engine, request: Request) -> Reply | QueryError:
    try:
        return answer(engine, request)
    except QueryError as error:
        return error
    except MemoryError:
        return QueryTimeout("the query was stopped because it needs too much memory: ask for less")


def _confine(engine: Engine, memory: int) -> None:
    """From here on this process opens nothing (a graph on disk must, to be read) and grows by ``memory`` at most."""
    import resource  # not there on Windows, where the rest of this package works

    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 2)  # the engine's last words when memory ends are not for users
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # no /proc, or a stricter limit stands already
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        used = int(pages) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    if engine.in_memory:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
