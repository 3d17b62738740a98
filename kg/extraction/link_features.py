"""What tells the name that a number belongs to: the features of one (number, entity) pair.

``Links`` holds what the pairs of one reading share. Distances are in symbols; FAR stands for "not in this sentence".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from kg.extraction.clauses import Clauses
from kg.extraction.link_candidates import FAR, ROLES, SAME, Candidates, Seen
from kg.extraction.link_words import CLAUSE, PairWords
from kg.extraction.lists import Lists
from kg.extraction.number_features import words as _words
from kg.extraction.reading import Mention, Reading
from kg.extraction.units import UNIT_CLASSES
from kg.model import ENTITY_TYPES

_WE = frozenset(("we", "our", "it", "this", "which", "its"))
_AGAINST = _words(
    """than over against vs versus outperform outperforms outperforming outperformed surpass surpasses surpassing
    surpassed compared relative beat beats beating exceeds exceeding baseline baselines from original vanilla
    standard"""
)
_WORDS_BETWEEN = tuple("on in for by of than over from to with and while at compared vs".split())  # noqa: SIM905
_BEFORE = ("from", "to", "by", "of", "(", "vs", "than", "=", "with", "over", "at", "and", ",")
_AFTER = ("to", "(", ")", "for", "of", "on", "in", ",", "and", "faster", "<metric>", "<data>", "over", "compared")
_DEFINED = _words("propose proposes introduce introduces present presents develop called named termed dubbed")
_UNITS = frozenset(UNIT_CLASSES)


class Links:
    """The pairs of one reading: ``candidates`` of its numbers, ``words`` and figures of each pair."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.lists = Lists(reading)
        self.clauses = Clauses(reading, self.lists)
        self.candidates = Candidates(reading)
        self.words = PairWords(reading, self.lists, self.clauses)
        self._sentence_words: dict[int, frozenset[str]] = {}
        self._rows: dict[int, list[float]] = {}
        self._pairs: dict[tuple[int, int, str], list[float]] = {}
        self._ways: dict[tuple[int, int, int, bool], list[float]] = {}

    def _static(self, entity: int) -> list[float]:
        if entity not in self._rows:
            self._rows[entity] = self._static_row(entity)
        return self._rows[entity]

    def words_of(self, sentence: int) -> frozenset[str]:
        """The symbols of a sentence."""
        if sentence not in self._sentence_words:
            first, last = self.reading.sentences[sentence]
            self._sentence_words[sentence] = frozenset(self.reading.symbols[first:last])
        return self._sentence_words[sentence]

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

    def number_row(self, number: int, field: str, kinds: Sequence[float]) -> list[float]:
        """What the pairs of one number and field share; ``kinds`` are the probabilities of its kinds."""
        reading = self.reading
        at, sentence = reading.places[number], reading.sentence_at[number]
        first, last = reading.sentences[sentence]
        quantity = reading.quantities[number]
        siblings = reading.quantities_in[sentence]
        symbols = reading.symbols
        row = symbols[first:last]
        here = self.candidates.mentions(sentence, field)
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
            *(float(symbols[at - 1] == word) for word in _BEFORE),
            *(float(symbols[at + 1] == word if at + 1 < last else False) for word in _AFTER),
            float(self.clauses.is_second(number)),
            float(at - self.clauses.verb(number)),
        ]

    def pair_row(self, number: int, field: str, entity: int, seen: Seen) -> list[float]:
        """The features of one pair but those of ``number_row``; made once for fields with the same candidates."""
        key = number, entity, SAME[field]
        if key not in self._pairs:
            self._pairs[key] = self._pair_row(number, field, entity, seen)
        return self._pairs[key]

    def _pair_row(self, number: int, field: str, entity: int, seen: Seen) -> list[float]:
        reading = self.reading
        at, sentence = reading.places[number], reading.sentence_at[number]
        here = self.candidates.mentions(sentence, field)
        row = self._static(entity).copy()
        row += self._side(at, seen.before, here, before=True)
        row += self._side(at, seen.after, here, before=False)
        row.append(float(sentence - seen.earlier.sentence) if seen.earlier else FAR)
        row.append(float(seen.later.sentence - sentence) if seen.later else FAR)
        row.append(float(self.candidates.since(seen.earlier, sentence, field)) if seen.earlier else FAR)
        verb = self.clauses.verb(number)
        row.append(float(verb - seen.before.last) if seen.before and seen.before.last <= verb else FAR)
        row.append(float(seen.before is not None and seen.before.first > verb))
        for mention in (seen.before, seen.after):
            beyond = self.clauses.beyond(number, mention) if mention else None
            row.append(float(beyond[1] - beyond[0]) if beyond else FAR)
            way = reading.symbols[slice(*beyond)] if beyond else ()
            row.append(float(sum(word in _AGAINST for word in way)))
            row.append(float(sum(word[0] == "<" for word in way)))
        row += self._alignment(number, seen)
        near = seen.near
        row.append(float(near is not None and near.first - reading.sentences[sentence][0] <= 2))
        row.append(float(near is not None and here[:1] == [near]))
        row.append(float(near is not None and len({m.entity for m in here}) == 1))
        row.append(float(not here))
        row.append(float(seen.earlier is not None and self.candidates.leads(seen.earlier.entity, sentence - 1, field)))
        return row

    def _side(self, at: int, mention: Mention | None, here: list[Mention], *, before: bool) -> list[float]:
        """The way between the number and a mention on one side of it."""
        if mention is None:
            return [FAR, FAR, FAR, FAR, 0.0, 0.0, 0.0, FAR, FAR] + [0.0] * len(_WORDS_BETWEEN)
        left, right = (mention.last, at) if before else (at + 1, mention.first)
        rivals = sum(left <= m.first < right and m.entity != mention.entity for m in here)
        key = at, mention.first, mention.last, before
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = self._way(at, mention, left, right)
        return [way[0], float(rivals), *way[1:]]

    def _way(self, at: int, mention: Mention, left: int, right: int) -> list[float]:
        """What the words of the way say, whatever the field."""
        reading, symbols = self.reading, self.reading.symbols
        between = symbols[left:right]
        numbers = sum(word[0] == "<" and word[1:-1] in _UNITS for word in between)
        head = symbols[mention.first - 1] if mention.first else "^"
        depth = self.lists.depth
        return [
            float(max(0, right - left)),
            float(numbers),
            float(sum(word in CLAUSE for word in between)),
            float(head in _AGAINST or (head in ("to", "the", "with") and bool(_AGAINST.intersection(between[-3:])))),
            float(depth[at] == depth[mention.first]),
            float(depth[at] > depth[mention.first]),
            float(sum(word in _AGAINST for word in between)),
            float(reading.sentence_at.count(mention.sentence)),
            *(float(word in between) for word in _WORDS_BETWEEN[:-1]),
            float(symbols[mention.last : mention.last + 1] in (("(",), ("[",))),
        ]

    def _alignment(self, number: int, seen: Seen) -> list[float]:
        """Whether the k-th of n numbers meets the k-th of n names."""
        k, n = self.lists.numbers[number]
        row: list[float] = []
        for mention in (seen.before, seen.after):
            place, size = self.lists.names.get((mention.first, mention.entity), (0, 1)) if mention else (0, 0)
            row += [float(size), float(n > 1 and size == n), float(n > 1 and size == n and place == k)]
        return row
