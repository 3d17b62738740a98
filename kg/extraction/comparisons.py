"""Which named method the text says does better than which other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction.reading import Mention, Reading, read
from kg.model import Comparison, Span

_VERB = re.compile(r"\b(?:outperform|surpass|exceed|beat)\w*\b|\bthan\b")


@Language.component("kg_comparisons", requires=["doc._.entities"], assigns=["doc._.comparisons"])
def compare(doc: Doc) -> Doc:
    """Set ``doc._.comparisons`` from ``doc._.entities`` (folded offsets)."""
    reading = read(doc, doc.text, doc._.entities, ())
    doc._.comparisons = tuple(_comparisons(reading))
    return doc


def _comparisons(reading: Reading) -> Iterator[Comparison]:
    seen: set[tuple[int, int]] = set()
    methods = [m for m in reading.mentions if reading.entities[m.entity].type == "Method"]
    proposed = next((m for m in methods if reading.entities[m.entity].role == "proposed"), None)
    for sentence, (start, end) in enumerate(reading.spans):
        here = [m for m in methods if m.sentence == sentence]
        verb = _VERB.search(reading.text[start:end])
        if not verb or not here:
            continue
        middle = start + verb.start()
        worse = next((m for m in here if m.start > middle), None)
        better = next((m for m in here if m.end <= middle), proposed)
        if worse and better and better.entity != worse.entity and (better.entity, worse.entity) not in seen:
            seen.add((better.entity, worse.entity))
            yield _comparison(reading, better, worse, sentence)


def _comparison(reading: Reading, better: Mention, worse: Mention, sentence: int) -> Comparison:
    start, end = reading.spans[sentence]
    return Comparison(
        better=reading.text[better.start : better.end],
        worse=reading.text[worse.start : worse.end],
        evidence=reading.text[start:end],
        span=Span(start, end),
        confidence=0.5,
        rule="verb",
    )
