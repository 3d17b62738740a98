"""Fits the models of :mod:`kg.extraction.linker` to labelled papers.

Every model that takes another's output as a feature is fitted on outputs for papers that the other has not seen
(cross-fitting over the folds of the papers given). So a fit inside a fold of cross-validation never looks outside it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kg.extraction.judge import Floats, Judge
from kg.extraction.link_candidates import FIELDS
from kg.extraction.link_features import Links
from kg.extraction.linker import (
    LIKELY,
    Linked,
    Linker,
    Pairs,
    choices,
    make_pairs,
    number_rows,
)
from kg.extraction.shared import Group, groups
from kg.extraction.trees import Trees
from kg.model import KINDS
from kg.training import trees
from kg.training.agreement import SAY_NOTHING, Json, Names, normal
from kg.training.gold import Example
from kg.training.judge import Ints, crossed, fit_judge
from kg.training.split import fold_of
from kg.training.wholes import fit_wholes

logger = logging.getLogger(__name__)

STRENGTH = {"numbers": 0.1, "direction": 0.1, "pairs": 0.03}
"""Inverse regularisation of the linear models."""


def fit(examples: Sequence[Example]) -> tuple[Linker, list[list[Linked]]]:
    """All models of binding, fitted to the examples; a paper may come twice, with other entities.

    Beside them, what models that have not seen a paper find in it.
    """
    logger.info("fitting the judges of numbers")
    numbers, kinds = _fit_numbers(examples)
    direction, increase = _fit_direction(examples)
    rows = [_pairs(example, probabilities) for example, probabilities in zip(examples, kinds, strict=True)]
    fitted = {}
    for field in FIELDS:
        logger.info("fitting the judge of each number's %s", field)
        fitted[field] = _fit_field(field, rows, _folds(examples))
    linked = []
    for k, row in enumerate(rows):
        found = {field: choices(row.pairs[field], fitted[field][1][k]) for field in FIELDS}
        likely = row.pairs["metric"].numbers
        linked.append([
            Linked(i, kinds[k][i], increase[k].get(i, 0.5), {field: found[field][j] for field in FIELDS})
            for j, i in enumerate(likely)
        ])  # fmt: skip
    logger.info("fitting the judges of lists and of whole results")
    shared, linked = _fit_shared(examples, linked)
    wholes, sure, calibration, linked = fit_wholes(examples, linked)
    judges = {field: judge for field, (judge, _) in fitted.items()}
    return Linker(numbers, direction, judges, shared, wholes, sure, calibration), linked


def _folds(examples: Sequence[Example]) -> Ints:
    return np.array([fold_of(example.id) for example in examples], dtype=np.int64)


def _fit_numbers(examples: Sequence[Example]) -> tuple[Judge, list[Floats]]:
    words: list[npt.NDArray[np.int32]] = []
    dense, target, owner = [], [], []
    for k, example in enumerate(examples):
        if example.reading.quantities:
            rows, figures = number_rows(example.reading)
            words += rows
            dense.append(figures)
            target += [1 + KINDS.index(results[0]["kind"]) if results else 0 for results in example.results]
            owner += [k] * len(rows)
    fold = _folds(examples)[owner]
    judge, kinds = fit_judge(
        words, np.vstack(dense), np.array(target), fold, classes=4, strength=STRENGTH["numbers"], rounds=120
    )
    owners = np.array(owner)
    return judge, [kinds[owners == k] for k in range(len(examples))]


def _fit_direction(examples: Sequence[Example]) -> tuple[Judge, list[dict[int, float]]]:
    """The judge of directions, and for each labelled change of each example the probability of an increase."""
    words, dense, target, fold, owner = [], [], [], [], []
    for k, example in enumerate(examples):
        if not any(r["kind"] == "change" for results in example.results for r in results):
            continue
        rows, figures = number_rows(example.reading)
        for i, results in enumerate(example.results):
            if results and results[0]["kind"] == "change":
                words.append(rows[i])
                dense.append(figures[i])
                target.append(int(results[0]["direction"] == "increase"))
                fold.append(fold_of(example.id))
                owner.append((k, i))
    judge, scores = fit_judge(
        words, np.array(dense), np.array(target), np.array(fold), strength=STRENGTH["direction"], rounds=100
    )
    found: list[dict[int, float]] = [{} for _ in examples]
    for (k, i), score in zip(owner, scores[:, 0].tolist(), strict=True):
        found[k][i] = score
    return judge, found


@dataclass(frozen=True, slots=True)
class _Rows:
    """The pairs of one example by field; ``right`` says of each pair whether it is; ``asked`` says of each likely
    number whether it is a labelled result."""

    pairs: dict[str, Pairs]
    right: dict[str, npt.NDArray[np.bool_]]
    asked: npt.NDArray[np.bool_]


def _pairs(example: Example, kinds: Floats) -> _Rows:
    reading = example.reading
    likely = [i for i in range(len(kinds)) if 1 - kinds[i, 0] >= LIKELY]
    links = Links(reading)
    pairs = {field: make_pairs(links, field, likely, kinds[likely] if likely else kinds[:0]) for field in FIELDS}
    names = Names(example.record)
    right = {
        field: np.array(
            [
                is_right(names, field, reading.entities[e].surfaces, example.results[likely[o]])
                for o, e in zip(mine.owner, mine.entities, strict=True)
            ],
            dtype=np.bool_,
        )
        for field, mine in pairs.items()
    }
    return _Rows(pairs, right, np.array([bool(example.results[i]) for i in likely], dtype=np.bool_))


def _fit_shared(examples: Sequence[Example], linked: Sequence[Sequence[Linked]]) -> tuple[Trees, list[list[Linked]]]:
    """The judge of lists, and the likely results with what judges that have not seen them say of their lists."""
    found: list[tuple[int, int, Group]] = []
    target, fold = [], []
    for k, (example, results) in enumerate(zip(examples, linked, strict=True)):
        links = Links(example.reading) if results else None
        names = Names(example.record)
        for j, each in enumerate(results):
            assert links is not None
            for group in groups(links, each.number, each.fields, each.kinds.tolist()):
                stated = example.results[each.number]
                right = [is_right(names, group.field, _surfaces(example, e), stated) for e in group.members]
                found.append((k, j, group))
                target.append(int(sum(right) > 1))
                fold.append(fold_of(example.id))
    matrix, wanted = np.array([group.row for _, _, group in found], dtype=np.float32), np.array(target)

    def predict(fitted: npt.NDArray[np.bool_], test: npt.NDArray[np.bool_]) -> Floats:
        return trees.fit(matrix[fitted], wanted[fitted], rounds=100, smallest=15).probabilities(matrix[test])

    scores = crossed(np.array(fold), predict, 1)[:, 0].tolist()
    lists: dict[tuple[int, int], list[tuple[Group, float]]] = {}
    for (k, j, group), score in zip(found, scores, strict=True):
        lists.setdefault((k, j), []).append((group, score))
    judged = [
        [replace(each, shared=tuple(lists.get((k, j), ()))) for j, each in enumerate(results)]
        for k, results in enumerate(linked)
    ]
    return trees.fit(matrix, wanted, rounds=100, smallest=15), judged


def _surfaces(example: Example, entity: int) -> tuple[str, ...]:
    return example.reading.entities[entity].surfaces


def is_right(names: Names, field: str, surfaces: Sequence[str], results: Sequence[Json]) -> bool:
    """Whether an entity of these surfaces is what the results name in the field."""
    empty = SAY_NOTHING if field == "metric" else frozenset(("",))
    wanted = [result[field] for result in results if normal(result[field]) not in empty]
    return any(names.agree(surface, name) for name in wanted for surface in surfaces)


def _fit_field(field: str, rows: Sequence[_Rows], folds: Ints) -> tuple[Judge, list[Floats]]:
    """The judge of a field, and the scores of each example's pairs by a judge that has not seen it."""
    words = [word for row in rows for word in row.pairs[field].words]
    dense = np.vstack([row.pairs[field].dense for row in rows if len(row.pairs[field].owner)])
    target = np.concatenate([row.right[field] for row in rows]).astype(np.int64)
    asked = np.concatenate([row.asked[row.pairs[field].owner] for row in rows])
    sizes = [len(row.pairs[field].owner) for row in rows]
    fold = np.repeat(folds, sizes)
    taken = np.flatnonzero(asked)
    judge, crossed_scores = fit_judge(
        [words[int(i)] for i in taken], dense[taken], target[taken], fold[taken], strength=STRENGTH["pairs"]
    )
    scores = np.zeros(len(words), dtype=np.float32)
    scores[taken] = crossed_scores[:, 0]
    rest = np.flatnonzero(~asked)  # numbers that are no results have no target
    if len(rest):
        scores[rest] = judge.probabilities([words[int(i)] for i in rest], dense[rest])[:, 0]
    return judge, np.split(scores, np.cumsum(sizes)[:-1])
