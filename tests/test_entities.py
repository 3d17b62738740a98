"""Entities: from the words of a text to the things that it names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from kg.errors import KGError
from kg.extraction.candidates import abbreviates, find_candidates
from kg.extraction.entities import MODEL, best_types, load_entity_components
from kg.extraction.features import candidate_spans, flags, table_rows
from kg.extraction.known import KnownNames, Table
from kg.extraction.names import squeeze
from kg.extraction.network import Scored
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.extraction.trees import Trees
from kg.model import ENTITY_TYPES, EntityMention

VOCAB = spacy.blank("en").vocab

DIFFUSION_POLICY = (
    "Diffusion Policy: Visuomotor Policy Learning via Action Diffusion\n"
    "We introduce Diffusion Policy, a way of generating robot behaviour with conditional denoising diffusion. "
    "We benchmark it on 12 tasks from 4 robot manipulation benchmarks, Robomimic and Push-T among them, and find that "
    "it outperforms LSTM-GMM and Implicit Behavioral Cloning (IBC), with a gain in success rate of 46.9\\%."
)
RESNET = (
    "Deep Residual Learning for Image Recognition\n"
    "We train residual networks (ResNets) of up to 152 layers. An ensemble of them reaches 3.57\\% top-5 error on the "
    "ImageNet test set. On COCO, ResNet-101 improves mean average precision (mAP) by 28\\% over VGG-16."
)


def doc_of(text: str) -> Doc:
    return make_doc(VOCAB, fold(text))


def words_of(text: str) -> list[str]:
    return [token.text for token in doc_of(text)]


Finder = Callable[[Doc], Doc]


@pytest.fixture(scope="module")
def finder() -> Finder:
    return load_entity_components()


def found(finder: Finder, text: str) -> dict[str, EntityMention]:
    return {surface: entity for entity in finder(doc_of(text))._.entities for surface in entity.surfaces}


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("CIFAR-10", "CIFAR10", True),
        ("Diffusion Models", "diffusion model", True),
        ("π0", "pi0", True),
        ("GPT-3", "GPT-4", False),
        ("BP4D", "BP4D+", False),
        ("loss", "los", False),
    ],
)
def test_entities_squeeze_tells_names_apart(left: str, right: str, same: bool) -> None:
    assert (squeeze(left) == squeeze(right)) is same


@pytest.mark.parametrize(
    ("short", "long", "does"),
    [
        ("sac", "Soft Actor-Critic", True),
        ("map", "mean average precision", True),
        ("ibc", "Implicit Behavioral Cloning", True),
        ("sac", "the Soft Actor-Critic", False),
        ("tpu", "Graph Attention", False),
        ("x", "xylophone", False),
    ],
)
def test_entities_abbreviates(short: str, long: str, does: bool) -> None:
    assert abbreviates(short, long) is does


def test_entities_candidate_spans_skip_function_words_and_cross_no_comma() -> None:
    words = words_of("the Vision Transformer of Google, trained on JFT")
    spans = {" ".join(words[first : last + 1]) for first, last in candidate_spans(words).tolist()}
    assert {"Vision Transformer", "Vision", "Transformer", "JFT", "Vision Transformer of Google"} <= spans
    assert not {span for span in spans if span.startswith(("the", "of", "on", ",")) or "," in span}


def test_entities_features_have_one_row_a_word() -> None:
    doc = doc_of("PPO (Schulman) beats A2C on Atari")
    assert table_rows(doc).shape[0] == flags([token.text for token in doc]).shape[0] == len(doc)


def test_entities_candidates_join_long_form_acronym_and_plural() -> None:
    words = words_of("Graph Neural Networks (GNNs) are strong. A GNN beats graph neural network baselines on Cora.")
    spans = candidate_spans(words)
    wanted = {"graph neural networks", "gnns", "gnn", "graph neural network", "cora"}
    types = np.full((len(spans), 6), 0.002, dtype=np.float32)
    for row, (first, last) in enumerate(spans.tolist()):
        types[row, 0] = 0.9 if " ".join(words[first : last + 1]).lower() in wanted else 0.002
    types[:, 5] = 1 - types[:, :5].sum(axis=1)
    scored = Scored(spans, types, np.full((len(spans), 4), 0.25, dtype=np.float32))
    candidates = find_candidates(words, scored)
    assert [candidate.keys for candidate in candidates] == [("graphneuralnetwork", "gnn"), ("cora",)]
    assert len(candidates[0].mentions) == 4


def test_entities_best_types_adds_dataset_and_benchmark() -> None:
    chances = np.array([[0.3, 0.2, 0.25, 0.0, 0.0, 0.25], [0.0, 0.0, 0.0, 0.6, 0.1, 0.3]], dtype=np.float32)
    kinds, confidence = best_types(chances)
    assert [ENTITY_TYPES[kind] for kind in kinds] == ["Benchmark", "Task"]
    assert confidence == pytest.approx([0.45, 0.6])


def test_entities_known_names_leave_out_a_texts_own_answer() -> None:
    table = Table.build({"resnet": (3, 2, 0, 0, 0, 0), "model": (9, 1, 0, 0, 0, 0)})
    known = KnownNames(table, table, Table.build({"resnet": (50, 5)}))
    own = known.leaving_out({"resnet": (1, 1, 0, 0, 0, 0)}, {})
    assert known.names(["resnet"])[0, 1] > own.names(["resnet"])[0, 1]
    assert known.names(["unheard"])[0, 0] == 0
    assert known.frequencies(["resnet"])[0] == pytest.approx(np.log([51, 6, 6 / 51]))


def test_entities_trees_follow_thresholds_and_add_up() -> None:
    stump = Trees(
        feature=np.array([[1, 0, 0]] * 2, dtype=np.int16),
        threshold=np.array([[0.5, np.inf, np.inf]] * 2, dtype=np.float32),
        left=np.array([[1, 1, 2]] * 2, dtype=np.int16),
        right=np.array([[2, 1, 2]] * 2, dtype=np.int16),
        value=np.array([[0, -1, 2], [0, 0.5, 0.25]], dtype=np.float32),
        depth=np.array(1, dtype=np.int16),
        start=np.array([0.0], dtype=np.float32),
    )
    matrix = np.array([[9, 0.5], [9, 0.6]], dtype=np.float32)
    assert stump.scores(matrix)[:, 0] == pytest.approx([-0.5, 2.25])
    again = Trees.from_arrays(stump.to_arrays("t."), "t.")
    assert np.array_equal(again.probabilities(matrix), stump.probabilities(matrix))
    assert np.array_equal(stump.scores(matrix)[1:], stump.scores(matrix[1:]))


@pytest.mark.parametrize(
    ("text", "name", "kind", "role"),
    [
        (DIFFUSION_POLICY, "Diffusion Policy", "Method", "proposed"),
        (DIFFUSION_POLICY, "LSTM-GMM", "Method", "compared"),
        (RESNET, "COCO", "Dataset", "used"),
        (DIFFUSION_POLICY, "success rate", "Metric", "used"),
        (RESNET, "ImageNet", "Dataset", "used"),
        (RESNET, "VGG-16", "Method", "compared"),
        (RESNET, "top-5 error", "Metric", "used"),
        (RESNET, "mAP", "Metric", "used"),
    ],
)
def test_entities_finds_names_with_type_and_role(finder: Finder, text: str, name: str, kind: str, role: str) -> None:
    entity = found(finder, text)[name]
    assert (entity.type, entity.role) == (kind, role)


@pytest.mark.parametrize(
    ("text", "name", "confidence"),
    [(DIFFUSION_POLICY, "LSTM-GMM", 0.959), (RESNET, "VGG-16", 0.962), (RESNET, "top-5 error", 0.907)],
)
def test_entities_confidence_is_that_of_the_shipped_weights(
    finder: Finder, text: str, name: str, confidence: float
) -> None:
    """New weights change these figures; a change of the code that computes with the weights must not."""
    assert found(finder, text)[name].confidence == pytest.approx(confidence, abs=0.01)


def test_entities_acronym_and_long_form_are_one(finder: Finder) -> None:
    entities = found(finder, DIFFUSION_POLICY)
    assert entities["IBC"] is entities["Implicit Behavioral Cloning"]


@pytest.mark.parametrize("text", [DIFFUSION_POLICY, RESNET])
def test_entities_surfaces_and_spans_quote_the_text(finder: Finder, text: str) -> None:
    doc = finder(doc_of(text))
    assert doc._.entities
    for entity in (*doc._.entities, *doc._.candidates):
        quotes = [doc.text[span.start : span.end] for span in entity.spans]
        assert set(entity.surfaces) <= set(quotes)
        assert 0 < entity.confidence <= 1
    assert set(map(id, doc._.entities)) <= set(map(id, doc._.candidates))


@pytest.mark.parametrize("text", ["", "\n", "Title\n", "We are.\n", "?! ...", "深度学习\n", "(" * 300, "a\x00b"])
def test_entities_of_odd_texts_are_few_and_raise_nothing(finder: Finder, text: str) -> None:
    assert len(finder(doc_of(text))._.entities) <= 2


def test_entities_of_a_text_do_not_depend_on_texts_before(finder: Finder) -> None:
    alone = load_entity_components()(doc_of(RESNET))._.candidates
    finder(doc_of(DIFFUSION_POLICY))
    assert finder(doc_of(RESNET))._.candidates == alone


@cache
def everything() -> Finder:
    """Hypothesis takes no fixtures of a module."""
    return load_entity_components()


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=200))
def test_entities_never_raise(text: str) -> None:
    everything()(doc_of(text))


def test_entities_endless_text_is_read_to_a_point(finder: Finder) -> None:
    doc = finder(doc_of("Title\n" + "ResNet beats VGG on ImageNet. " * 3000))
    assert len(doc) > 15_000
    assert len(doc._.candidates) < 100


def test_entities_missing_model_says_where(tmp_path: Path) -> None:
    with pytest.raises(KGError, match="cannot be read"):
        load_entity_components(tmp_path)
    assert MODEL.is_dir()
