"""Processor time of extraction by stage, as ratios to spaCy's blank English tokeniser in the same run.

    python -m benchmarks.extraction [FILE …] [--model DIR] [--passes 3] [--json FILE]

FILE is anything that ``kg build`` reads, by default the examples that the program carries. All figures are processor
time on one thread. The first pass is that of a program that has just started: words, names and features that it keeps
for the next time are all new to it. The stages are the best of the later passes, and so is the tokeniser.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import gc
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import spacy
from threadpoolctl import threadpool_limits

from kg.cli.extractors import COLLECT
from kg.extraction import binder
from kg.extraction.network import SpanTagger
from kg.extraction.pipeline import Extractor, load_extractor
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.model import Paper
from kg.ontology import load_lexicon
from kg.resources import resource
from kg.sources import find_files, read

BATCH = 64
INSIDE = {"tagger": (SpanTagger, "__call__"), "comparisons": (binder, "make_all_comparisons")}
"""What a component calls for a stage that is told apart from it."""

STAGES = {
    "fold": "fold", "make_doc": "tokenise", "abstract_sentences": "sentences", "tagger": "tagger",
    "kg_entities": "entity decisions", "kg_results": "binding", "comparisons": "comparisons",
}  # fmt: skip


class Clock:
    """Processor time by name; what is measured inside something else is taken off that."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inner = [0.0]

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        begin = time.process_time()
        self._inner.append(0.0)
        yield
        seconds = time.process_time() - begin
        self.seconds[name] += seconds - self._inner.pop()
        self._inner[-1] += seconds

    @contextmanager
    def inside(self, name: str, owner: Any, attribute: str) -> Iterator[None]:
        """Measures all calls of a function as long as it is open."""
        plain = getattr(owner, attribute)

        def run(*args: Any, **options: Any) -> Any:
            with self(name):
                return plain(*args, **options)

        setattr(owner, attribute, run)
        try:
            yield
        finally:
            setattr(owner, attribute, plain)


def seconds_of(work: Callable[[], object]) -> float:
    clock = Clock()
    with clock("work"):
        work()
    return clock.seconds["work"]


def by_stage(extractor: Extractor, papers: Sequence[Paper]) -> Mapping[str, float]:
    """Seconds of each stage over all papers."""
    clock, nlp = Clock(), extractor._nlp
    with ExitStack() as stack:
        for name, (owner, attribute) in INSIDE.items():
            stack.enter_context(clock.inside(name, owner, attribute))
        for start in range(0, len(papers), BATCH):
            with clock("fold"):
                folded = [fold(paper.text) for paper in papers[start : start + BATCH]]
            with clock("make_doc"):
                docs = [make_doc(nlp.vocab, text) for text in folded]
            for name, component in nlp.pipeline:
                with clock(name):
                    docs = list(component.pipe(docs) if hasattr(component, "pipe") else map(component, docs))
    return clock.seconds


def measure(papers: Sequence[Paper], *, model: Path | None, passes: int) -> dict[str, Any]:
    """Seconds per abstract: of the tokeniser, of the first and the best later pass, and of each stage."""
    gc.set_threshold(*COLLECT)
    extractor = load_extractor(lexicon=load_lexicon(), model=model)
    texts = [paper.text for paper in papers]
    tokenizer = spacy.blank("en").tokenizer
    first = seconds_of(lambda: list(extractor.extract(papers, batch_size=BATCH)))
    tokenise: list[float] = []
    whole: list[float] = []
    stages: list[Mapping[str, float]] = []
    with threadpool_limits(limits=1, user_api="blas"):
        for _ in range(passes):
            tokenise.append(seconds_of(lambda: [tokenizer(text) for text in texts]))
            whole.append(seconds_of(lambda: list(extractor.extract(papers, batch_size=BATCH))))
            stages.append(by_stage(extractor, papers))
    count = len(papers)
    return {
        "abstracts": count,
        "tokeniser": min(tokenise) / count,
        "first": first / count,
        "later": min(whole) / count,
        "stages": {title: min(each[name] for each in stages) / count for name, title in STAGES.items()},
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options.add_argument("--model", type=Path, metavar="DIR", help="weights that kg train made")
    options.add_argument("--passes", type=int, default=3)
    options.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    chosen = options.parse_args()
    files = find_files(chosen.files or sorted(resource("examples").glob("*.jsonl")))
    papers = [paper for file in files for paper in read(file, on_fault=print)]
    figures = measure(papers, model=chosen.model, passes=max(1, chosen.passes))
    print(f"{figures['abstracts']} abstracts; ms of processor time an abstract, and as a multiple of the tokeniser's")
    rows = {"spaCy's blank English tokeniser": figures["tokeniser"], **figures["stages"]}
    rows |= {"extraction, first pass": figures["first"], "extraction, later": figures["later"]}
    for title, seconds in rows.items():
        print(f"{title:<34}{1000 * seconds:>9.3f}{seconds / figures['tokeniser']:>9.1f}")
    print(f"abstracts a second on one core: {1 / figures['first']:.0f} at first, {1 / figures['later']:.0f} later")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
