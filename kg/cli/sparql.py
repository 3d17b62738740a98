"""What ``kg sparql`` answers, and in which form."""

from __future__ import annotations

import pickle
import sys
from functools import partial
from pathlib import Path

from kg.build import load_engine
from kg.cli.console import say, write_result
from kg.errors import UsageError
from kg.settings import Settings
from kg.sparql import Engine
from kg.sparql.pool import QueryPool
from kg.sparql.results import BOOLEAN_FORMATS, GRAPH_FORMATS, ROW_FORMATS, Limits
from kg.table import Table

_FORMATS = ("table", *ROW_FORMATS, *GRAPH_FORMATS)
_NO_LIMIT = 1 << 62


def answer(settings: Settings, query: str, *, dumps: list[Path], format_: str | None, timeout: float) -> None:
    """Print the answer to one query over the workspace, or over RDF files. Raises QueryError and its children."""
    formats = _formats(format_)
    load = partial(Engine.of_dump, *dumps, base=settings.base) if dumps else partial(load_engine, settings)
    limits = Limits(seconds=timeout, rows=_NO_LIMIT, size=_NO_LIMIT)
    with QueryPool(load, workers=1, limits=limits, base=settings.base) as pool:
        reply = pool.run(query, formats)
    if reply.body is None:
        raise UsageError(f"the answer is {reply.form}, which cannot be written as {format_}")
    if reply.format == "table":
        table = pickle.loads(reply.body)
        assert isinstance(table, Table)
        write_result(table)
        say(f"{len(table.rows)} rows")
        return
    sys.stdout.buffer.write(reply.body)
    if not reply.body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")


def _formats(wanted: str | None) -> dict[str, str]:
    """Which format for which form of answer."""
    if wanted is None:
        return {"rows": "table", "boolean": "json", "graph": "ttl"}
    if wanted not in _FORMATS:
        raise UsageError(f"no format {wanted!r}; there are: {', '.join(_FORMATS)}")
    formats = {}
    if wanted == "table" or wanted in ROW_FORMATS:
        formats["rows"] = wanted
    if wanted in BOOLEAN_FORMATS:
        formats["boolean"] = wanted
    if wanted in GRAPH_FORMATS:
        formats["graph"] = wanted
    return formats
