"""How the models are made, from labelled papers and unlabelled abstracts to the files in ``kg/extraction/model``.

1. word vectors and phrase counts from unlabelled abstracts (:mod:`kg.training.corpus`);
2. one tagger for each group of folds, trained on the other folds, which reads the papers it has not seen; and one
   trained on all papers, which is the one that is shipped;
3. trees that decide on candidates, fitted to what the taggers of the groups found; thresholds from a second
   cross-validation;
4. the models that bind numbers to names, fitted to what was found in papers unseen (:mod:`kg.training.binding`).

Papers held out (:mod:`kg.training.split`) take part in none of this. Every tagger is kept in a folder of work under a
name that tells what it was made from, so training that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import spacy

from kg import __version__
from kg.extraction.entities import Deciders, load_entity_components
from kg.extraction.known import KnownNames
from kg.extraction.network import SpanTagger, WordVectors
from kg.model import ENTITY_TYPES
from kg.training.binding import Unseen, read_unseen, train_linker
from kg.training.corpus import Arrays, Corpus
from kg.training.decisions import Page, make_page
from kg.training.labels import Labelled, label
from kg.training.split import GROUPS, fold_of
from kg.training.steps import code_hash, digest, finished, load, run_all, save
from kg.training.vectors import SETTINGS
from kg.training.verdicts import choose_thresholds, f1_of, fit_all, judge_unseen, write_predictions

logger = logging.getLogger(__name__)

EPOCHS = {"fold": 6, "final": 7}
TAGGER: dict[str, Any] = {"dropout": 0.35, "decay": 0.03}
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train from, and how.

    ``records`` are labelled papers, none of them held out, and ``hashes`` those of their files; ``lexicon`` maps folded
    names to entity types; ``work`` is the folder that takes what can be used again; ``processes`` train taggers side
    by side; ``epochs`` are rounds over all papers, of a tagger for a group of folds and of the final one.
    """

    records: Sequence[Json]
    hashes: Mapping[str, str]
    corpus: Corpus
    lexicon: Mapping[str, str]
    work: Path
    seed: int = 0
    processes: int = 1
    epochs: Mapping[str, int] = field(default_factory=lambda: EPOCHS)


@dataclass(frozen=True, slots=True)
class TaggerJob:
    """One tagger to train on ``records`` and to write to ``path``; ``name`` says which one it is."""

    name: str
    records: tuple[Json, ...]
    vectors: Arrays
    epochs: int
    seed: int
    path: Path


def tagger_job(plan: Plan, group: Sequence[int]) -> TaggerJob:
    """The tagger that will read a group of folds; of no folds, the final one."""
    records = tuple(record for record in plan.records if fold_of(str(record["id"])) not in group)
    epochs, seed = plan.epochs["fold" if group else "final"], plan.seed + (group[0] if group else 0)
    folds = "-".join(map(str, group))
    key = digest(__version__, records, plan.corpus.vectors, epochs, seed, TAGGER)
    name = f"tagger that reads fold {folds}" if group else "tagger of all papers"
    return TaggerJob(name, records, plan.corpus.vectors, epochs, seed, plan.work / f"tagger-{folds or 'all'}-{key}.npz")


def train_taggers(plan: Plan, jobs: Sequence[TaggerJob]) -> list[Arrays]:
    """The taggers of the jobs, those trained that are not there yet."""
    missing = [job for job in jobs if not job.path.exists()]
    for job in jobs:
        logger.info("%s: %s", job.name, "to be trained" if job in missing else "is there already")
    for _ in run_all(run_job, missing, processes=plan.processes):
        pass
    return [load(job.path) for job in jobs]


def run_job(job: TaggerJob) -> None:
    vocab = spacy.blank("en").vocab
    papers = [label(record, vocab) for record in job.records]
    save(job.path, train_tagger(papers, job.vectors, epochs=job.epochs, seed=job.seed, name=job.name))


def train_tagger(
    papers: Sequence[Labelled], vectors: Arrays, *, epochs: int, seed: int, name: str = "tagger"
) -> Arrays:
    """Weights of a tagger trained on ``papers``, with the vectors that it reads."""
    from kg.training import tagger as tagging  # needs torch, which nothing else does
    from kg.training.export import to_arrays

    words = WordVectors(vectors["vectors.rows"], vectors["vectors.scale"], SETTINGS)
    examples = [tagging.make_example(paper, words) for paper in papers]
    return {**vectors, **to_arrays(tagging.train(examples, epochs=epochs, seed=seed, name=name, **TAGGER))}


def read_pages(plan: Plan, taggers: Sequence[Arrays]) -> list[Page]:
    """Every paper as the tagger of its group leaves it, in the order of groups of folds."""
    vocab = spacy.blank("en").vocab
    pages = []
    for group, weights in zip(GROUPS, taggers, strict=True):
        tagger = SpanTagger(weights)
        mine = [record for record in plan.records if fold_of(str(record["id"])) in group]
        logger.info("reading the %d papers of folds %s", len(mine), group)
        pages += [make_page(label(record, vocab), tagger) for record in mine]
    return pages


def train_entities(plan: Plan, model: Path) -> dict[str, Any]:
    """Everything that finds entities: half an hour on two cores for 3,000 papers.

    Writes ``tagger.npz``, ``decisions.npz`` and ``entities.json`` to ``model``, and what was found in papers by models
    that had not seen them to ``work/oof/fold0.jsonl`` and so on. Returns the facts in ``entities.json``.
    """
    jobs = [tagger_job(plan, group) for group in (*GROUPS, ())]
    key = digest(
        code_hash(), [job.path.name for job in jobs], dict(plan.lexicon), {"phrases": plan.corpus.phrases.counts}
    )
    if facts := facts_of(model / "entities.json", "tagger.npz", "decisions.npz", made_from=key):
        logger.info("the models of entities are there already")
        return facts
    *groups, final = train_taggers(plan, jobs)
    pages = read_pages(plan, groups)
    logger.info("fitting trees to %d candidates", sum(len(page.candidates) for page in pages))
    verdicts = judge_unseen(pages, plan.corpus.phrases, plan.lexicon)
    thresholds = choose_thresholds(pages, verdicts)
    for stale in (plan.work / "oof").glob("*.jsonl"):
        stale.unlink()
    write_predictions(plan.work / "oof", pages, verdicts, thresholds)
    deciders, known = fit_all(pages, plan.corpus.phrases, plan.lexicon)
    facts = {
        "version": __version__, "papers": len(pages), "gold_sha256": dict(plan.hashes),
        "corpus_sha256": plan.corpus.source, "lexicon": digest(dict(plan.lexicon)), "seed": plan.seed,
        "groups": [list(group) for group in GROUPS], "epochs": dict(plan.epochs), "tagger": TAGGER,
        "made_from": key, "thresholds": thresholds, "cross_validated_f1": round(f1_of(pages, verdicts, thresholds), 4),
    }  # fmt: skip
    write_model(model, final, deciders, known, facts)
    return facts


def write_model(folder: Path, tagger: Arrays, deciders: Deciders, known: KnownNames, facts: Mapping[str, Any]) -> None:
    """The files that :func:`kg.extraction.entities.load_entity_components` reads, and ``facts`` about their making."""
    save(folder / "tagger.npz", tagger)
    trees = {
        **deciders.keep.to_arrays("keep."), **deciders.types.to_arrays("types."), **deciders.roles.to_arrays("roles."),
    }  # fmt: skip
    limits = np.array([facts["thresholds"][name] for name in ENTITY_TYPES])
    save(folder / "decisions.npz", {**trees, **known.to_arrays(), "thresholds": limits})
    write_facts(folder / "entities.json", facts)


def write_facts(path: Path, facts: Mapping[str, Any]) -> None:
    with finished(path) as draft:
        draft.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def facts_of(path: Path, *files: str, made_from: str) -> dict[str, Any] | None:
    """What the last training wrote, if it started from the same and its files are there."""
    if not all(file.exists() for file in (path, *(path.parent / name for name in files))):
        return None
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts if facts.get("made_from") == made_from else None


def train_results(plan: Plan, model: Path) -> dict[str, Any]:
    """Everything that binds numbers to names, for the entities that ``model`` finds: ten minutes for 3,000 papers.

    Papers that its entities were not trained on are read with ``model`` itself. Writes ``linker.npz`` and
    ``results.json`` to ``model``, and returns the facts in it.
    """
    papers = unseen_papers(plan, model)
    key = digest(code_hash(), [[dict(p.record), *map(repr, p.candidates)] for p in papers])
    if facts := facts_of(model / "results.json", "linker.npz", made_from=key):
        logger.info("the models of results are there already")
        return facts
    logger.info("fitting the models of results to %d papers", len(papers))
    train_linker(papers, model / "linker.npz")
    facts = {"version": __version__, "papers": len(papers), "gold_sha256": dict(plan.hashes), "made_from": key}
    write_facts(model / "results.json", facts)
    return facts


def unseen_papers(plan: Plan, model: Path) -> list[Unseen]:
    """The labelled papers with what models found in them that had not seen them."""
    finder = load_entity_components(model, plan.lexicon)
    return list(read_unseen(plan.records, plan.work / "oof", finder))
