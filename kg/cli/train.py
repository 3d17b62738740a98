"""``kg train``: the models anew, from labelled abstracts."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli.console import LexiconOption, complain, err, say
from kg.cli.papers import settings_of
from kg.errors import InputError, KGError, UsageError

if TYPE_CHECKING:
    from kg.sources import Fault
    from kg.training.corpus import Corpus
    from kg.training.plan import Plan

_NEEDED = {"lightgbm": "lightgbm", "scikit-learn": "sklearn", "scipy": "scipy"}
_NEEDED_BY_TAGGERS = {"torch": "torch", **_NEEDED}
_QUICK = {"fold": 1, "final": 1, "silver": 1, "tuned": 1}

UnlabelledOption = Annotated[
    list[Path] | None,
    typer.Option("--unlabelled", metavar="FILE", help="Abstracts for word vectors and phrase counts; may be repeated."),
]
VectorsOption = Annotated[
    Path | None, typer.Option("--vectors", metavar="DIR", help="Take those of this model [default: the shipped one].")
]
SilverOption = Annotated[
    int,
    typer.Option(
        "--silver", metavar="N", min=0, help="Learn first from N of the unlabelled, as a teacher labels them."
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Of the taggers.")]
ProcessesOption = Annotated[int, typer.Option("--processes", min=1, help="Train so many models at a time.")]
QuickOption = Annotated[bool, typer.Option("--quick", help="One round each: to see that it runs, not for use.")]


def train(
    labels: Annotated[list[Path], typer.Argument(metavar="LABELS…", help="Labelled abstracts, JSON lines.")],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the model goes; what is there is kept.")],
    unlabelled: UnlabelledOption = None,
    vectors: VectorsOption = None,
    silver: SilverOption = 0,
    only: Annotated[str | None, typer.Option("--only", help="entities, or results (for the entities in DIR).")] = None,
    seed: SeedOption = 0,
    processes: ProcessesOption = 1,
    quick: QuickOption = False,
    lexicon: LexiconOption = None,
) -> None:
    """Train the models anew; then read with them: kg extract --model DIR.

    Needs the extra "train". docs/training.md says how long each step takes. It can be stopped: the same command goes on
    where it was. Word vectors and phrase counts are those of the shipped model unless --unlabelled is given; with
    --vectors too, the unlabelled are for --silver alone. Papers whose ids are held out are never trained on.

    Example: kg train gold.jsonl --unlabelled arxiv.jsonl.gz --out model --processes 2
    """
    if only not in (None, "entities", "results"):
        raise UsageError(f"no part {only!r}; there are: entities, results")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--out {folder} is a file; name a folder")
    need_extra(taggers=only != "results")
    with told_on_stderr():
        plan = make_plan(
            labels, folder / "work", unlabelled, vectors, lexicon, silver=silver, seed=seed, processes=processes,
            quick=quick,
        )  # fmt: skip
        _train(plan, folder, only)
    if (folder / "linker.npz").exists():
        say(f"the model is in {folder}; read with it: kg extract --model {folder} SOURCES…")
    else:
        say(f"the entities are in {folder}; go on with: kg train … --only results")


def _train(plan: Plan, folder: Path, only: str | None) -> None:
    from kg.training.recipe import train_entities, train_results

    if only != "results":
        facts = train_entities(plan, folder)
        say(f"entities: F1 {facts['cross_validated_f1']:.3f} in papers that were not seen (cross-validation)")
    elif not (folder / "entities.json").exists():
        raise UsageError(f"{folder} holds no entities to train results for; leave --only away")
    if only != "entities":
        train_results(plan, folder)


def need_extra(*, taggers: bool = True) -> None:
    """Raises KGError where the packages that training needs are not installed; before any of them is imported.

    Each model is trained on one thread: its matrices are small, and more threads only wait for each other.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    needed = _NEEDED_BY_TAGGERS if taggers else _NEEDED
    missing = [package for package, module in needed.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise KGError(
            f"training needs {', '.join(missing)}; install with: pip install 'mlkg[train]' (in a checkout: "
            ".venv/bin/pip install -e '.[train]')"
        )


def make_plan(
    labels: list[Path],
    work: Path,
    unlabelled: list[Path] | None,
    vectors: Path | None,
    lexicon: list[Path] | None,
    *,
    silver: int = 0,
    seed: int = 0,
    processes: int = 1,
    quick: bool = False,
) -> Plan:
    """Read all that training starts from, and tell of it."""
    from kg.extraction.pipeline import lexicon_types
    from kg.ontology import load_lexicon
    from kg.sources import find_files
    from kg.training.material import read_material
    from kg.training.plan import EPOCHS, Plan
    from kg.training.silver import choose_abstracts
    from kg.training.steps import file_hash

    if silver and not unlabelled:
        raise UsageError("--silver needs abstracts: give --unlabelled FILE")
    if unlabelled and vectors and not silver:
        raise UsageError("with --vectors, --unlabelled is for --silver: give that too, or one of the two")
    material = read_material(labels)
    say(f"{len(material.records)} labelled abstracts; {len(material.held_out)} more are held out and not trained on")
    names = lexicon_types(load_lexicon(*settings_of(None, lexicon).lexicons))
    corpus = _corpus(None if vectors else unlabelled, vectors, work)
    epochs = _QUICK if quick else EPOCHS
    plan = Plan(material.records, material.hashes, corpus, names, work, seed, processes, epochs)
    if not silver:
        return plan
    known = (*material.records, *material.held_out)
    abstracts = choose_abstracts(unlabelled or (), known, seed=7 + seed, on_fault=_tell)
    hashes = {path.name: file_hash(path) for path in find_files(unlabelled or ())}
    return replace(plan, silver=silver, abstracts=abstracts, abstract_hashes=hashes)


def _tell(fault: Fault) -> None:
    complain(str(fault))


def _corpus(unlabelled: list[Path] | None, vectors: Path | None, work: Path) -> Corpus:
    from kg.extraction.pipeline import MODEL
    from kg.training.corpus import corpus_of, read_corpus

    if unlabelled:
        if importlib.util.find_spec("floret") is None:
            raise KGError("word vectors from --unlabelled need floret; install with: pip install 'mlkg[train]'")
        return read_corpus(unlabelled, work, on_fault=_tell)
    try:
        return corpus_of(vectors or MODEL)
    except (OSError, KeyError, ValueError) as error:
        raise InputError(f"{vectors or MODEL}: no trained model to take vectors from ({error})") from error


@contextmanager
def told_on_stderr() -> Iterator[None]:
    """What training tells of its progress goes to stderr."""
    logger, handler = logging.getLogger("kg.training"), logging.StreamHandler(err.file)
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def cross_validated(
    gold: Path,
    work: Path,
    lexicon: list[Path] | None,
    *,
    unlabelled: list[Path] | None,
    vectors: Path | None,
    silver: int,
    processes: int,
    quick: bool,
) -> Mapping[str, Mapping[str, Any]]:
    """Records of the labelled papers that are not held out, each by models that were trained on others."""
    from kg.training.crossval import cross_validate

    with told_on_stderr():
        plan = make_plan([gold], work, unlabelled, vectors, lexicon, silver=silver, processes=processes, quick=quick)
        return cross_validate(plan)


def add_to(app: typer.Typer) -> None:
    app.command()(train)
