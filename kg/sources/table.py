"""CSV and TSV with a header; a quote that is never closed costs one record, not the rest of the file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from kg.model import Paper
from kg.sources.fault import Broken
from kg.sources.files import Line, Source
from kg.sources.json_lines import papers_of

_DELIMITERS = (",", "\t", ";", "|")
# No abstract is longer; what is comes from a quote that was never closed.
_MAX_LINES = 400


def delimiter_of(head: str) -> str | None:
    """The delimiter with which the first line of ``head`` names the columns title and abstract (or summary)."""
    first = head.partition("\n")[0].strip("\ufeff\r")
    for delimiter in _DELIMITERS:
        names = {name.strip().strip('"').strip().casefold() for name in first.split(delimiter)}
        if "title" in names and not names.isdisjoint({"abstract", "summary"}):
            return delimiter
    return None


def read_table(source: Source) -> Iterator[Paper]:
    lines = (line for line in source.lines())
    header = next(line for line in lines if line.text.strip())
    delimiter = delimiter_of(header.text.lstrip()) or ","
    names = next(csv.reader([header.text.strip("\r\n")], delimiter=delimiter, skipinitialspace=True))
    for number, cells in _rows(source, lines, delimiter):
        if len(cells) > len(names):
            told = f"{len(cells)} cells under {len(names)} columns; put cells that hold {delimiter!r} in quotes"
            source.fault(number, told)
        elif any(cell.strip() for cell in cells):
            yield from papers_of(source, number, {name: cell for name, cell in zip(names, cells, strict=False) if cell})


class _Lines:
    """Lines for a csv.reader, remembered so that they can be put back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._back: deque[Line] = deque()
        self.taken: list[Line] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MAX_LINES:
            raise Broken("a quote that opens here is not closed; close it")
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        return line.text

    def keep_first(self) -> None:
        """Puts back all but the first of the taken lines."""
        self._back.extendleft(reversed(self.taken[1:]))


def _rows(source: Source, lines: Iterator[Line], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    feed = _Lines(lines)
    while True:
        feed.taken = []
        try:
            # A csv.reader takes no more lines than its row needs, so a new one can begin after any row.
            row = next(csv.reader(feed, delimiter=delimiter, strict=True), None)
        except (csv.Error, Broken) as error:
            row = _unquoted(feed.taken[0].text, delimiter)
            problem = next((line.problem for line in feed.taken[:1] if line.problem), None)
            feed.keep_first()
            if row is None or problem:
                message = f"{error}: mend the quotes of this record" if isinstance(error, csv.Error) else str(error)
                source.fault(feed.taken[0].number, problem or message)
                continue
        if row is None:
            return
        broken = next((line for line in feed.taken if line.problem), None)
        if broken:
            source.fault(broken.number, broken.problem or "")
        else:
            yield feed.taken[0].number, row


def _unquoted(line: str, delimiter: str) -> list[str] | None:
    """The cells of a tab-separated line that uses quotation marks as text; None for other tables."""
    if delimiter != "\t":
        return None
    return line.rstrip("\r\n").split("\t")
