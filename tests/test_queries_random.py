"""The engines against each other on random graphs.

Made after the embedded database was caught dropping rows: two hops from one node to the same relationship type, then
more hops from both ends. The queries are written around it; these graphs are of the sizes and fan-outs that showed it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from neo4j_server import Neo4jServer
from random_rows import RandomGraph

from kg.queries import load_queries, run_query, run_sparql
from kg.sparql import Engine
from kg.stores import LadybugStore
from kg.stores.neo4j_store import Neo4jStore
from kg.table import Cell

QUERIES = load_queries()
SIZES = [
    {"papers": 8},
    {"papers": 30, "most": 6},
    {"papers": 120, "most": 4, "spread": 12},
    {"papers": 100, "most": 3, "spread": 3},
]


def cases(graph: RandomGraph) -> Iterator[tuple[str, dict[str, Cell]]]:
    """Parameters for every query, from the names of the graph."""

    def name(*labels: str) -> str:
        return str(graph.dice.choice(graph.entities[graph.dice.choice(labels)]).properties["name"])

    for _ in range(2):
        dataset, metric, method = name("Dataset", "Benchmark"), name("Metric"), name("Method")
        yield "leaderboard", {"dataset": dataset}
        yield "leaderboard", {"dataset": dataset, "metric": metric, "asOf": "2024"}
        yield "sota-timeline", {"dataset": dataset}
        yield "paper", {"paper": f"{graph.dice.randrange(8):05}"}
        yield "method", {"method": method}
        yield "compare", {"method": method, "other": name("Method")}
        yield "dataset", {"dataset": dataset}
        yield "conflicts", {}
        yield "conflicts", {"method": method, "dataset": dataset}
        yield "co-used", {"dataset": dataset}
        yield "search", {"name": "o"}
        yield "recent", {"task": name("Task")}
        yield "suites", {"dataset": dataset}


def test_queries_random_covers_every_query() -> None:
    assert {query for query, _ in cases(RandomGraph(0))} == set(QUERIES)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_queries_random_same_rows_by_sparql(seed: int, size: dict[str, int]) -> None:
    graph = RandomGraph(seed, **size)
    engine = Engine.of_rows(graph.nodes, graph.edges)
    with LadybugStore() as store:
        store.load(graph.nodes, graph.edges)
        for name, given in cases(graph):
            assert run_query(store, QUERIES[name], given) == run_sparql(engine, QUERIES[name], given), (name, given)


@pytest.mark.neo4j
def test_queries_random_same_rows_from_neo4j(any_neo4j: Neo4jServer) -> None:
    graph = RandomGraph(7, papers=60, most=5, spread=6)
    with LadybugStore() as store, Neo4jStore(any_neo4j.uri, *any_neo4j.auth) as server:
        store.load(graph.nodes, graph.edges)
        server.load(graph.nodes, graph.edges)
        for name, given in cases(graph):
            assert run_query(store, QUERIES[name], given) == run_query(server, QUERIES[name], given), (name, given)
