"""Folding: what is read, and the way back to the original characters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extraction.text import fold

READINGS = [
    (r"reaches 86.6\% on LIBERO", "reaches 86.6% on LIBERO"),
    (r"$\pi_0$ and $\pi_{0.5}$", "π0 and π0.5"),
    (r"\pi_0 outside of dollars", "π0 outside of dollars"),
    (r"\textbf{Octo} and {\em OpenVLA}", "Octo and OpenVLA"),
    (r"$3.5\times$ faster", "3.5× faster"),
    (r"$\sim$5 points, $\approx 3$ dB", "~5 points, ≈ 3 dB"),
    (r"by~5\% (Fig.~3)", "by 5% (Fig. 3)"),
    ("by ~5%", "by ~5%"),
    (r"3.17--10.2\% --- a range", "3.17–10.2% — a range"),
    (r"10\,000 steps in 5\,ms", "10000 steps in 5 ms"),
    ("10{,}000 steps", "10,000 steps"),
    ("$10^{-3}$ and 10⁻³ and 10²", "10^-3 and 10^-3 and 10^2"),
    (r"$\frac{1}{8}$ of the cost", "1/8 of the cost"),
    (r"5$^{th}$ at 90$^\circ$", "5th at 90°"),
    (r"$\mathrm{FID}_{50k}$", "FID50k"),
    (r"pass\_k and pass_k", "pass_k and pass_k"),
    (r"from $5 to $10, where $x_0$ is", "from $5 to $10, where x0 is"),
    (r"costs \$5", "costs $5"),
    (r"Schr\"odinger, Caf\'{e}, Erd\H{o}s", "Schrödinger, Café, Erdős"),
    ("``quoted'' and “quoted”", '"quoted" and "quoted"'),
    ("<i>in vivo</i> &lt;5&nbsp;ms &amp; more", "in vivo <5 ms & more"),
    ("ﬁne ２３％ 𝐗", "fine 23% X"),
    ("zero\u200bwidth, nu\x00ll, soft\u00adhyphen", "zerowidth, null, softhyphen"),
    ("Title\nabstract  with\nlines", "Title\nabstract with lines"),
    (r"\method{} and \ours", "method and ours"),
    (r"\href{https://example.org}{code} \cite[p. 3]{key}", "code "),
    ("", ""),
]


@pytest.mark.parametrize(("original", "expected"), READINGS)
def test_text_fold_reads_markup(original: str, expected: str) -> None:
    assert fold(original).text == expected


@pytest.mark.parametrize(
    ("original", "found", "quoted"),
    [
        (r"reaches 86.6\% on it", "86.6%", r"86.6\%"),
        (r"than $\pi_0$ does", "π0", r"\pi_0"),
        (r"the \textbf{Octo} model", "Octo", "Octo"),
        (r"the \textbf{Open}VLA model", "OpenVLA", r"\textbf{Open}VLA"),
        (r"an $\mathrm{FID}_{50k}$ of", "FID50k", r"$\mathrm{FID}_{50k}$"),
        ("a ﬁne model", "fi", "ﬁ"),
        ("a BP4D$^+$ set", "BP4D^+", "BP4D$^+$"),
        ("nu\x00ll", "null", "nu\x00ll"),
    ],
)
def test_text_to_original_quotes_character_for_character(original: str, found: str, quoted: str) -> None:
    folded = fold(original)
    start = folded.text.index(found)
    left, right = folded.to_original(start, start + len(found))
    assert original[left:right] == quoted
    assert folded.to_folded(left, right) == (start, start + len(found))


PIECES = st.sampled_from(
    [
        *(original for original, _ in READINGS),
        "\\",
        "$",
        "{",
        "}",
        "$$",
        "&",
        "<",
        "~",
        "--",
        "\n",
        "  ",
        "😀",
        "\u202eابجد",
        "深度学习",
    ]
)
SOUP = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join)


@settings(max_examples=300, deadline=None)
@given(SOUP, st.data())
def test_text_map_is_exact_and_monotone(original: str, data: st.DataObject) -> None:
    folded = fold(original)
    length = len(folded.text)
    start = data.draw(st.integers(0, length))
    end = data.draw(st.integers(start, length))
    later = data.draw(st.integers(start, length))
    left, right = folded.to_original(start, end)
    assert 0 <= left <= right <= len(original)
    assert (left == right) == (start == end)
    assert folded.to_original(later, max(later, end))[0] >= left
    if start < end:
        outer = folded.to_folded(left, right)
        assert outer[0] <= start
        assert outer[1] >= end


@settings(max_examples=300, deadline=None)
@given(SOUP)
def test_text_fold_leaves_no_control_characters_and_no_double_spaces(original: str) -> None:
    text = fold(original).text
    assert "  " not in text
    assert text.count("\n") <= 1
    assert all(c == "\n" or c >= " " for c in text)


@given(st.text(alphabet=st.characters(max_codepoint=126, categories=("L", "N")), max_size=50))
def test_text_plain_words_stay_as_they_are(original: str) -> None:
    folded = fold(original)
    assert folded.text == original
    assert folded.to_original(0, len(original)) == (0, len(original))


UNITS = [
    "\\",
    "$",
    "{",
    "<a",
    "&a",
    "a",
    "中",
    "\x00",
    "\\href{",
    "$a",
    "-",
    "~ ",
    "<p ",
    "\\cite[",
    " ",
    "\\,",
    "😀\u202e",
    "\n ",
    "$_",
    "\\frac{",
]


@pytest.mark.parametrize("unit", UNITS)
def test_text_fold_takes_linear_time_on_soup(unit: str) -> None:
    original = unit * (100_000 // len(unit))
    began = time.perf_counter()
    folded = fold(original)
    folded.to_original(0, len(folded.text))
    folded.to_folded(0, len(original))
    assert time.perf_counter() - began < 2.0
