"""``kg train`` from end to end, and ``kg evaluate --cross-validate``, on made-up papers."""

from __future__ import annotations

import gzip
import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from labelled_papers import labelled_papers

from kg.cli import _run
from kg.extraction.network import WordVectors
from kg.extraction.pipeline import MODEL, load_extractor
from kg.training import vectors
from kg.training.corpus import corpus_of, read_corpus
from kg.training.split import GROUPS

PAPERS = labelled_papers(40, seed=3)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS), encoding="utf-8")
    return path


def test_training_command_makes_a_model_that_reads(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("torch", "lightgbm", "sklearn"):
        pytest.importorskip(module, reason=f"training needs {module}: pip install -e '.[train]'")
    folder = labels.parent / "model"
    arguments = ["train", str(labels), "--out", str(folder), "--quick", "--seed", "5"]
    assert _run(arguments) == 0
    told = capsys.readouterr().err
    assert "round 1 of 1" in told
    assert "F1" in told
    facts = json.loads((folder / "entities.json").read_text())
    assert (facts["seed"], list(facts["gold_sha256"])) == (5, ["labels.jsonl"])
    assert load_extractor(model=folder).name != load_extractor().name
    assert _run(["extract", str(labels), "--model", str(folder)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(PAPERS)
    weights = (folder / "tagger.npz").stat().st_mtime_ns
    assert _run(arguments) == 0
    assert "there already" in capsys.readouterr().err
    assert (folder / "tagger.npz").stat().st_mtime_ns == weights


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed, so there is nothing to complain of")
def test_training_command_says_what_to_install(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["train", str(labels), "--out", str(labels.parent / "model")]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "training needs torch" in told
    assert "pip install 'mlkg[train]'" in told


def test_training_command_takes_up_taggers_that_are_finished(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The taggers are the shipped one under the names of those to be trained, so nothing but trees is fitted."""
    pytest.importorskip("lightgbm", reason="training needs lightgbm: pip install -e '.[train]'")
    from kg.cli.train import make_plan
    from kg.training.recipe import train_entities
    from kg.training.taggers import tagger_job

    work = labels.parent / "model" / "work"
    work.mkdir(parents=True)
    plan = make_plan([labels], work, None, None, None)
    for group in (*GROUPS, ()):
        shutil.copy(MODEL / "tagger.npz", tagger_job(plan, group).path)
    facts = train_entities(plan, work.parent)
    assert facts["cross_validated_f1"] > 0.8
    assert train_entities(plan, work.parent) == facts
    found = [json.loads(line) for path in (work / "oof").glob("*.jsonl") for line in path.read_text().splitlines()]
    assert {row["id"] for row in found} == {record["id"] for record in plan.records}
    capsys.readouterr()


def test_training_command_learns_from_silver_labels_first(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("torch", "lightgbm"):
        pytest.importorskip(module, reason=f"training needs {module}: pip install -e '.[train]'")
    abstracts = labels.parent / "abstracts.jsonl"
    others = labelled_papers(12, seed=8)
    abstracts.write_text("".join(json.dumps(paper) + "\n" for paper in (*others, *PAPERS)), encoding="utf-8")
    folder = labels.parent / "model"
    arguments = ["train", str(labels), "--out", str(folder), "--quick", "--only", "entities"]
    silver = ["--unlabelled", str(abstracts), "--vectors", str(MODEL), "--silver", "8"]
    assert _run([*arguments, *silver]) == 0
    assert "silver: round 1 of 1 over 8 papers" in capsys.readouterr().err
    files = sorted((folder / "work").glob("silver-*.jsonl"))
    assert [path.name.rsplit("-", 1)[0] for path in files] == ["silver-0", "silver-1-2", "silver-3-4", "silver-all"]
    for path in files:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(rows) == 8
        assert {row["title"] for row in rows} <= {paper["title"] for paper in others} - {p["title"] for p in PAPERS}
    assert json.loads((folder / "entities.json").read_text())["silver"]["abstracts"] == 8


def test_training_command_cross_validates(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("lightgbm", reason="training needs lightgbm: pip install -e '.[train]'")
    from kg.cli.learn import _print_scores
    from kg.cli.train import make_plan
    from kg.training.crossval import cross_validate
    from kg.training.evaluate import evaluate
    from kg.training.taggers import tagger_job

    plan = make_plan([labels], labels.parent / "work", None, None, None)
    plan.work.mkdir()
    for group in GROUPS:
        shutil.copy(MODEL / "tagger.npz", tagger_job(plan, group).path)
    records = cross_validate(plan)
    scores = evaluate({record["id"]: record for record in plan.records}, records)
    assert scores.rows()["result number"].f1 > 0.9
    assert scores.rows()["entity all"].f1 > 0.8
    _print_scores(scores)
    printed = capsys.readouterr().out
    assert "entity Method" in printed
    assert "result full" in printed


def test_training_corpus_of_a_model_is_what_it_reads_with() -> None:
    corpus = corpus_of(MODEL)
    assert set(corpus.vectors) == {"vectors.rows", "vectors.scale", "vectors.settings"}
    assert len(corpus.phrases.keys) > 100_000
    assert corpus.phrases.find(["imagenet"])[0, 0] > 100


def test_training_corpus_from_abstracts_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("floret", reason="word vectors need floret: pip install -e '.[train]'")
    monkeypatch.setattr(vectors, "BUCKETS", 500)
    file = tmp_path / "abstracts.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"title": p["title"], "abstract": p["abstract"]}) + "\n" for p in PAPERS)
    corpus = read_corpus([file], tmp_path / "work", on_fault=lambda fault: pytest.fail(str(fault)))
    words = WordVectors(corpus.vectors["vectors.rows"], corpus.vectors["vectors.scale"], vectors.SETTINGS)
    assert np.isfinite(words(["latency", "never-seen"])).all()
    assert corpus.phrases.find(["latency"])[0, 0] == len(PAPERS)
    assert list(corpus.source) == [file.name]
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").glob("*.npz")}
    assert len(stamps) == 2
    read_corpus([file], tmp_path / "work", on_fault=lambda fault: pytest.fail(str(fault)))
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "work").glob("*.npz")} == stamps
