"""The fields of a paper from whatever a source wrote: text, dates, names, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from kg.model import Author
from kg.sources.fault import Broken

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
# Characters that no text holds on purpose become one space each, lone surrogates U+FFFD: offsets stay what they were.
_HIDDEN = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_LETTER = re.compile(r"[^\W\d_]")
_NO_ABSTRACT = {"n/a", "na", "nan", "none", "null", "nil", "no abstract", "no abstract available", "tbd", "todo"}
_ISO = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?(?:[T ]\s*\d.*)?", re.ASCII | re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_DAY_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})\b.*", re.ASCII | re.DOTALL
)
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b.*", re.ASCII | re.DOTALL)


def visible(text: str) -> str:
    """``text`` with control characters as spaces and lone surrogates as U+FFFD: as many characters as before."""
    return _SURROGATE.sub("\ufffd", text.translate(_HIDDEN))


def collapsed(text: str) -> str:
    """:func:`visible`, with every run of white space as one space and none at the ends."""
    return " ".join(visible(text).split())


def title_and_abstract(title: Any, abstract: Any, *, exact: bool) -> tuple[str, str]:
    """Both texts, fit for a paper; ``exact`` keeps them character for character. Raises Broken if one is not there."""
    for name, value in (("title", title), ("abstract", abstract)):
        if value is None:
            under = f" under the title {collapsed(title)[:60]!r}" if name == "abstract" else ""
            raise Broken(f"no {name}{under}: give the record one, or leave it out")
        if not isinstance(value, str):
            raise Broken(f"the {name} is not text but {type(value).__name__}: write it as a string")
    fit = visible if exact else collapsed
    title, abstract = fit(title), fit(abstract)
    if not title.strip():
        raise Broken("the title is empty: give the record one")
    if not _LETTER.search(abstract) or abstract.strip(" .-").casefold() in _NO_ABSTRACT:
        raise Broken(f"the abstract of {collapsed(title)[:60]!r} has no words: fill it in or leave the record out")
    return title, abstract


def iso_date(value: Any) -> str | None:
    """An ISO 8601 date of day, month or year precision, or None if ``value`` tells none.

    Read are ISO 8601 (a time of day is dropped), 2025/3/12, 20250312, "12 March 2025", "Mar 12, 2025", "March 2025",
    the dates of e-mail headers, and a year as a number. 03/12/2025 is not: nobody can say which is the month.
    """
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if found := _ISO.fullmatch(text):
        return day_of(int(found[1]), _number(found[3]), _number(found[4]))
    if found := _COMPACT.fullmatch(text):
        return day_of(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        day, name, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        name, day, year = found.groups()
    else:
        return None
    month = month_number(name)
    return day_of(int(year), month, _number(day)) if month else None


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def month_number(name: str) -> int | None:
    """1 to 12 for "3", "03", "Mar", "march", else None."""
    name = name.strip().rstrip(".").casefold()
    if name.isascii() and name.isdigit():
        return int(name) if len(name) <= 2 and 1 <= int(name) <= 12 else None
    return MONTHS.get(name[:3]) if name.isalpha() else None


def day_of(year: int, month: int | None = None, day: int | None = None) -> str | None:
    """The ISO date, or None if there is no such day or the year is not between 1900 and 2100."""
    try:
        whole = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if month == 0 or day == 0 or not 1900 <= year <= 2100:
        return None
    return whole.isoformat()[: 4 if month is None else 7 if day is None else 10]


def people(value: Any) -> tuple[Author, ...]:
    """Authors from a list of names or of objects with a name, or from one string.

    A string is split at " and " or semicolons, else at commas; "Family, Given" is turned around.
    """
    if isinstance(value, str):
        return tuple(Author(name) for name in _split_names(collapsed(value)) if name)
    if not isinstance(value, list):
        return ()
    names = (item.get("name") if isinstance(item, dict) else item for item in value)
    return tuple(Author(collapsed(name)) for name in names if isinstance(name, str) and name.strip())


def _split_names(text: str) -> Iterable[str]:
    pieces = re.split(r"\s+and\s+|\s*;\s*", text)
    all_turned = len(pieces) > 1 and all(piece.count(",") == 1 for piece in pieces)
    for piece in pieces:
        halves = [half.strip() for half in piece.split(",")]
        # "Kim, Moo Jin" is one name, "Jane Roe, John Doe" are two.
        if all_turned or (len(halves) == 2 and (" " not in halves[0] or " " not in halves[1]) and all(halves)):
            yield given_first(piece)
        else:
            yield from halves


def given_first(name: str) -> str:
    """ "Hinton, Geoffrey" as "Geoffrey Hinton"; other names as they are."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma and "," not in given else name.strip()


def words(value: Any) -> tuple[str, ...]:
    """A list of strings, or a string split at white space, commas and semicolons; each once, in order."""
    parts = re.split(r"[\s,;]+", value) if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(dict.fromkeys(collapsed(part) for part in parts if isinstance(part, str) and part.strip()))


def count(value: Any) -> int | None:
    """A number that counts something, also as digits in a string; else None."""
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}\s*", value, re.ASCII):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def word(value: Any) -> str | None:
    """A non-empty string on one line, else None."""
    return (collapsed(value) or None) if isinstance(value, str) else None
