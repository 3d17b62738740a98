"""Loading and asking the graph databases, as ratios within one run.

    NEO4J_URI=bolt://… NEO4J_PASSWORD=… python -m benchmarks.load [--papers 2500] [--rows 2000]

Loads a made-up graph (four results a paper) into the embedded database and, where NEO4J_URI says so, into Neo4j (an
empty database: what it holds of ours is replaced). Rows per second of each, how much faster the batches are than one
MERGE a row (measured on ``--rows`` of them), and how long each query takes on both; rows that differ are told.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any

import neo4j

from benchmarks.synthetic import Synthetic
from kg.queries import load_queries, run_query
from kg.stores import LadybugStore, Store
from kg.stores.base import storable
from kg.stores.neo4j_store import Neo4jStore
from kg.table import Cell, Table

GIVEN: dict[str, Cell] = {
    "dataset": "Benchmark 20", "method": "Method 500", "other": "Method 501", "task": "Task 20", "paper": "paper/p-7",
    "name": "method 12",
}  # fmt: skip


def clock(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    answer = work()
    return time.perf_counter() - begin, answer


@contextmanager
def neo4j_store() -> Iterator[Neo4jStore | None]:
    uri = os.environ.get("NEO4J_URI")
    if not uri:
        print("NEO4J_URI is not set: only the embedded database is measured")
        yield None
        return
    with Neo4jStore(uri, os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")) as store:
        yield store


def load(name: str, store: Store, made: Synthetic) -> float:
    """Load the graph and say how fast: rows (nodes and relationships) a second."""
    seconds, counts = clock(lambda: store.load(made.nodes(), made.edges()))
    nodes, edges = counts.nodes.total(), counts.edges.total()
    rate = (nodes + edges) / seconds
    print(f"{name:<10}{nodes:>10} nodes {edges:>10} relationships {seconds:>8.1f} s {rate:>9.0f} rows/s")
    return float(rate)


def merge_one_by_one(made: Synthetic, rows: int) -> float:
    """Rows a second when every row is a statement and a transaction of its own, as loaders often do it."""
    auth = (os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", ""))
    with neo4j.GraphDatabase.driver(os.environ["NEO4J_URI"], auth=auth) as driver, driver.session() as session:

        def run() -> None:
            for node in islice(made.nodes(), rows // 2):
                properties = {key: storable(value) for key, value in node.properties.items()}
                text = f"MERGE (n:{node.label} {{id: $id}}) SET n += $properties"
                session.run(text, id=node.id, properties=properties).consume()
            for edge in islice(made.edges(), rows // 2):
                (a, source), (b, target) = edge.source, edge.target
                text = f"MATCH (a:{a} {{id: $source}}), (b:{b} {{id: $target}}) MERGE (a)-[:`{edge.type}`]->(b)"
                session.run(text, source=source, target=target).consume()

        return rows / clock(run)[0]


def ask(embedded: LadybugStore, server: Neo4jStore | None) -> None:
    print(f"{'query':<16}{'rows':>7}{'ladybug ms':>12}{'neo4j ms':>10}")
    for query in load_queries().values():
        given = {param.name: GIVEN[param.name] for param in query.params if param.required}

        def best(store: Store, query: Any = query, given: Any = given) -> tuple[float, Table]:
            times = [clock(lambda: run_query(store, query, given)) for _ in range(3)]
            return min(seconds for seconds, _ in times) * 1000, times[0][1]

        here, table = best(embedded)
        there, other = best(server) if server is not None else (float("nan"), table)
        note = "" if other == table else "   the rows differ"
        print(f"{query.name:<16}{len(table.rows):>7}{here:>12.1f}{there:>10.1f}{note}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--papers", type=int, default=2500)
    options.add_argument("--rows", type=int, default=2000)
    chosen = options.parse_args()
    made = Synthetic(chosen.papers, results=4, authors=2, namings=3)
    with ExitStack() as stack:
        embedded = stack.enter_context(LadybugStore())
        server = stack.enter_context(neo4j_store())
        embedded_rate = load("ladybug", embedded, made)
        if server is not None:
            rate = load("neo4j", server, made)
            single = merge_one_by_one(made, chosen.rows)
            print(f"one MERGE a row: {single:.0f} rows/s; batches are {rate / single:.1f} times as fast")
            print(f"the embedded database loads {embedded_rate / rate:.1f} times as fast as Neo4j")
        ask(embedded, server)


if __name__ == "__main__":
    main()
