import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer

from kg.cli import _run, app
from kg.names import fold_name
from kg.records import record_from_json
from kg.workspace import Workspace

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the examples."""
    path = tmp_path_factory.mktemp("cli") / "kg.db"
    assert _run(["build", str(EXAMPLES), "--workspace", str(path)]) == 0
    return path


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [n for n in os.environ if n.startswith(("KG_WORKSPACE", "KG_LEXICON", "NEO4J_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def commands() -> list[str]:
    return [info.name or info.callback.__name__ for info in app.registered_commands if info.callback]


@pytest.mark.parametrize("command", commands())
def test_cli_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    if command == "query":  # passes --help after a query's name on to the query
        context = typer.main.get_command(app)
        assert "Example" in context.commands["query"].help  # type: ignore[attr-defined]
        return
    assert _run([command, "--help"]) == 0
    assert f"kg {command}" in capsys.readouterr().out.split("Example", 1)[1]


def test_cli_every_command_is_documented_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [c for c in commands() if f"kg {c}" not in readme] == []


def test_cli_leaderboard_is_ranked_and_shows_its_evidence(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert _run(["query", "leaderboard", "--dataset", "libero", "--workspace", str(built), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    ranked = [row for row in rows if row["rank"] is not None and row["metric"] == "success rate" and row["unit"] == "%"]
    board = [row for row in ranked if not row["setting"]]
    assert len(board) >= 5
    assert [row["value"] for row in board] == sorted((row["value"] for row in board), reverse=True)
    assert all(row["valueText"] in row["evidence"] for row in ranked)


@pytest.mark.parametrize("engine", ["ladybug", "sparql"])
def test_cli_query_gives_the_same_rows_from_each_engine(
    built: Path, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    given = ["query", "leaderboard", "--dataset=LIBERO", "--metric", "success rate", "--workspace", str(built), "--csv"]
    capsys.readouterr()
    assert _run(given) == 0
    wanted = capsys.readouterr().out
    assert len(list(csv.reader(io.StringIO(wanted)))) > 5
    assert _run([*given, "--engine", engine]) == 0
    assert capsys.readouterr().out == wanted


def test_cli_query_without_a_name_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["query"]) == 0
    listed = capsys.readouterr().out
    assert all(path.stem in listed for path in (ROOT / "queries").glob("*.cypher"))


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["build", "missing.jsonl"], 3, "missing.jsonl"),
        (["query", "leaderbord", "--dataset", "LIBERO"], 5, "did you mean leaderboard"),
        (["query", "leaderboard", "--datset", "LIBERO"], 2, "dataset"),
        (["query", "leaderboard"], 2, "dataset"),
        (["query", "leaderboard", "--dataset"], 2, "value"),
        (["query", "leaderboard", "--dataset", "LIBERRO"], 5, "LIBERO"),
        (["query", "leaderboard", "--dataset", "LIBERO", "--engine", "sql"], 2, "sparql"),
        (["query", "leaderboard", "--dataset", "LIBERO", "--json", "--csv"], 2, "--json or --csv"),
        (["show", "2999.99999"], 2, "2999.99999"),
        (["remove", "2999.99999"], 2, "2999.99999"),
        (["view", "x.html", "--focus", "Nothing of that name"], 2, "Nothing of that name"),
        (["export"], 2, "--format"),
        (["export", "--format", "docx"], 2, "docx"),
        (["sparql", "missing.rq"], 2, "missing.rq"),
        (["load"], 2, "--neo4j"),
        (["load", "--neo4j", "bolt://127.0.0.1:1", "--password-file", "missing"], 2, "missing"),
        (["bogus"], 2, "bogus"),
        (["status", "--workspace", "missing.db"], 4, "kg build"),
        (["build", str(EXAMPLES), "--extractor", "magic"], 2, "magic"),
    ],
)
def test_cli_says_what_is_wrong_with_its_own_exit_code(
    built: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    chosen = [] if "--workspace" in arguments or arguments[0] == "bogus" else ["--workspace", str(built)]
    assert _run([*arguments, *chosen]) == code
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""


def test_cli_load_says_that_no_server_answers(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "secret-words")
    assert _run(["load", "--neo4j", "bolt://127.0.0.1:1", "--workspace", str(built)]) == 7
    told = capsys.readouterr().err
    assert "127.0.0.1:1" in told
    assert "secret-words" not in told


def test_cli_load_of_an_empty_workspace_does_not_empty_the_database(
    neo4j_server: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    Workspace(tmp_path / "kg.db").close()
    assert _run(["load", "--neo4j", neo4j_server.uri, "--user", neo4j_server.username]) == 4
    assert "no paper" in capsys.readouterr().err


def test_cli_broken_records_are_told_of_and_kept_in_the_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text('{"title": "A", "abstract": "Words."}\n{"title": \n{"title": "B", "abstract": "More words."}\n')
    assert _run(["build", str(file)]) == 20
    assert f"{file}:2:" in capsys.readouterr().err
    assert _run(["status", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["papers"] == 2
    assert [(fault["file"], fault["line"]) for fault in status["faults"]] == [(str(file), 2)]


def test_cli_extract_prints_records_in_order_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    file = EXAMPLES / "vision.jsonl"
    assert _run(["extract", str(file)]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    papers = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [r["id"] for r in records] == [p["id"] for p in papers]
    for record in records:
        text = record["title"] + "\n" + record["abstract"]
        for result in record_from_json(record).results:
            assert text[result.value_span.start : result.value_span.end] == result.value_text
            assert text[result.span.start : result.span.end] == result.evidence
        for entity in record["entities"]:
            named = {fold_name(text[start:end]) for start, end in entity["spans"]}
            assert named == {fold_name(surface) for surface in entity["surfaces"]}


def test_cli_show_marks_an_abstract(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert _run(["show", "2306.14896", "--workspace", str(built)]) == 0
    shown = capsys.readouterr().out
    assert "RVT" in shown
    assert "RLBench" in shown


def test_cli_remove_takes_a_paper_out_of_every_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "kg.db"
    assert _run(["build", str(EXAMPLES / "robot-learning.jsonl"), "--workspace", str(path)]) == 0
    assert _run(["remove", "2306.14896", "--workspace", str(path)]) == 0
    capsys.readouterr()
    assert _run(["export", "--format", "nt", "--workspace", str(path)]) == 0
    assert "2306.14896" not in capsys.readouterr().out


@pytest.mark.parametrize("format_", ["nt", "nq", "ttl", "jsonld", "graphml", "jsonl"])
def test_cli_export_writes_the_same_bytes_twice(built: Path, tmp_path: Path, format_: str) -> None:
    written = []
    for n in (1, 2):
        path = tmp_path / f"{n}.{format_}"
        assert _run(["export", str(path), "--workspace", str(built)]) == 0
        written.append(path.read_bytes())
    assert written[0] == written[1] != b""


def test_cli_sparql_answers_from_stdin(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT (COUNT(*) AS ?n) WHERE { ?paper a kg:Paper }"))
    capsys.readouterr()
    assert _run(["sparql", "-", "--format", "csv", "--workspace", str(built)]) == 0
    papers = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in EXAMPLES.glob("*.jsonl"))
    assert capsys.readouterr().out.split() == ["n", str(papers)]


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT")
def test_cli_interrupted_build_keeps_what_it_has(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    lines = [json.dumps({"title": f"Paper {n}", "abstract": "OpenVLA works. " * 40}) for n in range(20000)]
    file.write_text("\n".join(lines))
    command = [sys.executable, "-m", "kg", "build", str(file), "--workspace", "kg.db"]
    build = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    while not (tmp_path / "kg.db").exists():
        time.sleep(0.05)
    time.sleep(1)
    build.send_signal(signal.SIGINT)
    _, told = build.communicate(timeout=60)
    assert build.returncode == 130
    assert "goes on from there" in told
    assert _run(["status", "--workspace", str(tmp_path / "kg.db")]) == 0


def test_cli_stops_quietly_when_its_reader_does(built: Path) -> None:
    command = f"{sys.executable} -m kg export --format nt --workspace {built} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert done.stdout.count("\n") == 1
