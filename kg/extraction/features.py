"""What the tagger sees of each word, and which runs of words can be a name at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from spacy.attrs import LOWER, ORTH, PREFIX, SHAPE, SUFFIX
from spacy.tokens import Doc

from kg.extraction.words import words as word_set

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

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


def flags(words: Sequence[str]) -> Floats:
    """Plain facts about every word, shape (tokens, FLAGS)."""
    out = np.zeros((len(words), FLAGS), dtype=np.float32)
    in_title, depth = "\n" in words, 0
    for i, word in enumerate(words):
        if word == "\n":
            in_title = False
        depth += word.startswith(("(", "[")) - (depth > 0 and (")" in word or "]" in word))
        before, after = words[i - 1] if i else "\n", words[i + 1] if i + 1 < len(words) else "\n"
        capitals = sum(map(str.isupper, word))
        starts = before in "\n.?!:"
        out[i] = (
            in_title, depth > 0, starts, capitals >= 2, capitals == 1 and word[0].isupper() and not starts,
            any(map(str.isdigit, word)), before == "(" and after == ")", after == "(", after == "-" or before == "-",
            capitals == 0,
        )  # fmt: skip
    return out


def candidate_spans(words: Sequence[str]) -> Ints:
    """Every run of words that may be a name, shape (spans, 2): first token, last token (inclusive).

    A name neither begins nor ends with punctuation or a function word, and runs over no comma, bracket or verb.
    """
    begins, ends, stops = name_edges(words)
    spans = []
    for start, can_begin in enumerate(begins):
        if not can_begin:
            continue
        for end in range(start, min(start + MAX_WIDTH, len(words))):
            if stops[end]:
                break
            if ends[end]:
                spans.append((start, end))
    return np.array(spans, dtype=np.int64).reshape(-1, 2)


def name_edges(words: Sequence[str]) -> tuple[list[bool], list[bool], list[bool]]:
    """For every word: can a name begin here, end here; must it stop before."""
    begins, ends, stops = [], [], []
    for i, word in enumerate(words):
        named = any(map(str.isalnum, word))
        plain = word in _FUNCTION_WORDS or ((i == 0 or words[i - 1] in "\n.") and word.lower() in _FUNCTION_WORDS)
        before_hyphen = i + 1 < len(words) and words[i + 1] == "-"
        after_hyphen = i > 0 and words[i - 1] == "-"
        begins.append(named and (not plain or before_hyphen or word in _MAY_BEGIN))
        ends.append((named or word in "+*") and (not plain or after_hyphen))
        stops.append(word in _BREAKS or (word in _NEVER_INSIDE and not after_hyphen))
    return begins, ends, stops
