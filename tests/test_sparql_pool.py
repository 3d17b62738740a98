"""Queries in processes of their own: they are stopped, and the others go on."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rdf_rows import rows

from kg.errors import InputError, QueryError, QueryRefused, QueryTimeout, QueryTooLarge
from kg.rdf import write
from kg.sparql import Answer, Engine, Id, Limits, QueryPool
from kg.sparql.engine import _answer

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pool") / "kg.nt"
    write(*rows(), path)
    return path


@pytest.fixture
def pool(dump: Path) -> Iterator[QueryPool]:
    with QueryPool(partial(Engine.of_dump, dump), workers=2, limits=Limits(seconds=1.0, rows=300)) as pool:
        yield pool


def test_sparql_pool_answers_like_the_engine(pool: QueryPool, dump: Path) -> None:
    engine = Engine.of_dump(dump)
    for query in (COUNT, "SELECT ?m { ?m a kg:Method } ORDER BY ?m"):
        assert pool.table(query) == engine.table(query)
    by_parameter = "SELECT ?name { $method rdfs:label ?name }"
    assert pool.table(by_parameter, {"method": Id("method/openvla")}).rows == (("OpenVLA",),)
    assert pool.triples == len(engine.store)
    reply = pool.run("ASK {}", {"boolean": "json"})
    assert (reply.form, reply.format, reply.body) == ("boolean", "json", b'{"head":{},"boolean":true}')
    assert pool.run("ASK {}", {"rows": "json"}).body is None


def test_sparql_pool_stops_a_query_at_its_time(pool: QueryPool) -> None:
    begin = time.monotonic()
    for _ in range(3):
        with pytest.raises(QueryTimeout, match="stopped after 1 seconds"):
            pool.table(SLOW)
    assert time.monotonic() - begin < 20
    assert pool.table(COUNT).rows == ((pool.triples,),)


def test_sparql_pool_replaces_a_process_that_is_killed(pool: QueryPool) -> None:
    for worker in (pool._free.get(), pool._free.get()):
        os.kill(worker.pid, signal.SIGKILL)
        pool._free.put(worker)
    for _ in range(2):
        with pytest.raises(QueryTimeout):
            pool.table(COUNT)
    for _ in range(4):
        assert pool.table(COUNT).rows == ((pool.triples,),)


def test_sparql_pool_loads_again_when_all_are_killed(pool: QueryPool) -> None:
    os.killpg(pool._process.pid, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(QueryTimeout):
            pool.table(COUNT)
    for _ in range(4):
        assert pool.table(COUNT).rows == ((pool.triples,),)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT", QueryError),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> {} }", QueryRefused),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", QueryTooLarge),
        ("ASK {}", QueryError),
    ],
)
def test_sparql_pool_passes_errors_on(pool: QueryPool, query: str, error: type[QueryError]) -> None:
    with pytest.raises(error) as caught:
        pool.table(query)
    assert type(caught.value) is error


def test_sparql_pool_says_that_all_are_busy(dump: Path) -> None:
    with QueryPool(partial(Engine.of_dump, dump), workers=1, limits=Limits(seconds=0.5)) as pool:
        worker = pool._free.get()
        with pytest.raises(QueryTimeout, match="busy"):
            pool.table(COUNT)
        pool._free.put(worker)
        assert pool.table(COUNT).rows


def test_sparql_pool_passes_on_why_nothing_was_loaded(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        QueryPool(partial(Engine.of_dump, tmp_path / "none.nt"))
    with pytest.raises(QueryError, match="ended"):
        QueryPool(partial(os._exit, 3))  # type: ignore[arg-type]


def test_sparql_pool_leaves_no_process_behind(dump: Path) -> None:
    with QueryPool(partial(Engine.of_dump, dump), workers=3) as pool:
        group = pool._process.pid
        os.killpg(group, 0)
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("processes are left")


def test_sparql_pool_reads_a_store_on_disk(tmp_path: Path) -> None:
    Engine.of_rows(*rows(), folder=tmp_path / "store")
    with QueryPool(partial(Engine.open, tmp_path / "store"), workers=2, limits=Limits(seconds=1)) as pool:
        assert pool.table(COUNT).rows == ((pool.triples,),)
        with pytest.raises(QueryTimeout):
            pool.table(SLOW)
        assert [pool.table(COUNT).rows for _ in range(4)] == [((pool.triples,),)] * 4


def test_sparql_pool_processes_can_open_nothing(dump: Path) -> None:
    """Were SERVICE not refused, the system would refuse the connection: a store asked directly shows it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, _unguarded(dump) as pool:
        listener.settimeout(0.2)
        with pytest.raises(QueryError, match="failed"):
            pool.table(f"SELECT * {{ SERVICE <http://127.0.0.1:{listener.getsockname()[1]}/> {{ ?s ?p ?o }} }}")
        with pytest.raises(TimeoutError):
            listener.accept()
        assert pool.table(COUNT).rows == ((pool.triples,),)


def _unguarded(dump: Path) -> QueryPool:
    return QueryPool(partial(_Unguarded.of_dump, dump), workers=1, limits=Limits(seconds=5))


class _Unguarded(Engine):
    """An engine that does not look for SERVICE."""

    def query(self, text: str, *_: Any, **__: Any) -> Answer:
        return _answer(self.store.query(text))
