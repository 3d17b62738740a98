"""Rows of a made-up graph of any size, the same for the same size: what the benchmarks write, load and query."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.schema import DATA_IRI, Edge, Node, Value

_TEXT = (
    "policy robot vision language action model learning data benchmark result training large scale we show that the "
    "method improves success rate over prior work with fewer demonstrations and generalises to unseen objects scenes"
)
_WORDS = _TEXT.split()
_NAMINGS = (("PROPOSES", "Method"), ("USES", "Dataset"), ("USES", "Benchmark"), ("ADDRESSES", "Task"))
_OF_RESULT = (("OF_METHOD", "Method"), ("ON", "Benchmark"), ("MEASURES", "Metric"), ("FOR_TASK", "Task"))
_BOUNDS = ("exact", "exact", "exact", "at_least", "about")


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A graph of ``papers`` papers with ``results`` results each, and entities in proportion to them."""

    papers: int
    results: int = 2
    authors: int = 4
    namings: int = 4
    base: str = DATA_IRI

    @property
    def sizes(self) -> dict[str, int]:
        """How many entities there are of each label."""
        methods = max(10, self.papers // 2)
        return {"Method": methods, "Dataset": max(5, methods // 10), "Benchmark": 200, "Task": 300, "Metric": 40}

    def nodes(self) -> Iterator[Node]:
        for number in range(self.papers):
            yield self._paper(number)
        for number in range(max(3, self.papers)):
            yield self._node("Author", f"author/person-{number}", f"Person {number}")
        for number in range(50):
            yield self._node("Organization", f"organization/lab-{number}", f"Laboratory {number}")
        for label, count in self.sizes.items():
            yield from (self._entity(label, number) for number in range(count))
        for number in range(self.papers):
            yield from (self._result(number, place) for place in range(self.results))

    def edges(self) -> Iterator[Edge]:
        for number in range(self.papers):
            yield from self._edges(number)
        for number in range(1, self.sizes["Method"], 7):
            yield Edge("VARIANT_OF", ("Method", f"method/m-{number}"), ("Method", f"method/m-{number - 1}"), {})
        for number in range(self.sizes["Benchmark"]):
            if number % 5:  # parts of the one before that is divisible by five
                whole = ("Benchmark", f"benchmark/b-{number - number % 5}")
                yield Edge("PART_OF", ("Benchmark", f"benchmark/b-{number}"), whole, {})

    def _node(self, label: str, id_: str, name: str, **more: Value) -> Node:
        return Node(label, id_, {"id": id_, "uri": self.base + id_, "name": name, **more})

    def _text(self, number: int) -> tuple[str, str]:
        chosen = random.Random(number)
        title = " ".join(chosen.choices(_WORDS, k=9)).capitalize()
        sentences = (" ".join(chosen.choices(_WORDS, k=18)).capitalize() for _ in range(8))
        return title, ". ".join(sentences) + "."

    def _paper(self, number: int) -> Node:
        title, abstract = self._text(number)
        arxiv = f"{10 + number % 16:02d}{1 + number % 12:02d}.{number:05d}"
        return self._node(
            "Paper", _paper(number), title, title=title, abstract=abstract, arxivId=arxiv,
            published=f"20{10 + number % 16:02d}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            url=f"https://arxiv.org/abs/{arxiv}", authorCount=self.authors, upvotes=number % 90,
            categories=("cs.LG", "cs.RO"),
        )  # fmt: skip

    def _entity(self, label: str, number: int) -> Node:
        key, name = f"{label[0].lower()}-{number}", f"{label} {number}"
        more: dict[str, Value] = {"direction": "lower" if number % 4 == 0 else "higher"} if label == "Metric" else {}
        return self._node(label, f"{label.lower()}/{key}", name, type=label, aliases=(f"{name}a", f"{name}b"), **more)

    def _ends(self, number: int, place: int) -> dict[str, str]:
        """Which entities a result is about: few are met often, many seldom."""
        chosen = random.Random(number * 31 + place)
        return {
            label: f"{label.lower()}/{label[0].lower()}-{int(count * chosen.random() ** 2)}"
            for label, count in self.sizes.items()
        }

    def _result(self, number: int, place: int) -> Node:
        ends = self._ends(number, place)
        value = Decimal((number * 7919 + place * 104729) % 9999) / 100
        rankable = (number + place) % 4 != 0
        more: dict[str, Value] = {"orderKey": value} if rankable else {"excluded": "change", "direction": "increase"}
        return self._node(
            "Result", _result(number, place), f"{value} %", kind="absolute" if rankable else "change", value=value,
            valueText=f"{value}%", unit="%", bound=_BOUNDS[number % 5], evidence=self._text(number)[1][:140], start=10,
            end=150, valueStart=20, valueEnd=25, confidence=Decimal(number % 1000) / 1000, rule="of",
            extractor="mlkg 0.1", board=f"{ends['Benchmark']}|{ends['Metric']}||%", rankable=rankable, **more,
        )  # fmt: skip

    def _edges(self, number: int) -> Iterator[Edge]:
        this = ("Paper", _paper(number))
        for position in range(1, self.authors + 1):
            author = f"author/person-{(number * 7 + position) % max(3, self.papers)}"
            yield Edge("WRITTEN_BY", this, ("Author", author), {"position": position})
        yield Edge("SUBMITTED_BY", this, ("Organization", f"organization/lab-{number % 50}"), {})
        first = self._ends(number, 0)
        for place, (kind, label) in enumerate(_NAMINGS[: self.namings]):
            start = number % 40 + 10 * place
            spans = (f"{start}-{start + 9}", f"{start + 200}-{start + 209}")
            properties: dict[str, Value] = {"surfaces": (first[label],), "spans": spans, "confidence": Decimal("0.9")}
            yield Edge(kind, this, (label, first[label]), properties)
        for place in range(self.results):
            result = ("Result", _result(number, place))
            ends = self._ends(number, place)
            yield Edge("REPORTS", this, result, {})
            for kind, label in _OF_RESULT:
                yield Edge(kind, result, (label, ends[label]), {})
            if (number + place) % 4 == 0:
                yield Edge("AGAINST", result, ("Method", self._ends(number + 1, place)["Method"]), {})
        if number % 5 == 0:
            other = self._ends(number + 1, 0)["Method"]
            comparison: dict[str, Value] = {
                "id": f"comparison/p-{number}", "paperId": this[1], "evidence": self._text(number)[1][:37],
                "start": 3, "end": 40, "confidence": Decimal("0.5"), "dataset": first["Benchmark"],
                "metric": first["Metric"],
            }  # fmt: skip
            yield Edge("OUTPERFORMS", ("Method", first["Method"]), ("Method", other), comparison)


def _paper(number: int) -> str:
    return f"paper/p-{number}"


def _result(number: int, place: int) -> str:
    return f"result/p-{number}-{place}"
