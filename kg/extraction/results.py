"""Which numbers are results, and what each is bound to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction.bounds import with_bounds
from kg.extraction.numbers import Quantity, find_quantities
from kg.extraction.reading import Mention, Reading, read
from kg.model import Bound, Direction, Kind, Result, Span

_CHANGE = re.compile(
    r"\b(?:improv|increas|reduc|decreas|gain|boost|outperform|surpass|faster|slower|higher|lower|fewer|less|more|speed-?up|drop"
    r"|declin|better|enhanc|exceed|cut|sav|accelerat|\+)",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:reduc|decreas|lower|fewer|less|drop|declin|cut|sav|degrad|shrink|smaller|fall|fell|los[es])", re.IGNORECASE
)
_SHARE = re.compile(r"^\s(?:of|the)\b.*\b(?:parameters|data|cost|time|memory|performance|compute|computation)\b")


RESULTS = "results"


@Language.component(RESULTS, requires=["doc._.entities"], assigns=["doc._.results"])
def bind(doc: Doc) -> Doc:
    """Set ``doc._.results`` from ``doc._.entities`` (folded offsets)."""
    quantities = find_quantities(doc.text)
    reading = read(doc, doc._.entities, quantities)
    bounds = with_bounds(doc.text, quantities)
    doc._.results = tuple(_results(reading, bounds))
    return doc


def _results(reading: Reading, bounds: list[Bound]) -> Iterator[Result]:
    for i, quantity in enumerate(reading.quantities):
        if quantity.unit not in ("%", "x", "points", "dB", "FPS", "ms", "s") or reading.places[i].sentence == 0:
            continue
        metric = _nearest(reading, i, ("Metric",))
        if metric is None and quantity.unit not in ("%", "points", "x"):
            continue
        kind = _kind(reading.text, quantity)
        start, end = reading.sentence_span(reading.places[i].sentence)
        yield Result(
            kind=kind, value=quantity.value, value_max=quantity.value_max, unit=quantity.unit, bound=bounds[i],
            value_text=reading.text[quantity.start : quantity.end], value_span=Span(quantity.start, quantity.end),
            direction=_direction(reading.text, quantity) if kind == "change" else None,
            method=_method(reading), dataset=_nearest(reading, i, ("Dataset", "Benchmark")), metric=metric,
            evidence=reading.text[start:end], span=Span(start, end), confidence=0.5, rule="nearest",
        )  # fmt: skip


def _kind(text: str, quantity: Quantity) -> Kind:
    around = text[max(0, quantity.start - 60) : quantity.end + 25]
    if quantity.unit == "x" or quantity.sign or _CHANGE.search(around):
        return "change"
    return "ratio" if _SHARE.search(text[quantity.end : quantity.end + 40]) else "absolute"


def _direction(text: str, quantity: Quantity) -> Direction:
    return "decrease" if _DOWN.search(text[max(0, quantity.start - 60) : quantity.end + 20]) else "increase"


def _nearest(reading: Reading, number: int, types: tuple[str, ...]) -> str | None:
    place = reading.places[number]

    def distance(mention: Mention) -> int:
        return min(abs(mention.place.start - place.end), abs(place.start - mention.place.end))

    near = [
        m for m in reading.mentions
        if m.place.sentence == place.sentence and reading.entities[m.entity].type in types
    ]  # fmt: skip
    best = min(near, key=distance, default=None)
    return None if best is None else reading.text[best.place.start : best.place.end]


def _method(reading: Reading) -> str | None:
    proposed = [e for e in reading.entities if e.type == "Method" and e.role == "proposed"]
    return proposed[0].surfaces[0] if proposed else None
