"""A document as binding sees it: sentences as rows of symbols, and where names and numbers stand in them.

A symbol is a word in lower case, or the class of what stands there: "<method>", "<ours>" (a proposed method),
"<data>", "<metric>", "<task>", "<%>", "<x>", "<n>" … So "DUST improves success rates by 13%" reads as
"<ours> improves <metric> by <%>", and what is learned of one sentence holds for the next.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.attrs import LENGTH, LOWER, SENT_START, SPACY
from spacy.tokens import Doc

from kg.extraction.numbers import Quantity
from kg.extraction.units import unit_class
from kg.model import EntityMention

SURE = 0.25
"""Entities below this probability keep their words in the row of symbols; they can be bound to all the same."""

_SAYS_CHANGE = re.compile(
    r"gain|improve|increase|decrease|reduc|speed-?up|accelerat|saving|drop|faster|decline|degrad|loss|boost",
    re.IGNORECASE,
)
"""A metric's name that says what happened keeps its words: "an 8% cost reduction" is a change."""

_CLASSES = {"Dataset": "<data>", "Benchmark": "<data>", "Metric": "<metric>", "Task": "<task>", "Method": "<method>"}


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of ``Reading.entities[entity]``: folded characters, symbols (end exclusive), sentence."""

    entity: int
    start: int
    end: int
    first: int
    last: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Reading:
    """``sentences`` are (first symbol, past the last); ``spans`` their characters without white space around them.

    ``mentions`` are in text order, ``mentions_of[e]`` are those of entity e. ``places[i]`` is the symbol of quantity
    i, ``sentence_at[i]`` its sentence. Sentence 0 is the title.
    """

    text: str
    symbols: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...]
    spans: tuple[tuple[int, int], ...]
    entities: tuple[EntityMention, ...]
    mentions: tuple[Mention, ...]
    mentions_of: tuple[tuple[Mention, ...], ...]
    quantities: tuple[Quantity, ...]
    places: tuple[int, ...]
    sentence_at: tuple[int, ...]
    quantities_in: tuple[tuple[int, ...], ...]


def overlaps(reading: Reading) -> Iterator[tuple[Mention, Mention]]:
    """Every two mentions of different entities that are written over the same words, both ways round."""
    running: list[Mention] = []
    for mention in reading.mentions:
        running = [other for other in running if other.end > mention.start]
        for other in running:
            if other.entity != mention.entity:
                yield mention, other
                yield other, mention
        running.append(mention)


def read(doc: Doc, text: str, entities: Sequence[EntityMention], quantities: Sequence[Quantity]) -> Reading:
    """Lay out a Doc whose sentence starts are set; ``text`` is its text, to which all offsets refer."""
    layout = _Layout(doc, text)
    layout.mark_quantities(quantities)
    layout.mark_entities(entities)
    symbols, at = layout.symbols()
    starts = layout.sentence_starts
    bounds = list(zip(starts, [*starts[1:], len(at)], strict=False))
    sentences = tuple((at[start], at[end] if end < len(at) else len(symbols)) for start, end in bounds)

    def sentence(token: int) -> int:
        return bisect_right(starts, token) - 1

    mentions: list[Mention] = []
    for number, entity in enumerate(entities):
        for span in entity.spans:
            first, last = layout.tokens(span.start, span.end)
            mentions.append(Mention(number, span.start, span.end, at[first], at[last - 1] + 1, sentence(first)))
    mentions.sort(key=lambda m: (m.start, m.end, m.entity))
    tokens = [layout.tokens(q.start, q.end)[0] for q in quantities]
    sentence_at = tuple(sentence(token) for token in tokens)
    of: list[list[Mention]] = [[] for _ in entities]
    for mention in mentions:
        of[mention.entity].append(mention)
    inside: list[list[int]] = [[] for _ in sentences]
    for i, number in enumerate(sentence_at):
        inside[number].append(i)
    return Reading(
        text=layout.text,
        symbols=symbols,
        sentences=sentences,
        spans=tuple(layout.characters(start, end) for start, end in bounds),
        entities=tuple(entities),
        mentions=tuple(mentions),
        mentions_of=tuple(map(tuple, of)),
        quantities=tuple(quantities),
        places=tuple(at[token] for token in tokens),
        sentence_at=sentence_at,
        quantities_in=tuple(map(tuple, inside)),
    )


class _Layout:
    """Lays classes over the tokens of a Doc; each token goes to one symbol."""

    def __init__(self, doc: Doc, text: str) -> None:
        strings = doc.vocab.strings
        table = doc.to_array([LOWER, SENT_START, LENGTH, SPACY]).reshape(-1, 4)
        self.text = text
        self.words = [strings[word] for word in table[:, 0].tolist()]
        self.offsets = (np.cumsum(table[:, 2] + table[:, 3]) - table[:, 2] - table[:, 3]).tolist()
        self.sentence_starts = [0, *(np.flatnonzero(table[1:, 1] == 1) + 1).tolist()] if len(doc) else []
        self._cover: list[tuple[int, int, str]] = []
        self._taken = bytearray(len(self.words))

    def tokens(self, start: int, end: int) -> tuple[int, int]:
        """The tokens (end exclusive) that hold the characters."""
        first = max(0, bisect_right(self.offsets, start) - 1)
        return first, max(first + 1, bisect_right(self.offsets, max(start, end - 1)))

    def characters(self, first: int, last: int) -> tuple[int, int]:
        start = self.offsets[first]
        end = self.offsets[last] if last < len(self.offsets) else len(self.text)
        return start, start + len(self.text[start:end].rstrip())

    def mark_quantities(self, quantities: Sequence[Quantity]) -> None:
        for quantity in quantities:
            self._mark(quantity.start, quantity.end, f"<{unit_class(quantity.unit)}>")

    def mark_entities(self, entities: Sequence[EntityMention]) -> None:
        for entity in sorted(entities, key=lambda e: -e.confidence):
            if entity.confidence >= SURE and not (entity.type == "Metric" and _SAYS_CHANGE.search(entity.surfaces[0])):
                is_ours = entity.type == "Method" and entity.role == "proposed"
                for span in entity.spans:
                    self._mark(span.start, span.end, "<ours>" if is_ours else _CLASSES[entity.type])

    def _mark(self, start: int, end: int, symbol: str) -> None:
        first, last = self.tokens(start, end)
        if not any(self._taken[first:last]):
            self._taken[first:last] = b"\1" * (last - first)
            self._cover.append((first, last, symbol))

    def symbols(self) -> tuple[tuple[str, ...], list[int]]:
        """The symbols, and for each token the place of its symbol."""
        symbols: list[str] = []
        at: list[int] = []
        place = 0
        for first, last, symbol in sorted(self._cover):
            at.extend(range(len(symbols), len(symbols) + first - place))
            symbols.extend(self.words[place:first])
            at.extend([len(symbols)] * (last - first))
            symbols.append(symbol)
            place = last
        at.extend(range(len(symbols), len(symbols) + len(self.words) - place))
        symbols.extend(self.words[place:])
        return tuple(symbols), at
