"""From papers to records: the spaCy pipeline, and what runs it.

Everything inside works on folded text and folded offsets; ``Extractor`` turns what was found back to the original.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from threadpoolctl import ThreadpoolController

from kg import __version__
from kg.errors import InputError
from kg.extraction import binder, entities, sentences  # noqa: F401 (register components)
from kg.extraction.text import FoldedText, fold
from kg.extraction.tokens import make_doc
from kg.extraction.units import PERCENT, POINTS, TIMES
from kg.lexicon import Lexicon
from kg.model import Comparison, EntityMention, Paper, Record, Result, Span
from kg.names import fold_name

for _name in ("entities", "candidates", "results", "comparisons"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=())


MODEL = Path(__file__).parent / "model"
FILES = ("decisions.npz", "linker.npz", "tagger.npz")
"""What a folder of a model holds."""
FAILED = "failed"
"""The ``extractor`` of the empty record of a paper on which extraction failed."""

_LOG = logging.getLogger(__name__)
_threads = lru_cache(maxsize=1)(ThreadpoolController)


def _log_error(paper: Paper, error: Exception) -> None:
    _LOG.error("extraction failed on %s (%s:%d)", paper.given_id, paper.file, paper.line, exc_info=error)


class Extractor:
    """Reads papers into records, one each, in order; what it finds in a paper does not depend on the others."""

    def __init__(self, nlp: Language, *, name: str) -> None:
        self.name = name
        self._nlp = nlp

    def extract(
        self,
        papers: Iterable[Paper],
        *,
        batch_size: int = 64,
        on_error: Callable[[Paper, Exception], None] = _log_error,
    ) -> Iterator[Record]:
        """One record per paper, in order; ``batch_size`` only changes the speed.

        A paper on which the program fails is told to ``on_error`` (which may raise) and gets an empty record whose
        ``extractor`` names no version, so that it is extracted again next time.
        """
        stream = iter(papers)
        while batch := list(islice(stream, batch_size)):
            try:
                records = self._read(batch)
            except Exception:  # one paper is at fault: find it, and let the others pass
                records = [self._read_one(paper, on_error) for paper in batch]
            yield from records

    def _read(self, papers: Sequence[Paper]) -> list[Record]:
        # The matrices are small: several threads on one would spend their time waiting for each other.
        with _threads().limit(limits=1, user_api="blas"):
            return self._read_alone(papers)

    def _read_alone(self, papers: Sequence[Paper]) -> list[Record]:
        folded = [fold(paper.text) for paper in papers]
        docs = [make_doc(self._nlp.vocab, text) for text in folded]
        read = self._nlp.pipe(docs, batch_size=len(docs))
        return [as_record(*each, name=self.name) for each in zip(papers, folded, read, strict=True)]

    def _read_one(self, paper: Paper, on_error: Callable[[Paper, Exception], None]) -> Record:
        try:
            return self._read([paper])[0]
        except Exception as error:
            on_error(paper, error)
            return Record(text_hash=paper.text_hash, extractor=FAILED)


def as_record(paper: Paper, folded: FoldedText, doc: Doc, *, name: str) -> Record:
    """What the components left on the Doc of the folded text, in terms of the paper's own text."""
    original = _Original(folded)
    return Record(
        text_hash=paper.text_hash,
        extractor=name,
        entities=tuple(original.entity(entity) for entity in doc._.entities),
        results=tuple(original.result(result) for result in doc._.results),
        comparisons=tuple(original.comparison(comparison) for comparison in doc._.comparisons),
    )


class _Original:
    """Rewrites what was found in folded text as quotes and offsets of the original."""

    def __init__(self, folded: FoldedText) -> None:
        self._folded = folded

    def span(self, span: Span) -> Span:
        return Span(*self._folded.to_original(span.start, span.end))

    def quote(self, span: Span) -> str:
        place = self.span(span)
        return self._folded.original[place.start : place.end]

    def quoted(self, name: str) -> str:
        """The original of a name that occurs in the folded text."""
        start = self._folded.text.find(name)
        return self.quote(Span(start, start + len(name)))

    def name(self, name: str | None) -> str | None:
        return None if name is None else self.quoted(name)

    def unit(self, unit: str, span: Span) -> str:
        """The unit as written, unless it is one that has a name of its own."""
        if unit in ("", PERCENT, POINTS, TIMES):
            return unit
        start = self._folded.text.rfind(unit, span.start, span.end)
        return self.quote(Span(start, start + len(unit))) if start >= 0 else unit

    def entity(self, entity: EntityMention) -> EntityMention:
        surfaces = dict.fromkeys(self.quoted(surface) for surface in entity.surfaces)
        return replace(entity, surfaces=tuple(surfaces), spans=tuple(self.span(span) for span in entity.spans))

    def result(self, result: Result) -> Result:
        return replace(
            result,
            unit=self.unit(result.unit, result.value_span),
            value_text=self.quote(result.value_span),
            value_span=self.span(result.value_span),
            evidence=self.quote(result.span),
            span=self.span(result.span),
            method=self.name(result.method),
            baseline=self.name(result.baseline),
            dataset=self.name(result.dataset),
            task=self.name(result.task),
            metric=self.name(result.metric),
            setting=self.name(result.setting),
        )

    def comparison(self, comparison: Comparison) -> Comparison:
        return replace(
            comparison,
            evidence=self.quote(comparison.span),
            span=self.span(comparison.span),
            better=self.quoted(comparison.better),
            worse=self.quoted(comparison.worse),
            dataset=self.name(comparison.dataset),
            metric=self.name(comparison.metric),
        )


def load_extractor(*, lexicon: Lexicon | None = None, model: Path | None = None) -> Extractor:
    """The extractor with the weights that the package carries, or those of a folder that ``kg train`` made.

    ``lexicon`` adds names that are known. The extractor's name changes with the weights and with the lexicon. Raises
    InputError where ``model`` is no such folder, KGError where the package's own weights are missing.
    """
    folder = model or MODEL
    missing = [name for name in FILES if not (folder / name).is_file()]
    if model and missing:
        raise InputError(f"{model}: not a trained model, it lacks {', '.join(missing)}; make one with: kg train")
    names = lexicon_types(lexicon)
    nlp = spacy.blank("en")
    nlp.add_pipe("abstract_sentences")
    nlp.add_pipe("kg_entities", config={"names": names, "model_dir": str(folder)})
    nlp.add_pipe("kg_results", config={"model": str(folder / "linker.npz")})
    return Extractor(nlp, name=f"mlkg-{__version__}-{_fingerprint(folder, names)}")


def lexicon_types(lexicon: Lexicon | None) -> dict[str, str]:
    """The entity type of every folded name."""
    return {fold_name(name): entry.type for entry in (lexicon.entries if lexicon else ()) for name in entry.names}


def _fingerprint(folder: Path, names: Mapping[str, str]) -> str:
    """Eight figures that tell one set of weights and names from another."""
    digest = hashlib.sha256(json.dumps(sorted(names.items())).encode())
    for name in FILES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:8]
