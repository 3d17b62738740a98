"""Reads the rows of the graph back from RDF: what :func:`kg.rdf.write` wrote, whoever has rewritten it since."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, cast

from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from kg.errors import InputError
from kg.rdf.formats import format_of
from kg.rdf.properties import ORDER
from kg.rdf.terms import PREFIXES, check_base
from kg.rdf.vocabulary import NAMINGS, edge_name, property_name
from kg.schema import (
    DATA_IRI,
    EDGE_ENDS,
    EDGE_PROPERTIES,
    ENTITY_LABELS,
    NODE_PROPERTIES,
    Edge,
    Node,
    PropertyType,
    Value,
)

_LABELS = {label.lower(): label for label in NODE_PROPERTIES}
_SPAN = re.compile(r"(\d+)-(\d+)")
_Values = dict[str, list[str]]
"""Values of one resource by the prefixed name of the property: IRIs in full, literals by their characters."""


def read_rows(path: Path, *, base: str = DATA_IRI, folder: Path | None = None) -> tuple[Iterator[Node], Iterator[Edge]]:
    """The nodes (by label and id) and the relationships (by source, type and target) of a dump.

    Every node, relationship and property is as it was, save that an empty list is absent. The dump is held in memory,
    or in an empty ``folder``. Raises InputError where the file cannot be read or does not hold such a graph.
    """
    reader = _Reader(_loaded(path, folder), check_base(base), path)
    return reader.nodes(), reader.edges()


def _loaded(path: Path, folder: Path | None) -> Store:
    known = format_of(path)
    store = Store(str(folder)) if folder else Store()
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            form = RdfFormat.from_extension(known.name)
            store.bulk_load(cast(IO[bytes], file), form, base_iri=path.absolute().as_uri())
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    except SyntaxError as error:
        raise InputError(f"{path}, line {error.lineno}: not {known.title} ({error.msg})") from error
    return store


class _Reader:
    def __init__(self, store: Store, base: str, path: Path) -> None:
        self.store = store
        self.base = base
        self.path = path

    def nodes(self) -> Iterator[Node]:
        found = False
        for label, schema in NODE_PROPERTIES.items():
            for node_id in self._of_class(label):
                found = True
                properties = self._properties(node_id, self._values(node_id), schema)
                properties |= {"id": node_id, "uri": self.base + node_id}
                if label in ENTITY_LABELS:
                    properties["type"] = label
                yield Node(label, node_id, properties)
        if not found:
            raise InputError(f"{self.path}: no node of the graph under {self.base}: give the base of its IRIs")

    def edges(self) -> Iterator[Edge]:
        for label in NODE_PROPERTIES:
            kinds = [kind for kind, ends in EDGE_ENDS.items() if any(source == label for source, _ in ends)]
            for node_id in self._of_class(label) if kinds else ():
                values = self._values(node_id)
                for kind in kinds:
                    if kind == "OUTPERFORMS":
                        yield from self._comparisons(node_id)
                    else:
                        targets = sorted(map(self._id, values.get(edge_name(kind), ())))
                        yield from (self._edge(kind, (label, node_id), target) for target in targets)

    def _edge(self, kind: str, source: tuple[str, str], target: str) -> Edge:
        """The relationship with what its Naming or Authorship says, which has an IRI that the two ends make."""
        properties: dict[str, Value] = {}
        key = source[1].partition("/")[2]
        if kind in NAMINGS:
            name = f"naming/{key}/{edge_name(kind).removeprefix('kg:')}/{target}"
            properties = self._naming(name, EDGE_PROPERTIES[kind])
        elif kind == "WRITTEN_BY":
            name = f"authorship/{key}/{target.partition('/')[2]}"
            properties = self._properties(name, self._values(name), EDGE_PROPERTIES[kind])
        return Edge(kind, source, (self._label(target), target), properties)

    def _naming(self, name: str, schema: dict[str, PropertyType]) -> dict[str, Value]:
        values = self._values(name)
        mentions = [mention.rpartition("/")[2] for mention in values.pop("kg:mention", ())]
        if mentions:
            places = sorted({(int(m[1]), int(m[2])) for span in mentions if (m := _SPAN.fullmatch(span))})
            spans = [f"{start}-{end}" for start, end in places]
            properties = self._properties(name, values, {k: v for k, v in schema.items() if k != "spans"})
            return properties | {"spans": self._ordered("spans", spans, values)}
        return self._properties(name, values, schema)

    def _comparisons(self, better: str) -> Iterator[Edge]:
        found = self.store.quads_for_pattern(None, _term("kg:better"), NamedNode(self.base + better), None)
        for name in sorted({self._id(quad.subject.value) for quad in found if isinstance(quad.subject, NamedNode)}):
            values = self._values(name)
            properties = self._properties(name, values, EDGE_PROPERTIES["OUTPERFORMS"]) | {"id": name}
            for prop, predicate in (("paperId", "kg:paper"), ("dataset", "kg:dataset"), ("metric", "kg:metric")):
                if predicate in values:
                    properties[prop] = values[predicate][0].removeprefix(self.base)
            worse = self._id(self._one(name, "kg:worse", values.get("kg:worse", [])))
            yield Edge("OUTPERFORMS", ("Method", better), ("Method", worse), properties)

    def _of_class(self, label: str) -> list[str]:
        quads = self.store.quads_for_pattern(None, _term("rdf:type"), _term(f"kg:{label}"), None)
        iris = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
        return sorted(iri.removeprefix(self.base) for iri in iris if iri.startswith(self.base))

    def _values(self, node_id: str) -> _Values:
        values: _Values = {}
        for quad in self.store.quads_for_pattern(NamedNode(self.base + node_id), None, None, None):
            if isinstance(quad.object, NamedNode | Literal):
                values.setdefault(_name(quad.predicate.value), []).append(quad.object.value)
        return values

    def _properties(self, owner: str, values: _Values, schema: dict[str, PropertyType]) -> dict[str, Value]:
        properties: dict[str, Value] = {}
        for name, kind in schema.items():
            found = values.get(property_name(name))
            if not found:
                continue
            if kind is PropertyType.STRINGS:
                properties[name] = self._ordered(name, sorted(set(found)), values)
            else:
                properties[name] = self._value(owner, name, kind, self._one(owner, name, found))
        return properties

    def _value(self, owner: str, name: str, kind: PropertyType, text: str) -> Value:
        try:
            if kind is PropertyType.INTEGER:
                return int(text)
            if kind is PropertyType.DECIMAL:
                return Decimal(text)
        except (ValueError, InvalidOperation) as error:
            raise InputError(
                f'{self.path}: "{text}" is not the {kind.value} that {name} of "{owner}" must be'
            ) from error
        return text in ("true", "1") if kind is PropertyType.BOOLEAN else text

    def _ordered(self, name: str, distinct: Sequence[str], values: _Values) -> tuple[str, ...]:
        """The list in the order that kg:listOrder states, else as it is."""
        for order in values.get(ORDER, ()):
            stated, *places = order.split(" ")
            if stated == name and all(place.isdigit() and int(place) < len(distinct) for place in places):
                return tuple(distinct[int(place)] for place in places)
        return tuple(distinct)

    def _one(self, owner: str, name: str, found: Sequence[str]) -> str:
        if len(found) != 1:
            raise InputError(f'{self.path}: "{owner}" has {len(found)} values of {name} and must have one')
        return found[0]

    def _id(self, iri: str) -> str:
        if not iri.startswith(self.base):
            raise InputError(f"{self.path}: <{iri}> is not under {self.base}: a relationship leads out of the graph")
        return iri.removeprefix(self.base)

    def _label(self, node_id: str) -> str:
        label = _LABELS.get(node_id.partition("/")[0])
        if label is None:
            raise InputError(f'{self.path}: "{node_id}" is of no known kind: an id is kind/key, such as method/pi-0')
        return label


def _term(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def _name(iri: str) -> str:
    """The prefixed name of a term that the graph uses, else its IRI."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
