"""The grammar of measurements: every number of a folded text that could be a result, with its unit.

``find_quantities`` reads characters, not tokens ("F1=0.87", "100times", "3.17-10.2%"). It finds more than results:
sizes, settings and years too; what is a result is decided later, from the context.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.extraction.units import FACTOR_WORDS, NUMBER_WORDS, PERCENT, POINTS, TIMES, UNIT_PATTERN
from kg.model import Bound


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or range with its unit; offsets are code points of the folded text, the unit included.

    ``form`` says how it was written: "digits", "range", "word" (three times), "factor" (half, doubling), "fraction"
    (1/8) or "count" (12 of 17). ``sign`` is "+", "-" or "". ``inherited`` says that the unit was taken from a later
    member of its list.
    """

    value: Decimal
    unit: str
    start: int
    end: int
    value_max: Decimal | None = None
    bound: Bound = "exact"
    form: str = "digits"
    sign: str = ""
    inherited: bool = False


_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,5}(?![\d,])(?:\.\d{1,15})?|\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})(?!\d)"
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))

_ATOM = re.compile(
    rf"""
    (?:(?<=\bSI)|(?<=\bnum)|(?<=\bqty)|(?<![\w.^@\#]))
    (?: 10\s?\^\s?(?P<tens>-?\d{{1,3}})(?![\w.])
      | (?P<number>{_NUMBER})(?![.,]\d)
        (?:\s?[×x·]\s?10\s?\^?\s?(?P<power>-?\d{{1,3}})(?![\w.])|[eE](?P<exponent>[-+]?\d{{1,3}})(?![\w.]))?
      | (?i:(?P<word>(?:{_WORDS})(?:-(?:one|two|three|four|five|six|seven|eight|nine)\b)?))(?=[\s-]|fold)
    )
    (?P<spread>\s?\(?(?:±|\+/-|\+-|\bplus\sor\sminus\b)\s?{_NUMBER}\)?)?
    (?P<unit>{UNIT_PATTERN})?
    """,
    re.VERBOSE,
)
_FRACTION = re.compile(r"(?<![\w./-])(\d{1,3})\s?/\s?(\d{1,5})(?:th|rd|nd|st)?(?![\w./%])")
_COUNT = re.compile(
    rf"(?:\s[a-z]{{2,15}})?(?:\s(?:out\s)?of\s(?:(?:the|our|all)\s)?|/)(?:\d{{1,5}}|(?i:{_WORDS}))(?![\w.%/])"
)


_SETTING = re.compile(r"@[A-Za-z]{1,8}=$")
"""The 0.3 of "R1@IoU=0.3" is part of a name."""
_SPREAD = re.compile(r"(?:±|\+/-|\+-)\s?$")
_ACRONYM = re.compile(r"\s\((FPS|fps)\)")
_GLUED = re.compile(r"-?[^\W\d_]")
_BEFORE_SIGN = ("", *" ([=~:<>≈")


def find_quantities(text: str) -> list[Quantity]:
    """Every quantity of ``text`` in order, none overlapping; linear in the length of the text."""
    found = sorted((*_numerals(text), *_factors(text)), key=lambda q: (q.start, -q.end))
    return _with_shared_units(text, _with_ranges(text, _without_overlaps(found)))


def _numerals(text: str) -> Iterator[Quantity]:
    last_end = -1
    for match in _ATOM.finditer(text):
        if not _stands_alone(text, match.start(), last_end):
            continue
        quantity = _fraction(text, match) or _numeral(text, match)
        if quantity is not None and quantity.start >= last_end:
            last_end = quantity.end
            yield quantity


def _stands_alone(text: str, start: int, last_end: int) -> bool:
    """Whether the number is no part of a name ("CIFAR-10", "GPT-4-1106", "and/or 5" but "18/13/53%", "2x-47x")."""
    before = text[start - 1 : start] if start else ""
    if before == "/":
        return last_end == start - 1
    if before in ("-", "–"):
        return last_end == start - 1 or not text[max(0, start - 2) : start - 1].isalnum()
    if before == "=" and _SETTING.search(text[max(0, start - 12) : start]):
        return False
    if before == ":" and text[max(0, start - 2) : start - 1].isdigit():  # mAP@0.5:0.95
        return False
    return not _SPREAD.search(text[max(0, start - 5) : start])


def _fraction(text: str, match: re.Match[str]) -> Quantity | None:
    """ "1/8th of" is 0.125 x; "12/17" is a count."""
    found = _FRACTION.match(text, match.start())
    if found is None or match["unit"]:
        return None
    top, bottom = Decimal(found[1]), Decimal(found[2])
    if bottom == 0 or top > bottom:
        return None
    if top == 1 and bottom > 1:
        return Quantity(top / bottom, TIMES, found.start(), found.end(), form="fraction")
    return Quantity(top, "", found.start(), found.end(), form="count")


def _numeral(text: str, match: re.Match[str]) -> Quantity | None:
    value = _value(match)
    unit, end = _unit(text, match)
    if match["orders"]:
        if abs(value) > 20:
            return None
        value = Decimal(10) ** int(value)
    form = "word" if match["word"] else "digits"
    if not unit:
        count = _COUNT.match(text, end)
        if count:
            return Quantity(value, "", match.start(), end, form="count")
        if (form == "word" and value != 0) or _GLUED.match(text, end):
            return None
    sign = _sign(text, match.start())
    if sign == "-" and not unit:  # "-67%" tells a direction, "r = -0.81" a level
        value = -value
    return Quantity(value, unit, match.start() - len(sign), end, form=form, sign=sign)


def _value(match: re.Match[str]) -> Decimal:
    if match["tens"]:
        return Decimal(1).scaleb(int(match["tens"]))
    if match["word"]:
        return sum((NUMBER_WORDS[part] for part in match["word"].lower().split("-")), Decimal(0))
    value = Decimal(match["number"].replace(",", ""))
    return value.scaleb(int(match["power"] or match["exponent"] or 0))


def _unit(text: str, match: re.Match[str]) -> tuple[str, int]:
    """The unit and where the quantity ends."""
    if match["points"]:
        return POINTS, match.end()
    if match["percent"]:
        return PERCENT, match.end()
    if match["times"] or match["orders"]:
        return TIMES, match.end()
    if match["of_ten"]:
        return ("" if "100" in match["of_ten"] else match["of_ten"].strip()), match.end()
    if match["unit"]:
        acronym = _ACRONYM.match(text, match.end()) if "per" in match["unit"] else None
        return (acronym[1], acronym.end()) if acronym else (match["unit"].strip(" -"), match.end())
    before = text[max(0, match.start() - 1) : match.start()]
    if before in ("×", "x") and not text[max(0, match.start() - 3) : match.start() - 1].strip()[-1:].isdigit():
        return TIMES, match.end()
    if before in ("$", "€", "£"):
        return before, match.end()
    return "", match.end()


def _sign(text: str, start: int) -> str:
    """The sign before a number; a hyphen between two numbers or after a word is none."""
    before = text[start - 1 : start]
    if before == "+":
        return "+"
    if before in ("-", "–") and text[max(0, start - 2) : start - 1] in _BEFORE_SIGN:
        return "-"
    return ""


def _stem(pattern: str) -> str:
    """Letters without which the pattern cannot match; none where all of them stand in groups."""
    plain = pattern
    while (shorter := re.sub(r"\([^()]*\)", " ", plain)) != plain:
        plain = shorter
    return max(re.findall("[a-z]+", re.sub(r"\[[^]]*\]|\\.|.\?", " ", plain)), key=len, default="")


_FACTORS = tuple((_stem(pattern.pattern), pattern, value) for pattern, value in FACTOR_WORDS)


def _factors(text: str) -> Iterator[Quantity]:
    plain = text.casefold()
    for stem, pattern, value in _FACTORS:
        if stem in plain:
            for match in pattern.finditer(text):
                yield Quantity(value, TIMES, match.start(), match.end(), form="factor")


def _without_overlaps(found: list[Quantity]) -> list[Quantity]:
    kept: list[Quantity] = []
    for quantity in found:
        if not kept or quantity.start >= kept[-1].end:
            kept.append(quantity)
    return kept


_RANGE = re.compile(r"\s?(?:-{1,2}|–|—|~|\bto\b|\band\b|→)\s?(?:~|≈|\+)?\s?")


def _with_ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    """Join the two ends of each range ("3.17-10.2%", "4x to 6x"); "from A to B" stays two."""
    joined: list[Quantity] = []
    for quantity in found:
        if joined and _is_range(text, joined[-1], quantity):
            low = _in_orders(text, joined.pop(), quantity)
            quantity = replace(
                quantity, value=low.value, value_max=quantity.value, start=low.start, form="range", sign=low.sign
            )
        joined.append(quantity)
    return joined


def _in_orders(text: str, low: Quantity, high: Quantity) -> Quantity:
    """The 2 of "2-3 orders of magnitude" is 100."""
    is_orders = high.unit == TIMES and text.endswith("magnitude", high.start, high.end)
    is_power = is_orders and not low.unit and 0 < low.value < 20
    return replace(low, value=Decimal(10) ** int(low.value), unit=TIMES) if is_power else low


def _is_range(text: str, low: Quantity, high: Quantity) -> bool:
    link = text[low.end : high.start]
    if len(link) > 8 or not _RANGE.fullmatch(link) or low.value_max is not None or low.unit not in ("", high.unit):
        return False
    if low.form == "count" or not abs(low.value) < abs(high.value):
        return False
    before = text[max(0, low.start - 24) : low.start].lower()
    sign = link.strip(" ~≈+")
    if sign == "and":
        return bool(re.search(r"\bbetween\s(?:about\s|approximately\s|roughly\s)?$", before))
    if sign in ("to", "→"):
        is_pair = re.search(r"\bfrom\s(?:about\s|approximately\s|around\s|an?\s|~)?$", before)
        is_span = re.search(r"\b(?:rang\w+|vary\w*|varies|spann?\w*|anywhere)\s(?:\w+\s)?from\s\W?$", before)
        is_bare = not high.unit or before.endswith(("(", ": "))
        return bool(is_span) or not (is_pair or sign == "→" or is_bare)
    return True


_LIST = re.compile(
    r"\s?(?:,\s?and\b|,|/|;|\band\b|\bor\b|&|\bto\b|→|-|–|\bvs\.?|\bversus\b)\s?(?:from\s|an?\s|\+|-|~|≈)?\s?"
)


def _with_shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """Give bare members of a list the unit of the next member ("8.1, 4.3 and 2 points")."""
    shared = list(found)
    for i in range(len(shared) - 2, -1, -1):
        left, right = shared[i], shared[i + 1]
        if left.unit or not right.unit or left.form in ("count", "factor"):
            continue
        link = text[left.end : right.start]
        if right.unit in (PERCENT, POINTS) and left.value < 1 <= right.value and "," in link:
            continue
        if len(link) <= 12 and _LIST.fullmatch(link):
            shared[i] = replace(left, unit=right.unit, inherited=True)
    return shared
