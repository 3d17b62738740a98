"""How the commands speak: tables, progress and complaints."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable
from rich.text import Text

from kg.errors import UsageError
from kg.table import Cell, Table

out = Console(soft_wrap=False, highlight=False)
err = Console(stderr=True, highlight=False)

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", metavar="PATH", help="The workspace [default: $KG_WORKSPACE, else ./kg.db]."),
]
LexiconOption = Annotated[
    list[Path] | None,
    typer.Option("--lexicon", metavar="FILE", help="Your own names, beside the shipped ones; may be repeated."),
]
ConfidenceOption = Annotated[
    float | None,
    typer.Option(
        "--min-confidence", min=0, max=1, metavar="P", help="Leave out results and comparisons less sure than this."
    ),
]


def complain(message: str) -> None:
    err.print(Text.assemble(("kg: ", "bold red"), message), soft_wrap=True)


def say(message: str) -> None:
    err.print(Text(message), soft_wrap=True)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar (or a running count) on stderr, where that is a terminal; the value advances it."""
    columns: tuple[Any, ...] = (SpinnerColumn(), TextColumn("{task.description}"))
    if total is not None:
        columns += (BarColumn(),)
    columns += (MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda n: bar.advance(task, n)


def cell_text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _json_default(value: object) -> object:
    """Decimals as JSON numbers with the figures as they are."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value).__name__)


def write_json(data: object) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1, default=_json_default)
    sys.stdout.write("\n")


def write_csv(table: Table) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([cell_text(value) for value in row] for row in table.rows)


# What a row says twice, or says to programs only: in JSON and CSV always, in a table on request.
_DETAILS = frozenset({"result", "otherResult", "valueText", "of", "board"})
_SENTENCES = ("evidence", "otherEvidence")
_NARROW, _WIDE = 14, 48


def write_table(table: Table, *, title: str = "", whole: bool = False) -> None:
    """For people: what all rows share stands above, what none has is left away, long texts are folded.

    Where the columns do not fit side by side, each row is a block of lines. ``whole`` shows the columns that only
    repeat or identify too.
    """
    columns = [i for i, name in enumerate(table.columns) if whole or not _is_detail(name, table.columns)]
    shared: list[str] = []
    for i in columns[:]:
        values = {row[i] for row in table.rows}
        if values <= {None, "", ()} or (len(values) == 1 and len(table.rows) > 1):
            columns.remove(i)
            (value,) = {_shown(v) for v in values} or {""}
            shared += [f"{table.columns[i]}: {value}"] if value not in ("", "exact") else []
    if title or shared:
        out.print(Text.assemble((title, "bold"), "  " if title and shared else "", (" · ".join(shared), "dim")))
    said = [i for i in columns if table.columns[i] in _SENTENCES]
    columns = [i for i in columns if i not in said]
    rows = [[_shown(row[i]) for i in columns] for row in table.rows]
    names = [table.columns[i] for i in columns]
    quotes = [[_shown(row[i]) for i in said] for row in table.rows]
    needed = [min(max(map(len, cells)), _NARROW) + 2 for cells in zip(names, *rows, strict=True)]
    if sum(needed) < out.width:
        _write_grid(names, rows, quotes, [_is_numeric(table, i) for i in columns])
    else:
        _write_blocks([*names, *(table.columns[i] for i in said)], [a + b for a, b in zip(rows, quotes, strict=True)])


def _write_grid(names: list[str], rows: list[list[str]], quotes: list[list[str]], numeric: list[bool]) -> None:
    """A table with the sentences of each row under it."""
    widths = [min(max(map(cell_len, cells)), _WIDE) for cells in zip(names, *rows, strict=True)]
    while sum(widths) + 2 * len(widths) > out.width and max(widths) > _NARROW:
        widths[widths.index(max(widths))] -= 1
    out.print(_line(names, widths, numeric, style="bold"))
    out.print(Text("─" * min(sum(widths) + 2 * len(widths) - 2, out.width), style="dim"))
    for row, sentences in zip(rows, quotes, strict=True):
        out.print(_line(row, widths, numeric))
        for sentence in filter(None, sentences):
            out.print(Padding(Text(sentence, style="dim"), (0, 0, 0, 4)))


def _line(cells: list[str], widths: list[int], numeric: list[bool], *, style: str = "") -> RichTable:
    grid = RichTable.grid(padding=(0, 2, 0, 0))
    for width, is_numeric in zip(widths, numeric, strict=True):
        grid.add_column(width=width, justify="right" if is_numeric else "left", overflow="fold")
    grid.add_row(*(Text(cell, style=style) for cell in cells))
    return grid


def _write_blocks(names: list[str], rows: list[list[str]]) -> None:
    width = max(map(len, names))
    for row in rows:
        out.rule(style="dim")
        block = RichTable.grid(padding=(0, 2))
        block.add_column(style="dim", width=width)
        block.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            if value:
                block.add_row(name, Text(value))
        out.print(block)


def _is_numeric(table: Table, i: int) -> bool:
    return all(isinstance(row[i], (int, Decimal)) or row[i] is None for row in table.rows)


def _shown(value: Cell) -> str:
    """A cell in a table: white space in one, ids of papers without their kind."""
    return " ".join(cell_text(value).split()).removeprefix("paper/")


def _is_detail(name: str, columns: tuple[str, ...]) -> bool:
    return name in _DETAILS or (name == "title" and {"paper", "evidence"} <= set(columns))


def write_result(
    table: Table, *, as_json: bool = False, as_csv: bool = False, title: str = "", whole: bool = False
) -> None:
    if as_json and as_csv:
        raise UsageError("give --json or --csv, not both")
    if as_json:
        write_json(table.records())
    elif as_csv:
        write_csv(table)
    elif table.rows:
        write_table(table, title=title, whole=whole)
    else:
        say("no rows")
