"""Made-up labelled abstracts, as many as a test wants to train on: every kind of label, and numbers that are none."""

from __future__ import annotations

import random
from typing import Any

METHODS = ("Lumen", "Kestrel", "Tarn", "Orrery", "Fathom", "Cairn", "Halyard", "Quill", "Sextant", "Bramble")
DATASETS = ("MNIST", "SVHN", "CIFAR-10", "COCO", "KITTI", "ImageNet", "LIBERO", "ALFRED")
TASKS = ("image classification", "object detection", "robot manipulation", "speech recognition")
METRICS = ("accuracy", "success rate", "recall", "mAP")

Json = dict[str, Any]


def labelled_papers(count: int, *, seed: int = 0, prefix: str = "made") -> list[Json]:
    """The same ``count`` papers for the same ``seed``; ids are ``prefix``-0 and so on."""
    chance = random.Random(seed)
    return [labelled_paper(f"{prefix}-{number}", chance) for number in range(count)]


def labelled_paper(key: str, chance: random.Random) -> Json:
    stem, rival = chance.sample(METHODS, 2)
    ours = f"{stem}-{chance.choice('XYZ')}{chance.randrange(2, 9)}"
    first, second = chance.sample(DATASETS, 2)
    task, metric = chance.choice(TASKS), chance.choice(METRICS)
    a, b = (chance.randrange(500, 990) / 10 for _ in range(2))
    c, d, e = (chance.randrange(11, 99) / 10 for _ in range(3))
    share = chance.randrange(10, 90)
    levels = f"{ours} reaches {a}% and {b}% {metric} in {task} on {first} and {second}, respectively"
    gain = f"outperforms {rival} by {c}% {metric} on {first}"
    saving = f"reduces latency by {d}% against {rival}"
    ratio = f"with {share}% of the parameters of {rival}"
    ours_again = chance.choice((f"It {gain}", f"{ours} {gain}", f"Our method {gain}"))
    sentences = [
        f"We propose {ours}, a new way of {task}, trained for {chance.randrange(20, 400)} epochs.",
        f"{levels}.", f"{ours_again} and {saving}.", f"This is done {ratio}, after {int(e * 10)} hours of training.",
    ]  # fmt: skip

    def result(kind: str, value: float, evidence: str, **fields: Any) -> Json:
        given = {"method": ours, "baseline": None, "dataset": None, "task": None, "value_max": None, "unit": "%"}
        rest = {"metric": metric, "bound": "exact", "direction": None}
        return {"kind": kind, **given, **rest, "value": value, "evidence": evidence, **fields}

    return {
        "id": key, "title": f"{ours}: {task} made simple", "abstract": " ".join(sentences),
        "entities": [
            {"type": "Method", "surfaces": [ours], "role": "proposed"},
            {"type": "Method", "surfaces": [rival], "role": "compared"},
            *({"type": "Dataset", "surfaces": [name], "role": "used"} for name in (first, second)),
            {"type": "Task", "surfaces": [task], "role": "used"},
            *({"type": "Metric", "surfaces": [name], "role": "used"} for name in (metric, "latency", "parameters")),
        ],
        "results": [
            result("absolute", a, levels, dataset=first, task=task),
            result("absolute", b, levels, dataset=second, task=task),
            result("change", c, gain, dataset=first, baseline=rival, direction="increase"),
            result("change", d, saving, metric="latency", baseline=rival, direction="decrease"),
            result("ratio", share, ratio, metric="parameters", baseline=rival),
        ],
        "comparisons": [{"better": ours, "worse": rival, "dataset": first, "metric": metric, "evidence": gain}],
    }  # fmt: skip
