"""Verdicts on papers by trees that had not seen them: for thresholds, for figures, and for what is trained next."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.extraction.entities import Deciders, Judged, as_mention, decide, select
from kg.extraction.known import KnownNames, Table
from kg.model import ENTITY_TYPES
from kg.training.decisions import Page, fit_deciders, gold_keys, known_names, page_evidence
from kg.training.split import GROUPS, fold_of


def judge_unseen(pages: Sequence[Page], corpus: Table, lexicon: Mapping[str, str]) -> list[list[Judged]]:
    """Verdicts on every page by trees that were fitted to the pages of other groups of folds."""
    verdicts: list[list[Judged]] = [[] for _ in pages]
    folds = [fold_of(page.labelled.id) for page in pages]
    for group in GROUPS:
        rest = [page for page, fold in zip(pages, folds, strict=True) if fold not in group]
        deciders, known = fit_all(rest, corpus, lexicon)
        for i, page in enumerate(pages):
            if folds[i] in group and page.candidates:
                matrix = page_evidence(page, known, lexicon, is_own=False)
                verdicts[i] = decide(page.candidates, matrix, deciders)
    return verdicts


def fit_all(pages: Sequence[Page], corpus: Table, lexicon: Mapping[str, str]) -> tuple[Deciders, KnownNames]:
    """Trees, and the tables of known names that they look at."""
    known = known_names(pages, corpus)
    pages = [page for page in pages if page.candidates]
    matrices = [page_evidence(page, known, lexicon, is_own=True) for page in pages]
    return fit_deciders(pages, matrices), known


def choose_thresholds(pages: Sequence[Page], verdicts: Sequence[Sequence[Judged]]) -> dict[str, float]:
    """For each type in turn the confidence that gives the best F1 over all types, the others staying as they are."""
    thresholds = dict.fromkeys(map(str, ENTITY_TYPES), 0.36)
    gold = [_gold(page) for page in pages]
    for group in (("Method",), ("Dataset", "Benchmark"), ("Task",), ("Metric",)):
        trials = [{**thresholds, **dict.fromkeys(group, step / 100)} for step in range(26, 50, 3)]
        thresholds = max(trials, key=lambda trial: _f1(gold, verdicts, trial))
    return thresholds


def f1_of(pages: Sequence[Page], verdicts: Sequence[Sequence[Judged]], thresholds: Mapping[str, float]) -> float:
    """F1 over all types as the labelling guidelines score it, up to the order in which names are paired."""
    return _f1([_gold(page) for page in pages], verdicts, thresholds)


_Gold = list[tuple[str, set[str]]]  # kind and squeezed names of a text's entities


def _gold(page: Page) -> _Gold:
    return [(_kind(entity["type"]), gold_keys(entity)) for entity in page.labelled.record["entities"]]


def _f1(gold: Sequence[_Gold], verdicts: Sequence[Sequence[Judged]], thresholds: Mapping[str, float]) -> float:
    hits = predicted = 0
    for entities, judged in zip(gold, verdicts, strict=True):
        left = list(entities)
        kept = select(judged, thresholds)
        for verdict, _ in kept:
            kind, keys = _kind(verdict.type), set(verdict.candidate.keys)
            match = next((e for e in left if e[0] == kind and not keys.isdisjoint(e[1])), None)
            if match:
                hits += 1
                left.remove(match)
        predicted += len(kept)
    return 2 * hits / (predicted + sum(map(len, gold)))


def _kind(type_: str) -> str:
    return "Data" if type_ in ("Dataset", "Benchmark") else type_


def predicted_records(
    pages: Sequence[Page], verdicts: Sequence[Sequence[Judged]], thresholds: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    """For each page its id, the entities, and all that is ``POSSIBLE`` (offsets in folded text)."""
    for page, judged in zip(pages, verdicts, strict=True):
        doc = page.labelled.doc
        kept = {id(v): as_mention(doc, v, mentions) for v, mentions in select(judged, thresholds)}
        rows = []
        for verdict in judged:
            mention = kept.get(id(verdict)) or as_mention(doc, verdict, verdict.candidate.mentions)
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
