from decimal import Decimal
from typing import Any

import pytest

from kg.graph import Graph, make_graph
from kg.lexicon import Lexicon, LexiconEntry
from kg.model import Author, Comparison, EntityMention, Paper, Record, Result, Span
from kg.schema import EDGE_ENDS, EDGE_PROPERTIES, NODE_PROPERTIES, Edge, Node

LEXICON = Lexicon(
    (
        LexiconEntry("Benchmark", "libero", "LIBERO"),
        LexiconEntry("Metric", "success-rate", "success rate", direction="higher"),
        LexiconEntry("Metric", "latency", "latency", direction="lower"),
    )
)
TITLE = "OpenVLA"
SENTENCE = "OpenVLA reaches 76.5% success rate on LIBERO, ahead of Octo."
PAPER = Paper(
    TITLE,
    SENTENCE,
    arxiv_id="2406.09246",
    published="2024-06",
    authors=(Author("Ada L."), Author("Bo")),
    organization="Lab",
)


def span(quote: str) -> Span:
    start = PAPER.text.index(quote)
    return Span(start, start + len(quote))


def result(**fields: Any) -> Result:
    given = {
        "kind": "absolute", "value": Decimal("76.5"), "value_text": "76.5", "value_span": span("76.5"),
        "evidence": SENTENCE, "span": span(SENTENCE), "unit": "%", "method": "OpenVLA", "dataset": "LIBERO",
        "metric": "success rate",
    }  # fmt: skip
    return Result(**{**given, **fields})


def graph(*results: Result, comparisons: tuple[Comparison, ...] = (), min_confidence: float = 0.0) -> Graph:
    entities = (
        EntityMention("Method", ("OpenVLA",), "proposed", (Span(0, 7), Span(8, 15))),
        EntityMention("Benchmark", ("LIBERO",), "used", (span("LIBERO"),)),
        EntityMention("Metric", ("success rate",), "used", (span("success rate"),)),
        EntityMention("Method", ("Octo",), "compared", (span("Octo"),)),
    )
    records = [("2406.09246", PAPER, Record(PAPER.text_hash, "x/1", entities, results, comparisons))]
    return make_graph(lambda: records, LEXICON, min_confidence=min_confidence)


def only(rows: Any, label: str) -> Any:
    (row,) = [r for r in rows if (r.label if isinstance(r, Node) else r.type) == label]
    return row


COMPARISON = Comparison("OpenVLA", "Octo", SENTENCE, span(SENTENCE), dataset="LIBERO", metric="success rate")


def test_graph_rows_keep_to_the_schema() -> None:
    g = graph(result(), comparisons=(COMPARISON,))
    labels = {node.id: node.label for node in g.nodes()}
    assert len(labels) == len(list(g.nodes()))
    for node in g.nodes():
        assert set(node.properties) <= set(NODE_PROPERTIES[node.label])
        assert None not in node.properties.values()
        assert node.properties["uri"] == "https://w3id.org/mlkg/id/" + node.id
    for edge in g.edges():
        assert (edge.source[0], edge.target[0]) in EDGE_ENDS[edge.type]
        assert set(edge.properties) <= set(EDGE_PROPERTIES[edge.type])
        assert labels[edge.source[1]] == edge.source[0]
        assert labels[edge.target[1]] == edge.target[0]


def test_graph_is_the_same_each_time() -> None:
    g = graph(result(), comparisons=(COMPARISON,))
    assert (list(g.nodes()), list(g.edges())) == (list(g.nodes()), list(g.edges()))


def test_graph_result_says_where_it_stands() -> None:
    node = only(graph(result()).nodes(), "Result")
    assert node.properties["board"] == "benchmark/libero|metric/success-rate||%"
    assert node.properties["name"] == "76.5 % success rate"
    assert node.properties["orderKey"] == Decimal("76.5")
    start, end = node.properties["valueStart"], node.properties["valueEnd"]
    assert PAPER.text[start:end] == "76.5"
    assert PAPER.text[node.properties["start"] : node.properties["end"]] == node.properties["evidence"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "change", "direction": "increase"}, "change"),
        ({"kind": "ratio"}, "ratio"),
        ({"method": None}, "no method"),
        ({"dataset": None}, "no dataset"),
        ({"metric": None}, "no metric"),
        ({"metric": "happiness"}, "direction of the metric unknown"),
        ({"value_max": Decimal(80)}, "a range"),
    ],
)
def test_graph_says_why_a_result_cannot_be_ranked(fields: dict[str, Any], why: str) -> None:
    properties = only(graph(result(**fields)).nodes(), "Result").properties
    assert (properties["rankable"], properties["excluded"]) == (False, why)
    assert "orderKey" not in properties


def test_graph_orders_a_metric_of_which_less_is_better() -> None:
    node = only(graph(result(metric="latency", unit="ms", value=Decimal("2.5"))).nodes(), "Result")
    assert node.properties["orderKey"] == Decimal("-2.5")


def test_graph_result_stated_twice_is_one() -> None:
    twice = graph(result(), result(value_span=Span(0, 4)))
    assert only(twice.nodes(), "Result").properties["valueStart"] == span("76.5").start
    assert len([e for e in twice.edges() if e.type == "REPORTS"]) == 1


def test_graph_leaves_out_what_is_too_unsure() -> None:
    unsure = graph(result(confidence=0.4), comparisons=(COMPARISON,), min_confidence=0.5)
    assert [n for n in unsure.nodes() if n.label == "Result"] == []
    assert only(unsure.edges(), "OUTPERFORMS").properties["metric"] == "metric/success-rate"


def test_graph_names_each_entity_once_with_all_its_places() -> None:
    edge: Edge = only(graph().edges(), "PROPOSES")
    assert edge.properties["spans"] == ("0-7", "8-15")
    assert edge.target == ("Method", "method/openvla")


def test_graph_keeps_the_places_of_a_plural() -> None:
    paper = Paper("A transformer", "Of transformers.")
    entity = EntityMention("Method", ("transformer",), "used", (Span(2, 13), Span(17, 29)))
    records = [("1", paper, Record("h", "x/1", (entity,)))]
    assert only(make_graph(lambda: records, LEXICON).edges(), "USES").properties["spans"] == ("2-13", "17-29")


def test_graph_comparison_of_a_thing_with_itself_is_none() -> None:
    itself = Comparison("OpenVLA", "Open-VLA", SENTENCE, span(SENTENCE))
    assert [e for e in graph(comparisons=(itself,)).edges() if e.type == "OUTPERFORMS"] == []


def test_graph_people_with_similar_names_stay_apart() -> None:
    records = [
        (str(n), Paper(f"T{n}", "Words.", authors=(Author(name),)), Record("h", "x/1"))
        for n, name in enumerate(["William Adams", "William Adam", "william  adams"])
    ]
    authors = [n.id for n in make_graph(lambda: records, LEXICON).nodes() if n.label == "Author"]
    assert authors == ["author/william-adam", "author/william-adams"]
