"""The graph as RDF: written, described and read back.

>>> from kg.rdf import write
>>> write(nodes, edges, Path("kg.ttl.gz"))  # doctest: +SKIP
"""

from kg.rdf.describe import write_description
from kg.rdf.dump import Written, dataset_iri, triples, write
from kg.rdf.formats import FORMATS, Format, format_of
from kg.rdf.read import read_rows
from kg.rdf.terms import PREFIXES

__all__ = [
    "FORMATS",
    "PREFIXES",
    "Format",
    "Written",
    "dataset_iri",
    "format_of",
    "read_rows",
    "triples",
    "write",
    "write_description",
]
