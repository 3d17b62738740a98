"""The SPARQL endpoint over HTTP. The cases named after the W3C's protocol tests are requests of our own that put the
same question to the server, written from the SPARQL 1.1 Protocol."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import rdflib
from rdf_rows import rows
from sparql_server import GRAPHS, served

from kg.rdf import write
from kg.service.accept import choose
from kg.service.sparql import BOOLEAN, GRAPH, ROWS, sparql_app
from kg.sparql import Engine, Limits, QueryPool

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
G1, G2, G3 = (f"{GRAPHS}{n}" for n in (1, 2, 3))
THING = "<http://example.org/Thing>"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LIMITS = Limits(seconds=2.0, rows=500, size=200_000, memory=1 << 30)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryPool]:
    folder = tmp_path_factory.mktemp("endpoint")
    write(*rows(), folder / "kg.ttl")
    quads = "".join(f"<{g}> a {THING} <{g}> .\n".replace(" a ", f" <{rdflib.RDF.type}> ") for g in (G1, G2, G3))
    (folder / "more.nq").write_text(quads, encoding="utf-8")
    load = partial(Engine.of_dump, folder / "kg.ttl", folder / "more.nq")
    with QueryPool(load, workers=2, limits=LIMITS) as pool:
        yield pool


@pytest.fixture(scope="module")
def client(pool: QueryPool) -> Iterator[httpx.Client]:
    with served(sparql_app(pool)) as client:
        yield client


def get(client: httpx.Client, query: str, accept: str | None = None, **parameters: str | list[str]) -> httpx.Response:
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql", params={"query": query, **parameters}, headers=headers)


def form(**fields: str | list[str]) -> tuple[str, bytes]:
    return FORM, urlencode(fields, doseq=True).encode()


ask_two = f"ASK {{ <{G1}> a ?t . <{G2}> a ?t }}"
ask_named = f"ASK {{ GRAPH ?g {{ <{G1}> a ?t }} GRAPH ?h {{ <{G2}> a ?t }} }}"
insert = "INSERT DATA { <http://example.org/s> <http://example.org/p> 1 }"
default = {"default-graph-uri": [G1, G2]}
named = {"named-graph-uri": [G1, G2]}
using = {"using-graph-uri": [G1], "using-named-graph-uri": [G2]}

# name of the W3C's case -> method, parameters of the URL, content type and body, status, the boolean expected
PROTOCOL: dict[str, tuple[str, dict[str, object], tuple[str | None, bytes | None], int, bool | None]] = {
    "query_get": ("GET", {"query": "ASK {}"}, (None, None), 200, True),
    "query_post_form": ("POST", {}, form(query="ASK {}"), 200, True),
    "query_post_direct": ("POST", {}, (QUERY, b"ASK {}"), 200, True),
    "query_dataset_default_graphs_get": ("GET", {"query": ask_two, **default}, (None, None), 200, True),
    "query_dataset_default_graphs_post": ("POST", default, (QUERY, ask_two.encode()), 200, True),
    "query_dataset_named_graphs_get": ("GET", {"query": ask_named, **named}, (None, None), 200, True),
    "query_dataset_named_graphs_post": ("POST", {}, form(query=ask_named, **named), 200, True),
    "query_dataset_full": (
        "POST",
        {"default-graph-uri": G3, **named},
        (QUERY, f"ASK {{ <{G3}> a ?t GRAPH ?g {{ <{G1}> a ?t }} GRAPH ?h {{ <{G2}> a ?t }} }}".encode()),
        200,
        True,
    ),
    "query_multiple_dataset": (
        "GET", {"query": ask_two.replace("ASK", f"ASK FROM <{G3}>"), **default}, (None, None), 200, True,
    ),
    "bad_query_method": ("PUT", {"query": "ASK {}"}, (None, None), 405, None),
    "bad_multiple_queries": ("GET", {"query": ["ASK {}", "SELECT * {}"]}, (None, None), 400, None),
    "bad_query_wrong_media_type": ("POST", {}, ("text/plain", b"ASK {}"), 415, None),
    "bad_query_missing_form_type": ("POST", {}, (None, b"query=ASK%20%7B%7D"), 415, None),
    "bad_query_missing_direct_type": ("POST", {}, (None, b"ASK {}"), 415, None),
    "bad_query_non_utf8": ("POST", {}, (f"{QUERY}; charset=UTF-16", "ASK {}".encode("utf-16")), 415, None),
    "bad_query_syntax": ("GET", {"query": "ASK {"}, (None, None), 400, None),
    "bad_update_get": ("GET", {"update": "CLEAR ALL"}, (None, None), 403, None),
    "bad_multiple_updates": ("POST", {}, form(update=["CLEAR NAMED", "CLEAR DEFAULT"]), 403, None),
    "bad_update_wrong_media_type": ("POST", {}, ("text/plain", b"CLEAR NAMED"), 415, None),
    "bad_update_missing_form_type": ("POST", {}, (None, b"update=CLEAR%20NAMED"), 415, None),
    "bad_update_non_utf8": ("POST", {}, (f"{UPDATE}; charset=UTF-16", "CLEAR ALL".encode("utf-16")), 403, None),
    "bad_update_syntax": ("POST", {}, form(update="CLEAR XYZ"), 403, None),
    "bad_update_dataset_conflict": ("POST", {}, form(update="DELETE {} USING <g:> WHERE {}", **using), 403, None),
    # The service is read only: what an update asks for is refused, and nothing changes.
    "update_post_form": ("POST", {}, form(update="CLEAR ALL"), 403, None),
    "update_post_direct": ("POST", {}, (UPDATE, b"CLEAR ALL"), 403, None),
    "update_base_uri": ("POST", {}, (UPDATE, b"BASE <http://example.org/> INSERT DATA { <s> <p> 1 }"), 403, None),
    "update_dataset_default_graph": ("POST", {"using-graph-uri": G1}, (UPDATE, insert.encode()), 403, None),
    "update_dataset_default_graphs": ("POST", {"using-graph-uri": [G1, G2]}, (UPDATE, insert.encode()), 403, None),
    "update_dataset_named_graphs": ("POST", {"using-named-graph-uri": [G1, G2]}, (UPDATE, insert.encode()), 403, None),
    "update_dataset_full": ("POST", using, form(update=insert), 403, None),
}  # fmt: skip

# name of the W3C's case -> query, the media types of which one must come
CONTENT_TYPES = {
    "query_content_type_select": (f"SELECT ?x {{ ?x a {THING} }}", set(ROWS)),
    "query_content_type_ask": ("ASK {}", set(BOOLEAN)),
    "query_content_type_describe": (f"DESCRIBE <{G1}>", set(GRAPH)),
    "query_content_type_construct": (f"CONSTRUCT {{ ?x a {THING} }} WHERE {{ ?x a {THING} }}", set(GRAPH)),
}


def test_service_sparql_covers_the_protocol_manifest() -> None:
    assert len(PROTOCOL) + len(CONTENT_TYPES) == 34


@pytest.mark.parametrize("case", PROTOCOL)
def test_service_sparql_protocol(client: httpx.Client, pool: QueryPool, case: str) -> None:
    method, parameters, (content_type, body), status, expected = PROTOCOL[case]
    headers = {"Content-Type": content_type} if content_type else {}
    response = client.request(method, "/sparql", params=parameters, content=body, headers=headers)  # type: ignore[arg-type]
    assert response.status_code == status, response.text
    if expected is not None:
        assert response.json()["boolean"] is expected
    elif status != 405:
        assert len(response.text) > 20, "says what was wrong"
    assert pool.table("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == ((pool.triples,),), "nothing changed"


@pytest.mark.parametrize("case", CONTENT_TYPES)
def test_service_sparql_protocol_content_type(client: httpx.Client, case: str) -> None:
    query, media_types = CONTENT_TYPES[case]
    response = get(client, query)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] in media_types


def test_service_sparql_dataset_is_only_what_is_named(client: httpx.Client) -> None:
    everything = f"SELECT ?x {{ ?x a {THING} }} ORDER BY ?x"

    def found(query: str, **parameters: str | list[str]) -> list[str]:
        bindings = get(client, query, **parameters).json()["results"]["bindings"]
        return [binding["x"]["value"] for binding in bindings]

    assert found(everything) == [G1, G2, G3]
    assert found(everything, **{"default-graph-uri": G2}) == [G2]
    assert found(everything, **{"named-graph-uri": G2}) == []
    assert found(f"SELECT ?x {{ GRAPH ?g {{ ?x a {THING} }} }}", **{"named-graph-uri": G3}) == [G3]
    assert found(f"SELECT ?x FROM <{G1}> {{ ?x a {THING} }}") == [G1]
    assert found(f"SELECT ?x FROM <{G1}> {{ ?x a {THING} }}", **{"default-graph-uri": G2}) == [G2]


@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        (None, "ASK {}", "application/sparql-results+json"),
        ("*/*", "SELECT * {}", "application/sparql-results+json"),
        ("application/sparql-results+xml", "ASK {}", "application/sparql-results+xml"),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.9", "SELECT * {}", "text/tab-separated-values"),
        ("application/json", "SELECT * {}", "application/json"),
        ("text/*", "SELECT * {}", "text/csv"),
        ("text/turtle;q=0.2, application/n-triples", f"DESCRIBE <{G1}>", "application/n-triples"),
        ("application/rdf+xml", f"DESCRIBE <{G1}>", "application/rdf+xml"),
        ("application/ld+json", f"DESCRIBE <{G1}>", "application/ld+json"),
        ("text/csv, */*;q=0.1", f"DESCRIBE <{G1}>", "text/turtle"),
        ("application/sparql-results+json;q=0, */*", "ASK {}", "application/sparql-results+xml"),
    ],
)
def test_service_sparql_negotiates(client: httpx.Client, accept: str | None, query: str, media_type: str) -> None:
    headers = {"Accept": accept} if accept else {"Accept": ""}
    response = client.get("/sparql", params={"query": query}, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "query"),
    [("image/png", "ASK {}"), ("text/csv", "ASK {}"), ("text/turtle", "SELECT * {}"), ("text/csv", f"DESCRIBE <{G1}>")],
)
def test_service_sparql_has_no_other_format(client: httpx.Client, accept: str, query: str) -> None:
    response = get(client, query, accept)
    assert response.status_code == 406
    assert "sparql-results" in response.text or "text/turtle" in response.text


@pytest.mark.parametrize(
    ("accept", "offers", "chosen"),
    [
        ("a/b;q=0.5,a/*;q=0.9", ["a/b", "a/c"], "a/c"),
        ("A/B ; Q=1", ["a/b"], "a/b"),
        ("a/b;q=x", ["a/b"], None),
        (",", ["a/b"], "a/b"),
        ("*/*;q=0", ["a/b"], None),
        ("*/*;q=0.1, c/d", ["a/b", "c/d"], "c/d"),
    ],
)
def test_accept_chooses_by_quality_and_precision(accept: str, offers: list[str], chosen: str | None) -> None:
    assert choose(accept, offers) == chosen


@pytest.mark.parametrize(
    "accept",
    ["application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"],
)
def test_service_sparql_formats_hold_the_same_rows(client: httpx.Client, accept: str) -> None:
    query = "SELECT ?label ?value ?none { ?r a kg:Result ; rdfs:label ?label ; kg:value ?value } ORDER BY ?value"
    response = get(client, query, accept)
    if "csv" in accept or "tab" in accept:
        mark = "," if "csv" in accept else "\t"
        assert [line.split(mark)[1] for line in response.text.splitlines()[1:]] == (
            ["-3", "16.5"] if "csv" in accept else [f'"{n}"^^<{rdflib.XSD.decimal}>' for n in ("-3", "16.5")]
        )
        return
    parsed = rdflib.query.Result.parse(io.BytesIO(response.content), format="json" if "json" in accept else "xml")
    assert [(str(row[0]), str(row[1])) for row in parsed] == [("−3 x", "-3"), ("≥ 16.5 % success rate", "16.5")]


def test_service_sparql_head_has_headers_and_no_body(client: httpx.Client) -> None:
    response = client.head("/sparql", params={"query": "ASK {}"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/sparql-results+json"
    assert response.content == b""


def test_service_sparql_lets_other_origins_read(client: httpx.Client) -> None:
    asked = client.options("/sparql", headers={"Origin": "http://elsewhere", "Access-Control-Request-Method": "POST"})
    assert asked.status_code == 204
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "Content-Type" in asked.headers["access-control-allow-headers"]
    for response in (get(client, "ASK {}"), get(client, "ASK {"), client.get("/sparql")):
        assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("accept", "form"), [("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("*/*", "turtle")]
)
def test_service_sparql_describes_itself(client: httpx.Client, pool: QueryPool, accept: str, form: str) -> None:
    response = client.get("/sparql", headers={"Accept": accept})
    assert response.status_code == 200
    graph = rdflib.Graph().parse(data=response.content, format=form)
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    service = graph.value(predicate=rdflib.RDF.type, object=sd.Service)
    assert str(graph.value(service, sd.endpoint)) == str(client.base_url).rstrip("/") + "/sparql"
    assert graph.value(service, sd.supportedLanguage) == sd.SPARQL11Query
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    assert [int(count) for count in graph.objects(predicate=void.triples)] == [pool.triples]


def test_service_sparql_description_in_no_other_format(client: httpx.Client) -> None:
    assert client.get("/sparql", headers={"Accept": "text/csv"}).status_code == 406


@pytest.mark.parametrize(
    ("method", "content_type", "body", "status"),
    [
        ("POST", FORM, b"other=1", 400),
        ("POST", QUERY, b"\xff\xfe", 400),
        ("POST", QUERY, b"ASK {}" + b" " * (2 << 20), 413),
        ("POST", f"{QUERY}; charset=utf-8", b"ASK {}", 200),
        ("POST", FORM, b"query=%FF", 400),
        ("POST", "multipart/form-data; boundary=x", b"--x--", 415),
        ("DELETE", None, None, 405),
    ],
)
def test_service_sparql_bodies(
    client: httpx.Client, method: str, content_type: str | None, body: bytes | None, status: int
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = client.request(method, "/sparql", content=body, headers=headers)
    assert response.status_code == status, response.text
    assert (status == 405) == ("allow" in response.headers)


def test_service_sparql_stops_a_query_and_goes_on(client: httpx.Client) -> None:
    response = get(client, SLOW)
    assert response.status_code == 503
    assert "stopped after 2 seconds" in response.text
    assert response.headers["retry-after"]
    for _ in range(4):
        assert get(client, "ASK { ?s ?p ?o }").json()["boolean"] is True


def test_service_sparql_answers_others_while_one_query_is_slow(client: httpx.Client) -> None:
    statuses: list[int] = []
    slow = threading.Thread(target=lambda: statuses.append(get(client, SLOW).status_code))
    slow.start()
    answers = [get(client, "ASK { ?s ?p ?o }").json()["boolean"] for _ in range(20)]
    assert slow.is_alive(), "the others did not wait for it"
    slow.join()
    assert all(answers)
    assert statuses == [503]


def test_service_sparql_memory_is_limited(client: httpx.Client) -> None:
    response = get(client, "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f ?i ?l")
    assert response.status_code == 503
    assert get(client, "ASK { ?s ?p ?o }").json()["boolean"] is True


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?a { ?a ?b ?c . ?d ?e ?f }", "500 rows"),
        ("CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f }", "500 rows"),
        (f"SELECT ('{'x' * 2000}' AS ?long) {{ ?s ?p ?o }}", "bytes"),
        (f"CONSTRUCT {{ ?s rdfs:label ?z }} {{ ?s ?p ?o BIND (CONCAT(STR(?p), '{'x' * 2000}') AS ?z) }}", "bytes"),
    ],
)
def test_service_sparql_answers_are_whole_or_none(client: httpx.Client, query: str, words: str) -> None:
    response = get(client, query)
    assert response.status_code == 422
    assert words in response.text


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <{url}> {{ ?s ?p ?o }}",
        "SERVICE SILENT <{url}> {{ ?s ?p ?o }}",
        "service<{url}>{{ ?s ?p ?o }}",
        "BIND (<{url}> AS ?e) SERVICE ?e {{ ?s ?p ?o }}",
        "FILTER(1<?b)SERVICE?x#>\n {{ ?s ?p ?o }}",
    ],
)
def test_service_sparql_calls_no_other_service(client: httpx.Client, clause: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        response = get(client, f"SELECT * {{ {clause.format(url=url)} }}")
        assert response.status_code == 403
        with pytest.raises(TimeoutError):
            listener.accept()


def test_service_sparql_reads_no_file_and_no_page(client: httpx.Client, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<http://example.org/secret> <http://example.org/p> 1 .", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        for source in (secret.as_uri(), str(secret), f"http://127.0.0.1:{listener.getsockname()[1]}/x.ttl"):
            for response in (
                get(client, f"SELECT * FROM <{source}> {{ ?s ?p ?o }}"),
                get(client, f"SELECT * FROM NAMED <{source}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"),
                get(client, "SELECT * { ?s ?p ?o }", **{"default-graph-uri": source}),
            ):
                assert response.status_code in (200, 400)
                assert response.status_code == 400 or json.loads(response.content)["results"]["bindings"] == []
        for update in (f"LOAD <{secret.as_uri()}>", f"LOAD SILENT <{secret.as_uri()}> INTO GRAPH <{G1}>"):
            assert get(client, update).status_code == 400
            assert client.post("/sparql", content=update, headers={"Content-Type": UPDATE}).status_code == 403
        with pytest.raises(TimeoutError):
            listener.accept()


def test_service_sparql_many_clients_get_right_answers(client: httpx.Client, pool: QueryPool) -> None:
    wrong: list[str] = []

    def ask(place: int) -> None:
        for turn in range(5):
            number = place * 100 + turn
            response = get(client, f"SELECT ({number} + 1 AS ?n) (COUNT(*) AS ?all) {{ ?s ?p ?o }}", "text/csv")
            if response.text.split() != ["n,all", f"{number + 1},{pool.triples}"]:
                wrong.append(response.text)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
