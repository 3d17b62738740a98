"""Rows to RDF and back: every node, relationship and property."""

from __future__ import annotations

import gzip
import random
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, cast

import graph_rows
import pyoxigraph as ox
import pytest
import rdf_rows
import rdflib
import shape_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.build import read_files, read_texts
from kg.errors import InputError
from kg.extraction.pipeline import load_extractor
from kg.graph import make_graph
from kg.model import Record
from kg.ontology import load_lexicon
from kg.rdf import FORMATS, read_rows, write
from kg.resources import resource
from kg.schema import Edge, Node

Rows = tuple[list[Node], list[Edge]]
HAND_MADE: dict[str, Rows] = {
    "rdf_rows": rdf_rows.rows(),
    "graph_rows": (list(graph_rows.nodes()), list(graph_rows.edges())),
    "shape_rows": shape_rows.rows(),
}


def same(before: Rows, after: tuple[Any, Any]) -> None:
    nodes, edges = list(after[0]), list(after[1])
    assert _nodes(nodes) == _nodes(before[0])
    assert _edges(edges) == _edges(before[1])
    assert (len(nodes), len(edges)) == (len(before[0]), len(before[1]))


def _nodes(nodes: list[Node]) -> dict[str, tuple[str, dict[str, Any]]]:
    """By id; an empty list and no list are one."""
    return {n.id: (n.label, {k: v for k, v in n.properties.items() if v not in (None, ())}) for n in nodes}


def _edges(edges: list[Edge]) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {
        (e.type, e.source, e.target, e.properties.get("id")): {
            k: v for k, v in e.properties.items() if v not in (None, ())
        }
        for e in edges
    }


@pytest.mark.parametrize("rows", HAND_MADE)
@pytest.mark.parametrize("name", [f"kg.{form}" for form in FORMATS] + ["kg.ttl.gz"])
def test_rdf_read_gives_back_what_was_written(tmp_path: Path, rows: str, name: str) -> None:
    before = HAND_MADE[rows]
    write(*before, tmp_path / name)
    same(before, read_rows(tmp_path / name))


def test_rdf_read_from_spooled_triples_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rdf_rows.rows()
    write(*before, tmp_path / "kg.nt")
    lines = (tmp_path / "kg.nt").read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(3).shuffle(lines)
    (tmp_path / "kg.nt").write_text("".join(lines), encoding="utf-8")
    monkeypatch.setattr("kg.rdf.read._TRIPLES_IN_MEMORY", 10)
    monkeypatch.setattr("kg.rdf.read._ROWS_IN_MEMORY", 3)
    same(before, read_rows(tmp_path / "kg.nt"))


def test_rdf_read_of_triples_that_stand_in_several_graphs(tmp_path: Path) -> None:
    before = rdf_rows.rows()
    with (tmp_path / "kg.nq").open("wb") as file:
        for graph in ("urn:a", "urn:b"):
            write(*before, cast(BinaryIO, file), format="nq", graph=graph)
    same(before, read_rows(tmp_path / "kg.nq"))


@pytest.mark.parametrize("form", FORMATS)
def test_rdf_read_gives_back_long_integers(tmp_path: Path, form: str) -> None:
    nodes = [rdf_rows.node("Result", "result/r", "r", start=10**21 + 1, end=-(10**30))]
    write(nodes, [], tmp_path / f"kg.{form}")
    same((nodes, []), read_rows(tmp_path / f"kg.{form}"))


def test_rdf_read_under_another_base(tmp_path: Path) -> None:
    base = "http://localhost/kg/"
    before = rdf_rows.rows(base)
    write(*before, tmp_path / "kg.ttl", base=base)
    same(before, read_rows(tmp_path / "kg.ttl", base=base))
    with pytest.raises(InputError, match="no node of the graph under"):
        list(read_rows(tmp_path / "kg.ttl")[0])


@pytest.mark.parametrize("form", ["nt", "ttl"])
def test_rdf_read_after_rdflib_or_oxigraph_have_rewritten_it(tmp_path: Path, form: str) -> None:
    """The order of triples, prefixes and the spelling of numbers (16.50, 16.5) are not what carries the graph."""
    before = rdf_rows.rows()
    write(*before, tmp_path / "kg.ttl")
    rdflib.Graph().parse(tmp_path / "kg.ttl").serialize(tmp_path / f"rdflib.{form}", form, encoding="utf-8")
    same(before, read_rows(tmp_path / f"rdflib.{form}"))
    store = ox.Store()
    store.bulk_load(path=str(tmp_path / "kg.ttl"))
    store.dump(str(tmp_path / f"oxigraph.{form}"), ox.RdfFormat.from_extension(form), from_graph=ox.DefaultGraph())
    same(before, read_rows(tmp_path / f"oxigraph.{form}"))


def test_rdf_read_gives_back_what_was_extracted_from_papers(tmp_path: Path) -> None:
    faults: list[object] = []
    papers = list(read_files([resource("examples")], on_fault=faults.append))
    records = [
        (key, paper, record)
        for key, paper, record in read_texts(load_extractor(), papers)
        if isinstance(record, Record)
    ]
    assert faults == []
    assert len(records) == len(papers)
    graph = make_graph(lambda: records, load_lexicon())
    before = list(graph.nodes()), list(graph.edges())
    assert {edge.type for edge in before[1]} >= {"REPORTS", "PROPOSES", "USES", "OF_METHOD", "ON", "MEASURES"}
    for form in FORMATS:
        write(graph.nodes(), graph.edges(), tmp_path / f"kg.{form}")
        same(before, read_rows(tmp_path / f"kg.{form}"))


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(name=names, aliases=st.lists(names, max_size=5), value=st.decimals(-1000, 1000, places=4), whole=st.integers())
def test_rdf_read_gives_back_any_value(
    tmp_path: Path, name: str, aliases: list[str], value: Decimal, whole: int
) -> None:
    nodes = [
        rdf_rows.node("Method", "method/m", name, type="Method", aliases=tuple(aliases)),
        rdf_rows.node("Result", "result/r", name, value=value, start=whole, rankable=whole > 0, setting=name),
    ]
    for form in ("nt", "jsonld"):
        write(nodes, [], tmp_path / f"any.{form}")
        same((nodes, []), read_rows(tmp_path / f"any.{form}"))


@pytest.mark.parametrize(
    "spans", [("8-15", "0-7"), ("0-7", "0-7"), ("10-12", "9-11", "100-103"), ("0-3", "0-10", "0-2")]
)
@pytest.mark.parametrize("form", FORMATS)
def test_rdf_read_keeps_the_order_of_lists(tmp_path: Path, form: str, spans: tuple[str, ...]) -> None:
    nodes, _ = rdf_rows.rows()
    properties = {"surfaces": ("b", "a", "b"), "spans": spans, "confidence": Decimal("0.5")}
    edges = [Edge("USES", ("Paper", "paper/2406.09246"), ("Method", "method/openvla"), properties)]  # type: ignore[arg-type]
    write(nodes, edges, tmp_path / f"kg.{form}")
    same((nodes, edges), read_rows(tmp_path / f"kg.{form}"))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('<{base}result/r> <{kg}value> "many" .', "not the decimal"),
        ('<{base}result/r> <{kg}start> "x" .', "not the integer"),
        ('<{base}result/r> <{kg}kind> "a", "b" .', "2 values"),
        ('<{base}naming/n> a <{kg}Naming> ; <{kg}role> "LIKES" .', "unknown role"),
        (
            '<{base}naming/n> a <{kg}Naming> ; <{kg}role> "USES" ; <{kg}entity> <{base}method/m> .',
            "0 values of kg:paper",
        ),
        ("<{base}result/r> <{kg}ofMethod> <http://elsewhere/method/m> .", "not under"),
        ("<{base}result/r> <{kg}ofMethod> <{base}thing/m> .", "no known kind"),
    ],
)
def test_rdf_read_says_what_is_wrong(tmp_path: Path, lines: str, words: str) -> None:
    names = {"base": "https://w3id.org/mlkg/id/", "kg": "https://w3id.org/mlkg/ontology#"}
    path = tmp_path / "kg.ttl"
    path.write_text(("<{base}result/r> a <{kg}Result> .\n" + lines).format(**names), encoding="utf-8")
    nodes, edges = read_rows(path)
    with pytest.raises(InputError, match=words):
        (list(nodes), list(edges))


def test_rdf_read_says_which_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<a> <b> .\n", encoding="utf-8")
    (tmp_path / "bad.nt.gz").write_bytes(b"no gzip")
    (tmp_path / "cut.nt.gz").write_bytes(gzip.compress(b"<x:a> <x:b> <x:c> .\n" * 99)[:-9])
    for name, words in (
        ("bad.ttl", "line 1: not Turtle"),
        ("bad.nt.gz", "cannot be read"),
        ("cut.nt.gz", "cannot be read"),
        ("none.nt", "cannot be read"),
    ):
        with pytest.raises(InputError, match=words):
            list(read_rows(tmp_path / name)[0])
