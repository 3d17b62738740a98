"""The formats that can be read, each with the sign by which it is known: the content, never the name of the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kg.errors import InputError, UnknownFormat
from kg.model import Paper
from kg.sources.atom import read_atom
from kg.sources.bibtex import read_bibtex
from kg.sources.files import Source
from kg.sources.hf_html import read_hf_html
from kg.sources.hf_text import MARKER, read_hf_text
from kg.sources.json_document import read_json_document
from kg.sources.json_lines import read_json_lines
from kg.sources.table import delimiter_of, read_table


@dataclass(frozen=True, slots=True)
class Format:
    """``fits`` looks at the first 64 KiB as text, without white space before it; ``read`` yields the papers."""

    name: str
    fits: Callable[[str], object]
    read: Callable[[Source], Iterator[Paper]]


_FEED = re.compile(r"<(?:\w+:)?feed\b[^>]*\bxmlns(?::\w+)?\s*=\s*[\"']http://www\.w3\.org/2005/Atom[\"']")
_HTML = re.compile(r"<!doctype html|<html\b|<head\b|<body\b|<main\b|<article\b|data-props=", re.IGNORECASE)
_OBJECT = re.compile(r"\{\s*[\"}]")
_ENTRY = re.compile(r"^[ \t]*@[A-Za-z]+\s*[{(]", re.MULTILINE)


def _json_document(head: str) -> bool:
    """A list, or an object over several lines; one object a line is JSON lines."""
    if re.match(r"\[\s*(?:[{\]]|\Z)", head):
        return True
    first, _, rest = head.partition("\n")
    return bool(re.fullmatch(r'\{\s*(?:".*)?', first)) and not first.rstrip().endswith("}") and _indented(rest)


def _indented(rest: str) -> bool:
    return bool(rest.strip()) and not rest.lstrip().startswith("{")


FORMATS: tuple[Format, ...] = (
    Format("arXiv Atom feed", lambda head: head.startswith("<") and _FEED.search(head), read_atom),
    Format("Hugging Face papers page as HTML", lambda head: head.startswith("<") and _HTML.search(head), read_hf_html),
    Format("JSON: records, or the Daily Papers API", _json_document, read_json_document),
    Format("JSON lines: records, or arXiv's metadata dump", _OBJECT.match, read_json_lines),
    Format("CSV or TSV with the columns title and abstract", delimiter_of, read_table),
    Format("Hugging Face papers page as text", MARKER.search, read_hf_text),
    Format("BibTeX with abstract fields", _ENTRY.search, read_bibtex),
)

_PACKED = {
    b"%PDF": "a PDF: only its title and abstract, as one of the formats, can be read",
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"BZh": "packed with bzip2: unpack it first",
    b"\xfd7zXZ": "packed with xz: unpack it first",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it first",
    b"PAR1": "a Parquet file: export it as JSON lines or CSV",
    b"SQLite format 3": "an SQLite database: export the papers as JSON lines or CSV",
}


def format_of(source: Source) -> Format:
    """The format of ``source``; InputError if it is empty or none of them."""
    head = source.head_text.lstrip()
    if not source.head:
        raise InputError(f"{source.path}: {source.damage or 'is empty; there is nothing to read'}")
    for mark, what in _PACKED.items():
        if source.head.startswith(mark):
            raise UnknownFormat(f"{source.path}: is {what}")
    if not head:
        raise InputError(f"{source.path}: begins with nothing but white space; there is nothing to read")
    if found := next((candidate for candidate in FORMATS if candidate.fits(head)), None):
        return found
    what = "is binary, or UTF-16 without a byte order mark," if "\0" in head else "is of no known format"
    known = "; ".join(candidate.name for candidate in FORMATS)
    raise UnknownFormat(f"{source.path}: {what} and cannot be read. Known by content are: {known} (each also gzip'ed)")
