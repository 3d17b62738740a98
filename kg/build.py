"""The whole line, from files to a graph that answers.

:func:`ingest` reads papers into the workspace, :func:`extract_pending` reads what they say, :func:`graph_of` makes
the graph's rows, and :func:`open_embedded` a database that answers Cypher.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import kg
from kg.errors import InputError, UnknownFormat
from kg.graph import Graph, make_graph
from kg.model import Paper, Record
from kg.ontology import load_lexicon
from kg.settings import Settings
from kg.sources import Fault, find_files, read
from kg.workspace import Workspace, paper_key

if TYPE_CHECKING:
    from kg.lexicon import Lexicon
    from kg.sparql import Engine
    from kg.stores.ladybug_store import LadybugStore, Rows

BATCH = 64

OnError = Callable[[Paper, Exception], None]

Step = Callable[[str, int], None]
"""Told what was done and how many more of it."""


class Extractor(Protocol):
    """What reads texts. A paper that it fails on is told to ``on_error``, and its record names no extractor."""

    @property
    def name(self) -> str: ...

    def extract(self, papers: Iterable[Paper], *, batch_size: int, on_error: OnError) -> Iterator[Record]: ...


@dataclass(slots=True)
class Ingested:
    """What came of reading some files. ``papers`` counts by what they were: new, changed, same, merged; ``left_aside``
    are files of a folder that are of no format that holds papers."""

    files: int = 0
    papers: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    left_aside: list[Path] = field(default_factory=list)

    @property
    def skipped(self) -> int:
        """Records and files that were broken and left out."""
        return sum(not fault.kept for fault in self.faults)


@dataclass(slots=True)
class Extracted:
    """What came of reading the papers' texts. ``failed`` holds (paper id, message)."""

    papers: int = 0
    results: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def ingest(workspace: Workspace, sources: Iterable[Path], *, step: Step | None = None) -> Ingested:
    """Read every file that ``sources`` name into the workspace; what is broken is left out and told of.

    Raises InputError before anything is read for a path that does not exist, and for a broken file that is the only
    one.
    """
    named = list(sources)
    files = find_files(named)
    done = Ingested()
    for file in files:
        before = len(done.faults)
        try:
            for paper in read(file, on_fault=done.faults.append):
                done.papers[workspace.add(paper)] += 1
                if step:
                    step("papers", 1)
            done.files += 1
        except InputError as error:
            if len(files) == 1:
                raise
            if isinstance(error, UnknownFormat) and file not in named:
                done.left_aside.append(file)
            else:
                done.faults.append(_file_fault(file, error))
        workspace.put_faults(str(file), [(fault.line, fault.message) for fault in done.faults[before:]])
    return done


def _file_fault(file: Path, error: InputError) -> Fault:
    return Fault(str(file), 0, str(error).removeprefix(f"{file}: "))


def extract_pending(workspace: Workspace, extractor: Extractor, *, step: Step | None = None) -> Extracted:
    """Read the text of every paper that this extractor has not read yet. Can be stopped and called again."""
    done = Extracted()
    for key, paper, outcome in read_texts(extractor, workspace.pending(extractor.name)):
        if isinstance(outcome, Record):
            workspace.put_record(key, outcome)
            done.papers += 1
            done.results += len(outcome.results)
        else:
            workspace.put_failure(key, paper.text_hash, extractor.name, outcome)
            done.failed.append((key, outcome))
        if step:
            step("extracted", 1)
    return done


def read_texts(
    extractor: Extractor, papers: Iterable[tuple[str, Paper]], *, batch_size: int = BATCH
) -> Iterator[tuple[str, Paper, Record | str]]:
    """(key, paper, its record or why there is none) in the order of ``papers``, (key, paper)."""
    rest = iter(papers)
    while batch := list(islice(rest, batch_size)):
        errors: list[Exception] = []

        def note(_: Paper, error: Exception, errors: list[Exception] = errors) -> None:
            errors.append(error)

        records = extractor.extract([paper for _, paper in batch], batch_size=batch_size, on_error=note)
        for (key, paper), record in zip(batch, records, strict=True):
            if record.extractor == extractor.name:
                yield key, paper, record
            else:
                error = errors.pop(0)
                yield key, paper, f"{type(error).__name__}: {error}"


def read_files(sources: Iterable[Path], *, on_fault: Callable[[Fault], None]) -> Iterator[tuple[str, Paper]]:
    """Every paper of some files with the id that its input gives it, without a workspace.

    Raises InputError for a path that does not exist; a file that cannot be read is a fault, unless it is the only one.
    """
    named = list(sources)
    files = find_files(named)
    for file in files:
        try:
            for paper in read(file, on_fault=on_fault):
                yield paper.given_id or paper_key(paper), paper
        except InputError as error:
            if len(files) == 1:
                raise
            if not isinstance(error, UnknownFormat) or file in named:
                on_fault(_file_fault(file, error))


def graph_of(workspace: Workspace, settings: Settings, *, lexicon: Lexicon | None = None) -> Graph:
    """The graph of everything that the workspace holds."""
    lexicon = lexicon or load_lexicon(*settings.lexicons)
    return make_graph(workspace.records, lexicon, base=settings.base, min_confidence=settings.min_confidence)


def load_engine(settings: Settings) -> Engine:
    """The graph of the workspace that the settings name, in memory, for SPARQL."""
    from kg.sparql import Engine

    with Workspace(settings.workspace, create=False) as workspace:
        graph = graph_of(workspace, settings)
        return Engine.of_rows(graph.nodes(), graph.edges(), base=settings.base)


def stamp(workspace: Workspace, settings: Settings) -> str:
    """Names everything that the graph depends on: equal stamps, equal rows."""
    sha = hashlib.sha256(f"{kg.__version__} {settings.base} {settings.min_confidence}".encode())
    for part in (_program(), *(path.read_bytes() for path in settings.lexicons), workspace.digest().encode()):
        sha.update(hashlib.sha256(part).digest())
    return sha.hexdigest()


def _program() -> bytes:
    """The parts of the program that decide which rows a record gives."""
    from kg.resources import resource

    package = Path(__file__).parent
    files = [package / name for name in ("graph.py", "names.py", "resolution.py", "schema.py", "lexicon.py")]
    return b"".join(file.read_bytes() for file in (*files, resource("ontology/lexicon.ttl")))


def embedded_path(settings: Settings) -> Path:
    """Where the embedded database of a workspace lies: beside it."""
    return settings.workspace.with_name(settings.workspace.name + ".ladybug")


def open_embedded(workspace: Workspace, settings: Settings, *, step: Step | None = None) -> LadybugStore:
    """The embedded database of the workspace, made anew where the workspace has changed."""
    from kg.stores.ladybug_store import open_cache

    def rows() -> Rows:
        graph = graph_of(workspace, settings)
        return graph.nodes(), graph.edges()

    return open_cache(embedded_path(settings), stamp=stamp(workspace, settings), rows=rows, progress=step)
