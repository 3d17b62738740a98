"""Writers of RDF beside those of pyoxigraph and rdflib, on the same data in one run.

    python -m benchmarks.rdf_write [--papers 5000] [--rdflib-papers 300]

Figures are thousand triples per second of this process's CPU time. Ours start from the rows of the graph. pyoxigraph's
are measured twice: from triples that are there as its own objects, and from values in Python, of which its objects have
to be made first, as a program without a writer of its own would. rdflib's Turtle writer sorts the whole graph in memory
and is measured on a smaller one.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import rdflib

from benchmarks.synthetic import Synthetic
from kg.rdf import FORMATS, write
from kg.rdf.dump import ntriples


class Nowhere(io.RawIOBase):
    def write(self, data: object, /) -> int:
        return len(data)  # type: ignore[arg-type]


def speed(count: int, work: Callable[[], object]) -> float:
    """Thousand triples per second of CPU time, the best of three."""
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return count / best / 1000


def from_values(triples: list[ox.Triple], form: ox.RdfFormat) -> Callable[[], object]:
    """Serialises triples made from values; taking the values out of them is not counted."""
    values = []
    for t in triples:
        datatype = t.object.datatype.value if isinstance(t.object, ox.Literal) else None
        values.append((t.subject.value, t.predicate.value, t.object.value, datatype))  # type: ignore[union-attr]

    def made() -> Iterator[ox.Triple]:
        for subject, predicate, value, datatype in values:
            term = ox.NamedNode(value) if datatype is None else ox.Literal(value, datatype=ox.NamedNode(datatype))
            yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), term)

    return lambda: ox.serialize(made(), Nowhere(), form)  # type: ignore[arg-type]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--papers", type=int, default=5000)
    options.add_argument("--rdflib-papers", type=int, default=300)
    options.add_argument("--memory", metavar="FORMAT", help="write once, tell the most memory used (kB), and end")
    chosen = options.parse_args()
    if chosen.memory:
        made = Synthetic(chosen.papers)
        write(made.nodes(), made.edges(), Nowhere(), format=chosen.memory)  # type: ignore[arg-type]
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(status.partition("VmHWM:")[2].split()[0])
        return
    figures = {**ours_and_oxigraphs(chosen.papers), **rdflibs(chosen.rdflib_papers)}
    first = figures["N-Triples, kg.rdf"]
    for name, figure in figures.items():
        print(f"{name:<44}{figure:>8.0f} k/s {figure / first:>7.2f}")
    for papers in (chosen.papers, 4 * chosen.papers):
        told = [sys.executable, "-m", "benchmarks.rdf_write", "--memory", "ttl", "--papers", str(papers)]
        used = int(subprocess.run(told, capture_output=True, text=True, check=True).stdout)
        print(f"most memory while {papers} papers are written as Turtle: {used / 1024:.0f} MB")


def ours_and_oxigraphs(papers: int) -> dict[str, float]:
    made = Synthetic(papers)
    nodes, edges = list(made.nodes()), list(made.edges())
    data = b"".join(ntriples(nodes, edges))
    triples = [quad.triple for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES)]  # type: ignore[union-attr]
    count = len(triples)
    print(f"{count} triples of {papers} papers; ratio to our N-Triples")
    figures = {}
    for form in FORMATS.values():
        figures[f"{form.title}, kg.rdf"] = speed(
            count,
            lambda form=form: write(iter(nodes), iter(edges), Nowhere(), format=form.name),  # type: ignore[misc]
        )
    for form in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE, ox.RdfFormat.JSON_LD):
        figures[f"{form.name}, pyoxigraph from its own objects"] = speed(
            count,
            lambda form=form: ox.serialize(triples, Nowhere(), form),  # type: ignore[misc]
        )
        figures[f"{form.name}, pyoxigraph from values"] = speed(count, from_values(triples, form))
    figures["parsing N-Triples, pyoxigraph"] = speed(
        count, lambda: sum(1 for _ in ox.parse(data, ox.RdfFormat.N_TRIPLES))
    )
    return figures


def rdflibs(papers: int) -> dict[str, float]:
    made = Synthetic(papers)
    graph = rdflib.Graph().parse(data=b"".join(ntriples(made.nodes(), made.edges())), format="nt")
    return {
        f"{name}, rdflib ({len(graph)} triples)": speed(
            len(graph), lambda form=form: graph.serialize(format=form, encoding="utf-8")
        )  # type: ignore[misc]
        for name, form in (("N-Triples", "nt"), ("Turtle", "turtle"))
    }


if __name__ == "__main__":
    main()
