"""A document as binding sees it: words, sentences, entities with their mentions, and quantities, all by position."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from kg.extraction.numbers import Quantity
from kg.model import EntityMention


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: folded characters, tokens (end exclusive), and the sentence of its first token."""

    start: int
    end: int
    first: int
    last: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of ``Reading.entities[entity]``."""

    entity: int
    place: Place


@dataclass(frozen=True, slots=True)
class Reading:
    """``words`` are the tokens in lower case, ``sentence_of`` the sentence of each; ``sentences`` are (first, past the
    last) token. ``mentions`` and ``quantities`` are in text order; ``places`` are those of the quantities."""

    text: str
    words: tuple[str, ...]
    offsets: tuple[int, ...]
    sentence_of: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    entities: tuple[EntityMention, ...]
    mentions: tuple[Mention, ...]
    quantities: tuple[Quantity, ...]
    places: tuple[Place, ...]

    def sentence_span(self, sentence: int) -> tuple[int, int]:
        """The characters of a sentence, without white space around them."""
        first, last = self.sentences[sentence]
        start, end = self.offsets[first], self.offsets[last] if last < len(self.offsets) else len(self.text)
        return start, start + len(self.text[start:end].rstrip())


def read(doc: Doc, entities: Sequence[EntityMention], quantities: Sequence[Quantity]) -> Reading:
    """Lay out a Doc whose sentence starts are set; the offsets of ``entities`` are those of ``doc.text``."""
    offsets = tuple(token.idx for token in doc)
    sentences = tuple((span.start, span.end) for span in doc.sents)
    sentence_of = tuple(number for number, (first, last) in enumerate(sentences) for _ in range(first, last))

    def place(start: int, end: int) -> Place:
        first = max(0, bisect_right(offsets, start) - 1)
        last = max(first + 1, bisect_right(offsets, max(start, end - 1)))
        return Place(start, end, first, last, sentence_of[first] if sentence_of else 0)

    mentions = sorted(
        (Mention(number, place(span.start, span.end)) for number, e in enumerate(entities) for span in e.spans),
        key=lambda mention: (mention.place.start, mention.place.end, mention.entity),
    )
    return Reading(
        text=doc.text,
        words=tuple(token.lower_ for token in doc),
        offsets=offsets,
        sentence_of=sentence_of,
        sentences=sentences,
        entities=tuple(entities),
        mentions=tuple(mentions),
        quantities=tuple(quantities),
        places=tuple(place(q.start, q.end) for q in quantities),
    )
