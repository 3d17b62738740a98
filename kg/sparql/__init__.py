"""SPARQL over the graph, by Oxigraph: in this process (:class:`Engine`) or where a query can be stopped."""

from kg.sparql.answer import Answer, Boolean, Graph, Solutions
from kg.sparql.engine import Engine
from kg.sparql.text import Id, Parameter, bind, parameters_of

__all__ = ["Answer", "Boolean", "Engine", "Graph", "Id", "Parameter", "Solutions", "bind", "parameters_of"]
