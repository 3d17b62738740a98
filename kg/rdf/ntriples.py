"""N-Triples and N-Quads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.rdf.dialect import Names, Pairs
from kg.rdf.terms import PREFIXES, XSD, check_id, quote


class NTriples:
    """One triple to a line, every IRI in full."""

    def __init__(self, names: Names) -> None:
        self.base = names.base
        self.end = " .\n"

    def document(self, subjects: Iterable[tuple[str, Pairs]]) -> Iterator[str]:
        end = self.end
        for subject, pairs in subjects:
            yield "".join([f"{subject} {predicate} {value}{end}" for predicate, value in pairs])

    def node(self, node_id: str) -> str:
        return f"<{self.base}{check_id(node_id)}>"

    def term(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"<{PREFIXES[prefix]}{local}>"

    predicate = term
    string = staticmethod(quote)

    def decimal(self, value: str) -> str:
        return f'"{value}"^^<{XSD}decimal>'

    def integer(self, value: int) -> str:
        return f'"{value:d}"^^<{XSD}integer>'

    def boolean(self, value: bool) -> str:
        return f'"{"true" if value else "false"}"^^<{XSD}boolean>'

    def typed(self, value: str, datatype: str) -> str:
        return f"{quote(value)}^^<{XSD}{datatype}>"


class NQuads(NTriples):
    """The same with the graph at the end."""

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.end = f" <{names.graph}> .\n"
