"""What others make of the dump: rdflib, oxrdflib, pyoxigraph and Apache Jena read it without a warning."""

from __future__ import annotations

import logging
from pathlib import Path

import graph_rows
import oxrdflib  # noqa: F401  (makes the store known to rdflib)
import pyoxigraph as ox
import pytest
import rdf_rows
import rdflib
from jena import riot

from kg.rdf import FORMATS, write, write_description
from kg.sparql import Engine

# rdflib's own parsers of JSON-LD and N-Quads use names that it deprecates.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated"),
]

RDFLIB = {"nt": "nt", "nq": "nquads", "ttl": "turtle", "jsonld": "json-ld"}
ROWS = {"rdf_rows": rdf_rows.rows(), "graph_rows": (list(graph_rows.nodes()), list(graph_rows.edges()))}
HIGHEST = """
SELECT ?name ?value WHERE { ?result kg:ofMethod/rdfs:label ?name ; kg:value ?value } ORDER BY DESC(?value) ?name LIMIT 5
"""


@pytest.fixture(scope="module", params=ROWS)
def dumps(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp(request.param)
    for form in FORMATS:
        write(*ROWS[request.param], folder / f"kg.{form}")
    return {form: folder / f"kg.{form}" for form in FORMATS}


@pytest.mark.parametrize("form", FORMATS)
def test_rdf_tools_rdflib_reads_it_without_a_warning(
    dumps: dict[str, Path], form: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "rdflib"):
        graph = rdflib.Dataset(default_union=True) if form == "nq" else rdflib.Graph()
        graph.parse(dumps[form], format=RDFLIB[form])
        values = [o.toPython() for o in graph.objects(None, None) if isinstance(o, rdflib.Literal)]
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert len(values) > 100
    assert len(set(graph.triples((None, None, None)))) == len(dumps["nt"].read_text().splitlines())


@pytest.mark.parametrize("form", FORMATS)
def test_rdf_tools_pyoxigraph_reads_it_strictly(dumps: dict[str, Path], form: str) -> None:
    quads = list(ox.parse(path=str(dumps[form]), format=ox.RdfFormat.from_extension(form)))
    assert len({quad.triple for quad in quads}) == len(quads) == len(dumps["nt"].read_text().splitlines())


def test_rdf_tools_jena_reads_it_without_a_warning(dumps: dict[str, Path]) -> None:
    output, errors = riot("--validate", "--strict", "--check", *map(str, dumps.values()))
    assert (output.strip(), errors.strip()) == ("", "")


def test_rdf_tools_jena_reads_the_same_triples(dumps: dict[str, Path]) -> None:
    expected = sorted(map(str, ox.parse(path=str(dumps["nt"]))))
    for form in ("ttl", "jsonld"):
        output, errors = riot("--output=nt", str(dumps[form]))
        assert errors.strip() == ""
        assert sorted(map(str, ox.parse(output, ox.RdfFormat.N_TRIPLES))) == expected


def test_rdf_tools_jena_complains_of_what_is_wrong(tmp_path: Path) -> None:
    """The silence above is worth something only if this is not silent."""
    (tmp_path / "bad.ttl").write_text('<http://x/a> <http://x/b> "x"^^<http://www.w3.org/2001/XMLSchema#decimal> .')
    _, errors = riot("--validate", "--check", str(tmp_path / "bad.ttl"))
    assert "WARN" in errors


def test_rdf_tools_jena_reads_the_description(tmp_path: Path) -> None:
    dump = tmp_path / "kg.ttl.gz"
    path = write_description(write(*rdf_rows.rows(), dump), dump)
    output, errors = riot("--validate", "--check", str(path), str(dump))
    assert (output.strip(), errors.strip()) == ("", "")


def test_rdf_tools_oxrdflib_is_the_same_graph(dumps: dict[str, Path]) -> None:
    graph = rdflib.Graph("Oxigraph")
    graph.parse(dumps["ttl"], format="ox-turtle", transactional=False)
    plain = rdflib.Graph().parse(dumps["ttl"])
    assert len(graph) == len(plain)
    engine = Engine.of_dump(dumps["ttl"])
    namespaces = {"kg": "https://w3id.org/mlkg/ontology#", "rdfs": str(rdflib.RDFS)}
    rows = [(str(row.name), row.value.toPython()) for row in graph.query(HIGHEST, initNs=namespaces)]
    assert rows == [tuple(row) for row in engine.table(HIGHEST).rows]
    assert rows == [(str(row.name), row.value.toPython()) for row in plain.query(HIGHEST, initNs=namespaces)]


def test_rdf_tools_oxrdflib_opens_the_store_that_the_engine_wrote(tmp_path: Path) -> None:
    engine = Engine.of_rows(*rdf_rows.rows(), folder=tmp_path / "store")
    count = len(engine.store)
    del engine
    graph = rdflib.Graph(store="Oxigraph", identifier=rdflib.graph.DATASET_DEFAULT_GRAPH_ID)
    graph.open(str(tmp_path / "store"))
    assert len(graph) == count
    graph.close()


def test_rdf_tools_rdflib_finds_no_difference_between_formats(dumps: dict[str, Path]) -> None:
    first = set(rdflib.Graph().parse(dumps["nt"], format="nt"))
    for form in ("ttl", "jsonld"):
        assert set(rdflib.Graph().parse(dumps[form], format=RDFLIB[form])) == first
