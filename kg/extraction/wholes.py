"""Whole results: which combination of kind, metric, dataset, method and baseline a number states.

The judges of single fields do not know of each other. Here their likeliest answers are put together, and each whole is
judged: by how sure the parts are, by what the other numbers of the sentence say, by names that stand twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from kg.extraction.choice import Choice
from kg.extraction.link_candidates import FAR, ROLES
from kg.extraction.link_features import Links
from kg.extraction.reading import Reading
from kg.names import fold_title

JOINED = ("metric", "dataset", "method", "baseline")
MOST = 10
"""Combinations of one number that are judged."""

_TOP = 3
_LEAST = {"metric": 0.06, "dataset": 0.06, "method": 0.05, "baseline": 0.08}
"""Candidates of a field that are less likely than this are left out."""
_SURE = 0.93
"""A field whose best candidate is at least this likely is not left empty."""
_SHARE = 0.04
"""Combinations less likely than this share of the likeliest one are left out."""
_CUES = ("from", "to", "by", "of", "(", "vs", "than", "=", "with", "over", "at", "and", ",")


@dataclass(frozen=True, slots=True)
class Whole:
    """Place of the kind among KINDS, and an entity or None for each of JOINED; ``prior`` multiplies their chances."""

    kind: int
    names: tuple[int | None, ...]
    prior: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What the judges say of one likely number: the probabilities of its kinds (no result first) and of its fields."""

    number: int
    kinds: Sequence[float]
    fields: Mapping[str, Choice]


class Alike:
    """Whether two entities of a reading may be one thing written in two ways: half of their words are the same."""

    def __init__(self, reading: Reading) -> None:
        self._entities = reading.entities
        self._words: dict[int, list[frozenset[str]]] = {}
        self._known: dict[tuple[int, int], bool] = {}

    def __call__(self, one: int, other: int) -> bool:
        if one == other:
            return True
        key = (one, other) if one < other else (other, one)
        if key not in self._known:
            self._known[key] = any(
                2 * len(a & b) >= len(a | b) > 0 for a in self._words_of(one) for b in self._words_of(other)
            )
        return self._known[key]

    def _words_of(self, entity: int) -> list[frozenset[str]]:
        if entity not in self._words:
            surfaces = self._entities[entity].surfaces[:3]
            self._words[entity] = [frozenset(fold_title(surface).split()) for surface in surfaces]
        return self._words[entity]


class Wholes:
    """The combinations of one reading and their features; ``parts`` are its likely numbers in text order."""

    def __init__(self, links: Links, parts: Sequence[Parts]) -> None:
        self.links = links
        self.parts = parts
        self.alike = Alike(links.reading)
        self._chances = [
            {f: dict(zip(p.fields[f].entities, p.fields[f].probabilities, strict=True)) for f in JOINED} for p in parts
        ]
        self._best = [self._favourite(k) for k in range(len(parts))]
        self._names: dict[tuple[int, str, int | None], list[float]] = {}
        self._beside: dict[int, list[int]] = {}
        for k, each in enumerate(parts):
            self._beside.setdefault(links.reading.sentence_at[each.number], []).append(k)

    def _favourite(self, k: int) -> tuple[int, tuple[int | None, ...]]:
        """What the judges of single fields would say."""
        parts = self.parts[k]
        kind = max(range(3), key=lambda i: parts.kinds[1 + i])
        names = []
        for field in JOINED:
            top = parts.fields[field].top(1)
            names.append(top[0][0] if top and top[0][1] >= 0.35 and (field != "baseline" or kind) else None)
        return kind, tuple(names)

    def options(self, k: int) -> list[Whole]:
        """The likeliest combinations for the k-th likely number, best first by the product of their chances."""
        parts = self.parts[k]
        total = sum(parts.kinds[1:])
        kinds = [(kind, p / total) for kind, p in enumerate(parts.kinds[1:]) if p >= 0.12 * total]
        fields = {field: self._answers(parts, field) for field in JOINED}
        found = []
        for kind, chance in kinds:
            answers = [fields[field] for field in JOINED[:3]]
            answers.append(fields["baseline"] if kind else [(None, 1.0)])
            for combination in product(*answers):
                prior = chance
                for _, p in combination:
                    prior *= p
                found.append(Whole(kind, tuple(entity for entity, _ in combination), prior))
        found.sort(key=lambda whole: -whole.prior)
        return [whole for whole in found[:MOST] if whole.prior >= _SHARE * found[0].prior]

    def _answers(self, parts: Parts, field: str) -> list[tuple[int | None, float]]:
        """Candidates with their chances, of those that are alike only the first; and none."""
        answers: list[tuple[int | None, float]] = []
        best = 0.0
        for entity, p in parts.fields[field].top(8):
            if p < _LEAST[field] or len(answers) == _TOP:
                break
            best = max(best, p)
            if not any(e is not None and self.alike(e, entity) for e, _ in answers):
                answers.append((entity, p))
        if best < _SURE:
            answers.append((None, max(1 - best, 0.05)))
        return answers

    def row(self, k: int, whole: Whole) -> list[float]:
        """The features of one combination."""
        reading = self.links.reading
        parts = self.parts[k]
        number = parts.number
        at, sentence = reading.places[number], reading.sentence_at[number]
        row = [whole.prior, *parts.kinds, float(whole.kind), parts.kinds[1 + whole.kind]]
        for place, field in enumerate(JOINED):
            row += self._name_once(k, field, whole.names[place], at, sentence)
        row += self._together(whole)
        row += self._siblings(k, whole)
        before = reading.symbols[at - 1] if at else "^"
        row += [float(before == cue) for cue in _CUES]
        list_place, size = self.links.lists.numbers[number]
        row += [float(list_place), float(size), float(len(self._beside[sentence])), float(len(self.parts))]
        return row

    def _name_once(self, k: int, field: str, entity: int | None, at: int, sentence: int) -> list[float]:
        key = k, field, entity
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = list(self._name(k, field, entity, at, sentence))
        return found

    def _name(self, k: int, field: str, entity: int | None, at: int, sentence: int) -> Iterator[float]:
        """How likely the name is for the field, alone and against its rivals; what it is; where it stands."""
        chances = self._chances[k][field]
        ordered = sorted(chances.values(), reverse=True)
        yield from (float(entity is None), *[*ordered[:2], 0.0, 0.0][:2], float(sum(p >= 0.3 for p in ordered)))
        if entity is None:
            yield from (0.0,) * 4 + (FAR, FAR, 0.0) + (0.0,) * (3 + len(ROLES))
            return
        reading = self.links.reading
        yield chances[entity]
        yield sum(p for e, p in chances.items() if self.alike(e, entity))
        yield max((p for e, p in chances.items() if not self.alike(e, entity)), default=0.0)
        yield float(sum(p > chances[entity] for p in ordered))
        mentions = reading.mentions_of[entity]
        here = [m for m in mentions if m.sentence == sentence]
        before = [at - m.last for m in here if m.first <= at]
        after = [m.first - at for m in here if m.first > at]
        yield from (float(min(before, default=FAR)), float(min(after, default=FAR)))
        yield float(min(abs(m.sentence - sentence) for m in mentions))
        described = reading.entities[entity]
        yield from (described.confidence, float(described.type == "Method"), float(len(mentions)))
        yield from (float(described.role == role) for role in ROLES)

    def _together(self, whole: Whole) -> Iterator[float]:
        """Names that stand in two fields at once."""
        for i, one in enumerate(whole.names):
            for other in whole.names[i + 1 :]:
                yield float(one is not None and other is not None and self.alike(one, other))

    def _siblings(self, k: int, whole: Whole) -> Iterator[float]:
        """What the other numbers of the sentence, the one before and the one after say of the same names."""
        reading = self.links.reading
        number = self.parts[k].number
        others = [j for j in self._beside[reading.sentence_at[number]] if j != k]
        same = [j for j in others if reading.quantities[self.parts[j].number].unit == reading.quantities[number].unit]
        clashes = sum(self._says_the_same(j, whole) for j in same)
        yield from (float(len(others)), float(len(same)), float(clashes))
        for place, field in enumerate(JOINED):
            entity = whole.names[place]
            for j in (k - 1, k + 1):
                yield from self._agreement(j, place, entity) if j in others else (-1.0, -1.0)
            yield max((self._chance(j, field, entity) for j in others), default=0.0)
        for j in (k - 1, k + 1):
            yield float(self._best[j][0] == whole.kind) if j in others else -1.0

    def _agreement(self, j: int, place: int, entity: int | None) -> tuple[float, float]:
        """Whether the j-th number's favourite for a field is the entity, and how likely the entity is there."""
        favourite = self._best[j][1][place]
        if entity is None or favourite is None:
            return float(entity is favourite), self._chance(j, JOINED[place], entity)
        return float(self.alike(favourite, entity)), self._chance(j, JOINED[place], entity)

    def _chance(self, j: int, field: str, entity: int | None) -> float:
        return 0.0 if entity is None else self._chances[j][field].get(entity, 0.0)

    def _says_the_same(self, j: int, whole: Whole) -> bool:
        kind, names = self._best[j]
        return kind == whole.kind and all(
            (one is None) == (other is None) and (one is None or other is None or self.alike(one, other))
            for one, other in zip(names, whole.names, strict=True)
        )
