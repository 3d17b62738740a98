"""Where the nodes stand, computed here so that the browser only draws.

ForceAtlas2 (Jacomy et al. 2014, https://doi.org/10.1371/journal.pone.0098679) as networkx has it, for each connected
component by itself; then nodes that still touch are pushed apart and the components put together. Needs numpy only
(networkx's spring layout wants scipy from 500 nodes on).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, pi, sin, sqrt

import networkx as nx
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Places = dict[str, tuple[int, int]]

# Pixels between components.
SPACING = 40.0
# The side of the area in which most nodes stand, in sides of a square that would just hold their boxes.
_ROOM = 1.3
_WIDER = 1.3
_SEED = 7
_GOLDEN_ANGLE = pi * (3 - sqrt(5))
# An edge to what everything is tied to says little about where a node belongs.
_WEIGHTS = {"MEASURES": 0.1, "FOR_TASK": 0.2, "MENTIONS": 0.2, "USES": 0.4, "COMPARES_WITH": 0.3, "SUBMITTED_BY": 0.2}


def positions(graph: nx.MultiDiGraph, sizes: Mapping[str, tuple[float, float]]) -> Places:
    """Pixels for every node, around the origin. ``sizes`` are the width and height that each node takes.

    The same graph gives the same places on the same machine and versions of numpy and networkx.
    """
    simple = _simple(graph)
    pieces = sorted(nx.connected_components(simple), key=lambda nodes: (-len(nodes), min(nodes)))
    placed = [_piece(simple.subgraph(sorted(piece)), sizes) for piece in pieces]
    return _together(placed, sizes)


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
    with np.errstate(divide="ignore", invalid="ignore"):  # networkx divides by a node's distance to itself
        found = nx.forceatlas2_layout(ordered, max_iter=_rounds(len(nodes)), seed=_SEED, weight="weight", linlog=True)
    points = np.array([found[node] for node in nodes], dtype=np.float64)
    boxes = np.array([sizes[node] for node in nodes], dtype=np.float64)
    points = _apart(_spread(points, boxes), boxes)
    points -= (points.max(axis=0) + points.min(axis=0)) / 2
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, points, strict=True)}


def _rounds(nodes: int) -> int:
    """Fewer for many nodes: each round costs the square of their number."""
    return max(30, min(250, 250 * 600**2 // nodes**2))


def _spread(points: Points, boxes: Points) -> Points:
    """Turned with the longer side level, outliers of the force layout pulled in, scaled so that the boxes have room."""
    centred = points - np.median(points, axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1] * np.where(axes[0, ::-1] < 0, -1.0, 1.0)
    turned = centred @ axes
    extent = np.maximum(np.quantile(np.abs(turned), 0.85, axis=0), 1e-9)
    stretch = np.clip(_WIDER * extent[1] / extent[0], 0.6, 1.6)
    turned = turned * np.array([sqrt(stretch), 1 / sqrt(stretch)])
    radius = np.hypot(*turned.T)
    typical = float(np.quantile(radius, 0.8)) or 1.0
    pulled = np.where(radius > typical, typical * (1 + 0.6 * np.log(np.maximum(radius / typical, 1.0))), radius)
    room = _ROOM * sqrt(float(boxes.prod(axis=1).sum())) / (2 * typical)
    return np.asarray(turned * (room * pulled / np.where(radius > 0, radius, 1.0))[:, None], dtype=np.float64)


def _apart(points: Points, boxes: Points, *, rounds: int = 300) -> Points:
    """Push overlapping boxes apart, along the axis on which they overlap least for their size."""
    reach = (boxes[:, None] + boxes[None]) / 2
    upper = np.triu_indices(len(points), 1)
    wide, high = reach[*upper].T
    for _ in range(rounds):
        gap = points[upper[0]] - points[upper[1]]
        over = np.flatnonzero((np.abs(gap[:, 0]) < wide - 1) & (np.abs(gap[:, 1]) < high - 1))
        if not len(over):
            break
        between, room = gap[over], np.stack([wide[over], high[over]], axis=1)
        overlap = room - np.abs(between)
        level = overlap[:, 0] / room[:, 0] < overlap[:, 1] / room[:, 1]
        push = np.stack([level, ~level], axis=1) * overlap * np.where(between < 0, -0.4, 0.4)
        moved = np.zeros_like(points)
        np.add.at(moved, upper[0][over], push)
        np.add.at(moved, upper[1][over], -push)
        points = points + np.clip(moved, -SPACING, SPACING)
    return points


def _together(pieces: list[dict[str, tuple[float, float]]], sizes: Mapping[str, tuple[float, float]]) -> Places:
    """The components, each as near to the middle as those before it leave room."""
    placed: Places = {}
    taken = np.empty((0, 4))
    for piece in pieces:
        boxes = np.array([(*piece[node], *sizes[node]) for node in piece], dtype=np.float64)
        low, high = (boxes[:, :2] - boxes[:, 2:] / 2).min(axis=0), (boxes[:, :2] + boxes[:, 2:] / 2).max(axis=0)
        shift = _free_spot((low + high) / 2, (high - low) + SPACING, taken)
        boxes[:, :2] += shift
        taken = np.vstack([taken, boxes])
        placed.update({node: (round(x), round(y)) for node, (x, y) in zip(piece, boxes[:, :2], strict=True)})
    return placed


def _free_spot(middle: Points, size: Points, taken: Points) -> Points:
    """How far to shift a block so that it covers no box that is taken, walking outward on a spiral."""
    if not len(taken):
        return np.zeros(2)
    for step in range(100_000):
        distance, angle = 8.0 * sqrt(step), step * _GOLDEN_ANGLE
        shift = distance * np.array([cos(angle) * _WIDER, sin(angle)])
        gap = np.abs(taken[:, :2] - (middle + shift))
        if not (gap < (taken[:, 2:] + size) / 2).all(axis=1).any():
            return shift
    raise AssertionError("a spiral of this length leaves any picture")
