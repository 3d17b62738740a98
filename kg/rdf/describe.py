"""The description of a dump in DCAT and VoID, in a file beside it: how much of what it holds, in which terms."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote as url_quote

from pyoxigraph import NamedNode, RdfFormat, parse

import kg
from kg.rdf.dialect import Names
from kg.rdf.dump import Written, dataset_iri
from kg.rdf.formats import FORMATS
from kg.rdf.output import opened
from kg.rdf.terms import PREFIXES, RDF, check_base, encode, quote
from kg.rdf.turtle import Turtle
from kg.schema import DATA_IRI, ONTOLOGY_IRI, TERMS

_JOIN = ",\n        "
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_W3C_FORMATS = {"nt": "N-Triples", "nq": "N-Quads", "ttl": "Turtle", "jsonld": "JSON-LD"}
_PREFIXES = PREFIXES | {
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
}


@dataclass(slots=True)
class _Counts:
    """What a dump holds; classes and properties by IRI, and the first resource of each class."""

    triples: int = 0
    subjects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


def write_description(written: Written, dump: Path, *, base: str = DATA_IRI) -> Path:
    """Describes the dump ("kg.ttl.gz") in Turtle beside it ("kg.void.ttl"); returns where.

    The counts are of what stands in the file, read once more. It has no time of its own: the same dump is described
    by the same bytes.
    """
    path = dump.with_name(f"{dump.name.removesuffix('.gz').removesuffix(written.format.extension)}.void.ttl")
    counts = _count(dump, written)
    with opened(path) as (file, _):
        for block in _blocks(written, dump, counts, check_base(base)):
            file.write(encode(block))
    return path


def _count(dump: Path, written: Written) -> _Counts:
    """Counts a dump whose triples stand together by subject."""
    counts = _Counts()
    last = ""
    with gzip.open(dump) if dump.suffix == ".gz" else dump.open("rb") as file:
        for quad in parse(cast(IO[bytes], file), RdfFormat.from_extension(written.format.name)):
            subject = str(quad.subject)
            counts.triples += 1
            counts.subjects += subject != last
            last = subject
            predicate = quad.predicate.value
            counts.properties[predicate] += 1
            if predicate == RDF + "type" and isinstance(quad.object, NamedNode):
                counts.classes[quad.object.value] += 1
                counts.examples.setdefault(quad.object.value, subject)
    return counts


def _blocks(written: Written, dump: Path, counts: _Counts, base: str) -> list[str]:
    dataset = dataset_iri(base)
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(_PREFIXES.items()))
    classes = {iri: f"<{dataset}/class/{_slug(iri)}>" for iri in sorted(counts.classes)}
    properties = {iri: f"<{dataset}/property/{_slug(iri)}>" for iri in sorted(counts.properties)}
    examples = sorted({iri for name, iri in counts.examples.items() if name.startswith(TERMS)})
    return [
        head,
        _block(f"<{dataset}>", [
            "a dcat:Dataset, void:Dataset",
            'dcterms:title "A knowledge graph of machine-learning results"@en',
            'dcterms:description "Papers, what they propose, use, compare with and address, and the results that they '
            'report: each a value with the sentence and the characters that state it."@en',
            f"dcat:version {quote(kg.__version__)}",
            f"dcterms:conformsTo <{ONTOLOGY_IRI}>",
            f"dcat:distribution <{dataset}/{written.format.name}>",
            f"void:dataDump <{url_quote(dump.name)}>",
            f"void:feature <http://www.w3.org/ns/formats/{_W3C_FORMATS[written.format.name]}>",
            f"void:uriSpace {quote(base)}",
            f"void:triples {counts.triples}",
            f"void:entities {counts.subjects}",
            f"void:distinctSubjects {counts.subjects}",
            f"void:classes {len(classes)}",
            f"void:properties {len(properties)}",
            _several("void:vocabulary", [f"<{iri}>" for iri in _vocabularies(counts)]),
            _several("void:exampleResource", examples),
            _several("void:classPartition", list(classes.values())),
            _several("void:propertyPartition", list(properties.values())),
        ]),
        _distribution(written, dump, f"{dataset}/{written.format.name}"),
        *(_block(name, ["a void:Dataset", f"void:class {_short(iri)}", f"void:entities {counts.classes[iri]}"])
          for iri, name in classes.items()),
        *(_block(name, ["a void:Dataset", f"void:property {_short(iri)}", f"void:triples {counts.properties[iri]}"])
          for iri, name in properties.items()),
    ]  # fmt: skip


def _distribution(written: Written, dump: Path, iri: str) -> str:
    media_type = FORMATS[written.format.name].media_type
    packed = [f"dcat:compressFormat <{_MEDIA_TYPES}application/gzip>"] if dump.suffix == ".gz" else []
    file = [
        "a dcat:Distribution",
        f"dcterms:title {quote(dump.name)}",
        f"dcat:downloadURL <{url_quote(dump.name)}>",
        f"dcat:mediaType <{_MEDIA_TYPES}{media_type}>",
        *packed,
        f"dcat:byteSize {written.size}",
        f"spdx:checksum <{iri}/checksum>",
    ]
    checksum = [
        "a spdx:Checksum",
        "spdx:algorithm spdx:checksumAlgorithm_sha256",
        f'spdx:checksumValue "{written.sha256}"^^xsd:hexBinary',
    ]
    return _block(f"<{iri}>", file) + _block(f"<{iri}/checksum>", checksum)


def _block(subject: str, statements: list[str]) -> str:
    return "\n" + Turtle(Names("", "")).resource(f"{subject} ", [statement for statement in statements if statement])


def _several(predicate: str, objects: list[str]) -> str:
    return f"{predicate} {_JOIN.join(objects)}" if objects else ""


def _vocabularies(counts: _Counts) -> list[str]:
    """The namespaces of the classes and properties, but for RDF's own."""
    used = {namespace for iri in (*counts.classes, *counts.properties) if (namespace := _namespace(iri)) != RDF}
    return sorted(used)


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _short(iri: str) -> str:
    for prefix, namespace in _PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def _slug(iri: str) -> str:
    """A name for the partition of a term: "kg-Paper"."""
    return _short(iri).strip("<>").replace(":", "-").replace("/", "-").replace("#", "-")
