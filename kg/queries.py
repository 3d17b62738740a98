"""The queries that the program carries: one question, asked in Cypher and in SPARQL.

``queries/NAME.cypher`` and ``queries/NAME.rq`` have the same header (:mod:`kg.query_header`) and give the same rows in
the same order on every engine.

>>> query = load_queries()["leaderboard"]
>>> with open_cache(...) as store:  # doctest: +SKIP
...     table = run_query(store, query, {"dataset": "LIBERO"})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

from kg.errors import QueryError, UsageError
from kg.query_header import Column, Header, Param, read_header
from kg.query_types import convert
from kg.resources import resource
from kg.schema import Value
from kg.table import Cell, Table, plain_decimal

Arguments = dict[str, Cell]


class Runner(Protocol):
    """What answers Cypher: every store does."""

    def run(self, text: str, params: Mapping[str, Value] | None = None) -> Table: ...


class SparqlRunner(Protocol):
    """What answers SPARQL with ``$name`` parameters: :class:`kg.sparql.Engine` does."""

    def table(self, text: str, parameters: Mapping[str, Any] | None = None) -> Table: ...


@dataclass(frozen=True, slots=True)
class Query:
    """One question. ``cypher`` and ``sparql`` are the files as they stand; ``sparql`` is None without such a file."""

    name: str
    title: str
    text: str
    params: tuple[Param, ...]
    outputs: tuple[Column, ...]
    cypher: str
    sparql: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.outputs)

    def arguments(self, given: Mapping[str, Cell | float]) -> Arguments:
        """Every parameter's value: those given, converted from text where need be, and the defaults of the others.

        Raises UsageError, listing the right ones, for an unknown name, a missing one or a value of another type.
        """
        known = {param.name: param for param in self.params}
        for name in given:
            if name not in known:
                raise UsageError(f"{self.name} has no parameter {name!r}{_meant(name, known)}. {self.usage()}")
        if missing := [p.name for p in self.params if p.required and given.get(p.name) in (None, "")]:
            raise UsageError(f"{self.name} needs {' and '.join(missing)}. {self.usage()}")
        values: Arguments = {}
        for name, param in known.items():
            try:
                values[name] = convert(param.type, given[name]) if name in given else param.default
            except ValueError as error:
                raise UsageError(f"{self.name}: {name} is {given[name]!r}, but {error}. {self.usage()}") from None
        return values

    def usage(self) -> str:
        """The parameters in one line, for messages."""
        if not self.params:
            return "It takes no parameters."
        return "Its parameters: " + ", ".join(
            f"{p.name} ({p.type}{', required' if p.required else ''})" for p in self.params
        )


def run_query(store: Runner, query: Query, given: Mapping[str, Cell | float] | None = None) -> Table:
    """The query's rows from a store. Raises UsageError for wrong parameters, QueryError from the engine."""
    return conform(query, store.run(query.cypher, query.arguments(given or {})))


def run_sparql(engine: SparqlRunner, query: Query, given: Mapping[str, Cell | float] | None = None) -> Table:
    """The same rows by SPARQL. Raises as :func:`run_query`, and QueryError for a query that has no SPARQL."""
    arguments = query.arguments(given or {})
    if query.sparql is None:
        raise QueryError(f"{query.name} is written in Cypher only: add {query.name}.rq beside it")
    return conform(query, engine.table(query.sparql, arguments))


def conform(query: Query, table: Table) -> Table:
    """The table with the columns and the types that the query's header states, whichever engine it came from."""
    if table.columns != query.columns:
        there, named = ", ".join(table.columns), ", ".join(query.columns)
        raise QueryError(f"{query.name} returns the columns {there}, but its header names {named}")
    decimals = [column.type == "decimal" for column in query.outputs]
    rows = (
        tuple(_as_decimal(cell) if is_decimal else cell for cell, is_decimal in zip(row, decimals, strict=True))
        for row in table.rows
    )
    return Table(table.columns, tuple(rows))


def load_queries(*folders: Path) -> dict[str, Query]:
    """The program's queries by name, sorted, and those in the given folders, which come first where names are equal.

    Raises QueryError for a folder that is not there or a file whose header is not right.
    """
    found: dict[str, Query] = {}
    for folder in (resource("queries"), *folders):
        if not folder.is_dir():
            raise QueryError(f"{folder}: no such folder of queries")
        found.update((query.name, query) for query in _read_folder(folder))
    return dict(sorted(found.items()))


def find_query(queries: Mapping[str, Query], name: str) -> Query:
    """The query of this name. Raises QueryError that names the nearest ones."""
    query = queries.get(name)
    if query is None:
        raise QueryError(f"there is no query {name!r}{_meant(name, queries)}. There are: {', '.join(queries)}")
    return query


def _read_folder(folder: Path) -> Iterable[Query]:
    for path in sorted(folder.glob("*.cypher")):
        cypher = _statement(path)
        header = read_header(path, cypher)
        other = path.with_suffix(".rq")
        sparql = other.read_text(encoding="utf-8") if other.exists() else None
        if sparql is not None:
            _check_same(other, header, read_header(other, sparql))
        yield Query(path.stem, header.title, header.text, header.params, header.columns, cypher, sparql)


def _statement(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"{path}: it is not UTF-8 text: {error}") from error
    if not text.rstrip().endswith(";"):
        raise QueryError(f"{path}: end the statement with ';'")
    return text


def _check_same(path: Path, cypher: Header, sparql: Header) -> None:
    for what in ("title", "params", "columns"):
        if getattr(cypher, what) != getattr(sparql, what):
            raise QueryError(f"{path}: its {what} differ from those of {path.stem}.cypher: make the headers alike")


def _as_decimal(cell: Cell) -> Cell:
    """A whole number is an integer to some engines."""
    return plain_decimal(cell) if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool) else cell


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
