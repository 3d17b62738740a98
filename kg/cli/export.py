"""What ``kg export`` writes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kg.build import graph_of
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.settings import Settings
    from kg.workspace import Workspace

_RDF = ("nt", "nq", "ttl", "jsonld")
_OTHERS = ("graphml", "jsonl")


def write_export(
    held: Workspace, settings: Settings, output: Path | None, format_: str | None, *, describe: bool = False
) -> str:
    """Write the graph; returns what to tell the user."""
    chosen = format_ or _by_name(output)
    if chosen not in (*_RDF, *_OTHERS):
        raise UsageError(f"no format {chosen!r}; there are: {', '.join((*_RDF, *_OTHERS))}")
    if describe and (chosen not in _RDF or output is None):
        raise UsageError("--describe goes with an RDF format and a FILE")
    if chosen == "jsonl":
        return _write_records(held, settings, output)
    if chosen == "graphml":
        return _write_graphml(held, settings, output)
    return _write_rdf(held, settings, output, chosen, describe=describe)


def _by_name(output: Path | None) -> str:
    if output is None:
        raise UsageError(f"which format? Give --format {'|'.join((*_RDF, *_OTHERS))}, or a FILE whose name tells")
    name = output.name.removesuffix(".gz")
    return name.rpartition(".")[2] if "." in name else name


def _write_rdf(held: Workspace, settings: Settings, output: Path | None, chosen: str, *, describe: bool) -> str:
    from kg.rdf import write

    graph = graph_of(held, settings)
    written = write(graph.nodes(), graph.edges(), output or sys.stdout.buffer, format=chosen, base=settings.base)
    told = f"{written.format.title}, {written.size} bytes"
    if describe and output is not None:
        from kg.rdf.describe import write_description

        told += f"; described in {write_description(written, output, base=settings.base)}"
    return told


def _write_graphml(held: Workspace, settings: Settings, output: Path | None) -> str:
    from kg.graphml import write_graphml
    from kg.network import to_networkx

    graph = graph_of(held, settings)
    network = to_networkx(graph.nodes(), graph.edges())
    write_graphml(network, output or Path("/dev/stdout"))
    return f"{network.number_of_nodes()} nodes and {network.number_of_edges()} edges"


def _write_records(held: Workspace, settings: Settings, output: Path | None) -> str:
    from kg.rdf.output import opened
    from kg.records import record_line

    count = 0
    with opened(output or sys.stdout.buffer) as (file, _):
        for key, paper, record in held.records():
            line = record_line(paper, record, id_=key, min_confidence=settings.min_confidence)
            file.write(line.encode() + b"\n")
            count += 1
    return f"{count} records"
