"""Where the sentences of an abstract begin.

A rule splitter for folded text: a period ends a sentence unless it stands in a number, an abbreviation ("e.g.",
"et al.", "vs.", "Fig.") or initials, and only where something that can begin a sentence follows.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any, cast

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc

_END = re.compile(r"(?:[.!?。！？]+[\"')\]]{0,2}(?=\s|[A-Z][a-z])|\n|(?<=[。！？]))\s*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"'])(?:e\.?g|i\.?e|c\.?f|al|vs|v\.?s|resp|approx|ca|etc|fig|figs|eq|eqs|tab|nos|dr|mr|mrs|prof"
    r"|w\.?r\.?t|incl|avg|jr|inc|ltd|dept|vol|ch|pp|viz|a\.?k\.?a|i\.?i\.?d|%pt|(?:[A-Z]\.)*[A-Z])\.$",
    re.IGNORECASE,
)
_CAN_OPEN = re.compile(r"[\"'(\[]{0,2}(?:[^\Wa-z_]|[a-z]{1,4}[A-Z0-9]|$)")


def sentence_starts(text: str) -> list[int]:
    """Offsets at which sentences of ``text`` begin, ascending; the first is 0."""
    starts = [0]
    for match in _END.finditer(text):
        if match.end() > starts[-1] and match.end() < len(text) and _is_end(text, match):
            starts.append(match.end())
    return starts


def _is_end(text: str, match: re.Match[str]) -> bool:
    if "\n" in match[0]:
        return True
    if match[0][:1] != ".":
        return bool(_CAN_OPEN.match(text, match.end())) or match[0][:1] in "。！？"
    if match.end() == match.start() + 1:  # "word.Next": a name ("Node.js", "v1.Beta") unless a plain word before
        return bool(re.search(r"[a-z]{3}$|\d%$|\)$", text[max(0, match.start() - 4) : match.start()]))
    if _ABBREVIATION.search(text[max(0, match.start() - 9) : match.start() + 1]):
        return text[: match.start()].endswith("etc") and bool(_CAN_OPEN.match(text, match.end()))
    return bool(_CAN_OPEN.match(text, match.end()))


@Language.component("abstract_sentences", assigns=["token.is_sent_start"])
def abstract_sentences(doc: Doc) -> Doc:
    """Mark sentence starts on a Doc of folded text."""
    offsets = [token.idx for token in doc]
    marks = np.full(len(doc), -1, dtype=np.int64)
    for start in sentence_starts(doc.text):
        marks[bisect_left(offsets, start) : bisect_left(offsets, start) + 1] = 1
    marks[:1] = 1
    doc.from_array([SENT_START], cast(Any, marks.astype(np.uint64)))  # setting it by token takes quadratic time
    return doc
