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
from kg.extraction.hashed import buckets
from kg.extraction.judge import Calibration, Floats, Judge, Rows, judged
from kg.extraction.link_candidates import FIELDS
from kg.extraction.link_features import Links
from kg.extraction.lists import list_heads
from kg.extraction.reading import Reading
from kg.extraction.shared import Group, groups
from kg.extraction.trees import Trees
from kg.extraction.wholes import Parts, Whole, Wholes
from kg.model import KINDS

LIKELY = 0.25
"""Numbers less likely than this to be a result are not bound."""


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
class _Draft:
    """The likely numbers of a reading, with the probabilities of their kinds and their rows."""

    links: Links
    numbers: list[int]
    kinds: Floats
    rows: Rows


_Linked = tuple[Links, list[Linked]]


@dataclass(frozen=True, slots=True)
class Linker:
    """Judges of numbers, of the direction of changes, of the pairs of each field, of lists and of whole results."""

    numbers: Judge
    direction: Judge
    fields: dict[str, Judge]
    shared: Trees
    wholes: Trees
    """Ranks the combinations of one number; the scores mean nothing beyond it."""
    sure: Trees
    calibration: Calibration

    def link(self, reading: Reading) -> list[Linked]:
        """The likely results of a reading, in text order."""
        return self.link_all([reading])[0]

    def link_all(self, readings: Sequence[Reading]) -> list[list[Linked]]:
        """The same for several: each by itself, but all rows that a judge looks at are put before it together."""
        tables = [number_rows(reading) for reading in readings]
        drafts = {}
        for place, (reading, table, kinds) in enumerate(
            zip(readings, tables, judged(self.numbers, tables), strict=True)
        ):
            likely = np.flatnonzero(1 - kinds[:, 0] >= LIKELY)
            if len(likely):
                rows = [table[0][i] for i in likely], table[1][likely]
                drafts[place] = _Draft(Links(reading), likely.tolist(), kinds[likely], rows)
        linked = self._with_wholes(self._with_shared(self._with_fields(list(drafts.values()))))
        found = dict(zip(drafts, linked, strict=True))
        return [found[place][1] if place in found else [] for place in range(len(readings))]

    def _with_fields(self, drafts: Sequence[_Draft]) -> list[_Linked]:
        increase = judged(self.direction, [draft.rows for draft in drafts])
        fields: dict[str, list[list[Choice]]] = {}
        for field, judge in self.fields.items():
            pairs = [make_pairs(draft.links, field, draft.numbers, draft.kinds) for draft in drafts]
            scores = judged(judge, [(each.words, each.dense) for each in pairs])
            fields[field] = [choices(each, own[:, 0]) for each, own in zip(pairs, scores, strict=True)]
        return [
            (
                draft.links,
                [
                    Linked(number, draft.kinds[k], float(increase[i][k, 0]), {f: fields[f][i][k] for f in fields})
                    for k, number in enumerate(draft.numbers)
                ],
            )
            for i, draft in enumerate(drafts)
        ]

    def _with_shared(self, papers: Sequence[_Linked]) -> list[_Linked]:
        found = [
            [groups(links, each.number, each.fields, each.kinds.tolist()) for each in linked]
            for links, linked in papers
        ]
        rows = [group.row for mine in found for some in mine for group in some]
        if not rows:
            return list(papers)
        scores = iter(self.shared.probabilities(np.array(rows, dtype=np.float32))[:, 0].tolist())
        return [
            (
                links,
                [
                    replace(each, shared=tuple((group, next(scores)) for group in some))
                    for each, some in zip(linked, mine, strict=True)
                ],
            )
            for (links, linked), mine in zip(papers, found, strict=True)
        ]

    def _with_wholes(self, papers: Sequence[_Linked]) -> list[_Linked]:
        found = [whole_rows(links, linked) for links, linked in papers]
        if not found:
            return []
        matrix = np.concatenate([rows for _, rows in found])
        ends = np.cumsum([len(mine) for options, _ in found for mine in options])
        picked = likeliest(self.wholes.scores(matrix)[:, 0], ends)
        sure = iter(zip(picked.tolist(), self.sure.probabilities(matrix[picked])[:, 0].tolist(), strict=True))
        wholes = [whole for options, _ in found for mine in options for whole in mine]
        return [(links, [self._with_whole(each, wholes, *next(sure)) for each in linked]) for links, linked in papers]

    def _with_whole(self, linked: Linked, wholes: Sequence[Whole], place: int, score: float) -> Linked:
        return replace(linked, whole=wholes[place], confidence=self.calibration(score))

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        arrays = self.numbers.to_arrays("numbers.") | self.direction.to_arrays("direction.")
        for field, judge in self.fields.items():
            arrays |= judge.to_arrays(f"{field}.")
        arrays |= self.shared.to_arrays("shared.") | self.wholes.to_arrays("wholes.")
        arrays |= self.sure.to_arrays("sure.")
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
            Trees.from_arrays(arrays, "sure."),
            Calibration.from_arrays(arrays, "calibration."),
        )


def whole_rows(links: Links, linked: Sequence[Linked]) -> tuple[list[list[Whole]], Floats]:
    """The whole results that each likely number may state, and their features, one row after the other."""
    wholes = Wholes(links, [Parts(each.number, each.kinds.tolist(), each.fields) for each in linked])
    options = [wholes.options(k) for k in range(len(linked))]
    return options, _matrix([wholes.row(k, whole) for k, mine in enumerate(options) for whole in mine])


def likeliest(scores: Floats, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The place of the highest score, the first of equals, of each group; ``ends`` are the places past the groups."""
    starts = [0, *ends[:-1].tolist()]
    return np.array(
        [start + int(scores[start:end].argmax()) for start, end in zip(starts, ends.tolist(), strict=True)], np.int64
    )
