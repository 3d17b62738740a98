"""The learned parts of binding: is a number a result and of which kind, and which names belong to it.

Numbers are judged first. Then every candidate name of every likely result is scored for each field (metric, dataset,
method, baseline, task): once by itself, once more knowing how the first round judged its rivals and its neighbours.
A last model weighs "none of them". All of it is fitted by :mod:`kg.training.linker`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extraction import number_features
from kg.extraction.hashed import Linear, buckets
from kg.extraction.link_features import FIELDS, Links, Seen
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
class FieldModel:
    """``first`` judges a pair, ``second`` judges it again, ``none`` the case that no candidate is right."""

    first: Judge
    second: Trees
    none: Trees


@dataclass(frozen=True, slots=True)
class Pairs:
    """The candidates of one field: row k is ``entities[k]`` for the number ``numbers[owner[k]]`` of the reading."""

    numbers: tuple[int, ...]
    owner: npt.NDArray[np.int64]
    entities: npt.NDArray[np.int64]
    seen: tuple[Seen, ...]
    words: tuple[npt.NDArray[np.int32], ...]
    dense: Floats
    shared: Floats
    """Of each number: shape (numbers, features)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Candidate entities of one number and field with their probabilities, and that of none of them."""

    entities: tuple[int, ...]
    probabilities: tuple[float, ...]
    none: float

    def best(self) -> tuple[int | None, float]:
        """The entity to take, or None, with its probability."""
        top = max(range(len(self.entities)), key=lambda k: self.probabilities[k], default=None)
        if top is None or self.probabilities[top] < self.none:
            return None, self.none
        return self.entities[top], self.probabilities[top]


def number_rows(reading: Reading) -> tuple[list[npt.NDArray[np.int32]], Floats]:
    """Word buckets and figures of every quantity of a reading."""
    numbers = range(len(reading.quantities))
    words = [buckets(number_features.sparse(reading, i)) for i in numbers]
    return words, np.array([number_features.dense(reading, i) for i in numbers], dtype=np.float32)


def make_pairs(links: Links, field: str, numbers: Sequence[int], kinds: Floats) -> Pairs:
    """All candidate pairs of one field; ``kinds`` (numbers, 4) are the probabilities of no result and of each kind."""
    owner, entities, seen, words, dense = [], [], [], [], []
    shared = []
    for k, number in enumerate(numbers):
        row = links.number_row(number, field, [float(p) for p in kinds[k]])
        shared.append(row)
        kind = KINDS[int(kinds[k][1:].argmax())]
        for entity, places in links.candidates(number, field):
            owner.append(k)
            entities.append(entity)
            seen.append(places)
            words.append(buckets(links.sparse(number, entity, places, kind)))
            dense.append(row + links.pair_row(number, field, entity, places))
    return Pairs(
        tuple(numbers), np.array(owner, dtype=np.int64), np.array(entities, dtype=np.int64), tuple(seen), tuple(words),
        _matrix(dense), _matrix(shared),
    )  # fmt: skip


def _matrix(rows: list[list[float]]) -> Floats:
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(rows[0]) if rows else 0)


def second_rows(reading: Reading, pairs: dict[str, Pairs], first: dict[str, Floats], field: str) -> Floats:
    """What the first round says around each pair: of its rivals, the neighbouring numbers and the twin field."""
    mine, table = pairs[field], _tables(pairs[field], first[field])
    twin_field = {"method": "baseline", "baseline": "method"}.get(field, "metric" if field == "dataset" else "dataset")
    twin = _tables(pairs[twin_field], first[twin_field])
    rows = []
    for k, owner in enumerate(mine.owner):
        entity, score = int(mine.entities[k]), float(first[field][k])
        row = table[owner]
        rivals = sorted((p for e, p in row.items() if e != entity), reverse=True)
        rows.append([
            score, float(sum(p > score for p in rivals)), *[*rivals, 0.0, 0.0][:2],
            *_beside(reading, mine.numbers, int(owner), -1, entity, table),
            *_beside(reading, mine.numbers, int(owner), 1, entity, table),
            twin[owner].get(entity, 0.0), max(twin[owner].values(), default=0.0),
        ])  # fmt: skip
    return np.array(rows, dtype=np.float32).reshape(len(rows), SECOND)


SECOND = 12


def _tables(pairs: Pairs, scores: Floats) -> list[dict[int, float]]:
    tables: list[dict[int, float]] = [{} for _ in pairs.numbers]
    for owner, entity, score in zip(pairs.owner, pairs.entities, scores, strict=True):
        tables[owner][int(entity)] = float(score)
    return tables


def _beside(
    reading: Reading, numbers: tuple[int, ...], owner: int, step: int, entity: int, table: list[dict[int, float]]
) -> list[float]:
    """The entity's score for the number before or after in the same sentence, the best score there, and which it is."""
    other = owner + step
    if not 0 <= other < len(numbers):
        return [-1.0, -1.0, 0.0]
    if reading.sentence_at[numbers[other]] != reading.sentence_at[numbers[owner]]:
        return [-1.0, -1.0, 0.0]
    best = max(table[other].values(), default=0.0)
    score = table[other].get(entity, 0.0)
    return [score, best, float(score == best and best > 0)]


def none_rows(pairs: Pairs, scores: Floats) -> Floats:
    """For each number: what is shared by its pairs, its three best scores and how many candidates it has."""
    tops = np.zeros((len(pairs.numbers), 5), dtype=np.float32)
    for owner, table in enumerate(_tables(pairs, scores)):
        best = sorted(table.values(), reverse=True)[:3]
        tops[owner, : len(best)] = best
        tops[owner, 3] = len(table)
        tops[owner, 4] = sum(table.values())
    return np.hstack([pairs.shared, tops])


def choices(pairs: Pairs, scores: Floats, none: Floats) -> list[Choice]:
    return [
        Choice(tuple(table), tuple(table.values()), float(none[owner]))
        for owner, table in enumerate(_tables(pairs, scores))
    ]


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
    fields: dict[str, FieldModel]

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
        pairs = {field: make_pairs(links, field, likely, kinds[likely]) for field in FIELDS}
        first = {field: self._first(field, pairs[field]) for field in FIELDS}
        found = {field: self._second(reading, field, pairs, first) for field in FIELDS}
        return [
            Linked(number, kinds[number], float(increase[k]), {field: found[field][k] for field in FIELDS})
            for k, number in enumerate(likely)
        ]

    def _first(self, field: str, pairs: Pairs) -> Floats:
        if not len(pairs.owner):
            return np.zeros(0, dtype=np.float32)
        return self.fields[field].first.probabilities(pairs.words, pairs.dense)[:, 0]

    def _second(
        self, reading: Reading, field: str, pairs: dict[str, Pairs], first: dict[str, Floats]
    ) -> list[Choice]:
        model, mine = self.fields[field], pairs[field]
        scores = first[field]
        if len(mine.owner):
            around = second_rows(reading, pairs, first, field)
            scores = model.second.probabilities(np.hstack([mine.dense, around]))[:, 0]
        none = model.none.probabilities(none_rows(mine, scores))[:, 0]
        return choices(mine, scores, none)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        arrays = self.numbers.to_arrays("numbers.") | self.direction.to_arrays("direction.")
        for field, model in self.fields.items():
            arrays |= model.first.to_arrays(f"{field}.first.")
            arrays |= model.second.to_arrays(f"{field}.second.") | model.none.to_arrays(f"{field}.none.")
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Any) -> Linker:
        fields = {
            field: FieldModel(
                Judge.from_arrays(arrays, f"{field}.first."),
                Trees.from_arrays(arrays, f"{field}.second."),
                Trees.from_arrays(arrays, f"{field}.none."),
            )
            for field in FIELDS
        }
        return cls(Judge.from_arrays(arrays, "numbers."), Judge.from_arrays(arrays, "direction."), fields)
