"""Ids, dates, names and texts as sources write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sources.arxiv_id import arxiv_id, arxiv_month
from kg.sources.fields import collapsed, count, iso_date, people, visible, words
from kg.sources.tex import untexed

IDS = [
    ("2406.09246", "2406.09246"),
    ("2406.09246v12", "2406.09246"),
    ("arxiv-2509.18118", "2509.18118"),
    ("arXiv:1412.6980v9", "1412.6980"),
    ("https://arxiv.org/abs/2406.09246v2", "2406.09246"),
    ("http://export.arxiv.org/pdf/2406.09246v2.pdf", "2406.09246"),
    ("https://arxiv.org/html/2406.09246/#S1", "2406.09246"),
    ("https://huggingface.co/papers/2406.09246?ref=x", "2406.09246"),
    ("10.48550/arXiv.2406.09246", "2406.09246"),
    ("https://doi.org/10.48550/arXiv.2406.09246", "2406.09246"),
    ("hep-th/9901001v3", "hep-th/9901001"),
    ("https://arxiv.org/abs/math.GT/0309136", "math/0309136"),
    ("0704.0001", "0704.0001"),
    ("2406.0924", None),  # from 1501 on there are five digits
    ("1412.69801", None),
    ("2413.09246", None),
    ("0703.0001", None),
    ("hep-th/0704001", None),
    ("hep-xx/9901001", None),
    ("2406.09246 and more", None),
    ("seed-0bd2729f06", None),
    ("", None),
]


@pytest.mark.parametrize(("written", "read"), IDS)
def test_sources_fields_arxiv_id(written: str, read: str | None) -> None:
    assert arxiv_id(written) == read


@pytest.mark.parametrize(
    ("identifier", "month"),
    [("2406.09246", "2024-06"), ("hep-th/9901001", "1999-01"), ("math/0309136", "2003-09"), ("0704.0001", "2007-04")],
)
def test_sources_fields_month_of_an_arxiv_id(identifier: str, month: str) -> None:
    assert arxiv_month(identifier) == month


DATES = [
    ("2025-03-12", "2025-03-12"),
    ("2025-03-12T17:57:01.000Z", "2025-03-12"),
    ("2025-03-12 17:57", "2025-03-12"),
    ("2025/3/2", "2025-03-02"),
    ("20250312", "2025-03-12"),
    ("2025-03", "2025-03"),
    ("2025", "2025"),
    (2025, "2025"),
    ("Mar 12, 2025", "2025-03-12"),
    ("March 12 2025", "2025-03-12"),
    ("12 March 2025", "2025-03-12"),
    ("2nd May 2025", "2025-05-02"),
    ("March 2025", "2025-03"),
    ("Mon, 2 Apr 2007 19:18:42 GMT", "2007-04-02"),
    ("2025-13-01", None),
    ("2025-02-30", None),
    ("2025-00-10", None),
    ("0025-01-01", None),
    ("03/12/2025", None),
    ("soon", None),
    ("", None),
    (None, None),
    (True, None),
    (12.5, None),
]


@pytest.mark.parametrize(("written", "read"), DATES)
def test_sources_fields_date(written: object, read: str | None) -> None:
    assert iso_date(written) == read


NAMES = [
    ("Moo Jin Kim, Karl Pertsch", ["Moo Jin Kim", "Karl Pertsch"]),
    ("Kim, Moo Jin and Pertsch, Karl", ["Moo Jin Kim", "Karl Pertsch"]),
    ("Kim, Moo Jin; Pertsch, Karl", ["Moo Jin Kim", "Karl Pertsch"]),
    ("A. One, B. Two and C. Three", ["A. One", "B. Two", "C. Three"]),
    ("A. One, B. Two, and C. Three", ["A. One", "B. Two", "C. Three"]),
    ("van der Berg, Jan Willem and de la Cruz, Ana Maria", ["Jan Willem van der Berg", "Ana Maria de la Cruz"]),
    ("Ghosh, Dibya", ["Dibya Ghosh"]),
    ("Dibya Ghosh", ["Dibya Ghosh"]),
    ([" Dibya  Ghosh ", {"name": "Karl Pertsch"}, {"name": None}, 7, ""], ["Dibya Ghosh", "Karl Pertsch"]),
    ("", []),
    (7, []),
]


@pytest.mark.parametrize(("written", "read"), NAMES)
def test_sources_fields_people(written: object, read: list[str]) -> None:
    assert [author.name for author in people(written)] == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("cs.RO cs.LG", ("cs.RO", "cs.LG")), ("a; b,a", ("a", "b")), (["68T45, 62H30", 5], ("68T45, 62H30",)), (None, ())],
)
def test_sources_fields_words(written: object, read: tuple[str, ...]) -> None:
    assert words(written) == read


@pytest.mark.parametrize(
    ("written", "read"), [(3, 3), ("12", 12), (-1, None), (True, None), ("3.5", None), ("²", None)]
)
def test_sources_fields_count(written: object, read: int | None) -> None:
    assert count(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"Schr{\"o}dinger and Schr\"{o}dinger", "Schrödinger and Schrödinger"),
        (r"{\O}re, {\L}ukasz, \'{\i}, \v{s}, \c c, stra\ss e", "Øre, Łukasz, í, š, ç, straße"),
        (r"{CIFAR}-10 by 86.6\% at $\pi_{0}^{2}$", r"CIFAR-10 by 86.6\% at $\pi_{0}^{2}$"),
        (r"\textbf{bold} {\em x} \frac{1}{2} 50\{x\}", r"\textbf{bold} \em x \frac{1}{2} 50\{x\}"),
        ("a}b{", "ab"),
    ],
)
def test_sources_fields_tex(written: str, read: str) -> None:
    assert untexed(written) == read


def test_sources_fields_hidden_characters_leave_offsets_alone() -> None:
    assert visible("a\0b\x1b\x85c\ud800d\te\nf") == "a b  c\ufffdd\te\nf"


@given(st.text(st.characters()))
def test_sources_fields_text_can_be_stored(text: str) -> None:
    assert len(visible(text)) == len(text)
    visible(text).encode()
    assert visible(visible(text)) == visible(text)
    assert collapsed(collapsed(text)) == collapsed(text)
    untexed(text)


@given(st.text(st.characters(codec="utf-8")) | st.integers() | st.none())
def test_sources_fields_never_raise(value: object) -> None:
    iso_date(value)
    people(value)
    words(value)
    count(value)
    arxiv_id(str(value))
