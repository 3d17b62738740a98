"""Every query gives the same rows in the same order from Ladybug, from Neo4j and by SPARQL, and they are right."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

import graph_rows
import neo4j
import pytest
from neo4j_server import CURRENT, Neo4jServer

from kg.queries import load_queries, run_query, run_sparql
from kg.schema import Edge, Node, Value
from kg.sparql import Engine
from kg.stores import LadybugStore
from kg.stores.neo4j_store import Neo4jStore
from kg.table import Cell, Table

QUERIES = load_queries()

CASES: list[tuple[str, dict[str, Cell], int]] = [
    ("leaderboard", {"dataset": "LIBERO"}, 19),
    ("leaderboard", {"dataset": "libero", "metric": "SR", "asOf": "2025-02"}, 14),
    ("leaderboard", {"dataset": "ILSVRC"}, 2),
    ("leaderboard", {"dataset": "LIBERO", "asOf": "2001"}, 0),
    ("leaderboard", {"dataset": "no such thing"}, 0),
    ("sota-timeline", {"dataset": "LIBERO"}, 8),
    ("sota-timeline", {"dataset": "LIBERO", "metric": "latency"}, 1),
    ("sota-timeline", {"dataset": "ImageNet-1K"}, 1),
    ("paper", {"paper": "2406.09246"}, 11),
    ("paper", {"paper": "paper/2502.19645"}, 11),
    ("paper", {"paper": "2503.00001"}, 12),
    ("paper", {"paper": "t-0123456789ab"}, 2),
    ("paper", {"paper": "paper/cs/0112017"}, 3),
    ("paper", {"paper": "0112017"}, 0),
    ("paper", {"paper": "Octo: an open generalist policy"}, 6),
    ("method", {"method": "OpenVLA"}, 11),
    ("method", {"method": "OpenVLA-OFT"}, 9),
    ("method", {"method": '"pi zero", the policy'}, 6),
    ("method", {"method": "Method that nothing mentions"}, 0),
    ("compare", {"method": "OpenVLA", "other": "Octo"}, 8),
    ("compare", {"method": "OpenVLA-OFT", "other": "openvla"}, 7),
    ("compare", {"method": "openvla", "other": "OpenVLA-OFT"}, 7),
    ("compare", {"method": "ACT", "other": "ViT-L/16"}, 1),
    ("compare", {"method": "ACT", "other": "ACT"}, 0),
    ("dataset", {"dataset": "LIBERO"}, 6),
    ("dataset", {"dataset": "OXE"}, 1),
    ("dataset", {"dataset": "ImageNet"}, 1),
    ("conflicts", {}, 2),
    ("conflicts", {"method": "π0", "dataset": "LIBERO", "metric": "SR"}, 1),
    ("conflicts", {"metric": "FID"}, 0),
    ("co-used", {"dataset": "OXE"}, 3),
    ("co-used", {"dataset": "LIBERO"}, 3),
    ("search", {"name": "libero"}, 3),
    ("search", {"name": "VLA"}, 4),
    ("search", {"name": "π"}, 2),
    ("search", {"name": "視"}, 1),
    ("search", {"name": 'OpenVLA" //'}, 0),
    ("recent", {"task": "manipulation"}, 4),
    ("recent", {"task": "robot manipulation", "since": "2024-06"}, 2),
    ("suites", {"dataset": "LIBERO"}, 2),
    ("suites", {"dataset": "ImageNet"}, 0),
]  # fmt: skip


@pytest.fixture(scope="module")
def ladybug() -> Iterator[LadybugStore]:
    with LadybugStore() as store:
        store.load(graph_rows.nodes(), graph_rows.edges())
        yield store


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.of_rows(graph_rows.nodes(), graph_rows.edges())


@pytest.fixture(scope="module")
def loaded(shared_neo4j: Neo4jServer) -> Iterator[Neo4jStore]:
    with Neo4jStore(shared_neo4j.uri, *shared_neo4j.auth) as store:
        store.load(graph_rows.nodes(), graph_rows.edges())
        yield store


def test_queries_every_one_has_a_case_with_rows() -> None:
    assert {name for name, _, count in CASES if count} == set(QUERIES)


@pytest.mark.parametrize(("name", "given", "count"), CASES)
def test_queries_same_rows_by_sparql(
    ladybug: LadybugStore, engine: Engine, name: str, given: dict[str, Cell], count: int
) -> None:
    table = run_query(ladybug, QUERIES[name], given)
    assert len(table.rows) == count
    assert run_sparql(engine, QUERIES[name], given) == table


@pytest.mark.parametrize(
    "base", ["https://example.org/paper/", "https://example.org/paper/cs/", "http://localhost/paper/paper/"]
)
def test_queries_find_a_paper_by_its_id_under_any_base(base: str, engine: Engine) -> None:
    other = Engine.of_rows(graph_rows.nodes(), graph_rows.edges(), base=base)
    for name, given, count in CASES:
        if name == "paper":
            table = run_sparql(other, QUERIES[name], given)
            assert (table, len(table.rows)) == (run_sparql(engine, QUERIES[name], given), count)


@pytest.mark.neo4j
@pytest.mark.parametrize(("name", "given", "count"), CASES)
def test_queries_same_rows_from_neo4j(
    ladybug: LadybugStore, loaded: Neo4jStore, name: str, given: dict[str, Cell], count: int
) -> None:
    table = run_query(loaded, QUERIES[name], given)
    assert len(table.rows) == count
    assert table == run_query(ladybug, QUERIES[name], given)


# Success, no data, omitted result. Anything else is a warning: a name that the database does not know, a cartesian
# product, a deprecated form.
FINE = {"00000", "00001", "02000"}


@pytest.mark.neo4j
@pytest.mark.parametrize("name", sorted(QUERIES))
def test_queries_raise_no_warning_in_neo4j(loaded: Neo4jStore, shared_neo4j: Neo4jServer, name: str) -> None:
    assert loaded is not None
    versions = ("", "CYPHER 5 ", "CYPHER 25 ") if shared_neo4j.version == CURRENT else ("",)
    with neo4j.GraphDatabase.driver(shared_neo4j.uri, auth=shared_neo4j.auth) as driver, driver.session() as session:
        for case, given, count in CASES:
            for version in versions if case == name else ():
                result = session.run(version + QUERIES[name].cypher, QUERIES[name].arguments(given))  # type: ignore[arg-type]
                assert len(list(result)) == count
                odd = [str(s) for s in result.consume().gql_status_objects if s.gql_status not in FINE]
                assert not odd, version


# What the rows must be, worked out from the graph in plain Python.


def table_rows(table: Table, *columns: str) -> list[tuple[Cell, ...]]:
    places = [table.columns.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in table.rows]


def random_graph(seed: int) -> tuple[list[Node], list[Edge]]:
    """Forty papers with many results on three boards of one dataset: few values and dates, so that many are equal."""
    dice = random.Random(seed)
    nodes = [
        Node("Dataset", "dataset/d", {"id": "dataset/d", "name": "D", "type": "Dataset"}),
        Node("Metric", "metric/up", {"id": "metric/up", "name": "up", "type": "Metric", "direction": "higher"}),
        Node("Metric", "metric/down", {"id": "metric/down", "name": "down", "type": "Metric", "direction": "lower"}),
        *(Node("Method", f"method/{n}", {"id": f"method/{n}", "name": f"M{n}", "type": "Method"}) for n in range(6)),
    ]
    edges = []
    for number in range(40):
        paper = f"paper/{number:02}"
        date: dict[str, Value] = {"published": f"2024-0{dice.randint(1, 4)}-01"} if dice.random() < 0.9 else {}
        nodes.append(Node("Paper", paper, {"id": paper, "name": paper, "title": paper, **date}))
        for count in range(dice.randint(0, 4)):
            result = f"result/{number:02}-{count}"
            metric, unit = dice.choice([("up", "%"), ("up", ""), ("down", "%")])
            value = Decimal(dice.randint(0, 12)) / 4
            properties: dict[str, Value] = {
                "id": result, "name": result, "kind": "absolute", "value": value, "valueText": str(value), "unit": unit,
                "bound": "exact", "evidence": "It is so.", "start": 0, "end": 9, "confidence": Decimal("0.5"),
                "board": f"dataset/d|metric/{metric}||{unit}",
            }  # fmt: skip
            if dice.random() < 0.9:
                properties |= {"rankable": True, "orderKey": -value if metric == "down" else value}
            else:
                properties |= {"rankable": False, "excluded": "a range"}
            nodes.append(Node("Result", result, properties))
            edges += [
                Edge("REPORTS", ("Paper", paper), ("Result", result), {}),
                Edge("ON", ("Result", result), ("Dataset", "dataset/d"), {}),
                Edge("MEASURES", ("Result", result), ("Metric", f"metric/{metric}"), {}),
                Edge("OF_METHOD", ("Result", result), ("Method", f"method/{dice.randint(0, 5)}"), {}),
            ]
    labels = ["Paper", "Method", "Dataset", "Metric", "Result"]
    return sorted(nodes, key=lambda n: (labels.index(n.label), n.id)), edges


def results_of(nodes: list[Node], edges: list[Edge]) -> list[dict[str, Value]]:
    papers = {n.id: n.properties for n in nodes if n.label == "Paper"}
    reported = {e.target[1]: e.source[1] for e in edges if e.type == "REPORTS"}
    methods = {e.source[1]: e.target[1] for e in edges if e.type == "OF_METHOD"}
    return [
        {**n.properties, "published": papers[reported[n.id]].get("published"), "paper": reported[n.id],
         "method": methods[n.id]}
        for n in nodes if n.label == "Result"
    ]  # fmt: skip


def expected_leaderboard(rows: list[dict[str, Value]], as_of: str) -> list[tuple[Cell, ...]]:
    seen = [r for r in rows if not as_of or (r["published"] is not None and str(r["published"]) <= as_of + "~")]
    ranked = [r for r in seen if r["rankable"]]
    sizes = {r["board"]: sum(o["board"] == r["board"] for o in ranked) for r in ranked}
    places = {
        r["id"]: 1 + sum(o["board"] == r["board"] and o["orderKey"] > r["orderKey"] for o in ranked)  # type: ignore[operator]
        for r in ranked
    }
    found = [
        (places.get(r["id"]), sizes[r["board"]] if r["rankable"] else None, r["id"], r.get("excluded"), r) for r in seen
    ]
    found.sort(key=lambda f: (-(f[1] or 0), str(f[4]["board"]), f[0] or 0, f[4]["published"] or "~", f[2]))
    return [row[:4] for row in found]  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("as_of", ["", "2024-02"])
def test_queries_leaderboard_ranks_what_can_be_ranked(seed: int, as_of: str) -> None:
    nodes, edges = random_graph(seed)
    with LadybugStore() as store:
        store.load(nodes, edges)
        table = run_query(store, QUERIES["leaderboard"], {"dataset": "D", "as-of": as_of})
    assert table_rows(table, "rank", "of", "result", "why") == expected_leaderboard(results_of(nodes, edges), as_of)
    assert run_sparql(Engine.of_rows(nodes, edges), QUERIES["leaderboard"], {"dataset": "D", "asOf": as_of}) == table


def expected_timeline(rows: list[dict[str, Value]]) -> list[tuple[Cell, ...]]:
    best: dict[Value, Decimal] = {}
    found: list[tuple[Cell, ...]] = []
    dated = [r for r in rows if r["rankable"] and r["published"]]
    for row in sorted(dated, key=lambda r: (r["board"], r["published"], -r["orderKey"], r["id"])):  # type: ignore[operator]
        key = row["orderKey"]
        assert isinstance(key, Decimal)
        if row["board"] not in best or key > best[row["board"]]:
            best[row["board"]] = key
            found.append((str(row["published"]), str(row["id"])))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_queries_timeline_is_the_running_best(seed: int) -> None:
    nodes, edges = random_graph(seed)
    with LadybugStore() as store:
        store.load(nodes, edges)
        table = run_query(store, QUERIES["sota-timeline"], {"dataset": "D"})
    assert table_rows(table, "published", "result") == expected_timeline(results_of(nodes, edges))
    assert run_sparql(Engine.of_rows(nodes, edges), QUERIES["sota-timeline"], {"dataset": "D"}) == table


@pytest.mark.parametrize("seed", range(3))
def test_queries_conflicts_are_all_pairs_that_differ(seed: int) -> None:
    nodes, edges = random_graph(seed)
    rows = results_of(nodes, edges)
    expected = {
        (str(a["id"]), str(b["id"]))
        for a in rows
        for b in rows
        if a["id"] < b["id"]  # type: ignore[operator]
        and (a["board"], a["method"]) == (b["board"], b["method"])
        and a["paper"] != b["paper"]
        and a["value"] != b["value"]
    }
    with LadybugStore() as store:
        store.load(nodes, edges)
        table = run_query(store, QUERIES["conflicts"], {})
    assert len(table.rows) == len(expected)
    assert set(table_rows(table, "result", "otherResult")) == expected
    assert run_sparql(Engine.of_rows(nodes, edges), QUERIES["conflicts"], {}) == table


def test_queries_leaderboard_counts_what_it_leaves_out(ladybug: LadybugStore) -> None:
    table = run_query(ladybug, QUERIES["leaderboard"], {"dataset": "LIBERO"})
    ranked = [row for row in table.records() if row["rank"] is not None]
    why = sorted(str(row["why"]) for row in table.records() if row["rank"] is None)
    assert len(ranked) == 14
    assert all(row["why"] is None for row in ranked)
    assert why == ["a range", "change", "direction of the metric unknown", "no method", "no metric"]
    assert [row["value"] for row in ranked if row["metric"] == "latency"] == [Decimal("1E-7"), Decimal("4.5")]
    assert {row["bound"] for row in ranked if row["method"] == "π₀"} == {"about", "exact"}


def test_queries_compare_says_who_is_better(ladybug: LadybugStore) -> None:
    table = run_query(ladybug, QUERIES["compare"], {"method": "OpenVLA-OFT", "other": "OpenVLA"})
    assert table_rows(table, "what", "better") == [
        *[("same board", "OpenVLA-OFT")] * 4, ("change", "OpenVLA-OFT"), ("ratio", "OpenVLA-OFT"),
        ("claim", "OpenVLA-OFT"),
    ]  # fmt: skip


def test_queries_method_says_who_beats_it(ladybug: LadybugStore) -> None:
    table = run_query(ladybug, QUERIES["method"], {"method": "OpenVLA"})
    rows = table_rows(table, "what", "other", "dataset")
    assert [row for row in rows if "beat" in str(row[0])] == [
        ("beats", "Octo", "BridgeData V2"), ("beats", "Octo", None), ("beaten by", "OpenVLA-OFT", None),
        ("beaten by", "π₀", None),
    ]  # fmt: skip
    assert rows[0][0] == "proposed"
