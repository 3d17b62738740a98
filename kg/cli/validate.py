"""``kg validate``: the graph, or RDF files, against the shapes of the ontology."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.console import ConfidenceOption, LexiconOption, WorkspaceOption, say, write_result
from kg.cli.graph import CsvOption, JsonOption
from kg.cli.papers import open_workspace, settings_of
from kg.errors import VIOLATIONS

if TYPE_CHECKING:
    from kg.ontology.shacl import Report
    from kg.settings import Settings
    from kg.table import Cell


def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]…", help="RDF files. [default: the graph of the workspace]")
    ] = None,
    warnings: Annotated[bool, typer.Option("--warnings", help="Print what is only unusual, too.")] = False,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    workspace: WorkspaceOption = None,
    lexicon: LexiconOption = None,
    min_confidence: ConfidenceOption = None,
) -> None:
    """Hold RDF dumps, or the graph of the workspace, against the shapes (SHACL). Needs mlkg[rdf].

    Prints what is wrong; exit code 12 if anything is. Warnings mark what is unusual and not wrong.

    Example: kg export kg.ttl && kg validate kg.ttl
    """
    from kg.table import Table

    settings = settings_of(workspace, lexicon, min_confidence)
    rows: list[tuple[Cell, ...]] = []
    wrong = 0
    for name, report in _reports(files or [], settings):
        wrong += len(report.violations)
        say(f"{name}: {len(report.violations)} violations, {len(report.warnings)} warnings")
        found = [("violation", f) for f in report.violations]
        found += [("warning", f) for f in report.warnings] if warnings else []
        rows += [(severity, f.shape, f.focus, f.message, f.value or None) for severity, f in found]
    if rows or as_json or as_csv:
        columns = ("severity", "shape", "focus", "message", "found")
        write_result(Table(columns, tuple(rows)), as_json=as_json, as_csv=as_csv, whole=True)
    if wrong:
        raise typer.Exit(VIOLATIONS)


def _reports(files: list[Path], settings: Settings) -> list[tuple[str, Report]]:
    from kg.ontology import load_lexicon
    from kg.ontology.shacl import validate as check

    known = load_lexicon(*settings.lexicons)
    if files:
        return [(str(file), check(file, lexicon=known)) for file in files]
    from kg.build import graph_of
    from kg.rdf import write

    with open_workspace(settings) as held, tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "kg.nt"
        graph = graph_of(held, settings, lexicon=known)
        write(graph.nodes(), graph.edges(), dump, base=settings.base)
        return [(str(settings.workspace), check(dump, lexicon=known))]


def add_to(app: typer.Typer) -> None:
    app.command()(validate)
