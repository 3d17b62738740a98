"""The graph model as RDF: which triples a node and its relationships become.

Every resource has an IRI (there are no blank nodes) and is written once, with all its triples together. A
relationship that has properties becomes a direct triple and a resource that carries them (:mod:`kg.rdf.details`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from kg.rdf.details import DetailWriter
from kg.rdf.dialect import Dialect, Pairs
from kg.rdf.grouping import TYPES, grouped
from kg.rdf.properties import PropertyWriter
from kg.rdf.terms import UNITS, run_id
from kg.rdf.vocabulary import CLASSES, edge_name
from kg.schema import NODE_PROPERTIES, Edge, Node


def subjects(nodes: Iterable[Node], edges: Iterable[Edge], dialect: Dialect) -> Iterator[tuple[str, Pairs]]:
    """Every resource of the graph with its triples, in a fixed order, as ``dialect`` writes them.

    Raises InputError where a row does not fit :mod:`kg.schema`.
    """
    return _Mapper(dialect).subjects(nodes, edges)


class _Mapper:
    """Holds the terms as one dialect writes them, so that a triple costs little more than its text."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.node = dialect.node
        writer = PropertyWriter(dialect)
        self.write = writer.write
        self.details = DetailWriter(dialect, writer)
        self.a = dialect.predicate("rdf:type")
        self.types = {label: self._classes(*names) for label, names in CLASSES.items()}
        self.plans = {label: writer.plan(properties) for label, properties in NODE_PROPERTIES.items()}
        self.derived = dialect.predicate("prov:wasDerivedFrom")
        self.relations = [self.derived, *(dialect.predicate(edge_name(kind)) for kind in TYPES[1:])]
        self.generated = dialect.predicate("prov:wasGeneratedBy")
        self.unit = dialect.predicate("qudt:unit")
        self.label = dialect.predicate("rdfs:label")
        self.preferred = dialect.predicate("skos:prefLabel")
        self.runs: dict[str, str] = {}

    def _classes(self, *names: str) -> Pairs:
        return [(self.a, self.dialect.term(name)) for name in names]

    def subjects(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[tuple[str, Pairs]]:
        for label, node_id, properties, links in grouped(nodes, edges):
            pairs = self._attributes(label, node_id, properties)
            for _, _, rank, target, _, _ in links:
                pairs.append((self.relations[rank], self.node(target)))
            if label == "Method":
                pairs = list(dict.fromkeys(pairs))  # one method may outperform another in several papers
            yield self.node(node_id), pairs
            if links and label in ("Paper", "Method"):
                yield from self.details.of(node_id, properties, links)
        for name, run in sorted(self.runs.items()):
            yield run, [*self._classes("kg:ExtractionRun", "prov:Activity"), (self.label, self.dialect.string(name))]

    def _attributes(self, label: str, node_id: str, properties: dict[str, Any]) -> Pairs:
        pairs = self.types[label].copy()
        if label == "Task":
            pairs.append((self.preferred, self.dialect.string(str(properties.get("name", "")))))
        self.write(pairs, properties, self.plans[label], node_id)
        if label == "Result":
            extractor, unit = properties.get("extractor"), properties.get("unit")
            if isinstance(extractor, str):
                pairs.append((self.generated, self._run(extractor)))
            if isinstance(unit, str) and unit in UNITS:
                pairs.append((self.unit, self.dialect.term(f"unit:{UNITS[unit]}")))
        return pairs

    def _run(self, extractor: str) -> str:
        run = self.runs.get(extractor)
        if run is None:
            run = self.node(run_id(extractor))
            if run in self.runs.values():
                digest = hashlib.sha256(extractor.encode("utf-8", "surrogatepass")).hexdigest()
                run = self.node(f"{run_id(extractor)}-{digest[:8]}")
            self.runs[extractor] = run
        return run
