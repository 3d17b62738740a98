"""What the tagger sees of each word, and which runs of words can be a name at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from spacy.attrs import LOWER, ORTH, PREFIX, SHAPE, SUFFIX
from spacy.tokens import Doc

from kg.extraction.words import words as word_set

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

TABLES: tuple[tuple[int, int, int], ...] = (
    (LOWER, 12_000, 64), (ORTH, 12_000, 48), (SUFFIX, 2_000, 32), (PREFIX, 500, 8), (SHAPE, 1_500, 32),
)  # fmt: skip
"""Hash embeddings: the attribute, rows, width. Every attribute is looked up in two rows, which are added."""

FLAGS = 10
MAX_WIDTH = 10
"""Longest name in tokens; one in a thousand labelled mentions is longer."""

_BREAKS = frozenset(",;:?!\n()[]{}.—|<>") | {").", "),", "..."}
_NEVER_INSIDE = word_set(
    """
    we is are was were be been has have had can could may might will would should must do does did that which who
    our this these those it they their its his her such while but however thus hence because since when where
    whether than not also both each if so then there here us i you he she them propose present introduce show
    demonstrate achieve achieves outperforms outperform using based via
    """
)
_MAY_BEGIN = frozenset(["few", "full", "next", "one", "two", "first", "whole", "top", "no", "three", "per"])
_FUNCTION_WORDS = _NEVER_INSIDE | word_set(
    """
    a an the of and or with for to from by as at in on into over under between among about across through within
    without per via toward towards against during after before up down off out only very more most less least much
    many some any all no nor either neither other others another same own too just even still yet further again
    once e.g i.e etc s 's ' whose what how why
    """
)


def table_rows(doc: Doc) -> Ints:
    """Rows of the hash tables, shape (tokens, tables, 2)."""
    keys = doc.to_array([attribute for attribute, _, _ in TABLES]).astype(np.uint64)
    sizes = np.array([size for _, size, _ in TABLES], dtype=np.uint64)
    first, second = keys % sizes, (keys >> np.uint64(33)) % sizes
    return np.stack([first, second], axis=-1).astype(np.int64)


@lru_cache(maxsize=1 << 16)
def _bits(word: str) -> int:
    """Facts about a word alone: bit k is the k-th of what ``_Facts`` lists."""
    capitals = sum(map(str.isupper, word))
    facts = (
        word == "\n", word.startswith(("(", "[")), ")" in word or "]" in word, word in "\n.?!:",
        capitals >= 2, capitals == 1 and word[0].isupper(), capitals == 0, any(map(str.isdigit, word)),
        word == "(", word == ")", word == "-", any(map(str.isalnum, word)), word in "+*", word in "\n.",
        word in _FUNCTION_WORDS, word.lower() in _FUNCTION_WORDS, word in _MAY_BEGIN, word in _BREAKS,
        word in _NEVER_INSIDE,
    )  # fmt: skip
    return sum(is_so << place for place, is_so in enumerate(facts))


class _Facts(NamedTuple):
    """Facts about the words of a text, an array each."""

    is_line_break: Bools
    opens: Bools
    closes: Bools
    ends_sentence: Bools
    has_capitals: Bools
    has_first_capital: Bools
    is_lower: Bools
    has_digit: Bools
    is_open: Bools
    is_close: Bools
    is_hyphen: Bools
    is_named: Bools
    is_sign: Bools
    ends_line: Bools
    is_plain: Bools
    is_plain_lower: Bools
    may_begin: Bools
    breaks: Bools
    never_inside: Bools

    @classmethod
    def of(cls, words: Sequence[str]) -> _Facts:
        bits = np.fromiter(map(_bits, words), dtype=np.int32, count=len(words))
        return cls(*((bits >> np.arange(len(cls._fields), dtype=np.int32)[:, None] & 1).astype(np.bool_)))


def _shifted(facts: Bools, by: int, beyond: bool) -> Bools:
    """The facts of the word before (``by`` 1) or after (-1) each word; ``beyond`` is that of no word."""
    out = np.full_like(facts, beyond)
    if by > 0:
        out[by:] = facts[:-by]
    else:
        out[:by] = facts[-by:]
    return out


def flags(words: Sequence[str]) -> Floats:
    """Plain facts about every word, shape (tokens, FLAGS)."""
    facts = _Facts.of(words)
    in_title = np.arange(len(words)) < (facts.is_line_break.argmax() if facts.is_line_break.any() else 0)
    starts = _shifted(facts.ends_sentence, 1, True)
    columns = (
        in_title, _in_brackets(facts), starts, facts.has_capitals, facts.has_first_capital & ~starts, facts.has_digit,
        _shifted(facts.is_open, 1, False) & _shifted(facts.is_close, -1, False), _shifted(facts.is_open, -1, False),
        _shifted(facts.is_hyphen, -1, False) | _shifted(facts.is_hyphen, 1, False), facts.is_lower,
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def _in_brackets(facts: _Facts) -> Bools:
    inside = np.zeros_like(facts.opens)
    depth = since = 0
    for i in np.flatnonzero(facts.opens | facts.closes).tolist():
        inside[since:i] = depth > 0
        depth += int(facts.opens[i]) - (depth > 0 and bool(facts.closes[i]))
        since = i
    inside[since:] = depth > 0
    return inside


def candidate_spans(words: Sequence[str]) -> Ints:
    """Every run of words that may be a name, shape (spans, 2): first token, last token (inclusive).

    A name neither begins nor ends with punctuation or a function word, and runs over no comma, bracket or verb.
    """
    begins, ends, stops = name_edges(words)
    starts = np.flatnonzero(begins)
    barriers = np.append(np.flatnonzero(stops), len(words))
    limits = barriers[np.searchsorted(barriers, starts)]
    lasts = starts[:, None] + np.arange(MAX_WIDTH)
    fits = (lasts < limits[:, None]) & np.append(ends, [False] * MAX_WIDTH)[lasts]
    return np.stack([np.broadcast_to(starts[:, None], lasts.shape)[fits], lasts[fits]], axis=1)


def name_edges(words: Sequence[str]) -> tuple[Bools, Bools, Bools]:
    """For every word: can a name begin here, end here; must it stop before."""
    facts = _Facts.of(words)
    plain = facts.is_plain | (_shifted(facts.ends_line, 1, True) & facts.is_plain_lower)
    before_hyphen, after_hyphen = _shifted(facts.is_hyphen, -1, False), _shifted(facts.is_hyphen, 1, False)
    begins = facts.is_named & (~plain | before_hyphen | facts.may_begin)
    ends = (facts.is_named | facts.is_sign) & (~plain | after_hyphen)
    return begins, ends, facts.breaks | (facts.never_inside & ~after_hyphen)
