"""The queries that the program carries: one question each, asked in Cypher and in SPARQL.

``queries/NAME.cypher`` and ``queries/NAME.rq`` have the same header (:mod:`kg.queries.header`) and give the same rows
in the same order on every engine.

>>> query = load_queries()["leaderboard"]
>>> given = resolve_names(store, query, {"dataset": "libero"})  # doctest: +SKIP
>>> table = run_query(store, query, given)  # doctest: +SKIP
"""

from kg.queries.files import find_query, load_queries
from kg.queries.header import Column, Param
from kg.queries.names import find_name, resolve_names
from kg.queries.query import Arguments, Query, Runner, SparqlRunner, run_query, run_sparql

__all__ = [
    "Arguments",
    "Column",
    "Param",
    "Query",
    "Runner",
    "SparqlRunner",
    "find_name",
    "find_query",
    "load_queries",
    "resolve_names",
    "run_query",
    "run_sparql",
]
