"""Results in words: "≥ 86.6 % success rate", "↓ 10.7 % MAE against CLIP"."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kg.extraction.text import fold

BOUNDS = {"at_least": "≥", "at_most": "≤", "about": "≈"}
BOUND_WORDS = {"at_least": "at least", "at_most": "at most", "about": "about"}
ARROWS = {"increase": "↑", "decrease": "↓"}
KIND_WORDS = {"absolute": "level reached", "change": "change", "ratio": "share of something else's"}
_UNITS = {"": "", "x": "×", "%": "\u00a0%"}


def number(value: Decimal) -> str:
    """Without exponent, with thousands separators and the digits as they are: 0.1, 12,000, 70.50."""
    return f"{value:,f}"


def amount(result: Mapping[str, Any]) -> str:
    """Value or range, with unit, bound and direction: "≥ 86.6 %", "↑ 3.17–10.2 %", "3.5×"."""
    unit = str(result.get("unit") or "")
    top = result.get("valueMax")
    value = number(result["value"]) + (f"–{number(top)}" if top is not None else "")
    marks = [BOUNDS.get(str(result.get("bound")), "")]
    if result.get("kind") == "change":
        marks.insert(0, ARROWS.get(str(result.get("direction")), "Δ"))
    return "\u00a0".join([*(mark for mark in marks if mark), value + _UNITS.get(unit, f"\u00a0{unit}")])


def phrase(result: Mapping[str, Any], *, metric: str = "", baseline: str = "") -> str:
    """The amount with what it is an amount of: "≥ 86.6 % success rate", "95 % of GPT-4’s accuracy"."""
    shown = amount(result)
    kind = result.get("kind")
    if kind == "ratio":
        whose = f"{baseline}’s {metric}" if baseline and metric else baseline or metric or "another’s"
        return f"{shown} of {whose}"
    against = f" against {baseline}" if baseline and kind == "change" else ""
    return f"{shown} {metric}".rstrip() + against


def shorten(text: str, length: int) -> str:
    """At most ``length`` characters, cut at a word where one ends near enough, with an ellipsis."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    space = head.rfind(" ")
    return (head[:space] if space > length // 2 else head).rstrip(" ,;:-–") + "…"


def readable(text: str) -> str:
    """A name or title without LaTeX: "$\\pi_0$-FAST" is "π0-FAST"."""
    return (fold(text).text.strip() or text) if "$" in text or "\\" in text else text
