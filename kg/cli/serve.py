"""``kg serve``: the graph over HTTP."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.console import ConfidenceOption, LexiconOption, WorkspaceOption, say
from kg.cli.papers import settings_of
from kg.errors import UsageError


def serve(
    sparql_only: Annotated[bool, typer.Option("--sparql-only", help="Only the SPARQL endpoint, at /sparql.")] = False,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7878,
    workers: Annotated[int, typer.Option(min=1, help="Queries answered at a time.")] = 2,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which a query is ended with 503.")] = 30.0,
    max_rows: Annotated[int, typer.Option(min=1, help="Rows that one answer may have.")] = 100_000,
    dump: Annotated[
        list[Path] | None, typer.Option("--dump", metavar="FILE", help="Serve RDF files instead of the workspace.")
    ] = None,
    workspace: WorkspaceOption = None,
    lexicon: LexiconOption = None,
    min_confidence: ConfidenceOption = None,
) -> None:
    """Answer SPARQL over HTTP, read only, until interrupted.

    Example: kg serve --sparql-only --port 7878
    """
    from kg.build import load_engine
    from kg.service.sparql import run_sparql_server
    from kg.sparql import Engine, Limits

    if not sparql_only:
        raise UsageError("only the SPARQL endpoint can be served yet: add --sparql-only")
    settings = settings_of(workspace, lexicon, min_confidence)
    load = partial(Engine.of_dump, *dump, base=settings.base) if dump else partial(load_engine, settings)
    say(f"SPARQL at http://{host}:{port}/sparql (Ctrl-C ends it)")
    limits = Limits(seconds=timeout, rows=max_rows)
    run_sparql_server(load, host=host, port=port, workers=workers, limits=limits, base=settings.base)


def add_to(app: typer.Typer) -> None:
    app.command()(serve)
