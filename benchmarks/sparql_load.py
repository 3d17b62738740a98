"""Many clients at once against the SPARQL endpoint on the loopback; every answer is compared with the right one.

    python -m benchmarks.sparql_load [--clients 64] [--seconds 30] [--papers 1000]

Clients ask in turn for rows in each format, by GET and by POST, for triples, for what is refused (SERVICE, updates, bad
syntax) and, now and then, for something that must be stopped. Ends with status 1 if one answer was wrong.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import asyncio
import random
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import uvicorn

from benchmarks.synthetic import Synthetic
from kg.rdf import write
from kg.service.sparql import sparql_app
from kg.sparql import Engine, Limits, QueryPool, write_answer

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
FORMATS = {
    "application/sparql-results+json": "json", "application/sparql-results+xml": "xml", "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A request and the right answer: its status and, where that is 200, its body."""

    query: str
    accept: str
    status: int
    body: bytes | None = None


@dataclass(slots=True)
class Tally:
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def questions(engine: Engine) -> list[Question]:
    """Requests whose answers are computed here, by the engine alone."""
    texts = [
        f"SELECT ?r ?v {{ ?r kg:on <{engine.base}benchmark/b-{n}> ; kg:value ?v }} ORDER BY ?v ?r LIMIT {5 + n}"
        for n in range(40)
    ]
    known = [
        Question(text, accept, 200, write_answer(engine.query(text), name, Limits()))
        for text in texts
        for accept, name in FORMATS.items()
    ]
    refused = [
        Question("SELECT * {", "*/*", 400),
        Question("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "*/*", 403),
        Question("ASK {}", "image/png", 406),
        Question("SELECT * { ?s ?p ?o }", "*/*", 422),
    ]
    return known + refused


async def ask(client: httpx.AsyncClient, question: Question, tally: Tally, *, post: bool) -> None:
    headers = {"Accept": question.accept}
    begin = time.perf_counter()
    if post:
        headers["Content-Type"] = "application/sparql-query"
        response = await client.post("/sparql", content=question.query, headers=headers)
    else:
        response = await client.get("/sparql", params={"query": question.query}, headers=headers)
    tally.seconds.append(time.perf_counter() - begin)
    tally.statuses[response.status_code] += 1
    if response.status_code != question.status or (question.body is not None and response.content != question.body):
        tally.wrong.append(f"{question.query[:80]} {question.accept}: {response.status_code} {response.text[:120]}")


async def visit(url: str, number: int, known: list[Question], until: float, tally: Tally) -> None:
    """One client, asking one question after another."""
    chosen = random.Random(number)
    slow = Question(SLOW, "*/*", 503)
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        while time.monotonic() < until:
            question = slow if chosen.random() < 0.002 else chosen.choice(known)
            await ask(client, question, tally, post=chosen.random() < 0.5)


async def crowd(url: str, clients: int, seconds: float, known: list[Question]) -> Tally:
    tally = Tally()
    until = time.monotonic() + seconds
    await asyncio.gather(*(visit(url, number, known, until, tally) for number in range(clients)))
    return tally


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=64)
    options.add_argument("--seconds", type=float, default=30)
    options.add_argument("--papers", type=int, default=1000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = Synthetic(chosen.papers)
        dump = Path(folder) / "kg.nt"
        write(made.nodes(), made.edges(), dump, mentions=False)
        engine = Engine.of_dump(dump)
        known = questions(engine)
        with QueryPool(partial(Engine.of_dump, dump), workers=4, limits=Limits(seconds=5.0, rows=5000)) as pool:
            tally = served(pool, lambda url: asyncio.run(crowd(url, chosen.clients, chosen.seconds, known)))
    report(tally, chosen.clients, chosen.seconds)
    sys.exit(bool(tally.wrong))


def served(pool: QueryPool, work: Callable[[str], Tally]) -> Tally:
    """What ``work`` makes of the endpoint's address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(sparql_app(pool), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        return work(f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()


def report(tally: Tally, clients: int, seconds: float) -> None:
    count = len(tally.seconds)
    ordered = sorted(tally.seconds)
    print(
        f"{clients} clients, {seconds:.0f} s: {count} answers, {count / seconds:.0f} a second, {len(tally.wrong)} wrong"
    )
    print("milliseconds: " + ", ".join(f"{q}% {1000 * ordered[count * q // 100]:.0f}" for q in (50, 90, 99)))
    print("statuses: " + ", ".join(f"{status}: {n}" for status, n in sorted(tally.statuses.items())))
    for line in tally.wrong[:10]:
        print("wrong:", line)


if __name__ == "__main__":
    main()
