import itertools
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from kg.errors import WorkspaceError
from kg.model import Author, EntityMention, Paper, Record, Result, Span
from kg.workspace import Workspace, merge, paper_key

ABSTRACT = "OpenVLA reaches 76.5% on LIBERO."


def paper(title: str = "OpenVLA", **fields: object) -> Paper:
    return Paper(**{"title": title, "abstract": ABSTRACT, "file": "a.jsonl", "line": 1, **fields})  # type: ignore[arg-type]


def record(of: Paper, extractor: str = "x/1") -> Record:
    entity = EntityMention("Benchmark", ("LIBERO",), "used", (Span(33, 39),), 0.875)
    result = Result(
        "absolute", Decimal("76.5"), "76.5", Span(24, 28), ABSTRACT, Span(8, 40), unit="%", method="OpenVLA",
        dataset="LIBERO", confidence=0.5, rule="r",
    )  # fmt: skip
    return Record(of.text_hash, extractor, (entity,), (result,), ())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "kg.db")


def test_workspace_gives_back_what_was_put_in(workspace: Workspace) -> None:
    one = paper(arxiv_id="2406.09246", authors=(Author("Ada"),), categories=("cs.RO",), published="2024-06-13")
    assert workspace.add(one) == "new"
    workspace.put_record("2406.09246", record(one))
    assert list(workspace.records()) == [("2406.09246", one, record(one))]


@pytest.mark.parametrize(
    ("first", "second", "papers"),
    [
        (paper(arxiv_id="2406.09246"), paper("Another title", arxiv_id="2406.09246", file="b"), 1),
        (paper("Open-VLA!"), paper("open vla", file="b"), 1),
        (paper(), paper(arxiv_id="2406.09246", file="b"), 1),
        (paper(arxiv_id="2406.09246"), paper(arxiv_id="2406.09247", file="b"), 2),
        (paper("Learning Colours"), paper("Learning Colors", file="b"), 1),
        (paper("Learning Colours"), paper("Learning Colors", abstract="Other words.", file="b"), 2),
        (paper("OpenVLA"), paper("OpenVLA 2", file="b"), 2),
    ],
)
def test_workspace_takes_the_same_paper_for_one_in_either_order(
    tmp_path: Path, first: Paper, second: Paper, papers: int
) -> None:
    digests = set()
    for n, order in enumerate(itertools.permutations((first, second))):
        with Workspace(tmp_path / f"{n}.db") as workspace:
            for one in order:
                workspace.add(one)
            assert len(list(workspace.papers())) == papers
            digests.add(workspace.digest())
    assert len(digests) == 1


def test_workspace_merge_fills_what_is_missing_and_prefers_the_exact_date() -> None:
    merged = merge(
        [paper(organization="Lab", published="2024-06-13"), paper(arxiv_id="2406.09246", published="2024-06")]
    )
    assert (merged.arxiv_id, merged.organization, merged.published) == ("2406.09246", "Lab", "2024-06-13")


def test_workspace_keeps_the_record_when_the_paper_gains_its_arxiv_id(workspace: Workspace) -> None:
    bare = paper()
    workspace.add(bare)
    workspace.put_record(paper_key(bare), record(bare))
    assert workspace.add(paper(arxiv_id="2406.09246", file="b")) == "merged"
    assert [key for key, _, _ in workspace.records()] == ["2406.09246"]
    assert workspace.count_pending("x/1") == 0


def test_workspace_reads_again_only_what_changed(workspace: Workspace) -> None:
    one, two = paper(), paper("Octo")
    for each in (one, two):
        workspace.add(each)
        workspace.put_record(paper_key(each), record(each))
    assert workspace.add(one) == "same"
    assert workspace.count_pending("x/1") == 0
    assert workspace.count_pending("x/2") == 2
    assert workspace.add(paper("Octo", abstract="Other words.")) == "changed"
    assert [p.title for _, p in workspace.pending("x/1")] == ["Octo"]


def test_workspace_does_not_try_again_what_failed(workspace: Workspace) -> None:
    one = paper()
    workspace.add(one)
    workspace.put_failure(paper_key(one), one.text_hash, "x/1", "why")
    assert workspace.count_pending("x/1") == 0
    assert workspace.failures() == [(paper_key(one), "why")]
    assert workspace.count_pending("x/2") == 1


def test_workspace_removes_every_trace(workspace: Workspace) -> None:
    one = paper("Unheard-of")
    workspace.add(one)
    workspace.put_record(paper_key(one), record(one))
    assert workspace.remove(paper_key(one))
    assert not workspace.remove(paper_key(one))
    db = sqlite3.connect(workspace.path)
    for table in ("paper", "sighting", "record", "failure"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    db.close()


@pytest.mark.parametrize("wanted", ["2406.09246", "arxiv:2406.09246v2", "Open-VLA", "paper/2406.09246"])
def test_workspace_finds_a_paper_by_id_or_title(workspace: Workspace, wanted: str) -> None:
    workspace.add(paper("Open VLA", arxiv_id="2406.09246"))
    found = workspace.find(wanted)
    assert found is not None
    assert found[0] == "2406.09246"


def test_workspace_replaces_the_faults_of_a_file(workspace: Workspace) -> None:
    workspace.put_faults("a", [(3, "no title"), (9, "no abstract")])
    workspace.put_faults("b", [(1, "x")])
    workspace.put_faults("a", [(3, "no title")])
    assert workspace.faults() == [("a", 3, "no title"), ("b", 1, "x")]


def test_workspace_refuses_what_is_no_workspace(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, " * 100)
    with pytest.raises(WorkspaceError, match=r"notes\.txt"):
        Workspace(text)
    other = tmp_path / "other.db"
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(WorkspaceError, match="no workspace"):
        Workspace(other)
    with pytest.raises(WorkspaceError, match="kg build"):
        Workspace(tmp_path / "missing.db", create=False)


def test_workspace_says_that_another_process_writes(tmp_path: Path) -> None:
    with Workspace(tmp_path / "kg.db") as workspace:
        other = sqlite3.connect(workspace.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        workspace._db.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(WorkspaceError, match="another process"):
            workspace.add(paper())
        other.execute("ROLLBACK")
        other.close()
        assert workspace.add(paper()) == "new"
