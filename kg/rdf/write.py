"""Writes the rows of the graph as RDF, streamed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from kg.errors import UsageError
from kg.rdf.dialect import Names, Pairs
from kg.rdf.formats import FORMATS, Format, format_of
from kg.rdf.mapping import subjects
from kg.rdf.ntriples import NTriples
from kg.rdf.output import opened
from kg.rdf.terms import check_base, encode
from kg.schema import DATA_IRI, Edge, Node

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_BATCH = 512
_PART = 2048
_first = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Written:
    """What a dump holds. ``classes`` and ``properties`` count resources and triples by IRI as the format writes it;
    ``size`` and ``sha256`` are of the file, compressed where it is."""

    format: str
    triples: int
    resources: int
    properties: dict[str, int]
    classes: dict[str, int]
    size: int
    sha256: str


def triples(nodes: Iterable[Node], edges: Iterable[Edge], *, base: str = DATA_IRI) -> Iterator[tuple[str, str, str]]:
    """Subject, predicate and object of every triple, each as N-Triples writes it."""
    for subject, pairs in subjects(nodes, edges, NTriples(_names(base))):
        for predicate, value in pairs:
            yield subject, predicate, value


def ntriples(nodes: Iterable[Node], edges: Iterable[Edge], *, base: str = DATA_IRI) -> Iterator[bytes]:
    """The graph as N-Triples, in parts of about a megabyte, to be loaded."""
    batch: list[str] = []
    dialect = NTriples(_names(base))
    for text in dialect.document(subjects(nodes, edges, dialect)):
        batch.append(text)
        if len(batch) >= _PART:
            yield encode("".join(batch))
            batch.clear()
    yield encode("".join(batch))


def write(
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    target: Path | BinaryIO,
    *,
    format: str | None = None,
    base: str = DATA_IRI,
    graph: str | None = None,
) -> Written:
    """Writes the graph to a file or a binary stream, in constant memory; the same rows make the same bytes.

    ``format`` is a key of FORMATS; a path's name tells it otherwise. Quads go into ``graph``, by default the IRI of
    the data set (:func:`dataset_iri`). Nodes come sorted, see :func:`kg.rdf.grouping.grouped`. Raises UsageError for
    an unusable base, graph or format, InputError for a row that does not fit :mod:`kg.schema`.
    """
    chosen = _format(format, target)
    dialect = chosen.dialect(_names(base, graph))
    tally = _Tally()
    with opened(target) as (file, counted):
        batch: list[str] = []
        for text in dialect.document(tally.of(subjects(nodes, edges, dialect))):
            batch.append(text)
            if len(batch) >= _BATCH:
                file.write(encode("".join(batch)))
                batch.clear()
        file.write(encode("".join(batch)))
    classes = tally.classes
    properties = dict(sorted(tally.properties.items()))
    return Written(
        chosen.name, sum(properties.values()), tally.resources, properties, classes, counted.size, counted.sha256
    )


def dataset_iri(base: str) -> str:
    """The IRI of the data set as a whole, and of the named graph that holds its quads."""
    return f"{base}graph"


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


class _Tally:
    """Counts what passes, for the description of the data set."""

    def __init__(self) -> None:
        self.resources = 0
        self.properties: Counter[str] = Counter()
        self.classes: dict[str, int] = {}

    def of(self, subjects: Iterable[tuple[str, Pairs]]) -> Iterator[tuple[str, Pairs]]:
        count = self.properties.update
        classes: Counter[str] = Counter()
        for subject in subjects:
            self.resources += 1
            pairs = subject[1]
            count(map(_first, pairs))
            classes[pairs[0][1]] += 1
            yield subject
        self.classes = dict(sorted(classes.items()))
