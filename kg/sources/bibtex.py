"""BibTeX with abstract fields. pybtex reads each entry by itself, so that a broken one costs only itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pybtex.database.input.bibtex import LowLevelParser, month_names
from pybtex.exceptions import PybtexError
from pybtex.utils import CaseInsensitiveDict

from kg.model import Author, Paper
from kg.sources.arxiv_id import arxiv_id, arxiv_month
from kg.sources.fault import Broken, Note
from kg.sources.fields import collapsed, day_of, given_first, iso_date, month_number, title_and_abstract, word
from kg.sources.files import Line, Source
from kg.sources.tex import untexed

_START = re.compile(r"[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(]")
_ARXIV = re.compile(r"arxiv:\s*([\w./-]+)", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
# Longer than any entry: its braces were never closed and no other entry began.
_MAX_LINES = 20_000


def read_bibtex(source: Source) -> Iterator[Paper]:
    macros = CaseInsensitiveDict(month_names)
    for lines in _entries(source.lines()):
        first = lines[0].number
        broken = next((line for line in lines if line.problem), None)
        if broken:
            source.fault(broken.number, broken.problem or "")
            continue
        try:
            for key, fields in _parsed("".join(line.text for line in lines), macros):
                paper = _paper(key, fields, lambda message, at=first: source.fault(at, message, kept=True))  # type: ignore[misc]
                yield replace(paper, file=str(source.path), line=first)
        except Broken as error:
            source.fault(first, str(error))


def _entries(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Runs of lines that begin with an entry, each up to the next one."""
    entry: list[Line] = []
    for line in lines:
        if _START.match(line.text) or len(entry) >= _MAX_LINES:
            if entry:
                yield entry
            entry = [line] if _START.match(line.text) else []
        elif entry:
            entry.append(line)
    if entry:
        yield entry


def _parsed(text: str, macros: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Key and fields of the entries in ``text``; its @string definitions go to ``macros``."""
    try:
        for command, body in LowLevelParser(text, macros=macros):
            if command.casefold() not in ("string", "preamble"):
                yield body[0], {name.casefold(): collapsed("".join(value)) for name, value in body[1]}
    except PybtexError as error:
        told = re.sub(r" in line \d+", "", str(error))
        raise Broken(f"not BibTeX ({told}); mend the entry that begins here") from error


def _paper(key: str, fields: dict[str, str], note: Note) -> Paper:
    title, abstract = title_and_abstract(fields.get("title"), fields.get("abstract"), exact=False)
    identifier = _identifier(fields)
    authors = tuple(Author(untexed(given_first(name))) for name in _AND.split(fields.get("author", "")) if name.strip())
    named = tuple(author for author in authors if author.name.casefold() != "others")
    written = fields.get("date") or fields.get("year")
    published = _published(fields)
    if written and not published:
        note(f"{written!r} is not a date that can be read (write 2025-03-12, 2025-03 or 2025); left out")
    return Paper(
        untexed(title),
        untexed(abstract),
        arxiv_id=identifier,
        published=published or (arxiv_month(identifier) if identifier else None),
        authors=named,
        author_count=len(named) if named and named == authors else None,
        url=word(fields.get("url")),
        doi=word(fields.get("doi")),
        given_id=key,
    )


def _identifier(fields: dict[str, str]) -> str | None:
    written = [fields.get(name, "") for name in ("eprint", "arxiv", "arxivid", "url", "doi")]
    for name in ("journal", "note", "howpublished"):
        written += [found.rstrip(".") for found in _ARXIV.findall(fields.get(name, ""))]
    return next(filter(None, map(arxiv_id, written)), None)


def _published(fields: dict[str, str]) -> str | None:
    """biblatex's ``date``, else year with month and day as far as they can be read."""
    if "date" in fields:
        return iso_date(fields["date"].partition("/")[0])
    year = re.fullmatch(r"\d{4}", fields.get("year", ""), re.ASCII)
    if not year:
        return iso_date(fields.get("year"))
    month = month_number(fields.get("month", ""))
    day = re.fullmatch(r"\d{1,2}", fields.get("day", ""), re.ASCII)
    return day_of(int(year[0]), month, int(day[0]) if day and month else None)
