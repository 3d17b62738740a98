"""When an extracted name, number or entry counts as the labelled one.

Two names agree when they are the same after normalising, stand for one labelled entity, or share at least half of their
words. Numbers agree to six digits; "%" and points are one unit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

Json = Mapping[str, Any]

SAY_NOTHING = frozenset(
    ("", "performance", "result", "score", "improvement", "gain", "quality", "speedup", "speed up", "fps")
)
"""Metrics that say no more than none at all."""

_GREEK = {
    "π": "pi", "α": "alpha", "β": "beta", "γ": "gamma", "σ": "sigma", "λ": "lambda", "μ": "mu", "τ": "tau",
    "ε": "epsilon",
}  # fmt: skip
_UNITS = {"×": "x", "times": "x", "percent": "%", "percentagepoints": "points", "pp": "points", "point": "points"}


@lru_cache(maxsize=65536)
def normal(name: str | None) -> str:
    """The form in which two names are compared: no markup, case, articles, punctuation or plural."""
    if not name:
        return ""
    text = name
    for sign, word in _GREEK.items():
        text = text.replace(sign, word)
    text = re.sub(r"\\(?:text\w*|math\w*|emph|em|bf|it|rm|tt|sc)\b", " ", text)
    text = re.sub(r"\\([A-Za-z]+)", r"\1", text)
    text = re.sub(r"[^0-9A-Za-z+]+", " ", text.casefold()).strip()
    text = re.sub(r"^(?:the|a|an|our|its|their) ", "", text)
    return " ".join(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in text.split())


def squeezed(name: str | None) -> str:
    return normal(name).replace(" ", "")


def family(entity_type: str) -> str:
    """Dataset and Benchmark count as one type, "Data"."""
    return "Data" if entity_type in ("Dataset", "Benchmark") else entity_type


class Names:
    """Which names of one paper stand for the same labelled entity."""

    def __init__(self, record: Json) -> None:
        self._groups: dict[str, set[int]] = defaultdict(set)
        for number, entity in enumerate(record.get("entities", ())):
            for surface in entity["surfaces"]:
                self._groups[squeezed(surface)].add(number)

    def agree(self, left: str | None, right: str | None, *, empty: frozenset[str] = frozenset(("",))) -> bool:
        """Whether both names say the same; those in ``empty`` (normalised) say nothing."""
        a, b = normal(left), normal(right)
        if a in empty or b in empty:
            return a in empty and b in empty
        nothing: set[int] = set()
        if squeezed(left) == squeezed(right):
            return True
        if self._groups.get(squeezed(left), nothing) & self._groups.get(squeezed(right), nothing):
            return True
        x, y = set(a.split()), set(b.split())
        return len(x & y) / len(x | y) >= 0.5


def same_number(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is None and right is None
    return abs(float(left) - float(right)) <= 1e-6 * max(1.0, abs(float(left)))


def same_unit(left: str | None, right: str | None) -> bool:
    a, b = _plain_unit(left), _plain_unit(right)
    return a == b or {a, b} == {"%", "points"} or a.rstrip("s") == b.rstrip("s")


def _plain_unit(unit: str | None) -> str:
    plain = re.sub(r"[\s\\]", "", (unit or "").casefold())
    return _UNITS.get(plain, plain)


def level(names: Names, gold: Json, found: Json) -> int:
    """How far a result is right: 0 not, 1 number and unit, 2 + kind, metric, dataset, 3 + method and baseline."""
    if not (
        same_number(gold["value"], found.get("value"))
        and same_number(gold.get("value_max"), found.get("value_max"))
        and same_unit(gold.get("unit"), found.get("unit"))
    ):
        return 0
    if not (
        gold["kind"] == found.get("kind")
        and names.agree(gold.get("metric"), found.get("metric"), empty=SAY_NOTHING)
        and names.agree(gold.get("dataset"), found.get("dataset"))
    ):
        return 1
    full = all(names.agree(gold.get(field), found.get(field)) for field in ("method", "baseline"))
    return 3 if full else 2


def pair_up(
    gold: Sequence[Json], found: Sequence[Json], grade: Callable[[Json, Json], int]
) -> list[tuple[int, int, int]]:
    """One-to-one pairs (gold index, found index, grade), best grade first; a grade of 0 is no match."""
    every = ((grade(g, f), -i, -j) for i, g in enumerate(gold) for j, f in enumerate(found))
    graded = sorted(every, reverse=True)
    used_gold, used_found, pairs = set(), set(), []
    for score, minus_i, minus_j in graded:
        i, j = -minus_i, -minus_j
        if score and i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
            pairs.append((i, j, score))
    return pairs
