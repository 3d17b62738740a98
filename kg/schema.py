"""The graph model: labels, relationship types and the properties of each.

Stores make their tables and constraints from it, the RDF writer its classes and properties, and the tests hold the
ontology against it. A node's ``id`` is ``kind/key`` ("method/pi-0") and its ``uri`` is the base IRI followed by the id.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

ENTITY_LABELS = ("Method", "Dataset", "Benchmark", "Task", "Metric")

ONTOLOGY_IRI = "https://w3id.org/mlkg/ontology"
TERMS = f"{ONTOLOGY_IRI}#"
DATA_IRI = "https://w3id.org/mlkg/id/"

Value = str | int | float | bool | Decimal | tuple[str, ...] | None


class PropertyType(Enum):
    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    STRINGS = "strings"


S, N, D, B, L = (
    PropertyType.STRING,
    PropertyType.INTEGER,
    PropertyType.DECIMAL,
    PropertyType.BOOLEAN,
    PropertyType.STRINGS,
)

_COMMON = {"id": S, "uri": S, "name": S}
_ENTITY = {**_COMMON, "type": S, "aliases": L}

NODE_PROPERTIES: dict[str, dict[str, PropertyType]] = {
    "Paper": {
        **_COMMON, "title": S, "abstract": S, "arxivId": S, "published": S, "url": S, "doi": S,
        "authorCount": N, "comments": N, "upvotes": N, "categories": L,
    },
    "Author": _COMMON,
    "Organization": _COMMON,
    "Method": _ENTITY,
    "Dataset": _ENTITY,
    "Benchmark": _ENTITY,
    "Task": _ENTITY,
    "Metric": {**_ENTITY, "direction": S},
    "Result": {
        **_COMMON, "kind": S, "value": D, "valueMax": D, "valueText": S, "unit": S, "bound": S, "direction": S,
        "setting": S, "evidence": S, "start": N, "end": N, "valueStart": N, "valueEnd": N, "confidence": D,
        "rule": S, "extractor": S, "board": S, "rankable": B, "orderKey": D, "excluded": S,
    },
}  # fmt: skip

_MENTION = {"surfaces": L, "spans": L, "confidence": D}

EDGE_PROPERTIES: dict[str, dict[str, PropertyType]] = {
    "REPORTS": {},
    "OF_METHOD": {},
    "AGAINST": {},
    "ON": {},
    "MEASURES": {},
    "FOR_TASK": {},
    "PROPOSES": _MENTION,
    "USES": _MENTION,
    "COMPARES_WITH": _MENTION,
    "MENTIONS": _MENTION,
    "ADDRESSES": _MENTION,
    "WRITTEN_BY": {"position": N},
    "SUBMITTED_BY": {},
    "OUTPERFORMS": {
        "id": S, "paperId": S, "dataset": S, "metric": S, "evidence": S, "start": N, "end": N, "confidence": D,
    },
    "VARIANT_OF": {},
    "PART_OF": {},
}  # fmt: skip

_NAMED = ("Method", "Dataset", "Benchmark")

EDGE_ENDS: dict[str, tuple[tuple[str, str], ...]] = {
    "REPORTS": (("Paper", "Result"),),
    "OF_METHOD": (("Result", "Method"),),
    "AGAINST": (("Result", "Method"),),
    "ON": (("Result", "Dataset"), ("Result", "Benchmark")),
    "MEASURES": (("Result", "Metric"),),
    "FOR_TASK": (("Result", "Task"),),
    "PROPOSES": tuple(("Paper", label) for label in _NAMED),
    "USES": tuple(("Paper", label) for label in (*_NAMED, "Metric")),
    "COMPARES_WITH": tuple(("Paper", label) for label in _NAMED),
    "MENTIONS": tuple(("Paper", label) for label in ENTITY_LABELS),
    "ADDRESSES": (("Paper", "Task"),),
    "WRITTEN_BY": (("Paper", "Author"),),
    "SUBMITTED_BY": (("Paper", "Organization"),),
    "OUTPERFORMS": (("Method", "Method"),),
    "VARIANT_OF": tuple((label, label) for label in ENTITY_LABELS),
    "PART_OF": (("Benchmark", "Benchmark"), ("Dataset", "Dataset"), ("Dataset", "Benchmark"), ("Benchmark", "Dataset")),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One row of a node table. ``properties`` holds the label's properties except those that are null."""

    label: str
    id: str
    properties: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of a relationship table; the ends are (label, id). At most one edge of a type between two nodes,
    except OUTPERFORMS, whose ``id`` tells parallel ones apart."""

    type: str
    source: tuple[str, str]
    target: tuple[str, str]
    properties: dict[str, Value]
