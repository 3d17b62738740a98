"""JSON-LD 1.1: a context, then one resource to a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from kg.rdf.dialect import Names, Pairs
from kg.rdf.terms import PREFIXES, check_id, quote


class JsonLd:
    """Keys are prefixed names; references, decimals and dates are objects, so that no reader has to guess."""

    def __init__(self, names: Names) -> None:
        self.base = names.base

    def document(self, subjects: Iterable[tuple[str, Pairs]]) -> Iterator[str]:
        context = {"@version": 1.1, "@base": self.base, **PREFIXES}
        yield f'{{"@context": {json.dumps(context, indent=2)},\n"@graph": [\n'
        comma = ""
        for subject, pairs in subjects:
            yield f"{comma}{_resource(subject, pairs)}"
            comma = ",\n"
        yield "\n]}\n"

    def node(self, node_id: str) -> str:
        return f'{{"@id": "{check_id(node_id)}"}}'

    def term(self, name: str) -> str:
        return f'{{"@id": "{name}"}}'

    def predicate(self, name: str) -> str:
        return name

    string = staticmethod(quote)

    def decimal(self, value: str) -> str:
        # Not a JSON number: JSON-LD reads those with a point as doubles.
        return f'{{"@value": "{value}", "@type": "xsd:decimal"}}'

    def integer(self, value: int) -> str:
        return f"{value:d}"

    def boolean(self, value: bool) -> str:
        return "true" if value else "false"

    def typed(self, value: str, datatype: str) -> str:
        return f'{{"@value": {quote(value)}, "@type": "xsd:{datatype}"}}'


def _resource(subject: str, pairs: Pairs) -> str:
    values: dict[str, list[str]] = {}
    for predicate, value in pairs:
        values.setdefault(predicate, []).append(value)
    types = [value.removeprefix('{"@id": ').removesuffix("}") for value in values.pop("rdf:type")]
    keys = [subject[1:-1], f'"@type": {_several(types)}']
    keys += [f'"{predicate}": {_several(several)}' for predicate, several in values.items()]
    return f"{{{', '.join(keys)}}}"


def _several(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"
