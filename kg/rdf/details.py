"""The resources that carry what a relationship says beyond its two ends: Namings with their Mentions, Authorships and
Comparisons."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from kg.errors import InputError
from kg.rdf.dialect import Dialect, Pairs
from kg.rdf.grouping import TYPES, Link
from kg.rdf.properties import PropertyWriter
from kg.rdf.vocabulary import NAMINGS, edge_name
from kg.schema import EDGE_PROPERTIES, ENTITY_LABELS

_SPAN = re.compile(r"(\d+)-(\d+)")
_KINDS = tuple(f"{label.lower()}/" for label in ENTITY_LABELS)


class DetailWriter:
    def __init__(self, dialect: Dialect, writer: PropertyWriter) -> None:
        self.dialect = dialect
        self.node = dialect.node
        self.write = writer.write
        a = dialect.predicate("rdf:type")
        self.types: dict[str, Pairs] = {
            name: [(a, dialect.term(term)) for term in terms]
            for name, terms in {
                "Naming": ("kg:Naming",),
                "Authorship": ("kg:Authorship",),
                "Comparison": ("kg:Comparison", "prov:Entity"),
                "Mention": ("kg:Mention", "oa:SpecificResource"),
                "position": ("oa:TextPositionSelector",),
                "quote": ("oa:TextQuoteSelector",),
            }.items()
        }
        self.naming_plan = writer.plan({k: v for k, v in EDGE_PROPERTIES["USES"].items() if k != "spans"})
        self.authorship_plan = writer.plan(EDGE_PROPERTIES["WRITTEN_BY"])
        references = ("paperId", "dataset", "metric")
        comparison = {k: v for k, v in EDGE_PROPERTIES["OUTPERFORMS"].items() if k not in references}
        self.comparison_plan = writer.plan(comparison)
        names = ["paper", "entity", "role", "mention", "author", "better", "worse", "dataset", "metric"]
        self.kg = {name: dialect.predicate(f"kg:{name}") for name in names}
        names = ["hasSource", "hasSelector", "start", "end", "exact"]
        self.oa = {name: dialect.predicate(f"oa:{name}") for name in names}
        self.derived = dialect.predicate("prov:wasDerivedFrom")
        self.roles = {kind: dialect.string(kind) for kind in NAMINGS}

    def of(self, node_id: str, node: dict[str, Any], links: list[Link]) -> Iterator[tuple[str, Pairs]]:
        """The resources behind the relationships that leave this node."""
        text: _Text | None = None
        for _, _, rank, target, _, properties in links:
            kind = TYPES[rank]
            if kind in self.roles:
                text = text or _Text(node_id, node)
                yield from self._naming(text, kind, target, properties)
            elif kind == "OUTPERFORMS":
                yield self._comparison(node_id, target, properties)
            elif kind == "WRITTEN_BY" and properties:
                yield self._authorship(node_id, target, properties)

    def _naming(self, text: _Text, kind: str, entity: str, properties: dict[str, Any]) -> Iterator[tuple[str, Pairs]]:
        name = f"naming/{text.key}/{edge_name(kind)[3:]}/{entity}"
        pairs = self.types["Naming"].copy()
        kg = self.kg
        pairs += ((kg["paper"], self.node(text.id)), (kg["entity"], self.node(entity)), (kg["role"], self.roles[kind]))
        rest = dict(properties)
        spans = rest.pop("spans", None) or ()
        self.write(pairs, rest, self.naming_plan, name)
        new = []
        for span in spans:
            mention = f"mention/{text.key}/{text.hash}/{span}"
            pairs.append((kg["mention"], self.node(mention)))
            if span not in text.written:
                text.written.add(span)
                new.append((mention, span))
        yield self.node(name), pairs
        for mention, span in new:
            yield from self._mention(text, mention, span)

    def _mention(self, text: _Text, mention: str, span: str) -> Iterator[tuple[str, Pairs]]:
        """A place in the text, with the two selectors of the Web Annotation model. Offsets are code points."""
        start, end = text.ends(span)
        oa = self.oa
        position, quote = self.node(f"{mention}/position"), self.node(f"{mention}/quote")
        pairs = [(oa["hasSource"], self.node(text.id)), (oa["hasSelector"], position), (oa["hasSelector"], quote)]
        yield self.node(mention), self.types["Mention"] + pairs
        integer = self.dialect.integer
        yield position, [*self.types["position"], (oa["start"], integer(start)), (oa["end"], integer(end))]
        yield quote, [*self.types["quote"], (oa["exact"], self.dialect.string(text.text[start:end]))]

    def _authorship(self, paper: str, author: str, properties: dict[str, Any]) -> tuple[str, Pairs]:
        name = f"authorship/{paper.partition('/')[2]}/{author.partition('/')[2]}"
        pairs = self.types["Authorship"].copy()
        pairs += ((self.kg["paper"], self.node(paper)), (self.kg["author"], self.node(author)))
        self.write(pairs, properties, self.authorship_plan, name)
        return self.node(name), pairs

    def _comparison(self, better: str, worse: str, properties: dict[str, Any]) -> tuple[str, Pairs]:
        rest = dict(properties)
        name = rest.get("id")
        if not isinstance(name, str):
            raise InputError(f'an OUTPERFORMS relationship of "{better}" has no id: give it "comparison/…"')
        pairs = self.types["Comparison"].copy()
        kg = self.kg
        pairs += ((kg["better"], self.node(better)), (kg["worse"], self.node(worse)))
        paper = rest.pop("paperId", None)
        if paper is not None:
            pairs += ((kg["paper"], self.node(paper)), (self.derived, self.node(paper)))
        for role in ("dataset", "metric"):
            value = rest.pop(role, None)
            if value is not None:
                pairs.append((kg[role], self._reference(value)))
        self.write(pairs, rest, self.comparison_plan, name)
        return self.node(name), pairs

    def _reference(self, value: str) -> str:
        """The entity where the value is an id, else the name as it is."""
        return self.node(value) if value.startswith(_KINDS) else self.dialect.string(value)


class _Text:
    """One paper's text, and which of its places have been written."""

    def __init__(self, paper: str, properties: dict[str, Any]) -> None:
        self.id = paper
        self.key = paper.partition("/")[2]
        self.text = f"{properties.get('title') or ''}\n{properties.get('abstract') or ''}"
        self.hash = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self.written: set[str] = set()

    def ends(self, span: str) -> tuple[int, int]:
        """Start and end of a span "start-end". Raises InputError where the text has no such place."""
        match = _SPAN.fullmatch(span)
        start, end = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 0 <= start < end <= len(self.text):
            raise InputError(f'"{self.id}": the span "{span}" is not start-end within its {len(self.text)} characters')
        return start, end
