"""Bounds of numbers: what stands before and after them, and how far it reaches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.bounds import with_bounds
from kg.extraction.numbers import find_quantities
from kg.extraction.text import fold


def bounds(text: str) -> list[str]:
    folded = fold(text).text
    return list(with_bounds(folded, find_quantities(folded)))


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("reaches 90%", "exact"),
        ("by an average of 3.2%", "exact"),
        ("over 90% accuracy", "at_least"),
        ("more than 2x faster", "at_least"),
        ("at least 40 points", "at_least"),
        ("exceeding 40 mAP", "at_least"),
        ("surpasses 0.9 AUC", "at_least"),
        (r"$\geq$ 10 FPS", "at_least"),
        ("> 99%", "at_least"),
        ("a 90%+ success rate", "at_least"),
        ("30 FPS or more", "at_least"),
        ("no less than 30%", "at_least"),
        ("a perplexity as low as 1.1", "at_least"),
        ("up to 5%", "at_most"),
        ("by up to an additional 5%", "at_most"),
        ("less than 4 ms", "at_most"),
        ("below 0.1", "at_most"),
        ("within 3%", "at_most"),
        ("<5%", "at_most"),
        ("no more than 4 ms", "at_most"),
        ("as high as 98%", "at_most"),
        ("at most half the memory", "at_most"),
        ("less than 1/10 of the labels", "at_most"),
        ("30 ms or less", "at_most"),
        ("around 12 hours", "about"),
        ("approximately an order of magnitude faster", "about"),
        ("nearly 20 points", "about"),
        ("almost doubling the speed", "about"),
        ("close to 100%", "about"),
        ("~3x", "about"),
        (r"$\sim$3x", "about"),
        (r"$\approx$ 4x", "about"),
    ],
)
def test_bounds_follow_the_words_beside_the_number(text: str, bound: str) -> None:
    assert bounds(text) == [bound]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up to 5% and 3x on ALFRED and BEHAVIOR", ["at_most", "at_most"]),
        ("at least 85.2, 90.1 and 77.3%", ["at_least", "at_least", "at_least"]),
        ("up to 5% in speed and by 3x in memory", ["at_most", "exact"]),
        ("over 90% on MNIST, reaching 80% on SVHN", ["at_least", "exact"]),
        ("over 90% on MNIST. SVHN and MNIST-C: 80%", ["at_least", "exact"]),
        ("nearly 90% and 80%", ["about", "exact"]),
        ("90% and up to 95%", ["exact", "at_most"]),
    ],
)
def test_bounds_reach_to_later_members_of_a_list(text: str, expected: list[str]) -> None:
    assert bounds(text) == expected


@given(st.lists(st.sampled_from(("up to ", "over ", "5%", " and ", ", ", "3x", "by ", "~", "<", "a", "\n", "."))))
def test_bounds_are_one_for_each_quantity(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert len(with_bounds(text, find_quantities(text))) == len(find_quantities(text))
