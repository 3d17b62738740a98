"""The workspace: one SQLite file, the only state of the program.

It holds each paper as every source told it (its *sightings*), the one paper that these add up to, and the record that
was extracted from its text, stamped with the text's hash and the extractor. Each paper is one transaction, so that a
build can be killed anywhere and continued; a record is current while neither text nor extractor has changed.

Two sightings are one paper when they share an arXiv id; else when their folded titles are equal and their arXiv ids do
not differ; else when the titles differ only in British or American spelling and the abstracts agree.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from kg.errors import WorkspaceError
from kg.model import Author, Paper, Record
from kg.names import fold_spelling, fold_title
from kg.records import record_from_json, record_json

Added = Literal["new", "changed", "same", "merged"]

VERSION = 1

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE paper (
    id TEXT PRIMARY KEY, arxiv_id TEXT UNIQUE, title_key TEXT NOT NULL, spelling_key TEXT NOT NULL,
    abstract_key TEXT NOT NULL, text_hash TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX paper_title ON paper (title_key);
CREATE INDEX paper_spelling ON paper (spelling_key);
CREATE TABLE sighting (
    paper_id TEXT NOT NULL REFERENCES paper (id) ON UPDATE CASCADE ON DELETE CASCADE,
    file TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (paper_id, file));
CREATE TABLE record (
    paper_id TEXT PRIMARY KEY REFERENCES paper (id) ON UPDATE CASCADE ON DELETE CASCADE,
    text_hash TEXT NOT NULL, extractor TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE failure (
    paper_id TEXT PRIMARY KEY REFERENCES paper (id) ON UPDATE CASCADE ON DELETE CASCADE,
    text_hash TEXT NOT NULL, extractor TEXT NOT NULL, message TEXT NOT NULL);
CREATE TABLE fault (file TEXT NOT NULL, line INTEGER NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (file, line, message));
"""

_PENDING = (
    "FROM paper p"
    " LEFT JOIN record r ON r.paper_id = p.id AND r.text_hash = p.text_hash AND r.extractor = ?"
    " LEFT JOIN failure f ON f.paper_id = p.id AND f.text_hash = p.text_hash AND f.extractor = ?"
    " WHERE r.paper_id IS NULL AND f.paper_id IS NULL"
)


def paper_key(paper: Paper) -> str:
    """The id of a paper: its arXiv id, else "t-" and a hash of its folded title."""
    if paper.arxiv_id:
        return paper.arxiv_id
    return "t-" + hashlib.sha256(fold_title(paper.title).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _body(paper: Paper) -> str:
    return json.dumps({k: v for k, v in asdict(paper).items() if v not in (None, (), [])}, sort_keys=True)


def _paper(body: str) -> Paper:
    data: dict[str, Any] = json.loads(body)
    data["authors"] = tuple(Author(**a) for a in data.get("authors", ()))
    data["categories"] = tuple(data.get("categories", ()))
    return Paper(**data)


def _abstract_key(paper: Paper) -> str:
    return hashlib.sha256(fold_title(paper.abstract).encode("utf-8", "surrogatepass")).hexdigest()


def merge(sightings: list[Paper]) -> Paper:
    """The one paper that several sightings add up to, whatever their order.

    Title and abstract come from the sighting that has an arXiv id, then from the one with the longest abstract; every
    other field from the first in that order that has it.
    """
    ranked = sorted(sightings, key=lambda p: (p.arxiv_id is None, -len(p.abstract), p.file, p.line, p.title))
    best = ranked[0]
    missing = [f.name for f in fields(Paper) if getattr(best, f.name) in (None, ())]
    found: dict[str, Any] = {}
    for name in missing:
        found[name] = next((v for p in ranked if (v := getattr(p, name)) not in (None, ())), getattr(best, name))
    dates = sorted((p.published for p in ranked if p.published), key=lambda d: (-len(d), d))
    found["published"] = dates[0] if dates else None
    return replace(best, **found)


class Workspace:
    """An open workspace; use it as a context manager, or close it.

    Raises WorkspaceError if the file is no workspace, is of another version, or is being written by another process.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        if not create and not path.exists():
            raise WorkspaceError(f"{path}: no workspace there; make one with `kg build SOURCES --workspace {path}`")
        with self._explained():
            self._db = sqlite3.connect(path, timeout=5, isolation_level=None)
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._prepare()

    def _tables(self) -> set[str]:
        return {row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def _prepare(self) -> None:
        if not self._tables():
            with self._transaction():
                if not self._tables():  # another process may have been quicker
                    for statement in _SCHEMA.split(";\n"):
                        self._db.execute(statement)
                    self._db.execute("INSERT INTO meta VALUES ('version', ?)", (str(VERSION),))
        tables = self._tables()
        if not {"meta", "paper", "record"} <= tables:
            raise WorkspaceError(f"{self.path}: an SQLite file, but no workspace; give another --workspace")
        version = self._db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
        if version != (str(VERSION),):
            raise WorkspaceError(
                f"{self.path}: written by another version of this program; build it again from its sources"
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            hint = "another process is writing it; wait or end that one" if "locked" in str(error) else str(error)
            raise WorkspaceError(f"{self.path}: {hint}") from error
        except sqlite3.DatabaseError as error:
            raise WorkspaceError(
                f"{self.path}: not a workspace, or a damaged one ({error}); give another --workspace or build it again"
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    # papers

    def add(self, paper: Paper) -> Added:
        """Take in one sighting. "merged": another file had told of this paper already; "changed": this file had,
        with other words."""
        with self._transaction():
            known = self._same_paper(paper)
            if known is None:
                self._db.execute("INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?)", self._columns(paper))
                self._sight(paper_key(paper), paper)
                return "new"
            before = self._db.execute(
                "SELECT body FROM sighting WHERE paper_id = ? AND file = ?", (known, paper.file)
            ).fetchone()
            if before is not None and _same_but_place(_paper(before[0]), paper):
                return "same"
            self._sight(known, paper)
            self._refresh(known)
            return "merged" if before is None else "changed"

    def _same_paper(self, paper: Paper) -> str | None:
        if paper.arxiv_id:
            row = self._db.execute("SELECT id FROM paper WHERE arxiv_id = ?", (paper.arxiv_id,)).fetchone()
            if row:
                return str(row[0])
        row = self._db.execute(
            "SELECT id FROM paper WHERE ((title_key = ?) OR (spelling_key = ? AND abstract_key = ?))"
            " AND (? IS NULL OR arxiv_id IS NULL) ORDER BY arxiv_id IS NULL, title_key != ?, id LIMIT 1",
            (
                fold_title(paper.title),
                fold_spelling(paper.title),
                _abstract_key(paper),
                paper.arxiv_id,
                fold_title(paper.title),
            ),
        ).fetchone()
        return None if row is None else str(row[0])

    def _sight(self, key: str, paper: Paper) -> None:
        self._db.execute("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?)", (key, paper.file, _body(paper)))

    def _refresh(self, key: str) -> None:
        """Add up the sightings again; the paper's id follows the arXiv id that it may have gained."""
        rows = self._db.execute("SELECT body FROM sighting WHERE paper_id = ? ORDER BY file", (key,))
        columns = self._columns(merge([_paper(body) for (body,) in rows]))
        self._db.execute(
            "UPDATE paper SET id = ?, arxiv_id = ?, title_key = ?, spelling_key = ?, abstract_key = ?, text_hash = ?,"
            " body = ? WHERE id = ?",
            (*columns, key),
        )

    @staticmethod
    def _columns(paper: Paper) -> tuple[str | None, ...]:
        return (
            paper_key(paper), paper.arxiv_id, fold_title(paper.title), fold_spelling(paper.title),
            _abstract_key(paper), paper.text_hash, _body(paper),
        )  # fmt: skip

    def remove(self, key: str) -> bool:
        """Withdraw a paper with all that was read from it; False if there is none of that id."""
        with self._transaction():
            return self._db.execute("DELETE FROM paper WHERE id = ?", (key,)).rowcount > 0

    def find(self, wanted: str) -> tuple[str, Paper] | None:
        """The paper of an id (a prefix "arxiv:" and a version do not count) or of a title."""
        key = wanted.removeprefix("arxiv:").removeprefix("paper/")
        bare, _, version = key.rpartition("v")
        keys = (key, bare if version.isdigit() else key, fold_title(wanted))
        with self._explained():
            row = self._db.execute(
                "SELECT id, body FROM paper WHERE id = ? OR id = ? OR title_key = ? ORDER BY id LIMIT 1", keys
            ).fetchone()
        return None if row is None else (row[0], _paper(row[1]))

    def papers(self) -> Iterator[tuple[str, Paper]]:
        """Every paper with its id, in order of the ids."""
        with self._explained():
            for key, body in self._db.execute("SELECT id, body FROM paper ORDER BY id"):
                yield key, _paper(body)

    # records

    def pending(self, extractor: str) -> Iterator[tuple[str, Paper]]:
        """The papers whose text this extractor has not read yet (nor failed on), in order of the ids."""
        with self._explained():
            keys = self._db.execute(f"SELECT p.id {_PENDING} ORDER BY p.id", (extractor, extractor)).fetchall()
            for (key,) in keys:
                row = self._db.execute("SELECT body FROM paper WHERE id = ?", (key,)).fetchone()
                if row is not None:
                    yield key, _paper(row[0])

    def count_pending(self, extractor: str) -> int:
        with self._explained():
            return int(self._db.execute(f"SELECT count(*) {_PENDING}", (extractor, extractor)).fetchone()[0])

    def put_record(self, key: str, record: Record) -> None:
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)",
                (key, record.text_hash, record.extractor, json.dumps(record_json(record), sort_keys=True)),
            )
            self._db.execute("DELETE FROM failure WHERE paper_id = ?", (key,))

    def put_failure(self, key: str, text_hash: str, extractor: str, message: str) -> None:
        """Remember that this extractor could not read this text, so that the next build does not try again."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?)", (key, text_hash, extractor, message))

    def record(self, key: str) -> Record | None:
        """What was last extracted from a paper."""
        with self._explained():
            row = self._db.execute("SELECT body FROM record WHERE paper_id = ?", (key,)).fetchone()
        return None if row is None else record_from_json(json.loads(row[0]))

    def records(self) -> Iterator[tuple[str, Paper, Record]]:
        """Every paper that has been read, with its record, in order of the ids."""
        with self._explained():
            rows = self._db.execute(
                "SELECT p.id, p.body, r.body FROM paper p JOIN record r ON r.paper_id = p.id ORDER BY p.id"
            )
            for key, paper, record in rows:
                yield key, _paper(paper), record_from_json(json.loads(record))

    # what went wrong, and what is there

    def put_faults(self, file: str, faults: list[tuple[int, str]]) -> None:
        """Replace what is known to be broken in one file: (line, message) of each record that was skipped."""
        with self._transaction():
            self._db.execute("DELETE FROM fault WHERE file = ?", (file,))
            self._db.executemany("INSERT OR IGNORE INTO fault VALUES (?, ?, ?)", [(file, *f) for f in faults])

    def faults(self) -> list[tuple[str, int, str]]:
        with self._explained():
            return self._db.execute("SELECT file, line, message FROM fault ORDER BY file, line, message").fetchall()

    def failures(self) -> list[tuple[str, str]]:
        with self._explained():
            return self._db.execute("SELECT paper_id, message FROM failure ORDER BY paper_id").fetchall()

    def digest(self) -> str:
        """A hash of everything that a projection depends on: equal digests give equal graphs."""
        sha = hashlib.sha256(str(VERSION).encode())
        with self._explained():
            rows = self._db.execute(
                "SELECT p.body, r.body FROM paper p LEFT JOIN record r ON r.paper_id = p.id ORDER BY p.id"
            )
            for row in rows:
                sha.update(repr(row).encode())
        return sha.hexdigest()


def _same_but_place(one: Paper, other: Paper) -> bool:
    return replace(one, line=0) == replace(other, line=0)
