"""The tagger at work: scores every candidate span of a text for every type and every role, with numpy alone.

``kg.training.network`` is the same network where it is trained; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from spacy.strings import StringStore
from spacy.tokens import Doc
from spacy.vectors import Vectors

from kg.extraction.features import TABLES, Floats, Ints, candidate_spans, flags, table_rows

LONGEST = 1500
"""Words of a text that are looked at, six times those of an abstract: the cost of more would grow with their square."""

_KNOWN_WORDS = 50_000  # words whose vectors are kept at hand, about 25 MB


@dataclass(frozen=True, slots=True)
class Scored:
    """A text's candidate spans, shape (spans, 2) first and last token, with the probability of each type (spans, 6: the
    entity types in order, then none) and role (spans, 4, given that the span is a name)."""

    spans: Ints
    types: Floats
    roles: Floats


class WordVectors:
    """Floret vectors: any word, known or not, has one, made of its character n-grams."""

    def __init__(self, rows: npt.NDArray[np.int8], scale: Floats, settings: Mapping[str, int]) -> None:
        """``rows`` (buckets, width) times ``scale`` (buckets,) are the vectors of n-gram buckets."""
        data = rows.astype(np.float32) * scale[:, None]
        self._vectors = Vectors(strings=StringStore(), data=data, mode="floret", bow="<", eow=">", **settings)
        self._known: dict[str, Floats] = {}

    def __call__(self, words: Sequence[str]) -> Floats:
        """Vectors, shape (words, width), of lower-case words."""
        known = self._known
        new = [word for word in dict.fromkeys(words) if word not in known]
        if new:
            if len(known) + len(new) > _KNOWN_WORDS:
                known.clear()
                new = list(dict.fromkeys(words))
            known.update(zip(new, self._vectors.get_batch(new), strict=True))
        return np.stack([known[word] for word in words])


class SpanTagger:
    """Weights and the forward pass. Each text is computed by itself: no text's scores depend on its neighbours."""

    def __init__(self, weights: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.vectors = WordVectors(
            np.asarray(weights["vectors.rows"]),
            np.asarray(weights["vectors.scale"], dtype=np.float32),
            dict(
                zip(
                    ("minn", "maxn", "hash_count", "hash_seed"),
                    np.asarray(weights["vectors.settings"]).tolist(),
                    strict=True,
                )
            ),
        )
        self._dilations = np.asarray(weights["dilations"]).tolist()
        self._attention_before, self._heads = np.asarray(weights["attention"]).tolist()
        self._w = {
            name: np.asarray(value, dtype=np.float32)
            for name, value in weights.items()
            if not name.startswith("vectors.")
        }

    @classmethod
    def load(cls, path: Path) -> SpanTagger:
        with np.load(path) as arrays:
            return cls(dict(arrays))

    def __call__(self, doc: Doc) -> Scored:
        words = [token.text for token in doc[:LONGEST]]
        spans = candidate_spans(words)
        if not len(spans):
            return Scored(spans, np.zeros((0, 6), dtype=np.float32), np.zeros((0, 4), dtype=np.float32))
        hidden = self.words(table_rows(doc)[:LONGEST], self.vectors([word.lower() for word in words]), flags(words))
        types, roles = self.score(hidden, spans)
        return Scored(spans, _softmax(types), _softmax(roles))

    def words(self, rows: Ints, vectors: Floats, facts: Floats) -> Floats:
        """Hidden vectors of words, (words, width)."""
        w = self._w
        parts = [w[f"tables.{i}.weight"][rows[:, i]].sum(axis=1) for i in range(len(TABLES))]
        x = _maxout(self._linear("join", np.concatenate([vectors, *parts, facts], axis=1)))
        for i, dilation in enumerate(self._dilations):
            if i == self._attention_before:
                x = x + self._look_around(x)
            normed = self._norm(f"layers.{i}.norm", x)
            padded = np.pad(normed, ((dilation, dilation), (0, 0)))
            window = np.concatenate([padded[: len(x)], normed, padded[2 * dilation :]], axis=1)
            x = x + _maxout(self._linear(f"layers.{i}.linear", window))
        return self._norm("norm", x)

    def _look_around(self, x: Floats) -> Floats:
        """What attention adds to (words, width)."""
        words, width = x.shape
        split = self._linear("attention.inward", self._norm("attention.norm", x)).reshape(words, 3, self._heads, -1)
        query, key, value = split.transpose(1, 2, 0, 3)
        weights = _softmax(query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(width / self._heads)))
        mixed = (weights @ value).transpose(1, 0, 2).reshape(words, width)
        return self._linear("attention.outward", mixed)

    def score(self, hidden: Floats, spans: Ints) -> tuple[Floats, Floats]:
        """Raw scores of spans: (spans, types) and (spans, roles)."""
        first, last = spans[:, 0], spans[:, 1]
        inside = self._linear("inside", hidden)
        sums = np.concatenate([np.zeros_like(inside[:1]), inside.cumsum(axis=0)])
        length = last - first + 1
        pooled = (sums[last + 1] - sums[first]) / length[:, None].astype(np.float32)
        begins, ends = self._linear("begin", hidden)[first], self._linear("end", hidden)[last]
        span = np.maximum(begins + ends + pooled + self._w["length.weight"][length - 1], 0)
        return self._linear("types", span), self._linear("roles", span)

    def _linear(self, name: str, x: Floats) -> Floats:
        result: Floats = x @ self._w[name + ".weight"].T + self._w[name + ".bias"]
        return result

    def _norm(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + 1e-5)
        result: Floats = centred / spread * self._w[name + ".weight"] + self._w[name + ".bias"]
        return result


def _maxout(x: Floats) -> Floats:
    half = x.shape[1] // 2
    return np.maximum(x[:, :half], x[:, half:])


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return result
