"""The words and signs that follow a number: units, and numbers written as words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

PERCENT, POINTS, TIMES = "%", "points", "x"

_PER = r"(?:\s?/\s?[A-Za-z]{1,12}|(?<=seconds)\sper\s[a-z]{1,12})?"

_TIME = (
    r"(?:GPU|TPU|CPU|A100|H100|V100)?[-\s]?(?:hours?|days?|hrs?)|milli-?seconds?|micro-?seconds?|nanoseconds?"
    r"|seconds?|secs?|minutes?|mins?|weeks?|months?|years?|ms|[uμn]s|ps|s|h|d"
)
_RATE = (
    r"frames?(?:\sper\s|/)s(?:ec(?:ond)?)?|FPS|fps|tokens?(?:\sper\s|/)s(?:ec(?:ond)?)?|[kKMG]?Hz|QPS|k?m/s|km/h|m/s\^?2"
    r"|[KMG]?B/s|[kKMG][bB]ps|body\slengths(?:\sper\s|/)s(?:econd)?|bits?/\w{1,6}|bits?\sper\s\w{1,9}|bpm|bp[cpd]|rpm"
)
_SIZE = (
    r"[KMGTP]i?Bs?|[kM]B|(?:kilo|mega|giga|tera)?bytes?|bits?|[MGTPE]?FLOP[sS]?(?:/s)?|[MGT]?MACs?|[MGT]OPS?(?:/W)?"
    r"|nats?|tokens|pixels?|px|voxels?"
)
_PHYSICAL = (
    r"dBm?|[mkM]?Wh?|[mkμ]?J|m?eV(?:/[^\s,;.]{1,6})?|mmHg|m[lL]|[km]?g|N(?:/\w{1,3})?|k?N|Nm|kPa|[nμumck]m|m|meters?|metres?|centi-?met(?:er|re)s?"
    r"|milli-?met(?:er|re)s?|inch(?:es)?|°\s?[CF]?|[dD]eg(?:rees?)?(?:\s?C(?:elsius)?\b)?|rad(?:ians?)?|USD|dollars?|cents?|€"
)
_MAGNITUDE = r"million|billion|trillion|thousand|[KkMBGT]"

# Longer alternatives first where one begins another; a unit ends where a word does.
UNIT_PATTERN = rf"""
    (?P<points>(?i:
        \s?(?:absolute\s)?(?:percentage|percent|%)[-\s]?p(?:oin)?ts?\b | \s?%p\b | \s?pp(?:ts?)?\b | \s?p\.p\.
      | [-\s]?(?:absolute\s)?points?\b(?!\s?clouds?) | \s?pts?\b
      | \s(?!data|key|time|way|set|end|sample|training|test|anchor|query|more|on|of|in|and)
        [A-Za-z][\w@.+]{{0,14}}(?:\s(?:score|accuracy))?[-\s]points?\b(?!\sclouds?)
      | \s(?:absolute|percent)\spoints?\b
    ))
  | (?P<percent> \s?% | (?i:[-\s]?per\s?cent(?:age)?\b))
  | (?P<times> \s?[x×](?![\w-]) | [x×](?=[-][a-z]) | \s?X(?![\w-]) | (?i:[-\s]?(?:fold|times)\b) | \s?×(?=\s[a-z]) )
  | (?P<orders> (?i:[-\s]orders?[-\s]of[-\s]magnitude\b) )
  | (?P<of_ten> \s?/\s?(?:5|7|10|100)\b(?![./,]\d)(?!\s[a-z]) | \sout\sof\s(?:5|10|7|100)\b(?!\s[a-z]) )
  | (?P<other> [-\s]?(?:{_RATE})(?![\w/]) | [-\s]?(?:{_TIME}|{_SIZE}|{_PHYSICAL}|{_MAGNITUDE}){_PER}(?![\w/°]) )
"""

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS: Mapping[str, Decimal] = MappingProxyType(
    {word: Decimal(n) for n, word in enumerate(_ONES.split())}
    | {word: Decimal(10 * n) for n, word in enumerate(_TENS.split(), 2)}
    | {"hundred": Decimal(100), "thousand": Decimal(1000)}
)

_FACTORS = {
    "halv(?:e|es|ed|ing)": "2",
    "doubl(?:e|es|ed|ing)": "2",
    "twice": "2",
    "twofold": "2",
    "tripl(?:e|es|ed|ing)": "3",
    "quadrupl(?:e|es|ed|ing)": "4",
    "three-?fold": "3",
    "four-?fold": "4",
    "five-?fold": "5",
    "six-?fold": "6",
    "seven-?fold": "7",
    "eight-?fold": "8",
    "ten-?fold": "10",
    "two-fold": "2",
    "an?\\sorder(?:[-\\s]of[-\\s]magnitude)?(?=\\s(?:more|less|faster|smaller|larger|lower|higher|fewer|better)"
    "|[-\\s]of[-\\s]magnitude|\\W)": "10",
    "order[-\\s]of[-\\s]magnitude": "10",
    "half": "0.5",
    "(?:one|a)[-\\s]third(?=\\s(?:of|the|as|fewer|less|lower))": "0.333",
    "two[-\\s]thirds(?=\\s(?:of|the|as|fewer|less|lower))": "0.667",
    "(?:one|a)[-\\s]quarter(?=\\s(?:of|the|as|fewer|less|lower))": "0.25",
    "three[-\\s]quarters(?=\\s(?:of|the|as))": "0.75",
    "(?:one|a)[-\\s]fifth(?=\\s(?:of|the|as))": "0.2",
    "(?:one|a)[-\\s](?:tenth)(?=\\s(?:of|the|as))": "0.1",
}

FACTOR_WORDS: tuple[tuple[re.Pattern[str], Decimal], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), Decimal(value)) for pattern, value in _FACTORS.items()
)

_TIME_UNIT = re.compile(rf"(?:{_TIME}){_PER}")
_RATE_UNIT = re.compile(_RATE)
_SIZE_UNIT = re.compile(rf"(?:{_SIZE}|{_MAGNITUDE}){_PER}")
UNIT_CLASSES = ("%", "points", "x", "n", "time", "rate", "size", "unit")


@lru_cache(maxsize=4096)
def unit_class(unit: str) -> str:
    """One of UNIT_CLASSES: "n" where there is no unit, "unit" for one of none of the other classes."""
    if unit in (PERCENT, POINTS, TIMES):
        return unit
    for name, pattern in (("rate", _RATE_UNIT), ("time", _TIME_UNIT), ("size", _SIZE_UNIT)):
        if pattern.fullmatch(unit):
            return name
    return "unit" if unit else "n"
