from __future__ import annotations

import pytest
from views_rows import EDGES, NODES, chain, edge, graph

from kg.errors import InputError, UsageError
from kg.network import find, label_of, part, to_networkx


def test_network_keeps_every_row_and_property() -> None:
    made = graph()
    assert made.number_of_nodes() == len(NODES)
    assert made.number_of_edges() == len(EDGES)
    assert made.nodes["metric/time"] == {
        "label": "Metric", "id": "metric/time", "uri": "https://w3id.org/mlkg/id/metric/time", "name": "time",
        "type": "Metric", "direction": "lower",
    }  # fmt: skip
    assert made.edges["paper/2401.00001", "author/ada", "WRITTEN_BY"] == {"type": "WRITTEN_BY", "position": 1}


def test_network_keeps_parallel_comparisons_apart() -> None:
    assert sorted(graph().get_edge_data("method/octopus", "method/squid")) == [
        "comparison/2401.00001-1",
        "comparison/2402.00002-1",
    ]


def test_network_refuses_an_edge_without_its_end() -> None:
    with pytest.raises(InputError, match="there is no node method/nobody"):
        to_networkx(NODES, [edge("PROPOSES", "paper/2402.00002", "method/nobody")])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("method/squid", ["method/squid"]),
        ("libero", ["benchmark/libero"]),
        (" octopus POLICY ", ["method/octopus"]),
        ("2401.00001", ["paper/2401.00001"]),
        ("Squid", ["method/squid", "paper/2402.00002"]),
    ],
)
def test_network_finds_by_id_name_alias_and_arxiv_id(text: str, found: list[str]) -> None:
    assert find(graph(), text) == found


@pytest.mark.parametrize(
    ("text", "said"), [("Octo", "did you mean .*Octopus"), ("zebra", "kg query search"), ("", "nothing")]
)
def test_network_says_what_is_near_a_name_it_does_not_know(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        find(graph(), text)


def test_part_is_everything_where_everything_fits() -> None:
    whole = part(graph())
    assert set(whole) == set(graph())
    assert whole.graph["left_out"] == {}


def test_part_leaves_out_labels_and_counts_them() -> None:
    shown = part(graph(), without=("Author",))
    assert "author/ada" not in shown
    assert shown.graph["left_out"] == {"Author": 1}


def test_part_around_a_benchmark_has_its_results_with_what_they_are_results_of() -> None:
    shown = part(graph(), ["benchmark/libero"], hops=1)
    assert set(shown) == {
        "benchmark/libero", "result/a", "result/c", "paper/2401.00001", "paper/2402.00002", "method/octopus",
        "method/squid", "metric/success-rate",
    }  # fmt: skip


@pytest.mark.parametrize(("hops", "papers"), [(0, 1), (2, 1), (3, 3)])
def test_part_goes_as_far_as_it_is_told(hops: int, papers: int) -> None:
    made = chain(9)
    shown = part(made, ["paper/000"], hops=hops)
    assert sum(label_of(made, node) == "Paper" for node in shown) == papers


def test_part_does_not_walk_through_a_metric_unless_it_is_the_focus() -> None:
    made = chain(9)
    across = {node for node in part(made, ["benchmark/0"], hops=4) if label_of(made, node) == "Benchmark"}
    assert across == {"benchmark/0"}
    assert {f"benchmark/{i}" for i in (0, 1)} <= set(part(made, ["metric/accuracy"], hops=2))


@pytest.mark.parametrize("focus", [[], ["benchmark/1"], ["method/4", "paper/002"], ["metric/accuracy"]])
@pytest.mark.parametrize("limit", [2, 7, 23, 60])
def test_part_keeps_the_limit_and_no_result_without_its_context(focus: list[str], limit: int) -> None:
    made = chain(30)
    shown = part(made, focus, limit=limit)
    assert len(shown) <= limit
    assert set(focus) <= set(shown)
    assert sum(shown.graph["left_out"].values()) == len(made) - len(shown)
    for node in shown:
        if label_of(made, node) == "Result":
            assert shown.degree(node) == made.degree(node)


def test_part_without_focus_takes_the_largest_component_and_its_results() -> None:
    made = chain(30)
    made.add_node("paper/zzz", label="Paper", name="Alone")
    shown = part(made, limit=40)
    assert "paper/zzz" not in shown
    assert len(shown) > 30
    assert sum(label_of(made, node) == "Result" for node in shown) >= 10


def test_part_of_a_graph_without_results_is_its_most_connected_node_and_those_near_it() -> None:
    made = to_networkx(
        [n for n in NODES if n.label in ("Paper", "Method", "Author", "Organization")],
        [e for e in EDGES if e.type in ("PROPOSES", "COMPARES_WITH", "WRITTEN_BY", "SUBMITTED_BY")],
    )
    assert set(part(made, limit=3)) == {"paper/2401.00001", "method/octopus", "method/squid"}


def test_part_does_not_depend_on_the_order_of_rows() -> None:
    backwards = to_networkx(NODES[::-1], EDGES[::-1])
    assert set(part(backwards, limit=6)) == set(part(graph(), limit=6))


@pytest.mark.parametrize(
    ("focus", "options", "said"),
    [
        (["method/none"], {}, "no node 'method/none'"),
        ([], {"hops": -1}, "hops is -1"),
        ([], {"limit": 0}, "limit of 0"),
        (["method/squid", "method/octopus"], {"limit": 1}, "the 2 in focus"),
    ],
)
def test_part_refuses_what_makes_no_sense(focus: list[str], options: dict[str, int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        part(graph(), focus, **options)
