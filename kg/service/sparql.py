"""The SPARQL 1.1 Protocol over one graph, read only: ``GET`` with ``?query=``, ``POST`` of a form or of a query.

An answer is complete before its first byte is sent, so what fails says so in its status: 400 a query that is not
right, 403 an update or SERVICE, 406 no format that the client takes, 413 a request too long, 415 a body of another
type, 422 an answer too large, 503 a query that was stopped or found no free process.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from urllib.parse import parse_qsl

import uvicorn
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kg.errors import QueryError, QueryRefused, QueryTimeout, QueryTooLarge
from kg.schema import DATA_IRI
from kg.service.accept import choose
from kg.service.description import describe_service
from kg.sparql import Limits, Load, QueryPool

ROWS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "application/json": "json",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
"""The media types on offer for SELECT, in order of preference, and the format that each is."""

BOOLEAN = {media_type: name for media_type, name in ROWS.items() if name in ("json", "xml")}
GRAPH = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
}

_OFFERS = {"rows": ROWS, "boolean": BOOLEAN, "graph": GRAPH}
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_METHODS = "GET, HEAD, POST, OPTIONS"
_MAX_BODY = 1 << 20
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}
_STATUS = {QueryRefused: 403, QueryTooLarge: 422, QueryTimeout: 503, QueryError: 400}

Pairs = list[tuple[str, str]]


class _Fault(Exception):
    """A request that gets no answer, and its status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class SparqlEndpoint:
    """One pool of processes behind HTTP."""

    def __init__(self, pool: QueryPool, *, waiting: int = 256) -> None:
        """At most ``waiting`` queries are in hand at a time, computed or waiting for a process."""
        self.pool = pool
        self._threads = CapacityLimiter(waiting)

    async def handle(self, request: Request) -> Response:
        """The response to any request, errors included."""
        try:
            response = await self._respond(request)
        except _Fault as fault:
            response = _told(fault.status, fault)
        except QueryError as error:
            response = _told(_STATUS.get(type(error), 400), error)
        if response.status_code in (204, 405):
            response.headers["Allow"] = _METHODS
        if response.status_code == 503:
            response.headers["Retry-After"] = "10"
        response.headers.update(_CORS | {"Vary": "Accept"})
        return response

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204)
        if request.method not in ("GET", "HEAD", "POST"):
            raise _Fault(405, f"{request.method} is not used here: GET or POST a query")
        parameters = _decoded(request.url.query)
        if request.method == "POST":
            kind, body = _content_type(request), await _body(request)
            parameters += _decoded(body) if kind == _FORM else [("query", body)]
        queries = [value for name, value in parameters if name == "query"]
        if any(name == "update" for name, _ in parameters):
            raise _Fault(403, "this service is read only: an update is refused")
        if len(queries) > 1:
            raise _Fault(400, f"the request has {len(queries)} queries: send one")
        if queries:
            return await self._answer(request, queries[0], parameters)
        if request.method == "POST":
            raise _Fault(400, "the form has no query: send query=…")
        return self._description(request)

    async def _answer(self, request: Request, query: str, parameters: Pairs) -> Response:
        accept = request.headers.get("accept")
        chosen = {form: media_type for form in _OFFERS if (media_type := choose(accept, _OFFERS[form]))}
        default, named = (_values(parameters, f"{name}-graph-uri") for name in ("default", "named"))
        ask = partial(
            self.pool.run,
            query,
            {form: _OFFERS[form][media_type] for form, media_type in chosen.items()},
            default_graphs=default if default or named else None,
            named_graphs=named if default or named else None,
        )
        reply = await to_thread.run_sync(ask, limiter=self._threads)
        if reply.body is None:
            raise _Fault(406, f"this answer can be had as {', '.join(_OFFERS[reply.form])}")
        return Response(reply.body, media_type=_with_charset(chosen[reply.form]))

    def _description(self, request: Request) -> Response:
        media_type = choose(request.headers.get("accept"), GRAPH)
        if media_type is None:
            raise _Fault(406, f"the description of this service can be had as {', '.join(GRAPH)}")
        endpoint = str(request.url.replace(query="", fragment=""))
        body = describe_service(endpoint, triples=self.pool.triples, base=self.pool.base, name=GRAPH[media_type])
        return Response(body, media_type=_with_charset(media_type))


def sparql_route(pool: QueryPool, path: str = "/sparql") -> Route:
    """The endpoint as one route of an app; a mount would send clients on from a path without a slash at its end."""
    methods = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"]
    return Route(path, SparqlEndpoint(pool).handle, methods=methods)


def sparql_app(pool: QueryPool) -> Starlette:
    """An ASGI app that has nothing but the endpoint, at ``/sparql``."""
    return Starlette(routes=[sparql_route(pool)])


def run_sparql_server(
    load: Load,
    *,
    host: str = "127.0.0.1",
    port: int = 7878,
    workers: int = 2,
    limits: Limits | None = None,
    base: str = DATA_IRI,
) -> None:
    """Serves the graph that ``load`` loads at ``/sparql`` until interrupted. Raises what ``load`` raises."""
    with QueryPool(load, workers=workers, limits=limits, base=base) as pool:
        uvicorn.run(sparql_app(pool), host=host, port=port, log_level="warning", server_header=False)


def _told(status: int, message: Exception) -> Response:
    return PlainTextResponse(f"{message}\n", status_code=status)


def _decoded(text: str) -> Pairs:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise _Fault(400, f"the parameters cannot be read ({error}): percent-encode them in UTF-8") from error


def _values(parameters: Iterable[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in parameters if key == name)


def _content_type(request: Request) -> str:
    """The media type of the body. A fault where it is neither a form nor a query, or not in UTF-8."""
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind == _UPDATE:
        raise _Fault(403, "this service is read only: an update is refused")
    if kind not in (_FORM, _QUERY):
        raise _Fault(415, f"a body of type {kind or 'unknown'} is not read here: send {_QUERY} or {_FORM}")
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "utf8", "us-ascii"):
            raise _Fault(415, f"the charset {value.strip()} is not read here: send UTF-8")
    return kind


async def _body(request: Request) -> str:
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > _MAX_BODY:
            raise _Fault(413, f"the request is longer than {_MAX_BODY} bytes: send a shorter query")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _Fault(400, f"the body is not UTF-8 ({error.reason} at byte {error.start}): encode it so") from error


def _with_charset(media_type: str) -> str:
    """Text that Starlette would otherwise leave to the client's guess."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
