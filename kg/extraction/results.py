"""From judged numbers and names to results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extraction.bounds import with_bounds
from kg.extraction.link_features import Links
from kg.extraction.linker import Linked
from kg.extraction.reading import Reading
from kg.model import KINDS, Bound, Direction, Kind, Result, Span

NAMED = ("method", "baseline", "dataset", "task", "metric")
TAKE = {"metric": 0.3, "dataset": 0.4, "method": 0.35, "baseline": 0.4, "task": 0.4}
"""A field stays empty where its best candidate is less likely than this."""

LISTED = ("dataset", "metric", "method", "baseline")
MANY = 0.45
"""Members of a list beside the best one count too from this probability on: one number for several datasets."""

_SETTING = re.compile(
    r"\b(?:(?:zero|one|two|three|four|five|few|\d{1,3})[- ]shots?|linear prob(?:e|ing)|fine[- ]tun(?:ed|ing)"
    r"|in[- ]domain|out[- ]of[- ](?:domain|distribution)|cross[- ](?:domain|dataset)"
    r"|(?:val(?:idation)?|test|dev(?:elopment)?) (?:set|split)"
    r"|(?:with|using) (?:only )?\d{1,2}(?:\.\d)?% (?:of (?:the )?)?(?:labell?ed data|labels|training data|data)"
    r"|(?:un)?seen (?:classes|environments|tasks|objects)|open[- ]vocabulary)\b",
    re.IGNORECASE,
)


def make_results(reading: Reading, linked: Sequence[Linked], *, threshold: float = 0.5) -> list[Result]:
    """The results among the likely ones: those at least as probable as ``threshold``."""
    bounds = with_bounds(reading.text, reading.quantities)
    links = Links(reading)
    return [
        result
        for each in linked
        if 1 - each.kinds[0] >= threshold
        for result in _results(reading, links, each, bounds[each.number])
    ]


def _results(reading: Reading, links: Links, linked: Linked, bound: Bound) -> Iterator[Result]:
    quantity = reading.quantities[linked.number]
    kind: Kind = KINDS[int(linked.kinds[1:].argmax())]
    sentence = reading.sentence_at[linked.number]
    start, end = reading.spans[sentence]
    confidence = float(1 - linked.kinds[0])
    for names in _names(reading, links, linked, kind):
        yield Result(
            kind=kind,
            value=quantity.value,
            value_max=quantity.value_max,
            unit=quantity.unit,
            value_text=reading.text[quantity.start : quantity.end],
            value_span=Span(quantity.start, quantity.end),
            bound=bound,
            direction=_direction(linked) if kind == "change" else None,
            evidence=reading.text[start:end],
            span=Span(start, end),
            setting=_setting(reading.text, quantity.start, start, end),
            confidence=confidence,
            rule="linked",
            **names,
        )


def _direction(linked: Linked) -> Direction:
    return "increase" if linked.increase > 0.5 else "decrease"


def _names(reading: Reading, links: Links, linked: Linked, kind: Kind) -> Iterator[dict[str, str | None]]:
    """The names of each result that the number states: one, or one for each member of a list."""
    best = {field: linked.fields[field].best(TAKE[field])[0] for field in NAMED}
    if kind == "absolute":
        best["baseline"] = None
    several = ((field, _several(links, linked, field, best[field])) for field in LISTED)
    nothing: tuple[str, list[int]] = ("", [])
    field, entities = next((pair for pair in several if pair[1]), nothing)
    if not entities:
        yield {name: _name(reading, linked.number, e) for name, e in best.items()}
    for entity in entities:
        chosen = best | {field: entity}
        yield {name: _name(reading, linked.number, e) for name, e in chosen.items()}


def _several(links: Links, linked: Linked, field: str, best: int | None) -> list[int]:
    """The members of the best one's list that count too; empty if there are none."""
    if best is None or links.lists.numbers[linked.number][1] > 1:  # numbers in a row: one for each name
        return []
    choice = linked.fields[field]
    sure = {e for e, p in zip(choice.entities, choice.probabilities, strict=True) if p >= MANY}
    if len(sure) < 2:
        return []
    chains = [chain for (_, entity), chain in links.lists.chain_of.items() if entity == best and len(chain) > 1]
    members = {entity for chain in chains for entity in chain if entity in sure} | {best}
    return sorted(members) if len(members) > 1 else []


def _name(reading: Reading, number: int, entity: int | None) -> str | None:
    """The entity as it is written nearest to the number."""
    if entity is None:
        return None
    place, sentence = reading.places[number], reading.sentence_at[number]
    nearest = min(
        reading.mentions_of[entity], key=lambda m: (abs(m.sentence - sentence), abs(m.first - place), m.start)
    )
    return reading.text[nearest.start : nearest.end]


def _setting(text: str, number: int, start: int, end: int) -> str | None:
    """The nearest setting that the sentence states plainly within 80 characters of the number."""
    left, right = max(start, number - 80), min(end, number + 80)
    found = min(_SETTING.finditer(text, left, right), key=lambda m: abs(m.start() - number), default=None)
    return found[0] if found else None
