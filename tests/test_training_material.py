"""Labelled papers to train on, and the steps that are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labelled_papers import labelled_papers

from kg.errors import InputError
from kg.training.material import read_material
from kg.training.split import is_held_out
from kg.training.steps import digest, finished, load, run_all, save

PAPERS = labelled_papers(40)


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_material_of_several_files_leaves_out_what_is_held_out(tmp_path: Path) -> None:
    files = [write(tmp_path / "a" / "gold.jsonl", PAPERS[:25]), write(tmp_path / "b" / "gold.jsonl", PAPERS[25:])]
    material = read_material(files)
    held_out = [paper["id"] for paper in PAPERS if is_held_out(paper["id"])]
    assert held_out
    assert [record["id"] for record in material.records] == [p["id"] for p in PAPERS if p["id"] not in held_out]
    assert [record["id"] for record in material.held_out] == held_out
    assert len(set(material.hashes.values())) == 2


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(json.dumps(PAPERS[1]))
    change(record)
    return record


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (changed(lambda r: r.pop("id")), "'id'"),
        (changed(lambda r: r.pop("results")), "results"),
        (changed(lambda r: r["entities"][0].update(type="Gadget")), "'Gadget'; there are: Method"),
        (changed(lambda r: r["entities"][0].update(surfaces=["Nowhere"])), "'Nowhere' does not stand in the text"),
        (changed(lambda r: r["results"][0].update(kind="level")), "kind is 'level'"),
        (changed(lambda r: r["results"][0].update(direction="up")), "direction is 'up'"),
        (changed(lambda r: r["results"][0].update(dataset="COCO-17")), "'COCO-17'"),
        (PAPERS[0], "labelled a second time"),
    ],
)
def test_material_tells_file_and_line_of_what_is_wrong(tmp_path: Path, record: dict[str, Any], told: str) -> None:
    file = write(tmp_path / "gold.jsonl", [PAPERS[0], record])
    with pytest.raises(InputError, match=told) as caught:
        read_material([file])
    assert f"{file}:2" in str(caught.value)


def test_material_that_is_all_held_out_is_none(tmp_path: Path) -> None:
    file = write(tmp_path / "gold.jsonl", [paper for paper in PAPERS if is_held_out(paper["id"])])
    with pytest.raises(InputError, match="no labelled paper to train on"):
        read_material([file])


def test_steps_digest_tells_inputs_apart() -> None:
    ones, twos = {"a": np.ones(3)}, {"a": np.full(3, 2.0)}
    inputs: list[tuple[object, ...]] = [
        (1,),
        (2,),
        ([1, 2],),
        ([2, 1],),
        (ones,),
        (twos,),
        ({"b": np.ones(3)},),
        (1, 1),
    ]
    assert len({digest(*parts) for parts in inputs}) == len(inputs)
    assert digest({"x": 1, "y": 2}, ones) == digest({"y": 2, "x": 1}, {"a": np.ones(3)})


def test_steps_what_is_not_finished_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "arrays.npz"

    def half() -> None:
        with finished(path) as draft:
            draft.write_text("half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert not path.exists()
    save(path, {"a": np.arange(3)})
    assert load(path)["a"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("processes", [1, 2])
def test_steps_are_run_in_order_in_any_number_of_processes(processes: int) -> None:
    assert list(run_all(abs, [-3, 1, -2], processes=processes)) == [3, 1, 2]
