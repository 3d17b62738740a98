"""The serialisations by name, and the one that a file name means."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.errors import UsageError
from kg.rdf.dialect import Dialect
from kg.rdf.jsonld import JsonLd
from kg.rdf.ntriples import NQuads, NTriples
from kg.rdf.turtle import Turtle


@dataclass(frozen=True, slots=True)
class Format:
    """One serialisation and what writes it."""

    name: str
    title: str
    media_type: str
    dialect: type[Dialect]

    @property
    def extension(self) -> str:
        return f".{self.name}"


FORMATS: dict[str, Format] = {
    known.name: known
    for known in (
        Format("nt", "N-Triples", "application/n-triples", NTriples),
        Format("nq", "N-Quads", "application/n-quads", NQuads),
        Format("ttl", "Turtle", "text/turtle", Turtle),
        Format("jsonld", "JSON-LD", "application/ld+json", JsonLd),
    )
}


def format_of(path: Path) -> Format:
    """The format that the file's name means, ".gz" left aside. Raises UsageError for any other name."""
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    known = FORMATS.get(suffix[1:])
    if known is None:
        endings = ", ".join(known.extension for known in FORMATS.values())
        raise UsageError(f"{path}: the name does not say which RDF format it is: end it in {endings} (and .gz)")
    return known
