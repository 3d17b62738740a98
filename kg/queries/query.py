"""One question, asked in Cypher and in SPARQL: its parameters, and the run of it on either."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Protocol

from kg.errors import QueryError, UsageError
from kg.queries.header import Column, Param
from kg.queries.types import convert
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

        "as-of" and "as_of" stand for "asOf". Raises UsageError, listing the right ones, for an unknown name, a missing
        one or a value of another type.
        """
        by_key = {_key(param.name): param for param in self.params}
        values: Arguments = {param.name: param.default for param in self.params}
        for name, value in given.items():
            param = by_key.get(_key(name))
            if param is None:
                raise UsageError(f"{self.name} has no parameter {name!r}{did_you_mean(name, values)}. {self.usage()}")
            try:
                values[param.name] = convert(param.type, value)
            except ValueError as error:
                raise UsageError(f"{self.name}: {name} is {value!r}, but {error}. {self.usage()}") from None
        if missing := [param.name for param in self.params if param.required and values[param.name] in (None, "")]:
            raise UsageError(f"{self.name} needs {' and '.join(missing)}. {self.usage()}")
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


def _as_decimal(cell: Cell) -> Cell:
    """A whole number is an integer to some engines."""
    return plain_decimal(cell) if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool) else cell


def _key(name: str) -> str:
    return name.replace("-", "").replace("_", "").casefold()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ " (did you mean …?)" with the nearest of the known names, or nothing."""
    near = get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
