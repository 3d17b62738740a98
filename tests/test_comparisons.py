"""Which pairs of methods are told, of those that are likely: on a reading made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import spacy

from kg.extraction.comparison_features import Pair, PairFeatures, make_pairs
from kg.extraction.comparisons import best_pairs
from kg.extraction.reading import Reading, read
from kg.extraction.sentences import abstract_sentences
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.model import EntityMention, Span

VOCAB = spacy.blank("en").vocab
TEXT = "A title\nPACE is 1.8x faster than standard TTS. PACE outperforms Octo."
NAMES = ("PACE", "standard TTS", "TTS", "Octo")
PACE, STANDARD, TTS, OCTO = range(4)


def reading(confidences: Sequence[float] = (0.9, 0.8, 0.6, 0.9)) -> Reading:
    folded = fold(TEXT)
    entities = []
    for name, confidence in zip(NAMES, confidences, strict=True):
        starts = [i for i in range(len(TEXT)) if TEXT.startswith(name, i)]
        spans = tuple(Span(i, i + len(name)) for i in starts)
        entities.append(EntityMention("Method", (name,), "used", spans, confidence))
    return read(abstract_sentences(make_doc(VOCAB, folded)), folded.text, entities, ())


def told(scores: dict[tuple[int, int], float], *, threshold: float = 0.3) -> list[tuple[int, int]]:
    paper = reading()
    scored = [(pair, scores.get((pair.better, pair.worse), 0.0)) for pair in make_pairs(paper)]
    return [(pair.better, pair.worse) for pair, _ in best_pairs(paper, scored, threshold=threshold)]


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ({}, []),
        ({(PACE, OCTO): 0.31, (PACE, STANDARD): 0.29}, [(PACE, OCTO)]),
        ({(PACE, OCTO): 0.5, (PACE, STANDARD): 0.6}, [(PACE, STANDARD), (PACE, OCTO)]),  # in text order
        ({(PACE, TTS): 0.5, (PACE, STANDARD): 0.6}, [(PACE, STANDARD)]),  # written over the same words
        ({(PACE, TTS): 0.6, (PACE, STANDARD): 0.5}, [(PACE, TTS)]),
        ({(PACE, TTS): 0.5, (STANDARD, PACE): 0.6}, [(STANDARD, PACE)]),
        ({(OCTO, PACE): 0.4, (PACE, OCTO): 0.5}, [(PACE, OCTO)]),  # both ways round
        ({(STANDARD, TTS): 0.9}, []),  # a name against itself
    ],
)
def test_comparisons_of_pairs_that_say_the_same_tell_the_likeliest(
    scores: dict[tuple[int, int], float], best: list[tuple[int, int]]
) -> None:
    assert told(scores) == best


def test_comparisons_features_tell_of_the_surest_rival_for_the_same_words() -> None:
    def figures(confidences: Sequence[float]) -> dict[tuple[int, int], list[float]]:
        paper = reading(confidences)
        features = PairFeatures(paper, ())
        return {(p.better, p.worse): features.dense(p) for p in make_pairs(paper) if p.sentence == 1}

    sure, unsure = figures((0.9, 0.8, 0.6, 0.9)), figures((0.9, 0.7, 0.6, 0.9))
    changed = [(a, b) for a, b in zip(sure[PACE, TTS], unsure[PACE, TTS], strict=True) if a != b]
    assert changed == [(pytest.approx(0.8), pytest.approx(0.7))]
    assert (sure[PACE, TTS].count(-1.0), sure[PACE, STANDARD].count(-1.0)) == (0, 0)
    elsewhere = Pair(2, TTS, OCTO, None, reading().mentions_of[OCTO][0])
    assert PairFeatures(reading(), ()).dense(elsewhere).count(-1.0) == 1
