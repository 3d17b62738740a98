"""Validates a graph in RDF against ``shapes.ttl``. Needs the extra ``rdf`` (pyshacl)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, parse, serialize
from rdflib import RDF, Graph, Literal, Namespace, Node

from kg.errors import InputError, UsageError
from kg.lexicon import Lexicon
from kg.ontology import load_lexicon
from kg.ontology.constraints import SH, failures, message, without_constraints
from kg.resources import resource
from kg.schema import DATA_IRI, TERMS

_KG = Namespace(TERMS)
_METRIC = re.compile(r"/metric/([^/]+)$")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that the shapes found: ``shape`` is the name of the shape or constraint ("Result-value")."""

    shape: str
    focus: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What validation found, sorted. Warnings do not keep a graph from conforming."""

    violations: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def conforms(self) -> bool:
        return not self.violations


def validate(data: Path | Graph, *, lexicon: Lexicon | None = None) -> Report:
    """Holds a graph, or a file of one (Turtle, N-Triples, JSON-LD …, also gzipped), against the shapes.

    The bounds of known metrics come from the lexicon (the shipped one by default) and are added to a copy of the
    graph. Memory grows with the graph: it is meant for thousands of papers, not for millions.
    Raises InputError where the file cannot be read, UsageError where pyshacl is not installed.
    """
    try:
        import pyshacl
    except ImportError as error:
        raise UsageError("validation needs pyshacl: install mlkg[rdf]") from error
    graph = _load(data) if isinstance(data, Path) else data
    graph = graph + _bounds(graph, lexicon or load_lexicon())
    _, results, _ = pyshacl.validate(
        graph, shacl_graph=without_constraints(_shapes()), inference="none", allow_warnings=True
    )
    return _report([*_core(results), *_sparql(graph)])


@lru_cache(maxsize=1)
def _shapes() -> Graph:
    return Graph().parse(resource("ontology/shapes.ttl"))


def _load(path: Path) -> Graph:
    """The graph of a file; the graph names of quads are left out."""
    name = path.with_suffix("") if path.suffix == ".gz" else path
    format_ = RdfFormat.from_extension(name.suffix.removeprefix("."))
    if format_ is None:
        raise InputError(f"{path}: the name does not say which RDF format it is: end it in .ttl, .nt, .nq or .jsonld")
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        triples = (Triple(q.subject, q.predicate, q.object) for q in parse(data, format_, base_iri=DATA_IRI))
        plain = serialize(triples, format=RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{path}: not {format_.name} ({error}): name it for what it is, or write it again") from error
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read ({error}): check the path and its permissions") from error
    return Graph().parse(data=plain, format="nt")


def _bounds(graph: Graph, lexicon: Lexicon) -> Graph:
    """The least and greatest values of the metrics of the graph that the lexicon knows."""
    bounds = Graph()
    for metric in graph.subjects(RDF.type, _KG.Metric):
        match = _METRIC.search(str(metric))
        entry = lexicon.get("Metric", match[1]) if match else None
        for name, bound in (("lowerBound", entry.lower), ("upperBound", entry.upper)) if entry else ():
            if bound is not None:
                bounds.add((metric, _KG[name], Literal(bound)))
    return bounds


def _core(results: Graph) -> Iterator[tuple[bool, Finding]]:
    """Whether it is a warning, and the finding, for each result that pyshacl gives."""
    for result in results.subjects(RDF.type, SH.ValidationResult):
        finding = Finding(
            shape=_name(results.value(result, SH.sourceShape)),
            focus=str(results.value(result, SH.focusNode)),
            message=str(results.value(result, SH.resultMessage) or ""),
            value=str(results.value(result, SH.value) or ""),
        )
        yield results.value(result, SH.resultSeverity) == SH.Warning, finding


def _sparql(graph: Graph) -> Iterator[tuple[bool, Finding]]:
    shapes = _shapes()
    for shape, constraint, bindings in failures(graph, shapes):
        text = message(shapes, constraint, bindings)
        finding = Finding(_name(constraint), bindings["this"], text, bindings.get("value", ""))
        yield shapes.value(shape, SH.severity) == SH.Warning, finding


def _name(shape: Node | None) -> str:
    return str(shape).rpartition("#")[2]


def _report(found: list[tuple[bool, Finding]]) -> Report:
    sort = {warning: tuple(sorted(f for w, f in found if w is warning)) for warning in (False, True)}
    return Report(violations=sort[False], warnings=sort[True])
