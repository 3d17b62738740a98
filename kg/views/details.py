"""What the side panel says about a node: ``{"label", "name", "href", "blocks"}``, blocks as in kg.views.cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx

from kg.network import label_of, name_of
from kg.views.cells import Block, Cell, Surroundings, claims, facts, listing, plain, safe_url, sentence, title_of
from kg.views.wording import BOUND_WORDS, KIND_WORDS, amount, phrase, readable

Panel = dict[str, Any]

# Rows of an entity's table of results; the table says how many more there are.
ROWS = 100
_OF_ENTITY = ("OF_METHOD", "ON", "MEASURES", "FOR_TASK")
_COLUMNS = {"OF_METHOD": "Method", "ON": "Dataset"}
_SAID_BY_PAPER = {
    "PROPOSES": "Proposes",
    "USES": "Uses",
    "COMPARES_WITH": "Compares with",
    "ADDRESSES": "Addresses",
    "MENTIONS": "Mentions",
}
_SAID_OF_ENTITY = {
    "PROPOSES": "Proposed in",
    "USES": "Used in",
    "COMPARES_WITH": "Compared with in",
    "ADDRESSES": "Addressed in",
    "MENTIONS": "Mentioned in",
    "SUBMITTED_BY": "Papers",
    "WRITTEN_BY": "Papers",
}


def panels(graph: nx.MultiDiGraph, shown: Iterable[str]) -> dict[str, Panel]:
    """A panel for each node in ``shown``, told from the whole ``graph``; it links only to nodes that are shown."""
    around = Surroundings(graph, frozenset(shown))
    comparisons = _comparisons(graph)
    return {node: _panel(around, node, comparisons.get(node, [])) for node in sorted(around.shown)}


def _panel(around: Surroundings, node: str, comparisons: list[dict[str, Any]]) -> Panel:
    label = label_of(around.graph, node)
    if label == "Paper":
        return _paper(around, node, comparisons)
    return _result(around, node) if label == "Result" else _entity(around, node)


def phrase_of(around: Surroundings, result: str) -> str:
    metric = around.names(around.after(result, "MEASURES"))
    return phrase(around.data(result), metric=metric, baseline=around.names(around.after(result, "AGAINST")))


def _result(around: Surroundings, node: str) -> Panel:
    data = around.data(node)
    papers = around.before(node, "REPORTS")
    source = [{"text": title_of(around.graph, p), "href": safe_url(around.data(p).get("url"))} for p in papers]
    terms = {
        "Method": around.cells(around.after(node, "OF_METHOD")),
        "Against": around.cells(around.after(node, "AGAINST")),
        "Measured on": around.cells(around.after(node, "ON")),
        "Metric": around.cells(around.after(node, "MEASURES")),
        "Task": around.cells(around.after(node, "FOR_TASK")),
        "Setting": plain(data.get("setting")),
        "Kind": plain(KIND_WORDS.get(str(data.get("kind")))),
        "Bound": plain(BOUND_WORDS.get(str(data.get("bound")))),
        "As printed": plain(data.get("valueText")),
        "Ranked": plain(_ranked(data)),
        "Paper": [around.citation(paper) for paper in papers],
        "Confidence": plain(_percent(data.get("confidence"))),
        "Found by": plain(" · ".join(str(data[key]) for key in ("rule", "extractor") if data.get(key))),
    }
    quote = {"kind": "quote", **sentence(data), "source": source}
    return {"label": "Result", "name": phrase_of(around, node), "blocks": _some(quote, facts(terms))}


def _paper(around: Surroundings, node: str, comparisons: list[dict[str, Any]]) -> Panel:
    data = around.data(node)
    results = sorted(around.after(node, "REPORTS"), key=lambda r: (around.data(r).get("start", 0), r))
    said = [{"cell": around.cell(r, phrase_of(around, r)), **sentence(around.data(r))} for r in results]
    terms = {
        "Published": plain(data.get("published")),
        "arXiv": plain(data.get("arxivId")),
        "DOI": plain(data.get("doi")),
        "Authors": _authors(around, node),
        "From": around.cells(around.after(node, "SUBMITTED_BY")),
    }
    lists = [listing(title, around.cells(around.after(node, type))) for type, title in _SAID_BY_PAPER.items()]
    blocks = _some(facts(terms), claims("Results", said), claims("Comparisons", comparisons), *lists)
    return {"label": "Paper", "name": title_of(around.graph, node), "href": safe_url(data.get("url")), "blocks": blocks}


def _entity(around: Surroundings, node: str) -> Panel:
    data = around.data(node)
    name = readable(name_of(around.graph, node))
    terms = {
        "Also called": plain(", ".join(alias for alias in data.get("aliases") or () if alias != name)),
        "Direction": plain({"higher": "higher is better", "lower": "lower is better"}.get(str(data.get("direction")))),
        "Variant of": around.cells(around.after(node, "VARIANT_OF")),
        "Part of": around.cells(around.after(node, "PART_OF")),
        "Variants": around.cells(around.before(node, "VARIANT_OF")),
        "Parts": around.cells(around.before(node, "PART_OF")),
        "Does better than": around.cells(around.after(node, "OUTPERFORMS")),
        "Beaten by": around.cells(around.before(node, "OUTPERFORMS")),
    }
    lists = [
        listing(title, [around.citation(paper) for paper in around.before(node, type)])
        for type, title in _SAID_OF_ENTITY.items()
    ]
    blocks = _some(facts(terms), _table(around, node), *lists)
    return {"label": label_of(around.graph, node), "name": name, "blocks": blocks}


def _table(around: Surroundings, node: str) -> Block | None:
    """The results that touch the node: best first within a board, the boards with most results first."""
    results = around.before(node, *_OF_ENTITY)
    if not results:
        return None
    boards = {result: str(around.data(result).get("board") or "") for result in results}
    count = Counter(boards.values())
    order = {result: float(around.data(result).get("orderKey") or 0) for result in results}
    results.sort(key=lambda r: (not boards[r], -count[boards[r]], boards[r], -order[r], r))
    others = {type: {end for r in results for end in around.after(r, type)} - {node} for type in _COLUMNS}
    columns = {type: title for type, title in _COLUMNS.items() if others[type]}
    rows = [_row(around, result, columns) for result in results[:ROWS]]
    return {
        "kind": "table",
        "title": f"Results ({len(results)})",
        "columns": ["Result", *columns.values(), "Paper"],
        "rows": rows,
        "more": len(results) - len(rows),
    }


def _row(around: Surroundings, result: str, columns: Iterable[str]) -> list[list[Cell]]:
    papers = [around.citation(paper) for paper in around.before(result, "REPORTS")]
    middle = [around.cells(around.after(result, type)) for type in columns]
    value = around.cell(result, amount(around.data(result)))
    return [[{**value, "under": around.names(around.after(result, "MEASURES"))}], *middle, papers]


def _comparisons(graph: nx.MultiDiGraph) -> dict[str, list[dict[str, Any]]]:
    """By paper, what it says of two methods: who does better, and the sentence."""
    said: dict[str, list[dict[str, Any]]] = {}
    for better, worse, _, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        if data["type"] == "OUTPERFORMS":
            paper = str(data.get("paperId") or "")
            text = f"{readable(name_of(graph, better))} does better than {readable(name_of(graph, worse))}"
            entry = {"cell": {"text": text}, "before": str(data.get("evidence") or "")}
            said.setdefault(paper if paper.startswith("paper/") else f"paper/{paper}", []).append(entry)
    return said


def _authors(around: Surroundings, paper: str) -> list[Cell]:
    edges = [edge for edge in around.graph.out_edges(paper, data=True) if edge[2]["type"] == "WRITTEN_BY"]
    edges.sort(key=lambda edge: (edge[2].get("position", 0), edge[1]))
    return around.cells(author for _, author, _ in edges) or plain(around.data(paper).get("authorCount"))


def _ranked(result: Mapping[str, Any]) -> str:
    reason = str(result.get("excluded") or "")
    return f"no ({reason})" if reason else "yes" if result.get("rankable") else ""


def _percent(confidence: Any) -> str:
    return f"{float(confidence):.0%}".replace("%", "\u00a0%") if confidence is not None else ""


def _some(*blocks: Block | None) -> list[Block]:
    return [block for block in blocks if block]
