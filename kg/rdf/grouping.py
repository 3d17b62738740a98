"""Brings each node together with the relationships that leave it, sorted, in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kg.errors import InputError
from kg.rdf.sorting import external_sort
from kg.rdf.terms import check_id, decimal
from kg.schema import EDGE_PROPERTIES, NODE_PROPERTIES, Edge, Node, PropertyType

REPORTED_IN = "REPORTED_IN"
"""The way back of REPORTS, made here so that a Result is written together with its paper."""

LABELS = tuple(NODE_PROPERTIES)
TYPES = (REPORTED_IN, *EDGE_PROPERTIES)

_RANK = {label: rank for rank, label in enumerate(LABELS)}
_TYPE_RANK = {name: rank for rank, name in enumerate(TYPES)}
_DECIMALS = {
    name: tuple(p for p, kind in properties.items() if kind is PropertyType.DECIMAL)
    for name, properties in (NODE_PROPERTIES | EDGE_PROPERTIES).items()
}
_NODES_IN_MEMORY = 5_000
_LINKS_IN_MEMORY = 20_000

Link = tuple[int, str, int, str, str, int, dict[str, Any]]
"""Rank of the source's label, source id, rank of the type, target id, the relationship's own id or "", a running number
(so that a comparison never reaches the last), and the properties, decimals as text."""

_Row = tuple[int, str, int, dict[str, Any]]
"""Rank of the label, id, a running number, and the properties, decimals as text."""


def grouped(nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[tuple[str, str, dict[str, Any], list[Link]]]:
    """Label, id, properties and links of each node: nodes sorted by label (in the order of
    :data:`kg.schema.NODE_PROPERTIES`) and id, links by type and target, decimals as text.

    Raises InputError where a node comes twice, or a relationship's source does not come at all.
    """
    links = external_sort(_links(edges), chunk=_LINKS_IN_MEMORY)
    head = next(links, None)
    last = ""
    for rank, node_id, _, properties in external_sort(_rows(nodes), chunk=_NODES_IN_MEMORY):
        if node_id == last:
            raise InputError(f'the node "{node_id}" comes twice: write each node once')
        last = node_id
        own: list[Link] = []
        while head is not None and head[1] == node_id and head[0] == rank:
            if own and own[-1][2:5] == head[2:5]:
                raise InputError(f'{TYPES[head[2]]} from "{node_id}" to "{head[3]}" comes twice: write each once')
            own.append(head)
            head = next(links, None)
        if head is not None and (head[0], head[1]) < (rank, node_id):
            raise _dangling(head)
        yield LABELS[rank], node_id, properties, own
    if head is not None:
        raise _dangling(head)


def _dangling(link: Link) -> InputError:
    return InputError(f'a {TYPES[link[2]]} relationship leaves "{link[1]}", which is no node: write the node too')


def _rows(nodes: Iterable[Node]) -> Iterator[_Row]:
    for number, node in enumerate(nodes):
        label = node.label
        if label not in _RANK:
            raise InputError(f'the node "{node.id}" has the unknown label {label}: use one of {", ".join(LABELS)}')
        yield _RANK[label], check_id(node.id), number, _plain(node.properties, label)


def _links(edges: Iterable[Edge]) -> Iterator[Link]:
    for number, edge in enumerate(edges):
        kind = edge.type
        (label, source), (target_label, target) = edge.source, edge.target
        if kind not in _TYPE_RANK or label not in _RANK or target_label not in _RANK:
            raise InputError(f'({label})-[:{kind}]->({target_label}): no such relationship, at "{source}"')
        properties = _plain(edge.properties, kind) if edge.properties else {}
        own_id = str(properties.get("id", "")) if kind == "OUTPERFORMS" else ""
        yield _RANK[label], source, _TYPE_RANK[kind], check_id(target), own_id, number, properties
        if kind == "REPORTS":
            yield _RANK[target_label], target, 0, source, "", number, {}


def _plain(properties: dict[str, Any], kind: str) -> dict[str, Any]:
    """The properties with every decimal as the text that is written."""
    names = _DECIMALS[kind]
    if not names:
        return properties
    plain = dict(properties)
    for name in names:
        value = plain.get(name)
        if value is not None:
            plain[name] = decimal(value)
    return plain
