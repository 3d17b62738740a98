"""arXiv's Atom feeds, as its API answers: https://info.arxiv.org/help/api/user-manual.html#_details_of_atom_results

The feed is cut at its entries and each is parsed by itself, so that memory stays small and a broken entry costs only
itself. Entities are never expanded, nothing is fetched, and a feed with a document type is refused, since no feed needs
one and every attack by entities does.
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
from kg.sources.files import MAX_LINE, Source

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_FEED = re.compile(rb"<(?:[\w.-]+:)?feed\b[^>]*>")
_ENTRY = re.compile(rb"<(?:[\w.-]+:)?entry[\s>]")
_ENTRY_END = re.compile(rb"</(?:[\w.-]+:)?entry\s*>")
_FEED_END = re.compile(rb"</(?:[\w.-]+:)?feed\s*>")
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")


def read_atom(source: Source) -> Iterator[Paper]:
    pieces = _pieces(source)
    line, prologue = next(pieces)
    feed = _FEED.search(prologue)
    if not feed or b"<!DOCTYPE" in prologue:
        raise InputError(f"{source.path}: a feed with a document type (<!DOCTYPE …>) is not read; remove it")
    declared = _DECLARED.match(prologue)
    encoding = source.encoding or (declared[1].decode() if declared else "utf-8")
    opening = b" ".join(feed[0].split())
    last = prologue[feed.end() :]
    for line, last in pieces:
        try:
            yield replace(_paper(_parsed(opening, last, line, encoding)), file=str(source.path), line=line)
        except _NotXml as error:
            source.fault(error.line, str(error))
        except Broken as error:
            source.fault(line, str(error))
    # Without its end tag the last entry has been told of already.
    if not _FEED_END.search(last) and (_ENTRY_END.search(last) or not _ENTRY.match(last)):
        source.fault(line + last.count(b"\n"), "the feed breaks off; what came before was kept: get it again")


def _pieces(source: Source) -> Iterator[tuple[int, bytes]]:
    """What comes before the first entry, then each entry with what follows it; and the line where the piece begins."""
    line = 1
    left = b""
    for chunk in source.chunks():
        left += chunk
        while (found := _ENTRY.search(left, 1)) or len(left) > MAX_LINE:
            piece = left[: found.start() if found else MAX_LINE]
            yield line, piece
            line += piece.count(b"\n")
            left = left[len(piece) :]
    yield line, left


class _NotXml(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _parsed(opening: bytes, piece: bytes, line: int, encoding: str) -> Any:
    """The entry in ``piece``, read as the only one of a feed that opens with ``opening``."""
    end = _ENTRY_END.search(piece)
    if not end:
        raise _NotXml(line, "the entry has no end; get the feed again")
    name = opening[1:].split(b" ")[0].rstrip(b">")
    whole = opening + piece[: end.end()] + b"</" + name + b">"
    try:
        parser = etree.XMLParser(encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False)
        return etree.fromstring(whole, parser)[0]
    except (etree.XMLSyntaxError, LookupError) as error:
        told = re.sub(r", line \d+.*", "", str(error))
        at = getattr(error, "lineno", None) or 1
        raise _NotXml(line + at - 1, f"the entry is not XML ({told}); mend it or get the feed again") from error


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
