"""Which named method the text says does better than which other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kg.extraction.comparison_features import Pair, PairFeatures, make_pairs
from kg.extraction.judge import Floats, Judge, judged
from kg.extraction.linker import Linked
from kg.extraction.reading import Mention, Reading, overlaps
from kg.model import Comparison, Result, Span

THRESHOLD = 0.3


def pair_rows(
    reading: Reading, linked: Sequence[Linked], pairs: Sequence[Pair]
) -> tuple[list[npt.NDArray[np.int32]], Floats]:
    """Word buckets and figures of each pair."""
    features = PairFeatures(reading, linked)
    words = [features.sparse(pair) for pair in pairs]
    return words, np.array([features.dense(pair) for pair in pairs], dtype=np.float32)


def make_comparisons(
    reading: Reading, linked: Sequence[Linked], results: Sequence[Result], judge: Judge, *, threshold: float = THRESHOLD
) -> list[Comparison]:
    """The pairs at least as probable as ``threshold``, each once, where the text says it best; in text order.

    Of a pair that is found both ways round the likelier way is kept, and of pairs whose sides are written over the same
    words ("TTS", "standard TTS") the likeliest.
    """
    return make_all_comparisons([(reading, linked, results)], judge, threshold=threshold)[0]


def make_all_comparisons(
    papers: Sequence[tuple[Reading, Sequence[Linked], Sequence[Result]]], judge: Judge, *, threshold: float = THRESHOLD
) -> list[list[Comparison]]:
    """The comparisons of each paper; what the judge has to look at is put before it together."""
    pairs = [make_pairs(reading) for reading, _, _ in papers]
    tables = [pair_rows(reading, linked, mine) for (reading, linked, _), mine in zip(papers, pairs, strict=True)]
    found = []
    for (reading, _, results), mine, scores in zip(papers, pairs, judged(judge, tables), strict=True):
        best = best_pairs(reading, list(zip(mine, scores[:, 0].tolist(), strict=True)), threshold=threshold)
        found.append([_comparison(reading, pair, score, results) for pair, score in best])
    return found


def best_pairs(reading: Reading, scored: Sequence[tuple[Pair, float]], *, threshold: float) -> list[tuple[Pair, float]]:
    """The likeliest of the pairs that say the same, of those at least as probable as ``threshold``; in text order.

    Entities that are written over the same words ("TTS", "standard TTS") are one here.
    """
    same = {(entity, entity) for entity in range(len(reading.entities))}
    same.update((one.entity, other.entity) for one, other in overlaps(reading))

    def says_it(pair: Pair, other: Pair) -> bool:
        """Whether both put the same two things side by side, either way round."""
        straight = (pair.better, other.better) in same and (pair.worse, other.worse) in same
        return straight or ((pair.better, other.worse) in same and (pair.worse, other.better) in same)

    chosen: list[tuple[Pair, float]] = []
    for pair, score in sorted(scored, key=lambda each: -each[1]):
        if score < threshold:
            break
        if (pair.better, pair.worse) not in same and not any(says_it(pair, other) for other, _ in chosen):
            chosen.append((pair, score))
    return sorted(chosen, key=lambda each: (each[0].sentence, each[0].below.start, each[0].better))


def _comparison(reading: Reading, pair: Pair, confidence: float, results: Sequence[Result]) -> Comparison:
    start, end = reading.spans[pair.sentence]
    above = pair.above or _nearest(reading, pair.better, pair.below)
    better = reading.text[above.start : above.end]
    same = [r for r in results if r.span.start == start and r.method in reading.entities[pair.better].surfaces]
    stated = next((r for r in same if r.baseline in reading.entities[pair.worse].surfaces), same[0] if same else None)
    return Comparison(
        better=better,
        worse=reading.text[pair.below.start : pair.below.end],
        dataset=stated.dataset if stated else None,
        metric=stated.metric if stated else None,
        evidence=reading.text[start:end],
        span=Span(start, end),
        confidence=confidence,
        rule="pair",
    )


def _nearest(reading: Reading, entity: int, to: Mention) -> Mention:
    return min(reading.mentions_of[entity], key=lambda m: (abs(m.sentence - to.sentence), m.start))
