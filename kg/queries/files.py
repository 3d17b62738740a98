"""The query files: those that the program carries, and a user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.errors import QueryError
from kg.queries.header import Header, read_header
from kg.queries.query import Query, did_you_mean
from kg.resources import resource


def load_queries(*folders: Path) -> dict[str, Query]:
    """The program's queries by name, sorted, and those in the given folders, which come first where names are equal.

    Raises QueryError for a folder that is not there or a file whose header is not right.
    """
    found: dict[str, Query] = {}
    for folder in (resource("queries"), *folders):
        if not folder.is_dir():
            raise QueryError(f"{folder}: no such folder of queries")
        found.update((query.name, query) for query in _read_folder(folder))
    return dict(sorted(found.items()))


def find_query(queries: Mapping[str, Query], name: str) -> Query:
    """The query of this name. Raises QueryError that names the nearest ones."""
    query = queries.get(name)
    if query is None:
        raise QueryError(f"there is no query {name!r}{did_you_mean(name, queries)}. There are: {', '.join(queries)}")
    return query


def _read_folder(folder: Path) -> Iterable[Query]:
    for path in sorted(folder.glob("*.cypher")):
        cypher = _statement(path)
        header = read_header(path, cypher)
        other = path.with_suffix(".rq")
        sparql = other.read_text(encoding="utf-8") if other.exists() else None
        if sparql is not None:
            _check_same(other, header, read_header(other, sparql))
        yield Query(path.stem, header.title, header.text, header.params, header.columns, cypher, sparql)


def _statement(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"{path}: it is not UTF-8 text: {error}") from error
    if not text.rstrip().endswith(";"):
        raise QueryError(f"{path}: end the statement with ';'")
    return text


def _check_same(path: Path, cypher: Header, sparql: Header) -> None:
    for what in ("title", "params", "columns"):
        if getattr(cypher, what) != getattr(sparql, what):
            raise QueryError(f"{path}: its {what} differ from those of {path.stem}.cypher: make the headers alike")
