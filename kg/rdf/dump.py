"""Writes the rows of the graph as RDF, streamed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg.errors import UsageError
from kg.rdf.dialect import Dialect, Names
from kg.rdf.formats import FORMATS, Format, format_of
from kg.rdf.mapping import resources
from kg.rdf.ntriples import NTriples
from kg.rdf.output import opened
from kg.rdf.terms import check_base, encode
from kg.schema import DATA_IRI, Edge, Node

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_BATCH = 1 << 18


@dataclass(frozen=True, slots=True)
class Written:
    """A finished dump. ``size`` (bytes) and ``sha256`` are of the file, compressed where it is."""

    format: Format
    size: int
    sha256: str


def write(
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    target: Path | BinaryIO,
    *,
    format: str | None = None,
    base: str = DATA_IRI,
    graph: str | None = None,
    mentions: bool = True,
) -> Written:
    """Writes the graph to a file or a binary stream, in constant memory; the same rows make the same bytes.

    ``format`` is a key of FORMATS; a path's name tells it otherwise. Rows may come in any order; sorted ones save
    time. Quads go into ``graph``, by default the IRI of the data set (:func:`dataset_iri`). Without ``mentions`` the
    places in the text are left out, which halves the dump; everything else stays. Raises UsageError for an unusable
    base, graph or format, InputError for a row that does not fit :mod:`kg.schema`.
    """
    chosen = _format(format, target)
    dialect = chosen.dialect(_names(base, graph))
    with opened(target) as (file, counted):
        for part in _parts(dialect, resources(nodes, edges, dialect, mentions=mentions)):
            file.write(part)
    return Written(chosen, counted.size, counted.sha256)


def ntriples(
    nodes: Iterable[Node], edges: Iterable[Edge], *, base: str = DATA_IRI, mentions: bool = True
) -> Iterator[bytes]:
    """The graph as N-Triples, in parts that end with a line."""
    dialect = NTriples(_names(base))
    return _parts(dialect, resources(nodes, edges, dialect, mentions=mentions))


def triples(
    nodes: Iterable[Node], edges: Iterable[Edge], *, base: str = DATA_IRI, mentions: bool = True
) -> Iterator[tuple[str, str, str]]:
    """Subject, predicate and object of every triple, each as N-Triples writes it."""
    for part in ntriples(nodes, edges, base=base, mentions=mentions):
        for line in part.decode().split("\n")[:-1]:
            subject, predicate, value = line.removesuffix(" .").split(" ", 2)
            yield subject, predicate, value


def dataset_iri(base: str) -> str:
    """The IRI of the data set as a whole, and of the named graph that holds its quads."""
    return f"{base}graph"


def _parts(dialect: Dialect, texts: Iterable[str]) -> Iterator[bytes]:
    """The document in parts large enough to be worth writing."""
    batch = [dialect.head()]
    size = 0
    between = ""
    for text in texts:
        batch += (between, text)
        between = dialect.separator
        size += len(text)
        if size > _BATCH:
            yield encode("".join(batch))
            batch.clear()
            size = 0
    batch.append(dialect.tail())
    yield encode("".join(batch))


def _format(name: str | None, target: Path | BinaryIO) -> Format:
    if name is None:
        if isinstance(target, Path):
            return format_of(target)
        raise UsageError(f"a stream does not say its format: name one of {', '.join(FORMATS)}")
    if name not in FORMATS:
        raise UsageError(f'"{name}" is not a known RDF format: use one of {", ".join(FORMATS)}')
    return FORMATS[name]


def _names(base: str, graph: str | None = None) -> Names:
    names = Names(check_base(base), graph or dataset_iri(base))
    if not _IRI.fullmatch(names.graph):
        raise UsageError(f'"{graph}" cannot name a graph: give an absolute IRI')
    return names
