"""The learned parts of binding: is a number a result and of which kind, and which names belong to it.

Numbers are judged first. Then every candidate name of every likely result is judged for each field (metric, dataset,
method, baseline, task). All of it is fitted by :mod:`kg.training.linker`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extraction import number_features
from kg.extraction.hashed import Linear, buckets
from kg.extraction.link_features import FIELDS, Links
from kg.extraction.reading import Reading
from kg.extraction.trees import Trees
from kg.model import KINDS

Floats = npt.NDArray[np.float32]

LIKELY = 0.25
"""Numbers less likely than this to be a result are not bound."""


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


@dataclass(frozen=True, slots=True)
class Pairs:
    """The candidates of one field: row k is ``entities[k]`` for the number ``numbers[owner[k]]`` of the reading."""

    numbers: tuple[int, ...]
    owner: npt.NDArray[np.int64]
    entities: npt.NDArray[np.int64]
    words: tuple[npt.NDArray[np.int32], ...]
    dense: Floats


@dataclass(frozen=True, slots=True)
class Choice:
    """Candidate entities of one number and field with their probabilities."""

    entities: tuple[int, ...]
    probabilities: tuple[float, ...]

    def best(self, threshold: float) -> tuple[int | None, float]:
        """The likeliest entity, or None where even that is less likely than ``threshold``; with its probability."""
        top = max(range(len(self.entities)), key=lambda k: self.probabilities[k], default=None)
        if top is None:
            return None, 0.0
        score = self.probabilities[top]
        return (self.entities[top] if score >= threshold else None), score


def number_rows(reading: Reading) -> tuple[list[npt.NDArray[np.int32]], Floats]:
    """Word buckets and figures of every quantity of a reading."""
    numbers = range(len(reading.quantities))
    words = [buckets(number_features.sparse(reading, i)) for i in numbers]
    return words, np.array([number_features.dense(reading, i) for i in numbers], dtype=np.float32)


def make_pairs(links: Links, field: str, numbers: Sequence[int], kinds: Floats) -> Pairs:
    """All candidate pairs of one field; ``kinds`` (numbers, 4) are the probabilities of no result and of each kind."""
    owner, entities, words, dense = [], [], [], []
    for k, number in enumerate(numbers):
        row = links.number_row(number, field, [float(p) for p in kinds[k]])
        kind = KINDS[int(kinds[k][1:].argmax())]
        for entity, places in links.candidates(number, field):
            owner.append(k)
            entities.append(entity)
            words.append(buckets(links.sparse(number, entity, places, kind)))
            dense.append(row + links.pair_row(number, field, entity, places))
    return Pairs(tuple(numbers), np.array(owner, np.int64), np.array(entities, np.int64), tuple(words), _matrix(dense))


def _matrix(rows: list[list[float]]) -> Floats:
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(rows[0]) if rows else 0)


def choices(pairs: Pairs, scores: Floats) -> list[Choice]:
    """One for each number; ``scores`` are the probabilities of the pairs."""
    tables: list[dict[int, float]] = [{} for _ in pairs.numbers]
    for owner, entity, score in zip(pairs.owner, pairs.entities, scores, strict=True):
        tables[owner][int(entity)] = float(score)
    return [Choice(tuple(table), tuple(table.values())) for table in tables]


@dataclass(frozen=True, slots=True)
class Linked:
    """One likely result: its quantity, the probabilities of no result, absolute, change and ratio, of increase, and
    a choice for each field."""

    number: int
    kinds: Floats
    increase: float
    fields: dict[str, Choice]


@dataclass(frozen=True, slots=True)
class Linker:
    """All models of binding."""

    numbers: Judge
    direction: Judge
    fields: dict[str, Judge]

    def link(self, reading: Reading) -> list[Linked]:
        """The likely results of a reading, in text order."""
        if not reading.quantities:
            return []
        words, dense = number_rows(reading)
        kinds = self.numbers.probabilities(words, dense)
        likely = [i for i in range(len(words)) if 1 - kinds[i, 0] >= LIKELY and reading.sentence_at[i] >= 0]
        if not likely:
            return []
        increase = self.direction.probabilities([words[i] for i in likely], dense[likely])[:, 0]
        links = Links(reading)
        found = {field: self._choose(field, make_pairs(links, field, likely, kinds[likely])) for field in FIELDS}
        return [
            Linked(number, kinds[number], float(increase[k]), {field: found[field][k] for field in FIELDS})
            for k, number in enumerate(likely)
        ]

    def _choose(self, field: str, pairs: Pairs) -> list[Choice]:
        scores = np.zeros(0, dtype=np.float32)
        if len(pairs.owner):
            scores = self.fields[field].probabilities(pairs.words, pairs.dense)[:, 0]
        return choices(pairs, scores)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        arrays = self.numbers.to_arrays("numbers.") | self.direction.to_arrays("direction.")
        for field, judge in self.fields.items():
            arrays |= judge.to_arrays(f"{field}.")
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Any) -> Linker:
        fields = {field: Judge.from_arrays(arrays, f"{field}.") for field in FIELDS}
        return cls(Judge.from_arrays(arrays, "numbers."), Judge.from_arrays(arrays, "direction."), fields)
