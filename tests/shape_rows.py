"""Rows of a small graph in which everything is as the shapes want it, and that graph in RDF."""

from __future__ import annotations

import io
from decimal import Decimal

from rdflib import Graph

from kg.rdf import write
from kg.schema import DATA_IRI, Edge, Node, Value

TITLE = "OpenVLA: an open 𝛑-free model"
ABSTRACT = "OpenVLA beats RT-2-X. It reaches 86.6% success rate on LIBERO for robot manipulation, and is twice as fast."
TEXT = f"{TITLE}\n{ABSTRACT}"


def span(quote: str) -> tuple[int, int]:
    start = TEXT.index(quote)
    return start, start + len(quote)


def node(label: str, id_: str, name: str, **properties: Value) -> Node:
    return Node(label, id_, {"id": id_, "uri": DATA_IRI + id_, "name": name, **properties})


def result(id_: str, value: str, quote: str, sentence: str, **properties: Value) -> Node:
    (start, end), (value_start, value_end) = span(sentence), span(quote)
    return node(
        "Result", id_, quote, kind="absolute", value=Decimal(value), valueText=quote, bound="exact", evidence=sentence,
        start=start, end=end, valueStart=value_start, valueEnd=value_end, confidence=Decimal("0.9"), rule="level",
        extractor="mlkg 0.1", **properties,
    )  # fmt: skip


def rows() -> tuple[list[Node], list[Edge]]:
    paper, first, second = ("Paper", "paper/p"), ("Result", "result/p-1"), ("Result", "result/p-2")
    openvla, rt2x = ("Method", "method/openvla"), ("Method", "method/rt2x")
    libero, spatial = ("Benchmark", "benchmark/libero"), ("Benchmark", "benchmark/liberospatial")
    rate, task = ("Metric", "metric/successrate"), ("Task", "task/roboticmanipulation")
    data = ("Dataset", "dataset/bridgedata")
    level, speed = "reaches 86.6% success rate on LIBERO for robot manipulation", "twice as fast"
    nodes = [
        node("Paper", paper[1], TITLE, title=TITLE, abstract=ABSTRACT, arxivId="2406.09246", published="2024-06"),
        node("Author", "author/kim", "Kim"),
        node("Organization", "organization/o", "O"),
        *(node(label, id_, id_, type=label) for label, id_ in (openvla, rt2x, libero, spatial, task, data)),
        node("Metric", rate[1], "success rate", type="Metric", direction="higher"),
        result(first[1], "86.6", "86.6%", level, unit="%", board="b", rankable=True, orderKey=Decimal("86.6")),
        result(second[1], "2", "twice", speed, unit="x", rankable=False, excluded="change")
    ]  # fmt: skip
    nodes[-1].properties["kind"] = "change"

    def named(*quotes: str) -> dict[str, Value]:
        spans = tuple(f"{start}-{end}" for start, end in map(span, quotes))
        return {"surfaces": quotes, "spans": spans, "confidence": Decimal("0.8")}

    start, end = span("OpenVLA beats RT-2-X")
    compared: dict[str, Value] = {
        "id": "comparison/p-1", "paperId": paper[1], "dataset": libero[1], "metric": rate[1],
        "evidence": "OpenVLA beats RT-2-X", "start": start, "end": end, "confidence": Decimal("0.7"),
    }  # fmt: skip
    edges = [
        Edge("WRITTEN_BY", paper, ("Author", "author/kim"), {"position": 1}),
        Edge("SUBMITTED_BY", paper, ("Organization", "organization/o"), {}),
        Edge("PROPOSES", paper, openvla, named("OpenVLA")),
        Edge("ADDRESSES", paper, task, named("robot manipulation")),
        Edge("REPORTS", paper, first, {}),
        Edge("REPORTS", paper, second, {}),
        Edge("OF_METHOD", first, openvla, {}),
        Edge("AGAINST", second, rt2x, {}),
        Edge("ON", first, libero, {}),
        Edge("MEASURES", first, rate, {}),
        Edge("MEASURES", second, rate, {}),
        Edge("FOR_TASK", first, task, {}),
        Edge("OUTPERFORMS", openvla, rt2x, compared),
        Edge("PART_OF", spatial, libero, {}),
    ]
    return nodes, edges


def graph() -> Graph:
    file = io.BytesIO()
    write(*rows(), file, format="nt")
    return Graph().parse(data=file.getvalue(), format="nt")
