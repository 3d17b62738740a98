"""Evaluates the SPARQL constraints of the shapes over a whole graph at once.

A SHACL processor runs such a constraint once for each focus node, and pyshacl parses it anew each time: a second for
every ten results. Here each runs once, with the targets of its shape in place of the pre-bound ``$this``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from pyoxigraph import QuerySolutions, RdfFormat, Store
from rdflib import Graph, Namespace, Node

SH = Namespace("http://www.w3.org/ns/shacl#")
_PLACE = re.compile(r"\{[?$](\w+)\}")


def failures(data: Graph, shapes: Graph) -> Iterator[tuple[Node, Node, dict[str, str]]]:
    """The shape, the constraint and the bindings (``this`` and, where selected, ``value``) of each failure."""
    store = Store()
    store.load(data.serialize(format="nt", encoding="utf-8"), RdfFormat.N_TRIPLES)
    for shape, constraint in shapes.subject_objects(SH.sparql):
        solutions = cast(QuerySolutions, store.query(_query(shapes, shape, constraint)))
        names = [variable.value for variable in solutions.variables]
        rows = {tuple(None if s[n] is None else s[n].value for n in names) for s in solutions}
        for row in rows:
            yield shape, constraint, {n: v for n, v in zip(names, row, strict=True) if v is not None}


def without_constraints(shapes: Graph) -> Graph:
    """The shapes, for a processor that is to leave the SPARQL constraints alone."""
    rest = Graph()
    constraints = set(shapes.objects(None, SH.sparql))
    for triple in shapes:
        if triple[1] != SH.sparql and triple[0] not in constraints:
            rest.add(triple)
    return rest


def message(shapes: Graph, constraint: Node, bindings: dict[str, str]) -> str:
    """The constraint's message with the values that it names."""
    return _PLACE.sub(lambda match: bindings.get(match[1], match[0]), str(shapes.value(constraint, SH.message)))


def _query(shapes: Graph, shape: Node, constraint: Node) -> str:
    classes = (f"$this a <{iri}> ." for iri in sorted(map(str, shapes.objects(shape, SH.targetClass))))
    subjects = (f"$this <{iri}> [] ." for iri in sorted(map(str, shapes.objects(shape, SH.targetSubjectsOf))))
    targets = " UNION ".join(f"{{ {target} }}" for target in (*classes, *subjects))
    prefixes = (
        f"PREFIX {shapes.value(declared, SH.prefix)}: <{shapes.value(declared, SH.namespace)}>\n"
        for ontology in shapes.objects(constraint, SH.prefixes)
        for declared in shapes.objects(ontology, SH.declare)
    )
    return "".join(prefixes) + str(shapes.value(constraint, SH.select)).replace("WHERE {", f"WHERE {{ {targets}", 1)
