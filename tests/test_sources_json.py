"""JSON lines, JSON documents, and the shapes of their records."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.model import Paper
from kg.sources import Fault, read

DATA = Path(__file__).parent / "data" / "sources"
GOLD = Path(__file__).parents[2] / "shared" / "gold" / "train.jsonl"
GOOD = {"title": "Octo", "abstract": "We train a policy."}

Reading = tuple[list[Paper], list[Fault]]


def read_all(path: Path) -> Reading:
    faults: list[Fault] = []
    return list(read(path, on_fault=faults.append)), faults


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[str], Reading]:
    def read_content(content: str) -> Reading:
        (tmp_path / "records").write_text(content)
        return read_all(tmp_path / "records")

    return read_content


def test_sources_json_gold_is_kept_character_for_character() -> None:
    if not GOLD.exists():
        pytest.skip(f"NOT TESTED: {GOLD} is not there")
    papers, faults = read_all(GOLD)
    assert faults == []
    with GOLD.open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    assert [(p.given_id, p.title, p.abstract) for p in papers] == [
        (r["id"], r["title"], r["abstract"]) for r in records
    ]
    for paper in papers:
        assert paper.arxiv_id == (
            (paper.given_id or "").removeprefix("arxiv-") if "arxiv" in str(paper.given_id) else None
        )


def test_sources_json_plain_record_with_everything(reading: Callable[[str], Reading]) -> None:
    record = {
        "Title": " A  title\n of two lines ",
        "ABSTRACT": "Text \\textbf{as}\tit is.\r\n ",
        "id": "arxiv-2406.09246",
        "date": "2024-06",
        "authors": ["Moo Jin Kim", {"name": "Karl Pertsch"}],
        "url": "https://example.org",
        "doi": "10.1/x",
        "categories": "cs.RO, cs.LG",
        "organization": {"name": "stanford", "fullname": "Stanford"},
        "comments": 3,
        "upvotes": "4",
        "entities": [{"anything": "else"}],
        "results": [],
    }
    papers, faults = reading(json.dumps(record))
    assert faults == []
    (paper,) = papers
    assert (paper.title, paper.abstract) == (record["Title"], record["ABSTRACT"])
    assert (paper.arxiv_id, paper.given_id, paper.published) == ("2406.09246", "arxiv-2406.09246", "2024-06")
    assert [author.name for author in paper.authors] == ["Moo Jin Kim", "Karl Pertsch"]
    assert (paper.url, paper.doi, paper.categories) == ("https://example.org", "10.1/x", ("cs.RO", "cs.LG"))
    assert (paper.organization, paper.comments, paper.upvotes, paper.author_count) == ("Stanford", 3, 4, 2)


@pytest.mark.parametrize(
    ("fields", "arxiv", "given", "published"),
    [
        ({"id": "2406.09246"}, "2406.09246", "2406.09246", "2024-06"),
        ({"id": "2406.09246", "year": 2024}, "2406.09246", "2406.09246", "2024"),
        ({"id": "2107.12028v2"}, "2107.12028", "2107.12028v2", "2021-07"),
        ({"arxiv_id": "1804.06498"}, "1804.06498", "1804.06498", "2018-04"),
        ({"id": 7, "arxiv_id": "arXiv:1804.06498"}, "1804.06498", "7", "2018-04"),
        ({"id": "x", "url": "https://arxiv.org/abs/1804.06498"}, "1804.06498", "x", "2018-04"),
        ({"id": "seed-1", "date": "2020-01-02"}, None, "seed-1", "2020-01-02"),
        ({"id": None, "date": ""}, None, None, None),
    ],
)
def test_sources_json_plain_ids_and_dates(
    fields: dict[str, object],
    arxiv: str | None,
    given: str | None,
    published: str | None,
    reading: Callable[[str], Reading],
) -> None:
    papers, faults = reading(json.dumps(GOOD | fields))
    assert [(p.arxiv_id, p.given_id, p.published) for p in papers] == [(arxiv, given, published)]
    assert faults == []


@pytest.mark.parametrize(
    ("fields", "message"), [({"date": "12/03/2025"}, "not a date"), ({"arxiv_id": "2401.1234"}, "not an arXiv id")]
)
def test_sources_json_detail_left_out_is_told(
    fields: dict[str, object], message: str, reading: Callable[[str], Reading]
) -> None:
    papers, faults = reading(json.dumps(GOOD | fields))
    assert len(papers) == 1
    assert [(fault.line, fault.kept, message in fault.message) for fault in faults] == [(1, True, True)]


BROKEN = [
    ('{"title": "x", "abstract": ', "not JSON"),
    ('{"abstract": "Words."}', "no title"),
    ('{"title": "  ", "abstract": "Words."}', "title is empty"),
    ('{"title": ["x"], "abstract": "Words."}', "not text"),
    ('{"title": "x"}', "no abstract under the title 'x'"),
    ('{"title": "x", "abstract": "123 ... 45%!"}', "no words"),
    ('{"title": "x", "abstract": "N/A"}', "no words"),
    ('{"title": "x", "abstract": null}', "no abstract"),
    ('{"title": "x", "abstract": "Words." "id": 3}', "not JSON"),
    ("5", "an object"),
    ("nonsense", "not JSON"),
    ('{"a":' * 100_000, "cannot be read"),
    ('{"title": "x", "abstract": "Words.", "n": ' + "9" * 5000 + "}", "cannot be read"),
    ('{"data": [5]}', "an object"),
]


@pytest.mark.parametrize(("line", "message"), BROKEN, ids=[line[:40] for line, _ in BROKEN])
def test_sources_json_broken_line_is_skipped(line: str, message: str, reading: Callable[[str], Reading]) -> None:
    good = json.dumps(GOOD)
    papers, faults = reading(f"{good}\n\n{line}\n{good}\n")
    assert [paper.line for paper in papers] == [1, 4]
    assert [(fault.line, fault.kept) for fault in faults] == [(3, False)]
    assert message in faults[0].message


def test_sources_json_lines_whose_first_is_broken(reading: Callable[[str], Reading]) -> None:
    papers, faults = reading('{"title": "x", "abstr\n' + json.dumps(GOOD) + "\n")
    assert [paper.line for paper in papers] == [2]
    assert [fault.line for fault in faults] == [1]


def test_sources_json_control_characters_and_surrogates(reading: Callable[[str], Reading]) -> None:
    papers, _ = reading('{"title": "a\\u0000b", "abstract": "x\\ud800y \\ud83e\\udd16 words"}')
    assert papers[0].text == "a b\nx\ufffdy 🤖 words"


def test_sources_json_dump() -> None:
    papers, faults = read_all(DATA / "dump.jsonl")
    assert [fault.line for fault in faults] == [3]
    first, old = papers
    assert first.title == "OpenVLA: An Open-Source Vision-Language-Action Model"
    assert first.abstract == "A policy with 7 billion parameters is trained on 970k robot episodes."
    assert (first.arxiv_id, first.published, first.categories) == ("2406.09246", "2024-06-13", ("cs.RO", "cs.LG"))
    assert [author.name for author in first.authors] == ["Moo Jin Kim", "Karl Pertsch", "Martin Luther King Jr."]
    # The id tells when it was new; update_date only when it last changed.
    assert (old.arxiv_id, old.published) == ("hep-th/9901001", "1999-01")


def records(count: int) -> list[dict[str, str]]:
    return [{**GOOD, "id": str(at), "abstract": f'Words: {{["{at}"]}}, said.'} for at in range(count)]


@pytest.mark.parametrize("indent", [None, 0, 4])
@pytest.mark.parametrize("count", [0, 1, 5000])
def test_sources_json_list_of_any_length(count: int, indent: int | None, reading: Callable[[str], Reading]) -> None:
    papers, faults = reading(json.dumps(records(count), indent=indent))
    assert [paper.given_id for paper in papers] == [str(at) for at in range(count)]
    assert faults == []
    if indent == 4 and count:
        assert papers[-1].line == 2 + 5 * (count - 1)


def test_sources_json_cut_off_list_keeps_what_came_before(reading: Callable[[str], Reading]) -> None:
    text = json.dumps(records(3), indent=1)
    papers, faults = reading(text[: text.rindex("Words")])
    assert [paper.given_id for paper in papers] == ["0", "1"]
    assert len(faults) == 1
    assert "breaks off" in faults[0].message


def test_sources_json_list_with_a_broken_record(reading: Callable[[str], Reading]) -> None:
    text = json.dumps(records(4), indent=1).replace('"id": "1"', '"id" "1"')
    papers, faults = reading(text)
    assert [paper.given_id for paper in papers] == ["0", "2", "3"]
    assert [(fault.line, "begins on line 7" in fault.message) for fault in faults] == [(10, True)]


def test_sources_json_list_with_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(json.dumps(records(3), indent=1).encode().replace(b"Octo", b"Oct\xf6", 1))
    papers, faults = read_all(path)
    assert [paper.given_id for paper in papers] == ["1", "2"]
    assert [(fault.line, "byte 16 of the line (0xF6)" in fault.message) for fault in faults] == [(3, True)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["title", "abstract", "summary", "paper", "id", "authors", "versions", "publishedAt", "results"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    value=st.dictionaries(st.text(max_size=9), json_values)
    | st.fixed_dictionaries(
        {
            "title": json_values,
            "abstract": json_values,
            "authors_parsed": json_values,
            "versions": json_values,
            "categories": json_values,
            "id": json_values,
            "date": json_values,
        }
    )
)
def test_sources_json_any_value_is_paper_or_fault(value: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "value"
    path.write_text(json.dumps(value) + "\n")
    papers, faults = read_all(path)
    for paper in papers:
        paper.text.encode()
        (paper.given_id or "").encode()
    for fault in faults:
        fault.message.encode()
