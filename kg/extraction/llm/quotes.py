"""What of a model's words stands in the text, and where: nothing else is believed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

from kg.extraction.numbers import Quantity, find_quantities
from kg.extraction.places import gap, numerals, occurrences
from kg.extraction.sentences import sentence_starts
from kg.extraction.text import FoldedText
from kg.extraction.units import NUMBER_WORDS
from kg.model import Span

MAX_NAME = 200
_SIGNS = {"%": ("%", "percent"), "points": ("point", "pp"), "x": ("x", "×", "times", "fold")}
_UNITS = {
    "percent": "%", "×": "x", "times": "x", "fold": "x", "point": "points", "pp": "points",
    "percentage points": "points",
}  # fmt: skip


class Quotes:
    """One text as the model saw it (folded); spans are folded ones until :meth:`span` and :meth:`quote`."""

    def __init__(self, folded: FoldedText) -> None:
        self.folded = folded
        self.text = folded.text
        self._known: dict[str, list[Span]] = {}

    def places(self, name: Any) -> list[Span]:
        """Where a name stands as whole words, a plural included; [] if it does not, or is no name."""
        if not isinstance(name, str) or len(name) > MAX_NAME or not any(c.isalnum() for c in name):
            return []
        name = name.strip()
        if name not in self._known:
            self._known[name] = [span for span in occurrences(self.text, name) if self._is_whole(span)]
        return self._known[name]

    def _is_whole(self, span: Span) -> bool:
        text = self.text
        if span.start and _in_word(text[span.start - 1 : span.start + 1]):
            return False
        end = span.end
        if text[end : end + 1] == "s" and text[end - 1].isalpha():
            end += 1
        return not _in_word(text[end - 1 : end + 1])

    def run(self, words: Any) -> Span | None:
        """Where a run of words first stands, whatever its white space; None if it does not."""
        if not isinstance(words, str) or not words.strip():
            return None
        return next(iter(occurrences(self.text, " ".join(words.split()))), None)

    @cached_property
    def _quantities(self) -> list[Quantity]:
        return find_quantities(self.text)

    def quantity(self, value: Decimal, value_max: Decimal | None, unit: str, evidence: Span | None) -> Quantity | None:
        """The place where a number stands with the same figures, in the evidence if it can be; None if nowhere."""
        found: Iterable[Quantity] = [
            q for q in self._quantities if _same(q, value) and (q.value_max is None) == (value_max is None)
            and (value_max is None or q.value_max == abs(value_max))
        ] or self._written(value, value_max)  # fmt: skip
        return min(
            found,
            key=lambda q: (gap(Span(q.start, q.end), evidence) if evidence else 0, q.unit != unit, q.start),
            default=None,
        )

    def _written(self, value: Decimal, value_max: Decimal | None) -> list[Quantity]:
        """Numbers that are there in figures or words though the grammar takes them for something else; no part of a
        name. The two ends of a range may stand in either order, close to each other."""
        ones = self._numerals(value)
        if value_max is None:
            return [Quantity(abs(value), "", span.start, span.end) for span in ones]
        pairs = [(one, other) for one in ones for other in self._numerals(value_max)]
        return [
            Quantity(abs(value), "", min(one.start, other.start), max(one.end, other.end), value_max=abs(value_max))
            for one, other in pairs
            if one != other and max(one.start, other.start) - min(one.end, other.end) <= 20
        ]

    def _numerals(self, value: Decimal) -> list[Span]:
        words = [span for word, number in NUMBER_WORDS.items() if number == value for span in self.places(word)]
        return [span for span in numerals(self.text, value) if not self._is_in_name(span)] + words

    def _is_in_name(self, span: Span) -> bool:
        """The 10 of "CIFAR-10", the 7 of "7B"."""
        before = self.text[max(0, span.start - 2) : span.start].rstrip("-_")
        return before[-1:].isalpha() or self.text[span.end : span.end + 1].isalpha()

    def unit(self, said: Any, quantity: Quantity) -> str:
        """The unit by the grammar if that is %, points or a factor; else the one said if it stands nearby."""
        if quantity.unit in _SIGNS:
            return quantity.unit
        unit = _UNITS.get(said.strip().casefold(), said.strip()) if isinstance(said, str) else ""
        around = self.text[max(0, quantity.start - 20) : quantity.end + 40].casefold()
        return unit if any(sign in around for sign in _SIGNS.get(unit, (unit.casefold(),))) else quantity.unit

    def sentence(self, span: Span) -> Span:
        """The sentence, or sentences, in which a span lies, without white space around."""
        starts = self._starts
        first = starts[bisect_right(starts, span.start) - 1]
        after = bisect_right(starts, max(span.start, span.end - 1))
        last = starts[after] if after < len(starts) else len(self.text)
        return Span(first, max(span.end, first + len(self.text[first:last].rstrip())))

    @cached_property
    def _starts(self) -> list[int]:
        return sentence_starts(self.text)

    def span(self, span: Span) -> Span:
        return Span(*self.folded.to_original(span.start, span.end))

    def quote(self, span: Span) -> str:
        place = self.span(span)
        return self.folded.original[place.start : place.end]


def _same(quantity: Quantity, value: Decimal) -> bool:
    """Whether the figures agree; a minus that the grammar keeps apart ("-5.2%") may or may not have been said."""
    return quantity.value == value or (quantity.sign == "-" and quantity.value == -value)


def _in_word(pair: str) -> bool:
    return len(pair) == 2 and pair.isascii() and pair.isalnum()
