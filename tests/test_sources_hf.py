"""Hugging Face papers pages: as text in all layouts, as HTML, and the answers of its API."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Paper
from kg.sources import Fault, read
from kg.sources.hf_layout import ABSTRACT, TITLE, label
from kg.sources.hf_meta import SmallPrint, page_year, small_print

DATA = Path(__file__).parent / "data" / "sources"
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

Reading = tuple[list[Paper], list[Fault]]


def read_all(path: Path) -> Reading:
    faults: list[Fault] = []
    return list(read(path, on_fault=faults.append)), faults


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[str], Reading]:
    def read_content(content: str) -> Reading:
        (tmp_path / "page").write_text(content)
        return read_all(tmp_path / "page")

    return read_content


def seed(prefix: str) -> Reading:
    found = sorted(SEEDS.glob(f"{prefix}_*.txt"))
    if not found:
        pytest.skip(f"NOT TESTED: {SEEDS} is not there")
    return read_all(found[0])


@pytest.mark.parametrize(("prefix", "papers"), [("000", 10), ("001", 48), ("002", 200)])
def test_sources_hf_seeds_come_out_exactly(prefix: str, papers: int) -> None:
    found, faults = seed(prefix)
    assert faults == []
    assert len(found) == papers
    assert len({paper.title for paper in found}) == papers
    for paper in found:
        assert 17 <= len(paper.title) <= 130
        assert not paper.title.startswith("Subscribe")
        assert not paper.title.endswith(".")
        assert len(paper.abstract) > 550
        assert "authors" not in paper.abstract[-12:]


def test_sources_hf_seed_with_small_print() -> None:
    by_title = {paper.title.partition(":")[0]: paper for paper in seed("001")[0]}
    assert sum(paper.author_count is not None for paper in by_title.values()) == 43
    assert sum(paper.published is not None for paper in by_title.values()) == 45
    told = {
        name: (paper.author_count, paper.published, paper.comments, paper.organization)
        for name, paper in by_title.items()
        if name in ("Generative Agents", "MolmoAct", "EnerVerse", "METRA", "OpenHA")
    }
    assert told == {
        "Generative Agents": (6, "2023-04-06", 3, None),
        "MolmoAct": (None, "2025-08-11", 2, "Ai2"),
        "EnerVerse": (None, None, None, None),
        "METRA": (3, "2023-10-13", None, None),
        "OpenHA": (7, "2025-09-12", 1, None),
    }


def test_sources_hf_text_with_small_print() -> None:
    papers, faults = read_all(DATA / "page.txt")
    assert faults == []
    assert [paper.title.partition(":")[0] for paper in papers] == ["OpenVLA", "Octo", "LIBERO", "Diffusion Policy"]
    told = [(paper.author_count, paper.published, paper.comments, paper.organization) for paper in papers]
    assert told == [
        (18, "2024-06-13", 3, None),
        (None, None, None, None),
        (None, "2025-01-09", 2, "UT Austin"),
        (1, "2025-02-01", None, None),
    ]
    assert papers[0].abstract.endswith("Weights and code are open.")
    assert papers[0].line == 13


def test_sources_hf_text_dense_page_with_lines_missing() -> None:
    papers, faults = read_all(DATA / "dense.txt")
    assert [(paper.title.split()[0], paper.line) for paper in papers] == [
        ("OpenVLA:", 3),
        ("Is", 5),
        ("Octo:", 8),
        ("Diffusion", 11),
    ]
    assert sorted((fault.line, fault.message[:11]) for fault in faults) == [(7, "no abstract"), (10, "an abstract")]


PAGE = "Get trending papers in your email inbox!\n"
PROSE = "We train a policy on much data. It is better than all the others that were tried before."


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (f"{PAGE}Subscribe", "iVideoGPT: Worlds That Can Be Asked"),
        (f"{PAGE}Subscribe\nDaily PapersbyAK and the research communityDec 10", ""),
        (f"{PAGE}byAK and the research community\nMar 3, 2024\n", "A Title"),
        (PAGE, "Subscribers and Their Newsletters"),
        (f"new\n\n{PAGE}\nSubscribe\n\n", "Subscribed: Who Reads on"),
    ],
)
def test_sources_hf_text_frame_of_the_page(head: str, title: str, reading: Callable[[str], Reading]) -> None:
    if not title:
        head, title = head.replace("Dec 10", "\nDec 10\n"), "A Title"
    papers, faults = reading(f"{head}{title}\n{PROSE}\n")
    assert [(paper.title, paper.abstract) for paper in papers] == [(title, PROSE)]
    assert faults == []


def test_sources_hf_text_pairs_and_wrapped_paragraphs(reading: Callable[[str], Reading]) -> None:
    wrapped = (
        "We train a policy on a lot of data of many robots,\nand it is better than all the others that were\nbefore."
    )
    papers, faults = reading(f"{PAGE}\nFirst Title\n{PROSE}\n\nSecond Title\n\n{wrapped}\n")
    assert [paper.abstract for paper in papers] == [PROSE, wrapped.replace("\n", " ")]
    assert faults == []


def test_sources_hf_text_abstract_goes_on_in_small_letters(reading: Callable[[str], Reading]) -> None:
    papers, faults = reading(f"{PAGE}A Title\n{PROSE}\nand this is the rest of it, {PROSE}\n")
    assert [paper.abstract for paper in papers] == [f"{PROSE} and this is the rest of it, {PROSE}"]
    assert faults == []


def test_sources_hf_text_page_without_papers(reading: Callable[[str], Reading]) -> None:
    assert reading(PAGE) == ([], [])


@pytest.mark.parametrize(
    ("lines", "told", "taken"),
    [
        (["• 4 authors"], SmallPrint(authors=4), 1),
        (["1 author"], SmallPrint(authors=1), 1),
        (["Nov 2, 2021"], SmallPrint(year=2021, month=11, day=2), 1),
        (["Aug 11 2"], SmallPrint(month=8, day=11, comments=2), 1),
        (["Sept 11, 2024 12"], SmallPrint(year=2024, month=9, day=11, comments=12), 1),
        (["allenai Ai2", "·", "Aug 11"], SmallPrint(organization="Ai2"), 1),
        (["nvidia", "·", "Aug 11"], SmallPrint(organization="nvidia"), 1),
        (["• 4 authors · Nov 2, 2021 3"], SmallPrint(authors=4, year=2021, month=11, day=2, comments=3), 1),
        (["allenai Ai2", "Aug 11"], None, 0),
        (["May the Force Be With You"], None, 0),
        (["4 authors walk into a bar"], None, 0),
    ],
)
def test_sources_hf_small_print(lines: list[str], told: SmallPrint | None, taken: int) -> None:
    assert small_print(lines, 0) == (None if told is None else (told, taken))


def test_sources_hf_year_of_the_page() -> None:
    prints = [SmallPrint(year=2021, month=1, day=1), SmallPrint(year=2024, month=5, day=6), SmallPrint(month=8, day=1)]
    assert page_year(prints) == 2025
    assert page_year(prints, 2026) == 2026
    assert page_year(prints[2:]) is None
    assert prints[2].published(2025) == "2025-08-01"
    assert prints[2].published(None) is None
    assert SmallPrint(month=2, day=29).published(2025) is None


def test_sources_hf_layout_look_decides_and_order_helps() -> None:
    long_title = "On the " + "very " * 40 + "long title"
    short_abstract = "We do it."
    texts = ["A title", PROSE, long_title, PROSE * 4, "Title", short_abstract, "T1", "T2", "T3", PROSE]
    kinds = [TITLE, ABSTRACT, TITLE, ABSTRACT, TITLE, ABSTRACT, TITLE, TITLE, TITLE, ABSTRACT]
    assert label(texts, [False] * len(texts)) == kinds
    assert label([], []) == []


@given(st.lists(st.tuples(st.text(min_size=1), st.booleans())))
def test_sources_hf_layout_labels_everything(blocks: list[tuple[str, bool]]) -> None:
    labels = label([text for text, _ in blocks], [closed for _, closed in blocks])
    assert len(labels) == len(blocks)
    assert set(labels) <= {TITLE, ABSTRACT}


def test_sources_hf_api() -> None:
    papers, faults = read_all(DATA / "daily.json")
    assert [(paper.arxiv_id, paper.published, paper.line) for paper in papers] == [
        ("2406.09246", "2024-06-13", 2),
        ("2303.04137", "2023-03", 26),
    ]
    first, second = papers
    assert first.title == "OpenVLA: An Open-Source Vision-Language-Action Model"
    assert "\n" not in first.abstract
    assert [author.name for author in first.authors] == ["Moo Jin Kim", "Karl Pertsch"]
    assert (first.author_count, first.organization, first.comments, first.upvotes) == (2, "Stanford University", 2, 36)
    assert (second.organization, second.comments, second.upvotes) == ("columbia", 1, 4)
    assert [(fault.line, "no words" in fault.message) for fault in faults] == [(22, True)]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: one["paper"], lambda one: {"dailyPapers": [one, one]}])
def test_sources_hf_api_single_and_wrapped(
    indent: int | None, wrap: Callable[[object], object], reading: Callable[[str], Reading]
) -> None:
    value = wrap(json.loads((DATA / "daily.json").read_text())[0])
    papers, faults = reading(json.dumps(value, indent=indent))
    assert {(paper.arxiv_id, paper.published, paper.upvotes) for paper in papers} == {("2406.09246", "2024-06-13", 36)}
    assert len(papers) == (2 if isinstance(value, dict) and "dailyPapers" in value else 1)
    assert faults == []


def test_sources_hf_html_data_are_the_api_answer() -> None:
    page, api = read_all(DATA / "daily.html"), read_all(DATA / "daily.json")
    assert [(p.text, p.published, p.organization) for p in page[0]] == [
        (p.text, p.published, p.organization) for p in api[0]
    ]
    assert len(page[1]) == 1


@pytest.mark.parametrize("key", ["dailyPapers", "searchResults"])
def test_sources_hf_html_each_paper_once(key: str, reading: Callable[[str], Reading]) -> None:
    record = {
        "paper": {"id": "2405.12213", "title": "Octo", "summary": "We train a policy.", "publishedAt": "2024-05-20"}
    }
    block = f'<div class="SVELTE_HYDRATER" data-props="{html.escape(json.dumps({key: [record]}))}"></div>'
    papers, faults = reading(f"<html><body>{block}{block}</body></html>")
    assert [paper.title for paper in papers] == ["Octo"]
    assert faults == []


def test_sources_hf_html_cards() -> None:
    papers, faults = read_all(DATA / "cards.html")
    told = [(p.arxiv_id, p.published, p.author_count, p.organization, p.comments, p.upvotes) for p in papers]
    assert told == [
        ("2406.09246", "2024-06-13", 18, None, None, 12),
        ("2503.20020", "2025-03-25", None, "Google", 4, None),
    ]
    assert papers[0].title == "OpenVLA: An Open-Source Vision-Language-Action Model"
    assert "episodes & beats" in papers[0].abstract
    assert [(fault.line, fault.message[:11]) for fault in faults] == [(16, "no abstract")]


def test_sources_hf_html_broken_data_fall_back_to_cards(reading: Callable[[str], Reading]) -> None:
    cards = (DATA / "cards.html").read_text()
    broken = "<main><div data-props='{\"dailyPapers\": [{'></div>"
    papers, faults = reading(cards.replace("<main>", broken))
    assert len(papers) == 2
    assert "not JSON" in faults[0].message


def test_sources_hf_html_larger_than_the_bound(reading: Callable[[str], Reading]) -> None:
    with pytest.raises(InputError, match="larger than 64 MiB"):
        reading("<html>" + " " * (64 << 20) + "</html>")


def test_sources_hf_layout_title_that_looks_like_a_sentence() -> None:
    texts = ["A Title", PROSE, "Attention Is All You Need.", PROSE, "A Title", PROSE]
    assert label(texts, [False] * 6) == [TITLE, ABSTRACT] * 3
    assert label(["A Title", PROSE, PROSE, "Ready for the Road? A Benchmark", PROSE], [False] * 5)[3] == TITLE
