"""JSON lines: one record a line; arXiv's metadata dump is one of them. Constant memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kg.model import Paper
from kg.sources.fault import Broken
from kg.sources.files import Line, Source
from kg.sources.records import to_paper, unwrapped


def read_json_lines(source: Source) -> Iterator[Paper]:
    for line in source.lines():
        if not line.text.strip() and not line.problem:
            continue
        try:
            value = _parsed(line)
        except Broken as error:
            source.fault(line.number, str(error))
        else:
            yield from papers_of(source, line.number, value)


def papers_of(source: Source, line: int, value: Any) -> Iterator[Paper]:
    """The papers of one JSON value; what is broken in it becomes a fault of ``line``."""
    for record in unwrapped(value):
        try:
            paper = to_paper(record, lambda message: source.fault(line, message, kept=True))
        except Broken as error:
            source.fault(line, str(error))
        else:
            yield replace(paper, file=str(source.path), line=line)


def _parsed(line: Line) -> Any:
    if line.problem:
        raise Broken(line.problem)
    try:
        return json.loads(line.text)
    except json.JSONDecodeError as error:
        raise Broken(f"not JSON: {error.msg} at character {error.pos + 1}; mend or remove the line") from error
    except (ValueError, RecursionError) as error:
        raise Broken(f"JSON that cannot be read ({error}); mend or remove the line") from error
