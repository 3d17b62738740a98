"""Reads the Turtle files of ``ontology/``: the terms of the graph, and the lexicon of known names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import cast

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import OntologyError
from kg.lexicon import Better, Lexicon, LexiconEntry, merge
from kg.model import ENTITY_TYPES, EntityType
from kg.names import fold_name, slug
from kg.resources import resource
from kg.schema import DATA_IRI, TERMS

__all__ = ["Lexicon", "LexiconEntry", "Term", "load_lexicon", "load_terms"]

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SOURCE = "http://purl.org/dc/terms/source"
_DIRECTIONS: dict[str, Better | None] = {"higher": "higher", "lower": "lower", "unknown": None}
_TYPES: dict[str, EntityType] = {TERMS + name: name for name in ENTITY_TYPES}

_Values = dict[str, list[str]]
"""The values of one subject by predicate IRI."""


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
    for iri, values in _subjects(resource("ontology/kg.ttl")).items():
        types = values[_RDF_TYPE]
        if iri.startswith(TERMS) and any(t.startswith(_OWL) for t in types):
            kind = "class" if _OWL + "Class" in types else "property"
            label, definition = values[_RDFS + "label"], values[_SKOS + "definition"]
            terms.append(Term(iri.removeprefix(TERMS), kind, "".join(label[:1]), "".join(definition[:1])))
    return tuple(sorted(terms, key=lambda term: term.name))


def load_lexicon(*extra: Path) -> Lexicon:
    """The shipped lexicon with the user's files laid over it, in their order.

    An entry of a later file with the same IRI extends the earlier one; docs/ontology.md shows how to write one.
    Raises OntologyError where a file cannot be read, is not Turtle, or states an entry that cannot be used.
    """
    entries: tuple[LexiconEntry, ...] = ()
    for path in (resource("ontology/lexicon.ttl"), *extra):
        added = _File(path).entries()
        _refuse_taken_names(entries, added, path)
        entries = merge(entries, added)
    _refuse_dangling(entries)
    return Lexicon(entries)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OntologyError(f"{path}: cannot be read ({error.strerror}): check the path and its permissions") from error


def _triples(path: Path) -> Iterable[Triple]:
    data = _read(path)
    try:
        yield from cast(Iterable[Triple], parse(data, RdfFormat.TURTLE, base_iri=DATA_IRI))
    except SyntaxError as error:
        raise OntologyError(f"{path}, line {error.lineno}: not Turtle ({error.msg}): correct this line") from error
    except ValueError as error:
        raise OntologyError(f"{path}: not Turtle ({error}): write it in UTF-8 Turtle") from error


def _subjects(path: Path) -> dict[str, _Values]:
    subjects: dict[str, _Values] = defaultdict(lambda: defaultdict(list))
    for triple in _triples(path):
        subject, value = triple.subject, triple.object
        if isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
            subjects[subject.value][triple.predicate.value].append(value.value)
    return subjects


class _File:
    """One lexicon file; the faults found in it name the line where the entry begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.subjects = _subjects(path)

    def entries(self) -> list[LexiconEntry]:
        typed = [
            (iri, values, _TYPES[t]) for iri, values in self.subjects.items() for t in values[_RDF_TYPE] if t in _TYPES
        ]
        if not typed:
            raise OntologyError(
                f"{self.path}: no entry found: an entry is a kg:Method, kg:Dataset, kg:Benchmark, kg:Task or kg:Metric "
                f"with a skos:prefLabel (kg: is {TERMS})"
            )
        return [self._entry(iri, values, kind) for iri, values, kind in typed]

    def _entry(self, iri: str, values: _Values, kind: EntityType) -> LexiconEntry:
        labels = values[_SKOS + "prefLabel"]
        if len(labels) != 1:
            raise self._fault(iri, f"has {len(labels)} skos:prefLabel: give it exactly one")
        exact, contextual = values[TERMS + "exactLabel"], values[TERMS + "contextLabel"]
        names = dict.fromkeys((*values[_SKOS + "altLabel"], *exact, *contextual))
        aliases = [name for name in names if name != labels[0]]
        if any(not fold_name(name) for name in (*labels, *aliases)):
            raise self._fault(iri, "has a label without letters or figures: write the name")
        if values[TERMS + "caseSensitive"][:1] in (["true"], ["1"]):
            exact = [*labels, *aliases]
        return LexiconEntry(
            type=kind,
            key=_key(iri, kind, labels[0]),
            name=labels[0],
            aliases=tuple(aliases),
            exact=tuple(exact),
            contextual=tuple(contextual),
            direction=self._direction(iri, values),
            lower=self._decimal(iri, values, "lowerBound"),
            upper=self._decimal(iri, values, "upperBound"),
            variant_of=next(iter(self._keys(values[TERMS + "variantOf"])), None),
            part_of=next(iter(self._keys(values[TERMS + "partOf"])), None),
            broader=tuple(sorted(self._keys(values[_SKOS + "broader"]))),
            source=next(iter(values[_SOURCE]), self.path.name),
        )

    def _keys(self, iris: list[str]) -> list[str]:
        return [self._target(iri) for iri in iris]

    def _target(self, iri: str) -> str:
        """The key of an entry that this file or an earlier one defines."""
        values = self.subjects.get(iri, {})
        kinds = [_TYPES[t] for t in values.get(_RDF_TYPE, []) if t in _TYPES]
        labels = values.get(_SKOS + "prefLabel", [])
        return _key(iri, kinds[0] if kinds else None, labels[0] if labels else "")

    def _direction(self, iri: str, values: _Values) -> Better | None:
        stated = values[TERMS + "direction"][:1] or ["unknown"]
        if stated[0] not in _DIRECTIONS:
            raise self._fault(iri, f'has kg:direction "{stated[0]}": write "higher", "lower" or "unknown"')
        return _DIRECTIONS[stated[0]]

    def _decimal(self, iri: str, values: _Values, name: str) -> Decimal | None:
        for text in values[TERMS + name][:1]:
            try:
                return Decimal(text)
            except InvalidOperation as error:
                raise self._fault(iri, f'has kg:{name} "{text}": write a number, such as 0 or 1.0') from error
        return None

    def _fault(self, iri: str, problem: str) -> OntologyError:
        return OntologyError(f"{self.path}, line {_line_of(self.path, iri)}: <{iri}> {problem}")


def _key(iri: str, kind: EntityType | None, label: str) -> str:
    """The key that an entry's IRI states ("…/id/dataset/imagenet"), else the one made from its name."""
    local = iri.removeprefix(DATA_IRI)
    if local != iri and (kind is None or local.startswith(f"{kind.lower()}/")):
        return local.partition("/")[2]
    return slug(fold_name(label))


def _line_of(path: Path, iri: str) -> int:
    """The line where the subject ``iri`` is written, in full or by prefix; 1 where it is not found."""
    local = re.split(r"[/#]", iri)[-1]
    written = re.compile(rf"^\s*(?:<{re.escape(iri)}>|<[^>]*{re.escape(local)}>|[\w.-]*:{re.escape(local)})(?=\s|$)")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if written.match(line)), 1)


def _refuse_taken_names(known: tuple[LexiconEntry, ...], added: list[LexiconEntry], path: Path) -> None:
    """A name stands for one thing of its type; only an alias of an earlier file may be taken over."""
    owners = {(e.type, fold_name(e.name)): e for e in known if e.name not in e.exact}
    for entry in added:
        for name in entry.names:
            place = (entry.type, fold_name(name))
            owner = owners.setdefault(place, entry) if name not in entry.exact else entry
            if owner.key != entry.key:
                raise OntologyError(
                    f'{path}, line {_line_of(path, DATA_IRI + entry.id)}: "{name}" already names {owner.id}: '
                    f"extend that entry (<{DATA_IRI}{owner.id}>), or write the name as kg:exactLabel"
                )


def _refuse_dangling(entries: tuple[LexiconEntry, ...]) -> None:
    lexicon = Lexicon(entries)
    for entry in entries:
        for relation, key, found in (
            ("kg:variantOf", entry.variant_of, lexicon.variant_of(entry)),
            ("kg:partOf", entry.part_of, lexicon.part_of(entry)),
            *(("skos:broader", key, lexicon.get("Task", key)) for key in entry.broader),
        ):
            if key and found is None:
                raise OntologyError(
                    f"{entry.source}: {relation} of {entry.id} points to {key}, which is not an entry of the right "
                    "type: define it, or remove the line"
                )
