import json
import runpy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.extraction.places import evidence_place, nearest, numerals, occurrences
from kg.model import Paper, Span
from kg.training.joined import Label, join, join_labels, read_labels
from kg.training.published import publish, publish_labels
from kg.training.split import is_held_out

SHARED = Path(__file__).parents[2] / "shared"
LABELS = Path(__file__).parents[1] / "labels" / "train.jsonl"

RECORD: dict[str, Any] = {
    "id": "arxiv-2406.09246",
    "title": "OpenVLA",
    "abstract": "OpenVLA beats RT-2-X. It needs 7 tasks. On BridgeData, RT-2-X gets 53.5\\%, OpenVLA reaches 70.6\\% "
    "success rate, i.e. 1.3 times more.",
    "entities": [
        {"type": "Method", "surfaces": ["OpenVLA"], "role": "proposed"},
        {"type": "Method", "surfaces": ["RT-2-X"], "role": "compared"},
        {"type": "Metric", "surfaces": ["success rate"], "role": "used"},
    ],
    "results": [
        {
            "kind": "absolute", "method": "OpenVLA", "baseline": None, "dataset": "BridgeData", "task": None,
            "metric": "success rate", "value": 70.6, "value_max": None, "unit": "%", "bound": "exact",
            "direction": None, "evidence": "OpenVLA reaches 70.6\\% success rate",
        }
    ],
    "comparisons": [
        {"better": "OpenVLA", "worse": "RT-2-X", "dataset": None, "metric": None, "evidence": "OpenVLA beats RT-2-X"}
    ],
}  # fmt: skip
PAPER = Paper(RECORD["title"], RECORD["abstract"], arxiv_id="2406.09246", file="dump.jsonl", line=3)


def labels_of(*records: dict[str, Any], folder: Path) -> list[Label]:
    path = folder / "labels.jsonl"
    path.write_text("".join(line + "\n" for line in publish(records).lines), encoding="utf-8")
    return read_labels(path)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def test_published_labels_join_back_to_the_same_record(tmp_path: Path) -> None:
    joined = join(labels_of(RECORD, folder=tmp_path), [PAPER])
    assert joined.records == (RECORD,)
    assert (joined.refused, joined.missing) == ((), ())
    assert [json.loads(line) for line in joined.lines()] == [RECORD]


def test_published_lines_hold_no_words_of_the_text() -> None:
    (line,) = publish([RECORD]).lines
    body = json.loads(line)
    fields = {"absolute", "Method", "Metric", "proposed", "compared", "used", "exact", "%", "train", "held-out"}
    assert set(strings(body)) - fields == {"arxiv-2406.09246", "2406.09246", PAPER.text_hash}


def test_published_offsets_of_a_result_are_those_beside_its_evidence() -> None:
    body = json.loads(publish([RECORD]).lines[0])
    (result,) = body["results"]
    evidence = PAPER.text.index("OpenVLA reaches")
    assert result["method"] == [evidence, evidence + 7]
    assert body["entities"][0]["surfaces"] == [[0, 7]]


def test_published_split_is_that_of_the_id() -> None:
    records = [{**RECORD, "id": f"arxiv-2406.{n:05}"} for n in range(60)]
    splits = {body["id"]: body["split"] for body in map(json.loads, publish(records).lines)}
    assert splits == {r["id"]: "held-out" if is_held_out(r["id"]) else "train" for r in records}
    assert list(splits) == sorted(splits)
    assert len(set(splits.values())) == 2


def test_published_takes_an_arxiv_id_from_a_paper_of_the_same_text() -> None:
    mine, unknown = {**RECORD, "id": "mine"}, {**RECORD, "id": "other", "title": "Another"}
    found = publish([mine, unknown], [replace(PAPER, abstract="Another text."), PAPER])
    assert [json.loads(line)["arxiv"] for line in found.lines] == ["2406.09246"]
    assert found.unnamed == ("other",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"entities": [{"type": "Method", "surfaces": ["OctoVLA"], "role": "used"}]}, "'OctoVLA' does not stand"),
        ({"results": [{**RECORD["results"][0], "dataset": "LIBERO"}]}, "'LIBERO' does not stand"),
        ({"comparisons": [{"better": "OpenVLA"}]}, "needs the field 'evidence'"),
        ({"results": [{"evidence": "OpenVLA"}]}, "needs the field 'kind'"),
    ],
)
def test_published_refuses_broken_labels(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"2406.09246.*{message}"):
        publish([{**RECORD, **change}])


def test_published_refuses_an_id_that_comes_twice() -> None:
    with pytest.raises(InputError, match="labelled twice"):
        publish([RECORD, RECORD])


def test_joined_refuses_another_text_and_names_what_is_missing(tmp_path: Path) -> None:
    labels = labels_of(RECORD, {**RECORD, "id": "arxiv-2501.00001", "title": "Not there"}, folder=tmp_path)
    joined = join(labels, [replace(PAPER, abstract=PAPER.abstract + " Now in two languages.")])
    assert joined.records == ()
    assert [(r.id, r.file, r.line) for r in joined.refused] == [("arxiv-2406.09246", "dump.jsonl", 3)]
    assert joined.missing == ("arxiv-2501.00001",)


def test_joined_prefers_the_right_text_among_versions_and_needs_no_arxiv_id(tmp_path: Path) -> None:
    labels = labels_of(RECORD, folder=tmp_path)
    joined = join(labels, [replace(PAPER, abstract="An older text."), replace(PAPER, arxiv_id=None)])
    assert joined.records == (RECORD,)
    assert joined.refused == ()


def test_joined_stops_reading_when_nothing_is_left_to_find(tmp_path: Path) -> None:
    def papers() -> Iterator[Paper]:
        yield PAPER
        raise AssertionError("read on")

    assert len(join(labels_of(RECORD, folder=tmp_path), papers()).records) == 1


def test_joined_is_in_the_order_of_the_ids(tmp_path: Path) -> None:
    records = [{**RECORD, "id": f"arxiv-2406.0000{n}", "title": f"OpenVLA {n}"} for n in range(5)]
    papers = [Paper(r["title"], r["abstract"]) for r in reversed(records)]
    assert join(labels_of(*records, folder=tmp_path), papers).records == tuple(records)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", ":1: not JSON"),
        ("[]", ":1: a JSON list"),
        ('{"id": "a", "arxiv": "b"}', ":1: published labels need the field 'sha256'"),
    ],
)
def test_joined_names_the_line_of_a_damaged_file(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_labels(path)


def test_joined_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_labels(tmp_path / "none.jsonl")


@pytest.mark.parametrize("place", [[5, 5], [-1, 3], [0, 10_000], [1], "x"])
def test_joined_refuses_offsets_outside_the_text(tmp_path: Path, place: Any) -> None:
    (label,) = labels_of(RECORD, folder=tmp_path)
    body = {**label.body, "entities": [{"type": "Method", "role": "used", "surfaces": [place]}]}
    with pytest.raises(InputError, match=r"line 1 .*damaged"):
        join([replace(label, body=body)], [PAPER])


def test_join_labels_reads_what_a_build_reads(tmp_path: Path) -> None:
    dump = {
        "id": "2406.09246", "title": "OpenVLA\n ", "abstract": "  " + RECORD["abstract"].replace(" It", "\nIt") + "\n",
        "update_date": "2024-06-14", "authors_parsed": [["Doe", "Jo", ""]],
    }  # fmt: skip
    (tmp_path / "dump.json").write_text(json.dumps(dump) + "\n", encoding="utf-8")
    (tmp_path / "labels.jsonl").write_text(publish([RECORD]).lines[0] + "\n", encoding="utf-8")
    faults: list[object] = []
    labels = tmp_path / "labels.jsonl"
    joined = join_labels([tmp_path / "dump.json"], labels=labels, on_fault=faults.append)
    assert joined.records == (RECORD,)
    split = json.loads(labels.read_text(encoding="utf-8"))["split"]
    for wanted, expected in (("train", split == "train"), ("held-out", split == "held-out")):
        found = join_labels([tmp_path / "dump.json"], labels=labels, split=wanted, on_fault=faults.append)  # type: ignore[arg-type]
        assert bool(found.records) == expected
    assert faults == []


def test_publish_labels_reads_a_file_of_gold(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text(json.dumps({**RECORD, "id": "mine"}) + "\n", encoding="utf-8")
    (tmp_path / "papers.jsonl").write_text(
        json.dumps({"arxiv_id": "2406.09246", "title": PAPER.title, "abstract": PAPER.abstract}) + "\n",
        encoding="utf-8",
    )
    published = publish_labels(tmp_path / "gold.jsonl", [tmp_path / "papers.jsonl"], on_fault=pytest.fail)
    assert [json.loads(line)["arxiv"] for line in published.lines] == ["2406.09246"]
    assert publish_labels(tmp_path / "gold.jsonl", on_fault=pytest.fail).unnamed == ("mine",)


@pytest.mark.parametrize(
    ("text", "quoted", "expected"),
    [
        ("organ GAN", "GAN", [(6, 9)]),
        ("GANs", "GAN", [(0, 3)]),
        ("aaa", "aa", [(0, 2), (1, 3)]),
        ("x", "y", []),
        ("x", "", []),
    ],
)
def test_places_occurrences_prefer_whole_words(text: str, quoted: str, expected: list[tuple[int, int]]) -> None:
    assert occurrences(text, quoted) == [Span(*pair) for pair in expected]


def test_places_nearest_prefers_inside_then_distance_to_the_value() -> None:
    text = "SAM and SAM reach 5 against SAM"
    assert nearest(text, "SAM", within=Span(8, 31), towards=18) == Span(8, 11)
    assert nearest(text, "SAM", within=Span(4, 7), towards=4) == Span(0, 3)
    assert nearest(text, "DINO", within=Span(0, 3), towards=0) is None


def test_places_evidence_is_the_occurrence_at_its_value() -> None:
    assert evidence_place("reaches more. It reaches 71.0 points", "reaches", 71) == Span(17, 24)


@pytest.mark.parametrize(
    ("text", "value", "count"),
    [("1,200 or 1200", 1200, 2), ("70.60%", 70.6, 1), ("170.6 and 70.65", 70.6, 0), ("5.0 5", 5, 2), ("5.5", 5, 0),
     ("-3", -3, 1), ("a", None, 0), ("1e30", 1e30, 0)],
)  # fmt: skip
def test_places_numerals(text: str, value: float | None, count: int) -> None:
    assert len(numerals(text, value)) == count


@given(st.text(alphabet="ab .-", max_size=40), st.text(alphabet="ab .-", min_size=1, max_size=3))
def test_places_occurrences_stand_in_the_text(text: str, quoted: str) -> None:
    spans = occurrences(text, quoted)
    assert all(text[span.start : span.end] == quoted for span in spans)
    assert bool(spans) == (quoted in text)


def _gold() -> Path:
    path = SHARED / "gold" / "train.jsonl"
    if not path.exists():
        pytest.skip("needs ../shared/gold/train.jsonl and the corpora beside it: the published labels were NOT checked")
    return path


def test_labels_published_with_the_program_score_one_against_the_gold() -> None:
    gold = _gold()
    joined = join_labels([SHARED / "corpora" / "arxiv-ml.jsonl.gz"], labels=LABELS, on_fault=pytest.fail)
    assert (joined.refused, joined.missing) == ((), ())
    by_id = {record["id"]: record for record in map(json.loads, gold.read_text(encoding="utf-8").splitlines())}
    assert len(joined.records) == len(read_labels(LABELS))
    score = runpy.run_path(str(SHARED / "gold" / "score.py"))["compare"]
    known = [record for record in joined.records if record["id"] in by_id]
    assert len(known) > 3000
    rows, errors = score({r["id"]: by_id[r["id"]] for r in known}, {r["id"]: r for r in known})
    assert errors == []
    assert {row.get("f1", row.get("accuracy")) for row in rows.values()} == {1.0}
    assert all(record == by_id[record["id"]] for record in known)
    assert not any(is_held_out(record["id"]) for record in joined.records if record["id"] not in by_id)


def test_labels_published_with_the_program_leak_no_text() -> None:
    short = {string for line in LABELS.read_text(encoding="utf-8").splitlines() for string in strings(json.loads(line))}
    longest = max((s for s in short if not s.startswith("arxiv-") and len(s) != 64), key=len)
    assert len(longest) <= 45, longest  # a unit
