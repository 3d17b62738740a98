"""Turtle to be read: prefixes, one block for each resource, its triples by predicate, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.rdf.dialect import Around, Names, plain, text
from kg.rdf.terms import PREFIXES, quote

_BARE = ("decimal", "integer", "boolean")


class Turtle:
    """Resources of the graph are relative to ``@base``; terms of vocabularies have prefixes."""

    separator = "\n"

    def __init__(self, names: Names) -> None:
        self.base = names.base

    def head(self) -> str:
        prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(PREFIXES.items()))
        return f"@base <{self.base}> .\n{prefixes}\n"

    def tail(self) -> str:
        return ""

    def subject(self, node_id: str) -> str:
        return f"<{node_id}> "

    @property
    def reference(self) -> Around:
        return Around("<", text, ">")

    def term(self, name: str) -> str:
        return name

    def predicate(self, name: str) -> str:
        return f"{name} "

    def literal(self, datatype: str) -> Around:
        if datatype in _BARE:
            return Around("", plain(datatype), "")
        return Around("", quote, "" if datatype == "string" else f"^^xsd:{datatype}")

    def types(self, names: Iterable[str]) -> list[str]:
        return [f"a {', '.join(names)}"]

    def several(self, predicate: str, objects: Sequence[str]) -> list[str]:
        return [predicate + ", ".join(objects)]

    def resource(self, subject: str, statements: Iterable[str]) -> str:
        return subject + " ;\n    ".join(statements) + " .\n"
