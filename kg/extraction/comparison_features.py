"""What tells that the text puts one method above another: the features of an ordered pair in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extraction.hashed import bucket, buckets
from kg.extraction.link_candidates import ROLES, could_fill
from kg.extraction.linker import Linked
from kg.extraction.lists import Lists
from kg.extraction.number_features import words
from kg.extraction.reading import Mention, Reading, overlaps

CAP = 10
"""Methods of one sentence that are paired; those named first."""

_WIN = words(
    """outperform outperforms outperforming outperformed surpass surpasses surpassing surpassed exceed exceeds exceeding
    exceeded beat beats beating superior improves improve improvement improvements improving gains gain better higher
    faster lower fewer reduces reducing reduction over than"""
)
_LOSE = words("underperform underperforms underperforming worse inferior lags behind lower slower fails below drops")
_EQUAL = words("comparable competitive similar par matches matching match parity")
_CUE = re.compile(
    r"outperform|surpass|exceed|beat|superior|better|higher|lower|fewer|faster|smaller|less\b|than\b|compar|relative|versus"
    r"|\bvs\b|over\b|against|improv|gain|reduc|baseline|trail|behind|whereas|match|speed-?up|highest|best|wors|advantage"
    r"|increas|underperform|lag",
    re.IGNORECASE,
)
"""Sentences without one of these and without a number compare nothing: one labelled comparison in a hundred."""
_AGAINST = words("than over against vs versus to with baseline baselines compared relative like including")


@dataclass(frozen=True, slots=True)
class Pair:
    """``better`` and ``worse`` are entities; ``above`` is the better one's mention in the sentence, if it has one."""

    sentence: int
    better: int
    worse: int
    above: Mention | None
    below: Mention


def make_pairs(reading: Reading) -> list[Pair]:
    """Ordered pairs of methods: both in one sentence, or a proposed one from elsewhere and one in the sentence."""
    ours = [
        e
        for e, entity in enumerate(reading.entities)
        if entity.type == "Method" and entity.role == "proposed" and reading.mentions_of[e]
    ]
    leader: int | None = None
    pairs: list[Pair] = []
    for sentence, named in enumerate(_named(reading)):
        if sentence == 0:
            continue
        start, end = reading.spans[sentence]
        if not reading.quantities_in[sentence] and not _CUE.search(reading.text, start, end):
            leader = next(iter(named), leader)
            continue
        outside = [e for e in dict.fromkeys([*ours[:2], *([leader] if leader is not None else [])]) if e not in named]
        for worse, below in named.items():
            pairs += [Pair(sentence, e, worse, above, below) for e, above in named.items() if e != worse]
            pairs += [Pair(sentence, e, worse, None, below) for e in outside]
        leader = next(iter(named), leader)
    return pairs


def _named(reading: Reading) -> list[dict[int, Mention]]:
    """For each sentence its first CAP methods with their first mention there."""
    found: list[dict[int, Mention]] = [{} for _ in reading.sentences]
    for mention in reading.mentions:
        here = found[mention.sentence]
        if len(here) < CAP and mention.entity not in here and could_fill(reading.entities[mention.entity], "method"):
            here[mention.entity] = mention
    return found


_COUNTED: tuple[Callable[[str], bool], ...] = (
    _WIN.__contains__, _LOSE.__contains__, _EQUAL.__contains__, _AGAINST.__contains__,
    lambda word: word == "<method>", lambda word: word[0] == "<",
)  # fmt: skip


def _running(reading: Reading, is_one: Callable[[str], bool]) -> list[int]:
    """How many of the symbols before each place are such ones."""
    return list(accumulate(map(is_one, reading.symbols), initial=0))


def _rivals(reading: Reading) -> dict[tuple[int, int, int], float]:
    """For each mention (start, end, entity) that overlaps with others the confidence of the surest of them."""
    found: dict[tuple[int, int, int], float] = {}
    for mention, other in overlaps(reading):
        key = (mention.start, mention.end, mention.entity)
        found[key] = max(found.get(key, 0.0), reading.entities[other.entity].confidence)
    return found


class PairFeatures:
    """The features of the pairs of one reading; ``linked`` are its likely results."""

    def __init__(self, reading: Reading, linked: Sequence[Linked]) -> None:
        self.reading = reading
        self._lists = Lists(reading)
        self._wins, self._losses, self._equals, self._againsts, self._methods, self._classes = (
            _running(reading, is_one) for is_one in _COUNTED
        )
        self._rivals = _rivals(reading)
        self._parts: dict[tuple[Any, ...], frozenset[int]] = {}
        self._linked: dict[int, list[Linked]] = {}
        for each in linked:
            self._linked.setdefault(reading.sentence_at[each.number], []).append(each)

    def dense(self, pair: Pair) -> list[float]:
        reading = self.reading
        first, last = reading.sentences[pair.sentence]
        below = pair.below
        left, right = self._between(pair)
        end = max(left, right)
        better, worse = reading.entities[pair.better], reading.entities[pair.worse]
        chain = self._lists.chain_of.get((below.first, below.entity), ())
        return [
            *(float(better.role == role) for role in ROLES), *(float(worse.role == role) for role in ROLES),
            better.confidence, worse.confidence, float(better.type == "Method"), float(worse.type == "Method"),
            float(len(reading.mentions_of[pair.better])), float(len(reading.mentions_of[pair.worse])),
            float(pair.above is None), float(pair.above is not None and pair.above.first < below.first),
            float(right - left), float(self._classes[end] - self._classes[left]),
            float(self._methods[end] - self._methods[left]),
            float(self._wins[end] - self._wins[left]), float(self._losses[end] - self._losses[left]),
            float(self._equals[end] - self._equals[left]), float(self._againsts[end] - self._againsts[left]),
            float(self._wins[last] - self._wins[first]), float(self._losses[last] - self._losses[first]),
            float(self._equals[last] - self._equals[first]),
            float(reading.symbols[below.first - 1] in _AGAINST), float(len(chain)), float(pair.better in chain),
            float(below.first - first), float(last - below.last), float(last - first),
            pair.sentence / len(reading.sentences), float(len(reading.quantities_in[pair.sentence])),
            float(reading.mentions_of[pair.better][0].sentence == 0),
            self._rival(pair.above), self._rival(pair.below),
            *self._numbers(pair),
        ]  # fmt: skip

    def _rival(self, mention: Mention | None) -> float:
        """How sure another candidate is that is written over the same words; -1 where there are none."""
        if mention is None:
            return -1.0
        return self._rivals.get((mention.start, mention.end, mention.entity), 0.0)

    def _between(self, pair: Pair) -> tuple[int, int]:
        """The symbols between the two, or from the sentence's start to the worse one."""
        if pair.above is None:
            return self.reading.sentences[pair.sentence][0], pair.below.first
        if pair.above.first < pair.below.first:
            return pair.above.last, pair.below.first
        return pair.below.last, pair.above.first

    def _numbers(self, pair: Pair) -> list[float]:
        """What the sentence's results say of the pair."""
        both = mine = theirs = 0.0
        value = {pair.better: 0.0, pair.worse: 0.0}
        best = {pair.better: 0.0, pair.worse: 0.0}
        for each in self._linked.get(pair.sentence, ()):
            method = dict(zip(each.fields["method"].entities, each.fields["method"].probabilities, strict=True))
            baseline = dict(zip(each.fields["baseline"].entities, each.fields["baseline"].probabilities, strict=True))
            both = max(both, method.get(pair.better, 0.0) * baseline.get(pair.worse, 0.0))
            mine, theirs = max(mine, method.get(pair.better, 0.0)), max(theirs, baseline.get(pair.worse, 0.0))
            for entity in best:
                if method.get(entity, 0.0) > best[entity]:
                    best[entity] = method[entity]
                    value[entity] = float(self.reading.quantities[each.number].value)
        return [both, mine, theirs, best[pair.worse], float(value[pair.better] > value[pair.worse] != 0.0)]

    def sparse(self, pair: Pair) -> npt.NDArray[np.int32]:
        """Buckets of named features: the words between the two, around each, and of the sentence.

        Pairs share most of them, so each part is made once."""
        order = "-" if pair.above is None else "<" if pair.above.first < pair.below.first else ">"
        roles = self.reading.entities[pair.better].role[0] + self.reading.entities[pair.worse].role[0]
        first, last = self.reading.sentences[pair.sentence]
        below, above = pair.below, pair.above
        parts = [
            self._part(self._link, order, *self._between(pair)),
            self._part(self._beside, f"{order}b", max(first, below.first - 4), below.first, -1),
            self._part(self._beside, f"{order}a", below.last, min(last, below.last + 3), 1),
            self._part(self._inside, order, first, min(last, first + 60)),
        ]
        if above is not None:
            parts.append(self._part(self._beside, f"{order}x", max(first, above.first - 3), above.first, -1))
            parts.append(self._part(self._beside, f"{order}y", above.last, min(last, above.last + 4), 1))
        return buckets((f"o {order} {roles}",), *parts)

    def _part(self, make: Callable[..., Iterator[str]], *key: Any) -> frozenset[int]:
        known = self._parts.get((make.__name__, *key))
        if known is None:
            known = self._parts[make.__name__, *key] = frozenset(map(bucket, make(*key)))
        return known

    def _link(self, order: str, left: int, right: int) -> Iterator[str]:
        between = self.reading.symbols[left:right]
        for word in set(between[:24]):
            yield f"{order}w {word}"
        if len(between) <= 6:
            yield f"{order}p {' '.join(between)}"
        yield f"{order}l {between[-1:]}"
        yield f"{order}l {between[-2:]}"
        yield f"{order}l {between[-3:]}"
        yield f"{order}f {between[:1]}"
        yield f"{order}f {between[:2]}"

    def _beside(self, name: str, start: int, end: int, step: int) -> Iterator[str]:
        for k, word in enumerate(self.reading.symbols[start:end][::step]):
            yield f"{name}{k} {word}"

    def _inside(self, order: str, start: int, end: int) -> Iterator[str]:
        for word in set(self.reading.symbols[start:end]):
            yield f"{order}s {word}"
