"""Query files and their parameters: what is read, what is refused and how it is said."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import graph_rows
import pytest

from kg.errors import QueryError, UsageError
from kg.queries import Query, find_name, find_query, load_queries, resolve_names, run_query, run_sparql
from kg.queries.types import ParamType
from kg.resources import resource
from kg.sparql import Engine
from kg.stores import LadybugStore
from kg.table import Cell

HEADER = """// Counted
// How many there are.
// param: least | integer | 3 | At least so many
// param: share | decimal | 0.5 | A share
// param: exact | boolean | false | Whether it is exact
// param: since | date | "" | From this date on
// param: task | task | | A task
// column: n | integer | The count
"""
BODY = "RETURN 1 AS n;\n"


def write(folder: Path, text: str, name: str = "mine.cypher") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def query(tmp_path: Path) -> Query:
    return load_queries(write(tmp_path, HEADER + BODY))["mine"]


def test_queries_header_is_read(query: Query) -> None:
    assert (query.title, query.text, query.columns) == ("Counted", "How many there are.", ("n",))
    assert [(p.name, p.type, p.required, p.default) for p in query.params] == [
        ("least", "integer", False, 3), ("share", "decimal", False, Decimal("0.5")), ("exact", "boolean", False, False),
        ("since", "date", False, ""), ("task", "task", True, None),
    ]  # fmt: skip
    assert query.usage() == (
        "Its parameters: least (integer), share (decimal), exact (boolean), since (date), task (task, required)"
    )


@pytest.mark.parametrize("path", sorted(resource("queries").iterdir()), ids=lambda path: path.name)
def test_queries_files_document_themselves(path: Path) -> None:
    query = load_queries()[path.stem]
    assert query.text
    assert query.text.endswith(".")
    assert all(p.text for p in query.params)
    assert all(c.text for c in query.outputs)
    assert len(set(query.columns)) == len(query.columns)
    if path.suffix == ".cypher":
        assert path.read_text(encoding="utf-8").count(";\n") == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"task": "x"}, {"least": 3, "share": Decimal("0.5"), "exact": False, "since": "", "task": "x"}),
        (
            {"task": "x", "least": "12", "share": "1e-3", "exact": "yes", "since": "2025-03"},
            {"least": 12, "share": Decimal("0.001"), "exact": True, "since": "2025-03", "task": "x"},
        ),
        (
            {"task": "x", "least": -1, "share": 2, "exact": True, "since": "2024-02-29"},
            {"least": -1, "share": Decimal(2), "exact": True, "since": "2024-02-29", "task": "x"},
        ),
    ],
)
def test_queries_arguments_are_converted(query: Query, given: dict[str, Cell], expected: dict[str, Cell]) -> None:
    arguments = query.arguments(given)
    assert arguments == expected
    assert query.arguments(arguments) == arguments


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "needs task"),
        ({"task": ""}, "needs task"),
        ({"task": "x", "tusk": "y"}, r"no parameter 'tusk' \(did you mean task\?\)"),
        ({"task": "x", "least": "many"}, "least is 'many', but it must be a whole number"),
        ({"task": "x", "least": "1.5"}, "whole number"),
        ({"task": "x", "least": True}, "whole number"),
        ({"task": "x", "share": "half"}, "it must be a number"),
        ({"task": "x", "share": "nan"}, "finite"),
        ({"task": "x", "exact": "maybe"}, "true or false"),
        ({"task": "x", "since": "last year"}, "2025-03-12"),
        ({"task": "x", "since": "2025-13"}, "2025-03-12"),
        ({"task": 5}, "string"),
    ],
)
def test_queries_arguments_refuse_what_is_wrong(query: Query, given: dict[str, Cell], words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        query.arguments(given)
    assert "Its parameters: least (integer)" in str(refused.value)


@pytest.mark.parametrize("spelling", ["asOf", "as-of", "as_of", "asof"])
def test_queries_arguments_take_the_spellings_of_a_command_line(spelling: str) -> None:
    leaderboard = load_queries()["leaderboard"]
    assert leaderboard.arguments({"dataset": "x", spelling: "2025"})["asOf"] == "2025"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RETURN 1 AS n;", "begin with '// Title'"),
        ("// Title\nRETURN 1 AS n;", "name its columns"),
        (HEADER + "RETURN 1 AS n", "end the statement with ';'"),
        (HEADER.replace("integer | 3", "number | 3") + BODY, "mine.cypher:3: 'number' is no type"),
        (HEADER.replace("| 3 |", "| three |") + BODY, "mine.cypher:3: the default three"),
        (HEADER.replace("| integer | 3 |", "|") + BODY, r"mine.cypher:3: write it as 'param: name \| type"),
        (HEADER.replace("n | integer", "n | number") + BODY, "mine.cypher:8: 'number' is no type of a column"),
    ],
)
def test_queries_header_faults_name_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        load_queries(write(tmp_path, text))


def test_queries_files_of_one_name_must_agree(tmp_path: Path) -> None:
    write(tmp_path, HEADER + BODY)
    write(tmp_path, HEADER.replace("//", "#").replace("| 3 |", "| 4 |") + "SELECT ?n {}", "mine.rq")
    with pytest.raises(QueryError, match=r"mine.rq: its params differ"):
        load_queries(tmp_path)


def test_queries_of_the_user_come_first(tmp_path: Path) -> None:
    shadow = write(tmp_path, "// My own\n// column: n | integer | One\nRETURN 1 AS n;", "leaderboard.cypher")
    queries = load_queries(shadow)
    assert queries["leaderboard"].title == "My own"
    assert list(queries) == sorted(load_queries())
    with pytest.raises(QueryError, match="no such folder"):
        load_queries(tmp_path / "nowhere")


def test_queries_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "mine.cypher").write_bytes(b"// T\xfftle\n")
    with pytest.raises(QueryError, match="not UTF-8"):
        load_queries(tmp_path)


def test_queries_unknown_name() -> None:
    with pytest.raises(QueryError, match=r"no query 'leader-board' \(did you mean leaderboard\?\)"):
        find_query(load_queries(), "leader-board")


@pytest.fixture(scope="module")
def store() -> Iterator[LadybugStore]:
    with LadybugStore() as loaded:
        loaded.load(graph_rows.nodes(), graph_rows.edges())
        yield loaded


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("dataset", "LIBERO", "LIBERO"),
        ("dataset", "libero", "libero"),
        ("dataset", "Libero", "LIBERO"),
        ("dataset", "libero long", "LIBERO-Long"),
        ("dataset", "libero 10", "LIBERO-Long"),
        ("method", "PI_0", "π₀"),
        ("method", "open vla", "OpenVLA"),
        ("task", "Robot Manipulation", "robot manipulation"),
        ("metric", "sr", "success rate"),
        ("paper", "arXiv:2406.09246v2", "2406.09246"),
        ("paper", "https://arxiv.org/abs/2406.09246", "2406.09246"),
        ("paper", "cs/0112017", "cs/0112017"),
        ("paper", "openvla - an OPEN model", "OpenVLA: an open model"),
    ],
)
def test_queries_names_are_found_as_users_write_them(
    store: LadybugStore, kind: ParamType, name: str, found: str
) -> None:
    assert find_name(store, kind, name) == found


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("dataset", "LIBRO", "no dataset called 'LIBRO'. Did you mean LIBERO"),
        ("dataset", "Long", "Did you mean LIBERO-Long"),
        ("dataset", "OpenVLA", "no dataset called 'OpenVLA'$"),
        ("method", "???", "no method called"),
        ("paper", "9999.99999", "no paper called"),
    ],
)
def test_queries_names_that_are_not_there(store: LadybugStore, kind: ParamType, name: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        find_name(store, kind, name)


def test_queries_names_that_could_be_two_things() -> None:
    rows = graph_rows.nodes()
    twin = next(node for node in rows if node.id == "method/act")
    other = type(twin)("Method", "method/a-c-t", {**twin.properties, "id": "method/a-c-t", "name": "A.C.T."})
    with LadybugStore() as both:
        both.load([*rows, other], [])
        with pytest.raises(QueryError, match=r"'act' could be A.C.T. or ACT"):
            find_name(both, "method", "act")


def test_queries_names_are_resolved_in_arguments(store: LadybugStore) -> None:
    query = load_queries()["leaderboard"]
    arguments = resolve_names(store, query, {"dataset": "Libero", "metric": "sr"})
    assert arguments == {"dataset": "LIBERO", "metric": "success rate", "asOf": ""}
    assert run_query(store, query, arguments).rows


def test_queries_columns_must_be_those_of_the_header(store: LadybugStore, tmp_path: Path) -> None:
    header = "// T\n// column: m | integer | One\n"
    mine = load_queries(write(tmp_path, header + BODY))["mine"]
    with pytest.raises(QueryError, match="returns the columns n, but its header names m"):
        run_query(store, mine)


def test_queries_in_cypher_only(tmp_path: Path) -> None:
    mine = load_queries(write(tmp_path, HEADER + BODY))["mine"]
    with pytest.raises(QueryError, match=r"add mine.rq beside it"):
        run_sparql(Engine.of_rows([], []), mine, {"task": "x"})


def test_queries_are_all_in_the_documentation() -> None:
    text = (Path(__file__).parent.parent / "docs" / "queries.md").read_text(encoding="utf-8")
    for name, query in load_queries().items():
        params = ", ".join(param.name if param.required else f"[{param.name}]" for param in query.params)
        assert f"| `{name}` | {params} |" in text
    assert text.count("\n| `") == len(load_queries())


def test_queries_documented_example_works(tmp_path: Path, store: LadybugStore) -> None:
    text = (Path(__file__).parent.parent / "docs" / "queries.md").read_text(encoding="utf-8")
    example = text.split("```cypher\n")[1].split("```")[0]
    query = load_queries(write(tmp_path, example))["mine"]
    assert run_query(store, query, {"organization": "Meta"}).rows == (
        ("2024-05-20", "Octo: an open generalist policy"),
    )
