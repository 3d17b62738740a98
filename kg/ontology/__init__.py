"""Reads the Turtle files of ``ontology/``: the terms of the graph, the lexicon of known names, and the shapes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.lexicon import Lexicon, LexiconEntry, merge
from kg.ontology.lexicon_file import LexiconFile, check, check_links
from kg.ontology.turtle import OWL, RDF_TYPE, RDFS, SKOS, subjects
from kg.resources import resource
from kg.schema import TERMS

__all__ = ["Lexicon", "LexiconEntry", "Term", "load_lexicon", "load_terms"]


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property that the ontology defines; ``kind`` is "class" or "property"."""

    name: str
    kind: str
    label: str
    definition: str


def load_terms() -> tuple[Term, ...]:
    """The terms of ``kg.ttl`` in the ontology's own namespace, by name."""
    terms = []
    for iri, values in subjects(resource("ontology/kg.ttl")).items():
        types = values[RDF_TYPE]
        if iri.startswith(TERMS) and any(t.startswith(OWL) for t in types):
            kind = "class" if OWL + "Class" in types else "property"
            label, definition = values[RDFS + "label"], values[SKOS + "definition"]
            terms.append(Term(iri.removeprefix(TERMS), kind, "".join(label[:1]), "".join(definition[:1])))
    return tuple(sorted(terms, key=lambda term: term.name))


def load_lexicon(*extra: Path) -> Lexicon:
    """The shipped lexicon with the user's files laid over it, in their order.

    An entry of a later file with the same IRI extends the earlier one; docs/ontology.md shows how to write one.
    Raises OntologyError where a file cannot be read, is not Turtle, or states an entry that cannot be used.
    """
    entries = tuple(LexiconFile(resource("ontology/lexicon.ttl")).entries())
    for path in extra:
        file = LexiconFile(path)
        added = file.entries()
        check(file, added, entries)
        entries = merge(entries, added)
        check_links(file, added, Lexicon(entries))
    return Lexicon(entries)
