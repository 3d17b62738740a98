"""Fits gradient-boosted trees (LightGBM) and turns them into the arrays that ``kg.extraction.trees`` evaluates."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from kg.extraction.trees import Trees

Floats = npt.NDArray[np.float32]


def fit(
    matrix: Floats,
    target: npt.NDArray[np.int64],
    *,
    classes: int = 1,
    rounds: int = 100,
    rate: float = 0.08,
    leaves: int = 15,
    smallest: int = 30,
    depth: int = 7,
    weight: Floats | None = None,
    seed: int = 0,
) -> Trees:
    """Fit ``rounds`` trees per class to ``target`` (rows,); with one class it is 0 or 1. ``smallest``: rows in a leaf.

    The same input gives the same trees. ``matrix`` (rows, features) has no missing values.
    """
    options = _options(
        "binary" if classes == 1 else "multiclass", rate=rate, leaves=leaves, smallest=smallest, depth=depth, seed=seed
    )
    if classes > 1:
        options["num_class"] = classes
    data = lightgbm.Dataset(matrix, target, weight=weight, params={"verbosity": -1})
    return export(lightgbm.train(options, data, num_boost_round=rounds), classes=classes)


def fit_ranking(
    matrix: Floats, target: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], *, rounds: int, rate: float = 0.05
) -> Trees:
    """Trees whose scores put the rows of target 1 first in their group; ``sizes`` (groups,) are those of the groups,
    whose rows stand together (LambdaRank)."""
    options = _options("lambdarank", rate=rate, leaves=15, smallest=40, depth=8, seed=0)
    options["lambdarank_truncation_level"] = 3
    data = lightgbm.Dataset(matrix, target, group=sizes, params={"verbosity": -1})
    return export(lightgbm.train(options, data, num_boost_round=rounds))


def _options(objective: str, *, rate: float, leaves: int, smallest: int, depth: int, seed: int) -> dict[str, Any]:
    return {
        "objective": objective,
        "learning_rate": rate, "num_leaves": leaves, "min_data_in_leaf": smallest, "lambda_l2": 5.0,
        "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "max_depth": depth,
        "seed": seed, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1,
    }  # fmt: skip


def export(booster: lightgbm.Booster, *, classes: int = 1) -> Trees:
    """The booster's trees as arrays. Its first trees carry the mean score, so scores start at 0."""
    trees = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    tables = [_flatten(tree) for tree in trees]
    size = max(len(table) for table in tables)
    block = np.zeros((len(tables), size, 5), dtype=np.float64)
    for i, table in enumerate(tables):
        block[i, : len(table)] = table
    return Trees(
        feature=block[..., 0].astype(np.int16),
        threshold=block[..., 1].astype(np.float32),
        left=block[..., 2].astype(np.int16),
        right=block[..., 3].astype(np.int16),
        value=block[..., 4].astype(np.float32),
        depth=np.array(max(map(_depth, trees)), dtype=np.int16),
        start=np.zeros(classes, dtype=np.float32),
    )


def _flatten(tree: dict[str, Any]) -> list[tuple[float, float, float, float, float]]:
    """Rows (feature, threshold, left, right, value), the root first."""
    rows: list[tuple[float, float, float, float, float]] = []

    def add(node: dict[str, Any]) -> int:
        at = len(rows)
        rows.append((0, np.inf, at, at, node.get("leaf_value", 0.0)))
        if "split_feature" in node:
            left, right = add(node["left_child"]), add(node["right_child"])
            rows[at] = (node["split_feature"], node["threshold"], left, right, 0.0)
        return at

    add(tree)
    return rows


def _depth(node: dict[str, Any]) -> int:
    if "split_feature" not in node:
        return 0
    return 1 + max(_depth(node["left_child"]), _depth(node["right_child"]))
