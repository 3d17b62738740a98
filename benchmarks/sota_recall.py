"""Recall of leaderboard entries that others wrote down: (dataset, metric, score) of the SOTA? task at CLEF 2024.

    python -m benchmarks.sota_recall TUPLES.jsonl [--model DIR] [--json FILE]

TUPLES holds one paper a line: ``id``, ``title``, ``abstract`` and ``tuples`` (task, dataset, metric, score), the last
as Papers with Code had them for the paper as a whole. The names are those of leaderboards ("Percentage correct"), not
those of the text, and the score need not stand in the abstract. So recall is given of all entries, of those whose score
the abstract states, and of those whose dataset and metric it names too; and of the score alone, with the dataset, and
with the metric. Precision cannot be told: the entries are not all that a paper reports.

An entry is found if an absolute result has its score (0.817 and 81.7 are one) and names that agree: as in
``kg.training.agreement``, or by the lexicon.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kg.extraction.pipeline import load_extractor
from kg.extraction.text import fold
from kg.lexicon import Lexicon
from kg.model import EntityType, Paper, Record, Result
from kg.ontology import load_lexicon
from kg.resources import resource
from kg.sources.arxiv_id import arxiv_id
from kg.training.agreement import Names, normal, same_number

LEVELS = ("score", "+ dataset", "+ metric")
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_PARTS = {"test", "val", "validation", "dev", "set", "dataset", "benchmark"}


def number(text: str) -> float | None:
    """The first number of a score ("84.6%", "56.7M")."""
    match = _NUMERAL.search(text)
    return float(match[0].replace(",", "")) if match and match[0].replace(",", "").count(".") < 2 else None


def same_score(left: float, right: float) -> bool:
    """Equal, a share and its percentage being one."""
    return any(same_number(left, right * factor) for factor in (1.0, 100.0, 0.01))


def is_stated(score: float, text: str) -> bool:
    found = (number(match[0]) for match in _NUMERAL.finditer(fold(text).text))
    return any(value is not None and same_score(score, value) for value in found)


def forms(told: str) -> list[str]:
    """A leaderboard's name, and without what it adds: brackets, "test", "dataset"."""
    bare = _BRACKETS.sub("", told)
    plain = " ".join(word for word in bare.split() if word.casefold() not in _PARTS)
    return [form for form in dict.fromkeys((told, bare, plain)) if form]


def is_named(told: str, text: str) -> bool:
    return any(f" {normal(form)} " in f" {normal(text)} " for form in forms(told))


class Judge:
    """Says which names of one paper agree."""

    def __init__(self, record: Record, lexicon: Lexicon) -> None:
        self._names = Names({"entities": [{"surfaces": entity.surfaces} for entity in record.entities]})
        self._lexicon = lexicon

    def agree(self, told: str, found: str | None, kind: EntityType) -> bool:
        if not found:
            return False
        if any(self._names.agree(form, found) for form in forms(told)):
            return True
        entry = self._lexicon.find(found, kind)
        return entry is not None and any(self._lexicon.find(form, kind) is entry for form in forms(told))

    def level(self, entry: Mapping[str, str], score: float, result: Result) -> int:
        """How many of LEVELS the result reaches."""
        if result.kind != "absolute" or not same_score(score, float(result.value)):
            return 0
        if not self._dataset(entry["dataset"], result.dataset):
            return 1
        return 3 if self.agree(entry["metric"], result.metric, "Metric") else 2

    def _dataset(self, told: str, found: str | None) -> bool:
        return self.agree(told, found, "Dataset") or self.agree(told, found, "Benchmark")


def count(rows: Iterable[Mapping[str, Any]], records: Iterable[Record], lexicon: Lexicon) -> Counter[str]:
    """Entries, those whose score is stated, and how many reach each level."""
    totals: Counter[str] = Counter()
    for row, record in zip(rows, records, strict=True):
        judge, text = Judge(record, lexicon), f"{row['title']}\n{row['abstract']}"
        for entry in row["tuples"]:
            score = number(entry["score"])
            totals["entries"] += 1
            if score is None or not is_stated(score, text):
                continue
            totals["stated"] += 1
            reached = max((judge.level(entry, score, result) for result in record.results), default=0)
            totals.update(LEVELS[:reached])
            if is_named(entry["dataset"], text) and is_named(entry["metric"], text):
                totals["named"] += 1
                totals["found of the named"] += reached == len(LEVELS)
    return totals


def labelled() -> set[str]:
    """arXiv ids of the papers that the shipped models were trained on."""
    with resource("labels/train.jsonl").open(encoding="utf-8") as lines:
        return {label["arxiv"] for label in map(json.loads, lines) if label["split"] == "train"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tuples", type=Path)
    parser.add_argument("--model", type=Path, help="a folder made by kg train")
    parser.add_argument("--json", type=Path, help="write the counts here")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.tuples.read_text(encoding="utf-8").splitlines()]
    seen = labelled()
    fresh = [row for row in rows if arxiv_id(row["id"].partition("v")[0]) not in seen]
    lexicon = load_lexicon()
    extractor = load_extractor(lexicon=lexicon, model=options.model)
    records = extractor.extract(Paper(row["title"], row["abstract"]) for row in fresh)
    totals = count(fresh, records, lexicon)
    print(f"{len(fresh)} abstracts ({len(rows) - len(fresh)} more are among those trained on), {extractor.name}")
    stated, named = totals["stated"], totals["named"]
    print(f"{totals['entries']} entries, {stated} with a score that the abstract states, {named} with the names too")
    for level in LEVELS:
        hits = totals[level]
        print(f"{level:10} {hits:4}  {hits / totals['entries']:.3f} of all  {hits / stated:.3f} of the stated")
    print(f"of those whose dataset and metric the abstract names: {totals['found of the named'] / named:.3f}")
    if options.json:
        options.json.write_text(json.dumps({"abstracts": len(fresh), **totals}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
