"""The embedded database: what goes in comes out, and the file is a cache that is never trusted too far."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import graph_rows
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError, StoreError, StoreMismatch
from kg.schema import EDGE_PROPERTIES, NODE_PROPERTIES, Edge, Node, Value
from kg.stores import LadybugStore, Store, open_cache
from kg.stores.base import storable
from kg.stores.cypher import parameter_names
from kg.table import Cell, plain_decimal

AWKWARD = [
    "plain", 'a "quoted" word', '""', "two\nlines", "carriage\r\nreturn", "tab\there", "back\\slash", '\\"', "", "\\N",
    "NULL", "null", "é 漢字 🤖", "a,b", "[x, y]", "{a: b}", "'single'", " spaces ", "\x00", "\x1f", "\u2028", "ends\\",
]  # fmt: skip


def held_nodes(store: Store, label: str) -> dict[str, dict[str, Cell]]:
    columns = ", ".join(f"n.`{name}` AS `{name}`" for name in NODE_PROPERTIES[label])
    rows = store.run(f"MATCH (n:{label}) RETURN {columns} ORDER BY n.id").records()
    return {str(row["id"]): {k: v for k, v in row.items() if v is not None} for row in rows}


def held_edges(store: Store, kind: str) -> Counter[object]:
    columns = ", ".join(["a.id AS a", "b.id AS b", *(f"e.`{name}` AS `{name}`" for name in EDGE_PROPERTIES[kind])])
    return Counter(store.run(f"MATCH (a)-[e:`{kind}`]->(b) RETURN {columns}").rows)


def as_held(value: Value) -> Cell:
    kept = plain_decimal(value) if isinstance(value, Decimal) else value
    return None if kept == () else kept  # type: ignore[return-value]


def sent_nodes(nodes: list[Node], label: str) -> dict[str, dict[str, Cell]]:
    return {n.id: {k: as_held(v) for k, v in n.properties.items()} for n in nodes if n.label == label}


def sent_edges(edges: list[Edge], kind: str) -> Counter[object]:
    names = EDGE_PROPERTIES[kind]
    return Counter(
        (e.source[1], e.target[1], *(as_held(e.properties.get(name)) for name in names))
        for e in edges
        if e.type == kind
    )


def check_round_trip(store: Store) -> None:
    """The store holds every node, relationship and property of graph_rows, and nothing else."""
    nodes, edges = graph_rows.nodes(), graph_rows.edges()
    for label in NODE_PROPERTIES:
        assert held_nodes(store, label) == sent_nodes(nodes, label), label
    for kind in EDGE_PROPERTIES:
        assert held_edges(store, kind) == sent_edges(edges, kind), kind


@pytest.fixture
def store() -> Iterator[LadybugStore]:
    with LadybugStore() as empty:
        yield empty


def test_stores_ladybug_holds_every_row_and_property(store: LadybugStore) -> None:
    told: list[tuple[str, int]] = []
    counts = store.load(iter(graph_rows.nodes()), iter(graph_rows.edges()), progress=lambda *step: told.append(step))
    assert counts.nodes == Counter(node.label for node in graph_rows.nodes())
    assert counts.edges == Counter(edge.type for edge in graph_rows.edges()) == store.counts().edges
    assert dict(told) == dict(counts.nodes + counts.edges)
    check_round_trip(store)


def test_stores_ladybug_keeps_awkward_text(store: LadybugStore) -> None:
    nodes = [
        Node("Method", f"method/{n:02}", {"id": f"method/{n:02}", "name": text, "aliases": (f"{text}1", f"{text}2")})
        for n, text in enumerate(AWKWARD)
    ]
    store.load(nodes, [])
    rows = store.run("MATCH (m:Method) RETURN m.name AS name, m.aliases AS aliases ORDER BY m.id").rows
    assert rows == tuple((text, (f"{text}1", f"{text}2")) for text in AWKWARD)


text = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(text, st.lists(text.filter(bool), max_size=3)), min_size=1, max_size=30))
def test_stores_ladybug_keeps_any_text(rows: list[tuple[str, list[str]]]) -> None:
    nodes = [
        Node("Method", f"method/{n:02}", {"id": f"method/{n:02}", "name": name, "aliases": tuple(aliases)})
        for n, (name, aliases) in enumerate(rows)
    ]
    with LadybugStore() as store:
        store.load(nodes, [])
        held = store.run("MATCH (m:Method) RETURN m.name AS name, m.aliases AS aliases ORDER BY m.id").rows
    assert held == tuple((name, tuple(aliases) or None) for name, aliases in rows)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.decimals(-(10**9), 10**9, places=5, allow_nan=False).map(plain_decimal),
        min_size=1,
        max_size=200,
        unique=True,
    )
)
def test_stores_ladybug_gives_decimals_back_as_written(values: list[Decimal]) -> None:
    nodes = [Node("Result", f"result/{n:03}", {"id": f"result/{n:03}", "value": v}) for n, v in enumerate(values)]
    with LadybugStore() as store:
        store.load(nodes, [])
        held = [row[0] for row in store.run("MATCH (r:Result) RETURN r.value AS value ORDER BY r.value").rows]
    assert held == sorted(values)
    assert all(isinstance(value, Decimal) for value in held)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("86.60", "86.6"),
        ("1E+2", "100"),
        (87.0, "87"),
        (0.1, "0.1"),
        (5, "5"),
        ("-0.50", "-0.5"),
        (1e21, "1" + "0" * 21),
    ],
)
def test_stores_plain_decimal(number: str | float, text: str) -> None:
    assert str(plain_decimal(number)) == text


def test_stores_storable_replaces_what_no_database_holds() -> None:
    assert storable("a\ud800b") == "a\ufffdb"
    assert storable(("x\udfff", "é")) == ["x\ufffd", "é"]
    assert storable(()) is None


def test_stores_ladybug_returns_whole_numbers_as_integers(store: LadybugStore) -> None:
    store.load(graph_rows.nodes(), graph_rows.edges())
    (row,) = store.run("MATCH (p:Paper) RETURN sum(p.upvotes) AS sum, count(*) AS n, avg(p.upvotes) AS mean").rows
    assert row == (24, 7, Decimal(12))
    assert [type(cell) for cell in row] == [int, int, Decimal]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("MATCH (m:Method) WHERE m.id = $id RETURN m.id AS id", r"needs a value for \$id"),
        ("MATCH (m:Method RETURN m", "refused"),
        ("MATCH (m:Method) RETURN m.nope AS nope", "nope"),
        ("MATCH (m:Method) RETURN m AS node", "return its properties"),
    ],
)
def test_stores_ladybug_refuses_a_bad_query(store: LadybugStore, query: str, words: str) -> None:
    store.load(graph_rows.nodes(), graph_rows.edges())
    with pytest.raises(QueryError, match=words):
        store.run(query)


def test_stores_ladybug_ends_a_query_that_takes_too_long() -> None:
    with LadybugStore(timeout=0.2) as store, pytest.raises(QueryError):
        store.run("UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b) AS total")


def test_stores_parameter_names_outside_comments_and_strings() -> None:
    query = '// $no\nMATCH (a {x: $one}) WHERE a.y = \'$no\' AND a.z = "$no\\"$no" AND a.`$no` = $two /* $no */'
    assert parameter_names(query) == {"one", "two"}


METHOD = Node("Method", "method/a", {"id": "method/a", "name": "A"})
MISSING_END = Edge("OF_METHOD", ("Result", "result/none"), ("Method", "method/a"), {})
BROKEN: list[tuple[list[Node], list[Edge], str]] = [
    ([METHOD, METHOD], [], "one id"),
    ([METHOD], [MISSING_END], "not in the graph"),
    ([Node("Robot", "robot/a", {})], [], "Robot"),
    ([Node("Method", "method/a", {"colour": "red"})], [], "colour"),
    ([METHOD], [Edge("OF_METHOD", ("Method", "method/a"), ("Method", "method/a"), {})], "none from Method to Method"),
    ([METHOD], [Edge("LIKES", ("Method", "method/a"), ("Method", "method/a"), {})], "LIKES"),
]


@pytest.mark.parametrize(("nodes", "edges", "words"), BROKEN)
def test_stores_ladybug_refuses_rows_that_do_not_fit(
    store: LadybugStore, nodes: list[Node], edges: list[Edge], words: str
) -> None:
    with pytest.raises(StoreMismatch, match=words):
        store.load(nodes, edges)


def test_stores_ladybug_is_loaded_once(store: LadybugStore) -> None:
    store.load([METHOD], [])
    with pytest.raises(StoreError, match="filled already"):
        store.load([METHOD], [])


class Rows:
    """Counts how often the rows are asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> tuple[Iterator[Node], Iterator[Edge]]:
        self.asked += 1
        return iter(graph_rows.nodes()), iter(graph_rows.edges())


def test_stores_cache_is_rebuilt_only_when_stale(tmp_path: Path) -> None:
    path, rows = tmp_path / "it's a graph.lbug", Rows()
    for stamp, asked in (("one", 1), ("one", 1), ("two", 2)):
        with open_cache(path, stamp=stamp, rows=rows) as store:
            assert rows.asked == asked
            check_round_trip(store)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("damage", [b"", b"not a database", None])
def test_stores_cache_is_rebuilt_when_damaged(tmp_path: Path, damage: bytes | None) -> None:
    path, rows = tmp_path / "graph.lbug", Rows()
    open_cache(path, stamp="one", rows=rows).close()
    path.write_bytes(path.read_bytes()[:5000] if damage is None else damage)
    with open_cache(path, stamp="one", rows=rows) as store:
        check_round_trip(store)
    assert rows.asked == 2


def test_stores_cache_survives_a_build_that_fails(tmp_path: Path) -> None:
    path, rows = tmp_path / "graph.lbug", Rows()
    open_cache(path, stamp="one", rows=rows).close()
    with pytest.raises(StoreMismatch):
        open_cache(path, stamp="two", rows=lambda: ([METHOD], [MISSING_END]))
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    open_cache(path, stamp="one", rows=rows).close()
    assert rows.asked == 1


def test_stores_cache_clears_up_after_a_killed_build(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    dead, alive = tmp_path / f"graph.lbug.{child.pid}.new", tmp_path / f"graph.lbug.{os.getppid()}.new"
    for file in (dead, alive):
        file.write_bytes(b"half a database")
    open_cache(tmp_path / "graph.lbug", stamp="one", rows=Rows()).close()
    assert not dead.exists()
    assert alive.exists()


def test_stores_cache_is_read_only(tmp_path: Path) -> None:
    with open_cache(tmp_path / "graph.lbug", stamp="one", rows=Rows()) as store:
        with pytest.raises(QueryError, match="read-only"):
            store.run("CREATE (:Method {id: 'method/new'})")
        with open_cache(tmp_path / "graph.lbug", stamp="one", rows=Rows()) as second:
            assert second.counts() == store.counts()


def test_stores_cache_says_where_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such folder"):
        open_cache(tmp_path / "no such folder" / "graph.lbug", stamp="one", rows=Rows())
