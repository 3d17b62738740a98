"""Graph databases behind one protocol: load the rows of the graph, run Cypher, close.

The Neo4j driver is imported by :mod:`kg.stores.neo4j_store` only, so that nothing else needs it.
"""

from kg.stores.base import Counts, Progress, Store
from kg.stores.ladybug_store import LadybugStore, open_cache

__all__ = ["Counts", "LadybugStore", "Progress", "Store", "open_cache"]
