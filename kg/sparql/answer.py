"""What a query answers: rows, yes or no, or triples; and how each is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import QueryTooLarge
from kg.rdf.terms import XSD
from kg.table import Cell, Table, plain_decimal

Term = NamedNode | BlankNode | Literal | Triple
Row = tuple[Term | None, ...]

_WHOLE = frozenset(
    f"{XSD}{name}"
    for name in (
        "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "negativeInteger",
        "nonPositiveInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_FRACTION = frozenset({f"{XSD}decimal", f"{XSD}double", f"{XSD}float"})
_BOOLEAN = f"{XSD}boolean"


@dataclass(frozen=True, slots=True)
class Solutions:
    """The rows of a SELECT, each as long as ``variables``; None where a variable has no value."""

    variables: tuple[str, ...]
    rows: Iterator[Row]

    def table(self, *, base: str | None = None, limit: int | None = None) -> Table:
        """The rows as plain values: numbers and booleans as such, everything else as text.

        An IRI under ``base`` becomes the id of its node. Raises QueryTooLarge past ``limit`` rows.
        """
        rows = tuple(tuple(cell(term, base) for term in row) for row in islice(self.rows, limit))
        if limit is not None and next(self.rows, None) is not None:
            raise QueryTooLarge(f"the answer has more than {limit} rows: ask for less, or add LIMIT")
        return Table(self.variables, rows)


@dataclass(frozen=True, slots=True)
class Boolean:
    """The answer to an ASK."""

    value: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The triples of a CONSTRUCT or DESCRIBE."""

    triples: Iterator[Triple]


Answer = Solutions | Boolean | Graph


def cell(term: Term | None, base: str | None = None) -> Cell:
    """A term as a plain value."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return term.value.removeprefix(base) if base else term.value
    if isinstance(term, Literal):
        return _value(term)
    return str(term)


def _value(literal: Literal) -> Cell:
    kind, text = literal.datatype.value, literal.value
    try:
        if kind in _WHOLE:
            return int(text)
        if kind in _FRACTION and Decimal(text).is_finite():
            return plain_decimal(text)
    except (ValueError, ArithmeticError):
        return text
    return text in ("true", "1") if kind == _BOOLEAN else text
