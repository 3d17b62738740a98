"""What a serialisation must be able to write.

A resource is written as its subject and a list of statements; a statement is a predicate with its object or objects,
as final text. What does not change from one resource to the next (predicates, types, brackets) is made once, so that
a triple costs little more than joining its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kg.rdf.terms import quote


@dataclass(frozen=True, slots=True)
class Names:
    """The IRI under which the resources are, and that of the graph which holds their quads."""

    base: str
    graph: str


@dataclass(frozen=True, slots=True)
class Around:
    """The text before and after a value, and what makes text of the value."""

    before: str
    text: Callable[[Any], str]
    after: str

    def write(self, value: Any) -> str:
        return f"{self.before}{self.text(value)}{self.after}"

    def behind(self, before: str) -> Around:
        return Around(before + self.before, self.text, self.after)


class Dialect(Protocol):
    """One serialisation."""

    separator: str
    """What stands between two resources."""

    def __init__(self, names: Names) -> None: ...

    def head(self) -> str:
        """The beginning of the document."""

    def tail(self) -> str:
        """The end of the document."""

    def subject(self, node_id: str) -> str:
        """The resource with this id, at the start of its statements."""

    @property
    def reference(self) -> Around:
        """A resource, by its id, as an object."""

    def term(self, name: str) -> str:
        """A term of a vocabulary, by its prefixed name ("unit:PERCENT"), as an object."""

    def predicate(self, name: str) -> str:
        """A property by its prefixed name, with what parts it from its object."""

    def literal(self, datatype: str) -> Around:
        """Literals of an XML Schema type: of "string" from text, of "decimal" from canonical text, of "integer" and
        "boolean" from int and bool, of any other from text."""

    def types(self, names: Iterable[str]) -> list[str]:
        """The statements that give the resource its classes, by their prefixed names."""

    def several(self, predicate: str, objects: Sequence[str]) -> list[str]:
        """The statements of one predicate with one or more objects."""

    def resource(self, subject: str, statements: Iterable[str]) -> str:
        """The text of one resource."""


def whole(value: int) -> str:
    """An integer as text. Raises TypeError for anything else."""
    return int.__repr__(value)


def text(value: str) -> str:
    """The text itself. Raises TypeError for anything else."""
    return str.__str__(value)


truth: Callable[[Any], str] = {True: "true", False: "false"}.__getitem__
"""Raises KeyError for anything but a boolean."""


def plain(datatype: str) -> Callable[[Any], str]:
    """What makes the characters of a literal, without its type; quoted where the type is written behind it."""
    forms: dict[str, Callable[[Any], str]] = {"decimal": text, "integer": whole, "boolean": truth}
    return forms.get(datatype, quote)
