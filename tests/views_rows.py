"""A small graph by hand: two papers, a benchmark, three methods, results of every kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import networkx as nx

from kg.network import to_networkx
from kg.schema import DATA_IRI, Edge, Node, Value


def node(label: str, id: str, name: str, **properties: Value) -> Node:
    return Node(label, id, {"id": id, "uri": DATA_IRI + id, "name": name, **properties})


def edge(type: str, source: str, target: str, **properties: Value) -> Edge:
    def end(id: str) -> tuple[str, str]:
        return id.partition("/")[0].capitalize(), id

    return Edge(type, end(source), end(target), properties)


def result(id: str, value: str, evidence: str, **properties: Any) -> Node:
    """A Result whose evidence stands at 100 and whose number is the first place of ``value`` in it."""
    at = 100 + evidence.index(value)
    kind = {
        "kind": "absolute",
        "unit": "%",
        "bound": "exact",
        "rankable": True,
        "rule": "by hand",
        "extractor": "test 1",
    }
    where = {"start": 100, "end": 100 + len(evidence), "valueStart": at, "valueEnd": at + len(value)}
    said = {"value": Decimal(value), "valueText": value, "evidence": evidence, "confidence": Decimal("0.91")}
    return node("Result", id, value, **{**said, **where, **kind, **properties})


FIRST = "On LIBERO the Octopus policy succeeds in 86.6 % of the trials."
SECOND = "Octopus needs up to 3.5 times less time than Squid."
BOARD = "benchmark/libero|metric/success-rate||%"

NODES = [
    node("Paper", "paper/2401.00001", "Octopus: a policy", title="Octopus: a policy for many arms",
         abstract=f"{FIRST} {SECOND}", arxivId="2401.00001", published="2024-01-02", categories=("cs.RO",),
         url="https://arxiv.org/abs/2401.00001"),
    node("Paper", "paper/2402.00002", "Squid", title="Squid", published="2024", url="javascript:alert(1)"),
    node("Author", "author/ada", "Ada"),
    node("Organization", "organization/lab", "The Lab"),
    node("Method", "method/octopus", "Octopus", type="Method", aliases=("Octopus policy",)),
    node("Method", "method/squid", "Squid", type="Method"),
    node("Method", "method/loner", "Loner", type="Method"),
    node("Benchmark", "benchmark/libero", "LIBERO", type="Benchmark"),
    node("Metric", "metric/success-rate", "success rate", type="Metric", direction="higher"),
    node("Metric", "metric/time", "time", type="Metric", direction="lower"),
    result("result/a", "86.6", FIRST, board=BOARD, orderKey=Decimal("86.6")),
    result("result/b", "3.5", SECOND, kind="change", unit="x", bound="at_most", direction="decrease", rankable=False,
           excluded="change"),
    result("result/c", "71", "Squid reaches about 71 %.", bound="about", board=BOARD, orderKey=Decimal("71")),
]  # fmt: skip

EDGES = [
    edge("WRITTEN_BY", "paper/2401.00001", "author/ada", position=1),
    edge("SUBMITTED_BY", "paper/2401.00001", "organization/lab"),
    edge("PROPOSES", "paper/2401.00001", "method/octopus", surfaces=("Octopus",), spans=("0-7",),
         confidence=Decimal("0.9")),
    edge("COMPARES_WITH", "paper/2401.00001", "method/squid", surfaces=("Squid",), spans=("140-145",)),
    edge("PROPOSES", "paper/2402.00002", "method/squid", surfaces=("Squid",), spans=("0-5",)),
    edge("REPORTS", "paper/2401.00001", "result/a"),
    edge("REPORTS", "paper/2401.00001", "result/b"),
    edge("REPORTS", "paper/2402.00002", "result/c"),
    edge("OF_METHOD", "result/a", "method/octopus"),
    edge("OF_METHOD", "result/b", "method/octopus"),
    edge("OF_METHOD", "result/c", "method/squid"),
    edge("AGAINST", "result/b", "method/squid"),
    edge("ON", "result/a", "benchmark/libero"),
    edge("ON", "result/c", "benchmark/libero"),
    edge("MEASURES", "result/a", "metric/success-rate"),
    edge("MEASURES", "result/b", "metric/time"),
    edge("MEASURES", "result/c", "metric/success-rate"),
    edge("OUTPERFORMS", "method/octopus", "method/squid", id="comparison/2401.00001-1", paperId="paper/2401.00001",
         evidence=SECOND, start=100, end=150, confidence=Decimal("0.8")),
    edge("OUTPERFORMS", "method/octopus", "method/squid", id="comparison/2402.00002-1", paperId="paper/2402.00002",
         evidence="Octopus is better.", start=7, end=20, confidence=Decimal("0.7")),
]  # fmt: skip


def graph() -> nx.MultiDiGraph:
    return to_networkx(NODES, EDGES)


def chain(papers: int) -> nx.MultiDiGraph:
    """``papers`` papers, each with one method and two results on the benchmark of its third of them."""
    nodes = [node("Benchmark", f"benchmark/{i}", f"Bench {i}", type="Benchmark") for i in range(3)]
    nodes.append(node("Metric", "metric/accuracy", "accuracy", type="Metric", direction="higher"))
    edges = []
    for p in range(papers):
        nodes += [
            node("Paper", f"paper/{p:03}", f"Paper {p}", title=f"Paper {p}"),
            node("Author", f"author/{p}", f"A {p}"),
        ]
        nodes.append(node("Method", f"method/{p}", f"Method {p}", type="Method"))
        edges += [
            edge("WRITTEN_BY", f"paper/{p:03}", f"author/{p}", position=1),
            edge("PROPOSES", f"paper/{p:03}", f"method/{p}"),
        ]
        for r in range(2):
            id = f"result/{p:03}-{r}"
            nodes.append(result(id, f"{50 + p}.{r}", f"It reaches {50 + p}.{r} %."))
            edges += [edge("REPORTS", f"paper/{p:03}", id), edge("OF_METHOD", id, f"method/{p}")]
            edges += [edge("ON", id, f"benchmark/{p * p % 3}"), edge("MEASURES", id, "metric/accuracy")]
    return to_networkx(nodes, edges)
