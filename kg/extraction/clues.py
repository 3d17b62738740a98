"""What the text says of a candidate: where it stands, what it looks like, which words are around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.extraction.candidates import Candidate
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


class Page:
    """One text with its candidates; each method gives some of a candidate's features."""

    def __init__(self, texts: Sequence[str], candidates: Sequence[Candidate]) -> None:
        """``texts`` are the words of the text."""
        self.texts, self.candidates = texts, candidates
        self.words = [text.lower() for text in texts]
        self.title_end = self.words.index("\n") if "\n" in self.words else 0

    def clues(self, i: int, lexicon: Mapping[str, str]) -> list[float]:
        """All features of candidate ``i``; ``lexicon`` maps folded names to entity types."""
        return [*self.places(i), *self.shape(i), *self.cues(i), *self.lexicon(i, lexicon)]

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
