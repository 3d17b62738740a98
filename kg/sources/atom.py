"""arXiv's Atom feeds, as its API answers: https://info.arxiv.org/help/api/user-manual.html#_details_of_atom_results

Read piece by piece. Entities are never expanded, nothing is fetched, and a feed with a document type is refused, since
no feed needs one and every attack by entities does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from kg.errors import InputError
from kg.model import Author, Paper
from kg.sources.arxiv_id import arxiv_id, arxiv_month
from kg.sources.fault import Broken
from kg.sources.fields import collapsed, iso_date, title_and_abstract, word
from kg.sources.files import Source

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_ENTRY_END = re.compile(rb"</(?:[\w.-]+:)?entry\s*>")
_MAX_PIECE = 1024 * 1024


def read_atom(source: Source) -> Iterator[Paper]:
    # The parser recovers from errors, so that one broken entry does not cost the rest; the entry itself is dropped.
    parser = etree.XMLPullParser(
        ("start", "end"),
        encoding=source.encoding,
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    errors = _Errors(parser)
    for piece in _pieces(source):
        parser.feed(piece)
        yield from _entries(source, parser, errors)
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        source.fault(error.lineno or 0, f"not XML: {error.msg}; get the feed again")
    yield from _entries(source, parser, errors)
    if late := errors.new():
        source.fault(late.line, f"not XML: {late.message}; what came before was kept: get the feed again")


class _Errors:
    """The parser's errors, each told once."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser
        self._told = 0

    def new(self) -> Any:
        """The first error since the last call, or None."""
        log = self._parser.feed_error_log
        fresh = log[self._told] if len(log) > self._told else None
        self._told = len(log)
        return fresh


def _pieces(source: Source) -> Iterator[bytes]:
    """The file cut after each entry, so that an error belongs to the entry whose piece showed it."""
    left = b""
    for chunk in source.chunks():
        left += chunk
        start = 0
        for found in _ENTRY_END.finditer(left):
            yield left[start : found.end()]
            start = found.end()
        left = left[start:]
        if len(left) > _MAX_PIECE:
            yield left
            left = b""
    if left:
        yield left


def _entries(source: Source, parser: Any, errors: _Errors) -> Iterator[Paper]:
    for event, element in parser.read_events():
        if event == "start":
            if element.getparent() is None and element.getroottree().docinfo.doctype:
                raise InputError(f"{source.path}: a feed with a document type (<!DOCTYPE …>) is not read; remove it")
            continue
        if element.tag != f"{_ATOM}entry":
            continue
        line = element.sourceline or 0
        if error := errors.new():
            source.fault(error.line, f"the entry is not XML: {error.message}; mend it or get the feed again")
        else:
            try:
                yield replace(_paper(element), file=str(source.path), line=line)
            except Broken as broken:
                source.fault(line, str(broken))
        if (parent := element.getparent()) is not None:
            parent.remove(element)


def _paper(entry: Any) -> Paper:
    address = _text(entry, f"{_ATOM}id") or ""
    if "/api/errors" in address:
        raise Broken(f"arXiv answered with an error: {_text(entry, f'{_ATOM}summary')}; ask again")
    title, abstract = title_and_abstract(_text(entry, f"{_ATOM}title"), _text(entry, f"{_ATOM}summary"), exact=False)
    identifier = arxiv_id(address)
    authors = tuple(Author(name) for item in entry.iter(f"{_ATOM}author") if (name := _text(item, f"{_ATOM}name")))
    links = (link.get("href") for link in entry.iter(f"{_ATOM}link") if link.get("rel", "alternate") == "alternate")
    terms = (collapsed(term) for item in entry.iter(f"{_ATOM}category") if (term := item.get("term")))
    return Paper(
        title,
        abstract,
        arxiv_id=identifier,
        published=iso_date(_text(entry, f"{_ATOM}published")) or (arxiv_month(identifier) if identifier else None),
        authors=authors,
        author_count=len(authors) or None,
        categories=tuple(dict.fromkeys(terms)),
        url=word(next(links, None)),
        doi=_text(entry, f"{_ARXIV}doi"),
        given_id=address or None,
    )


def _text(element: Any, tag: str) -> str | None:
    found = element.find(tag)
    return None if found is None else collapsed("".join(found.itertext())) or None
