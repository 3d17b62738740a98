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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import spacy

from kg.extraction.entities import Judged, as_mention, decide, select
from kg.extraction.known import KnownNames, Table
from kg.extraction.network import SpanTagger, WordVectors
from kg.model import ENTITY_TYPES
from kg.training import tagger as tagging
from kg.training.corpus import count_phrases, read_texts
from kg.training.decisions import Decisions, Page, fit_decisions, gold_keys, known_names, make_page, page_evidence
from kg.training.export import to_arrays
from kg.training.labels import Labelled, read_labelled
from kg.training.split import fold_of, is_held_out
from kg.training.vectors import SETTINGS, train_vectors, write_words

logger = logging.getLogger(__name__)

GROUPS = ((0,), (1, 2), (3, 4))
"""Folds that are read by one tagger, trained on all others: three taggers cost less than five."""
EPOCHS = {"fold": 6, "final": 7}
TAGGER = {"dropout": 0.35, "decay": 0.03}
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the unlabelled abstracts give: arrays of word vectors, and counts of phrases."""

    vectors: Arrays
    phrases: Table


def read_corpus(path: Path, work: Path) -> Corpus:
    """Vectors and phrase counts of a gzipped JSONL file of abstracts; kept in ``work`` and taken from there next time."""
    vectors, phrases, words = work / "vectors.npz", work / "corpus.npz", work / "words"
    if not (vectors.exists() and phrases.exists()):
        write_words(read_texts(path), words, spacy.blank("en").vocab)
        np.savez_compressed(vectors, **train_vectors(words, work))
        table = count_phrases(words)
        np.savez_compressed(phrases, keys=table.keys, counts=table.counts)
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


def judge_unseen(pages: Sequence[Page], corpus: Table, lexicon: Mapping[str, str]) -> list[list[Judged]]:
    """Verdicts on every page by trees that were fitted to the pages of other folds."""
    verdicts: list[list[Judged]] = [[] for _ in pages]
    folds = [fold_of(page.labelled.id) for page in pages]
    for fold in sorted(set(folds)):
        rest = [page for page, other in zip(pages, folds, strict=True) if other != fold]
        decisions, known = fit_all(rest, corpus, lexicon)
        for i, page in enumerate(pages):
            if folds[i] == fold and page.candidates:
                matrix = page_evidence(page, known, lexicon, is_own=False)
                verdicts[i] = decide(page.candidates, matrix, decisions.types, decisions.roles)
    return verdicts


def fit_all(pages: Sequence[Page], corpus: Table, lexicon: Mapping[str, str]) -> tuple[Decisions, KnownNames]:
    """Trees, and the tables of known names that they look at."""
    known = known_names(pages, corpus)
    matrices = [page_evidence(page, known, lexicon, is_own=True) for page in pages]
    return fit_decisions(pages, matrices), known


def choose_thresholds(pages: Sequence[Page], verdicts: Sequence[Sequence[Judged]]) -> dict[str, float]:
    """For each type the confidence that gives the best F1 over all types, others being fixed; two rounds."""
    thresholds = dict.fromkeys(map(str, ENTITY_TYPES), 0.36)
    groups = (("Method",), ("Dataset", "Benchmark"), ("Task",), ("Metric",))
    for group, _ in product(groups * 2, (0,)):
        tried = []
        for step in range(24, 51, 2):
            trial = {**thresholds, **dict.fromkeys(group, step / 100)}
            tried.append((_f1(pages, verdicts, trial), -abs(step - 36), step / 100))
        thresholds.update(dict.fromkeys(group, max(tried)[2]))
    return thresholds


def _f1(pages: Sequence[Page], verdicts: Sequence[Sequence[Judged]], thresholds: Mapping[str, float]) -> float:
    hits = predicted = gold = 0
    for page, judged in zip(pages, verdicts, strict=True):
        entities = [(_kind(e["type"]), gold_keys(e)) for e in page.labelled.record["entities"]]
        kept = select(judged, thresholds)
        for verdict, _ in kept:
            kind, keys = _kind(verdict.type), set(verdict.candidate.keys)
            match = next((e for e in entities if e[0] == kind and not keys.isdisjoint(e[1])), None)
            if match:
                hits += 1
                entities.remove(match)
        predicted += len(kept)
        gold += len(page.labelled.record["entities"])
    return 2 * hits / (predicted + gold)


def _kind(type_: str) -> str:
    return "Data" if type_ in ("Dataset", "Benchmark") else type_


def predicted_records(
    pages: Sequence[Page], verdicts: Sequence[Sequence[Judged]], thresholds: Mapping[str, float], *, floor: float = 0.02
) -> Iterator[dict[str, Any]]:
    """For each page its id, the entities, and all candidates from ``floor`` on (offsets in folded text)."""
    for page, judged in zip(pages, verdicts, strict=True):
        doc = page.labelled.doc
        kept = {id(v): as_mention(doc, v, mentions) for v, mentions in select(judged, thresholds)}
        rows = []
        for verdict in judged:
            mention = kept.get(id(verdict)) or as_mention(doc, verdict, verdict.candidate.mentions)
            if verdict.confidence >= floor or id(verdict) in kept:
                rows.append(
                    {
                        "type": mention.type, "role": mention.role, "surfaces": list(mention.surfaces),
                        "spans": [[span.start, span.end] for span in mention.spans],
                        "confidence": mention.confidence, "kept": id(verdict) in kept,
                    }
                )  # fmt: skip
        yield {
            "id": page.labelled.id,
            "candidates": rows,
            "entities": [row for row in rows if row["kept"]],
        }


def write_model(
    folder: Path,
    tagger: Arrays,
    decisions: Decisions,
    known: KnownNames,
    thresholds: Mapping[str, float],
    facts: Mapping[str, Any],
) -> None:
    """The files that :func:`kg.extraction.entities.load_entity_components` reads, and ``facts`` about their making."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "tagger.npz", **tagger)
    np.savez_compressed(
        folder / "decisions.npz",
        **decisions.types.to_arrays("types."),
        **decisions.roles.to_arrays("roles."),
        **known.to_arrays(),
        thresholds=np.array([thresholds[name] for name in ENTITY_TYPES]),
    )
    (folder / "entities.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def train_entities(gold: Path, corpus: Path, model: Path, work: Path, lexicon: Mapping[str, str]) -> dict[str, Any]:
    """The whole recipe, about two hours on one core; writes the model and the out-of-fold predictions.

    ``lexicon`` maps folded names to entity types. ``work`` takes what can be used again; predictions of papers by models
    that had not seen them go to ``work/oof/fold0.jsonl`` and so on. Returns the facts that stand in ``entities.json``.
    """
    work.mkdir(parents=True, exist_ok=True)
    known_corpus = read_corpus(corpus, work)
    papers = [paper for paper in read_labelled(gold, spacy.blank("en").vocab) if not is_held_out(paper.id)]
    pages = read_unseen(papers, known_corpus.vectors)
    facts = finish(
        pages,
        known_corpus,
        lexicon,
        model,
        work,
        train_tagger(papers, known_corpus.vectors, epochs=EPOCHS["final"], seed=0),
    )
    facts |= {"gold_sha256": file_hash(gold), "corpus_sha256": file_hash(corpus)}
    (model / "entities.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return facts


def finish(
    pages: Sequence[Page], corpus: Corpus, lexicon: Mapping[str, str], model: Path, work: Path, tagger: Arrays
) -> dict[str, Any]:
    """From pages that taggers read unseen to the model's files."""
    verdicts = judge_unseen(pages, corpus.phrases, lexicon)
    thresholds = choose_thresholds(pages, verdicts)
    write_predictions(work / "oof", pages, verdicts, thresholds)
    decisions, known = fit_all(pages, corpus.phrases, lexicon)
    facts = {
        "papers": len(pages), "groups": [list(group) for group in GROUPS], "epochs": EPOCHS, "tagger": TAGGER,
        "thresholds": thresholds, "cross_validated_f1": round(_f1(pages, verdicts, thresholds), 4),
    }  # fmt: skip
    write_model(model, tagger, decisions, known, thresholds, facts)
    return facts


def write_predictions(
    folder: Path, pages: Sequence[Page], verdicts: Sequence[Sequence[Judged]], thresholds: Mapping[str, float]
) -> None:
    """One JSONL file per fold."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[int, list[str]] = {}
    for record in predicted_records(pages, verdicts, thresholds):
        lines.setdefault(fold_of(record["id"]), []).append(json.dumps(record, ensure_ascii=False))
    for fold, records in lines.items():
        (folder / f"fold{fold}.jsonl").write_text("\n".join(records) + "\n", encoding="utf-8")
