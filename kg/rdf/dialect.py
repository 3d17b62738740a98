"""What a serialisation must be able to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

Pairs = list[tuple[str, str]]
"""Predicate and object, as text; triples of one predicate stand together."""


@dataclass(frozen=True, slots=True)
class Names:
    """The IRI under which the resources are, and that of the graph which holds their quads."""

    base: str
    graph: str


class Dialect(Protocol):
    """One serialisation: its terms, and how they are joined to a document."""

    def __init__(self, names: Names) -> None: ...

    def document(self, subjects: Iterable[tuple[str, Pairs]]) -> Iterator[str]:
        """The whole document, about one text for each subject."""

    def node(self, node_id: str) -> str:
        """The IRI of the resource with this id. Raises InputError where the id cannot be part of an IRI."""

    def term(self, name: str) -> str:
        """A class or property by its prefixed name ("kg:reports"), as the object of a triple."""

    def predicate(self, name: str) -> str:
        """A property by its prefixed name, as the predicate of a triple."""

    def string(self, value: str, /) -> str: ...

    def decimal(self, value: str) -> str:
        """A decimal in its canonical form (:func:`kg.rdf.terms.decimal`)."""

    def integer(self, value: int) -> str: ...

    def boolean(self, value: bool) -> str: ...

    def typed(self, value: str, datatype: str) -> str:
        """A literal of the XML Schema type ``datatype`` ("date")."""
