"""N-Triples and N-Quads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.rdf.dialect import Around, Names, plain, text
from kg.rdf.terms import PREFIXES, XSD, quote


class NTriples:
    """One triple to a line, every IRI in full."""

    separator = ""

    def __init__(self, names: Names) -> None:
        self.base = names.base
        self.end = " .\n"

    def head(self) -> str:
        return ""

    def tail(self) -> str:
        return ""

    def subject(self, node_id: str) -> str:
        return f"<{self.base}{node_id}> "

    @property
    def reference(self) -> Around:
        return Around(f"<{self.base}", text, ">")

    def term(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"<{PREFIXES[prefix]}{local}>"

    def predicate(self, name: str) -> str:
        return f"{self.term(name)} "

    def literal(self, datatype: str) -> Around:
        if datatype == "string":
            return Around("", quote, "")
        mark = "" if plain(datatype) is quote else '"'
        return Around(mark, plain(datatype), f"{mark}^^<{XSD}{datatype}>")

    def types(self, names: Iterable[str]) -> list[str]:
        return self.several(self.predicate("rdf:type"), [self.term(name) for name in names])

    def several(self, predicate: str, objects: Sequence[str]) -> list[str]:
        return [predicate + value for value in objects]

    def resource(self, subject: str, statements: Iterable[str]) -> str:
        return subject + f"{self.end}{subject}".join(statements) + self.end


class NQuads(NTriples):
    """The same with the graph at the end."""

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.end = f" <{names.graph}> .\n"
