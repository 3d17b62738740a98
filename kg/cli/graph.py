"""Commands about the graph: query, sparql, view, export, load."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.console import ConfidenceOption, LexiconOption, WorkspaceOption, out, progress, say, write_result
from kg.cli.neo4j import PasswordFileOption, UriOption, UserOption, connect
from kg.cli.papers import open_workspace, settings_of
from kg.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from kg.queries import Query, Runner
    from kg.settings import Settings
    from kg.table import Table

JsonOption = Annotated[bool, typer.Option("--json", help="Rows as JSON.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Rows as CSV.")]
QueriesOption = Annotated[
    list[Path] | None, typer.Option("--queries", metavar="FOLDER", help="Your own queries, beside the shipped ones.")
]


def query(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A query; without it, the list of all.")] = None,
    workspace: WorkspaceOption = None,
    lexicon: LexiconOption = None,
    min_confidence: ConfidenceOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    whole: Annotated[
        bool, typer.Option("--all-columns", help="Show the columns that only repeat or identify.")
    ] = False,
    engine: Annotated[str, typer.Option(help="ladybug (embedded), neo4j or sparql.")] = "ladybug",
    neo4j: UriOption = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    queries: QueriesOption = None,
) -> None:
    """Ask one of the queries; its parameters are options.

    Examples:

        kg query

        kg query leaderboard --dataset LIBERO --metric "success rate"

        kg query paper --paper 2406.09246 --json
    """
    from kg.queries import find_query, load_queries

    known = load_queries(*(queries or ()))
    if name is None:
        _list_queries(known)
        return
    wanted = find_query(known, name)
    if "--help" in context.args:
        say(f"{wanted.title}\n{wanted.text}\n{wanted.usage()}".replace("\n\n", "\n"))
        return
    given = _parameters(context.args, wanted)
    settings = settings_of(workspace, lexicon, min_confidence)
    if engine == "neo4j":
        with connect(neo4j, user, password_file) as server:
            table = _ask(server, wanted, given)
    else:
        table = _ask_workspace(settings, wanted, given, engine)
    write_result(table, as_json=as_json, as_csv=as_csv, title=wanted.title, whole=whole)


def _list_queries(known: Mapping[str, Query]) -> None:
    for one in known.values():
        parameters = " ".join(f"--{p.name} {p.type}" if p.required else f"[--{p.name} {p.type}]" for p in one.params)
        out.print(f"[bold]{one.name}[/]  {one.title}", soft_wrap=True)
        out.print(f"    kg query {one.name} {parameters}".rstrip(), markup=False, soft_wrap=True, style="dim")


def _parameters(arguments: list[str], query: Query) -> dict[str, str]:
    """``--name value`` and ``--name=value`` pairs."""
    given: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("--"):
            raise UsageError(f"{argument!r} belongs to no option. {query.usage()}")
        name, equals, value = argument[2:].partition("=")
        if not equals:
            try:
                value = next(rest)
            except StopIteration:
                raise UsageError(f"--{name} needs a value. {query.usage()}") from None
        given[name.replace("-", "_") if name not in {p.name for p in query.params} else name] = value
    return given


def _ask(store: Runner, query: Query, given: dict[str, str]) -> Table:
    from kg.queries import resolve_names, run_query

    return run_query(store, query, resolve_names(store, query, given))


def _ask_workspace(settings: Settings, query: Query, given: dict[str, str], engine: str) -> Table:
    from kg.build import load_engine, open_embedded
    from kg.queries import resolve_names, run_sparql

    if engine not in ("ladybug", "sparql"):
        raise UsageError(f"no engine {engine!r}; there are: ladybug, neo4j, sparql")
    with (
        open_workspace(settings) as held,
        progress("building the graph") as advance,
        open_embedded(held, settings, step=lambda _, n: advance(n)) as store,
    ):
        if engine == "ladybug":
            return _ask(store, query, given)
        return run_sparql(load_engine(settings), query, resolve_names(store, query, given))


def view(
    output: Annotated[Path, typer.Argument(metavar="FILE", help="The page to write.")] = Path("kg.html"),
    focus: Annotated[
        list[str] | None, typer.Option("--focus", metavar="NAME", help="What to look at: a name or an id; repeatable.")
    ] = None,
    hops: Annotated[int, typer.Option(min=0, help="How far from the focus.")] = 2,
    limit: Annotated[int, typer.Option(min=1, help="At most so many nodes.")] = 400,
    authors: Annotated[bool, typer.Option("--authors", help="Draw the authors too.")] = False,
    workspace: WorkspaceOption = None,
    lexicon: LexiconOption = None,
    min_confidence: ConfidenceOption = None,
) -> None:
    """Write one HTML page with the graph, or a part of it, that opens with no network.

    Example: kg view libero.html --focus LIBERO --hops 2
    """
    from kg.build import graph_of
    from kg.network import find, to_networkx
    from kg.views import write_view

    settings = settings_of(workspace, lexicon, min_confidence)
    with open_workspace(settings) as held:
        graph = graph_of(held, settings)
        network = to_networkx(graph.nodes(), graph.edges())
    ids = [id_ for name in focus or () for id_ in find(network, name)]
    title = f"Results around {', '.join(focus)}" if focus else "Results, and where they come from"
    done = write_view(
        network, output, title=title, focus=ids, hops=hops, limit=limit, without=() if authors else ("Author",)
    )
    left = ", ".join(f"{n} {label}" for label, n in done.left_out.items())
    say(f"{done.path}: {done.nodes} nodes, {done.edges} edges, {done.size / 1e6:.1f} MB")
    if left:
        say(f"not drawn: {left}")


def export(
    output: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; compressed if it ends in .gz. [default: stdout]")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", "-f", help="nt, nq, ttl, jsonld, graphml, jsonl [default: by FILE's name]."),
    ] = None,
    describe: Annotated[bool, typer.Option("--describe", help="Describe the RDF dump in a file beside it.")] = False,
    workspace: WorkspaceOption = None,
    lexicon: LexiconOption = None,
    min_confidence: ConfidenceOption = None,
) -> None:
    """Write the graph as RDF or GraphML, or the records as JSON lines.

    Example: kg export kg.ttl.gz
    """
    from kg.cli.export import write_export

    settings = settings_of(workspace, lexicon, min_confidence)
    with open_workspace(settings) as held:
        say(write_export(held, settings, output, format_, describe=describe))


def load(
    neo4j: UriOption = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    workspace: WorkspaceOption = None,
    lexicon: LexiconOption = None,
    min_confidence: ConfidenceOption = None,
) -> None:
    """Load the graph into a Neo4j server. Writing it twice changes nothing; what was withdrawn goes.

    Example: kg load --neo4j bolt://localhost:7687
    """
    from kg.build import graph_of

    settings = settings_of(workspace, lexicon, min_confidence)
    with open_workspace(settings) as held, connect(neo4j, user, password_file) as server:
        if next(held.records(), None) is None:
            raise WorkspaceError(f"{held.path}: no paper was read yet, and loading nothing would empty the database")
        graph = graph_of(held, settings)
        with progress("loading rows") as advance:
            counts = server.load(graph.nodes(), graph.edges(), progress=lambda _, n: advance(n))
    say(f"{counts.nodes.total()} nodes and {counts.edges.total()} relationships are in the database")


def sparql(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A file with a query; - reads it from stdin.")],
    dump: Annotated[
        list[Path] | None, typer.Option("--dump", metavar="FILE", help="Ask RDF files instead of the workspace.")
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", "-f", help="table, json, csv, tsv, xml, ttl, nt. [default: table or ttl]")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the query is ended.")] = 60.0,
    workspace: WorkspaceOption = None,
    lexicon: LexiconOption = None,
    min_confidence: ConfidenceOption = None,
) -> None:
    """Ask the graph in SPARQL. The usual prefixes (kg:, schema:, dcterms:, …) need not be declared.

    Example: echo 'SELECT (COUNT(*) AS ?n) { ?s a kg:Result }' | kg sparql -
    """
    from kg.cli.sparql import answer

    settings = settings_of(workspace, lexicon, min_confidence)
    answer(settings, _text(file), dumps=dump or [], format_=format_, timeout=timeout)


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: the query cannot be read from it ({error})") from error


def add_to(app: typer.Typer) -> None:
    extra = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(context_settings=extra)(query)
    for command in (sparql, view, export, load):
        app.command()(command)
