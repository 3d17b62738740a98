"""Commands about papers: build, extract, show, remove, status."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.console import ConfidenceOption, LexiconOption, WorkspaceOption, complain, out, progress, say, write_json
from kg.cli.extractors import (
    BaseUrlOption,
    Choice,
    ConcurrencyOption,
    ExtractorOption,
    ModelOption,
    PriceInOption,
    PriceOutOption,
    RateOption,
    TimeoutOption,
    chosen_extractor,
)
from kg.errors import PARTIAL, UsageError, WorkspaceError
from kg.settings import Settings, read_settings

if TYPE_CHECKING:
    from kg.build import Extracted, Ingested
    from kg.model import Paper, Record
    from kg.sources import Fault
    from kg.workspace import Workspace

SourcesArgument = Annotated[
    list[Path], typer.Argument(metavar="SOURCES…", help="Files, or folders of them; told apart by content.")
]


def settings_of(
    workspace: Path | None = None, lexicon: list[Path] | None = None, min_confidence: float | None = None
) -> Settings:
    """The environment's settings with what the command line says laid over them."""
    settings = read_settings()
    if workspace is not None:
        settings = replace(settings, workspace=workspace)
    if lexicon:
        settings = replace(settings, lexicons=(*settings.lexicons, *lexicon))
    return settings if min_confidence is None else replace(settings, min_confidence=min_confidence)


def open_workspace(settings: Settings, *, create: bool = False) -> Workspace:
    from kg.workspace import Workspace

    return Workspace(settings.workspace, create=create)


def build(
    sources: SourcesArgument,
    workspace: WorkspaceOption = None,
    lexicon: LexiconOption = None,
    extractor: ExtractorOption = "default",
    base_url: BaseUrlOption = None,
    model: ModelOption = None,
    rate: RateOption = None,
    concurrency: ConcurrencyOption = 4,
    request_timeout: TimeoutOption = 120.0,
    price_in: PriceInOption = None,
    price_out: PriceOutOption = None,
) -> None:
    """Read papers into the workspace and extract what they say.

    Can be stopped at any time and run again: what is unchanged is not read twice. Ends with exit code 20 if broken
    records were left out.

    Example: kg build examples papers.jsonl daily-papers.txt
    """
    from kg.build import extract_pending, ingest, open_embedded

    settings = settings_of(workspace, lexicon)
    choice = Choice(extractor, base_url, model, rate, concurrency, request_timeout, price_in, price_out)
    with open_workspace(settings, create=True) as held:
        with progress("reading papers") as advance:
            done = ingest(held, sources, step=lambda _, n: advance(n))
        _tell_ingested(done)
        with (
            chosen_extractor(settings, choice) as reader,
            progress("reading abstracts", held.count_pending(reader.name)) as advance,
        ):
            read = extract_pending(held, reader, step=lambda _, n: advance(n))
        _tell_extracted(read)
        with progress("building the graph") as advance:
            open_embedded(held, settings, step=lambda _, n: advance(n)).close()
        say(f"workspace {settings.workspace}; ask it with: kg query leaderboard --dataset LIBERO")
    if done.skipped or read.failed:
        raise typer.Exit(PARTIAL)


def _tell_ingested(done: Ingested) -> None:
    for fault in done.faults[:20]:
        complain(str(fault))
    if len(done.faults) > 20:
        complain(f"… and {len(done.faults) - 20} more; all of them: kg status")
    for file in done.left_aside:
        say(f"left aside, it holds no papers: {file}")
    counts = ", ".join(f"{n} {what}" for what, n in sorted(done.papers.items()))
    say(f"{done.files} files, {sum(done.papers.values())} papers ({counts or 'none'}), {done.skipped} records left out")


def _tell_extracted(read: Extracted) -> None:
    for key, message in read.failed[:20]:
        complain(f"paper {key}: {message}")
    say(f"{read.papers} abstracts read, {read.results} results found, {len(read.failed)} failed")


def extract(
    sources: SourcesArgument,
    lexicon: LexiconOption = None,
    min_confidence: ConfidenceOption = None,
    extractor: ExtractorOption = "default",
    base_url: BaseUrlOption = None,
    model: ModelOption = None,
    rate: RateOption = None,
    concurrency: ConcurrencyOption = 4,
    request_timeout: TimeoutOption = 120.0,
    price_in: PriceInOption = None,
    price_out: PriceOutOption = None,
) -> None:
    """Print what papers say, as JSON lines: one record a paper, in the order of the input, no workspace needed.

    Example: kg extract papers.jsonl > records.jsonl
    """
    from kg.build import read_files, read_texts
    from kg.records import record_line

    settings = settings_of(None, lexicon, min_confidence)
    choice = Choice(extractor, base_url, model, rate, concurrency, request_timeout, price_in, price_out)
    faults: list[Fault] = []
    failed = 0
    with chosen_extractor(settings, choice) as reader, progress("reading abstracts") as advance:
        for key, paper, outcome in read_texts(reader, read_files(sources, on_fault=faults.append)):
            if isinstance(outcome, str):
                complain(f"paper {key}: {outcome}")
                failed += 1
            else:
                sys.stdout.write(record_line(paper, outcome, id_=key, min_confidence=settings.min_confidence) + "\n")
            advance(1)
    for fault in faults:
        complain(str(fault))
    if failed or any(not fault.kept for fault in faults):
        raise typer.Exit(PARTIAL)


def show(
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="An arXiv id, the workspace's id, or a title.")],
    workspace: WorkspaceOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The record as JSON instead.")] = False,
) -> None:
    """Show an abstract with its entities and results marked, and every result with its sentence.

    Example: kg show 2406.09246
    """
    from kg.cli.marked import marked_abstract, results_table
    from kg.records import paper_record_json

    with open_workspace(settings_of(workspace)) as held:
        key, found, record = _read_paper(held, paper)
    if as_json:
        write_json(paper_record_json(found, record, id_=key))
        return
    out.print(marked_abstract(key, found, record))
    if record.results or record.comparisons:
        out.print(results_table(record))


def _read_paper(held: Workspace, wanted: str) -> tuple[str, Paper, Record]:
    found = held.find(wanted)
    if found is None:
        raise UsageError(f"no paper {wanted!r} in {held.path}; find it with: kg query search --name WORDS")
    key, paper = found
    record = held.record(key)
    if record is None:
        raise WorkspaceError(f"paper {key} was not read yet; run the same `kg build` again")
    return key, paper, record


def remove(
    papers: Annotated[list[str], typer.Argument(metavar="PAPER…", help="Ids of papers.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Withdraw papers with everything that was read from them.

    Example: kg remove 2406.09246
    """
    with open_workspace(settings_of(workspace)) as held:
        for wanted in papers:
            found = held.find(wanted)
            if found is None:
                raise UsageError(f"no paper {wanted!r} in {held.path}")
            held.remove(found[0])
            say(f"removed {found[0]}: {found[1].title}")


def status(
    workspace: WorkspaceOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Count what the workspace holds, and list what went wrong.

    Example: kg status --json
    """
    from kg.build import graph_of

    settings = settings_of(workspace)
    with open_workspace(settings) as held:
        graph = graph_of(held, settings)
        nodes = Counter(node.label for node in graph.nodes())
        papers = sum(1 for _ in held.papers())
        faults, failures, pending = held.faults(), held.failures(), papers - sum(1 for _ in held.records())
    data = {
        "workspace": str(settings.workspace), "papers": papers, "not read yet": pending - len(failures),
        "entities": {label: nodes[label] for label in ("Method", "Dataset", "Benchmark", "Task", "Metric")},
        "results": nodes["Result"],
        "faults": [{"file": f, "line": n, "message": m} for f, n, m in faults],
        "failures": [{"paper": key, "message": message} for key, message in failures],
    }  # fmt: skip
    if as_json:
        write_json(data)
        return
    entities = ", ".join(f"{n} {label}" for label, n in data["entities"].items())  # type: ignore[attr-defined]
    out.print(f"{data['workspace']}: {papers} papers ({data['not read yet']} not read yet), {nodes['Result']} results")
    out.print(f"entities: {entities}")
    for file, line, message in faults:
        out.print(f"{file}:{line}: {message}", soft_wrap=True)
    for key, message in failures:
        out.print(f"paper {key}: {message}", soft_wrap=True)


def add_to(app: typer.Typer) -> None:
    for command in (build, extract, show, remove, status):
        app.command()(command)
