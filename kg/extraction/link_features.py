"""What tells the name that a number belongs to: the features of one (number, entity) pair.

``Links`` holds what the pairs of one reading share. Distances are in symbols; FAR stands for "not in this sentence".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extraction.lists import Lists
from kg.extraction.number_features import words as _words
from kg.extraction.reading import Mention, Reading
from kg.extraction.units import UNIT_CLASSES
from kg.model import ENTITY_TYPES, EntityMention

FAR = 60.0
CAP = 14
"""Candidates per number and field: those nearest in the text, the proposed ones first."""

FIELDS = ("metric", "dataset", "method", "baseline", "task")
TYPES = {
    "metric": ("Metric",),
    "dataset": ("Dataset", "Benchmark"),
    "method": ("Method",),
    "baseline": ("Method",),
    "task": ("Task",),
}
MISTAKEN = {"metric": ("Method", "Task"), "dataset": ("Method", "Task"), "method": ("Dataset", "Benchmark", "Task")}
MISTAKEN["baseline"] = MISTAKEN["method"]
"""Types that a tagger takes for the right one; of these only what looks like a name is a candidate."""
ROLES = ("proposed", "used", "compared", "mentioned")
_WE = frozenset(("we", "our", "it", "this", "which", "its"))
_AGAINST = _words(
    """than over against vs versus outperform outperforms outperforming outperformed surpass surpasses surpassing
    surpassed compared relative beat beats beating exceeds exceeding baseline baselines from original vanilla
    standard"""
)
_WORDS_BETWEEN = tuple("on in for by of than over from to with and while at compared vs".split())  # noqa: SIM905
_DEFINED = _words("propose proposes introduce introduces present presents develop called named termed dubbed")
_CLAUSE = frozenset((",", ";", "while", "whereas", "but", "and", ":", "respectively"))


@dataclass(frozen=True, slots=True)
class Seen:
    """The mentions of an entity nearest to a number: in its sentence before and after it, else the last before it."""

    before: Mention | None
    after: Mention | None
    earlier: Mention | None
    later: Mention | None

    @property
    def near(self) -> Mention | None:
        return self.before or self.after


def could_fill(entity: EntityMention, field: str) -> bool:
    """Whether the entity's type, or its shape and a type that is easily mistaken, fits the field."""
    if entity.type in TYPES[field]:
        return True
    return entity.type in MISTAKEN.get(field, ()) and any(c.isupper() for s in entity.surfaces for c in s[1:])


class Links:
    """Candidates of one reading, and the features of each (number, candidate) pair."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.lists = Lists(reading)
        entities = reading.entities
        self._of_type = {
            field: [e for e, entity in enumerate(entities) if reading.mentions_of[e] and could_fill(entity, field)]
            for field in FIELDS
        }
        self._static = [self._static_row(e) for e in range(len(entities))]
        self._names = [_name_cues(reading, e) for e in range(len(entities))]
        self._sentence_mentions: dict[tuple[int, str], list[Mention]] = {}

    def candidates(self, number: int, field: str) -> list[tuple[int, Seen]]:
        """At most CAP entities that could fill the field, with their mentions around the number."""
        at, sentence = self.reading.places[number], self.reading.sentence_at[number]
        found = [(e, self._seen(e, at, sentence)) for e in self._of_type[field]]
        if len(found) > CAP:
            found = sorted(found, key=lambda pair: (self._rank(pair, at, sentence), pair[0]))[:CAP]
            found.sort(key=lambda pair: pair[0])
        return found

    def _rank(self, pair: tuple[int, Seen], at: int, sentence: int) -> float:
        entity, seen = pair
        near = min(_gap(m, at) for m in (seen.before, seen.after) if m) if seen.near else FAR
        if near < FAR:
            return near
        if self.reading.entities[entity].role == "proposed":
            return FAR
        return FAR + 10 * abs(sentence - (seen.earlier or seen.later or self._first(entity)).sentence)

    def _first(self, entity: int) -> Mention:
        return self.reading.mentions_of[entity][0]

    def _seen(self, entity: int, at: int, sentence: int) -> Seen:
        before = after = earlier = later = None
        for mention in self.reading.mentions_of[entity]:
            if mention.sentence == sentence:
                if mention.first <= at:
                    before = mention
                elif after is None:
                    after = mention
            elif mention.sentence < sentence:
                earlier = mention
            elif later is None:
                later = mention
        return Seen(before, after, earlier, later)

    def _static_row(self, entity: int) -> list[float]:
        """What does not depend on the number."""
        reading, e = self.reading, self.reading.entities[entity]
        mentions = reading.mentions_of[entity]
        if not mentions:
            return []
        peers = [i for i, other in enumerate(reading.entities) if other.type == e.type and reading.mentions_of[i]]
        ours = [i for i in peers if reading.entities[i].role == "proposed"]
        first = mentions[0]
        title_end = reading.sentences[0][1]
        return [
            *(float(e.role == role) for role in ROLES),
            *(float(e.type == name) for name in ENTITY_TYPES),
            e.confidence,
            float(len(mentions)),
            float(len(e.surfaces)),
            first.sentence / max(1, len(reading.sentences)),
            float(first.sentence == 0),
            float(first.sentence == 0 and first.first == reading.sentences[0][0]),
            float(first.sentence == 0 and first.last < title_end and reading.symbols[first.last] == ":"),
            float(len(peers)),
            float(len(ours)),
            float(ours[:1] == [entity]),
            float(peers[0] == entity),
            float(any(c.isupper() for c in e.surfaces[0][1:])),
            float(len(e.surfaces[0].split())),
            float(sum(m.first == reading.sentences[m.sentence][0] for m in mentions)),
            float(sum(bool(_DEFINED.intersection(reading.symbols[max(0, m.first - 7) : m.first])) for m in mentions)),
            float(sum(reading.symbols[m.first - 1] in _AGAINST for m in mentions if m.first)),
        ]

    def _mentions(self, sentence: int, field: str) -> list[Mention]:
        """The mentions of a sentence that could fill the field, in order."""
        key = (sentence, field)
        if key not in self._sentence_mentions:
            entities = set(self._of_type[field])
            for s in {m.sentence for m in self.reading.mentions}:
                self._sentence_mentions[s, field] = []
            self._sentence_mentions.setdefault(key, [])
            for mention in self.reading.mentions:
                if mention.entity in entities:
                    self._sentence_mentions[mention.sentence, field].append(mention)
        return self._sentence_mentions[key]

    def number_row(self, number: int, field: str, kinds: Sequence[float]) -> list[float]:
        """What the pairs of one number and field share; ``kinds`` are the probabilities of its kinds."""
        reading = self.reading
        at, sentence = reading.places[number], reading.sentence_at[number]
        first, last = reading.sentences[sentence]
        quantity = reading.quantities[number]
        siblings = reading.quantities_in[sentence]
        row = reading.symbols[first:last]
        here = self._mentions(sentence, field)
        before = row[: at - first]
        unit = reading.symbols[at][1:-1]
        return [
            *kinds,
            *(float(unit == name) for name in UNIT_CLASSES),
            float(quantity.value_max is not None),
            float(quantity.sign != ""),
            float(bisect_left(siblings, number)),
            float(len(siblings)),
            sentence / max(1, len(reading.sentences)),
            float(at - first),
            float(last - at),
            float(sum(m.first <= at for m in here)),
            float(sum(m.first > at for m in here)),
            float(any(word in _WE for word in row[:4])),
            float(any(word in _WE for word in before[-12:])),
            float("<ours>" in before),
            float("respectively" in row),
            float(any(word in _AGAINST for word in row)),
            float(any(word in _AGAINST for word in before)),
            float(self.lists.numbers[number][1]),
            float(self.lists.numbers[number][0]),
            float(self.lists.depth[at] > 0),
        ]

    def pair_row(self, number: int, field: str, entity: int, seen: Seen) -> list[float]:
        """The features of one pair but those of ``number_row``."""
        reading = self.reading
        at, sentence = reading.places[number], reading.sentence_at[number]
        here = self._mentions(sentence, field)
        row = self._static[entity].copy()
        row += self._side(at, seen.before, here, before=True)
        row += self._side(at, seen.after, here, before=False)
        row.append(float(sentence - seen.earlier.sentence) if seen.earlier else FAR)
        row.append(float(seen.later.sentence - sentence) if seen.later else FAR)
        row.append(float(self._since(seen.earlier, sentence, field)) if seen.earlier else FAR)
        row += self._alignment(number, seen)
        near = seen.near
        row.append(float(near is not None and near.first - reading.sentences[sentence][0] <= 2))
        row.append(float(near is not None and here[:1] == [near]))
        row.append(float(near is not None and len({m.entity for m in here}) == 1))
        row.append(float(not here))
        row.append(float(seen.earlier is not None and self._leads(seen.earlier.entity, sentence - 1, field)))
        return row

    def _leads(self, entity: int, sentence: int, field: str) -> bool:
        """Whether the entity is the first candidate that the sentence names."""
        first = self._mentions(sentence, field)[:1] if sentence >= 0 else []
        return bool(first) and first[0].entity == entity

    def _side(self, at: int, mention: Mention | None, here: list[Mention], *, before: bool) -> list[float]:
        """The way between the number and a mention on one side of it."""
        if mention is None:
            return [FAR, FAR, FAR, FAR, 0.0, 0.0, 0.0, FAR, FAR] + [0.0] * len(_WORDS_BETWEEN)
        reading, symbols = self.reading, self.reading.symbols
        left, right = (mention.last, at) if before else (at + 1, mention.first)
        between = symbols[left:right]
        rivals = sum(left <= m.first < right and m.entity != mention.entity for m in here)
        numbers = sum(word[0] == "<" and word[1:-1] in _UNITS for word in between)
        head = symbols[mention.first - 1] if mention.first else "^"
        depth = self.lists.depth
        return [
            float(max(0, right - left)),
            float(rivals),
            float(numbers),
            float(sum(word in _CLAUSE for word in between)),
            float(head in _AGAINST or (head in ("to", "the", "with") and bool(_AGAINST.intersection(between[-3:])))),
            float(depth[at] == depth[mention.first]),
            float(depth[at] > depth[mention.first]),
            float(sum(word in _AGAINST for word in between)),
            float(reading.sentence_at.count(mention.sentence)),
            *(float(word in between) for word in _WORDS_BETWEEN[:-1]),
            float(symbols[mention.last : mention.last + 1] in (("(",), ("[",))),
        ]

    def _since(self, mention: Mention, sentence: int, field: str) -> int:
        """How many other candidates were named after the mention and before this sentence."""
        last = {m.entity: m for s in range(mention.sentence, sentence) for m in self._mentions(s, field)}
        return sum((m.sentence, m.first) > (mention.sentence, mention.first) for m in last.values())

    def _alignment(self, number: int, seen: Seen) -> list[float]:
        """Whether the k-th of n numbers meets the k-th of n names."""
        k, n = self.lists.numbers[number]
        row: list[float] = []
        for mention in (seen.before, seen.after):
            place, size = self.lists.names.get((mention.first, mention.entity), (0, 1)) if mention else (0, 0)
            row += [float(size), float(n > 1 and size == n), float(n > 1 and size == n and place == k)]
        return row

    def sparse(self, number: int, entity: int, seen: Seen, kind: str) -> Iterator[str]:
        """Named features: the symbols between the number and the name, and around both."""
        reading, symbols = self.reading, self.reading.symbols
        at, sentence = reading.places[number], reading.sentence_at[number]
        me = symbols[at]
        role = reading.entities[entity].role[0]
        yield f"u {me} {kind} {role}"
        for cue in self._names[entity]:
            yield f"c {cue}"
            yield f"c {me} {cue}"
            yield f"c {kind} {cue}"
        first, last = reading.sentences[sentence]
        where = ("b" if seen.before else "") + ("a" if seen.after else "")
        context = (*symbols[max(first, at - 2) : at][::-1], "^", "^")
        follower = symbols[at + 1] if at + 1 < last else "$"
        yield f"q {context[0]} {role} {where}"
        yield f"q {context[1]} {context[0]} {role} {where}"
        yield f"q {context[0]} {follower} {role} {where}"
        yield f"q a {follower} {role} {where}"
        for word in symbols[first : first + 3]:
            yield f"s {word} {role} {where}"
        if seen.near is None:
            gap = min(sentence - seen.earlier.sentence, 3) if seen.earlier else -1
            yield f"far {gap} {role}"
            for word in symbols[max(first, at - 6) : min(last, at + 7)]:
                yield f"far w {word} {role}"
        for side, mention in (("b", seen.before), ("a", seen.after)):
            if mention is None:
                continue
            left, right = (mention.last, at) if side == "b" else (at + 1, mention.first)
            between = symbols[left:right]
            width = len(between)
            if width <= 5:
                yield f"{side}p {' '.join(between)}"
                yield f"{side}p {me} {' '.join(between)}"
            for word in between[:12]:
                yield f"{side}w {word}"
                yield f"{side}w {kind} {word}"
            yield f"{side}f {between[:1]} {between[-1:]}"
            yield f"{side}f {between[:2]}"
            yield f"{side}l {between[-2:]}"
            yield f"{side}d {min(width, 12)}"
            head = symbols[max(first, mention.first - 3) : mention.first]
            for k, word in enumerate(head[::-1]):
                yield f"{side}h{k} {word}"
                yield f"{side}h{k} {kind} {word}"
            tail = symbols[mention.last : min(last, mention.last + 3)]
            for k, word in enumerate(tail):
                yield f"{side}t{k} {word}"
            yield f"{side}n {symbols[at - 1 : at]} {symbols[at + 1 : at + 2]} {head[-1:]}"
            inner = " ".join(word for word in between if word[0] == "<" or word in _CLAUSE)
            yield f"{side}s {inner[:60]}"


_UNITS = frozenset(UNIT_CLASSES)


def _gap(mention: Mention, at: int) -> int:
    return at - mention.last if mention.first <= at else mention.first - at


def _name_cues(reading: Reading, entity: int) -> list[str]:
    """The words of an entity's first surfaces: what a metric's name says of its unit, and whether it is one at all."""
    cues = []
    for surface in reading.entities[entity].surfaces[:2]:
        words = surface.lower().replace("-", " ").split()[:6]
        cues += [f"w {word}" for word in words]
        if words:
            cues.append(f"l {words[-1]}")
    return list(dict.fromkeys(cues))
