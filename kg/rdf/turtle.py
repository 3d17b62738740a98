"""Turtle to be read: prefixes, one block for each resource, its triples by predicate, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.rdf.dialect import Names, Pairs
from kg.rdf.terms import PREFIXES, check_id, quote


class Turtle:
    """Resources of the graph are relative to ``@base``; terms of vocabularies have prefixes."""

    def __init__(self, names: Names) -> None:
        self.base = names.base

    def document(self, subjects: Iterable[tuple[str, Pairs]]) -> Iterator[str]:
        yield f"@base <{self.base}> .\n"
        yield from (f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(PREFIXES.items()))
        for subject, pairs in subjects:
            out = ["\n", subject]
            last, mark = None, " "
            for predicate, value in pairs:
                if predicate == last:
                    out.append(f", {value}")
                else:
                    out.append(f"{mark}{predicate} {value}")
                    last, mark = predicate, " ;\n    "
            out.append(" .\n")
            yield "".join(out)

    def node(self, node_id: str) -> str:
        return f"<{check_id(node_id)}>"

    def term(self, name: str) -> str:
        return name

    def predicate(self, name: str) -> str:
        return "a" if name == "rdf:type" else name

    string = staticmethod(quote)

    def decimal(self, value: str) -> str:
        return value

    def integer(self, value: int) -> str:
        return f"{value:d}"

    def boolean(self, value: bool) -> str:
        return "true" if value else "false"

    def typed(self, value: str, datatype: str) -> str:
        return f"{quote(value)}^^xsd:{datatype}"
