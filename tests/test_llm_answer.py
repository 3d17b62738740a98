"""What is believed of a model's answer: its form, and every string and value held against the text."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.llm import prompt
from kg.extraction.llm.answer import UnusableAnswer, parse_answer
from kg.extraction.llm.check import Checked, check_answer
from kg.extraction.text import fold
from kg.model import Record
from kg.records import record_from_json, record_json

TITLE = "Octo and $\\pi_0$ for robots"
ABSTRACT = (
    "We train GANs and $\\pi_0$. On LIBERO, $\\pi_0$ reaches 86.6\\% success rate, against 75.1\\% for Octo. "
    "It is three times faster than Octo with ResNet-50, gaining 3.1-4.5 points on CIFAR-10, and 1,200 steps are "
    "enough. In LIBERO-Long error falls by 5\\%. Over seven runs it fell from 86.2\\% to 52.4\\%."
)
TEXT = f"{TITLE}\n{ABSTRACT}"


def answer(**lists: list[Any]) -> dict[str, list[Any]]:
    return {"entities": [], "results": [], "comparisons": [], **lists}


def result(value: Any, **fields: Any) -> dict[str, Any]:
    return {"kind": "absolute", "value": value, "unit": "", "bound": "exact", "evidence": None, **fields}


def check(text: str = TEXT, **lists: list[Any]) -> Checked:
    return check_answer(parse_answer(json.dumps(answer(**lists))), fold(text))


def one_result(**fields: Any) -> Any:
    (found,) = check(results=[result(**fields)]).results
    return found


@pytest.mark.parametrize(
    "content",
    [
        '{"entities": [], "results": [], "comparisons": []}',
        '```json\n{"entities": [], "results": [], "comparisons": []}\n```',
        '```\n{"entities": [], "results": [], "comparisons": []}',
        'Sure! Here it is:\n{"entities": [], "results": [], "comparisons": []}\nAnything else?',
        '<think>{"entities": 1} or {</think>\n{"entities": [], "results": [], "comparisons": []}',
        '{"entities": [], "results": [], "comparisons": [], "notes": "none"}',
    ],
)
def test_answer_is_found_in_what_a_model_wraps_it_in(content: str) -> None:
    assert parse_answer(content) == answer()


def test_answer_keeps_figures_and_stray_backslashes() -> None:
    parsed = parse_answer('{"entities": ["86.6\\%", "a\\\\b"], "results": [70.50], "comparisons": []}')
    assert parsed == answer(entities=["86.6\\%", "a\\b"], results=[Decimal("70.50")])
    assert str(parsed["results"][0]) == "70.50"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no JSON object"),
        ("I cannot help with that.", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ('{"entities": [', "not valid JSON"),
        ('{"entities": [], "results": [NaN], "comparisons": []}', "NaN is no JSON number"),
        ('{"entities": []}', 'lacks the list "results"'),
        ('{"entities": {}, "results": [], "comparisons": []}', 'lacks the list "entities"'),
        ('{"entities": null, "results": [], "comparisons": []}', 'lacks the list "entities"'),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"entities": [' + "9" * 5000 + "]}", "not valid JSON"),
    ],
)
def test_answer_of_another_form_is_refused(content: str, message: str) -> None:
    with pytest.raises(UnusableAnswer, match=message):
        parse_answer(content)


def test_check_quotes_names_as_the_text_writes_them() -> None:
    spelled = fold("$\\pi_0$").text
    (entity,) = check(entities=[{"type": "Method", "surfaces": [spelled], "role": "used"}]).entities
    assert entity.surfaces == ("\\pi_0",)
    assert [TEXT[span.start : span.end] for span in entity.spans] == ["\\pi_0"] * 3


def test_check_finds_value_evidence_and_names() -> None:
    found = one_result(
        value=86.6, unit="%", method="Octo", dataset="LIBERO", metric="success rate",
        evidence="reaches 86.6% success rate",
    )  # fmt: skip
    assert (found.value, found.unit, found.value_text) == (Decimal("86.6"), "%", "86.6\\%")
    assert TEXT[found.value_span.start : found.value_span.end] == "86.6\\%"
    assert found.evidence == TEXT[found.span.start : found.span.end]
    assert found.evidence.startswith("On LIBERO")
    assert found.evidence.endswith("for Octo.")
    assert (found.method, found.dataset, found.metric) == ("Octo", "LIBERO", "success rate")
    assert (found.rule, found.confidence) == ("llm", 0.9)


@pytest.mark.parametrize(
    ("fields", "value", "value_max", "unit"),
    [
        ({"value": 3, "unit": "x"}, "3", None, "x"),
        ({"value": 3.1, "value_max": 4.5, "unit": "points"}, "3.1", "4.5", "points"),
        ({"value": 3.1, "value_max": 4.5, "unit": "%"}, "3.1", "4.5", "points"),
        ({"value": 1200, "unit": "steps"}, "1200", None, "steps"),
        ({"value": 7, "unit": ""}, "7", None, ""),
        ({"value": 52.4, "value_max": 86.2, "unit": "%"}, "52.4", "86.2", "%"),
        ({"value": 86.60, "unit": "percent"}, "86.6", None, "%"),
        ({"value": 86.6, "unit": None}, "86.6", None, "%"),
        ({"value": 86.6, "unit": "furlongs"}, "86.6", None, "%"),
    ],
)
def test_check_reads_values_and_units(fields: Any, value: str, value_max: str | None, unit: str) -> None:
    found = one_result(**fields)
    assert (found.value, found.unit) == (Decimal(value), unit)
    assert found.value_max == (Decimal(value_max) if value_max else None)


@pytest.mark.parametrize("value", [0.866, 99.9, 50, 10, 0, 8, 3.14])
def test_check_drops_values_that_are_not_in_the_text(value: float) -> None:
    checked = check(results=[result(value, unit="%", method="Octo")])
    assert checked.results == ()
    assert checked.dropped["values not in the text"] == 1


@pytest.mark.parametrize("name", ["Octopus", "octo", "SimplerEnv", "GAN2", "ctO", "IBERO", "", "  ", "…", 7, ["Octo"]])
def test_check_drops_names_that_are_not_in_the_text(name: Any) -> None:
    checked = check(
        entities=[{"type": "Method", "surfaces": [name], "role": "used"}],
        results=[result(86.6, dataset=name)],
        comparisons=[{"better": name, "worse": "Octo", "evidence": None}],
    )
    assert checked.entities == ()
    assert checked.comparisons == ()
    assert checked.results[0].dataset is None
    assert checked.dropped["names not in the text"] >= 1


def test_check_takes_a_singular_for_its_plural() -> None:
    (entity,) = check(entities=[{"type": "Method", "surfaces": ["GAN"], "role": "used"}]).entities
    assert entity.surfaces == ("GAN",)


def test_check_gives_a_place_to_the_longest_name() -> None:
    entities = [
        {"type": "Benchmark", "surfaces": ["LIBERO"], "role": "used"},
        {"type": "Benchmark", "surfaces": ["LIBERO-Long"], "role": "used"},
    ]
    short, long = check(entities=entities).entities
    assert len(short.spans) == len(long.spans) == 1
    assert not set(short.spans) & set(long.spans)


@pytest.mark.parametrize(
    "item",
    [
        "Octo", None, {"type": "Robot", "surfaces": ["Octo"]}, {"type": "Method", "surfaces": "Octo"},
        {"type": "Method"},
        {"type": ["Method"], "surfaces": ["Octo"]},
    ],
)  # fmt: skip
def test_check_drops_entities_of_a_wrong_form(item: Any) -> None:
    checked = check(entities=[item])
    assert checked.entities == ()
    assert checked.dropped == {"items of a wrong form": 1}


@pytest.mark.parametrize(
    "fields",
    [{"value": "86.6"}, {"value": None}, {"value": True}, {"value": 86.6, "kind": "relative"}, {"value": [86.6]},
     {"value": 86.6, "value_max": "90"}, {"value": 1e300}, {"value": 86.6, "kind": []}],
)  # fmt: skip
def test_check_drops_results_of_a_wrong_form(fields: Any) -> None:
    checked = check(results=[result(**fields)])
    assert checked.results == ()
    assert checked.dropped == {"items of a wrong form": 1}


def test_check_mends_words_that_are_none_of_the_allowed() -> None:
    found = one_result(value=5, unit="%", bound="roughly", direction="decrease")
    assert (found.bound, found.direction) == ("exact", None)
    assert one_result(value=5, kind="change", direction="decrease").direction == "decrease"
    assert one_result(value=5, kind="change", direction="down").direction is None
    roles = {
        (e.type, e.role)
        for e in check(
            entities=[
                {"type": "Metric", "surfaces": ["success rate"], "role": "proposed"},
                {"type": "Method", "surfaces": ["Octo"], "role": "hero"},
            ]
        ).entities
    }
    assert roles == {("Metric", "used"), ("Method", "mentioned")}


def test_check_keeps_one_of_what_is_said_twice() -> None:
    octo = {"type": "Method", "surfaces": ["Octo"], "role": "used"}
    checked = check(entities=[octo, octo], results=[result(86.6), result(86.6)])
    assert len(checked.entities) == len(checked.results) == 1
    assert checked.dropped["names given twice"] == 1


def test_check_comparison_stands_on_a_sentence_even_without_evidence() -> None:
    item = {"better": "Octo", "worse": "LIBERO", "dataset": "CIFAR-10", "metric": None}
    for evidence in ("against 75.1% for Octo", "made up", None):
        (found,) = check(comparisons=[{**item, "evidence": evidence}]).comparisons
        assert found.evidence == TEXT[found.span.start : found.span.end]
        assert "Octo" in found.evidence
        assert found.dataset == "CIFAR-10"
    assert check(comparisons=[{"better": "Octo", "worse": "Octo", "evidence": "Octo"}]).comparisons == ()


def test_check_takes_the_number_inside_the_evidence() -> None:
    text = "A\nIt gains 5% on Ego4D. Then it gains 5% on LIBERO."
    (found,) = check(text, results=[result(5, unit="%", evidence="gains 5% on LIBERO")]).results
    assert found.evidence == "Then it gains 5% on LIBERO."


def test_prompt_example_passes_the_check_unharmed() -> None:
    checked = check_answer(parse_answer(json.dumps(prompt._EXAMPLE_ANSWER)), fold(prompt._EXAMPLE_TEXT))
    assert not checked.dropped
    assert [len(items) for items in (checked.entities, checked.results, checked.comparisons)] == [8, 3, 2]
    assert [r.unit for r in checked.results] == ["%", "%", "x"]


_WORDS = st.sampled_from(
    ["Octo", "LIBERO", "86.6", "5%", "s", "π", "中文", "\\pi", "$", "\n", " ", "é", "-", "\x00", "🤖"]
)
_STRINGS = st.lists(_WORDS, max_size=4).map("".join)
_VALUES = st.one_of(st.none(), _STRINGS, st.integers(-99, 99), st.decimals(allow_nan=False).map(Decimal), st.booleans())
_ITEMS = st.one_of(
    _VALUES,
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["Method", "Task", "Robot"]), "surfaces": st.lists(_VALUES, max_size=3),
            "role": _VALUES, "kind": st.sampled_from(["absolute", "change", "x"]), "value": _VALUES,
            "value_max": _VALUES, "unit": _VALUES, "evidence": _VALUES, "method": _VALUES, "better": _VALUES,
            "worse": _VALUES, "bound": _VALUES, "direction": _VALUES,
        },
    ),
)  # fmt: skip


@given(st.lists(_WORDS, max_size=30).map("".join), st.lists(_ITEMS, max_size=4))
def test_check_never_fails_and_never_says_what_is_not_there(text: str, items: list[Any]) -> None:
    checked = check_answer({"entities": items, "results": items, "comparisons": items}, fold(text))
    for entity in checked.entities:
        assert entity.spans
        assert all(surface and surface in text for surface in entity.surfaces)
    for found in (*checked.results, *checked.comparisons):
        assert text[found.span.start : found.span.end] == found.evidence
    for found in checked.results:
        assert text[found.value_span.start : found.value_span.end] == found.value_text != ""
        assert found.method is None or found.method in text
    record = Record("0", "llm", checked.entities, checked.results, checked.comparisons)
    assert record_from_json(json.loads(json.dumps(record_json(record)))).entities == record.entities
