r"""The markup that titles and abstracts carry, and what each piece of it reads as."""

from __future__ import annotations

import html
import re

from kg.extraction.characters import fold_character
from kg.extraction.latex import accented, read_command

# Every alternative is bounded or cannot restart inside its own match: folding stays linear on hostile input.
MARKUP = re.compile(
    r"""(?=[\\$&<~{}_^`'\-\x00-\x1f\x7f-\U0010ffff]|\ \s)(?:
      (?P<space>\s+)
    | (?P<wide>[^\x00-\x7f]+)
    | (?P<dropped>[\x00-\x1f\x7f]+
        | \\(?:begin|end|cite[a-z]{0,9}|label|ref|eqref|[hv]space)\*?\s?
            (?:\[[^][]{0,80}\])?\{[^{}]{0,200}\}
        | \\href\s?\{[^{}]{0,400}\})
    | \\(?:[dt]?frac|nicefrac|sfrac)\{(?P<upper>[^{}]{1,40})\}\{(?P<lower>[^{}]{1,40})\}
    | \\(?P<mark>[`'^"~=.])\s?\{?\\?(?P<letter>[A-Za-z])\}?
    | \\(?P<worded>[cvuHkr])\{\\?(?P<under>[A-Za-z])\}
    | \\(?P<escaped>[%$&\#_{}|])
    | \\(?P<thin>[,;:>\ !/\\()\[\]\n]|-(?!-))
    | \\(?P<command>[A-Za-z]{1,40})\*?(?P<low>_(?=[\w{]))?
    | \$\$?(?P<formula>[^$]{1,400})\$\$?
    | (?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)
    | (?P<block></?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|title|jats:(?:p|title|sec|list))\b[^<>]{0,200}>)
    | (?P<tag></?(?:i|b|u|em|strong|sub|sup|span|a|code|tt|font|small
        |math|inline-formula|tex-math|m[inos]|mrow|ms[uo][bp]|(?:jats|mml|m):\w{1,20})\b[^<>]{0,200}>)
    | (?P<dashes>--(?:-(?!-)|(?!-)))
    | (?P<quotes>``|\'\')
    | (?P<tilde>~)
    | (?P<brace>[{}])
    | (?P<power>\^\s?(?:\{?(?:\\circ|\\degree)(?![A-Za-z])\}?|(?=\{?(?:th|st|nd|rd)\b)))
    | (?P<low_line>_)
    | (?P<tick>`)
    )""",
    re.VERBOSE,
)
_THOUSANDS = re.compile(r"\d{3}(?!\d)")


def is_math(formula: str) -> bool:
    """Whether dollars around this mean a formula, not two prices ("$5 and $10")."""
    return bool(re.search(r"[\\^_{}=<>]", formula)) or not (formula[0].isspace() or formula[-1].isspace())


def read_markup(kind: str, match: re.Match[str]) -> str:
    """What the markup reads as."""
    text = match[0]
    if kind in ("letter", "under"):
        return accented(match["mark"] or match["worded"], match[kind])
    if kind == "escaped":
        return match["escaped"]
    if kind in ("command", "low"):
        return read_command(match["command"])
    if kind == "thin":
        return _thin_space(match)
    if kind == "entity":
        return "".join(map(fold_character, html.unescape(text)))
    if kind == "dashes":
        return "–" if len(text) == 2 else "—"
    if kind == "tilde":
        return _tilde(match)
    if kind == "power":
        return "°" if "\\" in text else ""
    return {"quotes": '"', "block": " ", "tick": "'"}.get(kind, "")


def _thin_space(match: re.Match[str]) -> str:
    """``10\\,000`` is one number; ``5\\,ms`` is two words."""
    sign = match["thin"]
    if sign in "!/()[]-":
        return ""
    text, start, end = match.string, match.start(), match.end()
    is_grouping = sign == "," and start > 0 and text[start - 1].isdigit() and _THOUSANDS.match(text, end)
    return "" if is_grouping else " "


def _tilde(match: re.Match[str]) -> str:
    """A tie between words is a space; before a number and after a gap it means "about"."""
    text, start, end = match.string, match.start(), match.end()
    after_gap = start == 0 or text[start - 1].isspace() or text[start - 1] in "(["
    return "~" if after_gap and end < len(text) and not text[end].isspace() else " "
