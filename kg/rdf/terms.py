"""Namespaces, and the lexical forms of IRIs and literals that every serialisation shares."""

from __future__ import annotations

import codecs
import json.encoder
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from kg.errors import InputError, UsageError
from kg.schema import TERMS

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: dict[str, str] = {
    "kg": TERMS,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "dcterms": "http://purl.org/dc/terms/",
    "fabio": "http://purl.org/spar/fabio/",
    "mls": "http://www.w3.org/ns/mls#",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt": "http://qudt.org/schema/qudt/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "unit": "http://qudt.org/vocab/unit/",
}

UNITS = {
    "%": "PERCENT",
    "s": "SEC",
    "sec": "SEC",
    "seconds": "SEC",
    "ms": "MilliSEC",
    "min": "MIN",
    "minutes": "MIN",
    "h": "HR",
    "hours": "HR",
    "days": "DAY",
    "dB": "DeciB",
    "Hz": "HZ",
    "GB": "GigaBYTE",
    "MB": "MegaBYTE",
    "m": "M",
    "cm": "CentiM",
    "mm": "MilliM",
    "deg": "DEG",
    "degrees": "DEG",
}
"""QUDT's name for a unit as papers write it; a unit that is not here is written as kg:unit alone."""

# An id is "kind/key": what RFC 3987 allows in a path, without empty and dot segments.
_SEGMENT = r"(?!\.{1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,;=:@\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF-]|%[0-9A-Fa-f]{2})+"
_ID = re.compile(rf"[a-z][a-z-]*(?:/{_SEGMENT})+")
_PLAIN_ID = re.compile(r"[a-z]+/[0-9A-Za-z_][0-9A-Za-z_.~-]*")  # what nearly every id is, and quicker to see
_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\x00-\x20<>\"{}|^`\\#?%\x7f-\x9f\ud800-\udfff]+/")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)

quote = json.encoder.encode_basestring
"""The text in quotation marks, escaped as N-Triples, Turtle and JSON all read it."""

codecs.register_error("kg-replace", lambda e: ("\ufffd" * (e.end - e.start), e.end))  # type: ignore[attr-defined]


def encode(text: str) -> bytes:
    """UTF-8; a lone surrogate, which RDF cannot hold, becomes U+FFFD."""
    return text.encode("utf-8", "kg-replace")


def check_base(base: str) -> str:
    """The base IRI if ids can be put behind it. Raises UsageError."""
    if not _BASE.fullmatch(base):
        raise UsageError(f'"{base}" cannot be the base of IRIs: give an absolute IRI ending in "/", without # and ?')
    return base


def check_id(node_id: str) -> str:
    """The id if base + id is an IRI. Raises InputError."""
    if not _PLAIN_ID.fullmatch(node_id) and not _ID.fullmatch(node_id):
        raise InputError(
            f'"{node_id}" cannot be part of an IRI: an id is kind/key, of letters, figures and . - _ ~, other '
            "characters percent-encoded"
        )
    return node_id


@lru_cache(maxsize=4096)
def decimal(value: Decimal | float | str) -> str:
    """The canonical xsd:decimal with a point and at least one digit on each side: 86.6, 87.0, -0.5.

    Raises InputError where the value is not a finite number.
    """
    text = value if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)
    if not _NUMBER.fullmatch(text):
        number = Decimal(text)
        if not number.is_finite():
            raise InputError(f"{value} is not a decimal: only finite numbers can be written")
        text = format(number, "f")
    whole, _, fraction = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    text = f"{whole.lstrip('+-').lstrip('0') or '0'}.{fraction.rstrip('0') or '0'}"
    return text if text == "0.0" else sign + text


def date_type(text: str) -> str | None:
    """The XML Schema type of an ISO 8601 date of day, month or year precision; None for any other text."""
    if not _DATE.fullmatch(text):
        return None
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 10 :] if len(text) < 10 else text)
    except ValueError:
        return None
    return {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)]


def run_id(extractor: str) -> str:
    """The id of the ExtractionRun of an extractor's name and version."""
    slug = re.sub(r"[^a-z0-9.]+", "-", extractor.casefold()).strip("-.")
    return f"run/{slug or 'unnamed'}"
