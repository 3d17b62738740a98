"""Reads the entries of one lexicon file, and says by file and line what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kg.errors import OntologyError
from kg.lexicon import Better, Lexicon, LexiconEntry
from kg.model import ENTITY_TYPES, EntityType
from kg.names import fold_name, slug
from kg.ontology.turtle import DCTERMS, RDF_TYPE, SKOS, Values, line_of, subjects
from kg.schema import DATA_IRI, TERMS

_TYPES: dict[str, EntityType] = {TERMS + name: name for name in ENTITY_TYPES}
_DIRECTIONS: dict[str, Better | None] = {"higher": "higher", "lower": "lower", "unknown": None}


class LexiconFile:
    """A Turtle file of entries."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._subjects = subjects(path)

    def entries(self) -> list[LexiconEntry]:
        """Its entries in the order of the file. Raises OntologyError, also where it has none."""
        typed = ((iri, values, self._type(iri, values)) for iri, values in self._subjects.items())
        entries = [self._entry(iri, values, kind) for iri, values, kind in typed if kind]
        if not entries:
            raise OntologyError(
                f"{self.path}: no entry found: an entry is a kg:Method, kg:Dataset, kg:Benchmark, kg:Task or kg:Metric "
                f"with a skos:prefLabel (kg: is {TERMS})"
            )
        return entries

    def fault(self, entry: LexiconEntry, problem: str) -> OntologyError:
        """An error that names the line where the entry begins."""
        same = [iri for iri, values in self._subjects.items() if self._names_entry(iri, values, entry)]
        return self._fault(same[-1], problem)

    def _names_entry(self, iri: str, values: Values, entry: LexiconEntry) -> bool:
        return self._type(iri, values) == entry.type and _key(iri, entry.type, values) == entry.key

    def _type(self, iri: str, values: Values) -> EntityType | None:
        kinds = [_TYPES[t] for t in values.get(RDF_TYPE, ()) if t in _TYPES]
        if len(kinds) > 1:
            raise self._fault(iri, f"is a {' and a '.join(kinds)}: give it one type")
        return kinds[0] if kinds else None

    def _entry(self, iri: str, values: Values, kind: EntityType) -> LexiconEntry:
        labels = values[SKOS + "prefLabel"]
        if len(labels) != 1:
            raise self._fault(iri, f"has {len(labels)} skos:prefLabel: give it exactly one")
        exact, contextual = values[TERMS + "exactLabel"], values[TERMS + "contextLabel"]
        names = dict.fromkeys((labels[0], *values[SKOS + "altLabel"], *exact, *contextual))
        whole = values[TERMS + "caseSensitive"][:1] in (["true"], ["1"])
        return LexiconEntry(
            type=kind,
            key=_key(iri, kind, values),
            name=labels[0],
            aliases=tuple(names)[1:],
            exact=tuple(names if whole else exact),
            contextual=tuple(contextual),
            direction=self._direction(iri, values),
            lower=self._decimal(iri, values, "lowerBound"),
            upper=self._decimal(iri, values, "upperBound"),
            variant_of=self._related(iri, values, TERMS + "variantOf"),
            part_of=self._related(iri, values, TERMS + "partOf"),
            broader=tuple(sorted(map(self._target, values[SKOS + "broader"]))),
            source=next(iter(values[DCTERMS + "source"]), self.path.name),
        )

    def _related(self, iri: str, values: Values, relation: str) -> str | None:
        targets = values[relation]
        if len(targets) > 1:
            raise self._fault(iri, f"has {len(targets)} kg:{relation.removeprefix(TERMS)}: give it one at most")
        return self._target(targets[0]) if targets else None

    def _target(self, iri: str) -> str:
        """The key of an entry that this file or an earlier one defines."""
        values = self._subjects.get(iri, {})
        return _key(iri, self._type(iri, values), values)

    def _direction(self, iri: str, values: Values) -> Better | None:
        stated = values[TERMS + "direction"][:1] or ["unknown"]
        if stated[0] not in _DIRECTIONS:
            raise self._fault(iri, f'has kg:direction "{stated[0]}": write "higher", "lower" or "unknown"')
        return _DIRECTIONS[stated[0]]

    def _decimal(self, iri: str, values: Values, name: str) -> Decimal | None:
        for text in values[TERMS + name][:1]:
            try:
                return Decimal(text)
            except InvalidOperation as error:
                raise self._fault(iri, f'has kg:{name} "{text}": write a number, such as 0 or 1.0') from error
        return None

    def _fault(self, iri: str, problem: str) -> OntologyError:
        return OntologyError(f"{self.path}, line {line_of(self.path, iri)}: <{iri}> {problem}")


def check(file: LexiconFile, added: list[LexiconEntry], known: Iterable[LexiconEntry]) -> None:
    """Raises OntologyError where a name says nothing, or stands for two things of one type.

    Only an alias of an earlier file may be taken over: main names, and what this file itself says, must not clash.
    """
    owners = {_place(e, e.name): e.id for e in known}
    seen: set[str] = set()
    for entry in added:
        if entry.id in seen:
            raise file.fault(
                entry, f"is a second entry for {entry.id}: make it one, or give each an IRI under {DATA_IRI}"
            )
        seen.add(entry.id)
        for name in entry.names:
            if not fold_name(name):
                raise file.fault(entry, f'has the label "{name}", without a letter or figure: write the name')
            owner = owners.setdefault(_place(entry, name), entry.id)
            if owner != entry.id:
                raise file.fault(
                    entry,
                    f'has the name "{name}" of {owner}: extend that entry (<{DATA_IRI}{owner}>), or write the name as '
                    "a kg:exactLabel if the two differ in case",
                )


def check_links(file: LexiconFile, added: Iterable[LexiconEntry], lexicon: Lexicon) -> None:
    """Raises OntologyError where an entry is a variant or part of, or narrower than, what no file defines."""
    for entry in added:
        tasks = ((key, lexicon.get("Task", key)) for key in entry.broader)
        for relation, key, found in (
            ("kg:variantOf", entry.variant_of, lexicon.variant_of(entry)),
            ("kg:partOf", entry.part_of, lexicon.part_of(entry)),
            *(("skos:broader", key, task) for key, task in tasks),
        ):
            if key and found is None:
                raise file.fault(
                    entry, f'has {relation} "{key}", which is no entry of the right type: define it, or remove the line'
                )


def _place(entry: LexiconEntry, name: str) -> tuple[str, str]:
    """Where a name competes with others: as written if it is bound to its case, else folded."""
    return entry.type, f"={name}" if name in entry.exact else fold_name(name)


def _key(iri: str, kind: EntityType | None, values: Values) -> str:
    """The key that an entry's IRI states ("…/id/dataset/imagenet"), else the one made from its name."""
    local = iri.removeprefix(DATA_IRI)
    if local != iri and (kind is None or local.startswith(f"{kind.lower()}/")):
        return local.partition("/")[2]
    return slug(fold_name("".join(values.get(SKOS + "prefLabel", [])[:1])))
