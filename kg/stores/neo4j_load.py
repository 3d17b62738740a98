"""The statements that write the graph's rows into Neo4j: one fixed text for each label and relationship type.

Every node and relationship that this program writes carries ``_load``, the number of the load that wrote it last. It
tells ours from what users added (which has none and is never touched), and what the newest load no longer has.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from kg.schema import EDGE_ENDS, EDGE_PROPERTIES, ENTITY_LABELS, NODE_PROPERTIES, Edge, Node
from kg.stores.base import Counts, Progress, check_edge, check_node, storable

BATCH = 4000
_DELETED_AT_ONCE = 10_000
# What templates look up: names of entities, the results of one board, the comparisons of one paper.
_INDEXED = (*((label, "name") for label in ENTITY_LABELS), ("Result", "board"), ("Paper", "arxivId"))

_Row = TypeVar("_Row")
_Key = TypeVar("_Key")

Write = Callable[[str, Mapping[str, Any]], Any]
"""Runs one statement with its parameters in a transaction of its own, and gives the first value of its one row."""


def create_schema(write: Write) -> None:
    """Uniqueness of ids first, then the indexes; returns when all are ready. Existing ones stay."""
    for label in NODE_PROPERTIES:
        write(f"CREATE CONSTRAINT kg_{label}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE", {})
    for label, name in _INDEXED:
        write(f"CREATE INDEX kg_{label}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})", {})
    write("CREATE INDEX kg_OUTPERFORMS_paperId IF NOT EXISTS FOR ()-[o:OUTPERFORMS]-() ON (o.paperId)", {})
    write("CALL db.awaitIndexes(600)", {})


def write_nodes(write: Write, nodes: Iterable[Node], load: int, *, progress: Progress | None) -> Counter[str]:
    """MERGE the nodes, label by label in batches, and count them."""
    sent: Counter[str] = Counter()
    for label, batch in _batches(_checked_nodes(nodes), lambda node: node.label):
        write(_node_text(label), {"rows": [_node_row(node) for node in batch], "load": load})
        sent[label] += len(batch)
        if progress is not None:
            progress(label, sent[label])
    return sent


def write_edges(write: Write, edges: Iterable[Edge], load: int, *, progress: Progress | None) -> Counter[str]:
    """MERGE the relationships, type by type in batches, and count them. Their ends must be there."""
    sent: Counter[str] = Counter()
    for (kind, source, target), batch in _batches(_checked_edges(edges), _ends):
        write(_edge_text(kind, source, target), {"rows": [_edge_row(edge) for edge in batch], "load": load})
        sent[kind] += len(batch)
        if progress is not None:
            progress(kind, sent[kind])
    return sent


def count_loaded(write: Write, load: int) -> Counts:
    """How many nodes and relationships the load wrote."""

    def count(pattern: str) -> int:
        return int(write(f"MATCH {pattern} WHERE x._load = $load RETURN count(x)", {"load": load}))

    return Counts(
        +Counter({label: count(f"(x:{label})") for label in NODE_PROPERTIES}),
        +Counter({kind: count(f"()-[x:`{kind}`]->()") for kind in EDGE_PROPERTIES}),
    )


def delete_older(write: Write, load: int) -> int:
    """Delete what earlier loads wrote and this one did not; how many nodes and relationships that were."""
    deleted = 0
    for kind in EDGE_ENDS:
        deleted += _delete(write, f"MATCH ()-[x:`{kind}`]->()", "DELETE x", load)
    for label in NODE_PROPERTIES:
        deleted += _delete(write, f"MATCH (x:{label})", "DETACH DELETE x", load)
    return deleted


def _delete(write: Write, match: str, delete: str, load: int) -> int:
    text = f"{match} WHERE x._load <> $load WITH x LIMIT {_DELETED_AT_ONCE} {delete} RETURN count(*)"
    deleted = 0
    while now := int(write(text, {"load": load})):
        deleted += now
    return deleted


def _node_text(label: str) -> str:
    """A null in the row removes the property, so that what users added stays and what is gone goes."""
    labels = f"n:{label}:Entity" if label in ENTITY_LABELS else f"n:{label}"
    return (
        f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row, {labels}, n._load = $load RETURN count(*)"
    )


def _edge_text(kind: str, source: str, target: str) -> str:
    """Parallel relationships of a type that has an id are told apart by it."""
    key = " {id: row.properties.id}" if "id" in EDGE_PROPERTIES[kind] else ""
    return (
        f"UNWIND $rows AS row MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}}) "
        f"MERGE (a)-[x:`{kind}`{key}]->(b) SET x += row.properties, x._load = $load RETURN count(*)"
    )


def _node_row(node: Node) -> dict[str, Any]:
    return {name: storable(node.properties.get(name)) for name in NODE_PROPERTIES[node.label]} | {"id": node.id}


def _edge_row(edge: Edge) -> dict[str, Any]:
    properties = {name: storable(edge.properties.get(name)) for name in EDGE_PROPERTIES[edge.type]}
    return {"source": edge.source[1], "target": edge.target[1], "properties": properties}


def _checked_nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        check_node(node)
        yield node


def _checked_edges(edges: Iterable[Edge]) -> Iterator[Edge]:
    for edge in edges:
        check_edge(edge)
        yield edge


def _ends(edge: Edge) -> tuple[str, str, str]:
    return edge.type, edge.source[0], edge.target[0]


def _batches(rows: Iterable[_Row], key: Callable[[_Row], _Key]) -> Iterator[tuple[_Key, Sequence[_Row]]]:
    """Rows of one key together, at most BATCH of them, holding no more than one batch of each key."""
    waiting: defaultdict[_Key, list[_Row]] = defaultdict(list)
    for row in rows:
        batch = waiting[key(row)]
        batch.append(row)
        if len(batch) == BATCH:
            yield key(row), batch
            waiting[key(row)] = []
    yield from ((one, batch) for one, batch in waiting.items() if batch)
