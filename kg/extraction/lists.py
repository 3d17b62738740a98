"""Lists in a sentence: which numbers and which names stand in a row, and at which place of it; depth of brackets."""

from __future__ import annotations

from kg.extraction.reading import Mention, Reading

_JOINTS = frozenset((",", "and", "or", "/", "&", ";", ", and", "to", "→"))
_BESIDE = frozenset(("(", ")", "the", "both", '"', "'", "on", "for", "to"))
"""Words that may stand beside a joint: an acronym or a number in brackets after a member belongs to it."""
_LONGEST = 4
"""Symbols between two numbers of a list; between two names there may be three more."""

_CLASS = {"Dataset": "data", "Benchmark": "data", "Metric": "metric", "Method": "method", "Task": "task"}


class Lists:
    """``numbers[i]`` and ``names[first symbol, entity]`` are (place in its list, length of the list).

    ``chains`` are the lists of at least two names, as rows of mentions, and ``chain_of[first symbol, entity]`` the
    entities of a mention's list; ``depth`` counts the open brackets at each symbol.
    """

    def __init__(self, reading: Reading) -> None:
        self.depth = _depths(reading)
        self.numbers = _number_lists(reading)
        self.names: dict[tuple[int, int], tuple[int, int]] = {}
        self.chain_of: dict[tuple[int, int], tuple[int, ...]] = {}
        self.chains: list[list[Mention]] = []
        for row in _rows(reading):
            entities = tuple(mention.entity for mention in row)
            for place, mention in enumerate(row):
                self.names[mention.first, mention.entity] = (place, len(row))
                self.chain_of[mention.first, mention.entity] = entities
            if len(set(entities)) > 1:
                self.chains.append(row)


def _rows(reading: Reading) -> list[list[Mention]]:
    """Rows of mentions of one class with nothing but commas, "and" and a few words between them."""
    last: dict[tuple[str, int], list[Mention]] = {}
    rows: list[list[Mention]] = []
    for mention in _apart(reading):
        key = (_CLASS[reading.entities[mention.entity].type], mention.sentence)
        row = last.get(key)
        if row is None or not _joins(reading, row[-1].last, mention.first):
            row = last[key] = []
            rows.append(row)
        if not row or row[-1].entity != mention.entity:
            row.append(mention)
    return rows


def _apart(reading: Reading) -> list[Mention]:
    """The mentions of which no two of one class overlap: of two that do, the one of the likelier entity."""
    kept: dict[str, list[Mention]] = {}
    for mention in reading.mentions:
        row = kept.setdefault(_CLASS[reading.entities[mention.entity].type], [])
        if not row or row[-1].end <= mention.start:
            row.append(mention)
        elif reading.entities[mention.entity].confidence > reading.entities[row[-1].entity].confidence:
            row[-1] = mention
    return sorted((m for row in kept.values() for m in row), key=lambda m: (m.start, m.end, m.entity))


def _joins(reading: Reading, left: int, right: int) -> bool:
    between = reading.symbols[left:right]
    if not 0 < len(between) <= _LONGEST + 3:
        return False
    plain = [word for word in between if word[0] != "<" and word not in _BESIDE]
    return 0 < len(plain) <= 2 and all(word in _JOINTS for word in plain)


def _depths(reading: Reading) -> list[int]:
    depths, depth = [], 0
    for word in reading.symbols:
        if word in (")", "]") and depth:
            depth -= 1
        depths.append(depth)
        if word in ("(", "["):
            depth += 1
    return depths


def list_heads(reading: Reading) -> list[int]:
    """For each number the first of its list."""
    return [number - place for number, (place, _) in enumerate(_number_lists(reading))]


def _number_lists(reading: Reading) -> list[tuple[int, int]]:
    rows: list[list[int]] = []
    for number, place in enumerate(reading.places):
        last = rows[-1][-1] if rows else -1
        if last >= 0 and reading.sentence_at[last] == reading.sentence_at[number]:
            between = reading.symbols[reading.places[last] + 1 : place]
            plain = [word for word in between if word[0] != "<"]
            if between and len(plain) <= _LONGEST and any(word in _JOINTS for word in plain):
                rows[-1].append(number)
                continue
        rows.append([number])
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        found.update({number: (place, len(row)) for place, number in enumerate(row)})
    return [found[number] for number in range(len(reading.places))]
