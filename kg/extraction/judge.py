"""What is learned, as binding uses it: judges of rows, and what their scores are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extraction.hashed import Linear
from kg.extraction.trees import Trees

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judge:
    """A linear model over words, and trees over figures that take its scores as features."""

    words: Linear
    trees: Trees

    def probabilities(self, rows: Sequence[npt.NDArray[np.int32]], dense: Floats) -> Floats:
        return self.trees.probabilities(np.hstack([dense, self.words.scores(rows)]))

    def to_arrays(self, prefix: str) -> dict[str, npt.NDArray[Any]]:
        return self.words.to_arrays(prefix + "words.") | self.trees.to_arrays(prefix + "trees.")

    @classmethod
    def from_arrays(cls, arrays: Any, prefix: str) -> Judge:
        return cls(Linear.from_arrays(arrays, prefix + "words."), Trees.from_arrays(arrays, prefix + "trees."))


Rows = tuple[Sequence[npt.NDArray[np.int32]], Floats]
"""Word buckets and figures, row by row."""


def judged(judge: Judge, tables: Sequence[Rows]) -> list[Floats]:
    """The probabilities of the rows of each table. A row's do not depend on those judged with it."""
    full = [(words, dense) for words, dense in tables if len(words)]
    if not full:
        return [np.zeros((0, len(judge.trees.start)), dtype=np.float32) for _ in tables]
    scores = judge.probabilities([row for words, _ in full for row in words], np.concatenate([d for _, d in full]))
    return np.split(scores, np.cumsum([len(words) for words, _ in tables])[:-1])


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rising line through points: from what a judge says to how often it is right."""

    said: Floats
    right: Floats

    def __call__(self, score: float) -> float:
        return float(np.interp(score, self.said, self.right))

    def to_arrays(self, prefix: str) -> dict[str, npt.NDArray[Any]]:
        return {prefix + "said": self.said, prefix + "right": self.right}

    @classmethod
    def from_arrays(cls, arrays: Any, prefix: str) -> Calibration:
        return cls(arrays[prefix + "said"], arrays[prefix + "right"])
