"""Fits the models of :mod:`kg.extraction.linker` to labelled papers.

Every model that takes another's output as a feature is fitted on outputs for papers that the other has not seen
(cross-fitting over the folds of the papers given). So a fit inside a fold of cross-validation never looks outside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from kg.extraction.hashed import BUCKETS, Linear
from kg.extraction.link_candidates import FIELDS
from kg.extraction.link_features import Links
from kg.extraction.linker import (
    LIKELY,
    Calibration,
    Floats,
    Judge,
    Linked,
    Linker,
    Pairs,
    choices,
    likeliest,
    make_pairs,
    number_rows,
    whole_rows,
)
from kg.extraction.reading import Reading
from kg.extraction.shared import Group, groups
from kg.extraction.trees import Trees
from kg.extraction.wholes import JOINED, Whole
from kg.model import KINDS
from kg.training import trees
from kg.training.agreement import SAY_NOTHING, Json, Names, normal
from kg.training.gold import Example
from kg.training.split import fold_of

Ints = npt.NDArray[np.int64]
Words = Sequence[npt.NDArray[np.int32]]

STRENGTH = {"numbers": 0.1, "direction": 0.1, "pairs": 0.03}
"""Inverse regularisation of the linear models."""
WHOLE_ROUNDS = 150
RANK_ROUNDS = 200


def fit(examples: Sequence[Example]) -> tuple[Linker, list[list[Linked]]]:
    """All models of binding, fitted to the examples; a paper may come twice, with other entities.

    Beside them, what models that have not seen a paper find in it.
    """
    numbers, kinds = _fit_numbers(examples)
    direction, increase = _fit_direction(examples)
    rows = [_pairs(example, probabilities) for example, probabilities in zip(examples, kinds, strict=True)]
    fitted = {field: _fit_field(field, rows, _folds(examples)) for field in FIELDS}
    linked = []
    for k, row in enumerate(rows):
        found = {field: choices(row.pairs[field], fitted[field][1][k]) for field in FIELDS}
        likely = row.pairs["metric"].numbers
        linked.append([
            Linked(i, kinds[k][i], increase[k].get(i, 0.5), {field: found[field][j] for field in FIELDS})
            for j, i in enumerate(likely)
        ])  # fmt: skip
    shared, linked = _fit_shared(examples, linked)
    wholes, sure, calibration, linked = _fit_wholes(examples, linked)
    judges = {field: judge for field, (judge, _) in fitted.items()}
    return Linker(numbers, direction, judges, shared, wholes, sure, calibration), linked


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


def _fit_wholes(
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
