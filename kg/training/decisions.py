"""Trains the trees that decide which candidates are entities, of which type, in which role."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extraction.candidates import Candidate, find_candidates, squeeze_word
from kg.extraction.entities import Deciders, with_type
from kg.extraction.evidence import Sources, evidence
from kg.extraction.features import Floats
from kg.extraction.known import KnownNames, Table
from kg.extraction.names import squeeze
from kg.extraction.network import Scored, SpanTagger
from kg.extraction.text import fold
from kg.model import ENTITY_TYPES, ROLES
from kg.training.labels import Labelled
from kg.training.trees import fit

NONE = len(ENTITY_TYPES)


@dataclass(frozen=True, slots=True)
class Page:
    """One labelled text as the tagger left it; ``target`` (candidates,) is a type or NONE, ``role`` a role or -1."""

    labelled: Labelled
    scored: Scored
    candidates: list[Candidate]
    target: npt.NDArray[np.int64]
    role: npt.NDArray[np.int64]


def make_page(labelled: Labelled, tagger: SpanTagger) -> Page:
    """``tagger`` must not have been trained on this text."""
    scored = tagger(labelled.doc)
    candidates = find_candidates([token.text for token in labelled.doc], scored)
    target, role = np.full(len(candidates), NONE), np.full(len(candidates), -1)
    for i, entity in _matches(labelled, candidates).items():
        target[i], role[i] = ENTITY_TYPES.index(entity["type"]), ROLES.index(entity["role"])
    return Page(labelled, scored, candidates, target, role)


def gold_keys(entity: Mapping[str, Any]) -> set[str]:
    """Squeezed forms of a labelled entity."""
    return {squeeze(fold(surface).text) for surface in entity["surfaces"]} - {""}


def _matches(labelled: Labelled, candidates: Sequence[Candidate]) -> dict[int, Mapping[str, Any]]:
    """The candidate that stands for each labelled entity: the one that shares most forms, then the better scored."""
    found: dict[int, Mapping[str, Any]] = {}
    for entity in labelled.record["entities"]:
        keys = gold_keys(entity)
        sharing = [
            (len(keys & set(c.keys)), max(m.score for m in c.mentions), -i)
            for i, c in enumerate(candidates)
            if i not in found and not keys.isdisjoint(c.keys)
        ]
        if sharing:
            found[-max(sharing)[2]] = entity
    return found


Own = dict[str, tuple[int, ...]]


def own_counts(page: Page) -> tuple[Own, Own]:
    """What one text adds to the tables of names and of last words: candidates, then entities of each type."""
    names: Own = {}
    heads: dict[str, list[int]] = defaultdict(lambda: [0] * (1 + len(ENTITY_TYPES)))
    for candidate, kind in zip(page.candidates, page.target.tolist(), strict=True):
        counts = (1, *(int(kind == i) for i in range(len(ENTITY_TYPES))))
        names.update(dict.fromkeys(candidate.keys, counts))
        head = heads[squeeze_word(page.labelled.doc[candidate.mentions[0].last].text)]
        for i, count in enumerate(counts):
            head[i] += count
    return names, {head: tuple(counts) for head, counts in heads.items()}


def known_names(pages: Sequence[Page], corpus: Table) -> KnownNames:
    """Tables over labelled texts; names of a single text are left out, since they tell nothing of others."""
    names: defaultdict[str, Counter[int]] = defaultdict(Counter)
    heads: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for page in pages:
        for table, own in zip((names, heads), own_counts(page), strict=True):
            for name, counts in own.items():
                table[name].update(dict(enumerate(counts)))
    columns = range(1 + len(ENTITY_TYPES))
    labelled, last = (
        Table.build({name: [counts[i] for i in columns] for name, counts in table.items() if counts[0] > 1})
        for table in (names, heads)
    )
    return KnownNames(labelled, last, corpus)


def page_evidence(page: Page, known: KnownNames, lexicon: Mapping[str, str], *, is_own: bool) -> Floats:
    """Evidence on one text; ``is_own`` says that ``known`` counts this text, which must not tell its own answer."""
    if is_own:
        known = known.leaving_out(*own_counts(page))
    return evidence(page.labelled.doc, page.scored, page.candidates, Sources(known, lexicon))


def fit_deciders(pages: Sequence[Page], matrices: Sequence[Floats], *, seed: int = 0) -> Deciders:
    """Fit on texts whose tagger had not seen them."""
    matrix = np.concatenate(matrices)
    target = np.concatenate([page.target for page in pages])
    role = np.concatenate([page.role for page in pages])
    is_entity = role >= 0
    keep = fit(matrix, is_entity.astype(np.int64), rounds=250, rate=0.05, leaves=31, depth=8, seed=seed)
    matrix, target, role = matrix[is_entity], target[is_entity], role[is_entity]
    types = fit(matrix, target, classes=len(ENTITY_TYPES), rounds=75, rate=0.1, seed=seed)
    roles = fit(with_type(matrix, target), role, classes=len(ROLES), rounds=75, seed=seed)
    return Deciders(keep, types, roles)
