"""What unlabelled abstracts teach: vectors of words, and how often each phrase is used that could be a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy

from kg.extraction.candidates import squeeze_word
from kg.extraction.features import name_edges
from kg.extraction.known import KnownNames, Table
from kg.sources import OnFault, find_files, read
from kg.training.steps import digest, file_hash, load, save
from kg.training.vectors import SETTINGS, train_vectors, write_words

_LONGEST = 6
_RAREST = 4
_SWEEP = 15_000

Arrays = dict[str, Any]
"""Arrays by name, as an .npz file holds them."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Arrays of word vectors, and counts of phrases; ``source`` says what they were made from (SHA-256)."""

    vectors: Arrays
    phrases: Table
    source: dict[str, str]


def read_texts(files: Iterable[Path], *, on_fault: OnFault) -> Iterator[str]:
    """Titles and abstracts, a line break between, of files in any format that holds papers."""
    for file in find_files(files):
        for paper in read(file, on_fault=on_fault):
            yield paper.text


def read_corpus(files: Sequence[Path], work: Path, *, on_fault: OnFault) -> Corpus:
    """Vectors and phrase counts of unlabelled papers, kept in ``work``."""
    work.mkdir(parents=True, exist_ok=True)
    hashes = {path.name: file_hash(path) for path in find_files(files)}
    key = digest(sorted(hashes.values()), SETTINGS)
    vectors, phrases, words = work / f"vectors-{key}.npz", work / f"phrases-{key}.npz", work / f"words-{key}"
    if not (vectors.exists() and phrases.exists()):
        write_words(read_texts(files, on_fault=on_fault), words, spacy.blank("en").vocab)
        save(vectors, train_vectors(words, work))
        table = count_phrases(words)
        save(phrases, {"keys": table.keys, "counts": table.counts})
        words.unlink()
    counts = load(phrases)
    return Corpus(load(vectors), Table(counts["keys"], counts["counts"]), hashes)


def corpus_of(model: Path) -> Corpus:
    """The vectors and phrase counts that a trained model carries."""
    tagger, decisions = model / "tagger.npz", model / "decisions.npz"
    vectors = {name: array for name, array in load(tagger).items() if name.startswith("vectors.")}
    return Corpus(vectors, KnownNames.from_arrays(load(decisions)).corpus, {"model": file_hash(tagger)})


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
