"""The little of Cypher's grammar that is needed to find a statement's parameters."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|\$(?P<name>\w+)""",
    re.DOTALL,
)


def parameter_names(text: str) -> frozenset[str]:
    """The names after ``$`` outside comments, strings and quoted names."""
    return frozenset(match["name"] for match in _TOKEN.finditer(text) if match["name"])
