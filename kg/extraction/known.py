"""Names known beforehand: how often the labels call a name an entity, and how often the corpus uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extraction.features import Floats

Counts = npt.NDArray[np.uint16]
Keys = npt.NDArray[np.uint32]


@lru_cache(maxsize=65536)
def name_hash(name: str) -> int:
    """32 bits of a squeezed name."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


class Table:
    """Counts of names: ``keys`` (names,) are ascending hashes, ``counts`` (names, columns)."""

    def __init__(self, keys: Keys, counts: npt.NDArray[Any]) -> None:
        self.keys, self.counts = keys, counts

    @classmethod
    def build(cls, counts: Mapping[str, Sequence[int]], *, kind: type[np.unsignedinteger[Any]] = np.uint16) -> Table:
        """Of two names with one hash, the first in order of hash and counts stays; ValueError without any name."""
        if not counts:
            raise ValueError("no name to count: too few texts, or a tagger that finds nothing; train on more")
        rows = sorted((name_hash(name), *values) for name, values in counts.items())
        table = np.array(rows, dtype=np.int64)
        keys, first = np.unique(table[:, 0], return_index=True)
        return cls(keys.astype(np.uint32), np.minimum(table[first, 1:], np.iinfo(kind).max).astype(kind))

    def find(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """Counts, (names, columns); zeros for a name that is not there."""
        wanted = np.array([name_hash(name) for name in names], dtype=np.uint32)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where((self.keys[at] == wanted)[:, None], self.counts[at], 0).astype(np.float64)


class KnownNames:
    """Tables over labels (columns: texts with the candidate, then texts in which it is an entity of each type) and over
    the corpus (columns: abstracts with the name, titles with it)."""

    def __init__(self, labelled: Table, head_words: Table, corpus: Table) -> None:
        self.labelled, self.head_words, self.corpus = labelled, head_words, corpus
        total = head_words.counts.sum(axis=0, dtype=np.float64)
        self._prior = total[1:] / max(1.0, total[0])
        self._own: dict[str, tuple[float, ...]] = {}
        self._own_heads: dict[str, tuple[float, ...]] = {}

    def leaving_out(self, own: Mapping[str, Sequence[float]], own_heads: Mapping[str, Sequence[float]]) -> KnownNames:
        """The same without one text's own counts: in training, a text must not tell its own answer."""
        other = KnownNames(self.labelled, self.head_words, self.corpus)
        other._own = {name: tuple(counts) for name, counts in own.items()}
        other._own_heads = {name: tuple(counts) for name, counts in own_heads.items()}
        return other

    def names(self, names: Sequence[str]) -> Floats:
        """How sure the labels are of names: (names, 1 + types)."""
        return self._shares(self.labelled, names, self._own, 2.0)

    def heads(self, words: Sequence[str]) -> Floats:
        """The same of names that end in a word."""
        return self._shares(self.head_words, words, self._own_heads, 5.0)

    def _shares(self, table: Table, names: Sequence[str], own: Mapping[str, Sequence[float]], doubt: float) -> Floats:
        counts = table.find(names)
        for i, name in enumerate(names):
            if name in own:
                counts[i] = np.maximum(0, counts[i] - own[name])
        shares = (counts[:, 1:] + doubt * self._prior) / (counts[:, :1] + doubt)
        return np.concatenate([np.log1p(counts[:, :1]), shares], axis=1).astype(np.float32)

    def frequencies(self, names: Sequence[str]) -> Floats:
        """Logarithms of how many abstracts and titles of the corpus have a name, and their difference: (names, 3)."""
        logs = np.log1p(self.corpus.find(names))
        return np.concatenate([logs, logs[:, 1:] - logs[:, :1]], axis=1).astype(np.float32)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The tables under their names, for an .npz file."""
        tables = {"labelled": self.labelled, "head_words": self.head_words, "corpus": self.corpus}
        return {f"{name}.{part}": getattr(table, part) for name, table in tables.items() for part in ("keys", "counts")}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> KnownNames:
        def table(name: str) -> Table:
            return Table(arrays[name + ".keys"], arrays[name + ".counts"])

        return cls(table("labelled"), table("head_words"), table("corpus"))
