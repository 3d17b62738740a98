"""The graph as networkx, the part of it that is worth looking at, and GraphML.

Kept free of stores and of extraction: everything here takes rows (:class:`kg.schema.Node`, :class:`kg.schema.Edge`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import networkx as nx

from kg.errors import InputError, UsageError
from kg.schema import Edge, Node

# What a reader looks for first. Everything else being equal, these enter a part in this order.
_ORDER = ("Result", "Benchmark", "Dataset", "Method", "Paper", "Metric", "Task", "Organization", "Author")
# Nearly everything hangs on a few metrics, tasks and laboratories: they belong to a part, but a walk ends there.
_ENDS = frozenset({"Metric", "Task", "Organization"})


def to_networkx(nodes: Iterable[Node], edges: Iterable[Edge]) -> nx.MultiDiGraph:
    """The rows as a graph. A node is its id, an edge's key its type (the row's ``id`` for OUTPERFORMS).

    Node attributes are ``label`` ("Method") and the row's properties; edge attributes ``type`` and its properties.
    Raises InputError where an edge ends at a node that is not among ``nodes``.
    """
    graph = nx.MultiDiGraph()
    for node in nodes:
        graph.add_node(node.id, label=node.label, **node.properties)
    for edge in edges:
        source, target = edge.source[1], edge.target[1]
        for end in (source, target):
            if end not in graph:
                raise InputError(f"{edge.type} {source} -> {target}: there is no node {end}; build the graph again")
        graph.add_edge(source, target, key=edge.properties.get("id", edge.type), type=edge.type, **edge.properties)
    return graph


def label_of(graph: nx.MultiDiGraph, node: str) -> str:
    return str(graph.nodes[node]["label"])


def name_of(graph: nx.MultiDiGraph, node: str) -> str:
    attributes = graph.nodes[node]
    return str(attributes.get("name") or attributes.get("title") or node)


def find(graph: nx.MultiDiGraph, text: str) -> list[str]:
    """The nodes that ``text`` names: by id, else by name, title, alias or arXiv id, letter case aside.

    Sorted by id; several where several share the name. Raises UsageError, with near names, where there is none.
    """
    if text in graph:
        return [text]
    wanted = text.strip().casefold()
    found = [node for node in graph if wanted in {name.casefold() for name in _names(graph, node)}]
    if found:
        return sorted(found)
    near = sorted({name for node in graph for name in _names(graph, node) if wanted and wanted in name.casefold()})
    hint = f"; did you mean {', '.join(near[:5])}?" if near else "; search for a name with: kg query search"
    raise UsageError(f"nothing in the graph is called {text!r}{hint}")


def _names(graph: nx.MultiDiGraph, node: str) -> list[str]:
    attributes = graph.nodes[node]
    if attributes["label"] == "Result":
        return []
    single = (attributes.get(key) for key in ("name", "title", "arxivId"))
    return [str(name) for name in (*single, *(attributes.get("aliases") or ())) if name]


def part(
    graph: nx.MultiDiGraph,
    focus: Iterable[str] = (),
    *,
    hops: int = 2,
    limit: int = 400,
    without: Collection[str] = (),
) -> nx.MultiDiGraph:
    """The neighbourhood of ``focus`` (ids), or of the graph's hubs where no focus is given: at most ``limit`` nodes.

    With a focus, what lies within ``hops`` steps in either direction; a walk does not go on through a metric, a task
    or an organization, to which nearly everything is tied. Without, the whole graph if it fits, else its largest
    connected component, the results of the most reported benchmarks and methods first. A Result comes with its paper,
    method, dataset and metric (even one step beyond ``hops``), or not at all. Nodes of the labels in ``without`` are
    passed over.

    The answer is a copy whose ``graph["left_out"]`` counts the nodes not in it, by label. The same graph and
    arguments give the same part. Raises UsageError where a focus is not in the graph or a limit makes no sense.
    """
    start = sorted(set(focus))
    _check(graph, start, hops, limit)
    hidden = set(without)
    kept = {node: None for node in graph if label_of(graph, node) not in hidden or node in start}
    near = {node: _neighbours(graph, node, kept) for node in kept}
    if start:
        order = _around(graph, near, _distances(graph, near, start, hops), limit)
    elif len(kept) <= limit:
        order = list(kept)
    else:
        order = _hubs(graph, near, limit)
    chosen = set(order)
    shown: nx.MultiDiGraph = nx.MultiDiGraph()
    shown.add_nodes_from((node, data) for node, data in graph.nodes(data=True) if node in chosen)
    shown.add_edges_from(edge for edge in graph.edges(keys=True, data=True) if {edge[0], edge[1]} <= chosen)
    left = Counter(label_of(graph, node) for node in graph if node not in chosen)
    shown.graph["left_out"] = {label: left[label] for label in _ORDER if left[label]}
    return shown


def _check(graph: nx.MultiDiGraph, focus: Sequence[str], hops: int, limit: int) -> None:
    for node in focus:
        if node not in graph:
            raise UsageError(f"no node {node!r} in the graph; an id looks like method/pi-0 or paper/2406.09246")
    if hops < 0:
        raise UsageError(f"hops is {hops}; it counts steps from the focus, 0 or more")
    if limit < max(1, len(focus)):
        raise UsageError(f"a limit of {limit} nodes does not hold the {len(focus)} in focus; raise it")


def _neighbours(graph: nx.MultiDiGraph, node: str, kept: Collection[str]) -> list[str]:
    return sorted(other for other in {*graph.successors(node), *graph.predecessors(node)} - {node} if other in kept)


def _distances(graph: nx.MultiDiGraph, near: dict[str, list[str]], start: list[str], hops: int) -> dict[str, int]:
    """Steps from the nearest start, for every node within ``hops``."""
    distance = dict.fromkeys(start, 0)
    ring = start
    for step in range(1, hops + 1):
        walked = (node for node in ring if distance[node] == 0 or label_of(graph, node) not in _ENDS)
        ring = sorted({other for node in walked for other in near[node]} - distance.keys())
        distance.update(dict.fromkeys(ring, step))
    return distance


def _around(graph: nx.MultiDiGraph, near: dict[str, list[str]], distance: dict[str, int], limit: int) -> list[str]:
    """At most ``limit`` of the nodes in ``distance``, nearest first, every Result with what it is a result of."""
    results = [node for node in distance if label_of(graph, node) == "Result"]
    weight = _weights(graph, near, results)
    chosen = dict.fromkeys(node for node in distance if distance[node] == 0)
    for result in sorted(results, key=lambda node: (distance[node], -weight[node], node)):
        unit = [other for other in (result, *near[result]) if other not in chosen]
        if result not in chosen and len(chosen) + len(unit) <= limit:
            chosen.update(dict.fromkeys(unit))
    rest = (node for node in distance if node not in chosen and node not in weight)
    rank = {label: position for position, label in enumerate(_ORDER)}
    for node in sorted(rest, key=lambda n: (distance[n], rank.get(label_of(graph, n), 99), -len(near[n]), n)):
        if len(chosen) < limit and any(other in chosen for other in near[node]):
            chosen[node] = None
    return list(chosen)


def _weights(graph: nx.MultiDiGraph, near: dict[str, list[str]], results: Iterable[str]) -> dict[str, int]:
    """For each Result, how connected its dataset and method are."""
    central = ("Benchmark", "Dataset", "Method")
    return {r: sum(len(near[other]) for other in near[r] if label_of(graph, other) in central) for r in results}


def _hubs(graph: nx.MultiDiGraph, near: dict[str, list[str]], limit: int) -> list[str]:
    """Of the largest component, ``limit`` nodes around its most reported benchmarks and methods."""
    simple = nx.Graph()
    simple.add_nodes_from(near)
    simple.add_edges_from((node, other) for node, others in near.items() for other in others)
    component = max(nx.connected_components(simple), key=lambda nodes: (len(nodes), min(nodes)))
    distance = dict.fromkeys((node for node in near if node in component), 1)
    if not any(label_of(graph, node) == "Result" for node in distance):
        distance[max(distance, key=lambda node: (len(near[node]), node))] = 0
    return _around(graph, near, distance, limit)
