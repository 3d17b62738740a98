"""Fits the models of :mod:`kg.extraction.linker` to labelled papers.

Every model that takes another's output as a feature is fitted on outputs for papers that the other has not seen
(cross-fitting over the folds of the papers given). So a fit inside a fold of cross-validation never looks outside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from kg.extraction.hashed import BUCKETS, Linear
from kg.extraction.link_features import FIELDS, Links
from kg.extraction.linker import (
    LIKELY,
    FieldModel,
    Floats,
    Judge,
    Linker,
    Pairs,
    make_pairs,
    none_rows,
    number_rows,
    second_rows,
)
from kg.extraction.reading import Reading
from kg.extraction.trees import Trees
from kg.model import KINDS
from kg.training import trees
from kg.training.agreement import SAY_NOTHING, Json, Names, normal
from kg.training.gold import Example
from kg.training.split import fold_of

Ints = npt.NDArray[np.int64]
Words = Sequence[npt.NDArray[np.int32]]

STRENGTH = {"numbers": 0.1, "direction": 0.1, "pairs": 0.03}
"""Inverse regularisation of the linear models."""


def fit(examples: Sequence[Example]) -> Linker:
    """Fit all models of binding to the examples; a paper may come twice, with other entities."""
    numbers, kinds = _fit_numbers(examples)
    direction = _fit_direction(examples)
    rows = [_pairs(example, probabilities) for example, probabilities in zip(examples, kinds, strict=True)]
    return Linker(numbers, direction, _fit_fields(examples, rows))


def _folds(examples: Sequence[Example]) -> Ints:
    return np.array([fold_of(example.id) for example in examples], dtype=np.int64)


def crossed(
    fold: Ints, predict: Callable[[npt.NDArray[np.bool_], npt.NDArray[np.bool_]], Floats], width: int
) -> Floats:
    """Predictions (rows, width) for each fold by what was fitted on the others; ``predict(fit, test)`` takes masks."""
    out = np.zeros((len(fold), width), dtype=np.float32)
    for number in np.unique(fold):
        test = fold == number
        out[test] = predict(~test, test)
    return out


def fit_words(words: Words, target: Ints, classes: int, strength: float) -> Linear:
    """Logistic regression over buckets; ``classes`` 1 is a yes-or-no target."""
    model = LogisticRegression(C=strength, max_iter=300, solver="lbfgs" if classes > 1 else "liblinear")
    model.fit(_sparse(words), target)
    return Linear(model.coef_.T.astype(np.float16), model.intercept_.astype(np.float32))


def _sparse(words: Words) -> csr_matrix:
    index = np.concatenate([*words, np.zeros(0, np.int32)])
    ends = np.cumsum([0, *(len(row) for row in words)])
    return csr_matrix((np.ones(len(index), np.float32), index, ends), shape=(len(words), BUCKETS))


def fit_judge(
    words: Words, dense: Floats, target: Ints, fold: Ints, *, classes: int = 1, strength: float, rounds: int = 150
) -> tuple[Judge, Floats]:
    """A judge, and its probabilities for each row by a judge that has not seen the row's fold."""

    def subset(mask: npt.NDArray[np.bool_]) -> Words:
        return [words[int(i)] for i in np.flatnonzero(mask)]

    def by_words(fitted: npt.NDArray[np.bool_], test: npt.NDArray[np.bool_]) -> Floats:
        return fit_words(subset(fitted), target[fitted], classes, strength).scores(subset(test))

    matrix = np.hstack([dense, crossed(fold, by_words, classes)])

    def by_trees(fitted: npt.NDArray[np.bool_], test: npt.NDArray[np.bool_]) -> Floats:
        model = trees.fit(matrix[fitted], target[fitted], classes=classes, rounds=rounds, rate=0.06)
        return model.probabilities(matrix[test])

    judge = Judge(
        fit_words(words, target, classes, strength),
        trees.fit(matrix, target, classes=classes, rounds=rounds, rate=0.06),
    )
    return judge, crossed(fold, by_trees, classes)


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


def _fit_direction(examples: Sequence[Example]) -> Judge:
    words, dense, target, fold = [], [], [], []
    for example in examples:
        if not any(r["kind"] == "change" for results in example.results for r in results):
            continue
        rows, figures = number_rows(example.reading)
        for i, results in enumerate(example.results):
            if results and results[0]["kind"] == "change":
                words.append(rows[i])
                dense.append(figures[i])
                target.append(int(results[0]["direction"] == "increase"))
                fold.append(fold_of(example.id))
    return fit_judge(
        words, np.array(dense), np.array(target), np.array(fold), strength=STRENGTH["direction"], rounds=100
    )[0]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The pairs of one example by field; ``right`` says of each pair whether it is, ``asked`` whether its number is a
    labelled result, ``none`` whether no candidate of a number is right."""

    reading: Reading
    pairs: dict[str, Pairs]
    right: dict[str, npt.NDArray[np.bool_]]
    asked: npt.NDArray[np.bool_]
    none: dict[str, npt.NDArray[np.bool_]]


def _pairs(example: Example, kinds: Floats) -> _Rows:
    reading = example.reading
    likely = [i for i in range(len(kinds)) if 1 - kinds[i, 0] >= LIKELY]
    links = Links(reading)
    pairs = {field: make_pairs(links, field, likely, kinds[likely] if likely else kinds[:0]) for field in FIELDS}
    names = Names(example.record)
    right, none = {}, {}
    for field, mine in pairs.items():
        right[field] = np.array(
            [
                is_right(names, field, reading.entities[e].surfaces, example.results[likely[o]])
                for o, e in zip(mine.owner, mine.entities, strict=True)
            ],
            dtype=np.bool_,
        )
        none[field] = np.ones(len(likely), dtype=np.bool_)
        none[field][mine.owner[right[field]]] = False
    asked = np.array([bool(example.results[i]) for i in likely], dtype=np.bool_)
    return _Rows(reading, pairs, right, asked, none)


def is_right(names: Names, field: str, surfaces: Sequence[str], results: Sequence[Json]) -> bool:
    """Whether an entity of these surfaces is what the results name in the field."""
    empty = SAY_NOTHING if field == "metric" else frozenset(("",))
    wanted = [result[field] for result in results if normal(result[field]) not in empty]
    return any(names.agree(surface, name) for name in wanted for surface in surfaces)


def _fit_fields(examples: Sequence[Example], rows: list[_Rows]) -> dict[str, FieldModel]:
    folds = _folds(examples)
    first, judges = {}, {}
    for field in FIELDS:
        judges[field], first[field] = _fit_first(field, rows, folds)
    models = {}
    for field in FIELDS:
        second, scores = _fit_second(field, rows, folds, first)
        models[field] = FieldModel(judges[field], second, _fit_none(field, rows, scores))
    return models


def _asked(field: str, rows: list[_Rows]) -> npt.NDArray[np.bool_]:
    return np.concatenate([row.asked[row.pairs[field].owner] for row in rows])


def _per_pair(field: str, rows: list[_Rows], folds: Ints) -> Ints:
    return np.repeat(folds, [len(row.pairs[field].owner) for row in rows])


def _split(field: str, rows: list[_Rows], scores: Floats) -> list[Floats]:
    ends = np.cumsum([len(row.pairs[field].owner) for row in rows])[:-1]
    return np.split(scores, ends)


def _fit_first(field: str, rows: list[_Rows], folds: Ints) -> tuple[Judge, list[Floats]]:
    words = [word for row in rows for word in row.pairs[field].words]
    dense = np.vstack([row.pairs[field].dense for row in rows if len(row.pairs[field].owner)])
    target = np.concatenate([row.right[field] for row in rows]).astype(np.int64)
    asked, fold = _asked(field, rows), _per_pair(field, rows, folds)
    taken = np.flatnonzero(asked)
    judge, crossed_scores = fit_judge(
        [words[int(i)] for i in taken], dense[taken], target[taken], fold[taken], strength=STRENGTH["pairs"]
    )
    scores = np.zeros(len(words), dtype=np.float32)
    scores[taken] = crossed_scores[:, 0]
    rest = np.flatnonzero(~asked)  # numbers that are no results: no target, but neighbours of some that are
    if len(rest):
        scores[rest] = judge.probabilities([words[int(i)] for i in rest], dense[rest])[:, 0]
    return judge, _split(field, rows, scores)


def _fit_second(
    field: str, rows: list[_Rows], folds: Ints, first: dict[str, list[Floats]]
) -> tuple[Trees, list[Floats]]:
    matrix = np.vstack([
        np.hstack([
            row.pairs[field].dense, second_rows(row.reading, row.pairs, {f: first[f][k] for f in FIELDS}, field)
        ])
        for k, row in enumerate(rows) if len(row.pairs[field].owner)
    ])  # fmt: skip
    target = np.concatenate([row.right[field] for row in rows]).astype(np.int64)
    asked, fold = _asked(field, rows), _per_pair(field, rows, folds)

    def predict(fitted: npt.NDArray[np.bool_], test: npt.NDArray[np.bool_]) -> Floats:
        fitted = fitted & asked
        return trees.fit(matrix[fitted], target[fitted], rounds=150, rate=0.06).probabilities(matrix[test])

    scores = crossed(fold, predict, 1)[:, 0]
    return trees.fit(matrix[asked], target[asked], rounds=150, rate=0.06), _split(field, rows, scores)


def _fit_none(field: str, rows: list[_Rows], scores: list[Floats]) -> Trees:
    used = [k for k, row in enumerate(rows) if row.asked.any()]
    matrix = np.vstack([none_rows(rows[k].pairs[field], scores[k])[rows[k].asked] for k in used])
    target = np.concatenate([rows[k].none[field][rows[k].asked] for k in used]).astype(np.int64)
    return trees.fit(matrix, target, rounds=100, rate=0.06)
