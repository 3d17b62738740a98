"""Gradient-boosted trees, evaluated with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

_ROWS = 32
"""Rows that are looked at together: so many that what is read and written stays near the processor."""


@dataclass(frozen=True, slots=True)
class _Nodes:
    """All nodes that can be reached, in one row: the roots in order of trees, then pairs of siblings.

    From node n one comes to ``follows[n]``, or to the node after it where ``feature[n]`` is greater than
    ``threshold[n]``. Of a leaf, ``follows`` is itself and the threshold infinite.
    """

    feature: Places
    threshold: Floats
    follows: Places
    value: Floats


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
    _nodes: _Nodes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_nodes", _in_one_row(self))

    def scores(self, matrix: Floats) -> Floats:
        """Raw scores, shape (rows, classes), of ``matrix`` (rows, features), which has no missing values."""
        trees, classes = len(self.feature), len(self.start)
        parts = [self._leaves(matrix[k : k + _ROWS]) for k in range(0, len(matrix), _ROWS)]
        leaves = np.concatenate(parts) if parts else np.zeros((0, trees), dtype=np.float32)
        # Added up in float64 and in one order, so that a row's score does not depend on the rows around it.
        sums = leaves.astype(np.float64).reshape(len(matrix), trees // classes, classes).sum(axis=1)
        total: Floats = (self.start + sums).astype(np.float32)
        return total

    def _leaves(self, matrix: Floats) -> Floats:
        """What each tree adds to each row, (rows, trees)."""
        nodes, (rows, width) = self._nodes, matrix.shape
        cells = matrix.ravel()
        row = (np.arange(rows) * width)[:, None]
        at = np.broadcast_to(np.arange(len(self.feature)), (rows, len(self.feature)))
        for _ in range(int(self.depth)):
            cell = nodes.feature.take(at, mode="clip")
            cell += row
            is_greater = cells.take(cell, mode="clip") > nodes.threshold.take(at, mode="clip")
            at = nodes.follows.take(at, mode="clip")
            at += is_greater
        return nodes.value.take(at, mode="clip")

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
        return {prefix + field.name: getattr(self, field.name) for field in fields(self) if field.init}

    @classmethod
    def from_arrays(cls, arrays: Any, prefix: str = "") -> Trees:
        """The reverse of ``to_arrays``; ``arrays`` is any mapping of arrays, such as an open .npz file."""
        return cls(**{field.name: arrays[prefix + field.name] for field in fields(cls) if field.init})


def _in_one_row(trees: Trees) -> _Nodes:
    count, size = trees.feature.shape
    base = np.arange(count)[:, None] * size
    left, right = (base + trees.left).ravel(), (base + trees.right).ravel()
    # Nothing leads to a root: rows that fill up the table point there, and one that is a leaf to itself.
    inner = np.flatnonzero((left != np.arange(count * size)) & (trees.left.ravel() != 0))
    order = np.concatenate([base.ravel(), np.stack([left[inner], right[inner]], axis=1).ravel()])
    place = np.zeros(count * size, dtype=np.intp)
    place[order] = np.arange(len(order))
    threshold = np.full(len(order), np.inf, dtype=np.float32)
    threshold[place[inner]] = trees.threshold.ravel()[inner]
    follows = np.arange(len(order))
    follows[place[inner]] = count + 2 * np.arange(len(inner))
    return _Nodes(trees.feature.ravel()[order].astype(np.intp), threshold, follows, trees.value.ravel()[order])


def load_trees(path: Path, prefix: str = "") -> Trees:
    """Read one ensemble from an .npz file."""
    with np.load(path) as arrays:
        return Trees.from_arrays(arrays, prefix)
