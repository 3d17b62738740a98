"""Linear models over named features, kept as a table of weights by hash: what words say, for the trees to use."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

BUCKETS = 1 << 16

Floats = npt.NDArray[np.float32]


@lru_cache(maxsize=1 << 18)
def bucket(feature: str) -> int:
    """The row of the table that holds the weights of ``feature``; the same everywhere and always."""
    return crc32(feature.encode("utf-8", "surrogatepass")) & (BUCKETS - 1)


def buckets(features: Iterable[str], *others: Iterable[int]) -> npt.NDArray[np.int32]:
    """The distinct rows of the features and those of others whose rows are known already, ascending."""
    found = set(map(bucket, features)).union(*others)
    rows = np.fromiter(found, dtype=np.int32, count=len(found))
    rows.sort()
    return rows


class Linear:
    """Scores of a logistic regression: ``weights`` (BUCKETS, classes) in half precision, ``start`` (classes,)."""

    def __init__(self, weights: npt.NDArray[np.float16], start: Floats) -> None:
        self.weights = weights
        self.start = start
        self._full = weights.astype(np.float32)

    def scores(self, rows: Iterable[npt.NDArray[np.int32]]) -> Floats:
        """Raw scores (rows, classes); one row of buckets per thing that is scored."""
        found = list(rows)
        sums = np.zeros((len(found), len(self.start)), dtype=np.float32)
        sizes = np.fromiter(map(len, found), dtype=np.intp, count=len(found))
        full = np.flatnonzero(sizes)
        if len(full):
            starts = np.cumsum(sizes)[full] - sizes[full]
            sums[full] = np.add.reduceat(self._full.take(np.concatenate(found), axis=0), starts, axis=0)
        return self.start + sums

    def to_arrays(self, prefix: str) -> dict[str, npt.NDArray[Any]]:
        return {prefix + "weights": self.weights, prefix + "start": self.start}

    @classmethod
    def from_arrays(cls, arrays: Any, prefix: str) -> Linear:
        return cls(arrays[prefix + "weights"], arrays[prefix + "start"])
