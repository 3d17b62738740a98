"""The pieces of a side panel, as plain data: the page puts them into elements as text, never as HTML.

A cell is ``{"text"}`` with ``node`` (an id that the picture shows) or ``href`` where it leads somewhere, and ``under``
for a second, quieter line. A block has a
``kind`` ("quote", "facts", "table", "claims", "list"), mostly a ``title``, and what that kind needs. A block that would
be empty is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import networkx as nx

from kg.network import name_of
from kg.views.wording import readable, shorten

Cell = dict[str, str]
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A graph read around one node at a time. Only the nodes in ``shown`` are linked to."""

    graph: nx.MultiDiGraph
    shown: frozenset[str]

    def data(self, node: str) -> Mapping[str, Any]:
        return self.graph.nodes[node]  # type: ignore[no-any-return]

    def after(self, node: str, *types: str) -> list[str]:
        """Where the node's edges of these types lead, sorted."""
        return sorted({target for _, target, data in self.graph.out_edges(node, data=True) if data["type"] in types})

    def before(self, node: str, *types: str) -> list[str]:
        """Where edges of these types come from, sorted."""
        return sorted({source for source, _, data in self.graph.in_edges(node, data=True) if data["type"] in types})

    def names(self, nodes: Iterable[str]) -> str:
        return ", ".join(readable(name_of(self.graph, node)) for node in nodes)

    def cell(self, node: str, text: str = "") -> Cell:
        shown = {"text": text or readable(name_of(self.graph, node))}
        return {**shown, "node": node} if node in self.shown else shown

    def cells(self, nodes: Iterable[str]) -> list[Cell]:
        return [self.cell(node) for node in nodes]

    def citation(self, paper: str) -> Cell:
        """The paper in few words: its title up to a colon, and the year."""
        title = title_of(self.graph, paper)
        head = title.partition(":")[0]
        year = str(self.data(paper).get("published") or "")[:4]
        return self.cell(paper, shorten(head if len(head) > 2 else title, 42) + (f" ({year})" if year else ""))


def title_of(graph: nx.MultiDiGraph, paper: str) -> str:
    """The paper's title for reading: markup folded."""
    return readable(str(graph.nodes[paper].get("title") or name_of(graph, paper)))


def safe_url(url: object) -> str:
    """The address if it is one that a page may link to (http, https), else nothing."""
    text = str(url or "")
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def plain(text: object) -> list[Cell]:
    return [{"text": str(text)}] if text not in (None, "") else []


def facts(terms: Mapping[str, list[Cell]]) -> Block | None:
    rows = [{"term": term, "cells": cells} for term, cells in terms.items() if cells]
    return {"kind": "facts", "rows": rows} if rows else None


def listing(title: str, cells: list[Cell]) -> Block | None:
    return {"kind": "list", "title": title, "cells": cells} if cells else None


def claims(title: str, entries: list[dict[str, Any]]) -> Block | None:
    return {"kind": "claims", "title": f"{title} ({len(entries)})", "claims": entries} if entries else None


def sentence(result: Mapping[str, Any]) -> dict[str, str]:
    """The evidence, cut around its number where the offsets say that the number stands in it."""
    evidence = str(result.get("evidence") or "")
    start, first, last = (result.get(key) for key in ("start", "valueStart", "valueEnd"))
    if isinstance(start, int) and isinstance(first, int) and isinstance(last, int):
        first, last = first - start, last - start
        if 0 <= first < last <= len(evidence):
            return {"before": evidence[:first], "mark": evidence[first:last], "after": evidence[last:]}
    return {"before": evidence, "mark": "", "after": ""}
