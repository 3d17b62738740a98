"""Silver labels: what a trained model finds in unlabelled abstracts, for the next tagger to learn from first.

A tagger that has read many abstracts as an earlier one (with trees behind it) understands them, and then the labelled
ones, finds more than one that has read the labelled ones alone. The teacher of a tagger that will read some folds has
seen none of their papers itself: neither its tagger, nor its trees, nor its tables of names.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.extraction.entities import Deciders, EntityFinder, select
from kg.extraction.evidence import Sources
from kg.extraction.known import KnownNames
from kg.extraction.network import SpanTagger
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.model import ENTITY_TYPES
from kg.sources import OnFault, find_files, read
from kg.training.labels import Labelled
from kg.training.steps import finished, load

logger = logging.getLogger(__name__)

Json = Mapping[str, Any]

SURE = 0.5
"""An entity that is at least this likely is a label;"""
DOUBTFUL = 0.2
"""of what is less likely, but not less than this, nothing is learned."""

_THRESHOLDS: Mapping[str, float] = dict.fromkeys(map(str, ENTITY_TYPES), SURE)


@dataclass(frozen=True, slots=True)
class SilverJob:
    """Abstracts (title, abstract) for one teacher to label; the labels go to ``path``. ``name`` says which it is."""

    name: str
    abstracts: tuple[tuple[str, str], ...]
    tagger: Path
    deciders: Deciders
    known: KnownNames
    lexicon: Mapping[str, str]
    path: Path


def choose_abstracts(
    files: Iterable[Path], labelled: Iterable[Json], *, seed: int, on_fault: OnFault
) -> list[tuple[str, str]]:
    """Titles and abstracts in random order, without those whose title a labelled paper has (held out or not)."""
    titles = {str(record["title"]).casefold() for record in labelled}
    papers = (paper for file in find_files(files) for paper in read(file, on_fault=on_fault))
    chosen = list(dict.fromkeys((p.title, p.abstract) for p in papers if p.title.casefold() not in titles))
    random.Random(seed).shuffle(chosen)
    return chosen


def run_silver(job: SilverJob) -> None:
    logger.info("%s: labelling %d abstracts", job.name, len(job.abstracts))
    sources = Sources(job.known, job.lexicon)
    finder = EntityFinder(SpanTagger(load(job.tagger)), job.deciders, sources, thresholds=_THRESHOLDS)
    vocab = spacy.blank("en").vocab
    with finished(job.path) as draft, draft.open("w", encoding="utf-8") as lines:
        for title, abstract in job.abstracts:
            doc = make_doc(vocab, fold(f"{title}\n{abstract}"))
            lines.write(json.dumps({"title": title, "abstract": abstract, **silver_labels(finder, doc)}) + "\n")


def silver_labels(finder: EntityFinder, doc: Doc) -> Json:
    """Entities with type and role, their mentions (first token, past the last, entity), and spans that tell nothing."""
    judged = finder.judge(doc)
    kept = {id(verdict): mentions for verdict, mentions in select(judged, _THRESHOLDS)}
    entities: list[Json] = []
    spans: list[list[int]] = []
    unsure: list[list[int]] = []
    for verdict in judged:
        if id(verdict) in kept:
            spans += [[m.first, m.last + 1, len(entities)] for m in kept[id(verdict)]]
            entities.append({"type": verdict.type, "role": verdict.role})
        elif verdict.confidence >= DOUBTFUL:
            unsure += [[m.first, m.last + 1] for m in verdict.candidate.mentions]
    return {"entities": entities, "spans": spans, "unsure": unsure}


def read_silver(path: Path, vocab: Vocab) -> Iterator[Labelled]:
    """The abstracts that :func:`run_silver` wrote, as a tagger is trained on them."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            doc = make_doc(vocab, fold(f"{row['title']}\n{row['abstract']}"))
            spans = tuple((first, last, entity) for first, last, entity in row["spans"])
            unsure = frozenset((first, last) for first, last in row["unsure"])
            yield Labelled(row, doc, spans, unsure - {(first, last) for first, last, _ in spans})


def share(abstracts: Sequence[tuple[str, str]], count: int, place: int) -> tuple[tuple[str, str], ...]:
    """The ``place``-th (from 0) run of ``count`` abstracts, from the start again where there are no more."""
    if not abstracts:
        return ()
    begin = place * count
    return tuple(abstracts[i % len(abstracts)] for i in range(begin, begin + min(count, len(abstracts))))
