"""The ontology defines the terms of the schema and of the RDF that is written, no others, and says what each means."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache

import pytest
from rdf_rows import rows
from rdflib import OWL, RDF, RDFS, Graph, Literal, Node, URIRef
from rdflib.namespace import DCTERMS, SKOS

from kg.ontology import load_lexicon, load_terms
from kg.rdf import write
from kg.resources import resource
from kg.schema import EDGE_ENDS, EDGE_PROPERTIES, NODE_PROPERTIES, ONTOLOGY_IRI, TERMS, PropertyType

FILES = ("kg", "alignments", "shapes")
VANN = "http://purl.org/vocab/vann/"
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
# What the conventions of RDF write otherwise, or not at all.
RENAMED = {
    "id",
    "uri",
    "type",
    "name",
    "aliases",
    "title",
    "abstract",
    "arxivId",
    "published",
    "url",
    "paperId",
    "spans",
}
LEXICON_ONLY = {"exactLabel", "contextLabel", "caseSensitive", "lowerBound", "upperBound"}


@lru_cache
def parsed(name: str) -> Graph:
    return Graph().parse(resource(f"ontology/{name}.ttl"))


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return parsed("kg")


@pytest.fixture(scope="module")
def written() -> Graph:
    file = io.BytesIO()
    write(*rows(), file, format="nt")
    return Graph().parse(data=file.getvalue(), format="nt")


def own_terms(graph: Graph) -> set[str]:
    """The local names of all terms in the ontology's namespace that the graph mentions anywhere."""
    nodes = {node for triple in graph for node in triple if isinstance(node, URIRef)}
    return {str(node).removeprefix(TERMS) for node in nodes if str(node).startswith(TERMS)}


def defined(graph: Graph) -> set[str]:
    return {
        str(s).removeprefix(TERMS) for kind in KINDS for s in graph.subjects(RDF.type, kind) if str(s).startswith(TERMS)
    }


def of_schema() -> set[str]:
    """The terms that :mod:`kg.schema` implies: labels, relationship types in camel case, and properties."""
    relations = {
        "".join(w.capitalize() if n else w for n, w in enumerate(k.lower().split("_"))) for k in EDGE_PROPERTIES
    }
    properties = {name for columns in (*NODE_PROPERTIES.values(), *EDGE_PROPERTIES.values()) for name in columns}
    return {*NODE_PROPERTIES, *relations, *(properties - RENAMED)}


def test_ontology_defines_every_term_of_the_schema(ontology: Graph) -> None:
    assert of_schema() - defined(ontology) == set()


def test_ontology_defines_every_term_that_is_written(ontology: Graph, written: Graph) -> None:
    assert own_terms(written) - defined(ontology) == set()


def test_ontology_has_no_term_that_nothing_writes(ontology: Graph, written: Graph) -> None:
    used = own_terms(written) | own_terms(parsed("lexicon"))
    assert own_terms(parsed("lexicon")) >= LEXICON_ONLY
    assert defined(ontology) - used == set()


def test_ontology_files_use_only_terms_that_are_defined(ontology: Graph) -> None:
    for name in (*FILES, "lexicon"):
        assert own_terms(parsed(name)) - defined(ontology) == set(), name


def test_ontology_written_terms_of_others_are_declared(ontology: Graph, written: Graph) -> None:
    """A reader of the data finds every class and property in kg.ttl; literals' types and RDF's own terms need none."""
    used = {*written.predicates(), *written.objects(None, RDF.type)}
    theirs = {term for term in used if not str(term).startswith((TERMS, str(RDF), str(RDFS)))}
    assert {str(t) for t in theirs} - {str(s) for s in ontology.subjects(RDF.type, None)} == set()


def terms(graph: Graph) -> Iterator[URIRef]:
    return (URIRef(TERMS + name) for name in sorted(defined(graph)))


def test_ontology_terms_have_one_label_and_definition_in_english(ontology: Graph) -> None:
    for term in terms(ontology):
        for predicate in (RDFS.label, SKOS.definition):
            (text,) = ontology.objects(term, predicate)
            assert isinstance(text, Literal)
            assert text.language == "en"
            assert str(text).strip()
        definition = str(ontology.value(term, SKOS.definition))
        assert definition.endswith("."), f"{term}: a definition is a sentence"
        assert (term, RDFS.isDefinedBy, URIRef(ONTOLOGY_IRI)) in ontology


def test_ontology_labels_are_distinct(ontology: Graph) -> None:
    """One label for a class and for the property that leads to it ("paper") is fine; two properties need two."""
    for kind in KINDS:
        labels = [str(ontology.value(t, RDFS.label)) for t in terms(ontology) if (t, RDF.type, kind) in ontology]
        assert len(labels) == len(set(labels))


def test_ontology_terms_are_named_by_the_usual_case(ontology: Graph) -> None:
    for term in terms(ontology):
        name = str(term).removeprefix(TERMS)
        assert name.isalpha()
        assert name[0].isupper() == ((term, RDF.type, OWL.Class) in ontology), name


def test_ontology_domains_and_ranges_agree_with_the_schema(ontology: Graph) -> None:
    for kind, ends in EDGE_ENDS.items():
        first, *rest = kind.lower().split("_")
        term = URIRef(TERMS + first + "".join(word.capitalize() for word in rest))
        for predicate, labels in ((RDFS.domain, {a for a, _ in ends}), (RDFS.range, {b for _, b in ends})):
            class_ = ontology.value(term, predicate)
            assert all(_is(ontology, URIRef(TERMS + label), class_) for label in labels), (term, predicate)


def _is(ontology: Graph, class_: URIRef, other: Node | None) -> bool:
    return other is None or other in set(ontology.transitive_objects(class_, RDFS.subClassOf))


def test_ontology_ranges_agree_with_the_types_of_the_schema(ontology: Graph) -> None:
    types = {
        PropertyType.STRING: "string", PropertyType.STRINGS: "string", PropertyType.INTEGER: "integer",
        PropertyType.DECIMAL: "decimal", PropertyType.BOOLEAN: "boolean",
    }  # fmt: skip
    for columns in (*NODE_PROPERTIES.values(), *EDGE_PROPERTIES.values()):
        for name, kind in columns.items():
            range_ = ontology.value(URIRef(TERMS + name), RDFS.range)
            if isinstance(range_, URIRef) and name not in RENAMED and not str(range_).startswith(TERMS):
                assert str(range_).rpartition("#")[2] == types[kind], name


def test_ontology_classes_form_no_cycle(ontology: Graph) -> None:
    for term in terms(ontology):
        for predicate in (RDFS.subClassOf, RDFS.subPropertyOf):
            assert term not in {
                b for a in ontology.objects(term, predicate) for b in ontology.transitive_objects(a, predicate)
            }


@pytest.mark.parametrize("name", FILES)
def test_ontology_files_say_what_they_are(name: str) -> None:
    graph = parsed(name)
    (this,) = graph.subjects(RDF.type, OWL.Ontology)
    assert this == URIRef(ONTOLOGY_IRI if name == "kg" else f"{ONTOLOGY_IRI}/{name}")
    wanted = [DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.created, DCTERMS.license, OWL.versionInfo]
    if name == "kg":
        wanted += [OWL.versionIRI, URIRef(VANN + "preferredNamespacePrefix"), URIRef(VANN + "preferredNamespaceUri")]
        assert str(graph.value(this, URIRef(VANN + "preferredNamespaceUri"))) == TERMS
        assert str(graph.value(this, OWL.versionIRI)) == f"{ONTOLOGY_IRI}/{graph.value(this, OWL.versionInfo)}"
    for predicate in wanted:
        assert graph.value(this, predicate), f"{name}.ttl does not state {predicate}"


def test_ontology_alignments_are_only_mappings() -> None:
    graph = parsed("alignments")
    (this,) = graph.subjects(RDF.type, OWL.Ontology)
    mappings = {SKOS.closeMatch, SKOS.relatedMatch, SKOS.broadMatch, SKOS.narrowMatch}
    assert {p for s, p, _ in graph if s != this} <= mappings


def test_ontology_avoids_terms_that_do_not_fit() -> None:
    """mls:achieves is of a run, and DQV of the quality of datasets: neither is said of a result."""
    for name in FILES:
        nodes = {str(node) for triple in parsed(name) for node in triple if isinstance(node, URIRef)}
        assert not any(n.startswith("http://www.w3.org/ns/dqv#") or n.endswith("mls#achieves") for n in nodes)


def test_ontology_terms_are_read() -> None:
    found = {term.name: term for term in load_terms()}
    assert found["Result"].kind == "class"
    assert found["ofMethod"].kind == "property"
    assert found["ofMethod"].label == "of method"
    assert all(term.label and term.definition for term in found.values())
    assert set(found) == defined(parsed("kg"))


def test_ontology_entries_of_the_lexicon_are_of_its_classes(ontology: Graph) -> None:
    assert {entry.type for entry in load_lexicon().entries} <= {str(c).removeprefix(TERMS) for c in terms(ontology)}
