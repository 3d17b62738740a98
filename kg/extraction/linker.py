"""The learned parts of binding: is a number a result and of which kind, and which names belong to it.

Numbers are judged first. Then every candidate name of every likely result is judged for each field (metric, dataset,
method, baseline, task), then lists of names that may share a number, and last the likeliest whole results. All of it is
fitted by :mod:`kg.training.linker`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extraction import number_features
from kg.extraction.choice import Choice
from kg.extraction.hashed import Linear, buckets
from kg.extraction.link_candidates import FIELDS
from kg.extraction.link_features import Links
from kg.extraction.lists import list_heads
from kg.extraction.reading import Reading
from kg.extraction.shared import Group, groups
from kg.extraction.trees import Trees
from kg.extraction.wholes import Parts, Whole, Wholes
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


def number_rows(reading: Reading) -> tuple[list[npt.NDArray[np.int32]], Floats]:
    """Word buckets and figures of every quantity of a reading."""
    heads = list_heads(reading)
    words = [buckets(number_features.sparse(reading, i, head)) for i, head in enumerate(heads)]
    return words, _matrix([number_features.dense(reading, i, head) for i, head in enumerate(heads)])


def make_pairs(links: Links, field: str, numbers: Sequence[int], kinds: Floats) -> Pairs:
    """All candidate pairs of one field; ``kinds`` (numbers, 4) are the probabilities of no result and of each kind."""
    owner, entities, words, dense = [], [], [], []
    for k, number in enumerate(numbers):
        row = links.number_row(number, field, [float(p) for p in kinds[k]])
        kind = KINDS[int(kinds[k][1:].argmax())]
        for entity, places in links.candidates.near(number, field):
            owner.append(k)
            entities.append(entity)
            words.append(links.words(number, entity, places, kind))
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
    shared: tuple[tuple[Group, float], ...] = ()
    """Lists of names, each with the probability that the number is said of all of them."""
    whole: Whole | None = None
    confidence: float = 0.0
    """The probability that the number is a result and ``whole`` is what it states: kind, metric, dataset, method and
    baseline are all right (calibrated on papers that the judges had not seen)."""

    @property
    def likelihood(self) -> float:
        """The probability that the number is a result at all."""
        return float(1 - self.kinds[0])


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


@dataclass(frozen=True, slots=True)
class Linker:
    """Judges of numbers, of the direction of changes, of the pairs of each field, of lists and of whole results."""

    numbers: Judge
    direction: Judge
    fields: dict[str, Judge]
    shared: Trees
    wholes: Trees
    calibration: Calibration

    def link(self, reading: Reading) -> list[Linked]:
        """The likely results of a reading, in text order."""
        if not reading.quantities:
            return []
        words, dense = number_rows(reading)
        kinds = self.numbers.probabilities(words, dense)
        likely = [i for i in range(len(words)) if 1 - kinds[i, 0] >= LIKELY]
        if not likely:
            return []
        increase = self.direction.probabilities([words[i] for i in likely], dense[likely])[:, 0]
        links = Links(reading)
        found = {field: self._choose(field, make_pairs(links, field, likely, kinds[likely])) for field in FIELDS}
        linked = [
            Linked(number, kinds[number], float(increase[k]), {field: found[field][k] for field in FIELDS})
            for k, number in enumerate(likely)
        ]
        return self._with_wholes(links, self._with_shared(links, linked))

    def _choose(self, field: str, pairs: Pairs) -> list[Choice]:
        scores = np.zeros(0, dtype=np.float32)
        if len(pairs.owner):
            scores = self.fields[field].probabilities(pairs.words, pairs.dense)[:, 0]
        return choices(pairs, scores)

    def _with_shared(self, links: Links, linked: list[Linked]) -> list[Linked]:
        found = [groups(links, each.number, each.fields, each.kinds.tolist()) for each in linked]
        rows = [group.row for each in found for group in each]
        if not rows:
            return linked
        scores = iter(self.shared.probabilities(np.array(rows, dtype=np.float32))[:, 0].tolist())
        return [
            replace(each, shared=tuple((group, next(scores)) for group in mine))
            for each, mine in zip(linked, found, strict=True)
        ]

    def _with_wholes(self, links: Links, linked: list[Linked]) -> list[Linked]:
        options, rows = whole_rows(links, linked)
        scores = iter(self.wholes.probabilities(rows)[:, 0].tolist())
        judged = []
        for each, mine in zip(linked, options, strict=True):
            whole, score = likeliest(mine, [next(scores) for _ in mine])
            judged.append(replace(each, whole=whole, confidence=self.calibration(score)))
        return judged

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        arrays = self.numbers.to_arrays("numbers.") | self.direction.to_arrays("direction.")
        for field, judge in self.fields.items():
            arrays |= judge.to_arrays(f"{field}.")
        arrays |= self.shared.to_arrays("shared.") | self.wholes.to_arrays("wholes.")
        return arrays | self.calibration.to_arrays("calibration.")

    @classmethod
    def from_arrays(cls, arrays: Any) -> Linker:
        fields = {field: Judge.from_arrays(arrays, f"{field}.") for field in FIELDS}
        return cls(
            Judge.from_arrays(arrays, "numbers."),
            Judge.from_arrays(arrays, "direction."),
            fields,
            Trees.from_arrays(arrays, "shared."),
            Trees.from_arrays(arrays, "wholes."),
            Calibration.from_arrays(arrays, "calibration."),
        )


def whole_rows(links: Links, linked: Sequence[Linked]) -> tuple[list[list[Whole]], Floats]:
    """The whole results that each likely number may state, and their features, one row after the other."""
    wholes = Wholes(links, [Parts(each.number, each.kinds.tolist(), each.fields) for each in linked])
    options = [wholes.options(k) for k in range(len(linked))]
    return options, _matrix([wholes.row(k, whole) for k, mine in enumerate(options) for whole in mine])


def likeliest(options: Sequence[Whole], scores: Sequence[float]) -> tuple[Whole, float]:
    """The option of the highest score, the first of equals, and its score."""
    best = max(range(len(options)), key=lambda k: (scores[k], -k))
    return options[best], scores[best]
