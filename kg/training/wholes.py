"""Fits what picks whole results, and what says how sure they are (:mod:`kg.extraction.wholes`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from kg.extraction.judge import Calibration, Floats
from kg.extraction.link_features import Links
from kg.extraction.linker import Linked, likeliest, whole_rows
from kg.extraction.reading import Reading
from kg.extraction.trees import Trees
from kg.extraction.wholes import JOINED, Whole
from kg.model import KINDS
from kg.training import trees
from kg.training.agreement import SAY_NOTHING, Json, Names
from kg.training.gold import Example
from kg.training.judge import Ints, crossed
from kg.training.split import fold_of

WHOLE_ROUNDS = 150
RANK_ROUNDS = 200


def fit_wholes(
    examples: Sequence[Example], linked: Sequence[Sequence[Linked]]
) -> tuple[Trees, Trees, Calibration, list[list[Linked]]]:
    """The judge that ranks whole results, the one that says how sure it is, the latter's calibration; and the likely
    results with what judges that have not seen them say that they state."""
    options: list[Whole] = []
    matrices, target, fold, sizes = [], [], [], []
    for example, results in zip(examples, linked, strict=True):
        if not results:
            continue
        mine, rows = whole_rows(Links(example.reading), results)
        matrices.append(rows)
        names = Names(example.record)
        for each, wholes in zip(results, mine, strict=True):
            stated = example.results[each.number]
            target += [int(is_stated(names, example.reading, whole, stated)) for whole in wholes]
            options += wholes
            sizes.append(len(wholes))
        fold += [fold_of(example.id)] * len(rows)
    table = _Wholes(np.vstack(matrices), np.array(target), np.array(sizes))
    folds = np.array(fold)
    ranks = crossed(folds, lambda fit, test: table.ranking(fit).scores(table.matrix[test]), 1)[:, 0]
    chances = crossed(folds, lambda fit, test: table.sure(fit).probabilities(table.matrix[test]), 1)[:, 0]
    picked = likeliest(ranks, np.cumsum(table.sizes))
    calibration = calibrate(chances[picked].tolist(), table.target[picked].tolist())
    answers = iter(zip(picked.tolist(), chances[picked].tolist(), strict=True))
    judged = [[_answered(each, options, *next(answers)) for each in results] for results in linked]
    every = np.ones(len(folds), dtype=np.bool_)
    return table.ranking(every), table.sure(every), calibration, judged


def _answered(linked: Linked, options: Sequence[Whole], place: int, chance: float) -> Linked:
    return replace(linked, whole=options[place], confidence=chance)


@dataclass(frozen=True, slots=True)
class _Wholes:
    """Features and targets of whole results, those of one number together; ``sizes`` are how many each number has."""

    matrix: Floats
    target: Ints
    sizes: Ints

    def ranking(self, rows: npt.NDArray[np.bool_]) -> Trees:
        """Fitted to ``rows``, a mask that holds all results of a number or none."""
        first = np.cumsum(self.sizes) - self.sizes
        sizes = self.sizes[rows[first]]
        return trees.fit_ranking(self.matrix[rows], self.target[rows], sizes, rounds=RANK_ROUNDS)

    def sure(self, rows: npt.NDArray[np.bool_]) -> Trees:
        return trees.fit(self.matrix[rows], self.target[rows], rounds=WHOLE_ROUNDS, smallest=40, rate=0.05)


def calibrate(said: Sequence[float], right: Sequence[int]) -> Calibration:
    """Isotonic regression of being right on what was said."""
    fitted = IsotonicRegression(y_min=0.01, y_max=0.99).fit(said, right)
    return Calibration(fitted.X_thresholds_.astype(np.float32), fitted.y_thresholds_.astype(np.float32))


def is_stated(names: Names, reading: Reading, whole: Whole, results: Sequence[Json]) -> bool:
    """Whether one of the labelled results agrees with the whole in kind, metric, dataset, method and baseline."""

    def agrees(field: str, entity: int | None, name: str | None) -> bool:
        empty = SAY_NOTHING if field == "metric" else frozenset(("",))
        surfaces = (None,) if entity is None else reading.entities[entity].surfaces
        return any(names.agree(surface, name, empty=empty) for surface in surfaces)

    return any(
        result["kind"] == KINDS[whole.kind]
        and all(agrees(field, entity, result[field]) for field, entity in zip(JOINED, whole.names, strict=True))
        for result in results
    )
