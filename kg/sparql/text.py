"""SPARQL as text: what a query asks for that is refused, and the values put in place of its parameters.

A template writes a parameter as ``$name`` and every other variable as ``?name``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kg.errors import QueryError, QueryRefused
from kg.rdf.terms import check_id, decimal, quote

Parameter = str | int | float | bool | Decimal | None

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\\n\r])*"|'(?:\\.|[^'\\\n\r])*')
  | (?P<parameter>\$\w+)
  | (?P<variable>\?\w+)
  | (?P<name>(?:_|[^\W\d_][\w.-]*)?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<word>[^\W\d_]\w*)
  | (?P<other>\s+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Id(str):
    """A parameter that is the id of a node ("method/pi-0"): bound as its IRI."""

    __slots__ = ()


def refuse_service(query: str) -> None:
    """Raises QueryRefused where the query uses SERVICE, which would make this program call another one."""
    plain = _ESCAPE.sub(_unescape, query)
    for kind, token in _tokens(plain):
        # What looks like an IRI may be "less than", up to a bracket and beyond it.
        hidden = kind == "iri" and ")" in token and "service" in token.lower()
        if hidden or (kind == "word" and token.upper() == "SERVICE"):
            raise QueryRefused("SERVICE is refused: a query sees only this graph; ask the other endpoint directly")


def names_dataset(query: str) -> bool:
    """Whether the query says by FROM which graphs it is about."""
    return any(kind == "word" and token.upper() == "FROM" for kind, token in _tokens(query))


def bind(template: str, parameters: Mapping[str, Parameter], base: str) -> str:
    """The template with each ``$name`` replaced by the value that ``parameters`` gives it, as a SPARQL term.

    A parameter that is None is absent: ``$name`` stays as it is, a variable without a value, so that
    ``?result kg:on $dataset`` matches everything and ``FILTER(COALESCE(?value >= $least, true))`` lets everything
    pass; within ``VALUES`` it becomes UNDEF. Raises QueryError for a ``$name`` that ``parameters`` lacks.
    """
    out: list[str] = []
    values = False  # between VALUES and the bracket that closes its data
    for kind, token in _tokens(template):
        if kind == "word":
            values = values or token.upper() == "VALUES"
        elif token == "}":
            values = False
        elif kind == "parameter":
            name = token[1:]
            if name not in parameters:
                raise QueryError(f"the query asks for ${name}, which was not given: give it, or None to leave it open")
            value = parameters[name]
            if value is not None:
                token = term(value, base)
            elif values and out and not out[-1].lower().endswith("values"):
                token = "UNDEF"
        if kind != "comment":
            out.append(token)
    return "".join(out)


def parameters_of(template: str) -> tuple[str, ...]:
    """The names that the template writes as ``$name``, sorted."""
    return tuple(sorted({token[1:] for kind, token in _tokens(template) if kind == "parameter"}))


def term(value: Parameter, base: str) -> str:
    """The value as a SPARQL term. Raises QueryError where it cannot be one."""
    if isinstance(value, Id):
        return f"<{base}{check_id(value)}>"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}"
    if isinstance(value, float | Decimal):
        return decimal(value)
    raise QueryError(f"{value!r} cannot be a parameter: give text, a number, true or false")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        yield str(match.lastgroup), match[0]


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]
