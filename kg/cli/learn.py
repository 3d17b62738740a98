"""Commands about learning: evaluate, labels, train."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as RichTable

from kg.cli import labels, train
from kg.cli.console import LexiconOption, out, progress, say, write_json
from kg.cli.extractors import Choice, chosen_extractor
from kg.cli.papers import settings_of
from kg.cli.train import ProcessesOption, QuickOption, SilverOption, UnlabelledOption, VectorsOption
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.training.evaluate import Row, Scores

_STEPS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Labelled abstracts, JSON lines.")],
    predictions: Annotated[
        Path | None,
        typer.Option("--predictions", metavar="FILE", help="Score these records instead of extracting anew."),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="all, train or held-out (by id).")] = "all",
    model: Annotated[
        str | None, typer.Option("--model", metavar="DIR", help="A folder made by kg train [default: the shipped one].")
    ] = None,
    cross_validate: Annotated[
        int | None,
        typer.Option("--cross-validate", metavar="5", help="Train on four folds of five, read the fifth, in turn."),
    ] = None,
    work: Annotated[
        Path, typer.Option("--work", metavar="DIR", help="Of --cross-validate: keeps what can be used again.")
    ] = Path("kg-training"),
    unlabelled: UnlabelledOption = None,
    vectors: VectorsOption = None,
    silver: SilverOption = 0,
    processes: ProcessesOption = 1,
    quick: QuickOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    lexicon: LexiconOption = None,
) -> None:
    """Precision, recall and F1 of every field on labelled abstracts, the confusion of types, the curve of confidence.

    The shipped models were trained on the train split of the published labels: only held-out figures are honest. With
    --cross-validate 5 every paper of the train split is read by models trained on others, which takes hours
    for thousands of papers; what was trained is kept in --work (that of `kg train` will do, with the same --unlabelled,
    --vectors and --silver).

    Example: kg evaluate gold.jsonl --split held-out
    """
    if cross_validate is not None:
        split = _checked(cross_validate, predictions, model, split)
        train.need_extra()
    from kg.training.evaluate import curve, read_records
    from kg.training.evaluate import evaluate as score

    golds = _split(read_records(gold), split)
    if cross_validate is not None:
        found = train.cross_validated(
            gold, work, lexicon, unlabelled=unlabelled, vectors=vectors, silver=silver, processes=processes, quick=quick
        )
    else:
        found = read_records(predictions) if predictions else _extract(golds, lexicon, model)
    scores, points = score(golds, found), curve(golds, found, _STEPS)
    if as_json:
        write_json(_as_json(scores, points))
        return
    _print_scores(scores)
    _print_confusion(scores)
    _print_curve(points)


def _checked(folds: int, predictions: Path | None, model: str | None, split: str) -> str:
    """The split that cross-validation is about."""
    if folds != 5:
        raise UsageError(f"--cross-validate {folds}: the ids of papers say which of 5 folds each is in; give 5")
    if predictions or model:
        raise UsageError("--cross-validate trains models of its own: leave --predictions and --model away")
    if split == "held-out":
        raise UsageError("--cross-validate is over the train split; held-out papers are read without it")
    return "train"


def _split(golds: dict[str, Mapping[str, Any]], split: str) -> dict[str, Mapping[str, Any]]:
    from kg.training.split import is_held_out

    if split not in ("all", "train", "held-out"):
        raise UsageError(f"no split {split!r}; there are: all, train, held-out")
    kept = {key: g for key, g in golds.items() if split == "all" or is_held_out(key) == (split == "held-out")}
    say(f"{len(kept)} labelled abstracts ({split})")
    return kept


def _extract(
    golds: Mapping[str, Mapping[str, Any]], lexicon: list[Path] | None, model: str | None
) -> dict[str, Mapping[str, Any]]:
    from kg.build import read_texts
    from kg.model import Paper, Record
    from kg.records import record_line

    papers = ((key, Paper(title=g["title"], abstract=g["abstract"])) for key, g in golds.items())
    found: dict[str, Mapping[str, Any]] = {}
    with (
        chosen_extractor(settings_of(None, lexicon), Choice(model=model)) as reader,
        progress("reading abstracts", len(golds)) as advance,
    ):
        for key, paper, outcome in read_texts(reader, papers):
            if isinstance(outcome, Record):
                found[key] = json.loads(record_line(paper, outcome, id_=key))
            advance(1)
    return found


def _as_json(scores: Scores, points: list[tuple[float, Row]]) -> dict[str, Any]:
    def row(r: Row) -> dict[str, Any]:
        figures = {"precision": round(r.precision, 4), "recall": round(r.recall, 4), "f1": round(r.f1, 4)}
        return {**figures, "hits": r.hits, "predicted": r.predicted, "gold": r.gold}

    return {
        "scores": {key: row(r) for key, r in scores.rows().items()},
        "fields": {key: row(r) for key, r in scores.field_rows().items()},
        "accuracy": {key: round(value, 4) for key, value in scores.accuracies().items()},
        "confusion": [{"gold": g, "predicted": p, "n": n} for (g, p), n in scores.confusion.most_common()],
        "curve": [{"min_confidence": least, **row(r)} for least, r in points],
    }


def _print_scores(scores: Scores) -> None:
    table = RichTable(header_style="bold")
    table.add_column("")
    for name in ("precision", "recall", "F1", "right", "predicted", "labelled"):
        table.add_column(name, justify="right")
    for key, r in scores.rows().items():
        table.add_row(key, *_figures(r))
    table.add_section()
    for key, r in scores.field_rows().items():
        table.add_row(f"{key} of results", *_figures(r))
    out.print(table)
    out.print(" · ".join(f"{key} accuracy {value:.3f}" for key, value in scores.accuracies().items()))


def _figures(r: Row) -> list[str]:
    return [*(f"{x:.3f}" for x in (r.precision, r.recall, r.f1)), str(r.hits), str(r.predicted), str(r.gold)]


def _print_confusion(scores: Scores) -> None:
    types = ("Method", "Data", "Task", "Metric", None)
    table = RichTable("labelled \\ predicted", *(t or "nothing" for t in types), header_style="bold")
    for gold in types:
        table.add_row(gold or "nothing", *(str(scores.confusion[gold, found] or "") for found in types))
    out.print(table)


def _print_curve(points: list[tuple[float, Row]]) -> None:
    table = RichTable("results in full, at least this sure", "precision", "recall", "F1", header_style="bold")
    for least, r in points:
        table.add_row(f"{least:.1f}", *(f"{x:.3f}" for x in (r.precision, r.recall, r.f1)))
    out.print(table)


def add_to(app: typer.Typer) -> None:
    app.command()(evaluate)
    train.add_to(app)
    app.add_typer(labels.app, name="labels")
