"""The graph in an Oxigraph store, in memory or on disk, and queries over it in this process.

A query here runs as long as it runs: :mod:`kg.sparql.pool` runs it where it can be stopped.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Store

from kg.errors import InputError, QueryError
from kg.rdf.dump import ntriples
from kg.rdf.formats import format_of
from kg.rdf.terms import PREFIXES, check_base
from kg.schema import DATA_IRI, Edge, Node
from kg.sparql.answer import Answer, Boolean, Graph, Solutions
from kg.sparql.text import Parameter, bind, names_dataset, refuse_service
from kg.table import Table

Item = TypeVar("Item")


class Engine:
    """A store and the base of its ids. Make one with :meth:`of_rows`, :meth:`of_dump` or :meth:`open`."""

    def __init__(self, store: Store, *, base: str = DATA_IRI, in_memory: bool = True) -> None:
        self.store = store
        self.base = check_base(base)
        self.in_memory = in_memory

    @classmethod
    def of_rows(
        cls,
        nodes: Iterable[Node],
        edges: Iterable[Edge],
        *,
        base: str = DATA_IRI,
        folder: Path | None = None,
        mentions: bool = True,
    ) -> Engine:
        """The rows of the graph, loaded into memory or into ``folder``; without ``mentions``, half as large."""
        engine = cls(_store(folder), base=base, in_memory=folder is None)
        text = io.BufferedReader(_Parts(ntriples(nodes, edges, base=base, mentions=mentions)), 1 << 20)
        engine.store.bulk_load(cast(IO[bytes], text), RdfFormat.N_TRIPLES)
        return engine

    @classmethod
    def of_dump(cls, *dumps: Path, base: str = DATA_IRI, folder: Path | None = None) -> Engine:
        """The files that :func:`kg.rdf.write` wrote, or any others in one of its formats.

        Raises InputError where a file cannot be read, UsageError where its name does not say its format.
        """
        engine = cls(_store(folder), base=base, in_memory=folder is None)
        for dump in dumps:
            _load(engine.store, dump)
        return engine

    @classmethod
    def open(cls, folder: Path, *, base: str = DATA_IRI) -> Engine:
        """A store that ``folder`` holds already, read only; several processes may have it open."""
        try:
            return cls(Store.read_only(str(folder)), base=base, in_memory=False)
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: no store can be opened here ({error}): load a dump into it first") from error

    def query(
        self,
        text: str,
        parameters: Mapping[str, Parameter] | None = None,
        *,
        default_graphs: Iterable[str] | None = None,
        named_graphs: Iterable[str] | None = None,
    ) -> Answer:
        """The answer to a SELECT, ASK, CONSTRUCT or DESCRIBE query; rows and triples are computed as they are taken.

        The default graph is the union of all graphs of the store unless the query (FROM) or ``default_graphs`` and
        ``named_graphs`` (IRIs) say otherwise; none of them is ever fetched. The prefixes of
        :data:`kg.rdf.PREFIXES` need not be declared. ``parameters`` are put in place of
        ``$name`` as :func:`kg.sparql.text.bind` does. Raises QueryError.
        """
        if parameters is not None:
            text = bind(text, parameters, self.base)
        refuse_service(text)
        try:
            return _answer(self._ask(text, default_graphs, named_graphs))
        except SyntaxError as error:
            raise QueryError(_where(text, str(error))) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the query failed: {error}") from error

    def _ask(
        self, text: str, default_graphs: Iterable[str] | None, named_graphs: Iterable[str] | None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        if default_graphs is None and named_graphs is None:
            # The union would hide what FROM says.
            return self.store.query(text, use_default_graph_as_union=not names_dataset(text), prefixes=PREFIXES)
        return self.store.query(
            text,
            prefixes=PREFIXES,
            default_graph=[NamedNode(iri) for iri in default_graphs or ()],
            named_graphs=[NamedNode(iri) for iri in named_graphs or ()],
        )

    def table(self, text: str, parameters: Mapping[str, Parameter] | None = None) -> Table:
        """The rows of a SELECT with plain values; an IRI of this graph becomes the node's id. Raises QueryError."""
        answer = self.query(text, parameters)
        if not isinstance(answer, Solutions):
            raise QueryError("only a SELECT has rows: use query for ASK, CONSTRUCT and DESCRIBE")
        return answer.table(base=self.base)


class _Parts(io.RawIOBase):
    """An iterator of bytes as a file to be read from."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _store(folder: Path | None) -> Store:
    try:
        return Store(str(folder)) if folder else Store()
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: no store can be made here ({error}): give an empty folder") from error


def _load(store: Store, dump: Path) -> None:
    known = format_of(dump)
    try:
        with gzip.open(dump) if dump.suffix == ".gz" else dump.open("rb") as file:
            form = RdfFormat.from_extension(known.name)
            store.bulk_load(cast(IO[bytes], file), form, base_iri=dump.absolute().as_uri())
    except (OSError, EOFError) as error:
        raise InputError(f"{dump}: cannot be read ({error})") from error
    except SyntaxError as error:
        raise InputError(f"{dump}, line {error.lineno}: not {known.title} ({error.msg})") from error


def _answer(found: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    if isinstance(found, QueryBoolean):
        return Boolean(bool(found))
    if isinstance(found, QueryTriples):
        return Graph(_failing(found))
    return Solutions(tuple(variable.value for variable in found.variables), _failing(tuple(row) for row in found))


def _where(query: str, message: str) -> str:
    """The engine lists all that it expected, most of the grammar; what helps is the place."""
    found = re.match(r"error at (\d+):(\d+): ", message)
    if found is None:
        return f"not a SPARQL query: {message}"
    line, column = int(found[1]), int(found[2])
    written = query.splitlines()[line - 1 : line]
    rest = f', at "{written[0][column - 1 :][:40]}"' if written and written[0][column - 1 :].strip() else ""
    wanted = message[found.end() :]
    hint = f": {wanted}" if len(wanted) < 120 and "\n" not in wanted else ""
    return f"not a SPARQL query: line {line}, column {column}{rest}{hint}"


def _failing(items: Iterable[Item]) -> Iterator[Item]:
    """The items; what the engine raises on the way is a QueryError."""
    try:
        yield from items
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query failed: {error}") from error
