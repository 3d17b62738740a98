"""From judged numbers and names to results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extraction.bounds import with_bounds
from kg.extraction.linker import Linked
from kg.extraction.reading import Reading
from kg.extraction.shared import Group
from kg.extraction.wholes import JOINED, Whole
from kg.model import KINDS, Bound, Direction, Kind, Result, Span

NUMBER = 0.4
"""Numbers less likely than this to be a result are none."""

WORTH = 0.08
"""Results less sure than this are left out: of twelve of them, eleven would say something wrong."""

TAKE_TASK = 0.4
"""The task stays empty where its best candidate is less likely than this."""

SHARED = 0.5
"""A number counts for every member of a list from this probability on."""

_SETTING = re.compile(
    r"\b(?:(?:zero|one|two|three|four|five|few|\d{1,3})[- ]shots?|linear prob(?:e|ing)|fine[- ]tun(?:ed|ing)"
    r"|in[- ]domain|out[- ]of[- ](?:domain|distribution)|cross[- ](?:domain|dataset)"
    r"|(?:val(?:idation)?|test|dev(?:elopment)?) (?:set|split)"
    r"|(?:with|using) (?:only )?\d{1,2}(?:\.\d)?% (?:of (?:the )?)?(?:labell?ed data|labels|training data|data)"
    r"|(?:un)?seen (?:classes|environments|tasks|objects)|open[- ]vocabulary)\b",
    re.IGNORECASE,
)


def make_results(
    reading: Reading, linked: Sequence[Linked], *, threshold: float = NUMBER, least: float = WORTH
) -> list[Result]:
    """The results among the likely ones: numbers at least as likely to be one as ``threshold``, of which the whole is
    right with a probability of at least ``least``."""
    bounds = with_bounds(reading.text, reading.quantities)
    return [
        result
        for each in linked
        if each.whole is not None and each.likelihood >= threshold and each.confidence >= least
        for result in _results(reading, each, each.whole, bounds[each.number])
    ]


def _results(reading: Reading, linked: Linked, whole: Whole, bound: Bound) -> Iterator[Result]:
    quantity = reading.quantities[linked.number]
    kind: Kind = KINDS[whole.kind]
    sentence = reading.sentence_at[linked.number]
    start, end = reading.spans[sentence]
    for names in _names(reading, linked, whole):
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
            confidence=linked.confidence,
            rule="linked",
            **names,
        )


def _direction(linked: Linked) -> Direction:
    return "increase" if linked.increase > 0.5 else "decrease"


def _names(reading: Reading, linked: Linked, whole: Whole) -> Iterator[dict[str, str | None]]:
    """The names of each result that the number states: one, or one for each member of a list."""
    stated: dict[str, int | None] = {
        **dict(zip(JOINED, whole.names, strict=True)),
        "task": linked.fields["task"].best(TAKE_TASK)[0],
    }
    group = _shared(linked, whole)
    every = [stated | {group.field: entity} for entity in group.members] if group else [stated]
    for chosen in every:
        yield {name: _name(reading, linked.number, entity) for name, entity in chosen.items()}


def _shared(linked: Linked, whole: Whole) -> Group | None:
    """The list that the number is said of, if there is one."""
    usable = [pair for pair in linked.shared if pair[1] >= SHARED and (whole.kind or pair[0].field != "baseline")]
    return max(usable, key=lambda pair: pair[1])[0] if usable else None


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
