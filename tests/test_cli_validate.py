"""`kg validate`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.cli import _run
from kg.errors import VIOLATIONS, InputError, WorkspaceError
from kg.schema import DATA_IRI, TERMS

ABSTRACT = "We introduce ToyNet. ToyNet reaches 98.2% accuracy on MNIST, 1.5% more than LeNet, and improves F1 by 0.4%."
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("KG_WORKSPACE", "KG_LEXICON", "KG_BASE_IRI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def built(folder: Path) -> None:
    """A workspace with papers of each form of arXiv id, and one without."""
    papers = [{"id": "cs/0112017"}, {"id": "2406.09246v2", "date": "2024-06"}, {}]
    lines = [json.dumps({"title": f"ToyNet {n}", "abstract": ABSTRACT, **p}) for n, p in enumerate(papers)]
    (folder / "papers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert _run(["build", "papers.jsonl"]) == 0


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("name", ["kg.ttl", "kg.nt.gz", "kg.jsonld"])
def test_cli_validate_finds_nothing_wrong_in_a_dump(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["export", name]) == 0
    capsys.readouterr()
    assert _run(["validate", name]) == 0
    printed = capsys.readouterr()
    assert f"{name}: 0 violations" in printed.err
    assert printed.out == ""


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("base", ["", "https://example.org/paper/"])
def test_cli_validate_takes_the_workspace(
    base: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KG_BASE_IRI", base)
    assert _run(["validate", "--csv"]) == 0
    printed = capsys.readouterr()
    assert "kg.db: 0 violations" in printed.err
    assert printed.out.splitlines() == ["severity,shape,focus,message,found"]


def test_cli_validate_tells_of_each_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.nt").write_text(f"<{DATA_IRI}method/a> <{TYPE}> <{TERMS}Method> .\n")
    (folder / "empty.ttl").write_text("")
    assert _run(["validate", "empty.ttl", "bad.nt", "--json"]) == VIOLATIONS
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["severity"], row["shape"], row["focus"]) == ("violation", "Method-label", f"{DATA_IRI}method/a")
    assert row["message"]


@pytest.mark.parametrize(("given", "error"), [(["gone.ttl"], InputError), ([], WorkspaceError)])
def test_cli_validate_says_what_is_not_there(given: list[str], error: type[InputError | WorkspaceError]) -> None:
    assert _run(["validate", *given]) == error.exit_code
