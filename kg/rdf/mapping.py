"""The graph model as RDF: which resources a node and its relationships become.

Every resource has an IRI (there are no blank nodes) and is written once, with all its triples together. A
relationship that has properties becomes a direct triple and a resource that carries them (:mod:`kg.rdf.details`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from kg.rdf.details import DetailWriter
from kg.rdf.dialect import Dialect
from kg.rdf.grouping import TYPES, Link, grouped
from kg.rdf.properties import PropertyWriter
from kg.rdf.terms import UNITS, run_id
from kg.rdf.vocabulary import CLASSES, DETAIL_CLASSES, edge_name
from kg.schema import NODE_PROPERTIES, Edge, Node

_rank = itemgetter(2)


def resources(nodes: Iterable[Node], edges: Iterable[Edge], dialect: Dialect, *, mentions: bool) -> Iterator[str]:
    """The texts of all resources of the graph, in a fixed order; those of one node and what hangs on it are one text.

    Raises InputError where a row does not fit :mod:`kg.schema`.
    """
    return _Mapper(dialect, mentions=mentions).resources(nodes, edges)


class _Mapper:
    def __init__(self, dialect: Dialect, *, mentions: bool) -> None:
        self.dialect = dialect
        self.details = DetailWriter(dialect, mentions=mentions)
        self.types = {label: dialect.types(names) for label, names in CLASSES.items()}
        self.writers = {label: PropertyWriter(dialect, schema) for label, schema in NODE_PROPERTIES.items()}
        self.reference = dialect.reference
        names = ["prov:wasDerivedFrom", *(edge_name(kind) for kind in TYPES[1:])]
        self.relations = [dialect.predicate(name) for name in names]
        self.units = {
            unit: dialect.predicate("qudt:unit") + dialect.term(f"unit:{name}") for unit, name in UNITS.items()
        }
        self.preferred = dialect.literal("string").behind(dialect.predicate("skos:prefLabel"))
        self.label = dialect.literal("string").behind(dialect.predicate("rdfs:label"))
        self.generated = dialect.reference.behind(dialect.predicate("prov:wasGeneratedBy"))
        self.runs: dict[str, str] = {}

    def resources(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[str]:
        subject, resource, separator = self.dialect.subject, self.dialect.resource, self.dialect.separator
        for label, node_id, properties, links in grouped(nodes, edges):
            statements = self.types[label] + self.writers[label].write(properties, node_id)
            if label in ("Result", "Task"):
                statements += self._more(label, properties)
            if links:
                statements += self._links(links, label)
            text = resource(subject(node_id), statements)
            if links and label in ("Paper", "Method"):
                text = separator.join((text, *self.details.of(node_id, properties, links)))
            yield text
        for extractor, run in sorted(self.runs.items()):
            yield resource(
                subject(run), [*self.dialect.types(DETAIL_CLASSES["ExtractionRun"]), self.label.write(extractor)]
            )

    def _more(self, label: str, properties: dict[str, Any]) -> list[str]:
        """What the class of the node says beyond its row."""
        if label == "Task":
            return [self.preferred.write(properties["name"])] if properties.get("name") is not None else []
        out = []
        extractor = properties.get("extractor")
        if extractor is not None:
            out.append(self.generated.write(self.runs.get(extractor) or self._run(extractor)))
        unit = self.units.get(properties.get("unit", ""))
        if unit is not None:
            out.append(unit)
        return out

    def _links(self, links: list[Link], label: str) -> list[str]:
        before, after = self.reference.before, self.reference.after
        out: list[str] = []
        for rank, group in groupby(links, _rank):
            objects = [f"{before}{link[3]}{after}" for link in group]
            if label == "Method":
                objects = list(dict.fromkeys(objects))  # one method may outperform another in several papers
            out += self.dialect.several(self.relations[rank], objects)
        return out

    def _run(self, extractor: str) -> str:
        """The id of the extractor's run; names that differ only in signs get different ones."""
        run = run_id(extractor)
        if run in self.runs.values():
            run = f"{run}-{hashlib.sha256(extractor.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
        self.runs[extractor] = run
        return run
