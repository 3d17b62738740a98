"""What is computed for many at once: nothing may depend on its neighbours, nor on what came before."""

from __future__ import annotations

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.attrs import NORM, ORTH, SPACY

from kg.extraction.entities import MODEL
from kg.extraction.hashed import BUCKETS, Linear, bucket, buckets
from kg.extraction.network import SpanTagger
from kg.extraction.numbers import find_quantities
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.extraction.trees import Trees

CHANCE = np.random.default_rng(0)
LINEAR = Linear(CHANCE.normal(size=(BUCKETS, 3)).astype(np.float16), np.array([1, 2, 3], dtype=np.float32))
TEXTS = (
    "Batch Normalization\nBatch-normalised Inception reaches 4.8% top-5 error on ImageNet, don't they say (e.g. here).",
    "Dropout\nDropout halves the error of nets on TIMIT; e.g. from 22.7% to 19.7% (w/o pretraining).",
    "Highway Networks\nWe train nets of 900 layers with plain SGD.",
)


def trees() -> Trees:
    """Three trees with rows that fill up: a stump, a leaf, and one of two levels."""
    left = np.array([[1, 1, 2, 0, 0], [0, 0, 0, 0, 0], [1, 1, 3, 3, 4]], dtype=np.int16)
    right = np.array([[2, 1, 2, 0, 0], [0, 0, 0, 0, 0], [2, 1, 4, 3, 4]], dtype=np.int16)
    feature = np.array([[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]], dtype=np.int16)
    threshold = np.array([[0.5] * 5, [0.0] * 5, [0.25, 0, 0.75, 0, 0]], dtype=np.float32)
    value = np.array([[9, 1, 2, 9, 9], [4, 9, 9, 9, 9], [9, 8, 9, 16, 32]], dtype=np.float32)
    return Trees(feature, threshold, left, right, value, np.array(2, np.int16), np.zeros(1, np.float32))


@pytest.mark.parametrize(
    ("row", "score"), [((0.5, 0.25), 13), ((0.6, 0.25), 14), ((0.7, 0.3), 22), ((0.8, 0.3), 38), ((0.1, 9), 21)]
)
def test_trees_walk_to_the_leaf(row: tuple[float, float], score: float) -> None:
    assert trees().scores(np.array([row], dtype=np.float32)).tolist() == [[score]]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100))
def test_trees_score_a_row_by_itself(rows: int) -> None:
    matrix = np.random.default_rng(rows).random((rows, 2)).astype(np.float32)
    alone = [trees().scores(row[None])[0] for row in matrix]
    assert trees().scores(matrix).tolist() == [score.tolist() for score in alone]


def test_hashed_rows_of_parts_are_those_of_the_whole() -> None:
    parts = frozenset(map(bucket, "bc")), frozenset(map(bucket, "cd"))
    assert buckets("a", *parts).tolist() == buckets("abcd").tolist() == sorted(set(map(bucket, "abcd")))
    assert buckets([]).tolist() == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.text(max_size=3), max_size=30), max_size=8))
def test_hashed_scores_a_row_by_itself(features: list[list[str]]) -> None:
    rows = [buckets(each) for each in features]
    scores = LINEAR.scores(rows)
    assert scores.tolist() == [LINEAR.scores([row])[0].tolist() for row in rows]
    for row, score in zip(rows, scores, strict=True):
        assert score == pytest.approx(LINEAR.start + LINEAR.weights[row].astype(np.float64).sum(axis=0), abs=1e-3)


def test_network_scores_do_not_depend_on_texts_before() -> None:
    docs = [make_doc(spacy.blank("en").vocab, fold(text)) for text in TEXTS]
    tagger = SpanTagger.load(MODEL / "tagger.npz")
    forward = [tagger(doc) for doc in docs]
    backward = SpanTagger.load(MODEL / "tagger.npz")
    for doc, scored in reversed(list(zip(docs, forward, strict=True))):
        again = backward(doc)
        assert np.array_equal(again.types, scored.types)
        assert np.array_equal(again.roles, scored.roles)


def test_tokens_are_the_same_when_words_are_known() -> None:
    vocab = spacy.blank("en").vocab
    first = [make_doc(vocab, fold(text)).to_array([ORTH, NORM, SPACY]) for text in TEXTS]
    again = [make_doc(vocab, fold(text)).to_array([ORTH, NORM, SPACY]) for text in TEXTS]
    other = [make_doc(spacy.blank("en").vocab, fold(text)).to_array([ORTH, NORM, SPACY]) for text in TEXTS[::-1]]
    assert all(map(np.array_equal, first, again))
    assert all(map(np.array_equal, first, other[::-1]))


@pytest.mark.parametrize(
    ("text", "value"),
    [("It HALVES memory", 2), ("an order of magnitude faster", 10), ("a tenth of the cost", "0.1"), ("ten-fold", 10)],
)
def test_numbers_find_words_of_factors(text: str, value: float | str) -> None:
    assert [str(quantity.value) for quantity in find_quantities(text)] == [str(value)]
