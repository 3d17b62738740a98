"""SPARQL over the graph, by Oxigraph: in this process (:class:`Engine`) or where a query can be stopped
(:class:`QueryPool`)."""

from kg.sparql.answer import Answer, Boolean, Graph, Solutions
from kg.sparql.engine import Engine
from kg.sparql.pool import Load, QueryPool
from kg.sparql.results import GRAPH_FORMATS, ROW_FORMATS, Limits, write_answer
from kg.sparql.text import Id, Parameter, bind, parameters_of

__all__ = [
    "GRAPH_FORMATS",
    "ROW_FORMATS",
    "Answer",
    "Boolean",
    "Engine",
    "Graph",
    "Id",
    "Limits",
    "Load",
    "Parameter",
    "QueryPool",
    "Solutions",
    "bind",
    "parameters_of",
    "write_answer",
]
