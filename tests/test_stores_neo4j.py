"""A real Neo4j: loads that can be repeated, continued and checked, and errors that say what happened."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterable, Iterator

import graph_rows
import neo4j
import pytest
from neo4j_server import Neo4jServer
from test_stores import BROKEN, MISSING_END, check_round_trip, held_nodes

from kg.errors import QueryError, StoreDenied, StoreMismatch, StoreUnreachable, UsageError
from kg.schema import DATA_IRI, NODE_PROPERTIES, Edge, Node
from kg.stores.neo4j_load import BATCH
from kg.stores.neo4j_store import Neo4jStore
from kg.table import Cell

pytestmark = pytest.mark.neo4j


def opened(server: Neo4jServer, *, patience: float = 30) -> Neo4jStore:
    return Neo4jStore(server.uri, server.username, server.password, patience=patience)


@pytest.fixture
def store(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    with opened(neo4j_server) as connected:
        yield connected


def as_user(server: Neo4jServer, statement: str) -> list[list[object]]:
    """What somebody else does in the same database."""
    with neo4j.GraphDatabase.driver(server.uri, auth=server.auth) as driver, driver.session() as session:
        return [record.values() for record in session.run(statement)]


def total(store: Neo4jStore) -> tuple[Cell, ...]:
    (nodes,), (edges,) = (
        store.run("MATCH (n) RETURN count(n)").rows[0],
        store.run("MATCH ()-[e]->() RETURN count(e)").rows[0],
    )
    return nodes, edges


def test_stores_neo4j_holds_every_row_and_property(any_neo4j: Neo4jServer) -> None:
    told: dict[str, int] = {}
    with opened(any_neo4j) as store:
        counts = store.load(iter(graph_rows.nodes()), iter(graph_rows.edges()), progress=told.__setitem__)
        assert counts.nodes == Counter(node.label for node in graph_rows.nodes())
        assert counts.edges == Counter(edge.type for edge in graph_rows.edges())
        assert told == dict(counts.nodes + counts.edges)
        check_round_trip(store)
        assert total(store) == (counts.nodes.total(), counts.edges.total())
        entities = store.run("MATCH (n:Entity) RETURN count(n)").rows[0][0]
        assert entities == sum(len(rows) for rows in graph_rows.ENTITIES.values())


def test_stores_neo4j_makes_constraints_first(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    neo4j_server.clear(schema=True)
    store.load([], [])
    constraints = as_user(neo4j_server, "SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type")
    assert sorted(row[0][0] for row in constraints) == sorted(NODE_PROPERTIES)  # type: ignore[index]
    assert all(row[1] == ["id"] for row in constraints)
    indexes = as_user(neo4j_server, "SHOW INDEXES YIELD state RETURN DISTINCT state")
    assert indexes == [["ONLINE"]]


def test_stores_neo4j_loads_twice_without_a_change(store: Neo4jStore) -> None:
    store.load(graph_rows.nodes(), graph_rows.edges())
    before = total(store)
    store.load(graph_rows.nodes(), graph_rows.edges())
    assert total(store) == before
    check_round_trip(store)


def test_stores_neo4j_loads_more_than_a_batch(store: Neo4jStore) -> None:
    count = BATCH + 7
    nodes = [Node("Author", f"author/{n}", {"id": f"author/{n}", "name": str(n)}) for n in range(count)]
    nodes.append(Node("Paper", "paper/1", {"id": "paper/1", "name": "one", "title": "one"}))
    edges = [Edge("WRITTEN_BY", ("Paper", "paper/1"), ("Author", f"author/{n}"), {"position": n}) for n in range(count)]
    steps: list[tuple[str, int]] = []
    store.load(nodes, edges, progress=lambda *step: steps.append(step))
    assert steps == [
        ("Author", BATCH), ("Author", count), ("Paper", 1), ("WRITTEN_BY", BATCH), ("WRITTEN_BY", count),
    ]  # fmt: skip
    assert total(store) == (count + 1, count)


def without_paper(key: str) -> tuple[list[Node], list[Edge]]:
    gone = f"paper/{key}"
    nodes = [n for n in graph_rows.nodes() if n.id != gone and not n.id.startswith(f"result/{key}-")]
    left = {n.id for n in nodes}
    edges = [
        e for e in graph_rows.edges() if {e.source[1], e.target[1]} <= left and e.properties.get("paperId") != gone
    ]
    return nodes, edges


def test_stores_neo4j_deletes_what_is_no_longer_in_the_graph(store: Neo4jStore) -> None:
    store.load(graph_rows.nodes(), graph_rows.edges())
    nodes, edges = without_paper("2502.19645")
    changed = [
        Node(n.label, n.id, {k: v for k, v in n.properties.items() if k != "url"}) if n.label == "Paper" else n
        for n in nodes
    ]
    counts = store.load(changed, edges)
    assert total(store) == (len(nodes), len(edges)) == (counts.nodes.total(), counts.edges.total())
    assert all("url" not in paper for paper in held_nodes(store, "Paper").values())
    store.load(graph_rows.nodes(), graph_rows.edges())
    check_round_trip(store)


def test_stores_neo4j_leaves_alone_what_users_added(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    store.load(graph_rows.nodes(), graph_rows.edges())
    as_user(
        neo4j_server,
        "MATCH (m:Method {id: 'method/octo'}), (p:Paper {id: 'paper/2406.09246'}) SET m.note = 'mine' "
        "CREATE (:Paper {id: 'mine'})-[:READ]->(m), (:Note {text: 'mine'})-[:ON]->(p), (m)-[:MINE]->(p)",
    )
    store.load(*without_paper("2502.19645"))
    kept = "MATCH (:Paper {id: 'mine'})-[:READ]->(m {note: 'mine'})-[:MINE]->()<-[:ON]-(:Note) RETURN count(*)"
    assert as_user(neo4j_server, kept) == [[1]]


@pytest.mark.parametrize(("nodes", "edges", "words"), BROKEN)
def test_stores_neo4j_refuses_rows_that_do_not_fit(
    store: Neo4jStore, nodes: list[Node], edges: list[Edge], words: str
) -> None:
    with pytest.raises(StoreMismatch, match=words):
        store.load(nodes, edges)


def test_stores_neo4j_keeps_the_old_graph_when_the_counts_differ(store: Neo4jStore) -> None:
    store.load(graph_rows.nodes(), graph_rows.edges())
    before = total(store)
    with pytest.raises(StoreMismatch, match=r"OF_METHOD: \d+ sent, \d+ there"):
        store.load(without_paper("2502.19645")[0], [MISSING_END])
    assert total(store) == before


def test_stores_neo4j_continues_after_the_server_was_lost(neo4j_server: Neo4jServer) -> None:
    if not neo4j_server.can_be_killed:
        pytest.skip("this server is not ours to kill")

    def edges_until_the_crash() -> Iterable[Edge]:
        for number, edge in enumerate(graph_rows.edges()):
            if number == 20:
                neo4j_server.kill()
            yield edge

    with opened(neo4j_server, patience=1) as store:
        with pytest.raises(StoreUnreachable, match="run the same command again") as lost:
            store.load(graph_rows.nodes(), edges_until_the_crash())
        assert f"{len(graph_rows.PAPERS)} Paper" in str(lost.value)
        with pytest.raises(StoreUnreachable, match="was lost"):
            store.run("RETURN 1")
    with pytest.raises(StoreUnreachable, match="is it running"):
        opened(neo4j_server)
    neo4j_server.restart()
    with opened(neo4j_server) as store:
        store.load(graph_rows.nodes(), graph_rows.edges())
        check_round_trip(store)


def test_stores_neo4j_denies_a_wrong_password(any_neo4j: Neo4jServer) -> None:
    with pytest.raises(StoreDenied, match="refuses the user 'neo4j'"):
        Neo4jStore(any_neo4j.uri, "neo4j", "wrong")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("MATCH (m:Method) WHERE m.id = $id RETURN m.id AS id", "id"),
        ("MATCH (m:Method RETURN m", "Invalid input"),
        ("MATCH (m:Method) RETURN m AS node", "return its properties"),
        ("CREATE (:Method {id: 'method/new'})", "(?i)writing in read access mode"),
    ],
)
def test_stores_neo4j_refuses_a_bad_query(store: Neo4jStore, query: str, words: str) -> None:
    store.load(graph_rows.nodes(), graph_rows.edges())
    with pytest.raises(QueryError, match=words):
        store.run(query)
    assert total(store)[0] == len(graph_rows.nodes())


def test_stores_neo4j_ends_a_query_that_takes_too_long(neo4j_server: Neo4jServer) -> None:
    with Neo4jStore(neo4j_server.uri, *neo4j_server.auth, timeout=0.2) as store, pytest.raises(QueryError):
        store.run("UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b) AS total")


def test_stores_neo4j_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        unused_tcp_port = taken.getsockname()[1]
    with pytest.raises(StoreUnreachable, match="is it running"):
        Neo4jStore(f"bolt://127.0.0.1:{unused_tcp_port}", "neo4j", "password")


@pytest.mark.parametrize("uri", ["localhost:7687", "http://localhost:7474", "", "bolt://localhost:notaport"])
def test_stores_neo4j_wants_an_address(uri: str) -> None:
    with pytest.raises(UsageError, match="try bolt://localhost:7687"):
        Neo4jStore(uri, "neo4j", "password")


def test_stores_neo4j_uris_are_under_the_base(store: Neo4jStore) -> None:
    store.load(graph_rows.nodes(), graph_rows.edges())
    rows = store.run("MATCH (n) WHERE n.uri <> $base + n.id RETURN count(n)", {"base": DATA_IRI}).rows
    assert rows == ((0,),)
