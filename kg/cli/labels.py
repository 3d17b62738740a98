"""``kg labels``: the published labels, joined to abstracts that the user has, or made from labelled records."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.console import complain, say
from kg.errors import PARTIAL, UsageError

if TYPE_CHECKING:
    from kg.sources import Fault

app = typer.Typer(no_args_is_help=True, help="The published labels: join them to abstracts, or publish your own.")


@app.command()
def join(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCES…", help="Abstracts: arXiv's dump, API answers, …")],
    labels: Annotated[Path | None, typer.Option("--labels", metavar="FILE", help="[default: the shipped ones]")] = None,
    split: Annotated[str | None, typer.Option("--split", help="Only train, or only held-out.")] = None,
) -> None:
    """Print labelled records: the published labels beside the abstracts that you have.

    A text whose hash differs from the labelled one is refused. Ends with exit code 20 if any is refused or missing.

    Example: kg labels join arxiv-metadata-oai-snapshot.json > gold.jsonl
    """
    from kg.training.joined import join_labels

    if split not in (None, "train", "held-out"):
        raise UsageError(f"no split {split!r}; there are: train, held-out")
    joined = join_labels(sources, labels=labels, split=split, on_fault=_tell)  # type: ignore[arg-type]
    for line in joined.lines():
        sys.stdout.write(line if line.endswith("\n") else line + "\n")
    for refused in joined.refused[:20]:
        complain(f"refused, its text is not the labelled one: {refused}")
    say(f"{len(joined.records)} records joined, {len(joined.refused)} refused, {len(joined.missing)} missing")
    if joined.refused or joined.missing:
        raise typer.Exit(PARTIAL)


@app.command()
def publish(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Labelled records, JSON lines with their texts.")],
    papers: Annotated[
        list[Path] | None, typer.Option("--papers", metavar="SOURCE", help="Where arXiv ids of the others are found.")
    ] = None,
) -> None:
    """Print labels without the texts: ids, a hash of each text, and every label by offsets.

    Example: kg labels publish gold.jsonl > labels.jsonl
    """
    from kg.training.published import publish_labels

    published = publish_labels(gold, papers or (), on_fault=_tell)
    for line in published.lines:
        sys.stdout.write(line if line.endswith("\n") else line + "\n")
    say(f"{len(published.lines)} abstracts, {len(published.unnamed)} left out for want of an arXiv id")


def _tell(fault: Fault) -> None:
    complain(str(fault))
