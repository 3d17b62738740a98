"""From labels of a document (which names it has) to labels of its text (where they stand)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.extraction.names import is_case_sensitive, singular
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc

MAX_WORDS = 14
"""Longest mention that is looked for, in tokens."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled paper: ``spans`` are (first token, token past the last, entity index) of its mentions.

    ``unsure`` are token spans that may or may not be mentions (a name inside a longer name); nothing is learned there.
    """

    record: Mapping[str, Any]
    doc: Doc
    spans: tuple[tuple[int, int, int], ...]
    unsure: frozenset[tuple[int, int]]

    @property
    def id(self) -> str:
        return str(self.record["id"])


def read_labelled(path: Path, vocab: Vocab) -> list[Labelled]:
    """Read labelled papers (JSONL as in the labelling guidelines) in the file's order."""
    with path.open(encoding="utf-8") as lines:
        return [label(json.loads(line), vocab) for line in lines if line.strip()]


def label(record: Mapping[str, Any], vocab: Vocab) -> Labelled:
    """Find every mention of the record's entities in its text."""
    doc = make_doc(vocab, fold(f"{record['title']}\n{record['abstract']}"))
    found = sorted(_find_all(doc, record["entities"]), key=lambda hit: (hit[0] - hit[1], hit[0]))
    taken = [False] * len(doc)
    spans, unsure = [], set()
    for start, end, entity in found:
        if any(taken[start:end]):
            unsure.add((start, end))
            continue
        taken[start:end] = [True] * (end - start)
        spans.append((start, end, entity))
    certain = {(start, end) for start, end, _ in spans}
    return Labelled(record, doc, tuple(sorted(spans)), frozenset(unsure - certain))


def _find_all(doc: Doc, entities: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int, int]]:
    words = [_plain(token.text) for token in doc]
    index: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    for number, entity in enumerate(entities):
        for surface in entity["surfaces"]:
            form = fold(surface).text.strip()
            target = [_plain(token.text) for token in make_doc(doc.vocab, fold(surface))]
            target = [word for word in target if word]
            if not target:
                continue
            for start in index.get(target[0], ()):
                end = _match(words, start, target)
                if end and _case_agrees(form, doc[start:end].text):
                    yield start, end, number


def _plain(word: str) -> str:
    """Lower case, singular; the empty string for punctuation."""
    return singular(word.lower()) if any(c.isalnum() for c in word) or word == "+" else ""


def _match(words: Sequence[str], start: int, target: Sequence[str]) -> int:
    """Token past the last of a match of ``target`` at ``start``, punctuation skipped; 0 if there is none."""
    place, wanted = start, 0
    while place < min(len(words), start + MAX_WORDS):
        if words[place] == target[wanted]:
            wanted += 1
            if wanted == len(target):
                return place + 1
        elif words[place]:
            return 0
        place += 1
    return 0


def _case_agrees(form: str, found: str) -> bool:
    if any(sign in found for sign in (". ", ", ", "; ", "\n")) and not any(sign in form for sign in (". ", ", ", "; ")):
        return False
    if not is_case_sensitive(form):
        return True
    return form.rstrip("s") == found.rstrip("s") or form.replace("-", "") == found.replace("-", "")
