"""The small print under a paper on a Hugging Face papers page: authors, organisation, date, comments.

::

      • 4 authors            or, where an organisation claimed the paper:   allenai Ai2
    ·                                                                       ·
    Nov 2, 2021 3                                                           Aug 11 2

The number after the date counts comments. An organisation stands as its handle (the picture's caption) and its name.
**Dates without a year** belong to the page's year, since the site leaves out the year in which the page was shown:
that is the year that the page's own date states, else the year after the latest one printed on the page (every year
before the page's own is printed). A page that prints no year at all tells none, and such dates are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kg.model import Paper
from kg.sources.fields import MONTHS, day_of

_DATE = (
    r"(?P<month>Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? (?P<day>\d{1,2})"
    r"(?:, (?P<year>\d{4}))?(?:\s+(?P<comments>\d{1,6}))?"
)
DATE_LINE = re.compile(_DATE)
AUTHORS_LINE = re.compile(r"(?:[•·∙*-]\s*)?(\d{1,5}) authors?")
_DOT_LINE = re.compile(r"[·•∙]")
_ONE_LINE = re.compile(rf"(?P<before>\S.{{0,120}}?)\s*·\s*(?P<date>{_DATE})")


@dataclass(frozen=True, slots=True)
class SmallPrint:
    """What one line, or one run of lines, of small print says; a date is kept apart until the page's year is known."""

    authors: int | None = None
    organization: str | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    comments: int | None = None

    def __or__(self, other: SmallPrint) -> SmallPrint:
        told = {name: value for name in self.__slots__ if (value := getattr(other, name)) is not None}
        return replace(self, **told)

    def published(self, page_year: int | None) -> str | None:
        year = self.year or page_year
        return day_of(year, self.month, self.day) if year and self.month else None

    def on(self, paper: Paper, page_year: int | None) -> Paper:
        return replace(
            paper,
            author_count=self.authors or paper.author_count,
            organization=self.organization or paper.organization,
            published=self.published(page_year) or paper.published,
            comments=paper.comments if self.comments is None else self.comments,
        )


def small_print(lines: list[str], at: int, *, with_handle: bool = True) -> tuple[SmallPrint, int] | None:
    """What stands from ``lines[at]`` on, if it is small print, and how many lines it takes.

    ``lines`` are stripped and not empty. A name is an organisation only if a dot and a date follow it; ``with_handle``
    says that its handle stands before it, as in text.
    """
    line = lines[at]
    if found := AUTHORS_LINE.fullmatch(line):
        return SmallPrint(authors=int(found[1])), 1
    if found := DATE_LINE.fullmatch(line):
        return _dated(found), 1
    if _DOT_LINE.fullmatch(line):
        return SmallPrint(), 1
    if found := _ONE_LINE.fullmatch(line):
        before = AUTHORS_LINE.fullmatch(found["before"])
        first = SmallPrint(authors=int(before[1])) if before else _claimed(found["before"], with_handle)
        return first | _dated(found), 1
    followed = len(lines) > at + 2 and _DOT_LINE.fullmatch(lines[at + 1]) and DATE_LINE.fullmatch(lines[at + 2])
    return (_claimed(line, with_handle), 1) if followed and len(line) <= 120 else None


def page_year(prints: Iterable[SmallPrint], stated: int | None = None) -> int | None:
    """The year of dates that print none (the module says how it is found)."""
    years = [found.year for found in prints if found.year]
    return stated or (max(years) + 1 if years else None)


def _dated(found: re.Match[str]) -> SmallPrint:
    return SmallPrint(
        year=int(found["year"]) if found["year"] else None,
        month=MONTHS[found["month"][:3].casefold()],
        day=int(found["day"]),
        comments=int(found["comments"]) if found["comments"] else None,
    )


def _claimed(text: str, with_handle: bool) -> SmallPrint:
    handle, _, name = text.partition(" ")
    return SmallPrint(organization=name.strip() or handle if with_handle else text)
