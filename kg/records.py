"""Records as JSON objects: what ``kg extract`` prints, the workspace keeps and an evaluation reads.

One object holds ``id``, ``title``, ``abstract``, ``entities``, ``results`` and ``comparisons``; beside the names, every
span is a pair of code points ``[start, end]`` in title, newline, abstract, and ``confidence`` a probability.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kg.model import Comparison, EntityMention, Paper, Record, Result, Span

_SURROGATE = re.compile("[\ud800-\udfff]")

JSON = dict[str, Any]

_RESULT_NAMES = ("method", "baseline", "dataset", "task", "metric", "setting")


def _number(value: Decimal | None) -> int | float | None:
    """A JSON number; floats hold every figure of up to 15 digits exactly as printed."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)


def _decimal(value: int | float | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _span(span: Span) -> list[int]:
    return [span.start, span.end]


def entity_json(entity: EntityMention) -> JSON:
    return {
        "type": entity.type, "surfaces": list(entity.surfaces), "role": entity.role,
        "spans": [_span(s) for s in entity.spans], "confidence": round(entity.confidence, 4),
    }  # fmt: skip


def result_json(result: Result) -> JSON:
    return {
        "kind": result.kind, "method": result.method, "baseline": result.baseline, "dataset": result.dataset,
        "task": result.task, "metric": result.metric, "value": _number(result.value),
        "value_max": _number(result.value_max), "value_text": result.value_text, "unit": result.unit,
        "bound": result.bound, "direction": result.direction, "setting": result.setting, "evidence": result.evidence,
        "span": _span(result.span), "value_span": _span(result.value_span),
        "confidence": round(result.confidence, 4), "rule": result.rule,
    }  # fmt: skip


def comparison_json(comparison: Comparison) -> JSON:
    return {
        "better": comparison.better, "worse": comparison.worse, "dataset": comparison.dataset,
        "metric": comparison.metric, "evidence": comparison.evidence, "span": _span(comparison.span),
        "confidence": round(comparison.confidence, 4), "rule": comparison.rule,
    }  # fmt: skip


def record_json(record: Record) -> JSON:
    """The record alone, without the paper's text; :func:`record_from_json` reads it back unchanged."""
    return {
        "text_hash": record.text_hash, "extractor": record.extractor,
        "entities": [entity_json(e) for e in record.entities],
        "results": [result_json(r) for r in record.results],
        "comparisons": [comparison_json(c) for c in record.comparisons],
    }  # fmt: skip


def paper_record_json(paper: Paper, record: Record, *, id_: str) -> JSON:
    """The record beside the paper it was read from, under the id that the input gave it."""
    return {"id": id_, "title": paper.title, "abstract": paper.abstract, **record_json(record)}


def record_line(paper: Paper, record: Record, *, id_: str, min_confidence: float = 0.0) -> str:
    """:func:`paper_record_json` as one line, without the results and comparisons that are less sure than
    ``min_confidence``. Lone surrogates are escaped, so that the line is always UTF-8."""
    sure = replace(
        record,
        results=tuple(r for r in record.results if r.confidence >= min_confidence),
        comparisons=tuple(c for c in record.comparisons if c.confidence >= min_confidence),
    )
    line = json.dumps(paper_record_json(paper, sure, id_=id_), ensure_ascii=False)
    return line if line.isascii() or not _SURROGATE.search(line) else json.dumps(json.loads(line))


def _entity(data: Mapping[str, Any]) -> EntityMention:
    return EntityMention(
        type=data["type"], surfaces=tuple(data["surfaces"]), role=data["role"],
        spans=tuple(Span(*s) for s in data.get("spans", ())), confidence=float(data.get("confidence", 1.0)),
    )  # fmt: skip


def _result(data: Mapping[str, Any]) -> Result:
    value = _decimal(data["value"])
    assert value is not None
    return Result(
        kind=data["kind"], value=value, value_max=_decimal(data.get("value_max")), value_text=data["value_text"],
        value_span=Span(*data["value_span"]), evidence=data["evidence"], span=Span(*data["span"]),
        unit=data.get("unit") or "", bound=data["bound"], direction=data.get("direction"),
        confidence=float(data.get("confidence", 1.0)), rule=data.get("rule", ""),
        **{name: data.get(name) for name in _RESULT_NAMES},
    )  # fmt: skip


def _comparison(data: Mapping[str, Any]) -> Comparison:
    return Comparison(
        better=data["better"], worse=data["worse"], dataset=data.get("dataset"), metric=data.get("metric"),
        evidence=data["evidence"], span=Span(*data["span"]), confidence=float(data.get("confidence", 1.0)),
        rule=data.get("rule", ""),
    )  # fmt: skip


def record_from_json(data: Mapping[str, Any]) -> Record:
    """The inverse of :func:`record_json`. Raises KeyError or TypeError where a field is missing or of another form."""
    return Record(
        text_hash=data["text_hash"], extractor=data["extractor"],
        entities=tuple(_entity(e) for e in data["entities"]),
        results=tuple(_result(r) for r in data["results"]),
        comparisons=tuple(_comparison(c) for c in data["comparisons"]),
    )  # fmt: skip
