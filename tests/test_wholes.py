"""Whole results, lists that share a number, and what becomes of them: on readings made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import spacy

from kg.extraction.choice import Choice
from kg.extraction.judge import Calibration
from kg.extraction.link_candidates import FIELDS
from kg.extraction.link_features import Links
from kg.extraction.linker import Linked, likeliest, whole_rows
from kg.extraction.numbers import find_quantities
from kg.extraction.reading import Reading, read
from kg.extraction.results import make_results
from kg.extraction.sentences import abstract_sentences
from kg.extraction.shared import groups
from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.extraction.wholes import JOINED, MOST, Alike, Parts, Whole, Wholes
from kg.model import EntityMention, EntityType, Span

VOCAB = spacy.blank("en").vocab
TEXT = (
    "OpenVLA\nOpenVLA reaches 76.5% success rate on LIBERO and BridgeData, and Octo 75.1% there. "
    "It is 2x faster than Octo."
)
NAMES: tuple[tuple[EntityType, str], ...] = (
    ("Method", "OpenVLA"), ("Metric", "success rate"), ("Benchmark", "LIBERO"), ("Dataset", "BridgeData"),
    ("Method", "Octo"),
)  # fmt: skip
OPENVLA, RATE, LIBERO, BRIDGE, OCTO = range(5)


def reading(text: str = TEXT, names: Sequence[tuple[EntityType, str]] = NAMES) -> Reading:
    folded = fold(text)
    entities = []
    for kind, name in names:
        starts = [i for i in range(len(text)) if text.startswith(name, i)]
        spans = tuple(Span(i, i + len(name)) for i in starts)
        entities.append(EntityMention(kind, (name,), "used", spans, 0.9))
    doc = abstract_sentences(make_doc(VOCAB, folded))
    return read(doc, folded.text, entities, find_quantities(folded.text))


def parts(number: int, kinds: Sequence[float] = (0.1, 0.8, 0.05, 0.05), **fields: dict[int, float]) -> Parts:
    every = {field: Choice(tuple(fields.get(field, {})), tuple(fields.get(field, {}).values())) for field in FIELDS}
    return Parts(number, kinds, every)


def linked(each: Parts) -> Linked:
    return Linked(each.number, np.array(each.kinds, dtype=np.float32), 0.9, dict(each.fields))


def test_wholes_put_the_likeliest_answers_together_first() -> None:
    each = parts(0, metric={RATE: 0.9}, dataset={LIBERO: 0.8, BRIDGE: 0.3}, method={OPENVLA: 0.7, OCTO: 0.2})
    options = Wholes(Links(reading()), [each]).options(0)
    assert options[0].names == (RATE, LIBERO, OPENVLA, None)
    assert [option.prior for option in options] == sorted((o.prior for o in options), reverse=True)
    assert 1 < len(options) <= MOST
    assert len({(option.kind, option.names) for option in options}) == len(options)


def test_wholes_leave_a_sure_field_filled_and_an_unsure_one_open() -> None:
    each = parts(0, metric={RATE: 0.99}, dataset={LIBERO: 0.5})
    options = Wholes(Links(reading()), [each]).options(0)
    assert {option.names[0] for option in options} == {RATE}
    assert {option.names[1] for option in options} == {LIBERO, None}
    assert {option.names[2] for option in options} == {None}


def test_wholes_give_no_baseline_to_an_absolute_result() -> None:
    each = parts(2, kinds=(0.0, 0.5, 0.5, 0.0), method={OPENVLA: 0.9}, baseline={OCTO: 0.9})
    options = Wholes(Links(reading()), [each]).options(0)
    assert {(option.kind, option.names[3]) for option in options} >= {(0, None), (1, OCTO)}
    assert all(option.kind or option.names[3] is None for option in options)


def test_wholes_have_one_length_of_features_whatever_is_empty() -> None:
    every = [
        parts(0, metric={RATE: 0.9}, dataset={LIBERO: 0.5}, method={OPENVLA: 0.9, OCTO: 0.3}),
        parts(1, method={OCTO: 0.9}),
        parts(2, kinds=(0.2, 0.1, 0.7, 0.0), baseline={OCTO: 0.6}),
    ]
    options, rows = whole_rows(Links(reading()), [linked(each) for each in every])
    assert len(rows) == sum(map(len, options))
    assert np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Gaussian Representation", "Multivariate Gaussian Representation", True),
        ("success rate", "average success rate", True),
        ("FID", "FVD", False),
        ("π0", "π0.5", True),
        ("LIBERO", "CALVIN", False),
    ],
)
def test_wholes_take_names_that_share_half_of_their_words_as_alike(one: str, other: str, alike: bool) -> None:
    found = reading(f"Title\nWe look at {one}. We look at {other}.", (("Metric", one), ("Metric", other)))
    assert Alike(found)(0, 1) is alike
    assert Alike(found)(1, 0) is alike


def test_shared_finds_the_list_that_a_number_may_be_said_of() -> None:
    each = parts(0, dataset={LIBERO: 0.6, BRIDGE: 0.5}, method={OPENVLA: 0.9})
    found = groups(Links(reading()), 0, each.fields, each.kinds)
    assert [(group.field, group.members) for group in found] == [("dataset", (LIBERO, BRIDGE))]
    unlikely = parts(0, dataset={LIBERO: 0.1, BRIDGE: 0.05})
    assert groups(Links(reading()), 0, unlikely.fields, unlikely.kinds) == []


@pytest.mark.parametrize(("sure", "datasets"), [(0.9, ["LIBERO", "BridgeData"]), (0.1, ["LIBERO"])])
def test_results_are_made_for_every_member_of_a_shared_list(sure: float, datasets: list[str]) -> None:
    found = reading()
    each = parts(0, metric={RATE: 0.9}, dataset={LIBERO: 0.6, BRIDGE: 0.5}, method={OPENVLA: 0.9})
    group = groups(Links(found), 0, each.fields, each.kinds)[0]
    whole = Whole(0, (RATE, LIBERO, OPENVLA, None), 0.5)
    likely = Linked(0, np.array(each.kinds), 0.5, dict(each.fields), ((group, sure),), whole, 0.7)
    results = make_results(found, [likely])
    assert [result.dataset for result in results] == datasets
    assert {(r.kind, r.method, r.metric, r.baseline, r.confidence) for r in results} == {
        ("absolute", "OpenVLA", "success rate", None, 0.7)
    }


def test_results_are_left_out_where_number_or_names_are_hardly_right() -> None:
    each = parts(0, kinds=(0.6, 0.4, 0.0, 0.0))
    likely = Linked(0, np.array(each.kinds), 0.5, dict(each.fields), (), Whole(0, (None,) * len(JOINED), 1.0), 0.1)
    unsure = replace(likely, confidence=0.05)
    assert make_results(reading(), [likely], threshold=0.5) == []
    assert len(make_results(reading(), [likely])) == 1
    assert make_results(reading(), [unsure]) == []
    assert len(make_results(reading(), [unsure], least=0.0)) == 1


def test_linker_takes_the_first_of_the_likeliest_wholes_of_each_number() -> None:
    scores = np.array([0.4, 0.4, 0.1, 0.3, 0.9], dtype=np.float32)
    assert likeliest(scores, np.array([2, 5])).tolist() == [0, 4]
    assert likeliest(scores[1:], np.array([1, 2, 4])).tolist() == [0, 1, 3]


def test_linker_calibration_is_a_line_through_points_and_flat_beyond() -> None:
    line = Calibration(np.array([0.2, 0.6], dtype=np.float32), np.array([0.1, 0.9], dtype=np.float32))
    assert [round(line(score), 3) for score in (0.0, 0.2, 0.4, 0.6, 1.0)] == [0.1, 0.1, 0.5, 0.9, 0.9]
    again = Calibration.from_arrays(line.to_arrays("c."), "c.")
    assert again(0.3) == line(0.3)
