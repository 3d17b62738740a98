"""The entities of a text: the tagger's spans, gathered into things and judged on all that the text says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import KGError
from kg.extraction.candidates import Candidate, Mention, find_candidates
from kg.extraction.evidence import Sources, evidence
from kg.extraction.features import Floats, Ints
from kg.extraction.known import KnownNames
from kg.extraction.network import SpanTagger
from kg.extraction.trees import Trees
from kg.model import ENTITY_TYPES, ROLES, EntityMention, EntityType, Role, Span

MODEL = Path(__file__).parent / "model"
POSSIBLE = 0.1
"""A candidate that is at least this likely is offered to whoever binds numbers to names."""

DATA = (ENTITY_TYPES.index("Dataset"), ENTITY_TYPES.index("Benchmark"))


@dataclass(frozen=True, slots=True)
class Deciders:
    """Trees over the evidence: is a candidate an entity (``keep``, one class); if so, of which type, in which role."""

    keep: Trees
    types: Trees
    roles: Trees


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with the verdict on it; ``confidence`` is the probability that it is an entity of its type."""

    candidate: Candidate
    type: EntityType
    role: Role
    confidence: float


class EntityFinder:
    """Sets ``doc._.entities`` and ``doc._.candidates``, tuples of :class:`kg.model.EntityMention` on the Doc's text.

    Candidates are all that is at least ``POSSIBLE``, entities those that are likely enough and win where names overlap;
    both are in order of first mention. What is found in one text does not depend on the texts around it.
    """

    def __init__(
        self, tagger: SpanTagger, deciders: Deciders, sources: Sources, *, thresholds: Mapping[str, float]
    ) -> None:
        """``thresholds`` (by entity type) say from which confidence on a candidate counts as an entity."""
        self._tagger, self._deciders, self._sources, self._thresholds = tagger, deciders, sources, thresholds
        for name in ("entities", "candidates"):
            if not Doc.has_extension(name):
                Doc.set_extension(name, default=())

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The same for many; each step is taken for a whole batch, which keeps what it needs near the processor."""
        rest = iter(stream)
        while docs := list(islice(rest, batch_size)):
            for doc, judged in zip(docs, self.judge_all(docs), strict=True):
                kept = select(judged, self._thresholds)
                entities = {id(verdict.candidate): as_mention(doc, verdict, mentions) for verdict, mentions in kept}
                doc._.entities = tuple(entities.values())
                doc._.candidates = tuple(
                    entities.get(id(verdict.candidate)) or as_mention(doc, verdict, verdict.candidate.mentions)
                    for verdict in judged
                )
                yield doc

    def judge(self, doc: Doc) -> list[Judged]:
        """Every possible entity with the verdict on it, in order of first mention."""
        return self.judge_all([doc])[0]

    def judge_all(self, docs: Sequence[Doc]) -> list[list[Judged]]:
        """The same of each text."""
        scored = [self._tagger(doc) for doc in docs]
        found = [find_candidates([token.text for token in doc], s) for doc, s in zip(docs, scored, strict=True)]
        matrices = [
            evidence(doc, s, candidates, self._sources)
            for doc, s, candidates in zip(docs, scored, found, strict=True)
            if candidates
        ]
        judged: list[list[Judged]] = [[] for _ in docs]
        if matrices:
            owners = [owner for owner, candidates in enumerate(found) for _ in candidates]
            everything = [candidate for candidates in found for candidate in candidates]
            for place, verdict in _verdicts(everything, np.concatenate(matrices), self._deciders):
                judged[owners[place]].append(verdict)
        return judged


def decide(candidates: Sequence[Candidate], matrix: Floats, deciders: Deciders) -> list[Judged]:
    """The verdict on each candidate that is at least ``POSSIBLE``, from its evidence (candidates, features)."""
    return [verdict for _, verdict in _verdicts(candidates, matrix, deciders)]


def _verdicts(candidates: Sequence[Candidate], matrix: Floats, deciders: Deciders) -> Iterator[tuple[int, Judged]]:
    """Places of candidates with the verdicts on them, each of which depends on one row of evidence alone."""
    keep = deciders.keep.probabilities(matrix)[:, 0]
    possible = np.flatnonzero(keep >= POSSIBLE)  # most candidates are not: their type and role are of no interest
    matrix = matrix[possible]
    kinds, confidence = best_types(keep[possible, None] * deciders.types.probabilities(matrix))
    chances = deciders.roles.probabilities(with_type(matrix, kinds))
    plain = np.isin(kinds, [ENTITY_TYPES.index("Task"), ENTITY_TYPES.index("Metric")])
    for role in ("proposed", "compared"):  # nobody proposes a task or compares with a metric
        chances[plain, ROLES.index(role)] = 0
    rows = zip(possible.tolist(), kinds.tolist(), chances.argmax(axis=1).tolist(), confidence.tolist(), strict=True)
    for place, kind, best, chance in rows:
        if chance >= POSSIBLE:
            yield place, Judged(candidates[place], ENTITY_TYPES[kind], ROLES[best], round(chance, 4))


def with_type(matrix: Floats, kinds: Ints) -> Floats:
    """The evidence for roles: that for types, and the type itself, one column for each."""
    return np.concatenate([matrix, np.eye(len(ENTITY_TYPES), dtype=np.float32)[kinds]], axis=1)


def best_types(chances: Floats) -> tuple[Ints, Floats]:
    """Type index and confidence of rows (candidates, types).

    The chances of dataset and benchmark are added, since the line between them is thin; the likelier is named.
    """
    merged = chances.copy()
    both = merged[:, DATA].sum(axis=1)
    dataset, benchmark = DATA
    is_dataset = merged[:, dataset] >= merged[:, benchmark]
    merged[:, dataset], merged[:, benchmark] = np.where(is_dataset, both, 0), np.where(is_dataset, 0, both)
    kinds = merged.argmax(axis=1)
    return kinds, merged[np.arange(len(merged)), kinds]


def select(judged: Sequence[Judged], thresholds: Mapping[str, float]) -> list[tuple[Judged, tuple[Mention, ...]]]:
    """Entities with the mentions that are theirs, in order of first mention.

    The surer candidate takes its words first; one that finds all its words taken is no entity. Places where the tagger
    sees no name (the words in their plain sense) are left out, unless there is no other.
    """
    taken: set[int] = set()
    kept = []
    for verdict in sorted(judged, key=lambda v: (-v.confidence, v.candidate.mentions[0].first)):
        if verdict.confidence < thresholds[verdict.type]:
            continue
        mentions = [m for m in verdict.candidate.mentions if m.score >= POSSIBLE] or verdict.candidate.mentions
        free = tuple(m for m in mentions if taken.isdisjoint(range(m.first, m.last + 1)))
        if free:
            taken.update(place for m in free for place in range(m.first, m.last + 1))
            kept.append((verdict, free))
    return sorted(kept, key=lambda pair: (pair[1][0].first, pair[1][0].last))


def as_mention(doc: Doc, verdict: Judged, mentions: Sequence[Mention]) -> EntityMention:
    """The record of an entity: distinct forms (case and plural apart) in order, and all places in the Doc's text."""
    spans = [doc[m.first : m.last + 1] for m in mentions]
    forms: dict[str, str] = {}
    for span in spans:
        forms.setdefault(span.text.casefold().removesuffix("s"), span.text)
    places = tuple(Span(span.start_char, span.end_char) for span in spans)
    return EntityMention(verdict.type, tuple(forms.values()), verdict.role, places, verdict.confidence)


def load_entity_components(
    model_dir: Path | None = None, names: Mapping[str, str] | None = None
) -> Callable[[Doc], Doc]:
    """The finder with its weights, by default those of the package.

    ``names`` maps folded names (:func:`kg.names.fold_name`) of a lexicon to entity types.
    Raises :class:`KGError` where the weights are missing or unreadable.
    """
    folder = model_dir or MODEL
    try:
        tagger = SpanTagger.load(folder / "tagger.npz")
        with np.load(folder / "decisions.npz") as arrays:
            deciders = Deciders(*(Trees.from_arrays(arrays, f"{name}.") for name in ("keep", "types", "roles")))
            known = KnownNames.from_arrays(dict(arrays))
            thresholds = dict(zip(ENTITY_TYPES, arrays["thresholds"].tolist(), strict=True))
    except (OSError, KeyError, ValueError) as error:
        raise KGError(f"the entity model in {folder} cannot be read ({error}); reinstall the package") from error
    return EntityFinder(tagger, deciders, Sources(known, names or {}), thresholds=thresholds)


@Language.factory(
    "kg_entities", assigns=["doc._.entities", "doc._.candidates"], default_config={"model_dir": None, "names": None}
)
def make_entity_finder(
    nlp: Language, name: str, model_dir: str | None, names: dict[str, str] | None
) -> Callable[[Doc], Doc]:
    """The finder as a spaCy component; the pipeline's tokeniser must be :func:`kg.extraction.tokens.make_doc`'s."""
    del nlp, name
    return load_entity_components(Path(model_dir) if model_dir else None, names)
