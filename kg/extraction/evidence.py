"""All that speaks for or against a candidate entity, as numbers for the trees that decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from kg.extraction.candidates import Candidate, squeeze_word
from kg.extraction.clues import Page
from kg.extraction.features import Floats, Ints
from kg.extraction.known import KnownNames
from kg.extraction.network import Scored

_FAR = 12  # words; numbers further off than this have nothing to do with a name


@dataclass(frozen=True, slots=True)
class Sources:
    """What is known beforehand: names seen in labels and in the corpus, and a lexicon (folded name to entity type)."""

    known: KnownNames
    lexicon: Mapping[str, str]


def evidence(doc: Doc, scored: Scored, candidates: Sequence[Candidate], sources: Sources) -> Floats:
    """Shape (candidates, features), of at least one candidate. Every number is finite."""
    texts = [token.text for token in doc]
    page = Page(texts, candidates)
    mentions = _Mentions(scored, candidates)
    parts = [
        mentions.scores(page.title_end), mentions.rivals(), mentions.neighbours(), mentions.numbers(texts),
        page.clues(sources.lexicon), known_evidence(texts, candidates, sources.known),
    ]  # fmt: skip
    return np.concatenate(parts, axis=1).astype(np.float32)


def known_evidence(texts: Sequence[str], candidates: Sequence[Candidate], known: KnownNames) -> Floats:
    """What labels and corpus say of the candidate's names and of its first and last word; (candidates, features)."""
    mains = [max(c.mentions, key=lambda m: (m.score, -m.first)) for c in candidates]
    heads = [squeeze_word(texts[m.last]) for m in mains]
    firsts = [squeeze_word(texts[m.first]) for m in mains]
    names, acronyms, count = [c.keys[0] for c in candidates], [c.keys[-1] for c in candidates], len(candidates)
    sure, frequent = known.names(names + acronyms), known.frequencies(names + heads + firsts)
    parts = (
        sure[:count], sure[count:], known.heads(heads),
        frequent[:count], frequent[count : 2 * count], frequent[2 * count :],
    )  # fmt: skip
    return np.concatenate(parts, axis=1)


class _Mentions:
    """The mentions of all candidates in one row of arrays, candidate after candidate."""

    def __init__(self, scored: Scored, candidates: Sequence[Candidate]) -> None:
        flat = np.array([(m.first, m.last, m.row) for c in candidates for m in c.mentions], dtype=np.int64)
        self.first, self.last = flat[:, 0], flat[:, 1]
        self.counts: Ints = np.array([len(c.mentions) for c in candidates])
        self.starts: Ints = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
        self.owner: Ints = np.repeat(np.arange(len(candidates)), self.counts)
        self.types, self.roles = scored.types[flat[:, 2], :-1], scored.roles[flat[:, 2]]
        self.score: Floats = 1 - scored.types[flat[:, 2], -1]

    def _most(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        return np.maximum.reduceat(values, self.starts, axis=0)

    def _sum(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        return np.add.reduceat(values, self.starts, axis=0)

    def scores(self, title_end: int) -> npt.NDArray[np.floating]:
        """Tagger probabilities over mentions, (candidates, 33)."""
        score = self.score
        total = self._sum(score)
        weight = (score / total[self.owner])[:, None]
        best = self._most(score)
        surer = (best[None] > best[:, None]).sum(axis=1)
        page = np.tile([len(best), (best > 0.5).sum()], (len(best), 1))
        columns = [
            best, total / self.counts, np.minimum.reduceat(score, self.starts), total,
            1 - np.multiply.reduceat(1 - score, self.starts), score[self.starts],
            self._most(np.where(self.first < title_end, score, 0)), surer,
        ]  # fmt: skip
        return np.concatenate(
            [
                self._most(self.types), self._sum(self.types) / self.counts[:, None], self._sum(weight * self.types),
                np.stack(columns, axis=1), self._sum(weight * self.roles), self._most(self.roles), page,
            ],
            axis=1,
        )  # fmt: skip

    def rivals(self) -> npt.NDArray[np.floating]:
        """How mentions that overlap score: those around, within, and across the edges; (candidates, 7)."""
        first, last, score, owner = self.first, self.last, self.score, self.owner
        meets = (first[:, None] <= last) & (first <= last[:, None]) & (owner[:, None] != owner)
        around = meets & (first <= first[:, None]) & (last >= last[:, None])
        within = meets & ~around & (first >= first[:, None]) & (last <= last[:, None])
        top = [np.where(kind, score, 0).max(axis=1) for kind in (around, within, meets & ~around & ~within)]
        wins = score > np.maximum(np.maximum(top[0], top[1]), top[2])
        won, nested = self._sum(wins.astype(np.float32)), self._sum((top[0] > score).astype(np.float32))
        return np.stack([*map(self._most, top), won, nested, self._most(wins * score), won / self.counts], axis=1)

    def neighbours(self) -> npt.NDArray[np.floating]:
        """Types of other candidates next to it, as in a list: summed probabilities, (candidates, types)."""
        gap = np.maximum(self.first[:, None] - self.last, self.first - self.last[:, None])
        near = (gap >= 2) & (gap <= 3) & (self.owner[:, None] != self.owner)
        return self._most(near.astype(np.float32) @ self.types)

    def numbers(self, texts: Sequence[str]) -> npt.NDArray[np.floating]:
        """Words to the nearest number before and after any mention, (candidates, 2)."""
        places = np.array([-1000, *(i for i, text in enumerate(texts) if text[0].isdigit()), 100_000_000])
        before = self.first - places[np.searchsorted(places, self.first) - 1]
        after = places[np.searchsorted(places, self.last, side="right")] - self.last
        near = np.minimum(np.stack([before, after], axis=1), _FAR)
        return np.minimum.reduceat(near, self.starts, axis=0).astype(np.float32)
