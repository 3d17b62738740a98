"""From spans to things: all mentions of one name in a text, its acronym included, are one candidate entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np

from kg.extraction.features import Ints
from kg.extraction.names import squeeze
from kg.extraction.network import Scored

FLOOR = 0.05
"""A name that the tagger nowhere gives this probability is no candidate."""

MOST, MOST_MENTIONS = 250, 25
"""Candidates of a text and mentions of each that are kept, the best scored first. An abstract has some 50 and 3."""

squeeze_word = lru_cache(maxsize=65536)(squeeze)


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a candidate may be named: tokens ``first`` to ``last``, and the span's row in ``Scored``."""

    first: int
    last: int
    row: int
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible entity: its squeezed names (the long form first where an acronym was joined) and mentions in order."""

    keys: tuple[str, ...]
    mentions: tuple[Mention, ...]


def find_candidates(texts: Sequence[str], scored: Scored) -> list[Candidate]:
    """Candidates in order of first mention; ``texts`` are the words of the text."""
    chance = 1 - scored.types[:, -1]
    names = _names(texts, scored.spans)
    tops: dict[str, float] = {}
    for row in np.flatnonzero(chance >= FLOOR).tolist():
        tops[names[row]] = max(tops.get(names[row], 0.0), float(chance[row]))
    tops.pop("", None)
    best = sorted(((top, name) for name, top in tops.items()), reverse=True)[:MOST]
    groups: dict[str, list[Mention]] = {name: [] for _, name in best}
    for row, ((first, last), name) in enumerate(zip(scored.spans.tolist(), names, strict=True)):
        if name in groups:
            groups[name].append(Mention(first, last, row, float(chance[row])))
    groups = {name: _best(mentions) for name, mentions in groups.items()}
    joined = _join_acronyms(texts, groups)
    candidates = [
        Candidate(keys, tuple(sorted((m for key in keys for m in groups[key]), key=lambda m: (m.first, m.last))))
        for keys in joined
    ]
    return sorted(candidates, key=lambda candidate: (candidate.mentions[0].first, candidate.mentions[0].last))


def _names(texts: Sequence[str], spans: Ints) -> list[str]:
    """The squeezed name of each span, cut from that of the whole text."""
    words = list(map(squeeze_word, texts))
    whole = "".join(words)
    ends = [0, *accumulate(map(len, words))]
    return [whole[ends[first] : ends[last + 1]] for first, last in spans.tolist()]


def _best(mentions: list[Mention]) -> list[Mention]:
    return sorted(mentions, key=lambda m: (-m.score, m.first))[:MOST_MENTIONS]


def _join_acronyms(texts: Sequence[str], groups: dict[str, list[Mention]]) -> list[tuple[str, ...]]:
    """Names, those of one thing together: "Soft Actor-Critic (SAC)" and "SAC (Soft Actor-Critic)" are one."""
    beginning: dict[int, list[tuple[str, Mention]]] = {}
    ending: dict[int, list[tuple[str, Mention]]] = {}
    for key, mentions in groups.items():
        for mention in mentions:
            beginning.setdefault(mention.first, []).append((key, mention))
            ending.setdefault(mention.last, []).append((key, mention))
    partner: dict[str, tuple[float, str]] = {}
    for place, text in enumerate(texts):
        if text not in "([":
            continue
        for score, short, long in _pairs(texts, ending.get(place - 1, []), beginning.get(place + 1, [])):
            partner[short] = max(partner.get(short, (0.0, "")), (score, long))
    by_long: dict[str, list[str]] = {}
    for short, (_, long) in partner.items():
        if long not in partner:
            by_long.setdefault(long, []).append(short)
    placed = {key for long, shorts in by_long.items() for key in (long, *shorts)}
    alone = [(key,) for key in groups if key not in placed]
    return [(long, *sorted(shorts)) for long, shorts in by_long.items()] + alone


def _pairs(
    texts: Sequence[str], before: Sequence[tuple[str, Mention]], inside: Sequence[tuple[str, Mention]]
) -> list[tuple[float, str, str]]:
    """(score, short name, long name) of the best acronym that the bracket explains, if any."""
    found = []
    for left_key, left in before:
        for right_key, right in inside:
            if texts[right.last + 1 : right.last + 2] and texts[right.last + 1][0] not in ")],;:/":
                continue
            for short, long, near in ((right_key, left_key, left), (left_key, right_key, right)):
                if len(short) < len(long) and abbreviates(short, " ".join(texts[near.first : near.last + 1])):
                    found.append((left.score * right.score, short, long))
    return [max(found)] if found else []


def abbreviates(short: str, long: str) -> bool:
    """Whether ``short`` (squeezed) may stand for ``long``: its letters occur there in order, from the first letter on.

    After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text", 2003.
    """
    text = long.lower()
    place = len(text)
    if len(short) < 2 or not text:
        return False
    for index in range(len(short) - 1, -1, -1):
        letter = short[index]
        place -= 1
        while place >= 0 and (text[place] != letter or (index == 0 and place > 0 and text[place - 1].isalnum())):
            place -= 1
        if place < 0:
            return False
    return place == 0
