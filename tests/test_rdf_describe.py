"""The description beside a dump."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import rdflib
from rdf_rows import rows
from rdflib import DCAT, DCTERMS, RDF, VOID, Literal, Namespace, URIRef

from kg.rdf import FORMATS, dataset_iri, write, write_description
from kg.schema import DATA_IRI, ONTOLOGY_IRI, TERMS

SPDX = Namespace("http://spdx.org/rdf/terms#")
DATASET = URIRef(dataset_iri(DATA_IRI))


def described(folder: Path, name: str) -> tuple[Path, rdflib.Graph]:
    dump = folder / name
    path = write_description(write(*rows(), dump), dump)
    return path, rdflib.Graph().parse(path, publicID="http://example.org/data/kg.void.ttl")


@pytest.mark.parametrize("name", [f"kg.{form}" for form in FORMATS] + ["kg.ttl.gz", "two words.nt.gz"])
def test_rdf_describe_counts_what_the_dump_holds(tmp_path: Path, name: str) -> None:
    path, found = described(tmp_path, name)
    assert path == tmp_path / f"{name.split('.')[0]}.void.ttl"
    write(*rows(), tmp_path / "plain.nt")
    data = rdflib.Graph().parse(tmp_path / "plain.nt")
    assert found.value(DATASET, VOID.triples) == Literal(len(data))
    assert found.value(DATASET, VOID.distinctSubjects) == Literal(len(set(data.subjects())))
    partitions = {
        found.value(p, VOID["class"]): found.value(p, VOID.entities)
        for p in found.objects(DATASET, VOID.classPartition)
    }
    assert partitions == {c: Literal(len(set(data.subjects(RDF.type, c)))) for c in set(data.objects(None, RDF.type))}
    partitions = {
        found.value(p, VOID.property): found.value(p, VOID.triples)
        for p in found.objects(DATASET, VOID.propertyPartition)
    }
    assert partitions == {p: Literal(len(list(data.triples((None, p, None))))) for p in set(data.predicates())}
    examples = set(found.objects(DATASET, VOID.exampleResource))
    assert examples <= set(data.subjects())
    assert {t for e in examples for t in data.objects(e, RDF.type) if str(t).startswith(TERMS)} == {
        t for t in data.objects(None, RDF.type) if str(t).startswith(TERMS)
    }
    assert set(found.objects(DATASET, VOID.vocabulary)) >= {URIRef(TERMS), URIRef("http://www.w3.org/ns/oa#")}


@pytest.mark.parametrize("name", ["kg.nt", "kg.jsonld.gz"])
def test_rdf_describe_tells_the_file(tmp_path: Path, name: str) -> None:
    _, found = described(tmp_path, name)
    data = (tmp_path / name).read_bytes()
    (distribution,) = found.objects(DATASET, DCAT.distribution)
    assert found.value(distribution, DCAT.byteSize) == Literal(len(data))
    assert found.value(distribution, DCAT.downloadURL) == URIRef(f"http://example.org/data/{name}")
    checksum = found.value(distribution, SPDX.checksum)
    assert str(found.value(checksum, SPDX.checksumValue)) == hashlib.sha256(data).hexdigest()
    assert (found.value(distribution, DCAT.compressFormat) is not None) == name.endswith(".gz")
    assert found.value(DATASET, DCTERMS.conformsTo) == URIRef(ONTOLOGY_IRI)
    assert found.value(DATASET, URIRef(f"{DCAT}version"))


def test_rdf_describe_has_no_blank_node_and_no_time(tmp_path: Path) -> None:
    path, found = described(tmp_path, "kg.ttl")
    assert not [term for triple in found for term in triple if isinstance(term, rdflib.BNode)]
    first = path.read_bytes()
    assert described(tmp_path, "kg.ttl")[0].read_bytes() == first
