"""All that speaks for or against a candidate entity, as numbers for the trees that decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc

from kg.extraction.candidates import Candidate, chances, squeeze_word
from kg.extraction.features import Floats, Ints
from kg.extraction.known import KnownNames
from kg.extraction.network import Scored
from kg.model import ENTITY_TYPES
from kg.names import fold_name

_CUES: Mapping[str, frozenset[str]] = {
    "new": frozenset(["propose", "proposes", "proposed", "introduce", "introduces", "introducing", "introduced", "present", "presents", "presenting", "called", "named", "dubbed", "termed", "coined", "namely", "novel", "new", "release", "develop", "our", "ours"]),
    "against": frozenset(["outperform", "outperforms", "outperforming", "outperformed", "surpass", "surpasses", "surpassing", "than", "over", "compared", "baseline", "baselines", "versus", "vs", "beats", "exceeds", "unlike", "against", "prior", "previous", "existing"]),
    "on": frozenset(["on", "across", "evaluate", "evaluated", "evaluation", "evaluations", "experiments", "dataset", "datasets", "benchmark", "benchmarks", "test", "tested", "including"]),
    "with": frozenset(["using", "use", "uses", "used", "via", "with", "based", "leverage", "leverages", "leveraging", "combine", "combines", "apply", "applying", "applied", "train", "trained", "fine", "employ", "employs", "integrates", "extends", "built"]),
    "such": frozenset(["such", "like", "e.g.", "including", "especially", "as"]),
    "for": frozenset(["for", "task", "tasks", "problem", "problems", "application", "applications", "in", "of", "to", "address", "addresses"]),
    "level": frozenset(["achieve", "achieves", "achieving", "achieved", "reach", "reaches", "improve", "improves", "improving", "improved", "reduce", "reduces", "reducing", "increase", "increases", "terms", "score", "scores", "higher", "lower", "of", "by"]),
}  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Sources:
    """What is known beforehand: names seen in labels and in the corpus, and a lexicon (folded name to entity type)."""

    known: KnownNames
    lexicon: Mapping[str, str]


def evidence(doc: Doc, scored: Scored, candidates: Sequence[Candidate], sources: Sources) -> Floats:
    """Shape (candidates, features). Every number is finite."""
    texts = [token.text for token in doc]
    page = _Page(texts, scored, candidates)
    rows = [
        [
            *page.scores(i),
            *page.rivals(i),
            *page.places(i),
            *page.shape(i),
            *page.cues(i),
            *page.lexicon(i, sources.lexicon),
        ]
        for i in range(len(candidates))
    ]
    plain = np.array(rows, dtype=np.float32).reshape(len(candidates), -1)
    return np.concatenate([plain, known_evidence(texts, candidates, sources.known)], axis=1)


def known_evidence(texts: Sequence[str], candidates: Sequence[Candidate], known: KnownNames) -> Floats:
    """What the labels and the corpus say of the candidate's names, of its first and last word; (candidates, features)."""
    mains = [max(c.mentions, key=lambda m: (m.score, -m.first)) for c in candidates]
    heads = [squeeze_word(texts[m.last]) for m in mains]
    firsts = [squeeze_word(texts[m.first]) for m in mains]
    return np.concatenate(
        [
            known.names([c.keys[0] for c in candidates]),
            known.names([c.keys[-1] for c in candidates]),
            known.heads(heads),
            known.frequencies([c.keys[0] for c in candidates]),
            known.frequencies(heads),
            known.frequencies(firsts),
        ],
        axis=1,
    )


class _Page:
    """One text with its candidates; each method gives some of a candidate's features."""

    def __init__(self, texts: Sequence[str], scored: Scored, candidates: Sequence[Candidate]) -> None:
        self.texts, self.candidates = texts, candidates
        self.words = words = [text.lower() for text in texts]
        self.types, self.roles = zip(*(chances(scored, c) for c in candidates), strict=True) if candidates else ((), ())
        self.title_end = words.index("\n") if "\n" in words else 0
        self.best = sorted(max(m.score for m in c.mentions) for c in candidates)
        self.spans = np.array([(m.first, m.last, i, m.score) for i, c in enumerate(candidates) for m in c.mentions])
        self._rivals = self._find_rivals()

    def scores(self, i: int) -> list[float]:
        """Tagger probabilities over mentions."""
        types, roles = self.types[i], self.roles[i]
        score = 1 - types[:, -1]
        weight = score / score.sum()
        title = max((m.score for m in self.candidates[i].mentions if m.first < self.title_end), default=0.0)
        return [
            *types[:, :-1].max(axis=0), *types[:, :-1].mean(axis=0), *(weight @ types[:, :-1]),
            score.max(), score.mean(), score.min(), score.sum(), float(1 - np.prod(1 - score)), score[0], title,
            *(weight @ roles), *roles.max(axis=0),
            sum(best > float(score.max()) for best in self.best), len(self.best), sum(best > 0.5 for best in self.best),
        ]  # fmt: skip

    def rivals(self, i: int) -> list[float]:
        """How candidates that overlap this one score: those around it, within it, and across its edges."""
        return self._rivals[i].tolist()

    def _find_rivals(self) -> Floats:
        out = np.zeros((len(self.candidates), 7), dtype=np.float32)
        if not len(self.spans):
            return out
        first, last, owner, score = self.spans.T
        meets = (first[:, None] <= last[None]) & (first[None] <= last[:, None]) & (owner[:, None] != owner[None])
        around = meets & (first[None] <= first[:, None]) & (last[None] >= last[:, None])
        within = meets & (first[None] >= first[:, None]) & (last[None] <= last[:, None])
        top = [
            np.where(kind, score[None], 0).max(axis=1) for kind in (around, within & ~around, meets & ~around & ~within)
        ]
        wins = score > np.maximum(np.maximum(top[0], top[1]), top[2])
        owners: Ints = owner.astype(np.int64)
        for column, values in enumerate(top):
            np.maximum.at(out[:, column], owners, values)
        np.add.at(out[:, 3], owners, wins)
        np.add.at(out[:, 4], owners, top[0] > score)
        np.maximum.at(out[:, 5], owners, wins * score)
        counts = np.bincount(owners, minlength=len(out))
        out[:, 6] = out[:, 3] / counts
        return out

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

    def cues(self, i: int) -> list[float]:
        """Words around its mentions: in how many of them each kind of cue stands, and what follows."""
        cues, heads, numbers, percent = [0.0] * (2 * len(_CUES)), [0.0] * len(_HEADS), 0, 0
        for mention in self.candidates[i].mentions:
            before = self.words[max(0, mention.first - 4) : mention.first]
            after = self.words[mention.last + 1 : mention.last + 5]
            for place, cue in enumerate(_CUES.values()):
                cues[2 * place] += not cue.isdisjoint(before)
                cues[2 * place + 1] += not cue.isdisjoint(after)
            if after and after[0] in _HEADS:
                heads[_HEADS.index(after[0])] += 1
            near = before + after
            numbers += any(word[0].isdigit() for word in near)
            percent += any((word[-1] in "%×x" and word[0].isdigit()) or word == "%" for word in near)
        return [*cues, *heads, numbers, percent]

    def lexicon(self, i: int, lexicon: Mapping[str, str]) -> list[float]:
        """The types under which the lexicon has one of its forms."""
        out = [0.0] * len(ENTITY_TYPES)
        for text in {" ".join(self.texts[m.first : m.last + 1]) for m in self.candidates[i].mentions}:
            kind = lexicon.get(fold_name(text))
            if kind is not None:
                out[_TYPE_INDEX[kind]] = 1.0
        return out
