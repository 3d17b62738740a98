import importlib.util
import json
import random
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.training.evaluate import calibration, curve, evaluate, read_records

SHARED = Path(__file__).parent.parent.parent / "shared" / "gold"


def result(**fields: Any) -> dict[str, Any]:
    given = {
        "kind": "absolute", "method": "OpenVLA", "baseline": None, "dataset": "LIBERO", "metric": "success rate",
        "value": 76.5, "value_max": None, "unit": "%", "bound": "exact", "direction": None,
    }  # fmt: skip
    return {**given, **fields}


def record(*results: dict[str, Any], entities: Any = (), comparisons: Any = ()) -> dict[str, dict[str, Any]]:
    return {"1": {"id": "1", "entities": list(entities), "results": list(results), "comparisons": list(comparisons)}}


GOLD = record(
    result(),
    entities=[{"type": "Benchmark", "surfaces": ["LIBERO"], "role": "used"}],
    comparisons=[{"better": "OpenVLA", "worse": "Octo"}],
)


@pytest.mark.parametrize(
    ("fields", "hits"),
    [
        ({}, (1, 1, 1)),
        ({"method": "Octo"}, (1, 1, 0)),
        ({"metric": "FID"}, (1, 0, 0)),
        ({"kind": "ratio"}, (1, 0, 0)),
        ({"value": 76.4}, (0, 0, 0)),
        ({"unit": "points"}, (1, 1, 1)),
        ({"unit": "ms"}, (0, 0, 0)),
        ({"metric": "average success rate"}, (1, 1, 1)),
        ({"method": "the OpenVLA"}, (1, 1, 1)),
    ],
)
def test_evaluate_grades_a_result_by_level(fields: dict[str, Any], hits: tuple[int, int, int]) -> None:
    scores = evaluate(GOLD, record(result(**fields)))
    assert tuple(scores.hits[f"result {name}"] for name in ("number", "score", "full")) == hits


@pytest.mark.parametrize(
    ("fields", "name", "counts"),
    [
        ({}, "method", (1, 1, 1)),
        ({"method": "Octo"}, "method", (0, 1, 1)),
        ({"method": None}, "method", (0, 0, 1)),
        ({"method": "Octo"}, "metric", (1, 1, 1)),
        ({"metric": "performance"}, "metric", (0, 0, 1)),
        ({"dataset": "the LIBERO benchmark"}, "dataset", (1, 1, 1)),
        ({"baseline": "Octo"}, "baseline", (0, 1, 0)),
        ({"kind": "ratio"}, "kind", (0, 1, 1)),
        ({"value": 76.4}, "method", (0, 1, 1)),
    ],
)
def test_evaluate_counts_each_field_by_itself(fields: dict[str, Any], name: str, counts: tuple[int, int, int]) -> None:
    row = evaluate(GOLD, record(result(**fields))).field_rows()[name]
    assert (row.hits, row.predicted, row.gold) == counts


def test_evaluate_counts_entities_types_and_roles() -> None:
    found = record(
        entities=[
            {"type": "Dataset", "surfaces": ["LIBERO"], "role": "proposed"},
            {"type": "Task", "surfaces": ["planning"], "role": "used"},
        ]
    )
    scores = evaluate(GOLD, found)
    row = scores.rows()["entity all"]
    assert (row.hits, row.predicted, row.gold, row.precision, row.recall) == (1, 2, 1, 0.5, 1.0)
    assert scores.accuracies()["role"] == 0
    assert scores.confusion == {("Data", "Data"): 1, (None, "Task"): 1}


def test_evaluate_a_type_mistaken_for_another_is_confusion() -> None:
    found = record(entities=[{"type": "Method", "surfaces": ["LIBERO"], "role": "used"}])
    assert evaluate(GOLD, found).confusion == {("Data", "Method"): 1}


def test_evaluate_a_paper_without_prediction_is_an_empty_one() -> None:
    assert evaluate(GOLD, {}).rows()["result full"].recall == 0


def test_evaluate_curve_and_calibration_follow_confidence() -> None:
    found = record(result(confidence=0.95), result(value=3, confidence=0.15))
    points = dict(curve(GOLD, found, (0.0, 0.5, 0.99)))
    assert [(points[t].hits, points[t].predicted) for t in (0.0, 0.5, 0.99)] == [(1, 2), (1, 1), (0, 0)]
    assert calibration(GOLD, found) == [(0.15, 0.0, 1), (0.95, 1.0, 1)]


@pytest.mark.parametrize(
    ("line", "told"), [("{", "not JSON"), ("[]", "lacks"), ('{"id": 1}', "lacks abstract"), ("", "no labelled record")]
)
def test_evaluate_names_the_line_that_is_no_record(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(f"\n{line}\n")
    with pytest.raises(InputError, match=told) as caught:
        read_records(file)
    assert str(file) in str(caught.value)
    assert (":2" in str(caught.value)) == bool(line)


@pytest.mark.skipif(not SHARED.exists(), reason="the reference scorer is not here (../shared)")
def test_evaluate_gives_the_figures_of_the_reference_scorer() -> None:
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    with (SHARED / "train.jsonl").open(encoding="utf-8") as lines:
        golds = {r["id"]: r for r in (json.loads(next(lines)) for _ in range(300))}
    found = {key: _damaged(gold, random.Random(key)) for key, gold in golds.items()}
    wanted, _ = reference.compare(golds, found)
    scores = evaluate(golds, found)
    for key, row in scores.rows().items():
        assert (row.hits, row.predicted, row.gold) == tuple(wanted[key][k] for k in ("hits", "predicted", "gold"))
        assert row.f1 == pytest.approx(wanted[key]["f1"], abs=1e-4)
    for key, share in scores.accuracies().items():
        assert share == pytest.approx(wanted[f"{key} accuracy"]["accuracy"], abs=1e-4)


def _damaged(gold: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A record as an extractor might give it: some of it missing, some of it wrong."""
    found: dict[str, Any] = json.loads(json.dumps(gold))
    found["entities"] = [e for e in found["entities"] if chance.random() > 0.2]
    for entity in found["entities"]:
        entity["type"] = "Task" if chance.random() < 0.1 else entity["type"]
    for entry in found["results"]:
        entry["method"] = None if chance.random() < 0.2 else entry["method"]
        entry["metric"] = "accuracy" if chance.random() < 0.1 else entry["metric"]
        entry["value"] += chance.random() < 0.1
        entry["bound"] = "about" if chance.random() < 0.1 else entry["bound"]
    return found
