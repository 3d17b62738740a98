"""Published labels put back onto abstracts that the user has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.model import Paper
from kg.resources import resource
from kg.sources import OnFault, find_files, read
from kg.training.published import COMPARISON_FIELDS, JSON, QUOTED, RESULT_FIELDS, Split, read_objects, split_of


@dataclass(frozen=True, slots=True)
class Label:
    """The published labels of one abstract; ``body`` is the whole object of line ``line`` (1-based)."""

    id: str
    arxiv_id: str
    text_hash: str
    split: Split
    body: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Refused:
    """An abstract whose text is not the one that was labelled, most often another version of the paper."""

    id: str
    arxiv_id: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Labelled abstracts in order of the ids, whatever the order of the papers.

    ``refused`` are abstracts whose text is another one; ``missing`` the ids of labels that no paper came for.
    """

    records: tuple[JSON, ...]
    refused: tuple[Refused, ...] = field(default=())
    missing: tuple[str, ...] = field(default=())

    def lines(self) -> Iterator[str]:
        """One JSON object a line, without line ends."""
        return (json.dumps(record, ensure_ascii=False) for record in self.records)


def read_labels(path: Path) -> list[Label]:
    """Read published labels. Raises InputError for a file that cannot be read or a line that is none of theirs."""
    return [_label(body, number, f"{path}:{number}") for number, body in read_objects(path)]


def _label(body: Mapping[str, Any], line: int, where: str) -> Label:
    try:
        key = str(body["id"])
        return Label(key, str(body["arxiv"]), str(body["sha256"]), split_of(key), body, line)
    except KeyError as error:
        raise InputError(f"{where}: published labels need the field {error}; take the file again") from error


def join(labels: Iterable[Label], papers: Iterable[Paper]) -> Joined:
    """Put published labels back onto texts that the user has; stops reading when every label has found its text.

    A text is the labelled one if its hash is; a paper of the same arXiv id with another text is refused, unless the
    right text comes as well. Raises InputError for labels that point outside their text.
    """
    labels = sorted(labels, key=lambda label: label.id)
    by_hash: dict[str, list[Label]] = {}
    for label in labels:
        by_hash.setdefault(label.text_hash, []).append(label)
    wanted = {label.arxiv_id for label in labels}
    found: dict[str, JSON] = {}
    others: dict[str, Paper] = {}
    for paper in papers if by_hash else ():
        if fitting := by_hash.pop(paper.text_hash, ()):
            found |= {label.id: _labelled(label, paper) for label in fitting}
            if not by_hash:
                break
        elif paper.arxiv_id in wanted:
            others.setdefault(paper.arxiv_id, paper)
    left = [label for label in labels if label.id not in found]
    return Joined(
        tuple(found[label.id] for label in labels if label.id in found),
        tuple(_refused(label, others[label.arxiv_id]) for label in left if label.arxiv_id in others),
        tuple(label.id for label in left if label.arxiv_id not in others),
    )


def _refused(label: Label, paper: Paper) -> Refused:
    return Refused(label.id, label.arxiv_id, paper.file, paper.line)


def _labelled(label: Label, paper: Paper) -> JSON:
    text, body = paper.text, label.body

    def quote(pair: Sequence[int]) -> str:
        start, end = pair
        if not 0 <= start < end <= len(text):
            raise ValueError(f"{start}-{end} is outside its text of {len(text)} characters")
        return text[start:end]

    def whole(data: Mapping[str, Any], fields: Sequence[str]) -> JSON:
        return {name: quote(data[name]) if name in QUOTED and name in data else data.get(name) for name in fields}

    try:
        return {
            "id": label.id, "title": paper.title, "abstract": paper.abstract,
            "entities": [
                {"type": e["type"], "surfaces": [quote(pair) for pair in e["surfaces"]], "role": e["role"]}
                for e in body["entities"]
            ],
            "results": [whole(result, RESULT_FIELDS) for result in body["results"]],
            "comparisons": [whole(pair, COMPARISON_FIELDS) for pair in body["comparisons"]],
        }  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"labels, line {label.line} ({label.id}): damaged ({error}); take the file again") from error


def join_labels(
    sources: Iterable[Path],
    *,
    labels: Path | None = None,
    split: Split | None = None,
    on_fault: OnFault,
) -> Joined:
    """What ``kg labels join`` does: the published labels (``labels``: another file) on the papers of ``sources``.

    ``sources`` is anything that ``kg build`` reads; ``split`` keeps one part. Raises InputError as the reading does.
    """
    chosen = [label for label in read_labels(labels or resource("labels/train.jsonl")) if split in (None, label.split)]
    papers = (paper for path in find_files(sources) for paper in read(path, on_fault=on_fault))
    return join(chosen, papers)
