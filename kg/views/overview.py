"""What the page says before anything is selected: what is in the picture, what is not, and where to begin."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kg.network import label_of
from kg.views.cells import Block, Surroundings, listing
from kg.views.marks import weight
from kg.views.palette import LOOKS, look

_COUNTED = ("Paper", "Result", "Method", "Benchmark", "Dataset")
_STARTS = (
    ("Benchmarks and datasets", ("Benchmark", "Dataset"), 8),
    ("Methods", ("Method",), 8),
    ("Papers", ("Paper",), 6),
)


def counted(number: int, label: str) -> str:
    plural = look(label).plural.lower() if label in LOOKS else f"{label} nodes"
    return f"{number:,} {label.lower() if number == 1 else plural}"


def summary(around: Surroundings) -> str:
    """One line: "58 papers · 120 results · 31 methods — 400 of 835 nodes"."""
    counts = Counter(label_of(around.graph, node) for node in around.graph)
    shown = [counted(counts[label], label) for label in _COUNTED if counts[label]]
    left = sum(around.graph.graph.get("left_out", {}).values())
    total = around.graph.number_of_nodes() + left
    rest = f" — {around.graph.number_of_nodes():,} of {total:,} nodes" if left else ""
    return (" · ".join(shown) or "Nothing to show") + rest


def overview(around: Surroundings, title: str, focus: tuple[str, ...]) -> dict[str, Any]:
    lists = [_starts(around, heading, labels, most) for heading, labels, most in _STARTS]
    blocks = [{"kind": "text", "text": text} for text in _texts(around)] + [block for block in lists if block]
    picture = f"{title}: {around.graph.number_of_nodes()} nodes, {around.graph.number_of_edges()} edges"
    chosen = focus[0] if len(focus) == 1 else ""
    return {"label": "", "name": "Overview", "blocks": blocks, "picture": picture, "focus": chosen}


def _starts(around: Surroundings, heading: str, labels: tuple[str, ...], most: int) -> Block | None:
    nodes = [node for node in around.graph if label_of(around.graph, node) in labels]
    nodes.sort(key=lambda node: (-weight(around, node), node))
    cell = around.citation if "Paper" in labels else around.cell
    return listing(heading, [cell(node) for node in nodes[:most]])


def _texts(around: Surroundings) -> list[str]:
    if not len(around.graph):
        return ["The graph is empty: build it from papers first."]
    texts = [
        "Select a node to read what is known about it; a result shows the sentence that states it. Drag to move, "
        "scroll to zoom, press / to find something by name."
    ]
    left = around.graph.graph.get("left_out", {})
    if left:
        said = ", ".join(counted(number, label) for label, number in left.items())
        texts.append(f"Not in this picture: {said}.")
    return texts
