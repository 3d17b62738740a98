"""How one node is drawn: its mark's label, size and tooltip."""

from __future__ import annotations

from math import sqrt
from typing import Any

from kg.network import label_of, name_of
from kg.views.cells import Surroundings, title_of
from kg.views.details import phrase_of
from kg.views.palette import look
from kg.views.wording import amount, readable, shorten

# Largest radius; what everything is tied to need not shout.
_LARGEST = 28
_QUIET = {"Metric": 14, "Task": 14, "Organization": 16, "Paper": 16}
# A character of the pill's type, and its line.
_CHARACTER, _LINE = 6.4, 13.0


def mark(around: Surroundings, node: str) -> dict[str, Any]:
    """What vis-network draws from (label, shape, size, title), and what the page's program reads beside it."""
    data = around.data(node)
    kind = look(data["label"])
    return {
        "label": _label(around, node),
        "shape": kind.shape,
        "color": kind.colour,
        "size": _radius(around, node),
        "title": _tooltip(around, node),
        "kind": data["label"],
        "tone": kind.colour,
        "hollow": kind.hollow,
        "strong": data["label"] in ("Benchmark", "Dataset"),
        "weight": weight(around, node),
        "full": _full(around, node),
        "under": shorten(around.names(around.after(node, "MEASURES")), 24) if data["label"] == "Result" else "",
        "also": " · ".join(data.get("aliases") or ()),
    }


def weight(around: Surroundings, node: str) -> int:
    """How much hangs on the node in the picture: its degree, more for what people look for first."""
    degree = int(around.graph.degree(node))
    return degree * {"Benchmark": 3, "Dataset": 3, "Method": 2}.get(label_of(around.graph, node), 1)


def box(around: Surroundings, node: str) -> tuple[float, float]:
    """Width and height, in pixels, that the mark needs with some air around it."""
    if look(label_of(around.graph, node)).shape == "box":
        return len(_label(around, node)) * _CHARACTER + 16, _LINE + 11
    side = 2.0 * _radius(around, node) + 8
    return side, side + 4


def _radius(around: Surroundings, node: str) -> int:
    label = label_of(around.graph, node)
    grown = look(label).size + 2.2 * sqrt(max(int(around.graph.degree(node)) - 1, 0))
    return round(min(grown, _QUIET.get(label, _LARGEST)))


def _label(around: Surroundings, node: str) -> str:
    label = label_of(around.graph, node)
    if label == "Result":
        return amount(around.data(node))
    if label == "Paper":
        return around.citation(node)["text"]
    return readable(name_of(around.graph, node))


def _full(around: Surroundings, node: str) -> str:
    """The name by which the search box finds the node."""
    label = label_of(around.graph, node)
    if label == "Result":
        return f"{phrase_of(around, node)} · {around.names(around.after(node, 'OF_METHOD'))}".rstrip(" ·")
    return title_of(around.graph, node) if label == "Paper" else readable(name_of(around.graph, node))


def _tooltip(around: Surroundings, node: str) -> str:
    label = label_of(around.graph, node)
    if label == "Result":
        method, data = (around.names(around.after(node, type)) for type in ("OF_METHOD", "ON"))
        where = " on ".join(name for name in (method, data) if name)
        return "\n".join(line for line in (phrase_of(around, node), where) if line)
    if label == "Paper":
        return f"{title_of(around.graph, node)}\n{around.data(node).get('published') or ''}".rstrip()
    results = len(around.before(node, "OF_METHOD", "ON", "MEASURES", "FOR_TASK"))
    said = f" · {results} result{'s' * (results != 1)}" if results else ""
    return f"{readable(name_of(around.graph, node))}\n{label}{said}"
