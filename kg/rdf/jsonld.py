"""JSON-LD 1.1: a context, then one resource to a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from kg.rdf.dialect import Around, Names, plain, text, whole
from kg.rdf.terms import PREFIXES, quote

_BARE = ("string", "boolean")
_EXACT = 1 << 53  # up to here every reader of JSON keeps an integer as it is


class JsonLd:
    """Keys are prefixed names; references, decimals and dates are objects, so that no reader has to guess."""

    separator = ",\n"

    def __init__(self, names: Names) -> None:
        self.base = names.base

    def head(self) -> str:
        context = {"@version": 1.1, "@base": self.base, **PREFIXES}
        return f'{{"@context": {json.dumps(context, indent=2)},\n"@graph": [\n'

    def tail(self) -> str:
        return "\n]}\n"

    def subject(self, node_id: str) -> str:
        return f'{{"@id": "{node_id}", '

    @property
    def reference(self) -> Around:
        return Around('{"@id": "', text, '"}')

    def term(self, name: str) -> str:
        return self.reference.write(name)

    def predicate(self, name: str) -> str:
        return f'"{name}": '

    def literal(self, datatype: str) -> Around:
        """Decimals are no JSON numbers: JSON-LD reads those with a point as doubles, and integers that are too long."""
        if datatype == "integer":
            return Around("", _integer, "")
        if datatype in _BARE:
            return Around("", plain(datatype), "")
        mark = "" if plain(datatype) is quote else '"'
        return Around(f'{{"@value": {mark}', plain(datatype), f'{mark}, "@type": "xsd:{datatype}"}}')

    def types(self, names: Iterable[str]) -> list[str]:
        return self.several('"@type": ', [quote(name) for name in names])

    def several(self, predicate: str, objects: Sequence[str]) -> list[str]:
        joined = ", ".join(objects)
        return [f"{predicate}[{joined}]" if len(objects) > 1 else predicate + joined]

    def resource(self, subject: str, statements: Iterable[str]) -> str:
        return f"{subject}{', '.join(statements)}}}"


def _integer(value: int) -> str:
    digits = whole(value)
    return digits if -_EXACT < value < _EXACT else f'{{"@value": "{digits}", "@type": "xsd:integer"}}'
