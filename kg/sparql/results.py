"""Answers as bytes: the SPARQL 1.1 result formats for rows and booleans, RDF for triples."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from kg.errors import QueryError, QueryTooLarge
from kg.rdf.terms import PREFIXES, XSD, encode
from kg.sparql.answer import Answer, Boolean, Graph, Row, Term

ROW_FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
}
"""Formats of SELECT and their media types; "json" and "xml" are those of ASK too."""

BOOLEAN_FORMATS = ("json", "xml")

GRAPH_FORMATS = {
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""Formats of CONSTRUCT and DESCRIBE and their media types."""

_RESULTS = "http://www.w3.org/2005/sparql-results#"
_STRING = f"{XSD}string"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may be: ``seconds`` of computing, ``rows`` (or triples), ``size`` in bytes, and ``memory`` in
    bytes beyond what the loaded graph takes."""

    seconds: float = 30.0
    rows: int = 100_000
    size: int = 64 << 20
    memory: int = 4 << 30


def write_answer(answer: Answer, name: str, limits: Limits) -> bytes:
    """The whole answer. Raises QueryTooLarge past the limits, QueryError where the format does not fit the answer."""
    kind, formats = _formats(answer)
    if name not in formats:
        raise QueryError(f"{kind} cannot be written as {name}: use {', '.join(formats)}")
    output = _Limited(limits.size)
    if isinstance(answer, Graph):
        _write_graph(answer, name, limits, output)
    elif isinstance(answer, Boolean):
        output.write(_boolean(answer.value, name))
    else:
        for part in _SELECT[name](answer.variables, _limited(answer.rows, limits)):
            output.write(encode(part))
    return output.getvalue()


def _formats(answer: Answer) -> tuple[str, tuple[str, ...]]:
    if isinstance(answer, Graph):
        return "triples", tuple(GRAPH_FORMATS)
    if isinstance(answer, Boolean):
        return "yes or no", BOOLEAN_FORMATS
    return "rows", tuple(ROW_FORMATS)


class _Limited(io.BytesIO):
    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def write(self, data: Any, /) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise QueryTooLarge("the answer has more bytes than allowed: ask for less, or add LIMIT")
        return super().write(data)


def _limited(rows: Iterator[Any], limits: Limits) -> Iterator[Any]:
    yield from islice(rows, limits.rows)
    if next(rows, None) is not None:
        raise QueryTooLarge(f"the answer has more than {limits.rows} rows: ask for less, or add LIMIT")


def _write_graph(answer: Graph, name: str, limits: Limits, output: _Limited) -> None:
    form = RdfFormat.from_extension(name)
    prefixes = PREFIXES if name in ("ttl", "rdf") else None
    triples: dict[Triple, None] = dict.fromkeys(_limited(answer.triples, limits))  # an answer is a set
    serialize(triples, output, form, prefixes=prefixes)


def _boolean(value: bool, name: str) -> bytes:
    word = "true" if value else "false"
    if name == "json":
        return f'{{"head":{{}},"boolean":{word}}}'.encode()
    return f'<?xml version="1.0"?>\n<sparql xmlns="{_RESULTS}"><head/><boolean>{word}</boolean></sparql>\n'.encode()


def _json_rows(variables: tuple[str, ...], rows: Iterator[Row]) -> Iterator[str]:
    yield f'{{"head":{{"vars":{json.dumps(variables)}}},"results":{{"bindings":['
    before = ""
    for row in rows:
        bound = {name: _json_term(term) for name, term in zip(variables, row, strict=True) if term is not None}
        yield f"{before}\n{json.dumps(bound, ensure_ascii=False)}"
        before = ","
    yield "\n]}}\n"


def _json_term(term: Term) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    if term.datatype.value == _STRING:
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def _xml_rows(variables: tuple[str, ...], rows: Iterator[Row]) -> Iterator[str]:
    names = "".join(f"<variable name={quoteattr(name)}/>" for name in variables)
    yield f'<?xml version="1.0"?>\n<sparql xmlns="{_RESULTS}"><head>{names}</head>\n<results>\n'
    for row in rows:
        bound = (
            f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
            for name, term in zip(variables, row, strict=True)
            if term is not None
        )
        yield f"<result>{''.join(bound)}</result>\n"
    yield "</results>\n</sparql>\n"


def _xml_term(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f"<uri>{_xml(term.value)}</uri>"
    if isinstance(term, BlankNode):
        return f"<bnode>{_xml(term.value)}</bnode>"
    if isinstance(term, Triple):
        parts = (("subject", term.subject), ("predicate", term.predicate), ("object", term.object))
        return f"<triple>{''.join(f'<{name}>{_xml_term(part)}</{name}>' for name, part in parts)}</triple>"
    if term.language:
        return f"<literal xml:lang={quoteattr(term.language)}>{_xml(term.value)}</literal>"
    kind = "" if term.datatype.value == _STRING else f" datatype={quoteattr(term.datatype.value)}"
    return f"<literal{kind}>{_xml(term.value)}</literal>"


def _xml(text: str) -> str:
    """The text as XML character data; what XML 1.0 cannot hold becomes U+FFFD, as RDF/XML parsers would refuse it."""
    kept = "".join(c if c >= " " or c in "\t\n\r" else "\ufffd" for c in text) if not text.isprintable() else text
    return escape(kept, {"\r": "&#13;"}).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def _csv_rows(variables: tuple[str, ...], rows: Iterator[Row]) -> Iterator[str]:
    yield _csv_line(variables)
    for row in rows:
        yield _csv_line("" if term is None else _csv_term(term) for term in row)


def _csv_line(cells: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _csv_term(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def _tsv_rows(variables: tuple[str, ...], rows: Iterator[Row]) -> Iterator[str]:
    yield "\t".join(f"?{name}" for name in variables) + "\n"
    for row in rows:
        yield "\t".join("" if term is None else _tsv_term(term) for term in row) + "\n"


def _tsv_term(term: Term) -> str:
    """The term as Turtle writes it; a tab or a line break in a literal is escaped."""
    return str(term).replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_SELECT = {"json": _json_rows, "xml": _xml_rows, "csv": _csv_rows, "tsv": _tsv_rows}
