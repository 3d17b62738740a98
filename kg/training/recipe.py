"""How the models are made, from labelled papers and unlabelled abstracts to the files in ``kg/extraction/model``.

1. word vectors and phrase counts from unlabelled abstracts (:mod:`kg.training.corpus`);
2. one tagger for each group of folds, trained on the other folds, which reads the papers it has not seen; and one
   trained on all papers, which is the one that is shipped (:mod:`kg.training.taggers`); where abstracts are given for
   it, first on silver labels (:mod:`kg.training.silver`);
3. trees that decide on candidates, fitted to what the taggers of the groups found; thresholds from a second
   cross-validation;
4. the models that bind numbers to names, fitted to what was found in papers unseen (:mod:`kg.training.binding`).

Papers held out (:mod:`kg.training.split`) take part in none of this. What is finished is kept in a folder of work under
names that tell what it was made from, so training that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kg import __version__
from kg.extraction.entities import Deciders, load_entity_components
from kg.extraction.known import KnownNames
from kg.model import ENTITY_TYPES
from kg.training.binding import Unseen, read_unseen, train_linker
from kg.training.corpus import Arrays
from kg.training.plan import Plan
from kg.training.split import GROUPS
from kg.training.steps import code_hash, digest, finished, load, save
from kg.training.taggers import TAGGER, all_taggers, read_pages
from kg.training.verdicts import choose_thresholds, f1_of, fit_all, judge_unseen, write_predictions

logger = logging.getLogger(__name__)


def train_entities(plan: Plan, model: Path, taggers: Sequence[Path] = ()) -> dict[str, Any]:
    """Everything that finds entities.

    Writes ``tagger.npz``, ``decisions.npz`` and ``entities.json`` to ``model``, and what was found in papers by models
    that had not seen them to ``work/oof/fold0.jsonl`` and so on. ``taggers`` (one for each of the groups, and the final
    one) are trained unless they are given. Returns the facts in ``entities.json``.
    """
    *groups, final = taggers or all_taggers(plan)
    names = [path.name for path in (*groups, final)]
    key = digest(code_hash(), names, dict(plan.lexicon), {"phrases": plan.corpus.phrases.counts})
    if facts := facts_of(model / "entities.json", "tagger.npz", "decisions.npz", made_from=key):
        logger.info("the models of entities are there already")
        return facts
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
        "silver": {"abstracts": plan.silver, "sha256": dict(plan.abstract_hashes)}, "made_from": key,
        "thresholds": thresholds, "cross_validated_f1": round(f1_of(pages, verdicts, thresholds), 4),
    }  # fmt: skip
    write_model(model, load(final), deciders, known, facts)
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
    """Everything that binds numbers to names, for the entities that ``model`` finds.

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
