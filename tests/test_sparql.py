"""Queries in this process: loading, parameters, what is refused, and the forms in which answers are written."""

from __future__ import annotations

import csv
import gzip
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdf_rows import rows

from kg.errors import InputError, QueryError, QueryRefused, QueryTooLarge, UsageError
from kg.rdf import FORMATS, triples, write
from kg.schema import Node
from kg.sparql import Boolean, Engine, Id, Limits, Parameter, Solutions, bind, parameters_of, write_answer
from kg.sparql.text import names_dataset, refuse_service
from kg.table import Table

BASE = "https://w3id.org/mlkg/id/"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.of_rows(*rows())


@pytest.mark.parametrize("name", [f"kg.{form}" for form in FORMATS] + ["kg.ttl.gz"])
def test_sparql_loads_any_dump(tmp_path: Path, name: str) -> None:
    write(*rows(), tmp_path / name)
    assert Engine.of_dump(tmp_path / name).table(COUNT).rows == ((len(list(triples(*rows()))),),)


def test_sparql_loads_rows_of_several_parts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.rdf.dump._BATCH", 100)
    assert set(Engine.of_rows(*rows()).store) == set(engine.store)


def test_sparql_on_disk_is_opened_again(tmp_path: Path) -> None:
    made = Engine.of_rows(*rows(), folder=tmp_path / "store")
    expected = made.table(COUNT)
    del made
    opened = Engine.open(tmp_path / "store")
    assert opened.table(COUNT) == expected
    assert not opened.in_memory


def test_sparql_says_what_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<a> <b> .", encoding="utf-8")
    (tmp_path / "cut.nt.gz").write_bytes(gzip.compress(b"<x:a> <x:b> <x:c> .\n" * 99)[:-9])
    for name, words in (
        ("bad.ttl", "line 1: not Turtle"),
        ("cut.nt.gz", "cannot be read"),
        ("none.nt", "cannot be read"),
    ):
        with pytest.raises(InputError, match=words):
            Engine.of_dump(tmp_path / name)
    with pytest.raises(InputError, match="no store"):
        Engine.open(tmp_path / "nothing")
    with pytest.raises(UsageError):
        Engine.of_dump(tmp_path / "kg.docx")
    with pytest.raises(UsageError):
        Engine(ox.Store(), base="nowhere")


def test_sparql_table_has_plain_values(engine: Engine) -> None:
    table = engine.table(
        "SELECT ?r ?value ?start ?rankable ?label ?none ?class { ?r kg:value ?value ; kg:start ?start ;"
        " rdfs:label ?label ; kg:rankable ?rankable ; a ?class FILTER (?class = kg:Result) }"
    )
    assert table == Table(
        ("r", "value", "start", "rankable", "label", "none", "class"),
        (
            (
                "result/2406.09246-0a1b2c3d4e5f", Decimal("16.5"), 34, True, "≥ 16.5 % success rate", None,
                "https://w3id.org/mlkg/ontology#Result",
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1.50", Decimal("1.5")), ("1", 1), ("1e3", Decimal(1000)), ("true", True), ("'x'@en", "x"), ("1/0", None),
        ("'NaN'^^xsd:double", "NaN"), ("'x'^^xsd:integer", "x"), ("STRDT('2025', xsd:gYear)", "2025"),
        ("<urn:x>", "urn:x"),
    ],
)  # fmt: skip
def test_sparql_values(engine: Engine, expression: str, value: object) -> None:
    ((found,),) = engine.table(f"SELECT ({expression} AS ?x) {{}}").rows
    assert found == value
    assert type(found) is type(value)


def test_sparql_ask_and_construct(engine: Engine) -> None:
    assert engine.query("ASK { ?r a kg:Result }") == Boolean(True)
    assert engine.query("ASK { ?r a kg:Nothing }") == Boolean(False)
    with pytest.raises(QueryError, match="only a SELECT has rows"):
        engine.table("ASK {}")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * {", "line 1, column 11"),
        ("SELECT *\n{ ?s ?p . ?x }", "line 2, column"),
        ("SELECT ?x { ?x a 1 . } LIMIT x", 'line 1, column 30, at "x"'),
        ("INSERT DATA { <a:b> <a:b> 1 }", "line 1, column 1"),
        ("LOAD <file:///etc/hostname>", "line 1, column 1"),
        ("SELECT ?x { ?x foo:bar 1 }", "not a SPARQL query"),
    ],
)
def test_sparql_says_where_a_query_is_wrong(engine: Engine, query: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        engine.query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { service?x{ ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { \\U00000053ervice SILENT <http://x/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p 'a' . SERVICE ?x { ?s ?p ?o } }",
        'SELECT * { ?s ?p """ " """ . SERVICE ?x { ?s ?p ?o } } # "',
        "SELECT * { FILTER(1<?b)SERVICE?x#>\n{ ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o # <\nSERVICE ?x { ?s ?p ?o } }",
    ],
)
def test_sparql_refuses_service(engine: Engine, query: str) -> None:
    with pytest.raises(QueryRefused):
        engine.query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ?p 'SERVICE <http://x/> {}' }",
        "SELECT * { <http://x/service> ?p ?o } # SERVICE",
        "PREFIX service: <urn:x:> SELECT * { service:SERVICE service:service ?o }",
        "SELECT * { ?s ?p '''a ' SERVICE''' , \"\\\" SERVICE\" , 'x'@service }",
        "SELECT * { ?s kg:service ?o . ?s ?p \"it's\" , 'SERVICE' }",
    ],
)
def test_sparql_does_not_refuse_the_word(engine: Engine, query: str) -> None:
    refuse_service(query)
    assert isinstance(engine.query(query), Solutions)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("SELECT * FROM <urn:g> {}", True),
        ("ask from named <urn:g> {}", True),
        ("SELECT ?from { ?from ?p 'FROM' }", False),
    ],
)
def test_sparql_sees_from(query: str, named: bool) -> None:
    assert names_dataset(query) is named


def test_sparql_default_graph_is_the_union_unless_named(tmp_path: Path) -> None:
    path = tmp_path / "two.nq"
    path.write_text("<x:1> <x:p> <x:o> <x:g> .\n<x:2> <x:p> <x:o> <x:h> .\n<x:3> <x:p> <x:o> .\n", encoding="utf-8")
    engine = Engine.of_dump(path)
    subjects = "SELECT ?s { ?s ?p ?o } ORDER BY ?s"

    def found(query: str, **graphs: Any) -> list[object]:
        answer = engine.query(query, **graphs)
        assert isinstance(answer, Solutions)
        return [row[0] for row in answer.table().rows]

    assert found(subjects) == ["x:1", "x:2", "x:3"]
    assert found(subjects, default_graphs=["x:g"]) == ["x:1"]
    assert found(subjects, named_graphs=["x:g"]) == []
    assert found("SELECT ?s FROM <x:h> { ?s ?p ?o }") == ["x:2"]
    assert found("SELECT ?s FROM NAMED <x:h> { GRAPH ?g { ?s ?p ?o } }") == ["x:2"]
    with pytest.raises(QueryError):
        engine.query(subjects, default_graphs=["no IRI"])


RESULTS = """
SELECT ?result ?value WHERE {
  VALUES ?method { $method }
  ?result kg:value ?value
  OPTIONAL { ?result kg:ofMethod ?found }
  FILTER (COALESCE(?found = $method, true))
  FILTER (COALESCE(?value >= $least, true)) # $comment is none
} ORDER BY ?value
"""


@pytest.mark.parametrize(
    ("parameters", "values"),
    [
        ({"method": None, "least": None}, [-3, Decimal("16.5")]),
        ({"method": None, "least": 0}, [Decimal("16.5")]),
        ({"method": None, "least": Decimal("16.51")}, []),
        ({"method": Id("method/openvla"), "least": None}, [-3, Decimal("16.5")]),
        ({"method": Id("method/rt-2-x"), "least": None}, [-3]),
    ],
)
def test_sparql_parameters_may_be_absent(
    engine: Engine, parameters: dict[str, Parameter], values: list[object]
) -> None:
    assert [row[1] for row in engine.table(RESULTS, parameters).rows] == values
    assert parameters_of(RESULTS) == ("least", "method")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Id("method/pi-0"), f"<{BASE}method/pi-0>"), ("a\"b\\\n", '"a\\"b\\\\\\n"'), (True, "true"), (7, "7"),
        (Decimal("1E-7"), "0.0000001"), (0.5, "0.5"), ("} DROP ALL #", '"} DROP ALL #"'), (None, "$x"),
    ],
)  # fmt: skip
def test_sparql_bind_writes_terms(value: Parameter, written: str) -> None:
    assert bind("ASK { ?s ?p $x } # $x", {"x": value}, BASE).strip() == f"ASK {{ ?s ?p {written} }}"


def test_sparql_bind_leaves_strings_and_iris_alone() -> None:
    template = "ASK { <urn:$x> ?p '$x' , \"$x\" , ?x , $y }"
    assert bind(template, {"x": 1, "y": 2}, BASE) == template.replace("$y", "2")


def test_sparql_bind_refuses_what_is_missing_or_no_term() -> None:
    with pytest.raises(QueryError, match=r"asks for \$x"):
        bind("ASK { ?s ?p $x }", {}, BASE)
    with pytest.raises(QueryError, match="cannot be a parameter"):
        bind("ASK { ?s ?p $x }", {"x": ("a",)}, BASE)  # type: ignore[dict-item]
    with pytest.raises(InputError):
        bind("ASK { ?s ?p $x }", {"x": Id("a> ?p ?o")}, BASE)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_sparql_any_text_is_one_value(text: str) -> None:
    engine = Engine.of_rows([Node("Method", "method/m", {"name": text})], [])
    assert engine.table("SELECT ?m { ?m rdfs:label $name }", {"name": text}).rows == (("method/m",),)
    assert engine.table("SELECT ($name AS ?x) {}", {"name": text}).rows == ((text,),)


AWKWARD = """SELECT ?n ?x {
  VALUES (?n ?x) { (1 "a,\\"b\\"\\n\\tc") (2 UNDEF) (3 <urn:x>) (4 "x"@en) (5 2.50) (6 "<&>") }
} ORDER BY ?n"""


def written(engine: Engine, query: str, name: str, **limits: Any) -> bytes:
    return write_answer(engine.query(query), name, Limits(**limits))


@pytest.mark.parametrize("name", ["json", "xml"])
def test_sparql_results_are_read_alike_by_rdflib_and_pyoxigraph(engine: Engine, name: str) -> None:
    data = written(engine, AWKWARD, name)
    by_rdflib = [
        [None if t is None else str(t) for t in row] for row in rdflib.query.Result.parse(io.BytesIO(data), format=name)
    ]
    found = ox.parse_query_results(data, ox.QueryResultsFormat.from_extension("srj" if name == "json" else "srx"))
    assert isinstance(found, ox.QuerySolutions)
    by_oxigraph = [[None if t is None else t.value for t in row] for row in found]  # type: ignore[union-attr]
    expected = [["1", 'a,"b"\n\tc'], ["2", None], ["3", "urn:x"], ["4", "x"], ["5", "2.5"], ["6", "<&>"]]
    assert by_oxigraph == expected
    assert by_rdflib == expected


def test_sparql_results_csv_and_tsv(engine: Engine) -> None:
    lines = list(csv.reader(io.StringIO(written(engine, AWKWARD, "csv").decode(), newline="")))
    assert lines == [["n", "x"], ["1", 'a,"b"\n\tc'], ["2", ""], ["3", "urn:x"], ["4", "x"], ["5", "2.5"], ["6", "<&>"]]
    data = written(engine, AWKWARD, "tsv")
    assert data.decode().splitlines()[:3] == [
        "?n\t?x",
        f'"1"^^<{rdflib.XSD.integer}>\t"a,\\"b\\"\\n\\tc"',
        f'"2"^^<{rdflib.XSD.integer}>\t',
    ]
    found = ox.parse_query_results(data, ox.QueryResultsFormat.TSV)
    assert [str(row[1]) for row in found][3] == '"x"@en'  # type: ignore[union-attr,index]


@pytest.mark.parametrize(("name", "form"), [("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld")])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_sparql_constructed_triples(engine: Engine, name: str, form: str) -> None:
    data = written(engine, "CONSTRUCT { ?r kg:value ?v } WHERE { ?r kg:value ?v . ?x ?y kg:Result }", name)
    graph = rdflib.Graph().parse(data=data, format=form)
    assert sorted(float(o) for o in graph.objects()) == [-3.0, 16.5]


@pytest.mark.parametrize(
    ("name", "expected"), [("json", '{"head":{},"boolean":true}'), ("xml", "<boolean>true</boolean>")]
)
def test_sparql_booleans(engine: Engine, name: str, expected: str) -> None:
    assert expected in written(engine, "ASK {}", name).decode()


@pytest.mark.parametrize(
    ("query", "name"), [("ASK {}", "csv"), ("SELECT * {}", "ttl"), ("CONSTRUCT WHERE { ?s ?p ?o }", "json")]
)
def test_sparql_forms_have_their_formats(engine: Engine, query: str, name: str) -> None:
    with pytest.raises(QueryError, match="cannot be written as"):
        written(engine, query, name)


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_sparql_limits(engine: Engine, name: str) -> None:
    query = "SELECT ?s { ?s ?p ?o } LIMIT 100"
    assert written(engine, query, name, rows=100)
    with pytest.raises(QueryTooLarge, match="99 rows"):
        written(engine, query, name, rows=99)
    with pytest.raises(QueryTooLarge, match="bytes"):
        written(engine, query, name, size=1000)


def test_sparql_json_of_quoted_triples_is_whole(engine: Engine) -> None:
    data = json.loads(written(engine, "SELECT (TRIPLE(<a:s>, <a:p>, 1) AS ?t) {}", "json"))
    assert data["results"]["bindings"][0]["t"]["value"]["object"]["value"] == "1"
    assert "<triple>" in written(engine, "SELECT (TRIPLE(<a:s>, <a:p>, 1) AS ?t) {}", "xml").decode()
