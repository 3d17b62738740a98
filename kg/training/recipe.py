"""How the entity model is made, from labelled papers and unlabelled abstracts to the files in ``kg/extraction/model``.

1. word vectors and phrase counts from the corpus;
2. one tagger for each group of folds, trained on the other folds, which reads the papers it has not seen;
3. trees that decide on candidates, fitted to what those taggers found; thresholds from a second cross-validation;
4. one tagger trained on all training papers, which is the one that is shipped.

Papers held out (:mod:`kg.training.split`) take part in none of this.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import spacy

from kg.extraction.entities import Deciders
from kg.extraction.known import KnownNames, Table
from kg.extraction.network import SpanTagger, WordVectors
from kg.model import ENTITY_TYPES
from kg.training import tagger as tagging
from kg.training.corpus import count_phrases, read_texts
from kg.training.decisions import Page, make_page
from kg.training.export import save_arrays, to_arrays
from kg.training.labels import Labelled, read_labelled
from kg.training.split import GROUPS, fold_of, is_held_out
from kg.training.vectors import SETTINGS, train_vectors, write_words
from kg.training.verdicts import choose_thresholds, f1_of, fit_all, judge_unseen, write_predictions

logger = logging.getLogger(__name__)

EPOCHS = {"fold": 6, "final": 7}
TAGGER: dict[str, Any] = {"dropout": 0.35, "decay": 0.03}
Arrays = dict[str, Any]
"""Arrays by name, as an .npz file holds them."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the unlabelled abstracts give: arrays of word vectors, and counts of phrases."""

    vectors: Arrays
    phrases: Table


def read_corpus(path: Path, work: Path) -> Corpus:
    """Vectors and phrase counts of a gzipped JSONL file of abstracts; kept in ``work`` for the next time."""
    vectors, phrases, words = work / "vectors.npz", work / "corpus.npz", work / "words"
    if not (vectors.exists() and phrases.exists()):
        write_words(read_texts(path), words, spacy.blank("en").vocab)
        save_arrays(vectors, train_vectors(words, work))
        table = count_phrases(words)
        save_arrays(phrases, {"keys": table.keys, "counts": table.counts})
    with np.load(vectors) as arrays, np.load(phrases) as counts:
        return Corpus(dict(arrays), Table(counts["keys"], counts["counts"]))


def train_tagger(papers: Sequence[Labelled], vectors: Arrays, *, epochs: int, seed: int) -> Arrays:
    """Weights of a tagger trained on ``papers``, with the vectors that it reads."""
    words = WordVectors(vectors["vectors.rows"], vectors["vectors.scale"], SETTINGS)
    examples = [tagging.make_example(paper, words) for paper in papers]
    return {**vectors, **to_arrays(tagging.train(examples, epochs=epochs, seed=seed, **TAGGER))}


def read_unseen(papers: Sequence[Labelled], vectors: Arrays) -> list[Page]:
    """Every paper, as a tagger leaves it that was trained on other folds; in the order of groups of folds."""
    pages = []
    for group in GROUPS:
        others = [paper for paper in papers if fold_of(paper.id) not in group]
        logger.info("tagger for folds %s: %d papers", group, len(others))
        tagger = SpanTagger(train_tagger(others, vectors, epochs=EPOCHS["fold"], seed=group[0]))
        pages += [make_page(paper, tagger) for paper in papers if fold_of(paper.id) in group]
    return pages


def write_model(
    folder: Path,
    tagger: Arrays,
    deciders: Deciders,
    known: KnownNames,
    thresholds: Mapping[str, float],
    facts: Mapping[str, Any],
) -> None:
    """The files that :func:`kg.extraction.entities.load_entity_components` reads, and ``facts`` about their making."""
    folder.mkdir(parents=True, exist_ok=True)
    save_arrays(folder / "tagger.npz", tagger)
    trees = {
        **deciders.keep.to_arrays("keep."), **deciders.types.to_arrays("types."), **deciders.roles.to_arrays("roles."),
    }  # fmt: skip
    limits = np.array([thresholds[name] for name in ENTITY_TYPES])
    save_arrays(folder / "decisions.npz", {**trees, **known.to_arrays(), "thresholds": limits})
    (folder / "entities.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def train_entities(gold: Path, corpus: Path, model: Path, work: Path, lexicon: Mapping[str, str]) -> dict[str, Any]:
    """The whole recipe, about an hour and a half on one free core; writes the model and out-of-fold predictions.

    ``lexicon`` maps folded names to entity types. ``work`` takes what can be used again; predictions of papers by
    models that had not seen them go to ``work/oof/fold0.jsonl`` and so on. Returns the facts in ``entities.json``.
    """
    work.mkdir(parents=True, exist_ok=True)
    known_corpus = read_corpus(corpus, work)
    papers = [paper for paper in read_labelled(gold, spacy.blank("en").vocab) if not is_held_out(paper.id)]
    pages = read_unseen(papers, known_corpus.vectors)
    tagger = train_tagger(papers, known_corpus.vectors, epochs=EPOCHS["final"], seed=0)
    hashes = {"gold_sha256": file_hash(gold), "corpus_sha256": file_hash(corpus)}
    return decide_and_write(pages, known_corpus.phrases, lexicon, tagger, model=model, oof=work / "oof", facts=hashes)


def decide_and_write(
    pages: Sequence[Page],
    phrases: Table,
    lexicon: Mapping[str, str],
    tagger: Arrays,
    *,
    model: Path,
    oof: Path,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """From pages that taggers read unseen, and the last tagger, to the files of the model; returns all facts."""
    verdicts = judge_unseen(pages, phrases, lexicon)
    thresholds = choose_thresholds(pages, verdicts)
    write_predictions(oof, pages, verdicts, thresholds)
    deciders, known = fit_all(pages, phrases, lexicon)
    everything = {
        **facts, "papers": len(pages), "groups": [list(group) for group in GROUPS], "epochs": EPOCHS, "tagger": TAGGER,
        "thresholds": thresholds, "cross_validated_f1": round(f1_of(pages, verdicts, thresholds), 4),
    }  # fmt: skip
    write_model(model, tagger, deciders, known, thresholds, everything)
    return everything
