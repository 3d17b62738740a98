"""Lists in a sentence: which numbers and which names stand in a row, and at which place of it; depth of brackets."""

from __future__ import annotations

from kg.extraction.reading import Reading

_JOINTS = frozenset((",", "and", "or", "/", "&", ";", ", and", "to", "→"))
_LONGEST = 4
"""Symbols between two members of a list."""

_CLASS = {"Dataset": "data", "Benchmark": "data", "Metric": "metric", "Method": "method", "Task": "task"}


class Lists:
    """``numbers[i]`` and ``names[first symbol, entity]`` are (place in its list, length of the list).

    ``chains`` are the lists of names as rows of mentions; ``depth`` counts the open brackets at each symbol.
    """

    def __init__(self, reading: Reading) -> None:
        self.depth = _depths(reading)
        self.numbers = _number_lists(reading)
        self.names: dict[tuple[int, int], tuple[int, int]] = {}
        self.chain_of: dict[tuple[int, int], tuple[int, ...]] = {}
        self._chain(reading)

    def _chain(self, reading: Reading) -> None:
        """Rows of mentions of one class with nothing but commas, "and" and a few words between them."""
        open_rows: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
        rows: list[list[tuple[int, int, int]]] = []
        for mention in reading.mentions:
            key = (_CLASS[reading.entities[mention.entity].type], mention.sentence)
            row = open_rows.get(key)
            if row is None or not self._joins(reading, row[-1][2], mention.first):
                row = open_rows[key] = []
                rows.append(row)
            if not row or row[-1][1] != mention.entity:
                row.append((mention.first, mention.entity, mention.last))
        for row in rows:
            entities = tuple(entity for _, entity, _ in row)
            for place, (first, entity, _) in enumerate(row):
                self.names[first, entity] = (place, len(row))
                self.chain_of[first, entity] = entities

    @staticmethod
    def _joins(reading: Reading, left: int, right: int) -> bool:
        between = reading.symbols[left:right]
        if not 0 < len(between) <= _LONGEST + 3:
            return False
        # An acronym or a number in brackets after a member belongs to it.
        plain = [word for word in between if word[0] != "<" and word not in ("(", ")", "the", "both")]
        return any(word in _JOINTS for word in plain) and len(plain) <= 2


def _depths(reading: Reading) -> list[int]:
    depths, depth = [], 0
    for word in reading.symbols:
        if word in (")", "]") and depth:
            depth -= 1
        depths.append(depth)
        if word in ("(", "["):
            depth += 1
    return depths


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
