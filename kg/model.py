"""The records that flow from a source to the graph.

Offsets are code points in :attr:`Paper.text` (title, a newline, abstract), end exclusive. Every string that a record
quotes equals the text between its offsets, markup included.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

EntityType = Literal["Method", "Dataset", "Benchmark", "Task", "Metric"]
Role = Literal["proposed", "used", "compared", "mentioned"]
Kind = Literal["absolute", "change", "ratio"]
Bound = Literal["exact", "at_least", "at_most", "about"]
Direction = Literal["increase", "decrease"]

ENTITY_TYPES: tuple[EntityType, ...] = ("Method", "Dataset", "Benchmark", "Task", "Metric")
ROLES: tuple[Role, ...] = ("proposed", "used", "compared", "mentioned")
KINDS: tuple[Kind, ...] = ("absolute", "change", "ratio")
BOUNDS: tuple[Bound, ...] = ("exact", "at_least", "at_most", "about")
DIRECTIONS: tuple[Direction, ...] = ("increase", "decrease")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of the text: code points, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Author:
    name: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as one source told it.

    ``published`` is an ISO 8601 date of day, month or year precision ("2025-03-12", "2025-03", "2025").
    ``given_id`` is the id under which the input knows the paper, whatever its form; ``file`` and ``line`` (1-based)
    say where it was read.
    """

    title: str
    abstract: str
    arxiv_id: str | None = None
    published: str | None = None
    authors: tuple[Author, ...] = ()
    author_count: int | None = None
    organization: str | None = None
    categories: tuple[str, ...] = ()
    comments: int | None = None
    upvotes: int | None = None
    url: str | None = None
    doi: str | None = None
    given_id: str | None = None
    file: str = ""
    line: int = 0

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.abstract}"

    @property
    def text_hash(self) -> str:
        """SHA-256 of :attr:`text` in UTF-8 (lone surrogates kept), hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class EntityMention:
    """One named thing of one paper, with every place where the text names it.

    ``surfaces`` are its distinct forms in order of first occurrence; ``spans`` all its mentions in text order.
    ``confidence`` is the probability that the entity, with its type, is right.
    """

    type: EntityType
    surfaces: tuple[str, ...]
    role: Role
    spans: tuple[Span, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """One number that a paper reports as the outcome of an evaluation.

    ``method``, ``baseline``, ``dataset``, ``task`` and ``metric`` are names copied from the text. ``value`` is the
    number as written (70.5, not 0.705), ``value_text`` its characters, ``value_span`` where they stand. ``evidence``
    is the sentence, ``span`` its place. ``rule`` names what produced it. ``confidence`` is the probability that
    all of it is right: the number is a result, of this kind, for this metric, dataset, method and baseline.
    """

    kind: Kind
    value: Decimal
    value_text: str
    value_span: Span
    evidence: str
    span: Span
    value_max: Decimal | None = None
    unit: str = ""
    bound: Bound = "exact"
    direction: Direction | None = None
    method: str | None = None
    baseline: str | None = None
    dataset: str | None = None
    task: str | None = None
    metric: str | None = None
    setting: str | None = None
    confidence: float = 1.0
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The text says that one named method does better than another."""

    better: str
    worse: str
    evidence: str
    span: Span
    dataset: str | None = None
    metric: str | None = None
    confidence: float = 1.0
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What was extracted from one paper's text, stamped with the text's hash and the extractor's name and version."""

    text_hash: str
    extractor: str
    entities: tuple[EntityMention, ...] = field(default=())
    results: tuple[Result, ...] = field(default=())
    comparisons: tuple[Comparison, ...] = field(default=())
