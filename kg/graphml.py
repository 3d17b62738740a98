"""GraphML, for Gephi, yEd and everything else that reads it.

GraphML knows strings, numbers and booleans, so values are mapped:

- a list is a string that holds a JSON array (``["pi0", "π0"]``);
- a decimal is a double (``valueText`` keeps the characters as printed);
- what is null is absent;
- characters that XML cannot hold become U+FFFD.

Names are chosen for what tools show: a node's ``label`` is its name and ``nodeType`` its label in the graph ("Method");
an edge's ``label`` is its type. Every edge has an id of its own, ``source|key|target``.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import networkx as nx

from kg.errors import InputError
from kg.network import name_of

# https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_graphml(graph: nx.MultiDiGraph, path: Path) -> None:
    """Write ``graph`` to ``path``, compressed if its name ends in ``.gz``. The same graph gives the same bytes.

    Raises InputError where the file cannot be written.
    """
    buffer = BytesIO()
    nx.write_graphml(_plain(graph), buffer, encoding="utf-8", prettyprint=True)
    data = buffer.getvalue()
    if path.name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error


def _plain(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """A copy with GraphML's types and names only."""
    plain = nx.MultiDiGraph()
    for node, data in graph.nodes(data=True):
        own = {key: value for key, value in data.items() if key not in ("id", "label")}
        plain.add_node(_text(node), label=_text(name_of(graph, node)), nodeType=data["label"], **_values(own))
    for source, target, key, data in graph.edges(keys=True, data=True):
        own = {name: value for name, value in data.items() if name not in ("id", "type")}
        identity = _text(f"{source}|{key}|{target}")
        plain.add_edge(_text(source), _text(target), key=identity, label=data["type"], **_values(own))
    return plain


def _values(attributes: Mapping[str, Any]) -> dict[str, str | int | float | bool]:
    return {key: _value(value) for key, value in attributes.items() if value is not None}


def _value(value: Any) -> str | int | float | bool:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return _text(json.dumps(list(value), ensure_ascii=False))
    return value  # type: ignore[no-any-return]


def _text(value: str) -> str:
    return _NOT_XML.sub("\ufffd", value)
