"""One number said of several names: "a gain of 10% on both A and B" is two results."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.extraction.choice import Choice
from kg.extraction.link_features import Links
from kg.extraction.reading import Mention

LISTED = ("dataset", "metric", "method", "baseline")
LEAST = 0.15
"""A list is looked at where its likeliest member is at least this likely."""

_EACH = ("both", "each", "respectively", "average", "across", "all", "respective", "either", "including")


@dataclass(frozen=True, slots=True)
class Group:
    """A list of names that a number may be said of: the field, the members in text order, the features."""

    field: str
    members: tuple[int, ...]
    row: tuple[float, ...]


def groups(links: Links, number: int, fields: Mapping[str, Choice], kinds: Sequence[float]) -> list[Group]:
    """The lists of names that may share the number; ``kinds`` are the probabilities of its kinds."""
    found = []
    for field in LISTED:
        scores = dict(zip(fields[field].entities, fields[field].probabilities, strict=True))
        for chain in links.lists.chains:
            members = tuple(dict.fromkeys(mention.entity for mention in chain if mention.entity in scores))
            if len(members) > 1 and max(scores[e] for e in members) >= LEAST:
                row = tuple(_row(links, number, field, chain, members, scores, kinds))
                found.append(Group(field, members, row))
    return found


def _row(
    links: Links,
    number: int,
    field: str,
    chain: Sequence[Mention],
    members: Sequence[int],
    scores: Mapping[int, float],
    kinds: Sequence[float],
) -> Iterator[float]:
    reading = links.reading
    at, sentence = reading.places[number], reading.sentence_at[number]
    own = sorted((scores[e] for e in members), reverse=True)
    others = [score for e, score in scores.items() if e not in members]
    yield from kinds
    yield from (float(field == name) for name in LISTED)
    yield from (float(len(members)), own[0], own[1], own[-1], sum(own) / len(own), sum(own))
    yield from (scores[members[0]], scores[members[-1]], max(others, default=0.0))
    place, size = links.lists.numbers[number]
    yield from (float(place), float(size), float(size == len(members)), float(len(reading.quantities_in[sentence])))
    yield float(sentence - chain[0].sentence)
    is_before = chain[-1].last <= at
    left, right = (chain[-1].last, at) if is_before else (at + 1, chain[0].first)
    between = reading.symbols[left:right] if chain[0].sentence == sentence else ()
    yield from (float(is_before), float(right - left), float(sum(word[0] == "<" for word in between)))
    yield float(_count(reading.places, left, right))
    first, last = chain[0].first, chain[-1].last
    inner = reading.symbols[max(0, first - 2) : last]
    yield from (float(word in inner) for word in _EACH)
    yield from (float(word in links.words_of(sentence)) for word in _EACH)
    inside = _count(reading.places, first, last)
    yield from (float(inside), float(inside == len(members)), float("(" in inner), float("and" in inner))
    yield float(reading.symbols[max(0, first - 1)] in ("on", "in", "across", "over", "for"))


def _count(places: Sequence[int], left: int, right: int) -> int:
    """How many of the ascending places stand from ``left`` to before ``right``."""
    return max(0, bisect_left(places, right) - bisect_left(places, left))
