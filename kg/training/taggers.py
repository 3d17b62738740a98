"""The taggers of a plan: one for each group of folds, trained on the others, and one trained on all papers.

With silver labels each is trained twice: first so; then anew, on what it and its trees find in unlabelled abstracts,
and after that on the labelled papers.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy

from kg import __version__
from kg.extraction.network import SpanTagger, WordVectors
from kg.training.corpus import Arrays
from kg.training.decisions import Page, make_page
from kg.training.labels import label
from kg.training.plan import Plan
from kg.training.silver import SilverJob, read_silver, run_silver, share
from kg.training.split import GROUPS, fold_of
from kg.training.steps import digest, load, run_all, save
from kg.training.vectors import SETTINGS
from kg.training.verdicts import fit_all

logger = logging.getLogger(__name__)

TAGGER: dict[str, Any] = {"dropout": 0.35, "decay": 0.03}
SILVER: dict[str, Any] = {"dropout": 0.2, "decay": 0.03, "rate": 2e-3}
TUNED: dict[str, Any] = {**TAGGER, "rate": 1e-3}
ALL = (*GROUPS, ())
"""The groups, and the empty one, which stands for the tagger of all papers: it need not leave out any fold."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaggerJob:
    """One tagger to train on ``records`` and to write to ``path``; ``name`` says which one it is.

    ``silver`` are labels to train on before, for ``silver_epochs`` rounds.
    """

    name: str
    records: tuple[Json, ...]
    vectors: Arrays
    epochs: int
    seed: int
    path: Path
    silver: Path | None = None
    silver_epochs: int = 0


def tagger_job(plan: Plan, group: Sequence[int], silver: Path | None = None) -> TaggerJob:
    """The tagger that will read a group of folds."""
    records, seed = plan.outside(group), plan.seed + (group[0] if group else 0)
    epochs = plan.epochs["tuned" if silver else "fold" if group else "final"]
    before = plan.epochs["silver"] if silver else 0
    settings = [TUNED, SILVER, before, silver.name] if silver else TAGGER
    key = digest(__version__, records, plan.corpus.vectors, epochs, seed, settings)
    folds = "-".join(map(str, group))
    name = f"tagger that reads fold {folds}" if group else "tagger of all papers"
    path = plan.work / f"tagger-{folds or 'all'}-{key}.npz"
    return TaggerJob(name, records, plan.corpus.vectors, epochs, seed, path, silver, before)


def all_taggers(plan: Plan, groups: Sequence[tuple[int, ...]] = ALL) -> list[Path]:
    """The files of the taggers for some groups; those trained that are not there yet."""
    jobs = [tagger_job(plan, group) for group in groups]
    if not plan.silver:
        return _train_missing(plan, jobs)
    needed = list(GROUPS) + [group for group in groups if group not in GROUPS]
    teachers = dict(zip(needed, _train_missing(plan, [tagger_job(plan, group) for group in needed]), strict=True))
    silver = _label_missing(plan, teachers, groups)
    return _train_missing(plan, [tagger_job(plan, group, path) for group, path in zip(groups, silver, strict=True)])


def _train_missing(plan: Plan, jobs: Sequence[TaggerJob]) -> list[Path]:
    missing = [job for job in jobs if not job.path.exists()]
    for job in jobs:
        logger.info("%s: %s", job.name, "to be trained" if job in missing else "is there already")
    for _ in run_all(run_job, missing, processes=plan.processes):
        pass
    return [job.path for job in jobs]


def _label_missing(
    plan: Plan, teachers: Mapping[tuple[int, ...], Path], groups: Sequence[tuple[int, ...]]
) -> list[Path]:
    """Files of silver labels for the groups, by their teachers."""
    key = digest(
        __version__, [path.name for path in teachers.values()], dict(plan.lexicon), plan.silver, plan.abstracts,
        {"phrases": plan.corpus.phrases.counts},
    )  # fmt: skip
    paths = {group: plan.work / f"silver-{'-'.join(map(str, group)) or 'all'}-{key}.jsonl" for group in groups}
    missing = [group for group in groups if not paths[group].exists()]
    if missing:
        pages = read_pages(plan, [teachers[group] for group in GROUPS])
        jobs = []
        for group in missing:
            others = [page for page in pages if fold_of(page.labelled.id) not in group]
            deciders, known = fit_all(others, plan.corpus.phrases, plan.lexicon)
            mine = share(plan.abstracts, plan.silver, ALL.index(group))
            name = f"teacher of the tagger for folds {group or 'all'}"
            jobs.append(SilverJob(name, mine, teachers[group], deciders, known, plan.lexicon, paths[group]))
        for _ in run_all(run_silver, jobs, processes=plan.processes):
            pass
    return [paths[group] for group in groups]


def read_pages(plan: Plan, taggers: Sequence[Path]) -> list[Page]:
    """Every paper as the tagger of its group leaves it, in the order of groups of folds."""
    vocab = spacy.blank("en").vocab
    pages = []
    for group, path in zip(GROUPS, taggers, strict=True):
        tagger, mine = SpanTagger(load(path)), plan.inside(group)
        logger.info("reading the %d papers of folds %s", len(mine), group)
        pages += [make_page(label(record, vocab), tagger) for record in mine]
    return pages


def run_job(job: TaggerJob) -> None:
    """Train one tagger; its file holds the vectors that it reads too."""
    from kg.training import tagger as tagging  # needs torch, which nothing else does
    from kg.training.export import to_arrays

    vocab = spacy.blank("en").vocab
    words = WordVectors(job.vectors["vectors.rows"], job.vectors["vectors.scale"], SETTINGS)
    first = None
    if job.silver:
        silver = [tagging.compact(tagging.make_example(paper, words)) for paper in read_silver(job.silver, vocab)]
        first = tagging.train(silver, epochs=job.silver_epochs, seed=job.seed, name=f"{job.name}, silver", **SILVER)
        del silver
    examples = [tagging.compact(tagging.make_example(label(record, vocab), words)) for record in job.records]
    settings = TUNED if first else TAGGER
    model = tagging.train(examples, epochs=job.epochs, seed=job.seed, name=job.name, start=first, **settings)
    save(job.path, {**job.vectors, **to_arrays(model)})
