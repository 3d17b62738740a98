"""The extractor that asks a language model, against a real HTTP server on loopback."""

import json
import socket
from collections.abc import Iterator
from decimal import Decimal
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from chat_server import ChatServer, Reply, chat, chat_server, failing

from kg.build import extract_pending
from kg.errors import EndpointError, UsageError
from kg.extraction.llm import LLMExtractor, load_llm_extractor
from kg.extraction.llm.address import make_address
from kg.extraction.llm.endpoint import Endpoint, Patience
from kg.extraction.llm.pace import Pace
from kg.extraction.llm.replies import retry_after
from kg.model import Paper, Record
from kg.records import record_json
from kg.workspace import Workspace

EMPTY: dict[str, Any] = {"entities": [], "results": [], "comparisons": []}
GOOD = {
    "entities": [
        {"type": "Method", "surfaces": ["OpenVLA"], "role": "proposed"},
        {"type": "Method", "surfaces": ["GR00T"], "role": "compared"},
    ],
    "results": [
        {
            "kind": "absolute", "method": "OpenVLA", "baseline": None, "dataset": "LIBERO", "task": None,
            "metric": "success rate", "value": 76.5, "value_max": None, "unit": "%", "bound": "exact",
            "direction": None, "evidence": "reaches 76.5% success rate",
        },
        {"kind": "absolute", "value": 91.2, "unit": "%", "evidence": "91.2% on SimplerEnv"},
    ],
    "comparisons": [],
}  # fmt: skip
USAGE = {"prompt_tokens": 1500, "completion_tokens": 250}
QUICK = Patience(timeout=5, attempts=4, first_wait=0.01)


def paper(number: int, abstract: str = "OpenVLA reaches 76.5\\% success rate on LIBERO.") -> Paper:
    return Paper(f"Paper {number}", abstract, arxiv_id=f"2406.{number:05}", file="a.jsonl", line=number)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    for name in ("KG_LLM_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with chat_server() as running:
        yield running


def reader(
    server: ChatServer, *, patience: Patience = QUICK, concurrency: int = 1, pace: Pace | None = None, key: str = ""
) -> LLMExtractor:
    address = make_address(server.url, environment={"KG_LLM_API_KEY": key})
    return LLMExtractor(Endpoint(address, "tiny", pace=pace, patience=patience), concurrency=concurrency)


def read(extractor: LLMExtractor, *papers: Paper, batch_size: int = 64) -> tuple[list[Record], list[tuple[str, str]]]:
    """The records, and (title, message) of the papers that failed."""
    failed: list[tuple[str, str]] = []
    records = extractor.extract(
        papers, batch_size=batch_size, on_error=lambda paper, error: failed.append((paper.title, str(error)))
    )
    return list(records), failed


def failing_alone(server: ChatServer, *replies: Reply, concurrency: int = 2) -> str:
    """The message with which paper 1 fails while papers 0 and 2 are read."""
    server.plays("Paper 1", *replies)
    records, failed = read(reader(server, concurrency=concurrency), paper(0), paper(1), paper(2))
    assert [record.extractor.partition(":")[0] for record in records] == ["llm", "failed", "llm"]
    ((title, message),) = failed
    assert title == "Paper 1"
    return message


def test_llm_reads_a_paper_and_drops_what_is_not_in_it(server: ChatServer) -> None:
    server.always = chat(GOOD, usage=USAGE)
    extractor = reader(server)
    one = paper(1)
    ((record,), failed) = read(extractor, one)
    assert failed == []
    assert (record.text_hash, record.extractor) == (one.text_hash, extractor.name)
    assert [entity.surfaces for entity in record.entities] == [("OpenVLA",)]
    (result,) = record.results
    assert (result.value, result.unit, result.value_text, result.dataset) == (Decimal("76.5"), "%", "76.5\\%", "LIBERO")
    assert one.text[result.value_span.start : result.value_span.end] == "76.5\\%"
    assert extractor.usage.dropped == {
        "names not in the text": 1, "values not in the text": 1, "evidence not in the text": 1,
    }  # fmt: skip


def test_llm_sends_what_an_endpoint_expects(server: ChatServer) -> None:
    read(reader(server, key="sk-secret"), paper(1))
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == "Bearer sk-secret"
    assert request.headers["Content-Type"] == "application/json"
    assert (request.body["model"], request.body["temperature"]) == ("tiny", 0)
    assert request.asked == "Paper 1\nOpenVLA reaches 76.5% success rate on LIBERO."


def test_llm_sends_no_key_where_there_is_none(server: ChatServer) -> None:
    read(reader(server), paper(1))
    assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    "bad",
    [
        chat("I would rather not."),
        chat('{"entities": ['),
        chat({"entities": [], "results": {}}),
        chat("```json\n[1, 2]\n```"),
        chat(None),
        chat([{"type": "text", "text": "no"}, "odd"]),
    ],
)
def test_llm_asks_again_after_an_answer_that_cannot_be_used(server: ChatServer, bad: Reply) -> None:
    server.plays("Paper 1", bad, chat("```json\n" + json.dumps(GOOD) + "\n```"))
    extractor = reader(server)
    ((record,), failed) = read(extractor, paper(1))
    assert failed == []
    assert len(record.results) == 1
    first, second = server.requests
    assert second.body["messages"][: len(first.body["messages"])] == first.body["messages"]
    assert [m["role"] for m in second.body["messages"][-2:]] == ["assistant", "user"]
    assert (extractor.usage.papers, extractor.usage.requests) == (1, 2)


def test_llm_paper_fails_alone_when_its_answers_stay_unusable(server: ChatServer) -> None:
    assert "no JSON object in it (3 answers)" in failing_alone(server, chat("no"))


def test_llm_stops_when_the_model_can_write_no_json(server: ChatServer) -> None:
    server.always = chat("never")
    seen: list[Paper] = []
    with pytest.raises(EndpointError, match="10 answers in a row cannot be used"):
        list(reader(server, concurrency=2).extract(map(paper, range(20)), on_error=lambda p, _: seen.append(p)))
    assert len(seen) == 9


def test_llm_does_not_pay_twice_for_an_answer_that_was_cut(server: ChatServer) -> None:
    message = failing_alone(server, chat('{"entities": [', finish="length"))
    assert "cut at the most tokens" in message
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "bad",
    [
        failing(500),
        failing(503, headers={"Retry-After": "0"}),
        failing(429, headers={"Retry-After": "0.01"}),
        failing(408),
        Reply(b"<html>Bad gateway</html>", 502),
        Reply(b"not json"),
        Reply(b'{"choices": []}'),
        Reply(b'{"error": {"message": "overloaded"}}'),
        Reply(chat(GOOD).body, missing=7),
        Reply(chat(GOOD).body[:40]),
        Reply(hang_up=True),
        Reply(b"x" * (9 << 20)),
    ],
    ids=lambda reply: f"{reply.status}-{reply.body[:12]!r}-{reply.missing}-{reply.hang_up}",
)
def test_llm_asks_again_after_a_fault_of_the_endpoint(server: ChatServer, bad: Reply) -> None:
    server.plays("Paper 1", bad, bad, chat(GOOD))
    ((record,), failed) = read(reader(server), paper(1))
    assert failed == []
    assert len(record.results) == 1
    assert len(server.requests) == 3


@pytest.mark.parametrize("bad", [chat(GOOD, delay=30), chat(GOOD, trickle=0.01)], ids=["silent", "trickling"])
def test_llm_waits_no_longer_than_the_timeout(server: ChatServer, bad: Reply) -> None:
    server.plays("Paper 1", bad, chat(GOOD))
    patience = Patience(timeout=0.3, attempts=3, first_wait=0.01)
    ((record,), failed) = read(reader(server, patience=patience), paper(1))
    assert failed == []
    assert len(record.results) == 1
    assert len(server.requests) == 2


def test_llm_paper_that_makes_the_endpoint_fail_fails_alone(server: ChatServer) -> None:
    assert failing_alone(server, failing(500, "worker died")) == "HTTP 500: worker died (4 attempts)"


def test_llm_paper_fails_alone_even_where_papers_are_read_one_by_one(server: ChatServer) -> None:
    server.plays("Paper 0", failing(500))
    records, failed = read(reader(server, concurrency=1), paper(0), paper(1))
    assert [title for title, _ in failed] == ["Paper 0"]
    assert len(records) == 2


def test_llm_paper_that_is_refused_fails_alone_without_another_attempt(server: ChatServer) -> None:
    assert failing_alone(server, failing(400, "context too long")) == "HTTP 400: context too long"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (failing(500), "answers nothing: HTTP 500"),
        (failing(400, "no such model"), "answers nothing: HTTP 400: no such model"),
        (failing(401, "bad key"), "HTTP 401: bad key; set KG_LLM_API_KEY"),
        (failing(403), "HTTP 403.*KG_LLM_API_KEY"),
        (failing(402), "nothing left to pay"),
        (Reply(b"", 404), "check --base-url"),
        (failing(429, "insufficient_quota"), "nothing left to pay"),
        (failing(429, headers={"Retry-After": "86400"}), "asks to come back in 86400 s"),
        (Reply(b"", 307, {"Location": "http://127.0.0.1:9/elsewhere"}), "HTTP 307; it leads elsewhere"),
        (Reply(b"", 302, {"Location": "/v1/chat/completions"}), "HTTP 302; it leads elsewhere"),
        (Reply(hang_up=True), "answers nothing: .*4 attempts"),
    ],
)
def test_llm_stops_when_no_paper_would_be_read(server: ChatServer, reply: Reply, message: str) -> None:
    server.always = reply
    told: list[Paper] = []
    with pytest.raises(EndpointError, match=message):
        list(reader(server, concurrency=2).extract(map(paper, range(9)), on_error=lambda p, _: told.append(p)))
    assert told == []


def test_llm_stops_when_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = make_address(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", environment={})
        extractor = LLMExtractor(Endpoint(address, "tiny", patience=QUICK))
        with pytest.raises(EndpointError, match="ConnectionRefused"):
            list(extractor.extract([paper(1)]))


def test_llm_goes_on_without_a_parameter_that_the_endpoint_does_not_know(server: ChatServer) -> None:
    server.plays("Paper 1", failing(400, "'response_format' is not supported"), failing(422, "temperature"), chat(GOOD))
    records, failed = read(reader(server), paper(1), paper(2))
    assert failed == []
    assert len(records) == 2
    sent = [sorted(set(request.body) - {"model", "messages"}) for request in server.requests]
    assert sent == [["response_format", "temperature"], ["temperature"], [], []]


def test_llm_waits_as_long_as_it_is_asked_to_and_so_do_the_others(server: ChatServer) -> None:
    server.plays("Paper 0", failing(429, headers={"Retry-After": "0.4"}), chat(GOOD))
    read(reader(server), paper(0), paper(1))
    first, *rest = (request.at for request in server.requests)
    assert all(at - first >= 0.4 for at in rest)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0.5", 0.5), ("-3", 0), ("soon", None), (None, None), ("inf", None), ("nan", None),
     (formatdate(0, usegmt=True), 0), ("Mon, 99 Foo 2026 99:00:00 GMT", None)],
)  # fmt: skip
def test_llm_reads_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_llm_keeps_to_the_rate(server: ChatServer) -> None:
    read(reader(server, concurrency=4, pace=Pace(600)), *map(paper, range(4)))
    times = sorted(request.at for request in server.requests)
    assert times[-1] - times[0] >= 0.25  # three gaps of 0.1 s, less what a request is late


def test_llm_keeps_the_order_and_the_bound_on_threads(server: ChatServer) -> None:
    for number in range(12):
        server.plays(f"Paper {number}", chat(GOOD, delay=0.1 if number % 3 == 0 else 0.01))
    papers = [paper(n) for n in range(12)]
    records, failed = read(reader(server, concurrency=3), *papers)
    assert [record.text_hash for record in records] == [one.text_hash for one in papers]
    assert failed == []
    assert 1 < server.most_at_once <= 3


def test_llm_says_the_same_whatever_the_batch_size(server: ChatServer) -> None:
    server.always = chat(GOOD)
    papers = [paper(n) for n in range(5)]
    told = [[record_json(r) for r in read(reader(server, concurrency=c), *papers, batch_size=b)[0]]
            for c, b in ((1, 1), (2, 64), (4, 3))]  # fmt: skip
    assert told[0] == told[1] == told[2]


def test_llm_begins_nothing_more_when_nobody_waits(server: ChatServer) -> None:
    records = reader(server, concurrency=2, pace=Pace(60)).extract(map(paper, range(1000)))
    next(records)
    records.close()  # type: ignore[attr-defined]
    server.closing.wait(1.2)
    assert len(server.requests) == 1


def test_llm_counts_tokens_and_cost(server: ChatServer) -> None:
    server.always = chat(EMPTY, usage=USAGE)
    server.plays("Paper 2", chat(EMPTY))
    extractor = load_llm_extractor(
        base_url=server.url, model="tiny", price_in=Decimal("0.5"), price_out=Decimal(2), environment={}
    )
    read(extractor, paper(0), paper(1), paper(2))
    assert (extractor.usage.tokens_in, extractor.usage.tokens_out, extractor.usage.unmetered) == (3000, 500, 1)
    assert extractor.summary() == (
        "3 requests for 3 papers; 3,000 tokens in, 500 out; cost 0.0025;"
        " 1 answers did not tell their tokens: the true sums are higher"
    )


def test_llm_name_changes_with_model_and_prompt(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    one = load_llm_extractor(base_url=server.url, model="tiny", environment={}).name
    other = load_llm_extractor(base_url=server.url, model="large", environment={}).name
    monkeypatch.setattr("kg.extraction.llm.extractor.PROMPT_VERSION", "next")
    assert len({one, other, load_llm_extractor(base_url=server.url, model="tiny", environment={}).name}) == 3


def test_llm_never_shows_the_key(server: ChatServer, caplog: pytest.LogCaptureFixture) -> None:
    server.always = failing(401, "Incorrect key sk-secret given")
    extractor = reader(server, key="sk-secret")
    with pytest.raises(EndpointError) as caught:
        list(extractor.extract([paper(1)]))
    server.always = Reply(b"sk-secret is not JSON")
    server.plays("Paper 2", chat("sk-secret"))
    with pytest.raises(EndpointError) as broken:
        list(extractor.extract([paper(1)]))
    assert server.requests[0].headers["Authorization"] == "Bearer sk-secret"
    shown = f"{caught.value!r} {broken.value!r} {make_address(server.url, environment={'KG_LLM_API_KEY': 'sk-secret'})}"
    assert "sk-secret" not in shown + caplog.text


@pytest.mark.parametrize(
    ("base_url", "environment", "key"),
    [
        ("https://api.example.org/v1", {"KG_LLM_API_KEY": " k1\n"}, "k1"),
        ("https://api.example.org/v1", {"OPENAI_API_KEY": "k2"}, None),
        ("https://api.openai.com/v1", {"OPENAI_API_KEY": "k2"}, "k2"),
        ("https://api.openai.com/v1", {"OPENAI_API_KEY": "k2", "KG_LLM_API_KEY": "k1"}, "k1"),
        ("https://openai.com.example.org/v1", {"OPENAI_API_KEY": "k2"}, None),
    ],
)
def test_llm_key_goes_to_whom_it_is_for(base_url: str, environment: dict[str, str], key: str | None) -> None:
    assert make_address(base_url, environment=environment).key == key


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("http://localhost:11434/v1/", "http://localhost:11434/v1/chat/completions"),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/deployments/x?api-version=1", "https://h/deployments/x/chat/completions?api-version=1"),
    ],
)
def test_llm_address_of_a_base_url(base_url: str, url: str) -> None:
    address = make_address(base_url, environment={})
    assert address.url == url
    assert "?" not in address.shown


@pytest.mark.parametrize(
    "options",
    [
        {"base_url": "localhost:11434"}, {"base_url": "ftp://h/v1"}, {"base_url": "https://"}, {"base_url": ""},
        {"base_url": "https://user:pass@h/v1"}, {"base_url": "http://h:port/v1"}, {"base_url": "http://[::1/v1"},
        {"base_url": "http://h/v1 x"}, {"model": " "}, {"concurrency": 0}, {"timeout": 0.0},
        {"requests_per_minute": -1.0}, {"price_in": Decimal(-1)}, {"price_out": Decimal("NaN")},
        {"environment": {"KG_LLM_API_KEY": "two words"}},
    ],
)  # fmt: skip
def test_llm_refuses_options_that_cannot_be_used(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        load_llm_extractor(**{"base_url": "http://h/v1", "model": "m", "environment": {}, **options})
    assert "pass@" not in str(caught.value)
    assert "two words" not in str(caught.value)


@pytest.mark.parametrize(
    "abstract", ["a" * 100_000, "\x00\ud800 x", "word " * 20_000, "$" * 5000, "🤖 中文 مرحبا", "<p>86%</p>" * 999]
)
def test_llm_sends_any_text(server: ChatServer, abstract: str) -> None:
    server.always = chat(GOOD)
    ((record,), failed) = read(reader(server), paper(1, abstract))
    assert failed == []
    assert record.text_hash == paper(1, abstract).text_hash
    assert len(server.requests[0].asked) <= 20_000
    assert server.requests[0].asked.encode()  # no lone surrogate, which some servers refuse


def test_llm_in_a_build_goes_on_where_it_stopped(server: ChatServer, tmp_path: Path) -> None:
    server.always = chat(GOOD, usage=USAGE)
    server.plays("Paper 3", failing(401))
    with Workspace(tmp_path / "kg.db") as workspace:
        for number in range(6):
            workspace.add(paper(number))
        with pytest.raises(EndpointError):
            extract_pending(workspace, reader(server))
        assert [key for key, _, _ in workspace.records()] == ["2406.00000", "2406.00001", "2406.00002"]
        assert workspace.failures() == []
        server.plays("Paper 3", failing(400, "too long"))
        done = extract_pending(workspace, reader(server))
        assert (done.papers, done.failed) == (2, [("2406.00003", "RequestFailed: HTTP 400: too long")])
        before = len(server.requests)
        assert extract_pending(workspace, reader(server)).papers == 0
        assert len(server.requests) == before
