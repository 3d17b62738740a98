import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from kg.build import embedded_path, extract_pending, graph_of, ingest, open_embedded, read_files
from kg.errors import InputError
from kg.model import EntityMention, Paper, Record
from kg.settings import Settings
from kg.workspace import Workspace

ROOT = Path(__file__).parent.parent


def write_papers(path: Path, *ids: str, abstract: str = "OpenVLA reaches 76.5% success rate on LIBERO.") -> Path:
    lines = [json.dumps({"id": id_, "title": f"Paper {id_}", "abstract": abstract}) for id_ in ids]
    path.write_text("\n".join(lines) + "\n")
    return path


class FirstWord:
    """A small real extractor: the first word of an abstract is a method; it fails on "bad"."""

    name = "first-word/1"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def extract(self, papers: Iterable[Paper], *, batch_size: int, on_error: object) -> Iterator[Record]:  # noqa: ARG002
        for paper in papers:
            self.seen.append(paper.title)
            if paper.abstract.startswith("bad"):
                on_error(paper, ValueError("bad text"))  # type: ignore[operator]
                yield Record(paper.text_hash, "failed")
            else:
                entity = EntityMention("Method", (paper.abstract.split()[0],), "used")
                yield Record(paper.text_hash, self.name, (entity,))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "kg.db") as held:
        yield held


def test_build_reads_only_what_is_new(workspace: Workspace, tmp_path: Path) -> None:
    file = write_papers(tmp_path / "a.jsonl", "2406.00001", "2406.00002")
    assert ingest(workspace, [file]).papers == {"new": 2}
    assert extract_pending(workspace, FirstWord()).papers == 2
    write_papers(file, "2406.00001", "2406.00002", "2406.00003")
    assert ingest(workspace, [file]).papers == {"same": 2, "new": 1}
    reader = FirstWord()
    extract_pending(workspace, reader)
    assert reader.seen == ["Paper 2406.00003"]


def test_build_remembers_a_text_that_cannot_be_read(workspace: Workspace, tmp_path: Path) -> None:
    ingest(workspace, [write_papers(tmp_path / "a.jsonl", "2406.00001")])
    ingest(workspace, [write_papers(tmp_path / "b.jsonl", "2406.00002", abstract="bad words")])
    done = extract_pending(workspace, FirstWord())
    assert (done.papers, done.failed) == (1, [("2406.00002", "ValueError: bad text")])
    again = FirstWord()
    assert extract_pending(workspace, again).papers == 0
    assert again.seen == []


def test_build_leaves_aside_what_is_no_paper_in_a_folder(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write_papers(folder / "a.jsonl", "2406.00001")
    (folder / "README.md").write_text("# What this is\n\nWords.\n")
    done = ingest(workspace, [folder])
    assert (done.skipped, [p.name for p in done.left_aside]) == (0, ["README.md"])
    named = ingest(workspace, [folder / "a.jsonl", folder / "README.md"])
    assert named.skipped == 1


def test_build_a_broken_file_costs_only_itself(workspace: Workspace, tmp_path: Path) -> None:
    good = write_papers(tmp_path / "a.jsonl", "2406.00001")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)) * 9)
    done = ingest(workspace, [tmp_path / "b.bin", good])
    assert (done.papers.total(), done.skipped) == (1, 1)
    assert [file for file, _, _ in workspace.faults()] == [str(tmp_path / "b.bin")]
    with pytest.raises(InputError, match=r"b\.bin"):
        ingest(workspace, [tmp_path / "b.bin"])


def test_build_nothing_is_read_when_a_path_is_missing(workspace: Workspace, tmp_path: Path) -> None:
    good = write_papers(tmp_path / "a.jsonl", "2406.00001")
    with pytest.raises(InputError, match="missing"):
        ingest(workspace, [good, tmp_path / "missing"])
    assert list(workspace.papers()) == []


def test_build_read_files_keeps_order_and_ids(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    records = [{"id": id_, "title": id_, "abstract": "Words."} for id_ in ("z-9", "arxiv-2406.00001")]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert [key for key, _ in read_files([file], on_fault=print)] == ["z-9", "arxiv-2406.00001"]


def test_build_the_embedded_database_follows_the_workspace(workspace: Workspace, tmp_path: Path) -> None:
    settings = Settings(workspace=workspace.path)
    for n in (1, 2):
        ingest(workspace, [write_papers(tmp_path / f"{n}.jsonl", f"2406.0000{n}")])
        extract_pending(workspace, FirstWord())
        with open_embedded(workspace, settings) as store:
            assert store.run("MATCH (p:Paper) RETURN count(p) AS n").rows == ((n,),)
    made = embedded_path(settings).stat().st_mtime_ns
    open_embedded(workspace, settings).close()
    assert embedded_path(settings).stat().st_mtime_ns == made
    workspace.remove("2406.00001")
    with open_embedded(workspace, settings) as store:
        assert store.run("MATCH (p:Paper) RETURN p.arxivId AS id").rows == (("2406.00002",),)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_build_killed_in_the_middle_goes_on_from_there(tmp_path: Path) -> None:
    file = write_papers(tmp_path / "a.jsonl", *(f"2406.{n:05}" for n in range(3000)))
    path = tmp_path / "kg.db"
    command = [sys.executable, "-m", "kg", "build", str(file), "--workspace", str(path)]
    build = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while build.poll() is None and not _read(path):
            time.sleep(0.05)
    finally:
        build.send_signal(signal.SIGKILL)
        build.wait()
    done = _read(path)
    assert 0 < done < 3000
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    with Workspace(path, create=False) as whole, Workspace(tmp_path / "other.db") as other:
        assert len(list(whole.records())) == 3000
        assert {r.extractor for _, _, r in whole.records()} != set()
        ingest(other, [file])
        assert len(list(graph_of(whole, Settings()).nodes())) > len(list(graph_of(other, Settings()).nodes()))


def _read(path: Path) -> int:
    if not path.exists():
        return 0
    with Workspace(path) as held:
        return sum(1 for _ in held.records())
