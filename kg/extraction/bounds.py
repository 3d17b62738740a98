"""Whether a number is exact, or a bound of what was reached ("up to", "over", "nearly")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.extraction.numbers import Quantity
from kg.model import Bound

_GAP = r"(?:\s|\(|\$|:|an?\s|the\s|average\s|additional\s)*$"
_WORDS: tuple[tuple[Bound, str], ...] = (
    ("at_least", r"\b(?:no (?:less|fewer|lower) than|as (?:low|little|few|small) as)"),
    ("at_most", r"\b(?:no (?:more|greater|higher) than|as (?:high|much|many|large|far|long) as)"),
    (
        "at_most",
        r"\b(?:up to|upto|at most|less than|lower than|fewer than|smaller than|below|under|within|sub-?)|≤|<|<=",
    ),
    (
        "at_least",
        r"\b(?:over|more than|at least|exceed(?:s|ed|ing)?|greater than|larger than|higher than|above|beyond"
        r"|in excess of|upwards of|surpass(?:es|ed|ing)?)|≥|>|>=",
    ),
    (
        "about",
        r"\b(?:around|about|approximately|approx\.?|nearly|almost|close to|roughly|circa|near|approaching"
        r"|an estimated)|~|≈|∼",
    ),
)
_BEFORE = tuple((bound, re.compile(rf"(?:{words}){_GAP}", re.IGNORECASE)) for bound, words in _WORDS)
_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("at_least", re.compile(r"\+(?!\d)|\s?(?:or|and) (?:more|higher|above|greater)\b")),
    ("at_most", re.compile(r"\s?(?:or|and) (?:less|lower|below|fewer)\b")),
)
_ANEW = re.compile(r"\b(?:by|of|at|from|with|to|achiev\w+|reach\w+)\b|[;:]|\.\s")
_WINDOW = 28


def with_bounds(text: str, quantities: Sequence[Quantity]) -> list[Bound]:
    """The bound of each quantity; "up to" and "over" reach to later members of a list until a "by" starts anew."""
    bounds: list[Bound] = []
    for i, quantity in enumerate(quantities):
        bound = own_bound(text, quantity)
        if bound == "exact" and i and bounds[-1] in ("at_most", "at_least"):
            link = text[quantities[i - 1].end : quantity.start]
            if len(link) < 80 and not _ANEW.search(link) and re.search(r"\band\b|,|/", link):
                bound = bounds[-1]
        bounds.append(bound)
    return bounds


def own_bound(text: str, quantity: Quantity) -> Bound:
    """What the words directly before and after the quantity say."""
    before = text[max(0, quantity.start - _WINDOW) : quantity.start]
    for bound, pattern in _BEFORE:
        if pattern.search(before):
            return bound
    for bound, pattern in _AFTER:
        if pattern.match(text, quantity.end):
            return bound
    return "exact"
