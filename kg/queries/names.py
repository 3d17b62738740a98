"""What a user calls a thing, as the name that the graph knows it by.

Templates match names and aliases to the letter, so that the engines agree; case, hyphens and the like are folded here,
before a query runs, by the same rule that merges names when the graph is made (:mod:`kg.names`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from kg.errors import QueryError
from kg.names import fold_name, fold_title
from kg.queries.query import Arguments, Query, Runner
from kg.queries.types import ParamType
from kg.table import Cell

_LABELS: dict[ParamType, tuple[str, ...]] = {
    "method": ("Method",),
    "dataset": ("Dataset", "Benchmark"),
    "task": ("Task",),
    "metric": ("Metric",),
    "paper": ("Paper",),
}
_ARXIV = re.compile(
    r"(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:)?(?P<id>\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?", re.IGNORECASE
)
_SUGGESTIONS = 5


def resolve_names(store: Runner, query: Query, given: Mapping[str, Cell | float]) -> Arguments:
    """The query's arguments with every name of a thing as the graph has it: "libero 10" becomes "LIBERO-10".

    A name that the graph has to the letter stays, and so does "". Raises UsageError as :meth:`Query.arguments`, and
    QueryError with the nearest names for one that the graph does not have, or that could mean several things.
    """
    resolved = query.arguments(given)
    for param in query.params:
        value = resolved[param.name]
        if param.type in _LABELS and isinstance(value, str) and value:
            resolved[param.name] = find_name(store, param.type, value)
    return resolved


def find_name(store: Runner, kind: ParamType, name: str) -> str:
    """The name, id or alias by which the graph knows a thing of this kind. Raises QueryError, see resolve_names."""
    if kind == "paper":
        return _find_paper(store, name)
    pattern = f"MATCH (n:{'|'.join(_LABELS[kind])})"
    exact = f"{pattern} WHERE n.name = $name OR $name IN n.aliases RETURN n.name AS name LIMIT 1"
    if store.run(exact, {"name": name}).rows:
        return name
    forms: dict[str, set[str]] = {}
    for known, aliases in store.run(f"{pattern} RETURN n.name AS name, n.aliases AS aliases").rows:
        for form in (known, *(aliases if isinstance(aliases, tuple) else ())):
            forms.setdefault(fold_name(str(form)), set()).add(str(known))
    return _one(kind, name, fold_name(name), forms)


def _find_paper(store: Runner, name: str) -> str:
    match = _ARXIV.fullmatch(name.strip())
    wanted = match["id"] if match else name
    exact = (
        "MATCH (p:Paper) WHERE p.id = $name OR p.id = 'paper/' + $name OR p.arxivId = $name OR p.title = $name "
        "RETURN p.id AS id LIMIT 1"
    )
    if store.run(exact, {"name": wanted}).rows:
        return wanted
    forms: dict[str, set[str]] = {}
    for (title,) in store.run("MATCH (p:Paper) RETURN p.title AS title").rows:
        forms.setdefault(fold_title(str(title)), set()).add(str(title))
    return _one("paper", name, fold_title(name), forms)


def _one(kind: ParamType, name: str, folded: str, forms: Mapping[str, set[str]]) -> str:
    found = sorted(forms.get(folded, ()))
    if len(found) == 1:
        return found[0]
    if found:
        raise QueryError(f"{name!r} could be {' or '.join(found)}: say which {kind} you mean")
    near = _near(folded, forms)
    hint = f". Did you mean {', '.join(near)}?" if near else ""
    raise QueryError(f"the graph has no {kind} called {name!r}{hint}")


def _near(folded: str, forms: Mapping[str, set[str]]) -> list[str]:
    """Names of which this one is a part, then those that are spelled alike."""
    parts: Iterable[str] = sorted((form for form in forms if folded and folded in form), key=lambda f: (len(f), f))
    close = get_close_matches(folded, forms, n=_SUGGESTIONS, cutoff=0.7)
    names = [name for form in (*parts, *close) for name in sorted(forms[form])]
    return list(dict.fromkeys(names))[:_SUGGESTIONS]
