"""From a model's answer to a record: a string must stand in the text and a value in its figures, else it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kg.extraction.llm.quotes import Quotes
from kg.extraction.places import gap
from kg.extraction.text import FoldedText
from kg.model import (
    BOUNDS,
    DIRECTIONS,
    ENTITY_TYPES,
    KINDS,
    ROLES,
    Comparison,
    EntityMention,
    Result,
    Role,
    Span,
)

CONFIDENCE = 0.9
"""Of everything: a model's own estimates are not calibrated, and none is asked for."""
RULE = "llm"

_NAMES = ("method", "baseline", "dataset", "task", "metric")


@dataclass(slots=True)
class Checked:
    """What is left of an answer, and how many things were dropped for which reason."""

    entities: tuple[EntityMention, ...] = ()
    results: tuple[Result, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    dropped: Counter[str] = field(default_factory=Counter)


def check_answer(answer: Mapping[str, list[Any]], folded: FoldedText) -> Checked:
    """Hold an answer of the right form (see ``parse_answer``) against the text that was asked about."""
    return _Check(Quotes(folded)).all(answer)


class _Check:
    def __init__(self, quotes: Quotes) -> None:
        self.quotes = quotes
        self.dropped: Counter[str] = Counter()

    def all(self, answer: Mapping[str, list[Any]]) -> Checked:
        results = [self.result(item) for item in self.objects(answer["results"])]
        comparisons = [self.comparison(item) for item in self.objects(answer["comparisons"])]
        return Checked(
            self.entities(answer["entities"]),
            tuple(dict.fromkeys(result for result in results if result)),
            tuple(dict.fromkeys(comparison for comparison in comparisons if comparison)),
            self.dropped,
        )

    def objects(self, items: list[Any]) -> list[Mapping[str, Any]]:
        self.drop("items of a wrong form", sum(not isinstance(item, dict) for item in items))
        return [item for item in items if isinstance(item, dict)]

    def drop(self, reason: str, count: int = 1) -> None:
        if count:
            self.dropped[reason] += count

    # entities

    def entities(self, items: list[Any]) -> tuple[EntityMention, ...]:
        found: list[tuple[EntityMention, list[list[Span]]]] = []
        taken: set[str] = set()
        for item in self.objects(items):
            said = item.get("surfaces")
            if item.get("type") not in ENTITY_TYPES or not isinstance(said, list):
                self.drop("items of a wrong form")
                continue
            forms = self._forms(said, taken)
            if forms:
                forms.sort(key=lambda spans: spans[0].start)
                surfaces = tuple(dict.fromkeys(self.quotes.quote(spans[0]) for spans in forms))
                entity = EntityMention(item["type"], surfaces, _role(item), confidence=CONFIDENCE)
                found.append((entity, forms))
        return self._with_spans(found)

    def _forms(self, said: list[Any], taken: set[str]) -> list[list[Span]]:
        """The places of each form that stands in the text and that no entity before this one has."""
        forms = []
        for surface in said:
            places = self.quotes.places(surface)
            if not places:
                self.drop("names not in the text")
            elif surface.strip() in taken:
                self.drop("names given twice")
            else:
                taken.add(surface.strip())
                forms.append(places)
        return forms

    def _with_spans(self, found: list[tuple[EntityMention, list[list[Span]]]]) -> tuple[EntityMention, ...]:
        """Give every place to the longest name that stands there."""
        places = [(span.start, span.end, n) for n, (_, forms) in enumerate(found) for spans in forms for span in spans]
        taken = [False] * len(self.quotes.text)
        spans: list[list[Span]] = [[] for _ in found]
        for start, end, n in sorted(places, key=lambda place: (place[0] - place[1], place[0])):
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                spans[n].append(Span(start, end))
        return tuple(
            EntityMention(
                entity.type, entity.surfaces, entity.role, confidence=entity.confidence,
                spans=tuple(self.quotes.span(s) for s in sorted(kept or forms[0][:1], key=lambda s: s.start)),
            )
            for (entity, forms), kept in zip(found, spans, strict=True)
        )  # fmt: skip

    # results

    def result(self, item: Mapping[str, Any]) -> Result | None:
        value, value_max = _number(item.get("value")), _number(item.get("value_max"))
        if item.get("kind") not in KINDS or value is None or (value_max is None and item.get("value_max") is not None):
            self.drop("items of a wrong form")
            return None
        evidence = self.quotes.run(item.get("evidence"))
        self.drop("evidence not in the text", evidence is None)
        unit = item.get("unit")
        quantity = self.quotes.quantity(value, value_max, unit if isinstance(unit, str) else "", evidence)
        if quantity is None:
            self.drop("values not in the text")
            return None
        place = Span(quantity.start, quantity.end)
        sentence = self.quotes.sentence(place)
        return Result(
            kind=item["kind"], value=quantity.value, value_max=quantity.value_max,
            unit=self.quotes.unit(unit, quantity),
            value_text=self.quotes.quote(place), value_span=self.quotes.span(place),
            evidence=self.quotes.quote(sentence), span=self.quotes.span(sentence),
            bound=_one_of(item.get("bound"), BOUNDS) or "exact",
            direction=_one_of(item.get("direction"), DIRECTIONS) if item["kind"] == "change" else None,
            confidence=CONFIDENCE, rule=RULE,
            **{name: self.name(item.get(name), near=place) for name in _NAMES},
        )  # fmt: skip

    def name(self, said: Any, *, near: Span) -> str | None:
        """The name as the text writes it nearest to a place; None where it was not said or is not there."""
        if said is None or said == "":
            return None
        places = self.quotes.places(said)
        if not places:
            self.drop("names not in the text")
            return None
        return self.quotes.quote(min(places, key=lambda span: (gap(span, near), span.start)))

    # comparisons

    def comparison(self, item: Mapping[str, Any]) -> Comparison | None:
        better, worse = self.quotes.places(item.get("better")), self.quotes.places(item.get("worse"))
        if not better or not worse or item["better"].strip() == item["worse"].strip():
            self.drop("comparisons of names not in the text")
            return None
        evidence = self.quotes.run(item.get("evidence"))
        if evidence is None:
            self.drop("evidence not in the text")
            one, other = min(((b, w) for b in better for w in worse), key=lambda pair: gap(*pair))
            evidence = Span(min(one.start, other.start), max(one.end, other.end))
        sentence = self.quotes.sentence(evidence)
        names = {name: self.name(item.get(name), near=evidence) for name in ("better", "worse", "dataset", "metric")}
        return Comparison(
            better=names["better"] or "", worse=names["worse"] or "", dataset=names["dataset"], metric=names["metric"],
            evidence=self.quotes.quote(sentence), span=self.quotes.span(sentence), confidence=CONFIDENCE, rule=RULE,
        )  # fmt: skip


def _role(item: Mapping[str, Any]) -> Role:
    role: Role = _one_of(item.get("role"), ROLES) or "mentioned"
    if item["type"] in ("Task", "Metric") and role in ("proposed", "compared"):
        return "used"
    return role


def _one_of(said: Any, allowed: tuple[Any, ...]) -> Any:
    return said if isinstance(said, str) and said in allowed else None


def _number(said: Any) -> Decimal | None:
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        return None
    value = Decimal(said)
    return value if value.is_finite() and abs(value.adjusted()) <= 30 else None
