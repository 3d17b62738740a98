"""Phrases beside a number that may name what was measured: "reduces the domain gap by 63.6%", "a 7.09x kernel speedup".

A tagger finds the metrics that have a page of their own; but every result names its quantity somehow, and these
phrases are the candidates for it that the tagger did not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extraction.number_features import words
from kg.extraction.numbers import Quantity
from kg.model import EntityMention, Span

LOW = 0.05
"""The probability that a phrase counts with."""

NAMED = 0.7
"""A method or dataset of at least this probability is none of the phrases: "outperforming Octo by 7%"."""

_COULD_MEASURE = ("Metric", "Task")
_REACH = 90
_WORD = re.compile(r"[A-Za-z][\w@/+'-]{0,40}")
_STOP = words(
    """a an the of in on by with and or to for from at as than over under via per using while when which that this
    these those its their our his is are was were be been being has have had it they we i can could may might
    will not no nor but both all each any some more less most least only even also just very up down out about
    around nearly almost approximately roughly between within below above against across through during after
    before into compared relative versus vs average mean additional respectively further overall significant
    substantial notable remarkable impressive absolute faster slower higher lower better worse fewer smaller
    larger greater achieve achieves achieved achieving reach reaches reached reaching attain attains obtaining
    obtain obtains yield yields yielding improve improves improved improving increase increases increased
    increasing reduce reduces reduced reducing decrease decreases decreased decreasing boost boosts boosting
    raise raises raising lowers lowering cut cuts cutting save saves saving maintain maintains maintaining
    retain retains retaining enhance enhances enhancing accelerate accelerates accelerating outperform
    outperforms outperforming surpass surpasses surpassing exceed exceeds exceeding show shows showing
    demonstrate demonstrates provide provides providing deliver delivers delivering requires requiring require
    uses use introducing introduces gain gains improvement improvements reduction reductions drop drops score
    scores models model method methods"""
)
_LINK = re.compile(
    r"[\s(=:~≈<>≥≤+]*(?:\b(?:of|by|to|from|at|is|was|are|were|reach\w*|exceed\w*|up|an?|about|over|around|nearly|almost"
    r"|approximately|roughly|more|less|than|only|as|much|average|least|most|remain\w*|below|above|within|under|the"
    r"|approx)\b[\s(=:~≈<>≥≤+]*)*$"
)


def with_phrases(text: str, entities: Sequence[EntityMention], quantities: Sequence[Quantity]) -> list[EntityMention]:
    """The entities, and as metrics the phrases directly before and after each quantity that none of them covers."""
    taken = {
        (span.start, span.end)
        for e in entities
        if e.type == "Metric" or (e.type not in _COULD_MEASURE and e.confidence >= NAMED)
        for span in e.spans
    }
    found: dict[str, list[Span]] = {}
    for quantity in quantities:
        for start, end in (*_before(text, quantity), *_after(text, quantity)):
            if (start, end) not in taken:
                taken.add((start, end))
                found.setdefault(text[start:end], []).append(Span(start, end))
    return [*entities, *(EntityMention("Metric", (name,), "used", tuple(spans), LOW) for name, spans in found.items())]


def _before(text: str, quantity: Quantity) -> Iterator[tuple[int, int]]:
    """The last run of plain words before the number, past "by up to" and the like."""
    left = max(0, quantity.start - _REACH)
    link = _LINK.search(text, left, quantity.start)
    end = link.start() if link else quantity.start
    run: list[re.Match[str]] = []
    for match in reversed(list(_WORD.finditer(text, left, end))):
        gap = text[match.end() : run[-1].start() if run else end]
        if gap.strip() or match[0].lower() in _STOP or match.start() == left > 0:
            break
        run.append(match)
        if len(run) == 4:
            break
    if run:
        yield run[-1].start(), run[0].end()


def _after(text: str, quantity: Quantity) -> Iterator[tuple[int, int]]:
    """The first run of plain words after the number, past "more", "higher" and the like; with what follows an "of"."""
    run: list[re.Match[str]] = []
    skipped = 0
    end = quantity.end
    for match in _WORD.finditer(text, quantity.end, min(len(text), quantity.end + _REACH)):
        if text[end : match.start()].strip():
            break
        end = match.end()
        if match[0].lower() in _STOP:
            if run or skipped == 2:
                break
            skipped += 1
            continue
        run.append(match)
        if len(run) == 4:
            break
    if run:
        yield run[0].start(), run[-1].end()
