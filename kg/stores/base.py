"""What a graph database must be able to do, whichever it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Protocol, Self

from kg.errors import StoreMismatch
from kg.schema import EDGE_ENDS, NODE_PROPERTIES, Edge, Node, Value
from kg.table import Table

_SURROGATE = re.compile("[\ud800-\udfff]")

Progress = Callable[[str, int], None]
"""Told after every batch: the label or relationship type, and how many of its rows are written."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by node label and by relationship type."""

    nodes: Counter[str] = field(default_factory=Counter)
    edges: Counter[str] = field(default_factory=Counter)

    def expect(self, held: Counts, *, where: str) -> None:
        """Raise StoreMismatch unless ``held`` (what the database holds) equals this (what was sent)."""
        differences = [
            f"{name}: {sent[name]} sent, {found[name]} there"
            for sent, found in ((self.nodes, held.nodes), (self.edges, held.edges))
            for name in sorted(sent | found)
            if sent[name] != found[name]
        ]
        if differences:
            raise StoreMismatch(
                f"{where} does not hold what was sent ({'; '.join(differences)}). A relationship whose end is not "
                "in the graph, or two rows of one id, does this; load again, or into an empty database."
            )


class Store(Protocol):
    """A graph database: takes the graph's rows, answers Cypher."""

    def load(self, nodes: Iterable[Node], edges: Iterable[Edge], *, progress: Progress | None = None) -> Counts:
        """Make the database hold exactly these rows; each iterable is read once, nodes first.

        Raises StoreError (see kg.errors) if it cannot, StoreMismatch if afterwards the counts differ.
        """
        ...

    def run(self, text: str, params: Mapping[str, Value] | None = None) -> Table:
        """The rows of one reading statement. Every number with a fraction is a Decimal.

        Raises QueryError if the engine refuses it or a parameter is missing.
        """
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def storable(value: Value) -> str | int | float | bool | list[str] | None:
    """The value as both databases keep it: decimals as doubles, lone surrogates as U+FFFD, an empty list as null.

    Neo4j has no decimals, and one type for both engines keeps their answers equal. A double gives back every decimal
    of up to 15 significant digits as it was written (``valueText`` keeps the printed form of all).
    """
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, tuple):
        return [_clean(item) for item in value] or None
    return value


def check_node(node: Node) -> None:
    """Raise StoreMismatch for a row that the schema does not know."""
    known = NODE_PROPERTIES.get(node.label)
    if known is None:
        raise StoreMismatch(f"node {node.id!r} has the label {node.label!r}, which the schema does not have")
    if unknown := node.properties.keys() - known.keys():
        raise StoreMismatch(f"node {node.id!r} has properties that {node.label} does not: {sorted(unknown)}")


def check_edge(edge: Edge) -> None:
    """Raise StoreMismatch for a row whose type or ends the schema does not know."""
    ends = (edge.source[0], edge.target[0])
    if ends not in EDGE_ENDS.get(edge.type, ()):
        raise StoreMismatch(
            f"relationship {edge.type} from {edge.source[1]!r} to {edge.target[1]!r}: "
            f"the schema has none from {ends[0]} to {ends[1]}"
        )


def _clean(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
