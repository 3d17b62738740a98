"""Reads a Turtle file into plain Python values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import OntologyError
from kg.schema import DATA_IRI

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"

Values = dict[str, list[str]]
"""The values of one subject by the IRI of the predicate, in the order of the file; [] for what is not stated."""


def subjects(path: Path) -> dict[str, Values]:
    """What the file states of each IRI; blank nodes are left out. Raises OntologyError."""
    found: dict[str, Values] = defaultdict(lambda: defaultdict(list))
    for triple in _triples(path):
        subject, value = triple.subject, triple.object
        if isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
            found[subject.value][triple.predicate.value].append(value.value)
    return found


def line_of(path: Path, iri: str) -> int:
    """The line (from 1) where ``iri`` stands as a subject, in full or by prefix; 1 where it is not found."""
    local = re.escape(re.split(r"[/#]", iri)[-1])
    written = re.compile(rf"^\s*(?:<{re.escape(iri)}>|<[^>]*{local}>|[\w.-]*:{local})(?=\s|$)")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if written.match(line)), 1)


def _triples(path: Path) -> Iterable[Triple]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OntologyError(f"{path}: cannot be read ({error.strerror}): check the path and its permissions") from error
    try:
        yield from cast(Iterable[Triple], parse(data, RdfFormat.TURTLE, base_iri=DATA_IRI))
    except SyntaxError as error:
        raise OntologyError(f"{path}, line {error.lineno}: not Turtle ({error.msg}): correct this line") from error
    except ValueError as error:
        raise OntologyError(f"{path}: not Turtle ({error}): save it as Turtle in UTF-8") from error
