"""Silver labels: what a model finds in unlabelled abstracts, as the next tagger learns from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy

from kg.extraction.entities import EntityFinder, load_entity_components
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.training.silver import SURE, choose_abstracts, read_silver, share, silver_labels

VOCAB = spacy.blank("en").vocab
TITLE = "OpenVLA on LIBERO"
ABSTRACT = "We fine-tune OpenVLA, a vision-language-action model, on LIBERO. Its success rate rises to 76.5%."


def test_silver_labels_are_what_is_sure_and_doubts_tell_nothing(tmp_path: Path) -> None:
    finder = load_entity_components()
    assert isinstance(finder, EntityFinder)
    doc = make_doc(VOCAB, fold(f"{TITLE}\n{ABSTRACT}"))
    labels = silver_labels(finder, doc)
    names = {(doc[first:last].text, labels["entities"][entity]["type"]) for first, last, entity in labels["spans"]}
    assert ("OpenVLA", "Method") in names
    judged = {doc[m.first : m.last + 1].text: v.confidence for v in finder.judge(doc) for m in v.candidate.mentions}
    assert all(judged[name] >= SURE for name, _ in names)
    path = tmp_path / "silver.jsonl"
    path.write_text(json.dumps({"title": TITLE, "abstract": ABSTRACT, **labels}) + "\n", encoding="utf-8")
    (read,) = read_silver(path, VOCAB)
    assert [list(span) for span in read.spans] == labels["spans"]
    assert read.unsure.isdisjoint((first, last) for first, last, _ in read.spans)


def test_silver_abstracts_are_none_of_the_labelled_papers(tmp_path: Path) -> None:
    file = tmp_path / "abstracts.jsonl"
    rows = [{"title": f"Paper {number}", "abstract": f"About {number}."} for number in range(30)]
    file.write_text("".join(json.dumps(row) + "\n" for row in [*rows, rows[5]]), encoding="utf-8")
    labelled = [{"title": "PAPER 3"}]

    def chosen(seed: int) -> list[tuple[str, str]]:
        return choose_abstracts([file], labelled, seed=seed, on_fault=lambda fault: pytest.fail(str(fault)))

    assert sorted(chosen(1)) == sorted((row["title"], row["abstract"]) for row in rows if row["title"] != "Paper 3")
    assert chosen(1) == chosen(1) != chosen(2)


@pytest.mark.parametrize(
    ("count", "place", "expected"), [(2, 0, "ab"), (2, 1, "cd"), (2, 2, "ea"), (9, 1, "edcba"), (0, 0, "")]
)
def test_silver_shares_go_round(count: int, place: int, expected: str) -> None:
    got = share([(letter, "") for letter in "abcde"], count, place)
    assert len(got) == len(expected)
    assert {letter for letter, _ in got} == set(expected)
