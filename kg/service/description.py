"""What a SPARQL endpoint says of itself: the SPARQL 1.1 Service Description."""

from __future__ import annotations

from typing import cast

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.rdf.terms import PREFIXES, RDF, XSD

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_VOID = "http://rdfs.org/ns/void#"
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples",
    "RDF_XML", "JSON-LD",
)  # fmt: skip


def describe_service(endpoint: str, *, triples: int, base: str, name: str) -> bytes:
    """The description of the service at the IRI ``endpoint``; ``name`` is the extension of an RDF format."""
    service, dataset, graph = (NamedNode(endpoint + part) for part in ("", "#dataset", "#graph"))

    def term(name: str) -> NamedNode:
        return NamedNode(_SD + name)

    a = NamedNode(RDF + "type")
    said = [
        Triple(service, a, term("Service")),
        Triple(service, term("endpoint"), service),
        Triple(service, term("supportedLanguage"), term("SPARQL11Query")),
        Triple(service, term("feature"), term("UnionDefaultGraph")),
        *(Triple(service, term("resultFormat"), NamedNode(_FORMATS + form)) for form in _RESULT_FORMATS),
        Triple(service, term("defaultDataset"), dataset),
        Triple(dataset, a, term("Dataset")),
        Triple(dataset, term("defaultGraph"), graph),
        Triple(graph, a, term("Graph")),
        Triple(graph, NamedNode(_VOID + "triples"), Literal(str(triples), datatype=NamedNode(XSD + "integer"))),
        Triple(graph, NamedNode(_VOID + "uriSpace"), Literal(base)),
    ]
    used = {"sd": _SD, "void": _VOID, "xsd": PREFIXES["xsd"]} if name in ("ttl", "rdf") else None
    return cast(bytes, serialize(said, format=RdfFormat.from_extension(name), prefixes=used))
