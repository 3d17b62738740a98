"""Lists in a sentence: numbers and names that stand in rows, and their places there."""

from __future__ import annotations

import re

import pytest
import spacy

from kg.extraction.lists import Lists
from kg.extraction.numbers import find_quantities
from kg.extraction.reading import Reading, read
from kg.extraction.sentences import abstract_sentences
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.model import EntityMention, EntityType, Span

VOCAB = spacy.blank("en").vocab
TYPES: dict[str, EntityType] = {
    "MNIST": "Dataset", "SVHN": "Dataset", "CIFAR-10": "Dataset", "LIBERO": "Benchmark", "accuracy": "Metric",
    "recall": "Metric", "OpenVLA": "Method", "Octo": "Method",
}  # fmt: skip


def reading(sentence: str) -> Reading:
    """The sentence under a title, with the names of TYPES as its entities."""
    folded = fold(f"A title\n{sentence}")
    entities = []
    for name, kind in TYPES.items():
        spans = tuple(Span(*m.span()) for m in re.finditer(re.escape(name), folded.text))
        if spans:
            entities.append(EntityMention(kind, (name,), "used", spans, 0.9))
    doc = abstract_sentences(make_doc(VOCAB, folded))
    return read(doc, folded.text, entities, find_quantities(folded.text))


def chains(sentence: str) -> list[list[str]]:
    """Rows of at least two names."""
    told = reading(sentence)
    rows = dict.fromkeys(row for row in Lists(told).chain_of.values() if len(row) > 1)
    return [[told.entities[entity].surfaces[0] for entity in row] for row in rows]


@pytest.mark.parametrize(
    ("sentence", "places"),
    [
        ("It reaches 81.2% and 77.9% on MNIST and SVHN.", [(0, 2), (1, 2)]),
        ("It reaches 81.2, 77.9, and 60.1% on three sets, respectively.", [(0, 3), (1, 3), (2, 3)]),
        ("Accuracies are 81.2% (MNIST), 77.9% (SVHN) and 60.1% (CIFAR-10).", [(0, 3), (1, 3), (2, 3)]),
        ("It reaches 81.2% on MNIST.", [(0, 1)]),
        ("It reaches 81.2% on MNIST. It reaches 77.9% on SVHN.", [(0, 1), (0, 1)]),
        ("It reaches 81.2% where all the other models that we know of stay far from 77.9%.", [(0, 1), (0, 1)]),
        ("The rate rises from 40% to 52%.", [(0, 2), (1, 2)]),
    ],
)
def test_lists_of_numbers(sentence: str, places: list[tuple[int, int]]) -> None:
    assert list(Lists(reading(sentence)).numbers) == places


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        ("It is tested on MNIST, SVHN, and CIFAR-10.", [["MNIST", "SVHN", "CIFAR-10"]]),
        ("It reaches 81.2% and 77.9% on MNIST and SVHN, respectively.", [["MNIST", "SVHN"]]),
        ("Both accuracy and recall rise on MNIST and LIBERO.", [["accuracy", "recall"], ["MNIST", "LIBERO"]]),
        ("F1 on MNIST (67.1%), SVHN (66.8%), and CIFAR-10 (60.1%) is best.", [["MNIST", "SVHN", "CIFAR-10"]]),
        ("It beats OpenVLA and Octo in accuracy.", [["OpenVLA", "Octo"]]),
        ("OpenVLA is trained on MNIST; nobody has ever tested it well on SVHN.", []),
        ("It is tested on MNIST. It is tested on SVHN.", []),
        ("It is tested on MNIST.", []),
    ],
)
def test_lists_of_names_are_of_one_class_and_sentence(sentence: str, rows: list[list[str]]) -> None:
    assert sorted(chains(sentence)) == sorted(rows)


def test_lists_of_numbers_and_names_go_side_by_side() -> None:
    told = reading("On MNIST, SVHN and CIFAR-10 it reaches 99.1%, 96.0% and 93.2%, respectively.")
    lists = Lists(told)
    of_names = [lists.names[m.first, m.entity] for m in told.mentions if told.entities[m.entity].type == "Dataset"]
    assert of_names == list(lists.numbers) == [(0, 3), (1, 3), (2, 3)]


def test_lists_depth_counts_open_brackets() -> None:
    told = reading("It (as (Octo) does) wins) on MNIST.")
    at = {symbol: depth for symbol, depth in zip(told.symbols, Lists(told).depth, strict=True) if symbol[0] not in "()"}
    assert (at["it"], at["as"], at["<method>"], at["does"], at["wins"], at["<data>"]) == (0, 1, 2, 1, 0, 0)
