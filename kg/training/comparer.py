"""Fits the judge of comparisons to labelled papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kg.extraction.comparison_features import Pair, make_pairs
from kg.extraction.comparisons import pair_rows
from kg.extraction.judge import Judge
from kg.extraction.linker import Linked
from kg.training.agreement import Names
from kg.training.gold import Example
from kg.training.judge import fit_judge
from kg.training.split import fold_of

STRENGTH = 0.1
SHARE = 0.3
"""Of the pairs that are not labelled, this share is fitted to: it is enough, and they are thirty times as many."""


def fit_comparer(examples: Sequence[Example], linked: Sequence[Sequence[Linked]]) -> Judge:
    """Fit to the examples; ``linked`` are the likely results of each, as a linker that has not seen it finds them."""
    words, dense, target, fold = [], [], [], []
    chance = np.random.default_rng(0)
    for example, results in zip(examples, linked, strict=True):
        pairs = make_pairs(example.reading)
        if not pairs:
            continue
        rows, figures = pair_rows(example.reading, results, pairs)
        for k, right in enumerate(_right(example, pairs)):
            if right or (right is not None and chance.random() < SHARE):
                words.append(rows[k])
                dense.append(figures[k])
                target.append(int(right))
                fold.append(fold_of(example.id))
    judge, _ = fit_judge(words, np.array(dense), np.array(target), np.array(fold), strength=STRENGTH)
    # The odds among the pairs fitted to are too good by as much as pairs were left out.
    return replace(judge, trees=replace(judge.trees, start=judge.trees.start + np.float32(np.log(SHARE))))


def _right(example: Example, pairs: Sequence[Pair]) -> list[bool | None]:
    """Whether each pair is labelled; None where it is, but for another sentence."""
    names, reading, folded = Names(example.record), example.reading, example.folded
    labels = []
    for comparison in example.record["comparisons"]:
        start = folded.original.find(comparison["evidence"])
        middle = folded.to_folded(start, start + len(comparison["evidence"]))[0] if start >= 0 else -1
        labels.append((comparison, middle))
    verdicts: list[bool | None] = []
    for pair in pairs:
        left, right = reading.spans[pair.sentence]
        same = [
            middle
            for comparison, middle in labels
            if _is(names, example, pair.better, comparison["better"])
            and _is(names, example, pair.worse, comparison["worse"])
        ]
        verdicts.append(any(left <= middle < right or middle < 0 for middle in same) or (None if same else False))
    return verdicts


def _is(names: Names, example: Example, entity: int, name: str) -> bool:
    return any(names.agree(surface, name) for surface in example.reading.entities[entity].surfaces)
