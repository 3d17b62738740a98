"""What words tell of a (number, entity) pair: named features, as buckets of :mod:`kg.extraction.hashed`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from kg.extraction.clauses import Clauses
from kg.extraction.hashed import buckets
from kg.extraction.link_candidates import Seen
from kg.extraction.lists import Lists
from kg.extraction.reading import Reading

CLAUSE = frozenset((",", ";", "while", "whereas", "but", "and", ":", "respectively"))

Buckets = npt.NDArray[np.int32]


class PairWords:
    """Word features of the pairs of one reading."""

    def __init__(self, reading: Reading, lists: Lists, clauses: Clauses) -> None:
        self.reading = reading
        self._lists = lists
        self._clauses = clauses
        self._names = [_name_cues(reading, e) for e in range(len(reading.entities))]
        self._made: dict[tuple[int, int, str], Buckets] = {}

    def __call__(self, number: int, entity: int, seen: Seen, kind: str) -> Buckets:
        """Buckets of ``sparse``, made once: fields share candidates."""
        key = number, entity, kind
        if key not in self._made:
            self._made[key] = buckets(self.sparse(number, entity, seen, kind))
        return self._made[key]

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
        subject, verb = self._clauses.subject(number), symbols[max(first, self._clauses.verb(number))]
        yield f"v {verb} {role} {where}"
        yield f"v1 {subject[-1:]} {role} {where}"
        yield f"v2 {subject[-2:]} {role} {where}"
        yield f"v3 {subject[-1:]} {verb} {role}"
        yield f"v4 {subject} {role}"
        lead = reading.places[number - self._lists.numbers[number][0]]
        if lead != at:
            yield f"qh {symbols[max(first, lead - 1) : lead]} {role} {where}"
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
            beyond = self._clauses.beyond(number, mention)
            if beyond is not None:
                way = symbols[slice(*beyond)]
                yield f"L{side} {' '.join(way[:7])}" if len(way) < 8 else f"L{side} long"
                yield f"L{side}f {way[:1]} {way[-1:]}"
                yield f"L{side}f {way[:2]}"
                yield f"L{side}l {way[-2:]}"
                for word in way[:10]:
                    yield f"L{side}w {word}"
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
            inner = " ".join(word for word in between if word[0] == "<" or word in CLAUSE)
            yield f"{side}s {inner[:60]}"


def _name_cues(reading: Reading, entity: int) -> list[str]:
    """The words of an entity's first surfaces: what a metric's name says of its unit, and whether it is one at all."""
    cues = []
    for surface in reading.entities[entity].surfaces[:2]:
        words = surface.lower().replace("-", " ").split()[:6]
        cues += [f"w {word}" for word in words]
        if words:
            cues.append(f"l {words[-1]}")
    return list(dict.fromkeys(cues))
