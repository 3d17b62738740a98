"""What the text says of a candidate: where it stands, what it looks like, which words are around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kg.extraction.candidates import Candidate
from kg.extraction.features import Floats
from kg.extraction.words import words
from kg.model import ENTITY_TYPES
from kg.names import fold_name

_CUES: Mapping[str, frozenset[str]] = {
    "new": words(
        """
    propose proposes proposed introduce introduces introducing introduced present presents presenting called named
    dubbed termed coined namely novel new release develop our ours
    """
    ),
    "against": words(
        """
    outperform outperforms outperforming outperformed surpass surpasses surpassing than over compared baseline
    baselines versus vs beats exceeds unlike against prior previous existing
    """
    ),
    "on": words(
        """
    on across evaluate evaluated evaluation evaluations experiments dataset datasets benchmark benchmarks test
    tested including
    """
    ),
    "with": words(
        """
    using use uses used via with based leverage leverages leveraging combine combines apply applying applied train
    trained fine employ employs integrates extends built
    """
    ),
    "such": frozenset(["such", "like", "e.g.", "including", "especially", "as"]),
    "for": words(
        """
    for task tasks problem problems application applications in of to address addresses
    """
    ),
    "level": words(
        """
    achieve achieves achieving achieved reach reaches improve improves improving improved reduce reduces reducing
    increase increases terms score scores higher lower of by
    """
    ),
}
_TYPE_INDEX: Mapping[str, int] = {name: i for i, name in enumerate(ENTITY_TYPES)}
_HEADS = (
    "dataset",
    "benchmark",
    "model",
    "algorithm",
    "method",
    "framework",
    "task",
    "score",
    "loss",
    "network",
    "-",
    "(",
    ",",
    "and",
)


@lru_cache(maxsize=1 << 16)
def _cues(word: str) -> int:
    """What a word (lower case) means beside a name: a bit for each kind of cue, one for a number, one for a percentage
    or factor, and above them the place of the word in ``_HEADS``, counted from 1."""
    kinds = [word in cue for cue in _CUES.values()]
    is_number = word[0].isdigit()
    kinds += [is_number, (is_number and word[-1] in "%×x") or word == "%"]
    head = _HEADS.index(word) + 1 if word in _HEADS else 0
    return sum(is_so << place for place, is_so in enumerate(kinds)) + (head << len(kinds))


class Page:
    """One text with its candidates; each method gives some of the candidates' features."""

    def __init__(self, texts: Sequence[str], candidates: Sequence[Candidate]) -> None:
        """``texts`` are the words of the text."""
        self.texts, self.candidates = texts, candidates
        self.words = [text.lower() for text in texts]
        self.title_end = self.words.index("\n") if "\n" in self.words else 0

    def clues(self, lexicon: Mapping[str, str]) -> Floats:
        """All features, (candidates, features); ``lexicon`` maps folded names to entity types."""
        places = range(len(self.candidates))
        parts = (
            [self.places(i) + self.shape(i) for i in places], self.cues(), [self.lexicon(i, lexicon) for i in places],
        )  # fmt: skip
        return np.concatenate(parts, axis=1, dtype=np.float32)

    def places(self, i: int) -> list[float]:
        """Where and how often it is mentioned."""
        candidate, length = self.candidates[i], max(1, len(self.words))
        mentions = candidate.mentions
        forms = {"".join(self.texts[m.first : m.last + 1]) for m in mentions} if len(mentions) > 1 else {""}
        opens_title = any(m.first == 0 and self.words[m.last + 1 : m.last + 2] == [":"] for m in mentions)
        bracketed = sum(m.first > 0 and self.words[m.first - 1] == "(" for m in mentions)
        followed = sum(self.words[m.last + 1 : m.last + 2] == ["("] for m in mentions)
        body = [m for m in mentions if m.first > self.title_end]
        first = body[0].first if body else length
        return [
            len(mentions), len(mentions) - len(body), len(forms), len(candidate.keys), opens_title, bracketed, followed,
            first / length, mentions[-1].first / length, length, first,
        ]  # fmt: skip

    def shape(self, i: int) -> list[float]:
        """Letters of the best mention."""
        best = max(self.candidates[i].mentions, key=lambda m: (m.score, -m.first))
        text = " ".join(self.texts[best.first : best.last + 1]).replace(" - ", "-")
        capitals, digits = sum(map(str.isupper, text)), sum(map(str.isdigit, text))
        return [
            best.last - best.first + 1, len(text), capitals, digits, text.count("-"), text[0].isupper(), text.islower(),
            any(map(str.isupper, text[1:])) and " " not in text, text.endswith("s"), text[-1].isdigit(),
            capitals / len(text), self.words[best.first : best.last + 1].count("of"), not text.isascii(),
        ]  # fmt: skip

    def cues(self) -> npt.NDArray[np.int64]:
        """Words around mentions: in how many of them each kind of cue stands, and what follows; (candidates, ...)."""
        flat = np.array([(m.first, m.last) for c in self.candidates for m in c.mentions], dtype=np.int64)
        first, after = flat[:, 0], flat[:, 1] + 1
        bits = np.fromiter(map(_cues, self.words), dtype=np.int64, count=len(self.words))
        kinds = np.arange(len(_CUES) + 2)
        seen = np.zeros((len(bits) + 1, len(kinds)), dtype=np.int64)
        (bits[:, None] >> kinds & 1).cumsum(axis=0, out=seen[1:])
        is_before = seen[first] > seen[np.maximum(first - 4, 0)]
        is_after = seen[np.minimum(after + 4, len(bits))] > seen[after]
        sides = np.stack([is_before, is_after], axis=2)
        follows = np.append(bits >> len(kinds), 0)[after][:, None] == np.arange(1, len(_HEADS) + 1)
        cues = sides[:, : len(_CUES)].reshape(len(flat), -1)
        rows = np.concatenate([cues, follows, sides[:, len(_CUES) :].any(axis=2)], axis=1, dtype=np.int64)
        counts = [len(candidate.mentions) for candidate in self.candidates]
        return np.add.reduceat(rows, np.cumsum([0, *counts[:-1]]), axis=0)

    def lexicon(self, i: int, lexicon: Mapping[str, str]) -> list[float]:
        """The types under which the lexicon has one of its forms."""
        out = [0.0] * len(ENTITY_TYPES)
        for text in {" ".join(self.texts[m.first : m.last + 1]) for m in self.candidates[i].mentions}:
            kind = lexicon.get(fold_name(text))
            if kind is not None:
                out[_TYPE_INDEX[kind]] = 1.0
        return out
