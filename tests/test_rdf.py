"""Rows to RDF: what is written, byte for byte and triple for triple."""

from __future__ import annotations

import gzip
import hashlib
import io
import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdf_rows import TEXT, rows

from kg.errors import InputError, UsageError
from kg.rdf import FORMATS, PREFIXES, dataset_iri, format_of, triples, write
from kg.rdf.terms import check_base, check_id, date_type, decimal, run_id
from kg.rdf.vocabulary import CLASSES, edge_name, property_name
from kg.schema import DATA_IRI, EDGE_PROPERTIES, NODE_PROPERTIES, Edge, Node

KG = PREFIXES["kg"]
XSD = PREFIXES["xsd"]


def written(form: str, nodes: list[Node], edges: list[Edge], **options: Any) -> bytes:
    buffer = io.BytesIO()
    write(nodes, edges, buffer, format=form, **options)
    return buffer.getvalue()


def parsed(data: bytes, form: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(data, ox.RdfFormat.from_extension(form))}  # type: ignore[union-attr]


def objects(found: set[ox.Triple], subject: str, predicate: str) -> set[str]:
    return {str(t.object) for t in found if t.subject.value == DATA_IRI + subject and t.predicate.value == predicate}  # type: ignore[union-attr]


@pytest.mark.parametrize("form", FORMATS)
def test_rdf_every_format_holds_the_same_triples(form: str) -> None:
    nodes, edges = rows()
    expected = {tuple(map(str, (t.subject, t.predicate, t.object))) for t in parsed(written("nt", nodes, edges), "nt")}
    found = {tuple(map(str, (t.subject, t.predicate, t.object))) for t in parsed(written(form, nodes, edges), form)}
    assert found == expected
    assert len(expected) > 250


@pytest.mark.parametrize("form", FORMATS)
def test_rdf_same_rows_same_bytes_in_any_order(form: str) -> None:
    nodes, edges = rows()
    expected = written(form, nodes, edges)
    for seed in range(3):
        random.Random(seed).shuffle(nodes)
        random.Random(seed).shuffle(edges)
        shuffled = [Node(n.label, n.id, dict(reversed(n.properties.items()))) for n in nodes]
        assert written(form, shuffled, edges) == expected


def test_rdf_writes_each_triple_once_and_no_blank_node() -> None:
    lines = written("nt", *rows()).decode().splitlines()
    assert [line for line, count in Counter(lines).items() if count > 1] == []
    assert not any("_:" in line.split('"')[0] for line in lines)
    subjects = [line.split(" ", 1)[0] for line in lines]
    seen = [subject for i, subject in enumerate(subjects) if i == 0 or subjects[i - 1] != subject]
    assert len(seen) == len(set(seen)), "a resource is written in one place"


def test_rdf_uses_every_property_and_relationship_of_the_schema() -> None:
    used = {predicate for _, predicate, _ in triples(*rows())}
    names = {property_name(name) for schema in NODE_PROPERTIES.values() for name in schema}
    names |= {edge_name(kind) for kind in EDGE_PROPERTIES}
    expected = {f"<{PREFIXES[p]}{local}>" for p, local in (name.split(":") for name in names)}
    assert expected - used == {f"<{KG}{name}>" for name in ("id", "uri", "type")}


@pytest.mark.parametrize("label", CLASSES)
def test_rdf_gives_nodes_their_classes(label: str) -> None:
    found = parsed(written("nt", *rows()), "nt")
    for node in rows()[0]:
        if node.label == label:
            types = objects(found, node.id, PREFIXES["rdf"] + "type")
            assert types == {f"<{PREFIXES[name.split(':')[0]]}{name.split(':')[1]}>" for name in CLASSES[label]}


def test_rdf_values() -> None:
    found = parsed(written("nt", *rows()), "nt")
    result, paper = "result/2406.09246-0a1b2c3d4e5f", "paper/2406.09246"
    assert objects(found, result, KG + "value") == {f'"16.5"^^<{XSD}decimal>'}
    assert objects(found, result, KG + "valueMax") == {f'"17.0"^^<{XSD}decimal>'}
    assert objects(found, result, KG + "start") == {f'"34"^^<{XSD}integer>'}
    assert objects(found, result, KG + "rankable") == {f'"true"^^<{XSD}boolean>'}
    assert objects(found, result, PREFIXES["qudt"] + "unit") == {f"<{PREFIXES['unit']}PERCENT>"}
    assert objects(found, result, PREFIXES["prov"] + "wasDerivedFrom") == {f"<{DATA_IRI}{paper}>"}
    assert objects(found, paper, PREFIXES["dcterms"] + "issued") == {f'"2024-06-13"^^<{XSD}date>'}
    assert objects(found, paper, KG + "listOrder") == {'"categories 2 1 0"'}
    runs = {str(t.object) for t in found if t.predicate.value == PREFIXES["prov"] + "wasGeneratedBy"}
    assert len(runs) == 2, "two extractors whose names differ in signs only"


def test_rdf_mentions_quote_the_text_between_their_offsets() -> None:
    oa = PREFIXES["oa"]
    by_subject: dict[str, dict[str, list[str]]] = {}
    for triple in parsed(written("nt", *rows()), "nt"):
        assert isinstance(triple.subject, ox.NamedNode)
        assert isinstance(triple.object, ox.NamedNode | ox.Literal)
        by_subject.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, []).append(
            triple.object.value
        )
    mentions = [values for values in by_subject.values() if KG + "Mention" in values[PREFIXES["rdf"] + "type"]]
    assert len(mentions) == 6
    for mention in mentions:
        merged: dict[str, list[str]] = {}
        for selector in mention[oa + "hasSelector"]:
            merged |= by_subject[selector]
        start, end = int(merged[oa + "start"][0]), int(merged[oa + "end"][0])
        assert merged[oa + "exact"] == [TEXT[start:end]]


def test_rdf_without_mentions_has_everything_else() -> None:
    nodes, edges = rows()
    less, all_ = parsed(written("nt", nodes, edges, mentions=False), "nt"), parsed(written("nt", nodes, edges), "nt")
    assert less < all_
    assert {t.predicate.value for t in all_ - less} >= {KG + "mention", PREFIXES["oa"] + "exact"}
    assert not any("/mention/" in t.subject.value for t in less if isinstance(t.subject, ox.NamedNode))


def test_rdf_turtle_is_to_be_read() -> None:
    text = written("ttl", *rows()).decode()
    block = next(block for block in text.split("\n\n") if block.startswith("<benchmark/libero-long>"))
    assert block == (
        "<benchmark/libero-long> a kg:Benchmark, kg:Entity, mls:EvaluationSpecification ;\n"
        '    rdfs:label "LIBERO-Long" ;\n'
        "    kg:partOf <benchmark/libero> ."
    )
    assert "    kg:value 16.5 ;\n    kg:valueMax 17.0 ;\n" in text
    assert "    kg:rankable true ;\n" in text
    assert f"@base <{DATA_IRI}> .\n" in text


def test_rdf_quads_are_in_the_graph_of_the_data_set_or_another() -> None:
    nodes, edges = rows()
    for options, graph in (({}, dataset_iri(DATA_IRI)), ({"graph": "urn:mine"}, "urn:mine")):
        quads = ox.parse(written("nq", nodes, edges, **options), ox.RdfFormat.N_QUADS)
        assert {quad.graph_name.value for quad in quads} == {graph}  # type: ignore[union-attr]


@pytest.mark.parametrize("form", FORMATS)
def test_rdf_base_is_the_users(form: str) -> None:
    base = "https://example.org/données/"
    nodes, edges = rows(base)
    for triple in parsed(written(form, nodes, edges, base=base), form):
        assert isinstance(triple.subject, ox.NamedNode)
        assert triple.subject.value.startswith(base)


@pytest.mark.parametrize("name", ["kg.nt", "kg.nq.gz", "kg.ttl", "kg.jsonld.gz"])
def test_rdf_writes_files_by_name(tmp_path: Path, name: str) -> None:
    paths = [tmp_path / folder / name for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        done = write(*rows(), path)
        data = path.read_bytes()
        assert (done.size, done.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert done.format is format_of(path)
        assert [other.name for other in path.parent.iterdir()] == [name]
        if name.endswith(".gz"):
            assert data[4:8] == bytes(4), "no time in the header"
        plain = gzip.decompress(data) if name.endswith(".gz") else data
        assert plain == written(done.format.name, *rows())
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_rdf_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    nodes, edges = rows()
    path = tmp_path / "kg.nt"
    path.write_text("old")
    with pytest.raises(InputError):
        write([*nodes, replace(nodes[0], label="Nothing")], edges, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InputError, match="cannot be written"):
        write(nodes, edges, tmp_path / "missing" / "kg.nt")


def test_rdf_refuses_a_relationship_that_comes_twice() -> None:
    nodes, edges = rows()
    with pytest.raises(InputError, match="comes twice"):
        written("nt", nodes, [*edges, edges[0]])


def test_rdf_memory_is_spooled_rows_come_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes, edges = rows()
    expected = written("ttl", nodes, edges)
    monkeypatch.setattr("kg.rdf.grouping._NODES_IN_MEMORY", 2)
    monkeypatch.setattr("kg.rdf.grouping._LINKS_IN_MEMORY", 3)
    random.Random(7).shuffle(nodes)
    random.Random(8).shuffle(edges)
    assert written("ttl", nodes, edges) == expected


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"label": "Thing"}, "unknown label"),
        ({"id": "paper/a b"}, "cannot be part of an IRI"),
        ({"id": "paper/../x"}, "cannot be part of an IRI"),
        ({"id": "paper"}, "cannot be part of an IRI"),
        ({"properties": {"colour": "red"}}, "does not know: colour"),
        ({"properties": {"authorCount": "three"}}, "another type"),
        ({"properties": {"title": 3}}, "another type"),
    ],
)
def test_rdf_refuses_rows_that_do_not_fit(change: dict[str, Any], words: str) -> None:
    node = Node("Paper", "paper/x", {"title": "T"})
    with pytest.raises(InputError, match=words):
        written("nt", [replace(node, **change)], [])


@pytest.mark.parametrize(
    ("edge", "words"),
    [
        (Edge("USES", ("Paper", "paper/other"), ("Method", "method/m"), {}), "is no node"),
        (Edge("LIKES", ("Paper", "paper/x"), ("Method", "method/m"), {}), "no such relationship"),
        (Edge("USES", ("Paper", "paper/x"), ("Method", "method/<m>"), {}), "cannot be part of an IRI"),
        (Edge("USES", ("Paper", "paper/x"), ("Method", "method/m"), {"spans": ("0-99",)}), "span"),
        (Edge("USES", ("Paper", "paper/x"), ("Method", "method/m"), {"spans": ("1-1",)}), "span"),
        (Edge("USES", ("Paper", "paper/x"), ("Method", "method/m"), {"spans": ("x",)}), "span"),
        (Edge("OUTPERFORMS", ("Method", "method/m"), ("Method", "method/m"), {}), "has no id"),
    ],
)
def test_rdf_refuses_relationships_that_do_not_fit(edge: Edge, words: str) -> None:
    nodes = [Node("Paper", "paper/x", {"title": "T"}), Node("Method", "method/m", {"name": "M"})]
    with pytest.raises(InputError, match=words):
        written("nt", nodes, [edge])


def test_rdf_refuses_a_node_that_comes_twice() -> None:
    node = Node("Method", "method/m", {"name": "M"})
    with pytest.raises(InputError, match="comes twice"):
        written("nt", [node, node], [])


@pytest.mark.parametrize(
    "base", ["", "relative/", "http://x.org/y", "http://x.org/y#", "http://x.org/a b/", "http://x.org/?q=/"]
)
def test_rdf_refuses_an_unusable_base(base: str) -> None:
    with pytest.raises(UsageError):
        check_base(base)


@pytest.mark.parametrize("options", [{"format": "xls"}, {"format": None}, {"format": "nq", "graph": "not an IRI"}])
def test_rdf_refuses_other_formats_and_graphs(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        write([], [], io.BytesIO(), **options)
    with pytest.raises(UsageError, match="does not say"):
        format_of(Path("kg.rdf"))


@pytest.mark.parametrize(
    "node_id", ["method/pi-0", "paper/cs/0112017", "method/π₀", "author/o'neil", "method/a%2Fb", "dataset/a+b"]
)
def test_rdf_ids_that_make_iris(node_id: str) -> None:
    assert ox.NamedNode(DATA_IRI + check_id(node_id))


@given(st.text(max_size=12))
def test_rdf_an_id_is_an_iri_or_refused(key: str) -> None:
    try:
        node_id = check_id(f"method/{key}")
    except InputError:
        return
    line = f"<{DATA_IRI}{node_id}> <x:p> <{DATA_IRI}{node_id}> .".encode()
    (quad,) = ox.parse(line, ox.RdfFormat.TURTLE)
    assert quad.subject == ox.NamedNode(DATA_IRI + node_id)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("86.60"), "86.6"), (Decimal(87), "87.0"), (Decimal("-0.50"), "-0.5"), (Decimal("1E+3"), "1000.0"),
        (Decimal("1E-7"), "0.0000001"), (Decimal("-0"), "0.0"), (0.1, "0.1"), (3, "3.0"),
        (1e21, "1000000000000000000000.0"),
    ],
)  # fmt: skip
def test_rdf_decimals(value: Decimal | float, text: str) -> None:
    assert decimal(value) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_rdf_decimals_keep_their_value(value: Decimal) -> None:
    text = decimal(value)
    assert Decimal(text) == value
    assert text.count(".") == 1
    assert "E" not in text
    whole, fraction = text.split(".")
    assert whole.lstrip("-").isdigit()
    assert fraction.isdigit()


@pytest.mark.parametrize("value", [Decimal("NaN"), float("inf"), Decimal("-Infinity")])
def test_rdf_decimals_are_finite(value: Decimal | float) -> None:
    with pytest.raises(InputError):
        decimal(value)


@given(st.text(max_size=40))
def test_rdf_any_text_comes_back(text: str) -> None:
    nodes = [Node("Method", "method/m", {"name": text})]
    kept = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    for form in FORMATS:
        found = parsed(written(form, nodes, []), form)
        assert [t.object.value for t in found if t.predicate.value.endswith("label")] == [kept]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2024-02-29", "date"),
        ("2025-02-29", None),
        ("2025-02", "gYearMonth"),
        ("2025-13", None),
        ("2025", "gYear"),
        ("0000", None),
        ("soon", None),
    ],
)
def test_rdf_dates_have_the_type_of_their_precision(text: str, kind: str | None) -> None:
    assert date_type(text) == kind


def test_rdf_run_ids() -> None:
    assert run_id("mlkg 0.1 (rules+ner)") == "run/mlkg-0.1-rules-ner"
    assert run_id("!") == "run/unnamed"


def test_rdf_nothing_is_a_graph_too() -> None:
    for form in FORMATS:
        assert parsed(written(form, [], []), form) == set()
