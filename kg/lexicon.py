"""Known names: what each stands for, its other names, and for a metric whether more is better.

The entries come from ``ontology/lexicon.ttl`` and from files of the user; :mod:`kg.ontology` reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Literal

from kg.model import ENTITY_TYPES, EntityType
from kg.names import fold_name

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One known thing.

    ``key`` is its key within its type (the id is ``type/key``); ``aliases`` are all names but ``name``. The names in
    ``exact`` count only when written in exactly this case ("MATH", "SR"): in another case they are common words or
    mean something else. The names in ``contextual`` are everyday words ("speed", "planning") that mean the entry only
    where the context says so: they are not to be looked for in running text. ``direction`` (metrics) is None where it
    is unknown or depends on the paper. ``lower`` and ``upper`` bound a metric's values, as a proportion or in its
    natural unit: accuracy 0 to 1, which is 0 to 100 %. ``variant_of`` is a key of the same type, ``broader`` holds keys
    of tasks, ``part_of`` the key of a dataset or benchmark (no key is both).
    """

    type: EntityType
    key: str
    name: str
    aliases: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    contextual: tuple[str, ...] = ()
    direction: Better | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    variant_of: str | None = None
    part_of: str | None = None
    broader: tuple[str, ...] = ()
    source: str = ""

    @property
    def id(self) -> str:
        return f"{self.type.lower()}/{self.key}"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Lexicon:
    """Known names, found by folded name. ``entries`` are in order of type and key."""

    entries: tuple[LexiconEntry, ...]

    def find(self, name: str, type: EntityType | None = None) -> LexiconEntry | None:
        """The entry that ``name`` stands for, or None.

        A name in exactly the case that its entry asks for goes before one that agrees only when folded. Where the name
        stands for things of several types and ``type`` is None, the first in the order of ENTITY_TYPES is taken.
        """
        folded = fold_name(name)
        written = " ".join(name.split())
        for wanted in (type,) if type else ENTITY_TYPES:
            exact, loose = self._index.get((wanted, folded), _NOTHING)
            found = exact.get(written, loose)
            if found is not None:
                return found
        return None

    def get(self, type: EntityType, key: str) -> LexiconEntry | None:
        return self._by_key.get((type, key))

    def variant_of(self, entry: LexiconEntry) -> LexiconEntry | None:
        return self.get(entry.type, entry.variant_of) if entry.variant_of else None

    def part_of(self, entry: LexiconEntry) -> LexiconEntry | None:
        if entry.part_of is None:
            return None
        return self.get("Benchmark", entry.part_of) or self.get("Dataset", entry.part_of)

    def broader(self, entry: LexiconEntry) -> tuple[LexiconEntry, ...]:
        return tuple(task for key in entry.broader if (task := self.get("Task", key)))

    @cached_property
    def _by_key(self) -> dict[tuple[EntityType, str], LexiconEntry]:
        return {(entry.type, entry.key): entry for entry in self.entries}

    @cached_property
    def _index(self) -> dict[tuple[EntityType, str], _Names]:
        index: dict[tuple[EntityType, str], _Names] = {}
        for entry in self.entries:
            for name in entry.names:
                exact, loose = index.get((entry.type, fold_name(name)), _NOTHING)
                if name in entry.exact:
                    exact = {**exact, name: entry}
                else:
                    loose = entry
                index[entry.type, fold_name(name)] = (exact, loose)
        return index


_Names = tuple[dict[str, LexiconEntry], LexiconEntry | None]
_NOTHING: _Names = ({}, None)


def merge(base: Iterable[LexiconEntry], extra: Iterable[LexiconEntry]) -> tuple[LexiconEntry, ...]:
    """``base`` with ``extra`` laid over it, in order of type and key.

    An entry of the same type and key is extended: what ``extra`` states wins, names are added. An alias that ``extra``
    gives to another entry is taken from the one in ``base``.
    """
    added = {(entry.type, entry.key): entry for entry in extra}
    claimed = {(e.type, fold_name(n)): e.key for e in added.values() for n in e.names if n not in e.exact}
    entries = {(e.type, e.key): _without(e, claimed) for e in base}
    for place, entry in added.items():
        entries[place] = _extended(entries[place], entry) if place in entries else entry
    return tuple(sorted(entries.values(), key=lambda e: (ENTITY_TYPES.index(e.type), e.key)))


def _without(entry: LexiconEntry, claimed: dict[tuple[EntityType, str], str]) -> LexiconEntry:
    """The entry without the aliases that another entry claims."""
    kept = tuple(
        name
        for name in entry.aliases
        if name in entry.exact or claimed.get((entry.type, fold_name(name)), entry.key) == entry.key
    )
    return entry if kept == entry.aliases else replace(entry, aliases=kept)


def _extended(old: LexiconEntry, new: LexiconEntry) -> LexiconEntry:
    names = dict.fromkeys((*new.names, *old.names))
    return replace(
        new,
        aliases=tuple(name for name in names if name != new.name),
        exact=tuple(dict.fromkeys((*new.exact, *old.exact))),
        contextual=tuple(dict.fromkeys((*new.contextual, *old.contextual))),
        direction=new.direction or old.direction,
        lower=old.lower if new.lower is None else new.lower,
        upper=old.upper if new.upper is None else new.upper,
        variant_of=new.variant_of or old.variant_of,
        part_of=new.part_of or old.part_of,
        broader=tuple(dict.fromkeys((*old.broader, *new.broader))),
        source=new.source or old.source,
    )
