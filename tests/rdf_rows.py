"""Rows of a small graph, written by hand, that use every label, relationship type and property of the schema."""

from __future__ import annotations

from decimal import Decimal

from kg.schema import DATA_IRI, Edge, Node, Value

TITLE = 'OpenVLA: An Open-Source "VLA" \\ 模型'
ABSTRACT = "OpenVLA outperforms RT-2-X (55B) by 16.5% on BridgeData.\nOpenVLA is 𝛑-free; OpenVLA has\t7B parameters."
TEXT = f"{TITLE}\n{ABSTRACT}"


def node(label: str, id_: str, name: str | None, base: str = DATA_IRI, **properties: Value) -> Node:
    named: dict[str, Value] = {"id": id_, "uri": base + id_} | ({"name": name} if name is not None else {})
    return Node(label, id_, named | {k: v for k, v in properties.items() if v is not None})


def places(surface: str) -> tuple[str, ...]:
    """Every span of the text at which the surface stands."""
    starts = [i for i in range(len(TEXT)) if TEXT.startswith(surface, i)]
    return tuple(f"{start}-{start + len(surface)}" for start in starts)


def rows(base: str = DATA_IRI) -> tuple[list[Node], list[Edge]]:
    paper, result = "paper/2406.09246", "result/2406.09246-0a1b2c3d4e5f"

    def entity(label: str, key: str, name: str, **properties: Value) -> Node:
        return node(label, f"{label.lower()}/{key}", name, base, type=label, **properties)

    nodes = [
        node(
            "Paper", paper, TITLE, base, title=TITLE, abstract=ABSTRACT, arxivId="2406.09246", published="2024-06-13",
            url="https://arxiv.org/abs/2406.09246", doi="10.48550/arXiv.2406.09246", authorCount=18, comments=2,
            upvotes=30, categories=("cs.RO", "cs.LG", "cs.AI"),
        ),
        node("Paper", "paper/month", "A paper of a month", base, title="A paper of a month", published="2023-07"),
        node("Paper", "paper/year", "", base, title="", abstract="", published="1998"),
        node("Paper", "paper/undated", "Undated", base, title="Undated", abstract="Text.", published="in press"),
        node("Author", "author/m-kim", "Moo Jin Kim", base),
        node("Author", "author/k-pertsch", "Karl Pertsch", base),
        node("Organization", "organization/stanford", "Stanford", base),
        entity("Method", "openvla", "OpenVLA", aliases=("Open VLA", "OpenVLA-7B")),
        entity("Method", "rt-2-x", "RT-2-X"),
        entity("Method", "openvla-oft", "OpenVLA-OFT"),
        entity("Dataset", "bridgedata", "BridgeData", aliases=("bridge", "BridgeData V2", "Bridge")),
        entity("Benchmark", "libero", "LIBERO"),
        entity("Benchmark", "libero-long", "LIBERO-Long"),
        entity("Task", "manipulation", "robot manipulation"),
        entity("Metric", "success-rate", "success rate", direction="higher"),
        node(
            "Result", result, "≥ 16.5 % success rate", base, kind="absolute", value=Decimal("16.50"),
            valueMax=Decimal("17"), valueText="16.5%", unit="%", bound="at_least", direction="increase",
            setting="zero-shot", evidence="OpenVLA outperforms RT-2-X (55B) by 16.5% on BridgeData.", start=34, end=90,
            valueStart=0, valueEnd=5, confidence=Decimal("0.9125"), rule="by", extractor="mlkg 0.1 (rules+ner)",
            board="dataset/bridgedata|metric/success-rate||%", rankable=True, orderKey=Decimal("-16.5"),
        ),
        node(
            "Result", "result/2406.09246-ffffffffffff", "−3 x", base, kind="change", value=Decimal("-3"), unit="x",
            rankable=False, excluded="change", extractor="mlkg 0.1 (rules-ner)", confidence=Decimal("1E-7"),
        ),
    ]  # fmt: skip
    named = {"confidence": Decimal("0.75")}
    openvla, rt2x = ("Method", "method/openvla"), ("Method", "method/rt-2-x")
    this, first = ("Paper", paper), ("Result", result)
    vla, bridge = places("OpenVLA"), places("BridgeData")
    edges = [
        Edge("WRITTEN_BY", this, ("Author", "author/m-kim"), {"position": 1}),
        Edge("WRITTEN_BY", this, ("Author", "author/k-pertsch"), {"position": 2}),
        Edge("SUBMITTED_BY", this, ("Organization", "organization/stanford"), {}),
        Edge("PROPOSES", this, openvla, {"surfaces": ("OpenVLA",), "spans": places("OpenVLA"), **named}),
        Edge("COMPARES_WITH", this, rt2x, {"surfaces": ("RT-2-X (55B)", "RT-2-X"), "spans": places("RT-2-X"), **named}),
        Edge("USES", this, ("Dataset", "dataset/bridgedata"), {"surfaces": ("BridgeData",), "spans": bridge}),
        Edge("MENTIONS", this, ("Benchmark", "benchmark/libero"), {"surfaces": ("OpenVLA",), "spans": vla}),
        Edge("ADDRESSES", this, ("Task", "task/manipulation"), {}),
        Edge("REPORTS", this, first, {}),
        Edge("REPORTS", this, ("Result", "result/2406.09246-ffffffffffff"), {}),
        Edge("OF_METHOD", first, openvla, {}),
        Edge("AGAINST", first, rt2x, {}),
        Edge("ON", first, ("Dataset", "dataset/bridgedata"), {}),
        Edge("MEASURES", first, ("Metric", "metric/success-rate"), {}),
        Edge("FOR_TASK", first, ("Task", "task/manipulation"), {}),
        Edge("OUTPERFORMS", openvla, rt2x, {
            "id": "comparison/2406.09246-aaaaaaaaaaaa", "paperId": paper, "dataset": "dataset/bridgedata",
            "metric": "metric/success-rate", "evidence": "OpenVLA outperforms RT-2-X", "start": 34, "end": 60,
            "confidence": Decimal("0.5"),
        }),
        Edge("OUTPERFORMS", openvla, rt2x, {"id": "comparison/2406.09246-bbbbbbbbbbbb", "paperId": paper}),
        Edge("VARIANT_OF", ("Method", "method/openvla-oft"), openvla, {}),
        Edge("PART_OF", ("Benchmark", "benchmark/libero-long"), ("Benchmark", "benchmark/libero"), {}),
    ]  # fmt: skip
    return nodes, edges
