"""CSV, TSV and BibTeX."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.model import Paper
from kg.sources import Fault, read

DATA = Path(__file__).parent / "data" / "sources"
Reading = tuple[list[Paper], list[Fault]]


def read_all(path: Path) -> Reading:
    faults: list[Fault] = []
    return list(read(path, on_fault=faults.append)), faults


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[str | bytes], Reading]:
    def read_content(content: str | bytes) -> Reading:
        path = tmp_path / "file"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_all(path)

    return read_content


def test_sources_table_csv() -> None:
    papers, faults = read_all(DATA / "papers.csv")
    assert faults == []
    first, second = papers
    assert first.abstract == 'A policy, with "seven" billion parameters,\nis trained.'
    assert (first.arxiv_id, first.published, first.line) == ("2406.09246", "2024", 2)
    assert [author.name for author in first.authors] == ["Moo Jin Kim", "Karl Pertsch"]
    assert first.categories == ("cs.RO", "cs.LG")
    assert (second.given_id, second.published, second.line) == ("my-7", None, 4)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "names", ["title{0}abstract{0}date", '"Title"{0} "ABSTRACT"{0}Date', "TITLE{0}Summary{0}published"]
)
def test_sources_table_delimiters_and_headers(
    delimiter: str, end: str, names: str, reading: Callable[[str], Reading]
) -> None:
    rows = [names.format(delimiter), f'Octo{delimiter}"We train, and test; a|policy\t."{delimiter}2024-05', ""]
    papers, faults = reading(end.join(rows))
    assert [(p.title, p.abstract, p.published) for p in papers] == [
        ("Octo", "We train, and test; a|policy\t.", "2024-05")
    ]
    assert faults == []


def test_sources_table_rows_that_do_not_fit(reading: Callable[[str], Reading]) -> None:
    papers, faults = reading("title,abstract\nA,Words, and more\nB\n\n,,\nC,Words.\n,\n")
    assert [(paper.title, paper.line) for paper in papers] == [("C", 6)]
    assert [(fault.line, fault.message[:11]) for fault in faults] == [
        (2, "3 cells und"),
        (3, "no abstract"),
        (5, "3 cells und"),
    ]


@pytest.mark.parametrize(
    "broken", ['A,"never closed', 'A,"closed" too early', 'A,"' + "x" * 200_000 + '"'], ids=["open", "early", "long"]
)
def test_sources_table_broken_quotes_cost_one_record(broken: str, reading: Callable[[str], Reading]) -> None:
    rest = "".join(f'"B{at}","Words, many\nof them."\n' for at in range(1000))
    papers, faults = reading(f"title,abstract\n{broken}\n{rest}")
    assert [paper.title for paper in papers] == [f"B{at}" for at in range(1000)]
    assert [fault.line for fault in faults] == [2]


def test_sources_table_tsv_with_quotes_as_text(reading: Callable[[str], Reading]) -> None:
    papers, faults = reading('title\tabstract\n"Why" Should I Trust You?\t"Trust" is explained.\nB\t"Words."\n')
    assert [paper.text for paper in papers] == ['"Why" Should I Trust You?\n"Trust" is explained.', "B\nWords."]
    assert faults == []


def test_sources_table_bytes_that_are_not_utf8(reading: Callable[[bytes], Reading]) -> None:
    papers, faults = reading(b'title,abstract\nA,Words.\nB,"Words\nof a caf\xe9."\nC,Words.\n')
    assert [paper.title for paper in papers] == ["A", "C"]
    assert [(fault.line, "byte 9 of the line (0xE9)" in fault.message) for fault in faults] == [(4, True)]


def test_sources_table_needs_both_columns(reading: Callable[[str], Reading]) -> None:
    with pytest.raises(InputError, match="columns title and abstract"):
        reading("title,text\nA,Words.\n")
    assert reading("title,abstract\n") == ([], [])


def test_sources_bibtex() -> None:
    papers, faults = read_all(DATA / "library.bib")
    first, octo = papers
    assert first.title == "OpenVLA: An Open-Source Vision-Language-Action Model"
    assert first.abstract.endswith(
        r"with $\sim$7 billion parameters is trained on 970k robot episodes and reaches 86.6\% success."
    )
    assert [author.name for author in first.authors] == ["Moo Jin Kim", "Karl Pertsch", "Sebastian Höfer"]
    assert (first.arxiv_id, first.published, first.given_id, first.line) == (
        "2406.09246",
        "2024-06",
        "kim2024openvla",
        5,
    )
    assert (octo.abstract, octo.arxiv_id, octo.published) == (
        "We train a policy. It adapts.",
        "2405.12213",
        "2024-05-20",
    )
    assert ([author.name for author in octo.authors], octo.author_count) == (["Dibya Ghosh"], None)
    assert [(fault.line, fault.message[:11]) for fault in faults] == [(15, "not BibTeX "), (24, "no abstract")]


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ("year = 2024, month = jun, day = 13", "2024-06-13"),
        ("year = 2024, month = {6}", "2024-06"),
        ("year = {2024}", "2024"),
        ("date = {2024-06-13/2024-06-17}", "2024-06-13"),
        ("year = 2024, month = {Summer}", "2024"),
        ("eprint = {2406.09246}", "2024-06"),
        ("note = {none}", None),
    ],
)
def test_sources_bibtex_dates(fields: str, published: str | None, reading: Callable[[str], Reading]) -> None:
    papers, faults = reading(f"@misc{{k, title={{T}}, abstract={{Words.}}, {fields}}}")
    assert [paper.published for paper in papers] == [published]
    assert faults == []


@pytest.mark.parametrize(
    "broken",
    [
        "@misc{k, title = {Never closed, abstract = {Words.}\n",
        "@misc{k, title {T}, abstract = {Words.}}\n",
        "@misc{k, title = nomacro, abstract = {Words.}}\n",
        "@misc{, title = {T}, abstract = {Words.}}\n",
        "@misc{k, title = {T}, abstract = {" + "{" * 5000 + "}}\n",
        "@misc{k, year = {soon}, abstract = {Words.}}\n",
    ],
)
def test_sources_bibtex_broken_entry_costs_only_itself(broken: str, reading: Callable[[str], Reading]) -> None:
    good = "@misc{%s, title = {T}, abstract = {Words.}}\n"
    papers, faults = reading(good % "a" + broken + good % "b")
    assert [(paper.given_id, paper.line) for paper in papers] == [("a", 1), ("b", 3)]
    assert [fault.line for fault in faults] == [2]


def test_sources_bibtex_bytes_that_are_not_utf8(reading: Callable[[bytes], Reading]) -> None:
    good = b"@misc{a, title = {T}, abstract = {Words.}}\n"
    papers, faults = reading(good + b"@misc{b, title = {T},\n abstract = {Caf\xe9.}}\n" + good)
    assert len(papers) == 2
    assert [(fault.line, "0xE9" in fault.message) for fault in faults] == [(3, True)]


def test_sources_table_cut_off_gzip_gives_no_half_abstract(reading: Callable[[bytes], Reading]) -> None:
    noise = random.Random(2)
    rows = "".join(f"T{at},word {noise.randbytes(2000).hex()} END.\n" for at in range(100))
    packed = gzip.compress(f"title,abstract\n{rows}".encode())
    papers, faults = reading(packed[: len(packed) // 2])
    assert 30 < len(papers) < 70
    assert all(paper.abstract.endswith(" END.") for paper in papers)
    assert "breaks off" in faults[-1].message
