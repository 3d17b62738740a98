"""Which files are read, how their format is told, and what becomes of bad ones."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Paper
from kg.sources import FORMATS, Fault, find_files, read
from kg.sources.files import Source
from kg.sources.formats import format_of

DATA = Path(__file__).parent / "data" / "sources"
GOOD = {"title": "Octo", "abstract": "We train a policy."}

Reading = tuple[list[Paper], list[Fault]]


def read_all(path: Path) -> Reading:
    faults: list[Fault] = []
    return list(read(path, on_fault=faults.append)), faults


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[bytes | str], Reading]:
    """Reads bytes or text from a file whose name tells nothing."""

    def read_content(content: bytes | str) -> Reading:
        path = tmp_path / "input"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_all(path)

    return read_content


def record_line(**fields: object) -> str:
    return json.dumps(GOOD | fields) + "\n"


def name_of(path: Path) -> str:
    with path.open("rb") as file:
        return format_of(Source(path, file, lambda _: None)).name


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("feed.xml", "Atom"),
        ("daily.html", "HTML"),
        ("cards.html", "HTML"),
        ("daily.json", "JSON: "),
        ("dump.jsonl", "JSON lines"),
        ("papers.csv", "CSV"),
        ("page.txt", "text"),
        ("dense.txt", "text"),
        ("library.bib", "BibTeX"),
    ],
)
def test_sources_format_is_told_by_content(file: str, name: str, tmp_path: Path) -> None:
    plain, packed, marked = tmp_path / "a", tmp_path / "b.txt", tmp_path / "c.csv"
    content = (DATA / file).read_bytes()
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    wide = content.decode().replace('encoding="UTF-8"', "").replace('charset="utf-8"', "")
    marked.write_bytes(wide.encode("utf-16"))
    assert name in name_of(plain)
    papers, faults = read_all(plain)
    assert len(papers) >= 2
    for other in (packed, marked):
        assert name_of(other) == name_of(plain)
        again, again_faults = read_all(other)
        assert [(paper.text, paper.arxiv_id, paper.line) for paper in again] == [
            (paper.text, paper.arxiv_id, paper.line) for paper in papers
        ]
        assert [(fault.line, fault.message) for fault in again_faults] == [(f.line, f.message) for f in faults]


def test_sources_every_paper_and_fault_names_file_and_line() -> None:
    for path in find_files([DATA]):
        papers, faults = read_all(path)
        entries: list[Paper | Fault] = [*papers, *faults]
        for entry in entries:
            assert entry.file == str(path)
            assert 1 <= entry.line <= path.read_bytes().count(b"\n")


def test_sources_find_files(tmp_path: Path) -> None:
    for name in ("b/deep/2.csv", "b/1.txt", "a.jsonl", ".hidden/x.csv", "b/.swp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = find_files([tmp_path / "b", tmp_path, tmp_path / "a.jsonl", tmp_path / ".hidden" / "x.csv"])
    assert [str(path.relative_to(tmp_path)) for path in found] == [
        "b/1.txt",
        "b/deep/2.csv",
        "a.jsonl",
        ".hidden/x.csv",
    ]


def test_sources_find_files_refuses_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: no such file"):
        find_files([tmp_path / "nowhere.csv"])
    (tmp_path / ".only-hidden").write_text("x")
    with pytest.raises(InputError, match="holds no file"):
        find_files([tmp_path])
    with pytest.raises(InputError, match="not a path"):
        find_files([Path("a\0b")])


def test_sources_read_refuses_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_all(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is a folder"):
        read_all(tmp_path)
    with pytest.raises(InputError, match="cannot be opened"):
        read_all(Path("a\0b"))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc for a file that fails when read")
def test_sources_read_error_is_an_input_error() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_all(Path("/proc/self/mem"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_sources_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(record_line())
    path.chmod(0)
    with pytest.raises(InputError, match="permissions"):
        read_all(path)


REFUSED = [
    (b"", "is empty"),
    (b"\xef\xbb\xbf", "is empty"),
    (gzip.compress(b""), "is empty"),
    (b" \n\t\n", "white space"),
    (b"Dear reader,\nthis is a letter.\n", "no known format.*JSON lines.*BibTeX"),
    (b"\x00\x01\x02\x03" * 100, "binary"),
    ('{"title": "x"}'.encode("utf-16-le"), "UTF-16 without a byte order mark"),
    (b"%PDF-1.7\n", "a PDF"),
    (b"PK\x03\x04rest", "zip"),
    (b"BZh91AY", "bzip2"),
    (gzip.compress(b"x" * 99)[:6], "breaks off"),
    (b"\x1f\x8b\x00\x00nothing", "damaged"),
    (b"name,abstract\nx,y\n", "no known format"),
    (b"[1, 2, 3]", "no known format"),
    (b"<!doctype html><html><body><p>Hello</p></body></html>", "holds no papers"),
    (b"<html><article><h3><a href='/papers/2406.09246'>OpenVLA</a></h3></article></html>", "without their abstracts"),
]


@pytest.mark.parametrize(
    ("content", "message"), REFUSED, ids=[message[:20] + str(at) for at, (_, message) in enumerate(REFUSED)]
)
def test_sources_refuses(content: bytes, message: str, reading: Callable[[bytes], Reading]) -> None:
    with pytest.raises(InputError, match=message) as raised:
        reading(content)
    assert "input" in str(raised.value)
    assert raised.value.exit_code == 3


def test_sources_cut_off_gzip_keeps_what_came_before(reading: Callable[[bytes], Reading]) -> None:
    noise = random.Random(1)
    lines = [record_line(title=f"T{at}", note=noise.randbytes(400).hex()) for at in range(400)]
    packed = gzip.compress("".join(lines).encode())
    papers, faults = reading(packed[: len(packed) // 2])
    assert 150 < len(papers) < 250
    assert [paper.title for paper in papers] == [f"T{at}" for at in range(len(papers))]
    assert [fault.line for fault in faults] in ([0], [len(papers) + 1, 0])
    assert "breaks off" in faults[-1].message


def test_sources_damaged_gzip_keeps_what_came_before(reading: Callable[[bytes], Reading]) -> None:
    papers, faults = reading(gzip.compress(record_line().encode()) + b"trailing rubbish")
    assert len(papers) == 1
    assert "damaged" in faults[-1].message


def test_sources_gzip_of_several_members_is_one_file(reading: Callable[[bytes], Reading]) -> None:
    line = gzip.compress(record_line().encode())
    assert len(reading(line + line)[0]) == 2


def test_sources_line_of_50_mb_is_a_fault_of_that_line(reading: Callable[[str], Reading]) -> None:
    long = json.dumps({"title": "Long", "abstract": "word " * 10_000_000})
    papers, faults = reading(f"{record_line(id='a')}{long}\n{record_line(id='b')}")
    assert [(paper.given_id, paper.line) for paper in papers] == [("a", 1), ("b", 3)]
    assert [(fault.line, "longer than 16 MiB" in fault.message) for fault in faults] == [(2, True)]


def test_sources_names_the_byte_that_is_not_utf8(reading: Callable[[bytes], Reading]) -> None:
    broken = b'{"title": "Caf\xe9", "abstract": "Words."}\n'
    papers, faults = reading(record_line().encode() + broken + record_line().encode())
    assert [paper.line for paper in papers] == [1, 3]
    assert [(fault.line, "byte 15 of the line (0xE9) is not UTF-8" in fault.message) for fault in faults] == [(2, True)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_sources_byte_order_marks(encoding: str, reading: Callable[[bytes], Reading]) -> None:
    papers, faults = reading(record_line(title="Café π₀ 🤖").encode(encoding))
    assert [paper.title for paper in papers] == ["Café π₀ 🤖"]
    assert faults == []


def test_sources_utf16_cut_in_a_character(reading: Callable[[bytes], Reading]) -> None:
    papers, faults = reading((record_line() + record_line()).encode("utf-16")[:-3])
    assert len(papers) == 1
    assert [fault.line for fault in faults] == [2]


def test_sources_duplicates_are_all_told(reading: Callable[[str], Reading]) -> None:
    assert len(reading(record_line(id="2406.09246") * 3)[0]) == 3


def test_sources_reads_lazily(tmp_path: Path) -> None:
    path = tmp_path / "many"
    path.write_text(record_line() * 50_000)
    papers = read(path, on_fault=lambda _: None)
    assert next(papers).line == 1
    papers.close()  # type: ignore[attr-defined]


def test_sources_fault_reads_well() -> None:
    assert str(Fault("a.csv", 3, "no title")) == "a.csv:3: no title"
    assert str(Fault("a.csv", 0, "cut off")) == "a.csv: cut off"


def test_sources_names_of_formats_are_distinct() -> None:
    assert len({known.name for known in FORMATS}) == len(FORMATS)


SAMPLES = [path.read_bytes() for path in sorted(DATA.iterdir())]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with a piece cut out and something else put there."""
    sample = draw(st.sampled_from(SAMPLES))
    start = draw(st.integers(0, len(sample)))
    end = draw(st.integers(start, min(len(sample), start + 400)))
    cut = sample[:start] + draw(st.binary(max_size=30)) + sample[end:]
    return gzip.compress(cut)[: draw(st.integers(20, 5000))] if draw(st.integers(0, 9)) == 0 else cut


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=300
)
@given(content=st.binary() | st.text().map(str.encode) | damaged())
def test_sources_never_crash(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(content)
    try:
        papers, faults = read_all(path)
    except InputError:
        return
    for paper in papers:
        assert paper.title.strip()
        paper.text.encode()
    for fault in faults:
        assert fault.message
