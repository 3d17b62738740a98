"""Fits the judges of :mod:`kg.extraction.judge`, and what they say of rows that they have not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from kg.extraction.hashed import BUCKETS, Linear
from kg.extraction.judge import Floats, Judge
from kg.training import trees

Ints = npt.NDArray[np.int64]
Words = Sequence[npt.NDArray[np.int32]]


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
