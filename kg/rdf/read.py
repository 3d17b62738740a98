"""Reads the rows of the graph back from RDF: what :func:`kg.rdf.write` wrote, whoever has rewritten it since.

Triples are sorted by subject, the rows they make by label or relationship, both in constant memory.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, cast

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg.errors import InputError
from kg.rdf.formats import format_of
from kg.rdf.grouping import LABELS
from kg.rdf.resources import Resource, RowReader
from kg.rdf.sorting import external_sort
from kg.rdf.terms import PREFIXES, check_base
from kg.rdf.vocabulary import TERMS_READ
from kg.schema import DATA_IRI, Edge, Node

_TRIPLES_IN_MEMORY = 100_000
_ROWS_IN_MEMORY = 5_000
_NAMES = {PREFIXES[name.partition(":")[0]] + name.partition(":")[2]: name for name in TERMS_READ}
_subject = itemgetter(0)


def read_rows(path: Path, *, base: str = DATA_IRI) -> tuple[Iterator[Node], Iterator[Edge]]:
    """The nodes (by label and id) and the relationships (by source, type and target) of a dump.

    Every node, relationship and property is as it was, save that an empty list is absent. Each of the two reads the
    file, and raises InputError where it cannot be read or does not hold such a graph.
    """
    reader = RowReader(path, check_base(base))
    return _nodes(reader), _edges(reader)


def _nodes(reader: RowReader) -> Iterator[Node]:
    found = False
    for rank, node_id, properties in _rows(reader, reader.nodes):
        found = True
        yield Node(LABELS[rank], node_id, reader.values(properties, LABELS[rank]))
    if not found:
        raise InputError(f"{reader.path}: no node of the graph under {reader.base}: give the base of its IRIs")


def _edges(reader: RowReader) -> Iterator[Edge]:
    """A relationship that a direct triple and a resource both tell is one; the resource comes last and knows more."""
    for (_, source, kind, target, _), group in groupby(_rows(reader, reader.edges), key=itemgetter(0, 1, 2, 3, 4)):
        *_, (_, _, _, _, _, _, properties) = group
        yield Edge(kind, reader.end(source), reader.end(target), reader.values(properties, kind))


def _rows(reader: RowReader, make: Callable[[Resource], Iterator[Any]]) -> Iterator[Any]:
    """The rows that ``make`` finds in the resources, sorted."""
    rows = (row for resource in _resources(reader.path, reader.base) for row in make(resource))
    return external_sort(rows, chunk=_ROWS_IN_MEMORY)


def _resources(path: Path, base: str) -> Iterator[Resource]:
    """Each subject under the base with what the graph's own terms say of it."""
    for subject, group in groupby(external_sort(_triples(path, base), chunk=_TRIPLES_IN_MEMORY), key=_subject):
        values: dict[str, list[str]] = {}
        for _, name, value in group:
            known = values.setdefault(name, [])
            if value not in known[-1:]:  # a triple may stand in several graphs
                known.append(value)
        yield Resource(subject, values)


def _triples(path: Path, base: str) -> Iterator[tuple[str, str, str]]:
    """Id of the subject, prefixed name of the predicate, IRI or characters of the object."""
    known = format_of(path)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            form = RdfFormat.from_extension(known.name)
            for quad in parse(cast(IO[bytes], file), form, base_iri=path.absolute().as_uri()):
                name = _NAMES.get(quad.predicate.value)
                subject, value = quad.subject, quad.object
                if name and isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
                    iri = subject.value
                    if iri.startswith(base):
                        yield iri[len(base) :], name, value.value
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    except SyntaxError as error:
        raise InputError(f"{path}, line {error.lineno}: not {known.title} ({error.msg})") from error
