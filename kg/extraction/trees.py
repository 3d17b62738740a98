"""Gradient-boosted trees, evaluated with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of decision trees.

    Arrays of shape (trees, nodes): at a node, a row whose ``feature`` is at most ``threshold`` goes to node ``left``,
    any other to ``right``; a leaf points to itself and adds ``value``. Tree i adds to the score of class i modulo the
    number of classes. ``depth`` (0-d) is that of the deepest tree; ``start`` (classes,) is where scores begin.
    """

    feature: npt.NDArray[np.int16]
    threshold: Floats
    left: npt.NDArray[np.int16]
    right: npt.NDArray[np.int16]
    value: Floats
    depth: npt.NDArray[np.int16]
    start: Floats

    def scores(self, matrix: Floats) -> Floats:
        """Raw scores, shape (rows, classes), of ``matrix`` (rows, features), which has no missing values."""
        trees, nodes = self.feature.shape
        base = np.arange(trees, dtype=np.int32) * nodes
        feature, threshold = self.feature.ravel(), self.threshold.ravel()
        # Nodes by number over all trees; the way on from node n stands at 2n, for "greater" at 2n + 1.
        ways = (np.stack([self.left, self.right], axis=2) + base[:, None, None]).astype(np.int32).ravel()
        cells, width = matrix.ravel(), matrix.shape[1]
        row = (np.arange(len(matrix), dtype=np.int32) * width)[:, None]
        at = np.broadcast_to(base, (len(matrix), trees))
        for _ in range(int(self.depth)):
            is_greater = cells.take(row + feature.take(at)) > threshold.take(at)
            at = ways.take(2 * at + is_greater)
        classes = len(self.start)
        # Added up in float64 and in one order, so that a row's score does not depend on the rows around it.
        leaves = self.value.ravel().take(at).astype(np.float64).reshape(len(matrix), trees // classes, classes)
        total: Floats = (self.start + leaves.sum(axis=1)).astype(np.float32)
        return total

    def probabilities(self, matrix: Floats) -> Floats:
        """Shape (rows, classes): softmax of the scores; of a single class, the sigmoid."""
        scores = self.scores(matrix)
        if len(self.start) == 1:
            return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: Floats = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def to_arrays(self, prefix: str = "") -> dict[str, npt.NDArray[Any]]:
        """The arrays under ``prefix`` + field name, to be saved in an .npz file, which may hold several ensembles."""
        return {prefix + field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Any, prefix: str = "") -> Trees:
        """The reverse of ``to_arrays``; ``arrays`` is any mapping of arrays, such as an open .npz file."""
        return cls(**{field.name: arrays[prefix + field.name] for field in fields(cls)})


def load_trees(path: Path, prefix: str = "") -> Trees:
    """Read one ensemble from an .npz file."""
    with np.load(path) as arrays:
        return Trees.from_arrays(arrays, prefix)
