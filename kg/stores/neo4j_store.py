"""A Neo4j server: 5.26 LTS and later, Community or Enterprise. The only module that knows the driver."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import neo4j
from neo4j.exceptions import AuthError, ClientError, ConfigurationError, DriverError, Neo4jError

from kg.errors import QueryError, StoreDenied, StoreError, StoreUnreachable, UsageError
from kg.schema import Edge, Node, Value
from kg.stores.base import Counts, Progress, storable
from kg.stores.neo4j_load import count_loaded, create_schema, delete_older, write_edges, write_nodes
from kg.table import Cell, Table, plain_decimal

_CONNECT_SECONDS = 10


class Neo4jStore:
    """One database of a Neo4j server. Connects at once.

    ``patience`` is how long (seconds) a write is tried again while the server is away; ``timeout`` ends a query that
    takes longer. Raises UsageError for a URI that is none, StoreUnreachable if nothing answers there, StoreDenied for
    a wrong user or password.
    """

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        *,
        database: str | None = None,
        patience: float = 30,
        timeout: float | None = None,
    ) -> None:
        self._uri, self._username, self._database, self._timeout = uri, username, database, timeout
        self._driver = self._connected((username, password), patience)

    def load(self, nodes: Iterable[Node], edges: Iterable[Edge], *, progress: Progress | None = None) -> Counts:
        """Make the database hold exactly these rows beside what others put there.

        What an earlier load wrote and these rows lack is deleted at the end, after the counts were found right. A
        load that was cut off is continued by another one.
        """
        load = time.time_ns() // 1_000_000
        written: dict[str, int] = {}

        def note(table: str, rows: int) -> None:
            written[table] = rows
            if progress is not None:
                progress(table, rows)

        with self._session(neo4j.WRITE_ACCESS) as session:

            def write(text: str, params: Mapping[str, Any]) -> Any:
                with self._explained("lost", written):
                    return session.execute_write(_first_value, text, params)

            create_schema(write)
            sent = Counts(
                write_nodes(write, nodes, load, progress=note), write_edges(write, edges, load, progress=note)
            )
            sent.expect(count_loaded(write, load), where=self._uri)
            delete_older(write, load)
        return sent

    def run(self, text: str, params: Mapping[str, Value] | None = None) -> Table:
        values = {name: storable(value) if value != () else [] for name, value in (params or {}).items()}
        with self._session(neo4j.READ_ACCESS) as session, self._explained("lost", query=True):
            query = neo4j.Query(text, timeout=self._timeout)
            result = session.run(query, values)
            columns = tuple(result.keys())
            rows = tuple(tuple(_cell(value) for value in record.values()) for record in result)
        return Table(columns, rows)

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connected(self, auth: tuple[str, str], patience: float) -> neo4j.Driver:
        driver: neo4j.Driver | None = None
        try:
            if not self._uri.startswith(("bolt", "neo4j")):
                raise ValueError("it does not begin with bolt:// or neo4j://")
            driver = neo4j.GraphDatabase.driver(
                self._uri, auth=auth, connection_timeout=_CONNECT_SECONDS, max_transaction_retry_time=patience
            )
            with self._explained("no answer"):
                driver.verify_connectivity()
            return driver
        except BaseException as error:
            if driver is not None:
                driver.close()
            if isinstance(error, (ConfigurationError, ValueError)):
                raise UsageError(
                    f"{self._uri!r} is no address of a Neo4j server ({error}): try bolt://localhost:7687"
                ) from error
            raise

    def _session(self, access: str) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=access)

    @contextmanager
    def _explained(self, what: str, written: Mapping[str, int] | None = None, *, query: bool = False) -> Iterator[None]:
        """The driver's errors as ours. ``written`` is what a load had written so far."""
        try:
            yield
        except (Neo4jError, DriverError, OSError) as error:
            raise self._translated(error, what, written, query=query) from error

    def _translated(
        self, error: Exception, what: str, written: Mapping[str, int] | None, *, query: bool
    ) -> StoreError | QueryError:
        if isinstance(error, AuthError) or _code(error).startswith("Neo.ClientError.Security"):
            return StoreDenied(f"{self._uri} refuses the user {self._username!r}: {_message(error)}")
        if isinstance(error, Neo4jError) and not _is_away(error):
            if query and isinstance(error, ClientError):
                return QueryError(f"Neo4j refused the query: {_message(error)}")
            return StoreError(f"Neo4j at {self._uri} failed: {_message(error)}{_so_far(written)}")
        if what == "no answer":
            return StoreUnreachable(
                f"no Neo4j answers at {self._uri} ({_message(error)}): is it running, and is that its Bolt address?"
            )
        return StoreUnreachable(f"the connection to {self._uri} was lost: {_message(error)}{_so_far(written)}")


def _first_value(transaction: neo4j.ManagedTransaction, text: str, params: Mapping[str, Any]) -> Any:
    record = transaction.run(text, dict(params)).single()
    return record[0] if record is not None else None


def _code(error: Exception) -> str:
    return (error.code or "") if isinstance(error, Neo4jError) else ""


def _is_away(error: Neo4jError) -> bool:
    """The server answers, but is starting, stopping or without this database for the moment."""
    return _code(error) in (
        "Neo.TransientError.General.DatabaseUnavailable",
        "Neo.TransientError.Database.DatabaseUnavailable",
    )


def _message(error: Exception) -> str:
    text = (error.message or str(error)) if isinstance(error, Neo4jError) else str(error)
    return text.strip().rstrip(".")


def _so_far(written: Mapping[str, int] | None) -> str:
    if written is None:
        return ""
    done = ", ".join(f"{rows} {table}" for table, rows in written.items()) or "nothing"
    return f". Written so far: {done}. Nothing is lost: run the same command again and it continues."


def _cell(value: Any) -> Cell:
    if isinstance(value, float):
        return plain_decimal(value)
    if isinstance(value, list):
        return tuple(value)
    if value is None or isinstance(value, (str, int)):
        return value
    raise QueryError(f"the query returns a {type(value).__name__}: return its properties instead")
