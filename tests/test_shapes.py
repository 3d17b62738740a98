"""Each shape and constraint of shapes.ttl finds the fault that it is there for, and nothing else finds fault."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from shape_rows import graph, rows

from kg.errors import InputError
from kg.extraction.pipeline import load_extractor
from kg.graph import make_graph
from kg.lexicon import Lexicon
from kg.ontology import load_lexicon
from kg.ontology.shacl import validate
from kg.rdf import write
from kg.resources import resource
from kg.schema import DATA_IRI
from kg.sources import read

ROOT = Path(__file__).parent.parent
SH = Namespace("http://www.w3.org/ns/shacl#")
PREFIXES = f"""
PREFIX benchmark: <{DATA_IRI}benchmark/>
PREFIX method: <{DATA_IRI}method/>
PREFIX paper: <{DATA_IRI}paper/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX task: <{DATA_IRI}task/>
PREFIX kg: <https://w3id.org/mlkg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
LABELLED = ("Paper", "Author", "Organization", "Method", "Dataset", "Benchmark", "Metric", "Task", "Result")


def drop(class_: str, property_: str) -> str:
    return f"DELETE {{ ?x {property_} ?o }} WHERE {{ ?x a {class_} ; {property_} ?o }}"


def put(class_: str, property_: str, value: str) -> str:
    """The property with this value instead of what it had, or had not."""
    return (
        f"DELETE {{ ?x {property_} ?o }} INSERT {{ ?x {property_} {value} }} "
        f"WHERE {{ ?x a {class_} OPTIONAL {{ ?x {property_} ?o }} }}"
    )


def add(class_: str, property_: str, value: str) -> str:
    return f"INSERT {{ ?x {property_} {value} }} WHERE {{ ?x a {class_} }}"


def moved(class_: str, to: str) -> str:
    """Every resource of the class under another IRI, with all that is said of it and points to it."""
    return f"""
        DELETE {{ ?x ?p ?o . ?s ?q ?x }} INSERT {{ <{to}> ?p ?o . ?s ?q <{to}> }}
        WHERE {{ ?x a {class_} . {{ ?x ?p ?o }} UNION {{ ?s ?q ?x }} }}"""


FIRST = "<https://w3id.org/mlkg/id/result/p-1>"


def first(property_: str, value: str) -> str:
    """The first result, a level in percent, with this value instead."""
    return (
        f"DELETE {{ {FIRST} {property_} ?o }} INSERT {{ {FIRST} {property_} {value} }} "
        f"WHERE {{ OPTIONAL {{ {FIRST} {property_} ?o }} }}"
    )


BREAKS: list[tuple[str, str]] = [
    *((f"{c}-label", drop(f"kg:{c}", "rdfs:label")) for c in (*LABELLED, "ExtractionRun")),
    *((c, moved(f"kg:{c}", "https://example.org/x")) for c in (*LABELLED, "ExtractionRun")),
    *((c, moved(f"kg:{c}", "https://example.org/x")) for c in ("Comparison", "Authorship", "Naming", "Mention")),
    *((f"{c}-paper", drop(f"kg:{c}", "kg:paper")) for c in ("Authorship", "Naming", "Comparison")),
    *((f"{c}-evidence", drop(f"kg:{c}", "kg:evidence")) for c in ("Result", "Comparison")),
    *((f"{c}-start", put(f"kg:{c}", "kg:start", "500")) for c in ("Result", "Comparison")),
    *((f"{c}-start", put(f"kg:{c}", "kg:start", "-1")) for c in ("Result", "Comparison")),
    *((f"{c}-end", drop(f"kg:{c}", "kg:end")) for c in ("Result", "Comparison")),
    *((f"{c}-quote", put(f"kg:{c}", "kg:evidence", '"other"')) for c in ("Result", "Comparison")),
    *((f"{c}-confidence", put(f"kg:{c}", "kg:confidence", "1.5")) for c in ("Result", "Comparison", "Naming")),
    ("Paper-title", drop("kg:Paper", "dcterms:title")),
    ("Paper-abstract", add("kg:Paper", "dcterms:abstract", '"Another"')),
    ("Paper-issued", put("kg:Paper", "dcterms:issued", '"in press"')),
    ("Authorship-author", put("kg:Authorship", "kg:author", "<https://w3id.org/mlkg/id/paper/p>")),
    ("Authorship-position", put("kg:Authorship", "kg:position", "0")),
    ("Metric-direction", put("kg:Metric", "kg:direction", '"up"')),
    ("Task-prefLabel", drop("kg:Task", "skos:prefLabel")),
    ("Hierarchy-broader", add("kg:Task", "skos:broader", "?x")),
    ("Hierarchy-broader", "INSERT DATA { task:a skos:broader task:b . task:b skos:broader task:a }"),
    ("Hierarchy-variantOf",
     "INSERT DATA { method:openvla kg:variantOf method:rt2x . method:rt2x kg:variantOf method:openvla }"),
    ("Hierarchy-partOf", "INSERT DATA { benchmark:libero kg:partOf benchmark:liberospatial }"),
    ("Result-value", drop("kg:Result", "kg:value")),
    ("Result-value", add("kg:Result", "kg:value", "1.5")),
    ("Result-value", put("kg:Result", "kg:value", '"86.6"')),
    ("Result-value", put("kg:Result", "kg:value", "86.6e0")),
    ("Result-valueMax", put("kg:Result", "kg:valueMax", '"99"')),
    ("Result-valueText", drop("kg:Result", "kg:valueText")),
    ("Result-kind", put("kg:Result", "kg:kind", '"level"')),
    ("Result-bound", put("kg:Result", "kg:bound", '"over"')),
    ("Result-direction", put("kg:Result", "kg:direction", '"higher"')),
    ("Result-unit", put("kg:Result", "kg:unit", "1")),
    ("Result-paper", drop("kg:Result", "prov:wasDerivedFrom")),
    ("Result-reported", drop("kg:Paper", "kg:reports")),
    ("Result-run", drop("kg:Result", "prov:wasGeneratedBy")),
    ("Result-valueStart", put("kg:Result", "kg:valueStart", "500")),
    ("Result-valueEnd", drop("kg:Result", "kg:valueEnd")),
    ("Result-metric", put("kg:Result", "kg:measures", "<https://w3id.org/mlkg/id/method/openvla>")),
    ("Result-metric-named", drop("kg:Result", "kg:measures")),
    ("Result-method", put("kg:Result", "kg:ofMethod", "<https://w3id.org/mlkg/id/benchmark/libero>")),
    ("Result-baseline", put("kg:Result", "kg:against", "<https://w3id.org/mlkg/id/benchmark/libero>")),
    ("Result-on", put("kg:Result", "kg:on", "<https://w3id.org/mlkg/id/method/openvla>")),
    ("Result-task", put("kg:Result", "kg:forTask", "<https://w3id.org/mlkg/id/method/openvla>")),
    ("Result-rankable", put("kg:Result", "kg:rankable", '"yes"')),
    ("Result-value-quote", first("kg:valueText", '"86.7%"')),
    ("Result-ranked", drop("kg:Result", "kg:measures")),
    ("Result-ranked", drop("kg:Result", "kg:orderKey")),
    ("Result-ranked", put("kg:Metric", "kg:direction", '"unknown"')),
    ("Result-excluded", drop("kg:Result", "kg:excluded")),
    ("Result-percent-bounds", first("kg:value", "866.0")),
    ("Result-percent-bounds", first("kg:value", '"-0.1"^^xsd:decimal')),
    ("Unusual-percent-range", first("kg:value", "100.1")),
    ("Comparison-better", put("kg:Comparison", "kg:better", "<https://w3id.org/mlkg/id/method/rt2x>")),
    ("Comparison-worse", drop("kg:Comparison", "kg:worse")),
    ("Comparison-dataset", put("kg:Comparison", "kg:dataset", "<https://w3id.org/mlkg/id/method/rt2x>")),
    ("Comparison-metric", put("kg:Comparison", "kg:metric", "<https://w3id.org/mlkg/id/method/rt2x>")),
    ("Comparison-stated", drop("kg:Method", "kg:outperforms")),
    ("Naming-entity", drop("kg:Naming", "kg:entity")),
    ("Naming-role", put("kg:Naming", "kg:role", '"LIKES"')),
    ("Naming-surfaces", drop("kg:Naming", "kg:surfaces")),
    ("Naming-mention", put("kg:Naming", "kg:mention", "<https://w3id.org/mlkg/id/paper/p>")),
    ("Mention-source", drop("kg:Mention", "oa:hasSource")),
    ("Mention-selector", drop("kg:Mention", "oa:hasSelector")),
    ("Mention-position", drop("oa:TextPositionSelector", "a")),
    ("Mention-exact", drop("oa:TextQuoteSelector", "a")),
    ("Mention-quote", put("oa:TextQuoteSelector", "oa:exact", '"openvla"')),
    ("Mention-quote",
     "DELETE { ?x oa:start ?n } INSERT { ?x oa:start ?m } WHERE { ?x oa:start ?n BIND (?n + 1 AS ?m) }"),
    ("Position-start", put("oa:TextPositionSelector", "oa:start", "900")),
    ("Position-end", drop("oa:TextPositionSelector", "oa:end")),
    ("Quote-exact", drop("oa:TextQuoteSelector", "oa:exact")),
    ("Described-type", "DELETE { method:rt2x ?p ?o } WHERE { method:rt2x ?p ?o }"),
    ("Described-type", "INSERT DATA { paper:p kg:mentions method:nowhere }"),
]  # fmt: skip
WARNINGS = {"Result-metric-named", "Unusual-percent-range"}


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(resource("ontology/shapes.ttl"))


def broken(update: str) -> Graph:
    data = graph()
    before = set(data)
    data.update(PREFIXES + update)
    assert set(data) != before, "the update changes nothing"
    return data


def test_shapes_pass_the_shapes_of_shacl(shapes: Graph) -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_shapes_find_nothing_in_a_good_graph(lexicon: Lexicon) -> None:
    report = validate(graph(), lexicon=lexicon)
    assert report.conforms
    assert report.violations == report.warnings == ()


@pytest.mark.parametrize("key", ["2406.09246", "cs/0112017", "math.GT/0309136", "hep-th/9901001", "t-0123456789ab"])
def test_shapes_know_every_form_of_a_papers_id(key: str, lexicon: Lexicon) -> None:
    lines = graph().serialize(format="nt")
    for before, after in (("paper/p>", f"paper/{key}>"), ("/p-", f"/{key}-"), ("/p/", f"/{key}/")):
        assert before in lines
        lines = lines.replace(before, after)
    assert validate(Graph().parse(data=lines, format="nt"), lexicon=lexicon).violations == ()


@pytest.mark.parametrize(("shape", "update"), BREAKS, ids=[f"{n}-{name}" for n, (name, _) in enumerate(BREAKS)])
def test_shapes_find_what_breaks_them(shape: str, update: str, lexicon: Lexicon) -> None:
    report = validate(broken(update), lexicon=lexicon)
    found = report.warnings if shape in WARNINGS else report.violations
    assert shape in {finding.shape for finding in found}
    assert all(finding.message and finding.focus for finding in found)


def test_shapes_all_have_a_test_that_breaks_them(shapes: Graph) -> None:
    assert {name for name, _ in BREAKS} == set(_constraining(shapes))


def _constraining(shapes: Graph) -> Iterator[str]:
    """The names of all shapes and constraints that can find a fault themselves."""
    kinds = (SH.PropertyShape, SH.SPARQLConstraint)
    named = [s for kind in kinds for s in shapes.subjects(RDF.type, kind)]
    named += [s for s in shapes.subjects(RDF.type, SH.NodeShape) if (s, SH.pattern, None) in shapes]
    for shape in named:
        assert isinstance(shape, URIRef), "a shape needs a name, by which it can be tested"
        yield shape.rpartition("#")[2]


def test_shapes_say_in_words_what_is_wrong(shapes: Graph) -> None:
    for kind in (SH.PropertyShape, SH.SPARQLConstraint):
        for shape in shapes.subjects(RDF.type, kind):
            assert shapes.value(shape, SH.message), f"{shape} has no sh:message"


SPARQL = (
    "Hierarchy",
    "Unusual",
    "Mention-quote",
    "Result-quote",
    "Result-ranked",
    "Result-excluded",
    "Comparison-stated",
)


@pytest.mark.parametrize("update", [update for name, update in BREAKS if name.startswith(SPARQL)])
def test_shapes_mean_the_same_to_pyshacl_alone(update: str, shapes: Graph) -> None:
    data = broken(update)
    _, results, _ = pyshacl.validate(data, shacl_graph=shapes, allow_warnings=True)
    theirs = {
        (str(results.value(r, SH.sourceConstraint)).rpartition("#")[2], str(results.value(r, SH.focusNode)))
        for r in results.subjects(RDF.type, SH.ValidationResult)
        if isinstance(results.value(r, SH.sourceConstraint), URIRef)
    }
    report = validate(data, lexicon=Lexicon(()))
    names = {str(c).rpartition("#")[2] for c in shapes.subjects(RDF.type, SH.SPARQLConstraint)}
    assert {(f.shape, f.focus) for f in (*report.violations, *report.warnings) if f.shape in names} == theirs != set()


def test_shapes_bounds_come_from_the_lexicon(lexicon: Lexicon) -> None:
    data = broken(first("kg:value", "100.1"))
    assert "Result-percent-bounds" in {f.shape for f in validate(data, lexicon=lexicon).violations}
    assert validate(data, lexicon=Lexicon(())).conforms


def test_shapes_hold_for_what_is_read_from_the_examples(lexicon: Lexicon) -> None:
    papers = list(read(ROOT / "examples" / "robot-learning.jsonl", on_fault=lambda fault: pytest.fail(fault.message)))
    records = list(load_extractor(lexicon=lexicon).extract(papers))
    found = [(paper.arxiv_id or "", paper, record) for paper, record in zip(papers, records, strict=True)]
    made = make_graph(lambda: found, lexicon)
    file = io.BytesIO()
    write(made.nodes(), made.edges(), file, format="nt")
    report = validate(Graph().parse(data=file.getvalue(), format="nt"), lexicon=lexicon)
    assert report.violations == ()
    assert sum(len(record.results) for record in records) > 50


@pytest.mark.parametrize("name", ["g.ttl", "g.nt", "g.ttl.gz", "g.nt.gz", "g.jsonld"])
def test_shapes_read_a_file_by_its_name(name: str, tmp_path: Path, lexicon: Lexicon) -> None:
    write(*rows(), tmp_path / name)
    assert validate(tmp_path / name, lexicon=lexicon).conforms


@pytest.mark.parametrize(
    ("content", "name"), [(None, "gone.ttl"), (b"<a> <b>", "half.ttl"), (b"plain", "g.ttl.gz"), (b"\xff\xfe", "g.nt")]
)
def test_shapes_refuse_what_is_no_rdf(content: bytes | None, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=name):
        validate(path)
