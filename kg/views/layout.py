"""Where the nodes stand, computed here so that the browser only draws.

ForceAtlas2 (Jacomy et al. 2014, https://doi.org/10.1371/journal.pone.0098679) as networkx has it, for each connected
component by itself; then the components side by side, and nodes that still touch are pushed apart. Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, sqrt

import networkx as nx
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

# Pixels between neighbours at zoom 1, on average.
SPACING = 64.0
_WIDER = 1.35
_SEED = 7
# An edge to what everything is tied to says little about where a node belongs.
_WEIGHTS = {"MEASURES": 0.1, "FOR_TASK": 0.2, "MENTIONS": 0.2, "USES": 0.4, "COMPARES_WITH": 0.3, "SUBMITTED_BY": 0.2}


def positions(graph: nx.MultiDiGraph, sizes: Mapping[str, tuple[float, float]]) -> dict[str, tuple[int, int]]:
    """Pixels for every node, around the origin. ``sizes`` are the width and height that each node takes.

    The same graph gives the same places on the same machine and versions of numpy and networkx.
    """
    simple = _simple(graph)
    pieces = sorted(nx.connected_components(simple), key=lambda nodes: (-len(nodes), min(nodes)))
    placed = [_piece(simple.subgraph(sorted(piece)), sizes) for piece in pieces]
    return {node: place for piece in _side_by_side(placed) for node, place in piece.items()}


def _simple(graph: nx.MultiDiGraph) -> nx.Graph:
    simple = nx.Graph()
    simple.add_nodes_from(sorted(graph))
    for source, target, data in sorted(graph.edges(data=True), key=lambda edge: (edge[0], edge[1], edge[2]["type"])):
        weight = _WEIGHTS.get(data["type"], 1.0)
        if source != target and weight > simple.get_edge_data(source, target, {}).get("weight", 0.0):
            simple.add_edge(source, target, weight=weight)
    return simple


def _piece(graph: nx.Graph, sizes: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """One component, its middle at the origin."""
    nodes = sorted(graph)
    if len(nodes) == 1:
        return {nodes[0]: (0.0, 0.0)}
    ordered = nx.Graph()
    ordered.add_nodes_from(nodes)
    ordered.add_edges_from(sorted(graph.edges(data=True), key=lambda edge: edge[:2]))
    start = nx.spring_layout(ordered, seed=_SEED, method="force", iterations=30, weight="weight")
    found = nx.forceatlas2_layout(ordered, pos=start, max_iter=300, seed=_SEED, weight="weight", linlog=True)
    points = np.array([found[node] for node in nodes], dtype=np.float64)
    boxes = np.array([sizes[node] for node in nodes], dtype=np.float64)
    points = _apart(_spread(points), boxes)
    points -= (points.max(axis=0) + points.min(axis=0)) / 2
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, points, strict=True)}


def _spread(points: Points) -> Points:
    """Scaled so that the nodes have room, without the far outliers that force layouts throw, somewhat wider than high."""
    centred = points - np.median(points, axis=0)
    radius = np.hypot(*centred.T)
    typical = float(np.quantile(radius, 0.8)) or 1.0
    pulled = np.where(radius > typical, typical * (1 + np.log(np.maximum(radius / typical, 1.0))), radius)
    centred *= (pulled / np.where(radius > 0, radius, 1.0))[:, None]
    scale = SPACING * sqrt(len(points)) / (2 * typical)
    return np.asarray(centred * scale * np.array([sqrt(_WIDER), 1 / sqrt(_WIDER)]), dtype=np.float64)


def _apart(points: Points, boxes: Points, *, rounds: int = 120) -> Points:
    """Push overlapping boxes apart along the axis on which they overlap least."""
    reach = (boxes[:, None] + boxes[None]) / 2
    order = np.arange(len(points))
    side = np.where(order[:, None] < order[None], -1.0, 1.0)
    for _ in range(rounds):
        gap = points[:, None] - points[None]
        overlap = reach - np.abs(gap)
        hit = (overlap > 0).all(axis=2)
        np.fill_diagonal(hit, False)
        if not hit.any():
            break
        direction = np.where(gap != 0, np.sign(gap), side[:, :, None])
        along = overlap[:, :, 0] < overlap[:, :, 1]
        push = np.stack([along, ~along], axis=2) * overlap * direction * hit[:, :, None]
        points = points + np.clip(push.sum(axis=1) * 0.35, -SPACING, SPACING)
    return points


def _side_by_side(pieces: list[dict[str, tuple[float, float]]]) -> list[dict[str, tuple[int, int]]]:
    """The components in rows under the first, which is the largest."""
    if not pieces:
        return []
    extents = [_extent(piece) for piece in pieces]
    area = sum((w + SPACING) * (h + SPACING) for w, h in extents)
    row_width = max(extents[0][0], ceil(sqrt(area * _WIDER)))
    x = y = height = 0.0
    placed = []
    for piece, (w, h) in zip(pieces, extents, strict=True):
        if x and x + w > row_width:
            x, y, height = 0.0, y + height + SPACING, 0.0
        middle = (x + w / 2, y + h / 2)
        placed.append({node: (round(px + middle[0]), round(py + middle[1])) for node, (px, py) in piece.items()})
        x, height = x + w + SPACING, max(height, h)
    return placed


def _extent(piece: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    xs, ys = zip(*piece.values(), strict=True)
    return max(xs) - min(xs) + SPACING, max(ys) - min(ys) + SPACING
