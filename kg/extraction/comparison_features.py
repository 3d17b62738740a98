"""What tells that the text puts one method above another: the features of an ordered pair in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extraction.link_features import ROLES, could_fill
from kg.extraction.linker import Linked
from kg.extraction.lists import Lists
from kg.extraction.number_features import words
from kg.extraction.reading import Mention, Reading

CAP = 10
"""Methods of one sentence that are paired; those named first."""

_WIN = words(
    """outperform outperforms outperforming outperformed surpass surpasses surpassing surpassed exceed exceeds exceeding
    exceeded beat beats beating superior improves improve improvement improvements improving gains gain better higher
    faster lower fewer reduces reducing reduction over than"""
)
_LOSE = words("underperform underperforms underperforming worse inferior lags behind lower slower fails below drops")
_EQUAL = words("comparable competitive similar par matches matching match parity")
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


class PairFeatures:
    """The features of the pairs of one reading; ``linked`` are its likely results."""

    def __init__(self, reading: Reading, linked: Sequence[Linked]) -> None:
        self.reading = reading
        self._lists = Lists(reading)
        self._linked: dict[int, list[Linked]] = {}
        for each in linked:
            self._linked.setdefault(reading.sentence_at[each.number], []).append(each)

    def dense(self, pair: Pair) -> list[float]:
        reading = self.reading
        first, last = reading.sentences[pair.sentence]
        row = reading.symbols[first:last]
        below = pair.below
        left, right = self._between(pair)
        between = reading.symbols[left:right]
        better, worse = reading.entities[pair.better], reading.entities[pair.worse]
        chain = self._lists.chain_of.get((below.first, below.entity), ())
        return [
            *(float(better.role == role) for role in ROLES), *(float(worse.role == role) for role in ROLES),
            better.confidence, worse.confidence, float(better.type == "Method"), float(worse.type == "Method"),
            float(len(reading.mentions_of[pair.better])), float(len(reading.mentions_of[pair.worse])),
            float(pair.above is None), float(pair.above is not None and pair.above.first < below.first),
            float(right - left), float(sum(word[0] == "<" for word in between)), float(between.count("<method>")),
            *(float(sum(word in cue for word in between)) for cue in (_WIN, _LOSE, _EQUAL, _AGAINST)),
            *(float(sum(word in cue for word in row)) for cue in (_WIN, _LOSE, _EQUAL)),
            float(reading.symbols[below.first - 1] in _AGAINST), float(len(chain)), float(pair.better in chain),
            float(below.first - first), float(last - below.last), float(len(row)),
            pair.sentence / len(reading.sentences), float(len(reading.quantities_in[pair.sentence])),
            float(reading.mentions_of[pair.better][0].sentence == 0),
            *self._numbers(pair),
        ]  # fmt: skip

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

    def sparse(self, pair: Pair) -> Iterator[str]:
        reading, symbols = self.reading, self.reading.symbols
        first, last = reading.sentences[pair.sentence]
        left, right = self._between(pair)
        between = symbols[left:right]
        order = "-" if pair.above is None else "<" if pair.above.first < pair.below.first else ">"
        roles = reading.entities[pair.better].role[0] + reading.entities[pair.worse].role[0]
        yield f"o {order} {roles}"
        for word in set(between[:24]):
            yield f"{order}w {word}"
        if len(between) <= 6:
            yield f"{order}p {' '.join(between)}"
        yield f"{order}l {between[-1:]}"
        yield f"{order}l {between[-2:]}"
        yield f"{order}l {between[-3:]}"
        yield f"{order}f {between[:1]}"
        yield f"{order}f {between[:2]}"
        for k, word in enumerate(symbols[max(first, pair.below.first - 4) : pair.below.first][::-1]):
            yield f"{order}b{k} {word}"
        for k, word in enumerate(symbols[pair.below.last : min(last, pair.below.last + 3)]):
            yield f"{order}a{k} {word}"
        if pair.above is not None:
            for k, word in enumerate(symbols[max(first, pair.above.first - 3) : pair.above.first][::-1]):
                yield f"{order}x{k} {word}"
            for k, word in enumerate(symbols[pair.above.last : min(last, pair.above.last + 4)]):
                yield f"{order}y{k} {word}"
        for word in set(symbols[first : min(last, first + 60)]):
            yield f"{order}s {word}"
