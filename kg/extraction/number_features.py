"""What tells a result from a size, a setting or a year: the features of a number in its sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kg.extraction.reading import Reading
from kg.extraction.units import UNIT_CLASSES


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FORMS = ("digits", "range", "word", "factor", "fraction", "count")
_REACH = 8
_GROW = words(
    """improve improves improved improving improvement improvements increase increases increased increasing gain gains
    boost boosts boosting raise raises raising rise enhance enhances enhancing"""
)
_FALL = words(
    """reduce reduces reduced reducing reduction reductions decrease decreases decreased decreasing drop drops lower
    lowers lowering cut cuts cutting save saves saving decline declines"""
)
_WIN = words(
    """outperform outperforms outperforming outperformed surpass surpasses surpassing surpassed exceed exceeds exceeding
    beat beats over than"""
)
_REACHED = words(
    """achieve achieves achieved achieving reach reaches reached reaching attain attains attaining obtain obtains yields
    yield yielding score scores scoring"""
)
_SETTING = words(
    """with using under at after given when trained containing comprising consisting spanning across dataset
    parameters"""
)
CUES = (_GROW, _FALL, _WIN, _REACHED, _SETTING)


def sparse(reading: Reading, number: int, head: int) -> Iterator[str]:
    """Named features: the symbols around the number and before ``head``, the first of its list."""
    symbols, at = reading.symbols, reading.places[number]
    first, last = reading.sentences[reading.sentence_at[number]]
    quantity = reading.quantities[number]
    me = symbols[at]
    before = symbols[max(first, at - _REACH) : at][::-1]
    after = symbols[at + 1 : min(last, at + 1 + _REACH)]
    for side, row in (("b", before), ("a", after)):
        padded = (*row[:4], *("^",) * (4 - len(row[:4])))
        for k, word in enumerate(padded[:3]):
            yield f"{side}{k} {word}"
            yield f"{me} {side}{k} {word}"
        yield f"{side}2 {padded[0]} {padded[1]}"
        yield f"{me} {side}2 {padded[0]} {padded[1]}"
        yield f"{side}3 {padded[0]} {padded[1]} {padded[2]}"
        for word in row:
            yield f"{side}w {word}"
        named = next((word for word in row if word[0] == "<"), "^")
        yield f"{side}n {me} {named}"
    yield f"ba {before[:1]} {after[:1]}"
    yield f"{me} ba {before[:1]} {after[:1]}"
    lead = reading.places[head]
    row = symbols[max(first, lead - 5) : lead][::-1]
    yield f"h {head != number} {row[:1]}"
    yield f"h {head != number} {row[:2]}"
    yield f"h {me} {row[:1]}"
    for word in row:
        yield f"hw {word}"
    yield f"u {quantity.unit}"
    yield f"f {quantity.form} {me} {quantity.sign}"
    for word in symbols[first : first + 3]:
        yield f"s {word}"
    for word in set(symbols[max(first, at - 30) : min(last, at + 30)]):
        yield f"w {word}"


def dense(reading: Reading, number: int, head: int) -> list[float]:
    """Figures of one number whose list begins with the number ``head``; the same length for every number."""
    quantity = reading.quantities[number]
    at, sentence = reading.places[number], reading.sentence_at[number]
    first, last = reading.sentences[sentence]
    before, after = reading.symbols[max(first, at - 30) : at][::-1], reading.symbols[at + 1 : min(last, at + 31)]
    value = abs(float(quantity.value))
    siblings = reading.quantities_in[sentence]
    row = [
        math.log10(value + 1e-6),
        float(quantity.value == quantity.value.to_integral_value()),
        float(-int(quantity.value.as_tuple().exponent)),
        float(1900 <= value <= 2100 and not quantity.unit),
        float(value <= 1),
        float(quantity.value_max is not None),
        float(quantity.sign == "+"),
        float(quantity.sign == "-"),
        float(quantity.inherited),
        float(sentence),
        sentence / max(1, len(reading.sentences) - 1),
        float(len(siblings)),
        float(siblings.index(number)) if number in siblings[:40] else 40.0,
        float(at - first),
        float(last - at),
        float(_is_bracketed(before)),
    ]
    row += [float(quantity.form == form) for form in FORMS]
    unit = reading.symbols[at][1:-1]
    row += [float(unit == name) for name in UNIT_CLASSES]
    for symbol in ("<metric>", "<data>", "<ours>", "<method>", "<task>"):
        row += [_distance(before, symbol), _distance(after, symbol)]
    lead = reading.places[head]
    ahead = reading.symbols[max(first, lead - 30) : lead][::-1]
    row += [
        float(number - head),
        float(ahead[:1] == ("by",)),
        float(ahead[:1] == ("of",)),
        float(ahead[:1] == ("from",)),
    ]
    for cue in CUES:
        row += [_nearest(before, cue), _nearest(after, cue), _nearest(ahead, cue)]
    row.append(float(_is_interval(reading, at)))
    return row


def _is_interval(reading: Reading, at: int) -> bool:
    """Whether the number is one of two alone in brackets after another: "0.67 (0.60, 0.74)"."""
    around = "".join("n" if word[0] == "<" else word[:1] for word in reading.symbols[max(0, at - 4) : at + 4])
    return "n(n,n)" in around


def _distance(row: tuple[str, ...], symbol: str) -> float:
    return float(row.index(symbol)) if symbol in row else 40.0


def _nearest(row: tuple[str, ...], words: frozenset[str]) -> float:
    return next((float(k) for k, word in enumerate(row) if word in words), 40.0)


def _is_bracketed(before: tuple[str, ...]) -> bool:
    for word in before:
        if word in ("(", "["):
            return True
        if word in (")", "]"):
            return False
    return False
