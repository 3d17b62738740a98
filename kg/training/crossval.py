"""Cross-validation: every paper is read by models of which nothing was fitted to it or tuned on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg.extraction.entities import Judged
from kg.training.binding import Unseen, as_unseen, bind_unseen
from kg.training.decisions import Page
from kg.training.plan import Plan
from kg.training.split import GROUPS, fold_of
from kg.training.steps import code_hash, digest, finished
from kg.training.taggers import all_taggers, read_pages
from kg.training.verdicts import choose_thresholds, judge_unseen, predicted_records

Json = Mapping[str, Any]


def cross_validate(plan: Plan) -> dict[str, Json]:
    """Records by id of all papers of the plan, each found by models that were trained on other folds.

    Taggers, trees and thresholds are fitted once for each of the :data:`GROUPS` of folds, the models of results once
    for each fold. Everything is kept in the plan's folder of work, and taken from there the next time.
    """
    pages = read_pages(plan, all_taggers(plan, GROUPS))
    verdicts = judge_unseen(pages, plan.corpus.phrases, plan.lexicon)
    papers = list(found_unseen(pages, verdicts))
    key = digest(code_hash(), [[dict(p.record), *map(repr, p.candidates)] for p in papers])
    kept = plan.work / f"cross-validated-{key}.jsonl"
    if not kept.exists():
        with finished(kept) as draft, draft.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(record) + "\n" for record in bind_unseen(papers, processes=plan.processes))
    with kept.open(encoding="utf-8") as lines:
        return {record["id"]: record for record in map(json.loads, lines)}


def found_unseen(pages: Sequence[Page], verdicts: Sequence[Sequence[Judged]]) -> Iterator[Unseen]:
    """The papers with what was found in them; what counts as an entity is decided by the papers of other groups."""
    for group in GROUPS:
        mine = [i for i, page in enumerate(pages) if fold_of(page.labelled.id) in group]
        others = [i for i, page in enumerate(pages) if fold_of(page.labelled.id) not in group]
        thresholds = choose_thresholds([pages[i] for i in others], [verdicts[i] for i in others])
        rows = predicted_records([pages[i] for i in mine], [verdicts[i] for i in mine], thresholds)
        yield from (as_unseen(pages[i].labelled.record, row) for i, row in zip(mine, rows, strict=True))
