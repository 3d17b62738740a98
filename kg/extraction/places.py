"""Where in a text a string or a number stands that somebody (a label, a language model) quotes from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from kg.model import Span


def occurrences(text: str, quoted: str) -> list[Span]:
    """Where ``quoted`` stands as whole words; if it nowhere does so, where it stands at all."""
    everywhere = list(_find_all(text, quoted)) if quoted else []
    return [span for span in everywhere if _is_whole(text, span)] or everywhere


def nearest(text: str, quoted: str, *, within: Span, towards: int) -> Span | None:
    """The occurrence inside ``within``, else the one nearest to it; among equals the one nearest to ``towards``.

    None if ``quoted`` does not stand in the text.
    """
    return min(
        occurrences(text, quoted),
        key=lambda span: (gap(span, within), gap(span, Span(towards, towards)), span.start),
        default=None,
    )


def evidence_place(text: str, evidence: str, value: Decimal | float | None) -> Span | None:
    """The occurrence of ``evidence`` that is nearest to a place where ``value`` is written; the first if none is."""
    written = numerals(text, value)
    return min(
        occurrences(text, evidence),
        key=lambda span: (min((gap(span, number) for number in written), default=0), span.start),
        default=None,
    )


def numerals(text: str, value: Decimal | float | None) -> list[Span]:
    """Where ``value`` is written in figures, with or without thousands separators and trailing zeros."""
    if value is None:
        return []
    number = abs(Decimal(str(value)))
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return []
    whole, _, rest = f"{number.normalize():f}".partition(".")
    groups = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",?", whole)
    pattern = rf"(?<![\d.]){groups}" + (rf"\.{rest}0*" if rest else r"(?:\.0+)?") + r"(?![\d]|[.,]\d)"
    return [Span(*match.span()) for match in re.finditer(pattern, text)]


def _find_all(text: str, quoted: str) -> Iterator[Span]:
    start = text.find(quoted)
    while start >= 0:
        yield Span(start, start + len(quoted))
        start = text.find(quoted, start + 1)


def _is_whole(text: str, span: Span) -> bool:
    return not (_splits_word(text, span.start) or _splits_word(text, span.end))


def _splits_word(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def gap(span: Span, other: Span) -> int:
    """Characters between two spans; how far ``span`` sticks out if it overlaps ``other``; 0 inside it."""
    return max(0, other.start - span.start) + max(0, span.end - other.end)
