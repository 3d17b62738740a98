"""The tagger at work: scores every candidate span of a text for every type and every role, with numpy alone.

``kg.training.network`` is the same network where it is trained; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from spacy.attrs import ORTH
from spacy.strings import StringStore
from spacy.tokens import Doc
from spacy.vectors import Vectors

from kg.extraction.features import FLAGS, TABLES, Floats, Ints, candidate_spans, flags, table_rows

LONGEST = 1500
"""Words of a text that are looked at, six times those of an abstract: the cost of more would grow with their square."""

_KNOWN_WORDS = 20_000  # words whose part of the first layer is kept at hand, about 20 MB
_BLOCK = 16


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

    def __call__(self, words: Sequence[str]) -> Floats:
        """Vectors, shape (words, width), of lower-case words."""
        place = {word: i for i, word in enumerate(dict.fromkeys(words))}
        found: Floats = self._vectors.get_batch(list(place))[[place[word] for word in words]]
        return found


class SpanTagger:
    """Weights and the forward pass. Each text is computed by itself: no text's scores depend on its neighbours."""

    def __init__(self, weights: Mapping[str, npt.NDArray[np.generic]]) -> None:
        settings = np.asarray(weights["vectors.settings"]).tolist()
        self.vectors = WordVectors(
            np.asarray(weights["vectors.rows"]),
            np.asarray(weights["vectors.scale"], dtype=np.float32),
            dict(zip(("minn", "maxn", "hash_count", "hash_seed"), settings, strict=True)),
        )
        w = {
            name: np.asarray(value, dtype=np.float32)
            for name, value in weights.items()
            if not name.startswith("vectors.")
        }
        self._words = _Words(w, self.vectors)
        self._attention_before, heads = np.asarray(weights["attention"]).tolist()
        self._attention = _Attention(w, heads)
        self._layers = [_Conv(w, f"layers.{i}", d) for i, d in enumerate(np.asarray(weights["dilations"]).tolist())]
        self._edges = _Linear.after_norm(w, "norm", "begin", "end", "inside")
        self._length = w["length.weight"]
        self._answers = _Linear.of(w, "types", "roles")
        self._types = len(w["types.bias"])

    @classmethod
    def load(cls, path: Path) -> SpanTagger:
        with np.load(path) as arrays:
            return cls(dict(arrays))

    def __call__(self, doc: Doc) -> Scored:
        words = [token.text for token in doc[:LONGEST]]
        spans = candidate_spans(words)
        if not len(spans):
            return Scored(spans, np.zeros((0, 6), dtype=np.float32), np.zeros((0, 4), dtype=np.float32))
        scores = self._score(self._hidden(doc, words), spans)
        return Scored(spans, _softmax(scores[:, : self._types]), _softmax(scores[:, self._types :]))

    def _hidden(self, doc: Doc, words: Sequence[str]) -> Floats:
        """Normed hidden vectors of words, (words, width), without the scale and shift of their norm."""
        x = _maxout(self._words(doc, words))
        for i, layer in enumerate(self._layers):
            if i == self._attention_before:
                x += self._attention(x)
            x += layer(x)
        return _normed(x)

    def _score(self, hidden: Floats, spans: Ints) -> Floats:
        """Raw scores of spans: (spans, types and then roles)."""
        first, last = spans[:, 0], spans[:, 1]
        begin, end, inside = np.split(self._edges(hidden), 3, axis=1)
        sums = np.zeros((len(hidden) + 1, inside.shape[1]), dtype=np.float32)
        inside.cumsum(axis=0, out=sums[1:])
        length = last - first + 1
        span = sums.take(last + 1, axis=0)
        span -= sums.take(first, axis=0)
        span /= length[:, None].astype(np.float32)
        span += begin[first]
        span += end[last]
        span += self._length.take(length - 1, axis=0)
        return self._answers(np.maximum(span, 0, out=span))


@dataclass(frozen=True, slots=True)
class _Linear:
    """``weight`` (inputs, outputs) and ``bias`` (outputs,)."""

    weight: Floats
    bias: Floats

    @classmethod
    def of(cls, w: Mapping[str, Floats], *names: str) -> _Linear:
        """Several layers over one input, side by side."""
        weight = np.concatenate([w[name + ".weight"] for name in names])
        return cls(np.ascontiguousarray(weight.T), np.concatenate([w[name + ".bias"] for name in names]))

    @classmethod
    def after_norm(cls, w: Mapping[str, Floats], norm: str, *names: str) -> _Linear:
        """The same with the scale and shift of a norm before it taken in."""
        plain = cls.of(w, *names)
        return cls(plain.weight * w[norm + ".weight"][:, None], plain.bias + w[norm + ".bias"] @ plain.weight)

    def __call__(self, x: Floats) -> Floats:
        result: Floats = x @ self.weight
        result += self.bias
        return result


class _Words:
    """What the first layer makes of words. All but their flags is the same wherever a word stands, and is kept."""

    def __init__(self, w: Mapping[str, Floats], vectors: WordVectors) -> None:
        join = _Linear.of(w, "join")
        self._vectors = vectors
        self._tables = [w[f"tables.{i}.weight"] for i in range(len(TABLES))]
        self._word = np.ascontiguousarray(join.weight[:-FLAGS])
        self._flags = _Linear(np.ascontiguousarray(join.weight[-FLAGS:]), join.bias)
        self._place: dict[int, int] = {}
        self._known = np.empty((_KNOWN_WORDS, len(join.bias)), dtype=np.float32)

    def __call__(self, doc: Doc, words: Sequence[str]) -> Floats:
        """Shape (words, 2 * width)."""
        names = doc.to_array(ORTH)[: len(words)].tolist()
        new = {name: i for i, name in enumerate(names) if name not in self._place}
        if len(self._place) + len(new) > _KNOWN_WORDS:
            self._place.clear()
            new = {name: i for i, name in enumerate(names)}
        if new:
            at = list(new.values())
            self._known[len(self._place) : len(self._place) + len(new)] = self._first(
                table_rows(doc)[at], [words[i].lower() for i in at]
            )
            self._place.update(zip(new, range(len(self._place), len(self._place) + len(new)), strict=True))
        x = self._flags(flags(words))
        x += self._known.take([self._place[name] for name in names], axis=0)
        return x

    def _first(self, rows: Ints, words: Sequence[str]) -> Floats:
        """In blocks of one size: BLAS may add up in another order where there are more rows or fewer, and a word must
        not depend on those that came with it."""
        parts = [table[rows[:, i]].sum(axis=1) for i, table in enumerate(self._tables)]
        inputs = np.concatenate([self._vectors(words), *parts], axis=1)
        full = np.zeros((-(-len(inputs) // _BLOCK), _BLOCK, inputs.shape[1]), dtype=np.float32)
        full.reshape(-1, inputs.shape[1])[: len(inputs)] = inputs
        return np.concatenate([block @ self._word for block in full])[: len(inputs)]


class _Conv:
    """What a convolution adds: each word sees itself and a word on each side, ``dilation`` words away."""

    def __init__(self, w: Mapping[str, Floats], name: str, dilation: int) -> None:
        plain = _Linear.of(w, name + ".linear")
        scale, shift = w[name + ".norm.weight"], w[name + ".norm.bias"]
        self._dilation = dilation
        self._weight = plain.weight * np.tile(scale, 3)[:, None]
        # The shift of the norm is added as a bias; where there is no neighbour, there is none to shift.
        self._before, here, self._after = (shift @ part for part in np.split(plain.weight, 3))
        self._bias = plain.bias + self._before + here + self._after

    def __call__(self, x: Floats) -> Floats:
        words, width = x.shape
        d = min(self._dilation, words)
        window = np.empty((words, 3 * width), dtype=np.float32)
        here = window[:, width : 2 * width]
        _normed(x, out=here)
        window[:d, :width] = 0
        window[d:, :width] = here[: words - d]
        window[words - d :, 2 * width :] = 0
        window[: words - d, 2 * width :] = here[d:]
        y = window @ self._weight
        y += self._bias
        y[:d] -= self._before
        y[words - d :] -= self._after
        return _maxout(y)


class _Attention:
    """What attention adds: every word looks at the whole text."""

    def __init__(self, w: Mapping[str, Floats], heads: int) -> None:
        inward = _Linear.after_norm(w, "attention.norm", "attention.inward")
        width = len(inward.weight)
        scale = np.ones(3 * width, dtype=np.float32)
        scale[:width] = 1 / np.sqrt(width / heads)
        self._inward = _Linear(inward.weight * scale, inward.bias * scale)
        self._outward = _Linear.of(w, "attention.outward")
        self._heads = heads

    def __call__(self, x: Floats) -> Floats:
        words, width = x.shape
        query, key, value = self._inward(_normed(x)).reshape(words, 3, self._heads, -1).transpose(1, 2, 0, 3)
        mixed = np.empty((words, self._heads, width // self._heads), dtype=np.float32)
        weights = np.empty((words, words), dtype=np.float32)
        for head in range(self._heads):  # one at a time: they fit into the cache
            np.matmul(query[head], key[head].T, out=weights)
            weights -= weights.max(axis=1, keepdims=True)
            np.exp(weights, out=weights)
            np.divide(weights @ value[head], weights.sum(axis=1, keepdims=True), out=mixed[:, head])
        return self._outward(mixed.reshape(words, width))


def _normed(x: Floats, out: Floats | None = None) -> Floats:
    """Rows with mean 0 and variance 1."""
    width = x.shape[1]
    centred: Floats = np.subtract(x, (np.add.reduce(x, axis=1) / np.float32(width))[:, None], out=out)
    variance = np.einsum("ij,ij->i", centred, centred) / np.float32(width)
    centred *= (1 / np.sqrt(variance + np.float32(1e-5)))[:, None]
    return centred


def _maxout(x: Floats) -> Floats:
    half = x.shape[1] // 2
    return np.maximum(x[:, :half], x[:, half:])


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return result
