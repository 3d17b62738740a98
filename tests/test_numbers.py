"""The grammar of measurements: values, units, ranges, lists, words; and what is no measurement."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.numbers import Quantity, find_quantities
from kg.extraction.text import fold


def found(text: str) -> list[Quantity]:
    return find_quantities(fold(text).text)


def told(text: str) -> list[str]:
    """Value, upper end and unit of every quantity, written in one: "3.17..10.2%"."""
    return [
        f"{q.value.normalize():f}{'' if q.value_max is None else f'..{q.value_max.normalize():f}'}{q.unit}"
        for q in found(text)
    ]


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        (r"OpenVLA succeeds in 76.5\% of the trials.", ["76.5%"]),
        ("an accuracy of 5 % and an error of 12 per cent", ["5%", "12%"]),
        ("twenty-five percent less", ["25%"]),
        (
            "0.5 percentage points, 3 pp, 2 BLEU points, 4 absolute points",
            ["0.5points", "3points", "2points", "4points"],
        ),
        ("a 3.5x speedup, 2.1× smaller, 4 X slower", ["3.5x", "2.1x", "4x"]),
        ("trains 100times faster with a 5-fold gain, three times as fast", ["100x", "5x", "3x"]),
        ("F1=0.87 and R@1=53.2", ["0.87", "53.2"]),
        ("a perplexity of 12,345.6", ["12345.6"]),
        ("an error of .031", ["0.031"]),
        (r"within 3.2 $\times$ 10$^5$ steps, a rate of 1e-4, 10^4 samples", ["320000", "0.0001", "10000"]),
        ("14 ms per step, 30 FPS", ["14ms", "30FPS"]),
        ("24.1 dB, 3 hours, 5 GPU-hours, 2.7 bits/dim", ["24.1dB", "3hours", "5GPU-hours", "2.7bits/dim"]),
        ("$12 per run, €3 saved", ["12$", "3€"]),
        ("7B weights, 300 million images", ["7B", "300million"]),
        ("a score of 4.2/5", ["4.2/5"]),
        ("rated 8 out of 10", ["8out of 10"]),
        (r"91.2 $\pm$ 0.4\%", ["91.2%"]),
        ("91.2 (±0.4)", ["91.2"]),
    ],
)
def test_numbers_have_their_values_and_units(text: str, quantities: list[str]) -> None:
    assert told(text) == quantities


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("better by 3.17-10.2%", ["3.17..10.2%"]),
        ("gains of 4x to 6x", ["4..6x"]),
        ("gains of 4x to ~6x", ["4..6x"]),
        ("between 10 and 20 ms", ["10..20ms"]),
        ("between about 10 and 20 ms", ["10..20ms"]),
        ("ranging from 5% to 12%", ["5..12%"]),
        ("2-3 orders of magnitude", ["100..1000x"]),
        ("from 73.9% to 81.8%", ["73.9%", "81.8%"]),
        ("from 3x to ~4x", ["3x", "4x"]),
        ("~3x and ≈ 4x", ["3x", "4x"]),
        ("from 12 to 20 ms", ["12ms", "20ms"]),
        ("drops from 20% to 5%", ["20%", "5%"]),
        ("10 → 20%", ["10%", "20%"]),
        ("3% and 5%", ["3%", "5%"]),
    ],
)
def test_numbers_ranges_are_one_and_pairs_are_two(text: str, quantities: list[str]) -> None:
    assert told(text) == quantities


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("by 8.1, 4.3 and 2 points", ["8.1points", "4.3points", "2points"]),
        ("reaches 18/13/53%", ["18%", "13%", "53%"]),
        ("81.2 and 77.9%, respectively", ["81.2%", "77.9%"]),
        ("2, 3, and 5x faster", ["2x", "3x", "5x"]),
        ("an AUC of 0.91, and 37% less work", ["0.91", "37%"]),
        ("0.83, 37%", ["0.83", "37%"]),
        ("85.1 and 90.3, respectively", ["85.1", "90.3"]),
    ],
)
def test_numbers_of_a_list_share_the_unit_of_its_end(text: str, quantities: list[str]) -> None:
    assert told(text) == quantities


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("needs half the memory", "0.5", "factor"),
        ("doubling the throughput", "2", "factor"),
        ("tripled its reward", "3", "factor"),
        ("an order of magnitude faster", "10", "factor"),
        ("an order-of-magnitude speedup", "10", "factor"),
        ("two orders of magnitude faster", "100", "word"),
        ("a third of the labels", "0.333", "factor"),
        ("1/8th of the memory", "0.125", "fraction"),
        ("three times fewer", "3", "word"),
    ],
)
def test_numbers_in_words_are_factors(text: str, value: str, form: str) -> None:
    assert [(q.value, q.unit, q.form) for q in found(text)] == [(Decimal(value), "x", form)]


@pytest.mark.parametrize(
    ("text", "value"), [("12 of 17 tasks", 12), ("wins 9/10 runs", 9), ("6 out of the 8 games", 6)]
)
def test_numbers_counts_tell_the_first(text: str, value: int) -> None:
    assert (found(text)[0].value, found(text)[0].form) == (value, "count")


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("-67% latency", "67", "-"),
        ("+5.42% mAP", "5.42", "+"),
        ("(+3.1 points)", "3.1", "+"),
        ("a correlation of -0.81", "-0.81", "-"),
        ("a gain of 4%", "4", ""),
    ],
)
def test_numbers_signs_tell_a_direction_or_a_level(text: str, value: str, sign: str) -> None:
    assert [(q.value, q.sign) for q in found(text)] == [(Decimal(value), sign)]


@pytest.mark.parametrize(
    "text",
    [
        "CIFAR-10 and CIFAR-100",
        "GPT-4-1106, Llama-3.1-8B, T5",
        "a ViT-B/16 on 3D scenes",
        "mAP@0.5:0.95",
        "pass@1",
        "two-stage training, one model",
        "version 1.2.3",
        "",
    ],
)
def test_numbers_of_names_are_none(text: str) -> None:
    assert told(text) == []


def test_numbers_offsets_hold_the_unit_and_the_sign() -> None:
    text = fold(r"It gains +5.42\% mAP over 30 FPS.").text
    assert [text[q.start : q.end] for q in find_quantities(text)] == ["+5.42%", "30 FPS"]


PIECES = st.sampled_from(
    (*"0123456789.,/-–+±×x%~≈^@:()$ ", "10", "1.5", " and ", " to ", " from ", " between ", " of ", " points", " ms",
     "half", "three times", "orders of magnitude", "-fold", "e5", "\n")
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)))
def test_numbers_stand_in_any_text_one_after_the_other(text: str) -> None:
    quantities = find_quantities(text)
    ends = [0]
    for quantity in quantities:
        assert ends[-1] <= quantity.start < quantity.end <= len(text)
        assert quantity.value.is_finite()
        assert quantity.value_max is None or abs(quantity.value) < abs(quantity.value_max)
        ends.append(quantity.end)
    assert find_quantities(text) == quantities
