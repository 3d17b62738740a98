"""The header of a query file: its title, what it says about itself, its parameters and its columns.

::

    // Leaderboard
    // What it answers, in as many lines as it takes.
    // param: dataset | dataset | | Name or alias of a dataset or benchmark
    // param: metric | metric | "" | Only this metric; "" for every one
    // column: rank | integer | Place on its board, equal values sharing one

The same lines begin with ``#`` in a ``.rq`` file. A default is written as JSON; a parameter without one must be given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from kg.errors import QueryError
from kg.queries.types import ColumnType, ParamType, convert
from kg.table import Cell

_MARKS = {".cypher": "//", ".rq": "#"}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter. ``required`` ones have no default."""

    name: str
    type: ParamType
    text: str
    required: bool
    default: Cell = None


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: ColumnType
    text: str


@dataclass(frozen=True, slots=True)
class Header:
    title: str
    text: str
    params: tuple[Param, ...]
    columns: tuple[Column, ...]


def read_header(path: Path, source: str) -> Header:
    """The header of the query file whose text is ``source``. Raises QueryError, naming file and line."""
    title, words = "", []
    params: list[Param] = []
    columns: list[Column] = []
    for number, line in _comments(path, source):
        place = f"{path}:{number}"
        kind, _, rest = line.partition(":")
        if kind == "param":
            params.append(_param(place, rest))
        elif kind == "column":
            columns.append(_column(place, rest))
        elif not title:
            title = line
        else:
            words.append(line)
    if not title or not columns:
        mark = _MARKS[path.suffix]
        raise QueryError(f"{path}: begin with '{mark} Title' and name its columns: '{mark} column: name | type | text'")
    return Header(title, " ".join(words), tuple(params), tuple(columns))


def _comments(path: Path, source: str) -> Iterator[tuple[int, str]]:
    """The comment lines before the statement, numbered from 1, without their mark."""
    mark = _MARKS[path.suffix]
    for number, line in enumerate(source.splitlines(), 1):
        if not line.startswith(mark):
            return
        yield number, line.removeprefix(mark).strip()


def _param(place: str, line: str) -> Param:
    name, kind, default, text = _fields(place, line, 4, "param: name | type | default | text")
    for known in get_args(ParamType):
        if kind == known:
            break
    else:
        raise QueryError(f"{place}: {kind!r} is no type of a parameter: use {', '.join(get_args(ParamType))}")
    if not default:
        return Param(name, known, text, required=True)
    try:
        return Param(name, known, text, required=False, default=convert(known, json.loads(default)))
    except ValueError as error:
        raise QueryError(f"{place}: the default {default} is not the JSON of {kind}: {error}") from error


def _column(place: str, line: str) -> Column:
    name, kind, text = _fields(place, line, 3, "column: name | type | text")
    for known in get_args(ColumnType):
        if kind == known:
            return Column(name, known, text)
    raise QueryError(f"{place}: {kind!r} is no type of a column: use {', '.join(get_args(ColumnType))}")


def _fields(place: str, line: str, count: int, form: str) -> list[str]:
    parts = [part.strip() for part in line.split("|", count - 1)]
    if len(parts) != count or not parts[0].isidentifier():
        raise QueryError(f"{place}: write it as '{form}'")
    return parts
