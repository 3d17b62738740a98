"""Labelled papers as binding needs them: each number of the text with the results that it stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spacy.vocab import Vocab

from kg.extraction.numbers import Quantity, find_quantities
from kg.extraction.reading import Reading, read
from kg.extraction.sentences import abstract_sentences
from kg.extraction.text import FoldedText, fold
from kg.extraction.tokens import make_doc
from kg.model import EntityMention, Span
from kg.training.agreement import same_number, same_unit
from kg.training.labels import label

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """One paper: its reading, and for each quantity the labelled results that it states (none: no result)."""

    id: str
    record: Json
    folded: FoldedText
    reading: Reading
    results: tuple[tuple[Json, ...], ...] = field(default=())


def gold_entities(record: Json, vocab: Vocab) -> list[EntityMention]:
    """The labelled entities with their mentions, on folded text."""
    labelled = label(record, vocab)
    spans: list[list[Span]] = [[] for _ in record["entities"]]
    for first, last, entity in labelled.spans:
        end = labelled.doc[last - 1]
        spans[entity].append(Span(labelled.doc[first].idx, end.idx + len(end)))
    return [
        EntityMention(e["type"], tuple(fold(s).text for s in e["surfaces"]), e["role"], tuple(places))
        for e, places in zip(record["entities"], spans, strict=True)
    ]


def example(record: Json, entities: Sequence[EntityMention], vocab: Vocab) -> Example:
    """Read the paper with these entities, and find where its labelled results stand."""
    folded = fold(f"{record['title']}\n{record['abstract']}")
    doc = abstract_sentences(make_doc(vocab, folded))
    quantities = find_quantities(folded.text)
    reading = read(doc, folded.text, entities, quantities)
    return Example(str(record["id"]), record, folded, reading, _place(record, folded, quantities))


def _place(record: Json, folded: FoldedText, quantities: Sequence[Quantity]) -> tuple[tuple[Json, ...], ...]:
    """Give each labelled result to the quantity that states it: the same number, within the evidence."""
    found: list[list[Json]] = [[] for _ in quantities]
    groups: dict[tuple[Any, ...], list[Json]] = {}
    for result in record["results"]:
        key = (result["value"], result["value_max"], result["unit"], result["evidence"])
        groups.setdefault(key, []).append(result)
    for results in groups.values():
        places = _candidates(results[0], folded, quantities)
        if not places:
            continue
        if len(results) % len(places) or len(places) == 1:
            found[places[0]] += results
        else:  # as many statements of the number as results, or several results for each
            share = len(results) // len(places)
            for k, place in enumerate(places):
                found[place] += results[k * share : (k + 1) * share]
    return tuple(map(tuple, found))


def _candidates(result: Json, folded: FoldedText, quantities: Sequence[Quantity]) -> list[int]:
    same = [
        i
        for i, q in enumerate(quantities)
        if same_number(result["value"], float(q.value))
        and same_number(result["value_max"], None if q.value_max is None else float(q.value_max))
        and same_unit(result["unit"], original_unit(folded, q))
    ]
    start = folded.original.find(result["evidence"])
    if start < 0:
        return same
    left, right = folded.to_folded(start, start + len(result["evidence"]))
    inside = [i for i in same if left <= quantities[i].start and quantities[i].end <= right + 8]
    return inside or same[:1]


def original_unit(folded: FoldedText, quantity: Quantity) -> str:
    """The unit as the original writes it, where it is not one of the three that have a name of their own."""
    if quantity.unit in ("", "%", "x", "points"):
        return quantity.unit
    start = folded.text.rfind(quantity.unit, quantity.start, quantity.end)
    if start < 0:
        return quantity.unit
    left, right = folded.to_original(start, start + len(quantity.unit))
    return folded.original[left:right]
