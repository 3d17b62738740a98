"""From labelled papers and what taggers found in them unseen, to the models that bind numbers to names.

The models are fitted to every paper twice, once with the labelled entities and once with the candidates that a tagger
found in it that had not seen it: at work they read such candidates, and what is right is clearer with the labels.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.errors import InputError
from kg.extraction.binder import FLOOR, MOST, Binder, load_binder
from kg.extraction.numbers import find_quantities
from kg.extraction.phrases import with_phrases
from kg.extraction.pipeline import as_record
from kg.extraction.sentences import abstract_sentences
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.model import EntityMention, Paper, Span
from kg.records import record_line
from kg.training.comparer import fit_comparer
from kg.training.gold import Example, example, gold_entities
from kg.training.linker import fit
from kg.training.split import FOLDS, fold_of
from kg.training.steps import run_all, save

Json = Mapping[str, Any]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A labelled paper as a tagger found it that had not seen it; offsets are those of the folded text.

    ``candidates`` is all that could be an entity, ``entities`` what counts as one.
    """

    record: Json
    candidates: tuple[EntityMention, ...]
    entities: tuple[EntityMention, ...]

    @property
    def id(self) -> str:
        return str(self.record["id"])


def as_unseen(record: Json, found: Json) -> Unseen:
    """The paper with what :func:`kg.training.verdicts.predicted_records` says was found in it."""
    candidates = tuple(map(_mention, found["candidates"]))
    kept = (row["kept"] for row in found["candidates"])
    return Unseen(record, candidates, tuple(c for c, is_kept in zip(candidates, kept, strict=True) if is_kept))


def _mention(row: Json) -> EntityMention:
    spans = tuple(Span(start, end) for start, end in row["spans"])
    return EntityMention(row["type"], tuple(row["surfaces"]), row["role"], spans, row["confidence"])


def read_unseen(records: Iterable[Json], folder: Path, finder: Callable[[Doc], Doc] | None = None) -> Iterator[Unseen]:
    """The papers with what was found in them by taggers that had not seen them (``folder``/fold0.jsonl and so on).

    ``finder`` reads the papers that are not there: it must not have been trained on them. Raises InputError without it.
    """
    found: dict[str, Json] = {}
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            found |= {str(row["id"]): row for row in map(json.loads, lines)}
    vocab = spacy.blank("en").vocab
    for record in records:
        if row := found.get(str(record["id"])):
            yield as_unseen(record, row)
        elif finder:
            doc = finder(make_doc(vocab, fold(f"{record['title']}\n{record['abstract']}")))
            yield Unseen(record, doc._.candidates, doc._.entities)
        else:
            raise InputError(f"{folder}: nothing was found in {record['id']}; train the entities with its labels first")


def make_examples(paper: Unseen, vocab: Vocab) -> tuple[Example, Example]:
    """The paper with the candidates that were found in it, and with its labelled entities."""
    text = fold(f"{paper.record['title']}\n{paper.record['abstract']}").text
    likely = [candidate for candidate in paper.candidates if candidate.confidence >= FLOOR]
    found = with_phrases(text, likely, find_quantities(text)[:MOST])
    return example(paper.record, found, vocab), example(paper.record, gold_entities(paper.record, vocab), vocab)


def train_linker(papers: Iterable[Unseen], path: Path) -> None:
    """Fit all models of binding, and write them to ``path`` (.npz) as :func:`load_binder` reads them.

    Eight minutes for 5,700 papers on one core. The same papers give the same models. Raises InputError where they are
    too few.
    """
    vocab = spacy.blank("en").vocab
    pairs = [make_examples(paper, vocab) for paper in papers]
    examples = [pair[0] for pair in pairs] + [pair[1] for pair in pairs]
    try:
        linker, linked = fit(examples)
        logger.info("fitting the judge of comparisons")
        comparer = fit_comparer(examples, linked)
    except ValueError as error:  # no example of a kind, of a direction, of a field
        raise InputError(f"{len(pairs)} labelled papers are too few to learn from ({error}); give more") from error
    save(path, {**linker.to_arrays(), **comparer.to_arrays("comparisons.")})


def bind_unseen(papers: Sequence[Unseen], *, processes: int = 1) -> Iterator[Json]:
    """A record for every paper, bound by models that were fitted to the papers of the other folds.

    Takes as long as five times :func:`train_linker`, divided by the number of ``processes``.
    """
    for records in run_all(bind_fold, [Fold(tuple(papers), number) for number in range(FOLDS)], processes=processes):
        yield from records


@dataclass(frozen=True, slots=True)
class Fold:
    """All papers, and the number of the fold that is to be read."""

    papers: tuple[Unseen, ...]
    number: int


def bind_fold(job: Fold) -> list[Json]:
    """Records of the papers of one fold, by models fitted to the others."""
    mine = [paper for paper in job.papers if fold_of(paper.id) == job.number]
    others = [paper for paper in job.papers if fold_of(paper.id) != job.number]
    if not mine:
        return []
    logger.info("fold %d: fitting the models of results to %d papers", job.number, len(others))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "linker.npz"
        train_linker(others, path)
        binder = load_binder(path)
    vocab = spacy.blank("en").vocab
    return [bind(binder, paper, vocab) for paper in mine]


def bind(binder: Binder, paper: Unseen, vocab: Vocab) -> Json:
    """The record of one paper as ``kg extract`` writes it."""
    source = Paper(paper.record["title"], paper.record["abstract"])
    folded = fold(source.text)
    doc = abstract_sentences(make_doc(vocab, folded))
    doc._.candidates, doc._.entities = paper.candidates, paper.entities
    read = as_record(source, folded, binder(doc), name="cross-validated")
    record: Json = json.loads(record_line(source, read, id_=paper.id))
    return record
