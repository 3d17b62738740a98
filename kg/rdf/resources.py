"""Resources of the dump as rows of the graph: the way back of :mod:`kg.rdf.mapping` and :mod:`kg.rdf.details`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.rdf.grouping import LABELS
from kg.rdf.properties import ORDER
from kg.rdf.terms import PREFIXES
from kg.rdf.vocabulary import DERIVED, NAMINGS, edge_name, property_name
from kg.schema import EDGE_PROPERTIES, ENTITY_LABELS, NODE_PROPERTIES, PropertyType, Value

_KG = PREFIXES["kg"]
_RANK = {label: rank for rank, label in enumerate(LABELS)}
_LABELS = {label.lower(): label for label in LABELS}
_SCHEMA = NODE_PROPERTIES | EDGE_PROPERTIES
_EDGES = {edge_name(kind): kind for kind in EDGE_PROPERTIES if kind not in (*NAMINGS, "OUTPERFORMS")}
_SPAN = re.compile(r"(?:.*/)?(\d+)-(\d+)")

NodeRow = tuple[int, str, dict[str, Any]]
"""Rank of the label, id, properties as text."""

EdgeRow = tuple[int, str, str, str, str, int, dict[str, Any]]
"""Rank of the source's label, source id, type, target id, the relationship's own id or "", whether a resource tells it
(1) or a direct triple (0), properties as text."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A subject, by its id, and its values by the prefixed names of the properties, sorted."""

    id: str
    values: dict[str, list[str]]

    @property
    def classes(self) -> list[str]:
        """The graph's own classes of it, without prefix."""
        return [iri[len(_KG) :] for iri in self.values.get("rdf:type", ()) if iri.startswith(_KG)]


@dataclass(frozen=True, slots=True)
class RowReader:
    path: Path
    base: str

    def nodes(self, resource: Resource) -> Iterator[NodeRow]:
        """The node that the resource is, if it is one."""
        for label in resource.classes:
            if label in NODE_PROPERTIES:
                properties = self._properties(resource, label)
                properties |= {"id": resource.id, "uri": self.base + resource.id}
                if label in ENTITY_LABELS:
                    properties["type"] = label
                yield _RANK[label], resource.id, properties

    def edges(self, resource: Resource) -> Iterator[EdgeRow]:
        """The relationships that the resource has as a node, or that it tells as a Naming, Authorship, Comparison."""
        for name in resource.classes:
            if name in NODE_PROPERTIES:
                for predicate, kind in _EDGES.items():
                    for iri in resource.values.get(predicate, ()):
                        yield _RANK[name], resource.id, kind, self._id(iri), "", 0, {}
            elif name == "Naming":
                kind = self._one(resource, "kg:role")
                if kind not in NAMINGS:
                    raise InputError(f'{self.path}: "{resource.id}" has the unknown role {kind}')
                yield self._told(resource, kind, "kg:paper", "kg:entity")
            elif name == "Authorship":
                yield self._told(resource, "WRITTEN_BY", "kg:paper", "kg:author")
            elif name == "Comparison":
                yield self._told(resource, "OUTPERFORMS", "kg:better", "kg:worse")

    def values(self, properties: dict[str, Any], kind: str) -> dict[str, Value]:
        """The properties with the types that the schema gives them."""
        return {name: self._value(name, _SCHEMA[kind][name], value) for name, value in properties.items()}

    def end(self, node_id: str) -> tuple[str, str]:
        """Label and id of a relationship's end; the kind of the id tells the label."""
        label = _LABELS.get(node_id.partition("/")[0])
        if label is None:
            raise InputError(f'{self.path}: "{node_id}" is of no known kind: an id is kind/key, such as method/pi-0')
        return label, node_id

    def _told(self, resource: Resource, kind: str, source: str, target: str) -> EdgeRow:
        properties = self._properties(resource, kind)
        if kind == "OUTPERFORMS":
            properties["id"] = resource.id
            if "kg:paper" in resource.values:
                properties["paperId"] = self._id(self._one(resource, "kg:paper"))
            for name in ("dataset", "metric"):
                if name in properties:
                    properties[name] = properties[name].removeprefix(self.base)
        ends = [self._id(self._one(resource, name)) for name in (source, target)]
        label, _ = self.end(ends[0])
        return _RANK[label], ends[0], kind, ends[1], properties.get("id", ""), 1, properties

    def _properties(self, resource: Resource, kind: str) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for name, type_ in _SCHEMA[kind].items():
            if name == "spans":
                found = _spans(resource.values.get("kg:mention", ()))
            else:
                found = [] if name in DERIVED else resource.values.get(property_name(name), [])
            if found:
                many = type_ is PropertyType.STRINGS
                properties[name] = _ordered(name, found, resource) if many else self._one(resource, property_name(name))
        return properties

    def _value(self, name: str, type_: PropertyType, value: Any) -> Value:
        try:
            if type_ is PropertyType.INTEGER:
                return int(value)
            if type_ is PropertyType.DECIMAL:
                return Decimal(value)
        except (ValueError, InvalidOperation) as error:
            raise InputError(f'{self.path}: "{value}" is not the {type_.value} that {name} must be') from error
        if type_ is PropertyType.BOOLEAN:
            return value in ("true", "1")
        return tuple(value) if type_ is PropertyType.STRINGS else str(value)

    def _one(self, resource: Resource, name: str) -> str:
        found = resource.values.get(name, [])
        if len(found) != 1:
            raise InputError(f'{self.path}: "{resource.id}" has {len(found)} values of {name} and must have one')
        return found[0]

    def _id(self, iri: str) -> str:
        if not iri.startswith(self.base):
            raise InputError(f"{self.path}: <{iri}> is not under {self.base}: a relationship leads out of the graph")
        return iri[len(self.base) :]


def _spans(mentions: Sequence[str]) -> list[str]:
    """The places that the mentions' IRIs end in, in the order of the text."""
    places = {(int(match[1]), int(match[2])) for iri in mentions if (match := _SPAN.fullmatch(iri))}
    return [f"{start}-{end}" for start, end in sorted(places)]


def _ordered(name: str, distinct: Sequence[str], resource: Resource) -> list[str]:
    """The list in the order that kg:listOrder states, else as it is."""
    for order in resource.values.get(ORDER, ()):
        stated, *places = order.split(" ")
        if stated == name and all(place.isdigit() and int(place) < len(distinct) for place in places):
            return [distinct[int(place)] for place in places]
    return list(distinct)
