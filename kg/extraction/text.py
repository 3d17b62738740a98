r"""Reading text past its markup, without losing the way back.

Abstracts arrive with LaTeX (``86.6\%``, ``$\pi_0$``, ``\textbf{X}``), HTML, typographic signs and stray control
characters. ``fold`` turns them into plain text on which names and numbers can be found, and keeps an exact, monotone
map of characters, so that whatever is found can be quoted from the original, character for character.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from kg.extraction.characters import fold_character
from kg.extraction.markup import MARKUP, is_math, read_markup


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text, its folded form, and the map between them.

    The map is a row of pieces in order; piece k covers the folded characters from ``folded_starts[k]`` to the next
    piece's start, and the original ones from ``original_starts[k]`` to ``original_ends[k]``. In a verbatim piece
    (equal lengths) character stands for character; any other piece (``\\alpha`` to ``α``) is quoted as a whole.
    Offsets are code points.
    """

    original: str
    text: str
    folded_starts: tuple[int, ...]
    original_starts: tuple[int, ...]
    original_ends: tuple[int, ...]

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that ``text[start:end]`` was read from; markup inside it is included.

        Where that would tear a pair of braces or dollars apart, the markup that directly touches the span is
        included too. Offsets outside the text are clipped; an empty span stays empty.
        """
        start, end = self._clip(start, end, len(self.text))
        if start == end:
            place = self._character(start)[0] if start < len(self.text) else self._last_end()
            return place, place
        first, last = self._character(start)[0], self._character(end - 1)[1]
        before = self._character(start - 1)[1] if start else 0
        after = self._character(end)[0] if end < len(self.text) else len(self.original)
        before, after = min(before, first), max(after, last)
        for left, right in ((first, last), (before, last), (first, after), (before, after)):
            if _is_balanced(self.original[left:right]):
                return left, right
        return first, last

    def to_folded(self, start: int, end: int) -> tuple[int, int]:
        """The smallest span of the folded text that covers what was read from ``original[start:end]``."""
        start, end = self._clip(start, end, len(self.original))
        left = self._first_ending_after(start)
        right = max(left, self._first_starting_at(end)) if end > start else left
        return left, right

    @staticmethod
    def _clip(start: int, end: int, length: int) -> tuple[int, int]:
        start = min(max(start, 0), length)
        return start, min(max(end, start), length)

    def _folded_end(self, piece: int) -> int:
        return self.folded_starts[piece + 1] if piece + 1 < len(self.folded_starts) else len(self.text)

    def _is_verbatim(self, piece: int) -> bool:
        width = self.original_ends[piece] - self.original_starts[piece]
        return width == self._folded_end(piece) - self.folded_starts[piece]

    def _last_end(self) -> int:
        return self.original_ends[-1] if self.original_ends else 0

    def _character(self, index: int) -> tuple[int, int]:
        """The original span behind one folded character."""
        piece = bisect_right(self.folded_starts, index) - 1
        if not self._is_verbatim(piece):
            return self.original_starts[piece], self.original_ends[piece]
        place = self.original_starts[piece] + index - self.folded_starts[piece]
        return place, place + 1

    def _first_ending_after(self, place: int) -> int:
        piece = bisect_right(self.original_ends, place)
        if piece == len(self.original_ends):
            return len(self.text)
        inside = place - self.original_starts[piece] if self._is_verbatim(piece) else 0
        return self.folded_starts[piece] + max(0, inside)

    def _first_starting_at(self, place: int) -> int:
        piece = bisect_left(self.original_starts, place) - 1
        if piece < 0:
            return 0
        end = self._folded_end(piece)
        if not self._is_verbatim(piece):
            return end
        return min(end, self.folded_starts[piece] + place - self.original_starts[piece])


def fold(original: str) -> FoldedText:
    """Fold any string, in linear time; never raises.

    The first line break stays a line break (it ends the title); every other run of white space becomes a space.
    """
    folder = _Folder(original)
    folder.walk(0, len(original), math=False)
    return folder.result()


class _Folder:
    """Builds the folded text from left to right."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.out: list[str] = []
        self.length = 0
        self.pieces: list[tuple[int, int, int]] = []  # folded start, original start, original end
        self.verbatim = False  # whether the last piece stands character for character
        self.has_break = False
        self.last = " "

    def result(self) -> FoldedText:
        columns = tuple(zip(*self.pieces, strict=True)) or ((), (), ())
        return FoldedText(self.original, "".join(self.out), *columns)

    def walk(self, start: int, end: int, *, math: bool) -> None:
        """Fold ``original[start:end]``; in a formula (``math``) an underscore is no letter."""
        while match := MARKUP.search(self.original, start, end):
            self.copy(start, match.start())
            start = match.end()
            if match.lastgroup != "formula":
                self.replace(match, math=math)
            elif is_math(match["formula"]):
                self.walk(*match.span("formula"), math=True)
            else:  # a price; the dollar that seemed to close it may open a formula
                start = match.start() + 1
                self.copy(match.start(), start)
        self.copy(start, end)

    def copy(self, start: int, end: int) -> None:
        """Take characters over as they are."""
        if start < end and self.original[start] == " " and self.last in " \n":
            start += 1
        if start >= end:
            return
        joins = self.verbatim and self.pieces[-1][2] == start
        self._emit(self.original[start:end], start, end, joins=joins)
        self.verbatim = True

    def put(self, text: str, start: int, end: int) -> None:
        """Let ``text`` stand for ``original[start:end]``; white space never follows white space."""
        if text == self.original[start:end]:
            self.copy(start, end)
        elif text and not (text == " " and self.last in " \n"):
            self._emit(text, start, end, joins=False)
            self.verbatim = False

    def _emit(self, text: str, start: int, end: int, *, joins: bool) -> None:
        if joins:
            self.pieces[-1] = (*self.pieces[-1][:2], end)
        else:
            self.pieces.append((self.length, start, end))
        self.out.append(text)
        self.length += len(text)
        self.last = text[-1]

    def replace(self, match: re.Match[str], *, math: bool) -> None:
        """Fold one piece of markup."""
        kind = match.lastgroup or ""
        start, end = match.span()
        if kind == "wide":
            self._wide(start, end)
        elif kind == "lower":
            self.put(f"{fold(match['upper']).text}/{fold(match['lower']).text}", start, end)
        elif kind == "space":
            self._space(start, end)
        elif kind == "low_line" and not math:
            self.copy(start, end)
        else:
            self.put(read_markup(kind, match), start, end)

    def _wide(self, start: int, end: int) -> None:
        for place in range(start, end):
            text = fold_character(self.original[place])
            is_power = (
                text.startswith("^") and place > start and fold_character(self.original[place - 1]).startswith("^")
            )
            self.put(text[1:] if is_power else text, place, place + 1)

    def _space(self, start: int, end: int) -> None:
        if self.has_break or "\n" not in self.original[start:end]:
            self.put(" ", start, end)
        else:
            self.has_break = True
            self.put("\n", start, end)


_PAIRED = re.compile(r"[{}$\\]")


def _is_balanced(quote: str) -> bool:
    """Whether braces and dollars come in pairs."""
    if not _PAIRED.search(quote):
        return True
    depth = lowest = 0
    for sign in re.findall(r"\\.|[{}]", quote):
        depth += (sign == "{") - (sign == "}")
        lowest = min(lowest, depth)
    dollars = quote.count("$") - quote.count("\\$")
    return depth == 0 and lowest == 0 and dollars % 2 == 0
