"""An abstract as the terminal shows it: entities coloured by type, values of results bold, a table of the results."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text

from kg.model import Comparison, EntityType, Paper, Record, Result

_COLOURS: dict[EntityType, str] = {
    "Method": "blue", "Dataset": "green", "Benchmark": "dark_green", "Task": "magenta", "Metric": "dark_orange",
}  # fmt: skip
_BOUNDS = {"exact": "", "at_least": "≥ ", "at_most": "≤ ", "about": "≈ "}


def marked_abstract(key: str, paper: Paper, record: Record) -> Group:
    """Title and abstract with what was found in them, and a legend of the colours."""
    text = Text(paper.text)
    for entity in record.entities:
        for span in entity.spans:
            text.stylize(f"{_COLOURS[entity.type]} underline", span.start, span.end)
    for result in record.results:
        text.stylize("bold reverse", result.value_span.start, result.value_span.end)
    text.stylize("bold", 0, len(paper.title))
    title, abstract = text[: len(paper.title)], text[len(paper.title) + 1 :]
    legend = Text("  ").join(Text(type_, style=colour) for type_, colour in _COLOURS.items())
    about = Text(" · ".join(part for part in (key, paper.published, paper.organization) if part), style="dim")
    return Group(title, about, Text(), abstract, Text(), legend)


def results_table(record: Record) -> Group:
    """Every result and comparison with how sure it is and the sentence that states it."""
    table = RichTable(header_style="bold", show_lines=True)
    for column in ("kind", "value", "metric", "dataset", "method", "against", "sure", "evidence"):
        table.add_column(column, overflow="fold")
    for result in record.results:
        table.add_row(*(Text(cell) for cell in _result_cells(result)))
    for comparison in record.comparisons:
        table.add_row(*(Text(cell) for cell in _comparison_cells(comparison)))
    return Group(table)


def _result_cells(result: Result) -> list[str]:
    arrow = {"increase": "↑ ", "decrease": "↓ "}.get(result.direction or "", "")
    value = f"{result.value}" if result.value_max is None else f"{result.value}–{result.value_max}"
    shown = f"{_BOUNDS[result.bound]}{arrow}{value} {result.unit}".rstrip()
    metric = " ".join(part for part in (result.metric, result.setting and f"({result.setting})") if part)
    return [
        result.kind, shown, metric, result.dataset or "", result.method or "", result.baseline or "",
        f"{result.confidence:.2f}", " ".join(result.evidence.split()),
    ]  # fmt: skip


def _comparison_cells(comparison: Comparison) -> list[str]:
    return [
        "better", "", comparison.metric or "", comparison.dataset or "", comparison.better, comparison.worse,
        f"{comparison.confidence:.2f}", " ".join(comparison.evidence.split()),
    ]  # fmt: skip
