"""The resources that carry what a relationship says beyond its two ends: Namings with their Mentions, Authorships and
Comparisons."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from kg.errors import InputError
from kg.rdf.dialect import Dialect
from kg.rdf.grouping import TYPES, Link
from kg.rdf.properties import PropertyWriter, order_of
from kg.rdf.terms import check_id
from kg.rdf.vocabulary import DETAIL_CLASSES, NAMINGS, edge_name
from kg.schema import EDGE_PROPERTIES, ENTITY_LABELS, PropertyType

_SPAN = re.compile(r"(\d+)-(\d+)")
_KINDS = tuple(f"{label.lower()}/" for label in ENTITY_LABELS)
_REFERENCES = ("paperId", "dataset", "metric")
_RELATIONS = (
    "kg:paper", "kg:entity", "kg:author", "kg:better", "kg:worse", "kg:dataset", "kg:metric", "oa:hasSource",
    "prov:wasDerivedFrom",
)  # fmt: skip
_ROLES = {kind: edge_name(kind).removeprefix("kg:") for kind in NAMINGS}


class DetailWriter:
    """Writes them in one dialect; without ``mentions``, no places in the text."""

    def __init__(self, dialect: Dialect, *, mentions: bool) -> None:
        self.dialect = dialect
        self.mentions = mentions
        self.subject, self.resource = dialect.subject, dialect.resource
        self.types = {name: dialect.types(terms) for name, terms in DETAIL_CLASSES.items()}
        self.naming = PropertyWriter(dialect, _without("USES", "spans"))
        self.authorship = PropertyWriter(dialect, EDGE_PROPERTIES["WRITTEN_BY"])
        self.comparison = PropertyWriter(dialect, _without("OUTPERFORMS", *_REFERENCES))
        self.string = dialect.literal("string")
        self.reference = dialect.reference
        self.before = {name: self.reference.behind(dialect.predicate(name)).before for name in _RELATIONS}
        self.roles = {kind: self.string.behind(dialect.predicate("kg:role")).write(kind) for kind in NAMINGS}
        self.mention_predicate = dialect.predicate("kg:mention")
        self.mention = self._mention_template()

    def of(self, node_id: str, node: dict[str, Any], links: list[Link]) -> list[str]:
        """The resources behind the relationships that leave this node."""
        out: list[str] = []
        text: _Text | None = None
        for _, _, rank, target, _, _, properties in links:
            kind = TYPES[rank]
            if kind in self.roles:
                text = text or _Text(node_id, node)
                out += self._naming(text, kind, target, properties)
            elif kind == "OUTPERFORMS":
                out.append(self._comparison(node_id, target, properties))
            elif kind == "WRITTEN_BY" and properties:
                out.append(self._authorship(node_id, target, properties))
        return out

    def _refer(self, name: str, node_id: str) -> str:
        """The statement that another resource is the resource's ``name``."""
        return f"{self.before[name]}{node_id}{self.reference.after}"

    def _naming(self, text: _Text, kind: str, entity: str, properties: dict[str, Any]) -> list[str]:
        name = f"naming/{text.key}/{_ROLES[kind]}/{entity}"
        rest = dict(properties)
        given = rest.pop("spans", None) or ()
        spans = given if self.mentions else ()
        places = sorted(set(spans), key=text.ends)
        order = order_of("spans", spans, places) if list(spans) != places else None
        statements = [
            *self.types["Naming"],
            self._refer("kg:paper", text.id),
            self._refer("kg:entity", entity),
            self.roles[kind],
            *self.naming.write(rest, name, order=order),
        ]
        if not places:
            return [self.resource(self.subject(name), statements)]
        before, after = self.reference.before + text.mentions, self.reference.after
        statements += self.dialect.several(self.mention_predicate, [f"{before}{span}{after}" for span in places])
        new = [span for span in places if span not in text.written]
        text.written.update(new)
        return [self.resource(self.subject(name), statements), *(self._mention(text, span) for span in new)]

    def _mention(self, text: _Text, span: str) -> str:
        start, end = text.ends(span)
        quoted = self.string.write(text.text[start:end])
        return self.mention % {
            "id": text.mentions + span,
            "paper": text.id,
            "start": start,
            "end": end,
            "quote": quoted,
        }

    def _mention_template(self) -> str:
        """A place in the text, with the two selectors of the Web Annotation model. Offsets are code points."""
        position, quote = "%(id)s/position", "%(id)s/quote"
        selectors = self.dialect.several(
            self.dialect.predicate("oa:hasSelector"), [self.reference.write(position), self.reference.write(quote)]
        )
        predicate = self.dialect.predicate
        number = self.dialect.literal("integer")
        offsets = [f"{predicate(f'oa:{end}')}{number.before}%({end})d{number.after}" for end in ("start", "end")]
        return self.dialect.separator.join(
            (
                self.resource(
                    self.subject("%(id)s"),
                    [*self.types["Mention"], self._refer("oa:hasSource", "%(paper)s"), *selectors],
                ),
                self.resource(self.subject(position), [*self.types["Position"], *offsets]),
                self.resource(self.subject(quote), [*self.types["Quote"], predicate("oa:exact") + "%(quote)s"]),
            )
        )

    def _authorship(self, paper: str, author: str, properties: dict[str, Any]) -> str:
        name = f"authorship/{paper.partition('/')[2]}/{author.partition('/')[2]}"
        statements = [*self.types["Authorship"], self._refer("kg:paper", paper), self._refer("kg:author", author)]
        return self.resource(self.subject(name), statements + self.authorship.write(properties, name))

    def _comparison(self, better: str, worse: str, properties: dict[str, Any]) -> str:
        rest = dict(properties)
        name = rest.get("id")
        if not isinstance(name, str):
            raise InputError(f'an OUTPERFORMS relationship of "{better}" has no id: give it "comparison/…"')
        statements = [*self.types["Comparison"], self._refer("kg:better", better), self._refer("kg:worse", worse)]
        paper = rest.pop("paperId", None)
        if paper is not None:
            check_id(paper)
            statements += [self._refer("kg:paper", paper), self._refer("prov:wasDerivedFrom", paper)]
        for role in ("dataset", "metric"):
            value = rest.pop(role, None)
            if value is not None:
                statements.append(self._named(f"kg:{role}", value))
        return self.resource(self.subject(check_id(name)), statements + self.comparison.write(rest, name))

    def _named(self, name: str, value: str) -> str:
        """The entity where the value is an id, else its name as text."""
        if value.startswith(_KINDS):
            return self._refer(name, check_id(value))
        return self.string.behind(self.dialect.predicate(name)).write(value)


def _without(kind: str, *names: str) -> dict[str, PropertyType]:
    return {name: type_ for name, type_ in EDGE_PROPERTIES[kind].items() if name not in names}


class _Text:
    """One paper's text, and which of its places have been written."""

    def __init__(self, paper: str, properties: dict[str, Any]) -> None:
        self.id = paper
        self.key = paper.partition("/")[2]
        self.text = f"{properties.get('title') or ''}\n{properties.get('abstract') or ''}"
        self.written: set[str] = set()
        digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        self.mentions = f"mention/{self.key}/{digest[:16]}/"

    def ends(self, span: str) -> tuple[int, int]:
        """Start and end of a span "start-end". Raises InputError where the text has no such place."""
        match = _SPAN.fullmatch(span)
        start, end = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 0 <= start < end <= len(self.text):
            raise InputError(f'"{self.id}": the span "{span}" is not start-end within its {len(self.text)} characters')
        return start, end
