"""Random graphs of every label and relationship type, of any size: few names, values and dates, so that much is equal
and fan-outs are wide."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from decimal import Decimal

from kg.schema import DATA_IRI, Edge, Node, Value

_ROLES = {
    "PROPOSES": ("Method", "Dataset", "Benchmark"), "USES": ("Method", "Dataset", "Benchmark", "Metric"),
    "COMPARES_WITH": ("Method", "Dataset", "Benchmark"), "MENTIONS": ("Method", "Dataset", "Task", "Metric"),
    "ADDRESSES": ("Task",),
}  # fmt: skip


class RandomGraph:
    """``papers`` papers with up to ``most`` results each, over ``spread`` entities of each type."""

    def __init__(self, seed: int, *, papers: int = 30, most: int = 4, spread: int = 5) -> None:
        self.dice = random.Random(seed)
        self.entities = {
            label: [self._entity(label, n) for n in range(spread)]
            for label in ("Method", "Dataset", "Benchmark", "Task")
        }
        self.entities["Metric"] = [
            self._entity("Metric", n, direction=("higher", "lower", "unknown")[n % 3])
            for n in range(max(3, spread // 2))
        ]
        self.nodes = [node for label in self.entities for node in self.entities[label]]
        self.edges: list[Edge] = []
        for number in range(papers):
            self._paper(number, most)
        self._relate()
        labels = ["Paper", "Method", "Dataset", "Benchmark", "Task", "Metric", "Result"]
        self.nodes.sort(key=lambda node: (labels.index(node.label), node.id))

    def _entity(self, label: str, number: int, **more: Value) -> Node:
        key = f"{label.lower()}/{number}"
        aliases = tuple(sorted(f"{label} {number} {n}" for n in range(self.dice.randint(0, 2))))
        if aliases:
            more["aliases"] = aliases
        name = f"{label}-{number}"
        return Node(label, key, {"id": key, "uri": DATA_IRI + key, "name": name, "type": label, **more})

    def _paper(self, number: int, most: int) -> None:
        key = f"paper/{number:05}"
        properties: dict[str, Value] = {"id": key, "uri": DATA_IRI + key, "name": f"Title {number}"}
        properties |= {"title": f"Title {number}", "abstract": "A long enough abstract.", "arxivId": f"{number:05}"}
        if self.dice.random() < 0.9:
            properties["published"] = self._date()
        self.nodes.append(Node("Paper", key, properties))
        named: set[str] = set()
        for role, labels in _ROLES.items():
            for _ in range(self.dice.randint(0, 3)):
                node = self._any(labels)
                if node.id not in named:
                    named.add(node.id)
                    self.edges.append(Edge(role, ("Paper", key), (node.label, node.id), {"confidence": Decimal("0.5")}))
        for count in range(self.dice.randint(0, most)):
            self._result(key, f"result/{number:05}-{count}")
        for count in range(self.dice.randint(0, 2)):
            self._comparison(key, f"comparison/{number:05}-{count}")

    def _date(self) -> str:
        year, month = self.dice.choice(["2023", "2024"]), self.dice.randint(1, 3)
        return self.dice.choice([year, f"{year}-0{month}", f"{year}-0{month}-1{self.dice.randint(0, 3)}"])

    def _result(self, paper: str, key: str) -> None:
        dice = self.dice
        kind = dice.choice(["absolute"] * 5 + ["change", "ratio"])
        method, baseline = (self._maybe(0.9, ("Method",)), self._maybe(0.2 if kind == "absolute" else 0.8, ("Method",)))
        place, metric = self._maybe(0.9, ("Dataset", "Benchmark")), self._maybe(0.9, ("Metric",))
        unit, setting, value = dice.choice(["%", "%", ""]), dice.choice([None, None, "zero-shot"]), dice.randint(0, 20)
        properties: dict[str, Value] = {
            "id": key, "uri": DATA_IRI + key, "name": key, "kind": kind, "value": Decimal(value) / 4, "unit": unit,
            "valueText": f"{value / 4}", "bound": dice.choice(["exact", "about"]), "evidence": f"Evidence of {key}.",
            "start": dice.randint(0, 5), "end": 9, "confidence": Decimal("0.25"), "rankable": False,
        }  # fmt: skip
        if setting:
            properties["setting"] = setting
        if kind != "absolute":
            properties |= {"direction": dice.choice(["increase", "decrease"]), "excluded": kind}
        if place and metric:
            properties["board"] = f"{place.id}|{metric.id}|{setting or ''}|{unit}"
            direction = metric.properties["direction"]
            if kind == "absolute" and method and direction != "unknown":
                properties["rankable"] = True
                properties["orderKey"] = Decimal(value if direction == "higher" else -value) / 4
        if not properties["rankable"]:
            properties.setdefault("excluded", "for some reason")
        self.nodes.append(Node("Result", key, properties))
        self.edges.append(Edge("REPORTS", ("Paper", paper), ("Result", key), {}))
        links = (("OF_METHOD", method), ("AGAINST", baseline), ("ON", place), ("MEASURES", metric))
        links += (("FOR_TASK", self._maybe(0.3, ("Task",))),)  # type: ignore[assignment]
        self.edges += [Edge(link, ("Result", key), (node.label, node.id), {}) for link, node in links if node]

    def _comparison(self, paper: str, key: str) -> None:
        better, worse = self._any(("Method",)), self._any(("Method",))
        if better.id == worse.id:
            return
        place, metric = self._maybe(0.5, ("Dataset", "Benchmark")), self._maybe(0.5, ("Metric",))
        properties: dict[str, Value] = {
            "id": key,
            "paperId": paper,
            "evidence": f"Evidence of {key}.",
            "start": 1,
            "end": 5,
        }
        properties |= {"confidence": Decimal("0.75")}
        properties |= {name: node.id for name, node in (("dataset", place), ("metric", metric)) if node}
        self.edges.append(Edge("OUTPERFORMS", ("Method", better.id), ("Method", worse.id), properties))

    def _relate(self) -> None:
        places = [*self.entities["Dataset"], *self.entities["Benchmark"]]
        for part, whole in itertools.pairwise(places):
            if self.dice.random() < 0.5:
                self.edges.append(Edge("PART_OF", (part.label, part.id), (whole.label, whole.id), {}))

    def _any(self, labels: Sequence[str]) -> Node:
        return self.dice.choice(self.entities[self.dice.choice(labels)])

    def _maybe(self, chance: float, labels: Sequence[str]) -> Node | None:
        return self._any(labels) if self.dice.random() < chance else None
