"""The labels as they are published: offsets and fields, never a text.

One JSON object per line and abstract, in order of ``id``: ``id``, ``arxiv``, ``sha256`` (of :attr:`Paper.text`),
``split``, and the labels as the guidelines define them, with ``[start, end]`` (code points of title, newline,
abstract) in the place of each quoted string. Fields that are null are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kg.errors import InputError
from kg.extraction.places import evidence_place, nearest, numerals, occurrences
from kg.model import Paper, Span
from kg.sources import OnFault, find_files, read
from kg.sources.arxiv_id import arxiv_id
from kg.training.split import is_held_out

JSON = dict[str, Any]
Split = Literal["train", "held-out"]

RESULT_FIELDS = (
    "kind", "method", "baseline", "dataset", "task", "metric", "value", "value_max", "unit", "bound", "direction",
    "evidence",
)  # fmt: skip
COMPARISON_FIELDS = ("better", "worse", "dataset", "metric", "evidence")
QUOTED = frozenset(("method", "baseline", "dataset", "task", "metric", "evidence", "better", "worse"))


@dataclass(frozen=True, slots=True)
class Published:
    """``lines`` to write, in order of the ids; ``unnamed`` are the records left out: nothing tells their arXiv id."""

    lines: tuple[str, ...]
    unnamed: tuple[str, ...]


def split_of(record_id: str) -> Split:
    return "held-out" if is_held_out(record_id) else "train"


def publish(records: Iterable[Mapping[str, Any]], papers: Iterable[Paper] = ()) -> Published:
    """Labels without their texts. ``papers`` name the arXiv ids of records whose own id ("arxiv-2406.09246") does not.

    Raises InputError where a record lacks a field, quotes what its text does not hold, or has an id that came before.
    """
    by_id: dict[str, Mapping[str, Any]] = {}
    for record in records:
        key = str(record.get("id"))
        if key in by_id:
            raise InputError(f"{key}: labelled twice; keep one of the two records")
        by_id[key] = record
    names = {key: arxiv_id(key.removeprefix("arxiv-")) if key.startswith("arxiv-") else None for key in by_id}
    hashes = {_paper(record).text_hash: key for key, record in by_id.items() if names[key] is None}
    for paper in papers if hashes else ():
        if paper.arxiv_id and (key := hashes.get(paper.text_hash, "")):
            names[key] = paper.arxiv_id
    named = sorted((key, name) for key, name in names.items() if name)
    lines = tuple(_line(_published(by_id[key], name)) for key, name in named)
    return Published(lines, tuple(sorted(key for key, name in names.items() if not name)))


def _line(body: JSON) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def check(record: Mapping[str, Any]) -> None:
    """Raises InputError where a labelled record lacks a field, or quotes what its text does not hold."""
    _published(record, "")


def _paper(record: Mapping[str, Any]) -> Paper:
    try:
        return Paper(record["title"], record["abstract"])
    except KeyError as error:
        raise InputError(f"{record.get('id')}: a labelled record needs the field {error}") from error


def _published(record: Mapping[str, Any], name: str) -> JSON:
    paper = _paper(record)
    key = str(record["id"])
    try:
        return {
            "id": key, "arxiv": name, "sha256": paper.text_hash, "split": split_of(key),
            "entities": [_entity(paper.text, entity) for entity in record["entities"]],
            "results": [_places(paper.text, result, RESULT_FIELDS) for result in record["results"]],
            "comparisons": [_places(paper.text, pair, COMPARISON_FIELDS) for pair in record["comparisons"]],
        }  # fmt: skip
    except KeyError as error:
        raise InputError(f"{key}: a label needs the field {error}") from error
    except _NotThereError as error:
        raise InputError(f"{key}: {error} does not stand in the text; copy it character for character") from error


class _NotThereError(Exception):
    pass


def _entity(text: str, entity: Mapping[str, Any]) -> JSON:
    surfaces = [(surface, next(iter(occurrences(text, surface)), None)) for surface in entity["surfaces"]]
    places = [_pair(_there(span, surface)) for surface, span in surfaces]
    return {"type": entity["type"], "role": entity["role"], "surfaces": places}


def _places(text: str, label: Mapping[str, Any], fields: Sequence[str]) -> JSON:
    """The label's fields with offsets for strings, each beside its evidence."""
    value = label.get("value")
    evidence = _there(evidence_place(text, label["evidence"], value), label["evidence"])
    inside = (n.start for n in numerals(text, value) if evidence.start <= n.start < evidence.end)
    towards = next(inside, evidence.start)
    found: JSON = {}
    for name in fields:
        content = label[name]
        if name == "evidence":
            found[name] = _pair(evidence)
        elif name in QUOTED and content is not None:
            found[name] = _pair(_there(nearest(text, content, within=evidence, towards=towards), content))
        elif content is not None:
            found[name] = content
    return found


def _there(span: Span | None, quoted: str) -> Span:
    if span is None:
        raise _NotThereError(repr(quoted))
    return span


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def publish_labels(gold: Path, sources: Iterable[Path] = (), *, on_fault: OnFault) -> Published:
    """What ``kg labels publish`` does: the labelled papers of one file; ``sources`` tell arXiv ids that it lacks."""
    papers = (paper for path in find_files(sources) for paper in read(path, on_fault=on_fault))
    return publish((body for _, body in read_objects(gold)), papers)


def read_objects(path: Path) -> Iterator[tuple[int, JSON]]:
    """The JSON objects of a file, one a line, with their line numbers (1-based). Raises InputError."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _object(line, f"{path}:{number}")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 ({error.reason}); write it in UTF-8") from error


def _object(line: str, where: str) -> JSON:
    try:
        body = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not JSON ({error}); one object a line, please") from error
    if not isinstance(body, dict):
        raise InputError(f"{where}: a JSON {type(body).__name__}, not an object; one object a line, please")
    return body
