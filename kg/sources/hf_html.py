"""A Hugging Face papers page saved as HTML.

The page carries its papers twice: as JSON in the ``data-props`` attribute from which the site's script draws it (an
object with ``dailyPapers`` or ``searchResults``, in the shape of the Daily Papers API, abstracts included), and as
cards (``article`` with the title in an ``h3`` that links to /papers/ID). The JSON is read where it is there; else the
cards, which hold an abstract only on search and trending pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree, html

from kg.errors import InputError, UnknownFormat
from kg.model import Paper
from kg.sources.arxiv_id import arxiv_id, arxiv_month
from kg.sources.fault import Broken
from kg.sources.fields import collapsed, count, title_and_abstract
from kg.sources.files import Source
from kg.sources.hf_meta import DATE_LINE, SmallPrint, page_year, small_print
from kg.sources.json_lines import papers_of
from kg.sources.records import unwrapped

_PROMISING = ('"dailyPapers"', '"searchResults"', '"paper"')


def read_hf_html(source: Source) -> Iterator[Paper]:
    root = _parsed(source)
    found = False
    seen: set[str | None] = set()
    for element, props in _props(source, root):
        records = [record for record in unwrapped(props) if isinstance(record, dict) and "paper" in record]
        found = found or bool(records)
        for paper in papers_of(source, element.sourceline or 0, records):
            if paper.given_id is None or paper.given_id not in seen:
                seen.add(paper.given_id)
                yield paper
    if not found:
        yield from _cards(source, root)


def _parsed(source: Source) -> Any:
    data = source.document()
    try:
        data.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        # The page says what it is in; the parser looks.
        encoding = source.encoding or ""
    parser = html.HTMLParser(encoding=encoding or None, huge_tree=True, no_network=True)
    try:
        return html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{source.path}: HTML that cannot be read ({error}); save the page again") from error


def _props(source: Source, root: Any) -> Iterator[tuple[Any, Any]]:
    for element in root.iter():
        text = element.get("data-props") if isinstance(element.tag, str) else None
        if not text or not any(sign in text for sign in _PROMISING):
            continue
        try:
            yield element, json.loads(text)
        except (ValueError, RecursionError) as error:
            source.fault(element.sourceline or 0, f"the page's data are not JSON ({error}); save the page again")


def _cards(source: Source, root: Any) -> Iterator[Paper]:
    cards = [card for card in root.iter("article") if card.find(".//h3") is not None]
    prints = [_small_print(card) for card in cards]
    year = page_year(prints)
    with_abstract = [card for card in cards if _abstract(card)]
    if not with_abstract:
        what = f"lists {len(cards)} papers without their abstracts" if cards else "holds no papers"
        raise (InputError if cards else UnknownFormat)(
            f"{source.path}: this HTML page {what}; save a Hugging Face papers page from its source (it holds the "
            "abstracts as data), or the answer of https://huggingface.co/api/daily_papers"
        )
    for card, below in zip(cards, prints, strict=True):
        line = card.sourceline or 0
        try:
            yield replace(below.on(_paper(card), year), file=str(source.path), line=line)
        except Broken as error:
            source.fault(line, str(error))


def _paper(card: Any) -> Paper:
    heading = card.find(".//h3")
    title, abstract = title_and_abstract(heading.text_content(), _abstract(card), exact=False)
    addresses = (link.get("href", "") for link in (*heading.iter("a"), *card.iter("a")))
    given = next((address.rpartition("/")[2] for address in addresses if "/papers/" in address), None)
    identifier = arxiv_id(given or "")
    published = arxiv_month(identifier) if identifier else None
    return Paper(title, abstract, arxiv_id=identifier, given_id=given, published=published, upvotes=_upvotes(card))


def _abstract(card: Any) -> str | None:
    """The card's longest paragraph; a short one is a label ("Submitted by …")."""
    paragraphs = [collapsed(paragraph.text_content()) for paragraph in card.iter("p")]
    longest = max(paragraphs, key=len, default="")
    return longest if len(longest) >= 40 else None


def _upvotes(card: Any) -> int | None:
    found = card.xpath(".//label//div[contains(concat(' ', @class, ' '), ' leading-none ')]")
    return count(collapsed(found[0].text_content())) if found else None


def _small_print(card: Any) -> SmallPrint:
    """What the card says outside of title and paragraphs; a number by itself after the date counts comments."""
    pieces = card.xpath(".//text()[not(ancestor::h3 or ancestor::p or ancestor::label)]")
    lines: list[str] = []
    for piece in filter(None, map(collapsed, pieces)):
        if piece.isdecimal() and lines and DATE_LINE.fullmatch(lines[-1]):
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    told = SmallPrint()
    for at in range(len(lines)):
        if found := small_print(lines, at, with_handle=False):
            told |= found[0]
    return told
