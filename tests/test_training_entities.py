"""Training of the entity model: labels on words, the split, and that what is shipped computes what was trained."""

from __future__ import annotations

import numpy as np
import pytest
import spacy

from kg.extraction.network import SpanTagger
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.training.labels import label
from kg.training.split import FOLDS, fold_of, is_held_out

VOCAB = spacy.blank("en").vocab


def record(title: str, abstract: str, *entities: tuple[str, ...]) -> dict[str, object]:
    rows = [{"type": kind, "surfaces": list(surfaces), "role": "used"} for kind, *surfaces in entities]
    return {"id": "made-up", "title": title, "abstract": abstract, "entities": rows}


@pytest.mark.parametrize(
    ("abstract", "entity", "marked"),
    [
        ("A GAN and two GANs.", ("Method", "GAN"), ["GAN", "GANs"]),
        (
            "Diffusion models, a diffusion model.",
            ("Method", "diffusion model"),
            ["Diffusion models", "diffusion model"],
        ),
        ("We train on CIFAR-10, not CIFAR-100.", ("Dataset", "CIFAR-10"), ["CIFAR-10"]),
        ("SAM can segment what sam cannot.", ("Method", "SAM"), ["SAM"]),
        (r"We use $\pi_0$ here.", ("Method", r"$\pi_0$"), ["π0"]),
        ("Accuracy, then recall.", ("Metric", "recall"), ["recall"]),
        ("Object. Detection of cars.", ("Task", "object detection"), []),
    ],
)
def test_training_labels_mark_every_mention(abstract: str, entity: tuple[str, ...], marked: list[str]) -> None:
    labelled = label(record("A title", abstract, entity), VOCAB)
    assert [labelled.doc[start:end].text for start, end, _ in labelled.spans] == marked


def test_training_labels_prefer_the_longer_name_and_are_unsure_of_the_one_inside() -> None:
    entities = [("Task", "object detection"), ("Task", "3D object detection")]
    labelled = label(record("On 3D object detection", "Object detection is older.", *entities), VOCAB)
    assert [(labelled.doc[a:b].text, e) for a, b, e in labelled.spans] == [
        ("3D object detection", 1),
        ("Object detection", 0),
    ]
    assert [labelled.doc[a:b].text for a, b in labelled.unsure] == ["object detection"]


def test_training_split_is_fixed_and_even() -> None:
    ids = [f"arxiv-2501.{number:05d}" for number in range(2000)]
    held_out = [name for name in ids if is_held_out(name)]
    assert 150 < len(held_out) < 250
    assert is_held_out("arxiv-2501.00012") == ("arxiv-2501.00012" in held_out)
    assert {fold_of(name) for name in ids} == set(range(FOLDS))


def test_training_numpy_network_computes_what_torch_trained() -> None:
    torch = pytest.importorskip("torch")
    from kg.training.export import to_arrays
    from kg.training.network import Tagger
    from kg.training.tagger import collate, make_example
    from kg.training.vectors import SETTINGS, quantise

    torch.manual_seed(1)
    vectors = quantise(np.random.default_rng(0).normal(size=(500, 32)).astype(np.float32))
    assert list(vectors["vectors.settings"]) == list(SETTINGS.values())
    model = Tagger(32).eval()
    tagger = SpanTagger({**vectors, **to_arrays(model, kind=np.float32)})
    labelled = label(record("ResNet", "ResNet-50 beats VGG (2014) on ImageNet by 3.2%.", ("Method", "ResNet")), VOCAB)
    example = make_example(labelled, tagger.vectors)
    with torch.no_grad():
        types, roles = model(**collate([example, make_example(label(record("Other", "x y z"), VOCAB), tagger.vectors)]))
    scored = tagger(make_doc(VOCAB, fold("ResNet\nResNet-50 beats VGG (2014) on ImageNet by 3.2%.")))
    count = len(scored.spans)
    assert count > 5
    assert scored.types == pytest.approx(types.softmax(-1).numpy()[:count], abs=1e-4)
    assert scored.roles == pytest.approx(roles.softmax(-1).numpy()[:count], abs=1e-4)


@pytest.mark.parametrize("classes", [1, 3])
def test_training_exported_trees_score_as_lightgbm_does(classes: int) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    from kg.training.trees import export

    chance = np.random.default_rng(0)
    matrix = chance.random((600, 8)).astype(np.float32)
    target = (matrix[:, 0] + matrix[:, 1] > 1).astype(int) + (classes > 1) * (matrix[:, 2] > 0.5)
    options = {"objective": "multiclass", "num_class": 3} if classes > 1 else {"objective": "binary"}
    booster = lightgbm.train({**options, "verbosity": -1, "num_leaves": 9}, lightgbm.Dataset(matrix, target), 12)
    expected = booster.predict(matrix).reshape(len(matrix), -1)
    assert export(booster, classes=classes).probabilities(matrix) == pytest.approx(expected, abs=1e-5)
