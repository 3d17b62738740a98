"""Every query of ``queries/`` in SPARQL over a made-up graph with 100,000 results.

    python -m benchmarks.sparql_queries [--papers 25000] [--places] [--seconds 60] [--rdflib-papers 60]

For each query: rows, milliseconds of processor time, and ratios of elapsed times: through the pool of processes (one
that can be stopped), by oxrdflib over the same store, and by rdflib over a smaller graph, each to the engine in this
process. With ``--places`` the graph holds every place in the text too. Best of three.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import rdflib
from oxrdflib import OxigraphStore

from benchmarks.synthetic import Synthetic
from kg.errors import QueryTimeout
from kg.queries import Query, load_queries
from kg.rdf import PREFIXES, write
from kg.sparql import Engine, Limits, QueryPool, bind
from kg.table import Cell

GIVEN: dict[str, Cell] = {
    "dataset": "Benchmark 20", "method": "Method 0", "other": "Method 1", "task": "Task 20", "paper": "paper/p-7",
    "name": "method 12",
}  # fmt: skip


def clock(work: Callable[[], Any], now: Callable[[], float] = time.perf_counter) -> tuple[float, Any]:
    """The best of three, in seconds, and what came out."""
    best, answer = float("inf"), None
    for _ in range(3):
        begin = now()
        answer = work()
        best = min(best, now() - begin)
    return best, answer


def bound(query: Query, papers: int) -> str:
    """The text of the query with parameters of the made-up graph; a small one has fewer methods."""
    given = {param.name: GIVEN[param.name] for param in query.params if param.required}
    if papers < 2000:
        given = {name: str(value).replace("12", "1") for name, value in given.items()}
    return bind(str(query.sparql), query.arguments(given), Synthetic(1).base)


def by_rdflib(graph: rdflib.Graph, text: str) -> int:
    return len(list(graph.query(text, initNs=PREFIXES)))


def memory() -> int:
    """Megabytes that this process holds."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") >> 20


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--papers", type=int, default=25_000)
    options.add_argument("--places", action="store_true")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--rdflib-papers", type=int, default=60)
    chosen = options.parse_args()
    queries = [query for query in load_queries().values() if query.sparql]
    small = measure_rdflib(queries, chosen.rdflib_papers)
    with tempfile.TemporaryDirectory() as folder:
        made = Synthetic(chosen.papers, results=4, authors=2)
        dump = Path(folder) / "kg.nt"
        write(made.nodes(), made.edges(), dump, mentions=chosen.places)
        with QueryPool(partial(Engine.of_dump, dump), workers=1, limits=Limits(seconds=chosen.seconds)) as pool:
            before, begin = memory(), time.process_time()
            engine = Engine.of_dump(dump)
            seconds, held = time.process_time() - begin, memory() - before
            print(f"{len(engine.store)} triples, {4 * chosen.papers} results: {seconds:.1f} CPU seconds, {held} MB")
            graph = rdflib.Graph(OxigraphStore(store=engine.store), rdflib.graph.DATASET_DEFAULT_GRAPH_ID)
            print(f"{'query':<16}{'rows':>7}{'ms':>10}{'pool':>8}{'oxrdflib':>10}{'rdflib':>9}")
            for query in queries:
                print(measure(query, chosen.papers, engine, pool, graph), f"{small[query.name]:>8.1f}")


def measure(query: Query, papers: int, engine: Engine, pool: QueryPool, graph: rdflib.Graph) -> str:
    text = bound(query, papers)
    try:
        through, _ = clock(lambda: pool.table(text))
    except QueryTimeout as error:
        return f"{query.name:<16}{error}"
    here, table = clock(lambda: engine.table(text))
    processor, _ = clock(lambda: engine.table(text), time.process_time)
    other, _ = clock(lambda: by_rdflib(graph, text))
    return f"{query.name:<16}{len(table.rows):>7}{processor * 1000:>10.1f}{through / here:>8.2f}{other / here:>10.2f}"


def measure_rdflib(queries: list[Query], papers: int) -> dict[str, float]:
    """How many times as long rdflib takes, over a graph that it can hold."""
    made = Synthetic(papers, results=4, authors=2)
    ratios = {}
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "kg.nt"
        write(made.nodes(), made.edges(), dump, mentions=False)
        engine = Engine.of_dump(dump)
        graph = rdflib.Graph().parse(dump, format="nt")
        for query in queries:
            text = bound(query, papers)
            ours, table = clock(lambda text=text: engine.table(text))  # type: ignore[misc]
            begin = time.perf_counter()
            rows = by_rdflib(graph, text)
            ratios[query.name] = (time.perf_counter() - begin) / ours
            if rows != len(table.rows) and table.rows:  # rdflib makes a group of nothing
                print(f"{query.name}: {len(table.rows)} rows by Oxigraph, {rows} by rdflib")
    print(f"rdflib measured over {len(graph)} triples")
    return ratios


if __name__ == "__main__":
    main()
