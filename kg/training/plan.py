"""What a training starts from, and how it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.training.corpus import Corpus
from kg.training.split import fold_of

Json = Mapping[str, Any]

EPOCHS: Mapping[str, int] = {"fold": 6, "final": 7, "silver": 2, "tuned": 4}
"""Rounds of a tagger over its papers: one for a group of folds, the one for all papers; with silver labels, first over
those and then over the labelled papers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train from, and how.

    ``records`` are labelled papers, none of them held out, and ``hashes`` those of their files; ``lexicon`` maps folded
    names to entity types; ``work`` is the folder that takes what can be used again; ``processes`` train taggers side
    by side. ``abstracts`` (title, abstract) are unlabelled, of which each tagger's teacher labels ``silver``;
    ``abstract_hashes`` are those of their files.
    """

    records: Sequence[Json]
    hashes: Mapping[str, str]
    corpus: Corpus
    lexicon: Mapping[str, str]
    work: Path
    seed: int = 0
    processes: int = 1
    epochs: Mapping[str, int] = field(default_factory=lambda: EPOCHS)
    abstracts: Sequence[tuple[str, str]] = ()
    silver: int = 0
    abstract_hashes: Mapping[str, str] = field(default_factory=dict)

    def outside(self, group: Sequence[int]) -> tuple[Json, ...]:
        """The labelled papers that are in none of the folds."""
        return tuple(record for record in self.records if fold_of(str(record["id"])) not in group)

    def inside(self, group: Sequence[int]) -> tuple[Json, ...]:
        """The labelled papers of some folds."""
        return tuple(record for record in self.records if fold_of(str(record["id"])) in group)
