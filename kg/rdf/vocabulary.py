"""Which class, property or resource stands in RDF for each name of :mod:`kg.schema`."""

from __future__ import annotations

from kg.schema import EDGE_PROPERTIES, NODE_PROPERTIES

CLASSES: dict[str, tuple[str, ...]] = {
    "Paper": ("kg:Paper", "schema:ScholarlyArticle"),
    "Author": ("kg:Author", "schema:Person"),
    "Organization": ("kg:Organization", "schema:Organization"),
    "Method": ("kg:Method", "kg:Entity", "mls:InformationEntity"),
    "Dataset": ("kg:Dataset", "kg:Entity", "schema:Dataset"),
    "Benchmark": ("kg:Benchmark", "kg:Entity", "mls:EvaluationSpecification"),
    "Task": ("kg:Task", "kg:Entity", "skos:Concept"),
    "Metric": ("kg:Metric", "kg:Entity", "mls:EvaluationMeasure"),
    "Result": ("kg:Result", "mls:ModelEvaluation"),
}
DETAIL_CLASSES: dict[str, tuple[str, ...]] = {
    "Naming": ("kg:Naming",),
    "Mention": ("kg:Mention", "oa:SpecificResource"),
    "Position": ("oa:TextPositionSelector",),
    "Quote": ("oa:TextQuoteSelector",),
    "Authorship": ("kg:Authorship",),
    "Comparison": ("kg:Comparison", "prov:Entity"),
    "ExtractionRun": ("kg:ExtractionRun", "prov:Activity"),
}
"""What has no node of its own in the property graph."""

NAMINGS = ("PROPOSES", "USES", "COMPARES_WITH", "MENTIONS", "ADDRESSES")
"""Relationships that are written a second time as a kg:Naming, which carries their properties."""

DERIVED = frozenset({"id", "uri", "type"})
"""Properties that the IRI and the class state; they are not written."""

_RENAMED = {
    "name": "rdfs:label",
    "aliases": "skos:altLabel",
    "title": "dcterms:title",
    "abstract": "dcterms:abstract",
    "arxivId": "fabio:hasArXivId",
    "published": "dcterms:issued",
    "url": "schema:url",
}


def property_name(name: str) -> str:
    """The prefixed name of a property: "dcterms:title", "kg:valueText"."""
    return _RENAMED.get(name, f"kg:{name}")


def edge_name(kind: str) -> str:
    """The prefixed name of a relationship type: COMPARES_WITH is "kg:comparesWith"."""
    first, *rest = kind.lower().split("_")
    return f"kg:{first}{''.join(word.capitalize() for word in rest)}"


TERMS_READ = frozenset(
    {
        *(property_name(name) for schema in (*NODE_PROPERTIES.values(), *EDGE_PROPERTIES.values()) for name in schema),
        *(edge_name(kind) for kind in EDGE_PROPERTIES),
        *("kg:paper", "kg:entity", "kg:role", "kg:mention", "kg:author", "kg:better", "kg:worse"),
        *("rdf:type", "kg:listOrder"),
    }
)
"""The properties that are read back; all others follow from them."""
