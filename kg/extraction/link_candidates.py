"""Which entities a field of a result may be, and where they are named around a number."""

from __future__ import annotations

from dataclasses import dataclass

from kg.extraction.reading import Mention, Reading
from kg.model import EntityMention

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
SAME = {
    field: next(f for f in FIELDS if (TYPES[f], MISTAKEN.get(f)) == (TYPES[field], MISTAKEN.get(field)))
    for field in FIELDS
}
"""The first field that has the same candidates: methods and baselines are chosen from the same names."""
ROLES = ("proposed", "used", "compared", "mentioned")


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


class Candidates:
    """The candidates of one reading for each field; a number is its place among the reading's quantities."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        entities = reading.entities
        self._of_type = {
            field: [e for e, entity in enumerate(entities) if reading.mentions_of[e] and could_fill(entity, field)]
            for field in FIELDS
        }
        self._sentence_mentions: dict[tuple[int, str], list[Mention]] = {}
        self._named_since: dict[tuple[int, int, int, str], int] = {}
        self._seen_at: dict[tuple[int, int], Seen] = {}

    def near(self, number: int, field: str) -> list[tuple[int, Seen]]:
        """At most CAP entities that could fill the field, with their mentions around the number."""
        at, sentence = self.reading.places[number], self.reading.sentence_at[number]
        found = [(e, self._seen_once(number, e, at, sentence)) for e in self._of_type[field]]
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

    def _seen_once(self, number: int, entity: int, at: int, sentence: int) -> Seen:
        key = number, entity
        found = self._seen_at.get(key)
        if found is None:
            found = self._seen_at[key] = self._seen(entity, at, sentence)
        return found

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

    def mentions(self, sentence: int, field: str) -> list[Mention]:
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

    def leads(self, entity: int, sentence: int, field: str) -> bool:
        """Whether the entity is the first candidate that the sentence names."""
        first = self.mentions(sentence, field)[:1] if sentence >= 0 else []
        return bool(first) and first[0].entity == entity

    def since(self, mention: Mention, sentence: int, field: str) -> int:
        """How many other candidates were named after the mention and before this sentence."""
        key = mention.sentence, mention.first, sentence, field
        if key not in self._named_since:
            last = {m.entity: m for s in range(mention.sentence, sentence) for m in self.mentions(s, field)}
            self._named_since[key] = sum((m.sentence, m.first) > key[:2] for m in last.values())
        return self._named_since[key]


def _gap(mention: Mention, at: int) -> int:
    return at - mention.last if mention.first <= at else mention.first - at
