"""How good extraction is: precision, recall and F1 of every field against labelled abstracts.

Entities match one to one when their types agree (Dataset and Benchmark count as one) and they share a surface form.
Results match at three levels, each including the one before: *number* (value and unit), *score* (+ kind, metric and
dataset), *full* (+ method and baseline); a field by itself is right where the number matches and the names agree.
Comparisons match on both names. :mod:`kg.training.agreement` says when names
and numbers agree. A labelled paper without a prediction counts as an empty one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.training.agreement import SAY_NOTHING, Names, family, level, normal, pair_up, squeezed

Json = Mapping[str, Any]
Records = Mapping[str, Json]

LEVELS = {"result number": 1, "result score": 2, "result full": 3}
FIELDS = ("kind", "metric", "dataset", "method", "baseline", "task")
_COUNTED = ("bound", "direction")


@dataclass(frozen=True, slots=True)
class Row:
    """Counts of one thing that is scored."""

    hits: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        return self.hits / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.predicted + self.gold) if self.predicted + self.gold else 0.0


@dataclass(slots=True)
class Scores:
    """``hits``, ``predicted`` and ``gold`` by what is scored; ``right`` of ``asked`` by field whose accuracy is taken
    over the pairs that matched; ``fields`` are counts of results by field, of those where it says something;
    ``confusion`` counts (labelled type, predicted type) of entities that share a surface,
    None standing for "not there"."""

    hits: Counter[str] = field(default_factory=Counter)
    predicted: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    fields: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in FIELDS})
    confusion: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)

    def rows(self) -> dict[str, Row]:
        return {
            key: Row(self.hits[key], self.predicted[key], self.gold[key]) for key in sorted(self.gold | self.predicted)
        }

    def field_rows(self) -> dict[str, Row]:
        return {name: Row(n["hits"], n["predicted"], n["gold"]) for name, n in self.fields.items()}

    def accuracies(self) -> dict[str, float]:
        return {key: self.right[key] / self.asked[key] for key in ("role", *_COUNTED) if self.asked[key]}


def read_records(path: Path) -> dict[str, Json]:
    """Records of a JSON-lines file by id. Raises InputError that names the line which is none."""
    records: dict[str, Json] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    record = _record(line, f"{path}:{number}")
                    records[str(record["id"])] = record
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    if not records:
        raise InputError(
            f"{path}: holds no labelled record; give JSON lines with id, title, abstract, entities, results"
        )
    return records


def _record(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise InputError(f"{place}: not JSON ({error}); one record a line") from error
    missing = {"id", "title", "abstract", "entities", "results", "comparisons"} - set(
        record if isinstance(record, dict) else ()
    )
    if missing:
        raise InputError(f"{place}: not a labelled record: it lacks {', '.join(sorted(missing))}")
    return dict(record)


def evaluate(golds: Records, predictions: Records) -> Scores:
    """Score predictions against labels, joined by id."""
    scores = Scores()
    for key, gold in golds.items():
        found = predictions.get(key, {})
        _entities(scores, gold.get("entities", ()), found.get("entities", ()))
        names = Names(gold)
        _results(scores, names, gold.get("results", ()), found.get("results", ()))
        _comparisons(scores, names, gold.get("comparisons", ()), found.get("comparisons", ()))
    return scores


def _surfaces(entity: Json) -> set[str]:
    return {squeezed(surface) for surface in entity["surfaces"]}


def _entities(scores: Scores, gold: Sequence[Json], found: Sequence[Json]) -> None:
    def grade(g: Json, p: Json) -> int:
        return len(_surfaces(g) & _surfaces(p)) if family(g["type"]) == family(p["type"]) else 0

    pairs = pair_up(gold, found, grade)
    for side, items in ((scores.gold, gold), (scores.predicted, found)):
        side.update(key for e in items for key in ("entity " + family(e["type"]), "entity all"))
    for i, j, _ in pairs:
        scores.hits.update(("entity " + family(gold[i]["type"]), "entity all"))
        scores.asked["role"] += 1
        scores.right["role"] += gold[i].get("role") == found[j].get("role")
    whatever = pair_up(gold, found, lambda g, p: len(_surfaces(g) & _surfaces(p)) * 2 + (grade(g, p) > 0))
    scores.confusion.update((family(gold[i]["type"]), family(found[j]["type"])) for i, j, _ in whatever)
    in_gold, in_found = {i for i, _, _ in whatever}, {j for _, j, _ in whatever}
    scores.confusion.update((family(e["type"]), None) for i, e in enumerate(gold) if i not in in_gold)
    scores.confusion.update((None, family(e["type"])) for j, e in enumerate(found) if j not in in_found)


def _results(scores: Scores, names: Names, gold: Sequence[Json], found: Sequence[Json]) -> None:
    for name in LEVELS:
        scores.gold[name] += len(gold)
        scores.predicted[name] += len(found)
    for i, j, reached in pair_up(gold, found, lambda g, p: level(names, g, p)):
        scores.hits.update(name for name, needed in LEVELS.items() if reached >= needed)
        for what in _COUNTED:
            scores.asked[what] += 1
            scores.right[what] += gold[i].get(what) == found[j].get(what)
        for name, counts in scores.fields.items():
            counts["hits"] += _is_same(names, name, gold[i], found[j])
    for name, counts in scores.fields.items():
        counts["gold"] += sum(_says(result, name) for result in gold)
        counts["predicted"] += sum(_says(result, name) for result in found)


def _says(result: Json, name: str) -> bool:
    return normal(result.get(name)) not in (SAY_NOTHING if name == "metric" else ("",))


def _is_same(names: Names, name: str, gold: Json, found: Json) -> bool:
    if not (_says(gold, name) and _says(found, name)):
        return False
    return gold[name] == found[name] if name == "kind" else names.agree(gold[name], found[name])


def _comparisons(scores: Scores, names: Names, gold: Sequence[Json], found: Sequence[Json]) -> None:
    def same(g: Json, p: Json) -> int:
        return int(names.agree(g["better"], p["better"]) and names.agree(g["worse"], p["worse"]))

    scores.gold["comparison"] += len(gold)
    scores.predicted["comparison"] += len(found)
    scores.hits["comparison"] += len(pair_up(gold, found, same))


def curve(
    golds: Records, predictions: Records, thresholds: Iterable[float], *, of: str = "result full"
) -> list[tuple[float, Row]]:
    """(threshold, counts) of ``of`` when only results at least that confident are kept: the precision-recall curve."""
    return [(least, evaluate(golds, _kept(predictions, least)).rows().get(of, Row(0, 0, 0))) for least in thresholds]


def _kept(predictions: Records, least: float) -> dict[str, Json]:
    def sure(items: Iterable[Json]) -> list[Json]:
        return [item for item in items if item.get("confidence", 1.0) >= least]

    return {
        key: {**record, "results": sure(record["results"]), "comparisons": sure(record["comparisons"])}
        for key, record in predictions.items()
    }


def calibration(golds: Records, predictions: Records, *, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean confidence, share that is right in full, how many) for results in bins of equal width of confidence."""
    found: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for key, gold in golds.items():
        results = predictions.get(key, {}).get("results", ())
        names = Names(gold)
        graded = pair_up(gold.get("results", ()), results, _grader(names))
        right = {j for _, j, reached in graded if reached == LEVELS["result full"]}
        for j, result in enumerate(results):
            sure = float(result.get("confidence", 1.0))
            found[min(int(sure * bins), bins - 1)].append((sure, j in right))
    return [
        (sum(sure for sure, _ in items) / len(items), sum(ok for _, ok in items) / len(items), len(items))
        for items in found
        if items
    ]


def _grader(names: Names) -> Callable[[Json, Json], int]:
    return lambda g, p: level(names, g, p)
