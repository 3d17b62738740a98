from __future__ import annotations

import gzip
import json
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from views_rows import EDGES, NODES, graph, node

from kg.errors import InputError
from kg.graphml import write_graphml
from kg.network import to_networkx


def test_graphml_comes_back_with_every_node_edge_and_value(tmp_path: Path) -> None:
    write_graphml(graph(), tmp_path / "graph.graphml")
    back = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    assert back.number_of_nodes() == len(NODES)
    assert back.number_of_edges() == len(EDGES)
    paper = back.nodes["paper/2401.00001"]
    assert (paper["label"], paper["nodeType"]) == ("Octopus: a policy", "Paper")
    assert json.loads(paper["categories"]) == ["cs.RO"]
    found = back.nodes["result/a"]
    assert (found["value"], found["start"], found["rankable"]) == (86.6, 100, True)
    assert "doi" not in paper
    assert "orderKey" not in back.nodes["result/b"]


def test_graphml_gives_every_edge_an_id_of_its_own(tmp_path: Path) -> None:
    write_graphml(graph(), tmp_path / "graph.graphml")
    back = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    keys = [key for _, _, key in back.edges(keys=True)]
    assert len(set(keys)) == len(keys)
    assert "method/octopus|comparison/2401.00001-1|method/squid" in keys
    assert {data["label"] for _, _, data in back.edges(data=True)} == {e.type for e in EDGES}


def test_graphml_is_compressed_by_name_and_the_same_bytes_twice(tmp_path: Path) -> None:
    plain, first, second = (tmp_path / name for name in ("a.graphml", "a.graphml.gz", "b.graphml.gz"))
    for path in (plain, first, second):
        write_graphml(graph(), path)
    assert gzip.decompress(first.read_bytes()) == plain.read_bytes()
    assert first.read_bytes() == second.read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec=None), max_size=40))
def test_graphml_holds_any_text(tmp_path: Path, text: str) -> None:
    write_graphml(to_networkx([node("Method", "method/x", text, aliases=(text,))], []), tmp_path / "graph.graphml")
    assert len(nx.read_graphml(tmp_path / "graph.graphml")) == 1


def test_graphml_says_where_it_could_not_write(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none/graph\.graphml: cannot be written"):
        write_graphml(graph(), tmp_path / "none" / "graph.graphml")
