"""How often the unlabelled corpus uses each phrase that could be a name."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.extraction.candidates import squeeze_word
from kg.extraction.features import name_edges
from kg.extraction.known import Table

_LONGEST = 6
_RAREST = 4
_SWEEP = 15_000


def read_texts(path: Path) -> Iterator[str]:
    """Titles and abstracts, a line break between, of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            yield f"{paper['title']}\n{paper['abstract']}"


def count_phrases(words_file: Path) -> Table:
    """Abstracts and titles with each phrase of up to six words, of phrases in at least four abstracts.

    ``words_file`` is what :func:`kg.training.vectors.write_words` wrote. Phrases seen once are forgotten every 15,000
    abstracts, which bounds memory to about 1 GB; a rare phrase that is spread thin is then missed.
    """
    everywhere: Counter[str] = Counter()
    titles: Counter[str] = Counter()
    with words_file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            words = ["\n" if word == "<n>" else word for word in line.split()]
            title_end = words.index("\n") if "\n" in words else 0
            everywhere.update({phrase for phrase, _ in _phrases(words)})
            titles.update({phrase for phrase, last in _phrases(words) if last < title_end})
            if number % _SWEEP == 0:
                everywhere = Counter({phrase: count for phrase, count in everywhere.items() if count > 1})
    kept = {phrase: (count, titles[phrase]) for phrase, count in everywhere.items() if count >= _RAREST}
    return Table.build(kept)


def _phrases(words: list[str]) -> Iterable[tuple[str, int]]:
    """Squeezed phrases with the place of their last word."""
    begins, ends, stops = name_edges(words)
    squeezed = [squeeze_word(word) for word in words]
    for first, can_begin in enumerate(begins):
        if not can_begin:
            continue
        phrase = ""
        for last in range(first, min(first + _LONGEST, len(words))):
            if stops[last]:
                break
            phrase += squeezed[last]
            if ends[last] and phrase:
                yield phrase, last
