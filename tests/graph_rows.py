"""A small graph made by hand: every label, every relationship type, and the awkward cases that queries must get right.

The papers are real or stand for real ones; the sentences are ours. Spans point into title + newline + abstract.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kg.schema import DATA_IRI, Edge, Node, Value

_KIND = {label: label.lower() for label in ("Method", "Dataset", "Benchmark", "Task", "Metric")}

ENTITIES: dict[str, list[tuple[str, str, tuple[str, ...], dict[str, Value]]]] = {
    "Method": [
        ("openvla", "OpenVLA", ("openvla", "Open-VLA"), {}),
        ("openvla-oft", "OpenVLA-OFT", (), {}),
        ("octo", "Octo", (), {}),
        ("pi-0", "π₀", ("pi-0", "π0", '"pi zero", the policy'), {}),
        ("diffusion-policy", "Diffusion Policy", ("DP",), {}),
        ("act", "ACT", ("Action Chunking with Transformers",), {}),
        ("vit-l-16", "ViT-L/16", (), {}),
        ("lonely", "Method that nothing mentions", (), {}),
    ],
    "Dataset": [
        ("libero-long", "LIBERO-Long", ("LIBERO-10",), {}),
        ("bridgedata-v2", "BridgeData V2", (), {}),
        ("open-x-embodiment", "Open X-Embodiment", ("OXE",), {}),
        ("imagenet", "ImageNet", ("ILSVRC", "ImageNet-1K"), {}),
    ],
    "Benchmark": [
        ("libero", "LIBERO", ("libero",), {}),
        ("libero-spatial", "LIBERO-Spatial", (), {}),
        ("simplerenv", "SimplerEnv", ("SIMPLER",), {}),
    ],
    "Task": [("manipulation", "robot manipulation", ("manipulation",), {}), ("vqa", "視覚的質問応答", (), {})],
    "Metric": [
        ("success-rate", "success rate", ("SR", "average success rate"), {"direction": "higher"}),
        ("fid", "FID", (), {"direction": "lower"}),
        ("smoothness", "smoothness", (), {"direction": "unknown"}),
        ("latency", "latency", (), {"direction": "lower"}),
    ],
}

# key, title, abstract, published, arXiv id, organisation
PAPERS: list[tuple[str, str, str, str | None, str | None]] = [
    ("2405.12213", "Octo: an open generalist policy", "Octo is trained on OXE.", "2024-05-20", "Meta"),
    ("2406.09246", "OpenVLA: an open model", 'We call it "OpenVLA",\na model; it wins.', "2024-06-13", None),
    (
        "2410.24164",
        "π₀: a flow model for robots",
        "π₀ reaches 94.2% on LIBERO. 🤖",
        "2024-10-31",
        "Physical Intelligence",
    ),
    ("2502.19645", "Fine-tuning VLAs", "OFT reaches 97.1%; a comma, a [list], {braces}.", "2025-02", None),
    ("2503.00001", "An evaluation of policies", "We measure \\alpha again.", "2025", None),
    ("t-0123456789ab", "A note without a date", "Nothing is dated here.", None, None),
    ("cs/0112017", "An old paper with a slash", "Old words.", "2001-12-10", None),
]

# (paper, key) -> method, dataset, metric, value and more. Several equal values, dates and boards on purpose.
_RESULTS: list[dict[str, Any]] = [
    {"paper": "2405.12213", "method": "octo", "on": "libero", "metric": "success-rate", "value": "75.1"},
    {"paper": "2406.09246", "method": "openvla", "on": "libero", "metric": "success-rate", "value": "76.5"},
    {"paper": "2406.09246", "method": "octo", "on": "libero", "metric": "success-rate", "value": "75.1"},
    {"paper": "2406.09246", "method": "diffusion-policy", "on": "libero", "metric": "success-rate", "value": "72.40"},
    {"paper": "2410.24164", "method": "pi-0", "on": "libero", "metric": "success-rate", "value": "94.2", "bound": "about"},
    {"paper": "2410.24164", "method": "openvla", "on": "libero", "metric": "success-rate", "value": "76.5"},
    {"paper": "2502.19645", "method": "openvla-oft", "on": "libero", "metric": "success-rate", "value": "97.1"},
    {"paper": "2502.19645", "method": "pi-0", "on": "libero", "metric": "success-rate", "value": "94.15"},
    {"paper": "2503.00001", "method": "openvla-oft", "on": "libero", "metric": "success-rate", "value": "96.8"},
    {"paper": "t-0123456789ab", "method": "act", "on": "libero", "metric": "success-rate", "value": "97.1"},
    {"paper": "2503.00001", "method": "octo", "on": "libero", "metric": "success-rate", "value": "51", "setting": "zero-shot"},
    {"paper": "2406.09246", "method": "openvla", "on": "libero", "metric": "success-rate", "value": "0.765", "unit": ""},
    {"paper": "2502.19645", "method": "openvla-oft", "on": "libero", "metric": "latency", "value": "4.5", "unit": "ms", "bound": "at_most"},
    {"paper": "2503.00001", "method": "act", "on": "libero", "metric": "latency", "value": "0.0000001", "unit": "ms"},
    {"paper": "2502.19645", "method": "openvla-oft", "against": "openvla", "on": "libero", "metric": "success-rate",
     "value": "20.6", "kind": "change", "direction": "increase"},
    {"paper": "2502.19645", "method": "openvla-oft", "against": "openvla", "on": None, "metric": "latency",
     "value": "26", "unit": "x", "kind": "ratio", "direction": "decrease"},
    {"paper": "2503.00001", "method": None, "on": "libero", "metric": "success-rate", "value": "90"},
    {"paper": "2503.00001", "method": "act", "on": "libero", "metric": None, "value": "88"},
    {"paper": "2503.00001", "method": "act", "on": "libero", "metric": "smoothness", "value": "3.25", "unit": ""},
    {"paper": "2503.00001", "method": "octo", "on": "libero", "metric": "success-rate", "value": "40", "max": "50"},
    {"paper": "2410.24164", "method": "pi-0", "on": "libero-long", "metric": "success-rate", "value": "85.2"},
    {"paper": "2502.19645", "method": "openvla-oft", "on": "libero-long", "metric": "success-rate", "value": "94.5"},
    {"paper": "2502.19645", "method": "openvla", "on": "libero-spatial", "metric": "success-rate", "value": "84.7"},
    {"paper": "2405.12213", "method": "octo", "on": "simplerenv", "metric": "success-rate", "value": "17.5", "task": "manipulation"},
    {"paper": "cs/0112017", "method": "vit-l-16", "on": "imagenet", "metric": "fid", "value": "1500000000000", "unit": ""},
    {"paper": "cs/0112017", "method": "act", "on": "imagenet", "metric": "fid", "value": "-3.5", "unit": ""},
]  # fmt: skip

# type, paper, entity label, entity key, surfaces
_NAMED = [
    ("PROPOSES", "2405.12213", "Method", "octo", ("Octo",)),
    ("PROPOSES", "2406.09246", "Method", "openvla", ("OpenVLA", '"OpenVLA"')),
    ("PROPOSES", "2410.24164", "Method", "pi-0", ("π₀",)),
    ("PROPOSES", "2502.19645", "Method", "openvla-oft", ("OFT",)),
    ("USES", "2405.12213", "Dataset", "open-x-embodiment", ("OXE",)),
    ("USES", "2405.12213", "Benchmark", "simplerenv", ()),
    ("USES", "2406.09246", "Dataset", "open-x-embodiment", ()),
    ("USES", "2406.09246", "Benchmark", "libero", ()),
    ("USES", "2406.09246", "Dataset", "bridgedata-v2", ()),
    ("USES", "2410.24164", "Benchmark", "libero", ("LIBERO",)),
    ("USES", "2410.24164", "Dataset", "open-x-embodiment", ()),
    ("USES", "2502.19645", "Benchmark", "libero", ()),
    ("USES", "2503.00001", "Metric", "smoothness", ()),
    ("PROPOSES", "2503.00001", "Benchmark", "libero-spatial", ()),
    ("USES", "2503.00001", "Benchmark", "libero", ()),
    ("COMPARES_WITH", "2406.09246", "Method", "octo", ()),
    ("COMPARES_WITH", "2410.24164", "Method", "openvla", ()),
    ("MENTIONS", "2503.00001", "Method", "act", ()),
    ("MENTIONS", "cs/0112017", "Task", "vqa", ()),
    ("ADDRESSES", "2405.12213", "Task", "manipulation", ()),
    ("ADDRESSES", "2410.24164", "Task", "manipulation", ()),
    ("ADDRESSES", "2503.00001", "Task", "manipulation", ()),
    ("ADDRESSES", "t-0123456789ab", "Task", "manipulation", ()),
]

# paper, better, worse, dataset, metric
_OUTPERFORMS = [
    ("2406.09246", "openvla", "octo", None, None),
    ("2406.09246", "openvla", "octo", "dataset/bridgedata-v2", "metric/success-rate"),
    ("2410.24164", "pi-0", "openvla", None, None),
    ("2502.19645", "openvla-oft", "pi-0", "benchmark/libero", "metric/success-rate"),
    ("2502.19645", "openvla-oft", "openvla", None, "metric/latency"),
]

_PARTS = [
    (("Dataset", "libero-long"), ("Benchmark", "libero")),
    (("Benchmark", "libero-spatial"), ("Benchmark", "libero")),
]


def nodes() -> list[Node]:
    """Every node, by label and id, as the graph hands them out."""
    found = [_paper(*row) for row in PAPERS]
    found += [_node("Author", f"author/{key}", name) for key, name in (("a-smith", "A. Smith"), ("li-ö", "Li Ö"))]
    found += [
        _node("Organization", f"organization/{key}", name)
        for key, name in (("meta", "Meta"), ("physical-intelligence", "Physical Intelligence"))
    ]
    for label, entities in ENTITIES.items():
        found += [
            _node(label, f"{_KIND[label]}/{key}", name, type=label, aliases=aliases, **extra)
            for key, name, aliases, extra in entities
        ]
    found += [_result(number, row) for number, row in enumerate(_RESULTS)]
    labels = list(dict.fromkeys(node.label for node in found))
    return sorted(found, key=lambda node: (labels.index(node.label), node.id))


def edges() -> list[Edge]:
    """Every relationship between :func:`nodes`."""
    found = [edge for number, row in enumerate(_RESULTS) for edge in _result_edges(number, row)]
    for kind, paper, label, key, surfaces in _NAMED:
        properties: dict[str, Value] = {"surfaces": surfaces, "confidence": Decimal("0.9")} if surfaces else {}
        if surfaces:
            properties["spans"] = ("0-3", "5-7")
        found.append(Edge(kind, ("Paper", f"paper/{paper}"), (label, f"{_KIND[label]}/{key}"), properties))
    found += [_comparison(number, *row) for number, row in enumerate(_OUTPERFORMS)]
    found += [
        Edge("PART_OF", (a, f"{_KIND[a]}/{part}"), (b, f"{_KIND[b]}/{whole}"), {}) for (a, part), (b, whole) in _PARTS
    ]
    found.append(Edge("VARIANT_OF", ("Method", "method/openvla-oft"), ("Method", "method/openvla"), {}))
    for position, author in enumerate(("a-smith", "li-ö"), 1):
        ends = ("Paper", "paper/2406.09246"), ("Author", f"author/{author}")
        found.append(Edge("WRITTEN_BY", *ends, {"position": position}))
    found += [
        Edge("SUBMITTED_BY", ("Paper", f"paper/{row[0]}"), ("Organization", f"organization/{_slug(row[4])}"), {})
        for row in PAPERS
        if row[4]
    ]
    return found


def _node(label: str, id_: str, name: str, **properties: Value) -> Node:
    known = {key: value for key, value in properties.items() if value not in (None, ())}
    return Node(label, id_, {"id": id_, "uri": DATA_IRI + id_, "name": name, **known})


def _paper(key: str, title: str, abstract: str, published: str | None, organization: str | None) -> Node:
    arxiv = None if key.startswith("t-") else key
    url = f"https://arxiv.org/abs/{arxiv}" if arxiv else None
    extra: dict[str, Value] = (
        {"authorCount": 2, "upvotes": 12, "categories": ("cs.RO", "cs.AI")} if organization else {}
    )
    return _node("Paper", f"paper/{key}", title, title=title, abstract=abstract, arxivId=arxiv, published=published,
                 url=url, **extra)  # fmt: skip


def _result(number: int, row: dict[str, Any]) -> Node:
    kind, unit, value = row.get("kind", "absolute"), row.get("unit", "%"), Decimal(row["value"])
    excluded = _excluded(row)
    lower = row["metric"] in ("latency", "fid")
    board = None
    if row["on"] and row["metric"]:
        board = "|".join((_place(row["on"])[1], f"metric/{row['metric']}", row.get("setting", ""), unit))
    return _node(
        "Result", _result_id(number, row), f"{row['value']}{unit}", kind=kind, value=value,
        valueMax=Decimal(row["max"]) if "max" in row else None, valueText=row["value"] + unit, unit=unit,
        bound=row.get("bound", "exact"), direction=row.get("direction"), setting=row.get("setting"),
        evidence=f"{row['method']} gives {row['value']}{unit}.", start=number, end=number + 20, valueStart=number,
        valueEnd=number + 4, confidence=Decimal("0.875"), rule="by hand", extractor="hand 1", board=board,
        rankable=excluded is None, orderKey=None if excluded else (-value if lower else value), excluded=excluded,
    )  # fmt: skip


def _excluded(row: dict[str, Any]) -> str | None:
    if row.get("kind", "absolute") != "absolute":
        return str(row["kind"])
    for link, why in (("method", "no method"), ("on", "no dataset"), ("metric", "no metric")):
        if row[link] is None:
            return why
    if "max" in row:
        return "a range"
    return "direction of the metric unknown" if row["metric"] == "smoothness" else None


def _result_edges(number: int, row: dict[str, Any]) -> list[Edge]:
    this = ("Result", _result_id(number, row))
    found = [Edge("REPORTS", ("Paper", f"paper/{row['paper']}"), this, {})]
    for kind, field, label in (
        ("OF_METHOD", "method", "Method"), ("AGAINST", "against", "Method"), ("MEASURES", "metric", "Metric"),
        ("FOR_TASK", "task", "Task"),
    ):  # fmt: skip
        if row.get(field):
            found.append(Edge(kind, this, (label, f"{_KIND[label]}/{row[field]}"), {}))
    if row["on"]:
        found.append(Edge("ON", this, _place(row["on"]), {}))
    return found


def _comparison(number: int, paper: str, better: str, worse: str, dataset: str | None, metric: str | None) -> Edge:
    known = {"dataset": dataset, "metric": metric}
    properties: dict[str, Value] = {
        "id": f"comparison/{paper}-{number:012x}", "paperId": f"paper/{paper}",
        "evidence": f"{better} does better than {worse}.", "start": number, "end": number + 10,
        "confidence": Decimal("0.6"), **{key: value for key, value in known.items() if value},
    }  # fmt: skip
    return Edge("OUTPERFORMS", ("Method", f"method/{better}"), ("Method", f"method/{worse}"), properties)


def _result_id(number: int, row: dict[str, Any]) -> str:
    return f"result/{row['paper']}-{number:012x}"


def _place(key: str) -> tuple[str, str]:
    label = "Benchmark" if any(key == known[0] for known in ENTITIES["Benchmark"]) else "Dataset"
    return label, f"{_KIND[label]}/{key}"


def _slug(name: str) -> str:
    return name.casefold().replace(" ", "-")
