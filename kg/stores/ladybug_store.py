"""The embedded database: Ladybug, which speaks Cypher and needs no server.

Its file is a cache of the workspace. It is written whole, to a file beside it that takes its place when all is there,
and it carries the stamp of what it was made from; so a killed build, a damaged file or one of another version of the
engine is found out and made anew, never mended.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ladybug

from kg.errors import KGError, QueryError, StoreError
from kg.schema import Edge, Node, Value
from kg.stores.base import Counts, Progress
from kg.stores.cypher import parameter_names
from kg.stores.ladybug_load import bulk_load, count_rows
from kg.table import Cell, Table, plain_decimal

Rows = tuple[Iterable[Node], Iterable[Edge]]

# What the database may keep in memory. The engine's own default, four fifths of the machine, is too much for a guest.
_BUFFER_POOL = 2 << 30
# Address space, not memory: the default of 8 TiB is refused where that is limited.
_MOST = 1 << 36
_STAMP_TABLE = "CREATE NODE TABLE BuildStamp(key STRING PRIMARY KEY, value STRING)"


class LadybugStore:
    """A Ladybug database: in memory without ``path``, else a file that is opened for reading only.

    A file is made by :func:`open_cache`. Queries may come from several threads. ``timeout`` (seconds) ends a query
    that takes longer with a QueryError.
    """

    def __init__(self, path: Path | None = None, *, timeout: float | None = None) -> None:
        self._timeout = timeout
        self._database = _open(path, read_only=path is not None)

    def load(self, nodes: Iterable[Node], edges: Iterable[Edge], *, progress: Progress | None = None) -> Counts:
        """Fill the empty in-memory database. Raises StoreMismatch, or StoreError if it is filled already."""
        with ladybug.Connection(self._database) as connection:
            return bulk_load(connection, nodes, edges, progress=progress)

    def run(self, text: str, params: Mapping[str, Value] | None = None) -> Table:
        given = dict(params or {})
        needed = parameter_names(text)
        # The engine answers a query whose parameter is missing with no rows and no error.
        if missing := sorted(needed - given.keys()):
            raise QueryError(f"the query needs a value for ${', $'.join(missing)}")
        with ladybug.Connection(self._database) as connection:
            if self._timeout is not None:
                connection.set_query_timeout(int(self._timeout * 1000))
            try:
                result = connection.execute(text, {name: _argument(given[name]) for name in needed})
                return _table(result)
            except RuntimeError as error:
                raise QueryError(f"the embedded database refused the query: {error}") from error

    def counts(self) -> Counts:
        """How many nodes of each label and relationships of each type the database holds."""
        with ladybug.Connection(self._database) as connection:
            return count_rows(connection)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_cache(
    path: Path,
    *,
    stamp: str,
    rows: Callable[[], Rows],
    progress: Progress | None = None,
    timeout: float | None = None,
) -> LadybugStore:
    """The database at ``path``, made anew from ``rows()`` unless it already carries ``stamp``.

    ``stamp`` names everything that the rows depend on: the workspace's content and the version of the program.
    Raises StoreError if the file cannot be written, StoreMismatch if the rows do not fit together.
    """
    if not is_current(path, stamp=stamp):
        _rebuild(path, stamp=stamp, rows=rows, progress=progress)
    return LadybugStore(path, timeout=timeout)


def is_current(path: Path, *, stamp: str) -> bool:
    """Whether the file is there, can be opened, and was made with this stamp."""
    if not path.is_file():
        return False
    try:
        with LadybugStore(path) as store:
            return store.run("MATCH (s:BuildStamp) RETURN s.value AS stamp").rows == ((stamp,),)
    except KGError:
        return False


def _rebuild(path: Path, *, stamp: str, rows: Callable[[], Rows], progress: Progress | None) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    _remove_leftovers(path)
    try:
        database = _open(new, read_only=False)
        try:
            with ladybug.Connection(database) as connection:
                bulk_load(connection, *rows(), progress=progress)
                connection.execute(_STAMP_TABLE)
                connection.execute("CREATE (:BuildStamp {key: 'stamp', value: $stamp})", {"stamp": stamp})
        finally:
            database.close()
        new.replace(path)
    except OSError as error:
        raise StoreError(f"the graph database {path} cannot be written: {error}") from error
    finally:
        _remove(new)


def _open(path: Path | None, *, read_only: bool) -> Any:
    try:
        return ladybug.Database(
            path or ":memory:", read_only=read_only, buffer_pool_size=_BUFFER_POOL, max_db_size=_MOST
        )
    except RuntimeError as error:
        raise StoreError(f"the graph database {path} cannot be opened: {error}. It is a cache: delete it.") from error


def _remove_leftovers(path: Path) -> None:
    """Delete what killed builds left beside ``path``, but not the work of one that still runs."""
    for leftover in path.parent.glob(f"{path.name}.*.new"):
        pid = leftover.name.removeprefix(f"{path.name}.").removesuffix(".new")
        if pid.isdigit() and not _is_running(int(pid)):
            _remove(leftover)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(path: Path) -> None:
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)


def _argument(value: Value) -> Any:
    return float(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value


def _table(result: Any) -> Table:
    whole = [kind == "INT128" for kind in result.get_column_data_types()]
    rows = tuple(
        tuple(_cell(value, is_whole) for value, is_whole in zip(row, whole, strict=True)) for row in result.get_all()
    )
    return Table(tuple(result.get_column_names()), rows)


def _cell(value: Any, whole: bool) -> Cell:
    """``whole``: the engine hands out INT128, the type of a sum of integers, as Decimal."""
    if isinstance(value, (float, Decimal)):
        return int(value) if whole else plain_decimal(value)
    if isinstance(value, list):
        return tuple(value)
    if value is None or isinstance(value, (str, int)):
        return value
    raise QueryError(f"the query returns a {type(value).__name__}: return its properties instead")
