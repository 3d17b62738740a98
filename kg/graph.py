"""Records and entities to graph rows: every node and relationship of the model, streamed.

The rows of one workspace are always the same, in the same order: nodes by label, then relationships paper by paper.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.extraction.text import fold
from kg.lexicon import Lexicon
from kg.model import EntityMention, EntityType, Paper, Record, Result, Role, Span
from kg.names import fold_name, slug
from kg.resolution import Entity, PaperNames, Resolution, grouped, resolve
from kg.schema import DATA_IRI, Edge, Node, Value

Source = Callable[[], Iterable[tuple[str, Paper, Record]]]

_ROLE_ORDER: tuple[Role, ...] = ("proposed", "used", "compared", "mentioned")
_ROLE_EDGE: dict[Role, str] = {
    "proposed": "PROPOSES", "used": "USES", "compared": "COMPARES_WITH", "mentioned": "MENTIONS",
}  # fmt: skip
_LINKS: tuple[tuple[str, str, EntityType], ...] = (
    ("OF_METHOD", "method", "Method"), ("AGAINST", "baseline", "Method"), ("ON", "dataset", "Dataset"),
    ("MEASURES", "metric", "Metric"), ("FOR_TASK", "task", "Task"),
)  # fmt: skip
_BOUND_SIGN = {"exact": "", "at_least": "≥ ", "at_most": "≤ ", "about": "≈ "}


@dataclass(frozen=True, slots=True)
class Graph:
    """The graph of some records. ``source`` gives the same records in the same order each time it is called."""

    source: Source
    resolution: Resolution
    base: str = DATA_IRI
    min_confidence: float = 0.0

    def nodes(self) -> Iterator[Node]:
        """All nodes: papers, authors, organisations, entities, results."""
        people: dict[str, Node] = {}
        for key, paper, _ in self.source():
            yield self._paper(key, paper)
            for node in (*self._authors(paper), *self._organizations(paper)):
                people.setdefault(node.id, node)
        yield from (people[id_] for id_ in sorted(people))
        for entity in self.resolution.entities():
            yield self._entity(entity)
        for key, _, record in self.source():
            yield from (node for node, _ in self._results(key, record))

    def edges(self) -> Iterator[Edge]:
        """All relationships, paper by paper, then those between entities. Every end is one of :meth:`nodes`."""
        for key, paper, record in self.source():
            yield from self._paper_edges(key, paper, record)
        for entity in self.resolution.entities():
            for relation, parent in self.resolution.parents(entity):
                yield Edge(relation, (entity.type, entity.id), (parent.type, parent.id), {})

    # nodes

    def _node(self, label: str, id_: str, name: str, **properties: Value) -> Node:
        known = {k: v for k, v in properties.items() if v is not None and v != ()}
        return Node(label, id_, {"id": id_, "uri": self.base + id_, "name": name, **known})

    def _paper(self, key: str, paper: Paper) -> Node:
        return self._node(
            "Paper", f"paper/{key}", paper.title, title=paper.title, abstract=paper.abstract, arxivId=paper.arxiv_id,
            published=paper.published, url=paper.url or (paper.arxiv_id and f"https://arxiv.org/abs/{paper.arxiv_id}"),
            doi=paper.doi, authorCount=paper.author_count or len(paper.authors) or None, comments=paper.comments,
            upvotes=paper.upvotes, categories=paper.categories,
        )  # fmt: skip

    def _authors(self, paper: Paper) -> list[Node]:
        return [self._node("Author", _person_id("author", a.name), a.name) for a in paper.authors]

    def _organizations(self, paper: Paper) -> list[Node]:
        name = paper.organization
        return [self._node("Organization", _person_id("organization", name), name)] if name else []

    def _entity(self, entity: Entity) -> Node:
        extra = {"direction": _direction(entity)} if entity.type == "Metric" else {}
        return self._node(entity.type, entity.id, entity.name, type=entity.type, aliases=entity.aliases, **extra)

    def _results(self, key: str, record: Record) -> Iterator[tuple[Node, list[Edge]]]:
        """Each result of a paper once, with its links; a result that the text states twice is the first of the two."""
        names, seen = self.resolution.of_paper(record), set()
        for result in record.results:
            if result.confidence < self.min_confidence:
                continue
            linked = {link: self._linked(names, result, field, type_) for link, field, type_ in _LINKS}
            id_ = f"result/{key}-{_hash(_identity(result, linked))}"
            if id_ not in seen:
                seen.add(id_)
                edges = [Edge(link, ("Result", id_), (e.type, e.id), {}) for link, e in linked.items() if e]
                yield self._result(id_, record, result, linked), edges

    @staticmethod
    def _linked(names: PaperNames, result: Result, field: str, type_: EntityType) -> Entity | None:
        name = getattr(result, field)
        return names.entity(type_, name) if name else None

    def _result(self, id_: str, record: Record, result: Result, linked: dict[str, Entity | None]) -> Node:
        metric, unit = linked["MEASURES"], _unit(result)
        excluded = _excluded(result, linked)
        sign = 1 if metric and _direction(metric) == "higher" else -1
        return self._node(
            "Result", id_, _label(result, metric, unit), kind=result.kind, value=result.value,
            valueMax=result.value_max, valueText=result.value_text, unit=unit, bound=result.bound,
            direction=result.direction, setting=result.setting, evidence=result.evidence, start=result.span.start,
            end=result.span.end, valueStart=result.value_span.start, valueEnd=result.value_span.end,
            confidence=_probability(result.confidence), rule=result.rule, extractor=record.extractor,
            board=_board(result, linked), rankable=not excluded, orderKey=None if excluded else sign * result.value,
            excluded=excluded,
        )  # fmt: skip

    # relationships

    def _paper_edges(self, key: str, paper: Paper, record: Record) -> Iterator[Edge]:
        this = ("Paper", f"paper/{key}")
        written: set[str] = set()
        for position, node in enumerate(self._authors(paper), 1):
            if node.id not in written:
                written.add(node.id)
                yield Edge("WRITTEN_BY", this, (node.label, node.id), {"position": position})
        for node in self._organizations(paper):
            yield Edge("SUBMITTED_BY", this, (node.label, node.id), {})
        yield from self._naming(this, paper, record)
        for node, links in self._results(key, record):
            yield Edge("REPORTS", this, ("Result", node.id), {})
            yield from links
        yield from self._comparisons(key, record)

    def _naming(self, this: tuple[str, str], paper: Paper, record: Record) -> Iterator[Edge]:
        """One edge from the paper to each entity that it names, of its strongest role, with every place."""
        names = self.resolution.of_paper(record)
        found: dict[str, tuple[Entity, list[EntityMention], list[Span], list[str]]] = {}
        for mention in record.entities:
            for surface, _ in grouped(mention):
                entity = names.entity(mention.type, surface)
                if entity is None:
                    continue
                _, mentions, spans, surfaces = found.setdefault(entity.id, (entity, [], [], []))
                mentions.append(mention)
                surfaces.append(surface)
                spans += [s for s in mention.spans if fold_name(paper.text[s.start : s.end]) == fold_name(surface)]
        for entity, mentions, spans, surfaces in found.values():
            places = sorted({(s.start, s.end) for s in spans})
            yield Edge(_naming_type(entity, mentions), this, (entity.type, entity.id), {
                "surfaces": tuple(dict.fromkeys(surfaces)),
                "spans": tuple(f"{start}-{end}" for start, end in places),
                "confidence": _probability(max(m.confidence for m in mentions)),
            })  # fmt: skip

    def _comparisons(self, key: str, record: Record) -> Iterator[Edge]:
        names, seen = self.resolution.of_paper(record), set()
        for c in record.comparisons:
            better, worse = names.entity("Method", c.better), names.entity("Method", c.worse)
            if better is None or worse is None or better.id == worse.id or c.confidence < self.min_confidence:
                continue
            id_ = f"comparison/{key}-{_hash((better.id, worse.id, c.dataset, c.metric))}"
            if id_ in seen:
                continue
            seen.add(id_)
            dataset = names.entity("Dataset", c.dataset) if c.dataset else None
            metric = names.entity("Metric", c.metric) if c.metric else None
            properties: dict[str, Value] = {
                "id": id_, "paperId": f"paper/{key}", "dataset": dataset.id if dataset else None,
                "metric": metric.id if metric else None, "evidence": c.evidence, "start": c.span.start,
                "end": c.span.end, "confidence": _probability(c.confidence),
            }  # fmt: skip
            known: dict[str, Value] = {k: v for k, v in properties.items() if v is not None}
            yield Edge("OUTPERFORMS", (better.type, better.id), (worse.type, worse.id), known)


def make_graph(source: Source, lexicon: Lexicon, *, base: str = DATA_IRI, min_confidence: float = 0.0) -> Graph:
    """The graph of the records that ``source`` gives; results and comparisons less sure than ``min_confidence``
    (a probability) are left out."""
    return Graph(source, resolve((record for _, _, record in source()), lexicon), base, min_confidence)


def _hash(parts: Iterable[object]) -> str:
    text = "|".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _identity(result: Result, linked: dict[str, Entity | None]) -> tuple[object, ...]:
    ids = [entity.id if entity else None for entity in linked.values()]
    return (*ids, result.kind, result.setting, result.value, result.value_max, _unit(result), result.direction)


def _person_id(kind: str, name: str) -> str:
    """People's and organisations' names differ in more than things' do: only case and spacing do not count."""
    return f"{kind}/{slug('-'.join(unicodedata.normalize('NFKC', name).casefold().split()))}"


def _direction(metric: Entity) -> str:
    return (metric.entry.direction if metric.entry else None) or "unknown"


def _unit(result: Result) -> str:
    return fold(result.unit).text.strip()


def _probability(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))


def _excluded(result: Result, linked: dict[str, Entity | None]) -> str | None:
    """Why a leaderboard cannot rank this result; None if it can."""
    if result.kind != "absolute":
        return result.kind
    for link, why in (("OF_METHOD", "no method"), ("ON", "no dataset"), ("MEASURES", "no metric")):
        if linked[link] is None:
            return why
    if result.value_max is not None:
        return "a range"
    metric = linked["MEASURES"]
    return "direction of the metric unknown" if metric and _direction(metric) == "unknown" else None


def _board(result: Result, linked: dict[str, Entity | None]) -> str | None:
    """The key of the leaderboard on which the result could stand: one dataset, metric, setting and unit."""
    dataset, metric = linked["ON"], linked["MEASURES"]
    if dataset is None or metric is None:
        return None
    return "|".join((dataset.id, metric.id, result.setting or "", _unit(result)))


def _label(result: Result, metric: Entity | None, unit: str) -> str:
    """The result in a few words: "≥ 86.6 % success rate", "+3.5 % accuracy", "2.4 x FLOPs"."""
    sign = {"increase": "+", "decrease": "−"}.get(result.direction or "", "") if result.kind == "change" else ""
    figures = f"{result.value}" if result.value_max is None else f"{result.value}–{result.value_max}"
    words = [_BOUND_SIGN[result.bound] + sign + figures.lstrip("+"), unit, metric.name if metric else ""]
    return " ".join(word for word in words if word)


def _naming_type(entity: Entity, mentions: list[EntityMention]) -> str:
    role = min((m.role for m in mentions), key=_ROLE_ORDER.index)
    if entity.type == "Task":
        return "MENTIONS" if role == "mentioned" else "ADDRESSES"
    if entity.type == "Metric":
        return "MENTIONS" if role == "mentioned" else "USES"
    return _ROLE_EDGE[role]
