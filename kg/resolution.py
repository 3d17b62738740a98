"""Names to entities.

One pass over the records learns which names the papers use and which of them they say are the same ("Federated
Learning (FL)"); after it every name of every paper stands for exactly one entity. Merging is conservative:

- names that fold alike are one (:func:`kg.names.fold_name`), and so are the names that the lexicon gives to one thing;
- an acronym is its long form inside the paper that says so; in other papers only where every paper that spells it out
  means the same thing, and it has four characters or two such papers;
- names whose figures differ, or of which one only adds a word to the other (LIBERO, LIBERO-Long), are never one,
  whatever a paper's record says, unless the word says nothing ("LIBERO benchmark").

A thing that some papers call a dataset and others a benchmark is one entity: of the lexicon's type, else of the more
frequent one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.extraction.text import fold
from kg.lexicon import Lexicon, LexiconEntry
from kg.model import EntityMention, EntityType, Record
from kg.names import fold_name, slug

Family = str
_TYPES: dict[Family, tuple[EntityType, ...]] = {
    "Method": ("Method",), "Data": ("Dataset", "Benchmark"), "Task": ("Task",), "Metric": ("Metric",),
}  # fmt: skip
_FAMILIES: dict[EntityType, Family] = {type_: family for family, types in _TYPES.items() for type_ in types}

# Words that add nothing to a name, folded.
_EMPTY_WORDS = (
    "algorithm|approach|architecture|average|benchmark|challenge|corpus|dataset|environment|framework|learning|loss|mean|"
    "method|metric|model|module|network|neural|objective|overall|policy|prediction|problem|rate|score|simulator|suite|"
    "system|task|technique|test|testbed|training|transform|value"
)
_EMPTY = re.compile(f"(?:{_EMPTY_WORDS})+")
_FIGURES = re.compile(r"\d+(?:\.\d+)?")
# What makes a variant of a name, after "-", "/" or a space: a size, a release, a training stage.
_VARIANT = re.compile(
    r"[-/ ](?:\d+(?:\.\d+)?[BM]|v\d+(?:\.\d+)?|[SBLHG](?:/\d+)?|Ti|XL|XXL|tiny|mini|nano|small|base|medium|large|"
    r"huge|giant|instruct|chat|turbo|lite|flash|pro|distill(?:ed)?|fast|plus|ft|oft|1k|21k|22k)|\+",
    re.IGNORECASE,
)

Key = tuple[Family, str]


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing of the graph. ``aliases`` are its names but ``name``, sorted; ``entry`` is what the lexicon knows."""

    id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    entry: LexiconEntry | None = None


def may_be_one(one: str, other: str) -> bool:
    """Whether two names that a paper gives to one thing can be one, after the rules above."""
    a, b = sorted((fold_name(one), fold_name(other)), key=len)
    if not a or Counter(_FIGURES.findall(a)) != Counter(_FIGURES.findall(b)):
        return False
    if a.count("+") != b.count("+"):
        return False
    if b.startswith(a) or b.endswith(a):
        extra = b[len(a) :] if b.startswith(a) else b[: -len(a)]
        return a == b or _EMPTY.fullmatch(extra) is not None
    return True


def _head(entity: EntityMention) -> str:
    """The longest of the entity's surfaces: the spelled-out form, where the paper gives one."""
    return max(entity.surfaces, key=lambda s: (len(fold_name(s)), s))


@dataclass
class _Names:
    """What one pass over the records learns about the names of one family."""

    surfaces: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    heads: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    types: dict[str, Counter[EntityType]] = field(default_factory=lambda: defaultdict(Counter))

    def learn(self, surface: str, type_: EntityType) -> None:
        if folded := fold_name(surface):
            self.surfaces[folded][surface] += 1
            self.types[folded][type_] += 1

    def learn_head(self, folded: str, head: str) -> None:
        if folded and head and folded != head:
            self.heads[folded][head] += 1


class Resolution:
    """The entities that the names of some records stand for. Build it with :func:`resolve`."""

    def __init__(self, lexicon: Lexicon, names: dict[Family, _Names]) -> None:
        self._lexicon = lexicon
        self._names = names
        self._entities: dict[str, Entity] = {}
        self._ids: dict[Key, str] = {}
        self._gather()

    def entities(self) -> Iterator[Entity]:
        """Every entity, in order of its type and id."""
        return iter(sorted(self._entities.values(), key=lambda e: (e.type, e.id)))

    def of_paper(self, record: Record) -> PaperNames:
        """The names of one paper."""
        return PaperNames(self, record)

    def by_name(self, family: Family, name: str, head: str | None = None) -> Entity | None:
        """The entity that ``name`` stands for, ``head`` being the form that the paper spells out."""
        folded, spelled = fold_name(name), fold_name(head or "")
        key = self._key(family, folded, spelled if spelled != folded else None)
        return self._entities.get(self._ids.get(key, "")) if key else None

    def parents(self, entity: Entity) -> Iterator[tuple[str, Entity]]:
        """("VARIANT_OF" or "PART_OF", the other) for each thing that the entity is a variant or a part of."""
        entry = entity.entry
        if entry is not None:
            for relation, parent in (
                ("VARIANT_OF", self._lexicon.variant_of(entry)),
                ("PART_OF", self._lexicon.part_of(entry)),
            ):
                if parent is not None and parent.id in self._entities and parent.id != entity.id:
                    yield relation, self._entities[parent.id]
            if entry.variant_of or entry.part_of:
                return
        base = self._base(entity)
        if base is not None:
            yield "VARIANT_OF", base

    # how names become keys

    def _key(self, family: Family, folded: str, head: str | None = None) -> Key | None:
        """The family and the folded form that stands for a folded name, following acronyms to what they abbreviate."""
        seen: set[str] = set()
        while folded and folded not in seen:
            seen.add(folded)
            folded, head = head or self._spelled_out(family, folded), None
        return (family, folded) if folded else None

    def _spelled_out(self, family: Family, folded: str) -> str:
        """The one form that the papers give for this one, where they agree; else this one."""
        heads: Counter[str] = self._names[family].heads.get(folded, Counter())
        if len(heads) == 1:
            ((head, papers),) = heads.items()
            if len(folded) >= 4 or papers >= 2:
                return head
        return folded

    def _gather(self) -> None:
        """Group the folded names under their keys, and the keys under their ids; make one entity of each group."""
        members: dict[Key, list[str]] = defaultdict(list)
        for family in sorted(self._names):
            for folded in sorted(self._names[family].surfaces):
                key = self._key(family, folded)
                assert key is not None
                members[key].append(folded)
        groups: dict[str, list[tuple[Key, str]]] = defaultdict(list)
        entries: dict[str, LexiconEntry] = {}
        for key in sorted(members):
            entry = self._entry(key, members[key])
            id_ = entry.id if entry else f"{self._type_of(*key).lower()}/{slug(key[1])}"
            if entry:
                entries[id_] = entry
            groups[id_] += [(key, folded) for folded in members[key]]
        for id_, group in groups.items():
            self._entities[id_] = self._make(id_, group, entries.get(id_))
            self._ids.update({(key[0], name): id_ for key, folded in group for name in (folded, key[1])})
        self._add_ancestors(list(entries.values()))

    def _entry(self, key: Key, members: list[str]) -> LexiconEntry | None:
        """What the lexicon knows under the form that stands for the group, or else under a longer acronym of it."""
        family, head = key
        surfaces = self._names[family].surfaces
        for folded in (head, *(m for m in members if m != head and len(m) >= 4)):
            for surface in sorted(surfaces.get(folded, ()), key=lambda s: (-surfaces[folded][s], s)):
                for type_ in _TYPES[family]:
                    if entry := self._lexicon.find(surface, type_):
                        return entry
        return None

    def _add_ancestors(self, entries: list[LexiconEntry]) -> None:
        """What an entity is a variant or a part of belongs to the graph, even if no paper names it."""
        while entries:
            entry = entries.pop()
            for parent in (self._lexicon.variant_of(entry), self._lexicon.part_of(entry)):
                if parent is not None and parent.id not in self._entities:
                    aliases = tuple(sorted(set(parent.aliases) - {parent.name}))
                    self._entities[parent.id] = Entity(parent.id, parent.type, parent.name, aliases, parent)
                    entries.append(parent)

    def _type_of(self, family: Family, folded: str) -> EntityType:
        """The type that most papers give it; of two equals the first."""
        types = self._names[family].types[folded]
        return max(_TYPES[family], key=lambda t: types[t])

    def _make(self, id_: str, group: list[tuple[Key, str]], entry: LexiconEntry | None) -> Entity:
        counts: Counter[str] = Counter()
        for (family, _), folded in group:
            for surface, n in self._names[family].surfaces[folded].items():
                counts[display(surface)] += n
        family = group[0][0][0]
        type_ = entry.type if entry else self._type_of(family, group[0][0][1])
        short = -1 if family in ("Method", "Data") else 1
        name = entry.name if entry else max(counts, key=lambda s: (counts[s], short * len(s), s))
        names = set(counts) | set(entry.aliases if entry else ())
        return Entity(id_, type_, name, tuple(sorted(names - {name})), entry)

    def _base(self, entity: Entity) -> Entity | None:
        """The entity whose name this one's continues with a mark of a variant: "Qwen2-VL" of "Qwen2-VL-7B"."""
        for match in _VARIANT.finditer(entity.name):
            if match.end() == len(entity.name) and match.start() >= 2:
                base = self.by_name(_FAMILIES[entity.type], entity.name[: match.start()])
                if base is not None and base.id != entity.id:
                    return base
        return None


def display(surface: str) -> str:
    """A name as people read it: without markup, spaces in one."""
    return " ".join(fold(surface).text.split()) or surface


class PaperNames:
    """What the names of one paper stand for."""

    def __init__(self, resolution: Resolution, record: Record) -> None:
        self._resolution = resolution
        self._heads: dict[Key, str] = {}
        for entity in record.entities:
            for surface, head in grouped(entity):
                self._heads.setdefault((_FAMILIES[entity.type], fold_name(surface)), head)

    def entity(self, type_: EntityType, name: str) -> Entity | None:
        """The entity that ``name`` stands for in this paper; None where the name says nothing (only punctuation)."""
        family = _FAMILIES[type_]
        head = self._heads.get((family, fold_name(name)))
        return self._resolution.by_name(family, name, head)


def grouped(entity: EntityMention) -> Iterator[tuple[str, str]]:
    """Each surface with the form that stands for it: the entity's head, or itself where the two cannot be one."""
    head = _head(entity)
    for surface in entity.surfaces:
        yield surface, head if may_be_one(surface, head) else surface


def resolve(records: Iterable[Record], lexicon: Lexicon) -> Resolution:
    """Learn the names of all records. Memory grows with the number of distinct names, not of papers."""
    names: dict[Family, _Names] = {family: _Names() for family in _TYPES}
    for record in records:
        for entity in record.entities:
            known = names[_FAMILIES[entity.type]]
            for surface, head in grouped(entity):
                known.learn(surface, entity.type)
                known.learn_head(fold_name(surface), fold_name(head))
        _learn_result_names(names, record)
    return Resolution(lexicon, names)


def _learn_result_names(names: dict[Family, _Names], record: Record) -> None:
    """Names that only a result or a comparison uses are names too."""
    quoted: list[tuple[EntityType, str | None]] = []
    for r in record.results:
        quoted += [("Method", r.method), ("Method", r.baseline), ("Dataset", r.dataset)]
        quoted += [("Task", r.task), ("Metric", r.metric)]
    for c in record.comparisons:
        quoted += [("Method", c.better), ("Method", c.worse)]
    seen = {(_FAMILIES[e.type], fold_name(s)) for e in record.entities for s in e.surfaces}
    for type_, name in quoted:
        place = (_FAMILIES[type_], fold_name(name or ""))
        if name and place not in seen:
            seen.add(place)
            names[place[0]].learn(name, type_)
