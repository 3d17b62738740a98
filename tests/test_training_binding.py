"""Training of what binds numbers to names: with real fits, on made-up papers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from labelled_papers import labelled_papers

from kg.cli import _run
from kg.errors import InputError
from kg.extraction.entities import load_entity_components
from kg.extraction.pipeline import MODEL, load_extractor
from kg.model import Paper
from kg.training.evaluate import evaluate
from kg.training.gold import gold_entities
from kg.training.split import fold_of

pytest.importorskip("lightgbm", reason="training needs lightgbm: pip install -e '.[train]'")
pytest.importorskip("sklearn", reason="training needs scikit-learn: pip install -e '.[train]'")

from kg.training.binding import Fold, Unseen, bind_fold, read_unseen, train_linker

VOCAB = spacy.blank("en").vocab
PAPERS = labelled_papers(40)
"""None of them was seen by the shipped models; what binds was never fitted to their like."""


def unseen(record: dict[str, Any]) -> Unseen:
    """As a tagger that finds everything would leave it."""
    entities = tuple(gold_entities(record, VOCAB))
    return Unseen(record, entities, entities)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped entities and what binds trained anew by the command."""
    folder = tmp_path_factory.mktemp("trained")
    for name in ("tagger.npz", "decisions.npz", "entities.json"):
        shutil.copy(MODEL / name, folder)
    labels = folder / "labels.jsonl"
    labels.write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS), encoding="utf-8")
    assert _run(["train", str(labels), "--out", str(folder), "--only", "results"]) == 0
    return folder


def test_training_binding_learns_what_papers_of_other_folds_teach() -> None:
    papers = tuple(unseen(record) for record in PAPERS)
    read = {paper.id: paper.record for paper in papers if fold_of(paper.id) == 0}
    records = {record["id"]: record for record in bind_fold(Fold(papers, 0))}
    assert set(records) == set(read) != set()
    rows = evaluate(read, records).rows()
    assert rows["result number"].f1 > 0.9
    assert rows["result score"].f1 > 0.8
    assert rows["comparison"].f1 > 0.8


def test_training_binding_of_the_same_papers_gives_the_same_models(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        train_linker(map(unseen, PAPERS[:30]), tmp_path / name)
    with np.load(tmp_path / "a.npz") as first, np.load(tmp_path / "b.npz") as second:
        assert sorted(first) == sorted(second)
        assert all(np.array_equal(first[name], second[name]) for name in first)


def test_training_binding_tells_when_papers_are_too_few(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too few"):
        train_linker([unseen(PAPERS[0])], tmp_path / "linker.npz")
    assert list(tmp_path.iterdir()) == []


def test_training_binding_reads_what_no_tagger_has_seen(tmp_path: Path) -> None:
    row = {"type": "Method", "role": "used", "surfaces": ["Octo"], "spans": [[0, 4]], "confidence": 0.7, "kept": True}
    found = {"id": "made-0", "candidates": [row, {**row, "kept": False}], "entities": [row]}
    (tmp_path / "fold0.jsonl").write_text(json.dumps(found) + "\n")
    first, second = read_unseen(PAPERS[:2], tmp_path, load_entity_components())
    assert (len(first.candidates), len(first.entities)) == (2, 1)
    assert first.candidates[0].surfaces == ("Octo",)
    assert len(second.candidates) >= len(second.entities) > 2
    with pytest.raises(InputError, match="nothing was found in made-1"):
        list(read_unseen(PAPERS[:2], tmp_path))


def test_training_binding_by_the_command_is_used_and_not_done_twice(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = json.loads((model / "results.json").read_text())
    assert facts["papers"] + sum(p["id"] not in {r["id"] for r in PAPERS} for p in PAPERS) <= len(PAPERS)
    assert list(facts["gold_sha256"]) == ["labels.jsonl"]
    before = (model / "linker.npz").stat().st_mtime_ns
    assert _run(["train", str(model / "labels.jsonl"), "--out", str(model), "--only", "results"]) == 0
    assert "are held out and not trained on" in capsys.readouterr().err
    assert (model / "linker.npz").stat().st_mtime_ns == before
    own, shipped = load_extractor(model=model), load_extractor()
    assert own.name != shipped.name
    (paper,) = labelled_papers(1, seed=9)
    (record,) = own.extract([Paper(paper["title"], paper["abstract"])])
    assert {float(result.value) for result in record.results} >= {paper["results"][0]["value"]}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["train", "missing.jsonl", "--out", "m", "--only", "results"], 3, "missing.jsonl"),
        (["train", "x.jsonl", "--out", "m", "--only", "figures"], 2, "entities, results"),
        (["train", "x.jsonl", "--out", "m", "--silver", "9", "--only", "results"], 2, "--unlabelled"),
        (
            ["train", "x.jsonl", "--out", "m", "--unlabelled", "x.jsonl", "--vectors", "m", "--only", "results"],
            2,
            "one of the two",
        ),
        (["train", "x.jsonl", "--out", "x.jsonl", "--only", "results"], 2, "is a file"),
        (["train", "x.jsonl", "--out", "m", "--only", "results"], 2, "holds no entities"),
        (["extract", "x.jsonl", "--model", "nowhere"], 3, "not a trained model, it lacks decisions.npz"),
        (["evaluate", "x.jsonl", "--cross-validate", "4"], 2, "give 5"),
        (["evaluate", "x.jsonl", "--cross-validate", "5", "--split", "held-out"], 2, "held-out"),
        (["evaluate", "x.jsonl", "--cross-validate", "5", "--model", "m"], 2, "--model"),
    ],
)
def test_training_commands_say_what_is_wrong(
    arguments: list[str],
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.jsonl").write_text(json.dumps(PAPERS[0]) + "\n")
    assert _run(arguments) == code
    assert told in capsys.readouterr().err
