"""arXiv's Atom feeds, whole, broken and hostile."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.model import Paper
from kg.sources import Fault, read

DATA = Path(__file__).parent / "data" / "sources"
OPEN = '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'

Reading = tuple[list[Paper], list[Fault]]


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[str | bytes], Reading]:
    def read_content(content: str | bytes) -> Reading:
        path = tmp_path / "feed"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        faults: list[Fault] = []
        return list(read(path, on_fault=faults.append)), faults

    return read_content


def entry(number: int, summary: str = "We train a policy.") -> str:
    return (
        f"<entry>\n<id>http://arxiv.org/abs/2406.{number:05}v1</id>\n<title>Paper {number}</title>\n"
        f"<summary>{summary}</summary>\n<author><name>A. One</name></author>\n</entry>\n"
    )


def test_sources_atom_feed(reading: Callable[[bytes], Reading]) -> None:
    papers, faults = reading((DATA / "feed.xml").read_bytes())
    assert faults == []
    first, old = papers
    assert first.title == "OpenVLA: An Open-Source Vision-Language-Action Model"
    assert first.abstract.startswith(
        "A policy with 7 billion parameters < 55 billion is trained on 970k robot episodes and"
    )
    assert (first.arxiv_id, first.published, first.doi) == ("2406.09246", "2024-06-13", "10.48550/arXiv.2406.09246")
    assert [author.name for author in first.authors] == ["Moo Jin Kim", "Karl Pertsch"]
    assert first.categories == ("cs.RO", "cs.LG")
    assert (first.url, first.given_id) == ("http://arxiv.org/abs/2406.09246v3", "http://arxiv.org/abs/2406.09246v3")
    assert (old.arxiv_id, old.published, old.line) == ("hep-th/9901001", "1999-01-01", 25)


BROKEN = ["AT & T", "a < b", "a \x01 b", "<b>a</i>", "a &unknown; b", "<b>never closed"]


@pytest.mark.parametrize("summary", BROKEN)
@pytest.mark.parametrize("joint", ["\n", ""])
def test_sources_atom_broken_entry_costs_only_itself(
    summary: str, joint: str, reading: Callable[[str], Reading]
) -> None:
    entries = "".join(entry(at, summary if at == 2 else "Words.") for at in range(1, 5))
    papers, faults = reading(OPEN + entries.replace("\n", joint) + "</feed>")
    assert [paper.title for paper in papers] == ["Paper 1", "Paper 3", "Paper 4"]
    assert len(faults) == 1
    assert "not XML" in faults[0].message
    if joint:
        assert 9 <= faults[0].line <= 14


def test_sources_atom_entry_without_abstract(reading: Callable[[str], Reading]) -> None:
    papers, faults = reading(OPEN + entry(1, "") + entry(2) + "</feed>")
    assert [paper.published for paper in papers] == ["2024-06"]
    assert [(fault.line, fault.message[:11]) for fault in faults] == [(3, "no abstract")]


@pytest.mark.parametrize("cut", [40, 60, 100, 150, 180])
def test_sources_atom_cut_off_keeps_what_came_before(cut: int, reading: Callable[[str], Reading]) -> None:
    whole = OPEN + entry(1) + entry(2)
    papers, faults = reading(whole[: len(whole) - 183 + cut])
    assert [paper.title for paper in papers] == ["Paper 1"]
    assert len(faults) == 1


def test_sources_atom_long_feed(reading: Callable[[str], Reading]) -> None:
    papers, faults = reading(OPEN + "".join(entry(at) for at in range(12_000)) + "</feed>")
    assert len(papers) == 12_000
    assert papers[-1].line == 3 + 11_999 * 6
    assert faults == []


def test_sources_atom_answer_that_is_an_error(reading: Callable[[str], Reading]) -> None:
    error = "<entry><id>http://arxiv.org/api/errors#x</id><title>Error</title><summary>bad id</summary></entry>"
    papers, faults = reading(f"{OPEN}{error}</feed>")
    assert papers == []
    assert "answered with an error: bad id" in faults[0].message


def test_sources_atom_without_entries(reading: Callable[[str], Reading]) -> None:
    assert reading(f"{OPEN}<title>none</title></feed>") == ([], [])


def test_sources_atom_entities_are_refused(reading: Callable[[str], Reading], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    lol = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    bomb = f'<!DOCTYPE feed [<!ENTITY l0 "lol">{lol}]>'
    outside = f'<!DOCTYPE feed [<!ENTITY l9 SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    for doctype in (bomb, outside):
        with pytest.raises(InputError, match="document type"):
            reading(OPEN.replace("<feed", f"{doctype}\n<feed") + entry(1, "&l9; words") + "</feed>")


def test_sources_atom_fetches_nothing(reading: Callable[[str], Reading]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd"
        with pytest.raises(InputError, match="document type"):
            reading(OPEN.replace("<feed", f'<!DOCTYPE feed SYSTEM "{address}">\n<feed') + entry(1) + "</feed>")
        with pytest.raises(TimeoutError):
            server.accept()
