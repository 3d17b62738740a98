"""A Hugging Face papers page saved as text: paragraphs apart or dense, with or without small print (hf_meta)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from kg.model import Paper
from kg.sources.fault import Broken
from kg.sources.fields import collapsed, title_and_abstract
from kg.sources.files import Line, Source
from kg.sources.hf_layout import ABSTRACT, label
from kg.sources.hf_meta import SmallPrint, page_year, small_print

_FRAME = {
    *("new", "daily papers", "trending papers", "papers", "subscribe", "previous", "next", "daily", "weekly"),
    *("models", "datasets", "spaces", "community", "docs", "pricing", "log in", "sign up", "enterprise", "monthly"),
    *("hugging face", "hugging face's logo", "company", "tos", "privacy", "about", "careers", "website", "tos privacy"),
    *("byak and the research community", "by ak and the research community", "system theme", "back to articles"),
    *("get trending papers in your email inbox!", "get trending papers in your email inbox once a day!"),
}
# Buttons and headings that the saving glued to the first title. "Subscribers of …" is a title.
_GLUED = re.compile(
    r"(?:Subscribe(?!rs?\b|d\b|s\b)|Daily Papers(?=by ?AK)|by ?AK and the research community"
    r"|Get trending papers in your email inbox(?: once a day)?!)\s*"
)
MARKER = re.compile(
    r"get trending papers in your email inbox|AK and the research community|^[ \t]*•[ \t]*\d+ authors?[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(slots=True)
class Block:
    """A paragraph of the page and the small print that follows it."""

    line: int
    text: str
    below: SmallPrint | None = None


@dataclass(slots=True)
class _Card:
    title: Block
    abstract: str | None = None
    below: SmallPrint = field(default_factory=SmallPrint)


def read_hf_text(source: Source) -> Iterator[Paper]:
    blocks, stated = page(_lines(source))
    cards = list(_cards(source, blocks))
    year = page_year((card.below for card in cards), stated)
    for card in cards:
        try:
            title, abstract = title_and_abstract(card.title.text, card.abstract, exact=False)
        except Broken as error:
            source.fault(card.title.line, str(error))
        else:
            paper = Paper(title, abstract, file=str(source.path), line=card.title.line)
            yield card.below.on(paper, year)


def _lines(source: Source) -> Iterator[Line]:
    for line in source.lines():
        if line.problem:
            source.fault(line.number, line.problem)
        else:
            yield line


def page(lines: Iterator[Line]) -> tuple[list[Block], int | None]:
    """The page's paragraphs without its frame, and the year that the page's own date states, if any."""
    numbered = list(_unwrapped(lines))
    texts = [text for _, text in numbered]
    blocks: list[Block] = []
    stated = None
    for at, (number, text) in enumerate(numbered):
        if text.casefold() in _FRAME:
            continue
        if found := small_print(texts, at):
            if blocks:
                blocks[-1].below = (blocks[-1].below or SmallPrint()) | found[0]
            else:
                stated = found[0].year or stated
            continue
        while not blocks and (glued := _GLUED.match(text)):
            text = text[glued.end() :]
        if text and text.casefold() not in _FRAME:
            blocks.append(Block(number, text))
    return blocks, stated


def _unwrapped(lines: Iterator[Line]) -> Iterator[tuple[int, str]]:
    """Lines that hold something, stripped; three or more short ones without a gap are one wrapped paragraph."""
    paragraphs = groupby(((line.number, collapsed(line.text)) for line in lines), key=lambda line: bool(line[1]))
    for filled, run in paragraphs:
        if not filled:
            continue
        group = list(run)
        texts = [text for _, text in group]
        frame = any(text.casefold() in _FRAME or small_print(texts, at) for at, text in enumerate(texts))
        if len(group) >= 3 and not frame and all(40 < len(text) < 130 for text in texts[:-1]) and len(texts[-1]) < 130:
            yield group[0][0], " ".join(texts)
        else:
            yield from group


def _cards(source: Source, blocks: list[Block]) -> Iterator[_Card]:
    card: _Card | None = None
    labels = label([block.text for block in blocks], [block.below is not None for block in blocks])
    for block, role in zip(blocks, labels, strict=True):
        if role != ABSTRACT:
            if card:
                yield card
            card = _Card(block)
        elif card and card.abstract is None:
            card.abstract = block.text
        elif card and card.abstract and _continues(card.abstract, block.text):
            card.abstract += f" {block.text}"
        else:
            source.fault(block.line, f"an abstract without a title above it: {block.text[:60]!r}; add its title")
            continue
        if block.below:
            card.below |= block.below
    if card:
        yield card


def _continues(before: str, after: str) -> bool:
    return after[0].islower() or before[-1] in ",;:-–"
