"""The spaCy component that binds: from entities and candidates of a Doc to results and comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import KGError
from kg.extraction.comparisons import make_all_comparisons
from kg.extraction.judge import Judge
from kg.extraction.linker import Linker
from kg.extraction.numbers import find_quantities
from kg.extraction.phrases import with_phrases
from kg.extraction.reading import Reading, read
from kg.extraction.results import make_results
from kg.model import Comparison, EntityMention, Result

MODEL = Path(__file__).parent / "model" / "linker.npz"
FLOOR = 0.05
"""Candidates below this probability are not looked at."""

MOST = 128
"""Numbers of a text that are looked at, from its start: no abstract has half as many, and each costs its pairs."""


class Binder:
    """Sets ``doc._.results`` and ``doc._.comparisons`` from ``doc._.candidates`` (folded offsets).

    What they name is added to ``doc._.entities``.
    """

    def __init__(self, linker: Linker, comparer: Judge) -> None:
        self._linker = linker
        self._comparer = comparer

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The same for many; each step is taken for a whole batch, and no text's results depend on another's."""
        rest = iter(stream)
        while docs := list(islice(rest, batch_size)):
            readings = [_read(doc) for doc in docs]
            linked = self._linker.link_all(readings)
            results = [tuple(make_results(*each)) for each in zip(readings, linked, strict=True)]
            papers = list(zip(readings, linked, results, strict=True))
            for doc, comparisons, (reading, _, mine) in zip(
                docs, make_all_comparisons(papers, self._comparer), papers, strict=True
            ):
                doc._.results, doc._.comparisons = mine, tuple(comparisons)
                doc._.entities = with_named(doc._.entities, reading, doc._.results, doc._.comparisons)
                yield doc


def _read(doc: Doc) -> Reading:
    text = doc.text  # put together anew each time it is asked for
    quantities = find_quantities(text)[:MOST]
    candidates = [entity for entity in doc._.candidates if entity.confidence >= FLOOR]
    return read(doc, text, with_phrases(text, candidates, quantities), quantities)


def with_named(
    entities: tuple[EntityMention, ...],
    reading: Reading,
    results: tuple[Result, ...],
    comparisons: tuple[Comparison, ...],
) -> tuple[EntityMention, ...]:
    """The entities, and the candidates that a result or comparison names: what a number is bound to is worth a node."""
    known = {surface for entity in entities for surface in entity.surfaces}
    named = {name for r in results for name in (r.metric, r.dataset, r.method, r.baseline)}
    named |= {name for c in comparisons for name in (c.better, c.worse)}
    added = [candidate for candidate in reading.entities if (named - known).intersection(candidate.surfaces)]
    taken = {(span.start, span.end) for entity in entities for span in entity.spans}
    new = [entity for entity in added if (entity.spans[0].start, entity.spans[0].end) not in taken]
    fresh = [replace(entity, confidence=max(entity.confidence, 0.5)) for entity in new]
    return tuple(sorted((*entities, *fresh), key=lambda entity: (entity.spans[0].start, entity.spans[0].end)))


def load_binder(path: Path = MODEL) -> Binder:
    """The binder with its weights. Raises KGError where they are missing or unreadable."""
    try:
        with np.load(path) as arrays:
            tables = dict(arrays)
            return Binder(Linker.from_arrays(tables), Judge.from_arrays(tables, "comparisons."))
    except (OSError, KeyError, ValueError) as error:
        raise KGError(f"the linking model {path} cannot be read ({error}); install the package again") from error


@Language.factory(
    "kg_results",
    requires=["doc._.candidates"],
    assigns=["doc._.results", "doc._.comparisons"],
    default_config={"model": None},
)
def make_binder(nlp: Language, name: str, model: str | None) -> Binder:
    """The binder as a spaCy component."""
    del nlp, name
    return load_binder(Path(model) if model else MODEL)
