"""The page with the picture: one HTML file, drawn by vis-network as pyvis packs it, that opens with no network.

pyvis holds the nodes, edges and options and renders them; its own template links Bootstrap from a CDN whatever the
setting, so the page has a template of its own (``page/view.html``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import pyvis
from markupsafe import Markup
from pyvis.network import Network

from kg.errors import InputError
from kg.network import label_of, part
from kg.views.cells import Surroundings
from kg.views.details import panels
from kg.views.layout import positions
from kg.views.marks import box, mark, weight
from kg.views.overview import overview, summary
from kg.views.palette import LOOKS
from kg.views.policy import policy, program_of, style_of

_PAGE = Path(__file__).parent / "page"
_LIBRARY = Path(pyvis.__file__).parent / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"
# Edges that say what a number is a number of, or who beats whom, stand out from the others.
_STRONG = frozenset({"REPORTS", "OF_METHOD", "AGAINST", "ON", "PROPOSES", "OUTPERFORMS", "VARIANT_OF", "PART_OF"})
_OPTIONS = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "interaction": {
        "hover": True,
        "tooltipDelay": 150,
        "keyboard": {"enabled": True, "bindToWindow": False, "autoFocus": False},
    },
    "nodes": {
        "borderWidth": 1.5,
        "borderWidthSelected": 2.5,
        "margin": 5,
        "labelHighlightBold": False,
        "font": {"size": 11, "face": "system-ui, Liberation Sans, sans-serif"},
        "shapeProperties": {"borderRadius": 9},
        "scaling": {"label": {"enabled": False, "drawThreshold": 9}},
    },
    "edges": {
        "smooth": False,
        "width": 1,
        "hoverWidth": 0.5,
        "selectionWidth": 0.5,
        "arrows": {"to": {"scaleFactor": 0.5}},
    },
}


@dataclass(frozen=True, slots=True)
class View:
    """What was written: where, how large, how many nodes and edges are in it, and by label how many are not."""

    path: Path
    size: int
    nodes: int
    edges: int
    left_out: Mapping[str, int]


def write_view(
    graph: nx.MultiDiGraph,
    path: Path,
    *,
    title: str = "Results, and where they come from",
    focus: Iterable[str] = (),
    hops: int = 2,
    limit: int = 400,
    without: Iterable[str] = ("Author",),
) -> View:
    """Write the page for ``graph``, or for the part around the nodes in ``focus`` (see :func:`kg.network.part`).

    At most ``limit`` nodes are drawn, none of the labels in ``without``; the page says what was left out. Its panels
    are told from the whole graph. The same graph and options give the same bytes. Raises UsageError for a focus that
    is not in the graph, InputError where the file cannot be written.
    """
    focus = tuple(focus)
    shown = part(graph, focus, hops=hops, limit=limit, without=tuple(without))
    # Text may hold halves of surrogate pairs, which UTF-8 cannot.
    data = _page(graph, shown, title, focus).encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
    return View(path, len(data), shown.number_of_nodes(), shown.number_of_edges(), shown.graph["left_out"])


def _page(graph: nx.MultiDiGraph, shown: nx.MultiDiGraph, title: str, focus: tuple[str, ...]) -> str:
    network = Network(directed=True, heading=title)
    network.options = _OPTIONS
    around = Surroundings(shown, frozenset(shown))
    _draw(network, around)
    style = style_of(_PAGE / "view.css")
    library = program_of(_LIBRARY)
    program = program_of(*(_PAGE / name for name in ("panel.js", "labels.js", "view.js", "search.js")))
    network.set_template_dir(str(_PAGE), "view.html")
    network.templateEnv.autoescape = True
    network.templateEnv.globals.update(
        policy=policy(styles=[style], scripts=[library, program]),
        style=Markup(style),
        library=Markup(library),
        program=Markup(program),
        summary=summary(around),
        legend=_legend(around),
        settings=_OPTIONS,
        panels=panels(graph, shown),
        overview=overview(around, title, focus),
    )
    return str(network.generate_html("view.html"))


def _draw(network: Network, around: Surroundings) -> None:
    """Every node and edge of the picture into pyvis, what matters most on top."""
    graph = around.graph
    places = positions(graph, {node: box(around, node) for node in graph})
    for node in sorted(graph, key=lambda node: (weight(around, node), node)):
        x, y = places[node]
        network.add_node(node, x=x, y=y, **mark(around, node))
    edges = sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3])
    for number, (source, target, _, data) in enumerate(edges):
        kind = data["type"]
        arrows = "to" if kind == "OUTPERFORMS" else ""
        network.add_edge(source, target, id=f"e{number}", type=kind, faint=kind not in _STRONG, arrows=arrows)


def _legend(around: Surroundings) -> list[dict[str, Any]]:
    counts = Counter(label_of(around.graph, node) for node in around.graph)
    return [{"label": label, "count": counts[label], **asdict(own)} for label, own in LOOKS.items() if counts[label]]
