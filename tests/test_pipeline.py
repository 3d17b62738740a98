"""The extractor: one record per paper, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extraction.pipeline import FAILED, Extractor, load_extractor
from kg.model import Paper, Record

PAPERS = (
    Paper("Adam: Stochastic Optimization", "We introduce Adam, which trains networks 2x faster than AdaGrad."),
    Paper("Deep Residual Learning", r"On ImageNet, ResNet-152 has 3.57\% top-5 error, over 2\% less than VGG-16."),
    Paper("", ""),
    Paper("No numbers here", "A short text about nothing."),
)
HOSTILE = (
    "a" * 100_000,
    "9" * 100_000,
    "9." * 50_000,
    "1,000" * 20_000,
    "1-2-" * 25_000,
    "$\\frac{" * 10_000,
    "{}%" * 30_000,
    "A-" * 50_000,
    "( " * 50_000,
    "we propose " * 9_000,
    "5% and " * 14_000,
    "accuracy of 5% on MNIST, " * 4_000,
    "مرحبا ٩٩٪ " * 9_000,
    "😀" * 50_000,
    "\x00\ud800" * 1_000,
    "准确率为95.3%。" * 10_000,
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


def assert_quotes_stand(paper: Paper, record: Record) -> None:
    for entity in record.entities:
        for surface in entity.surfaces:
            assert surface in paper.text
    for result in record.results:
        assert paper.text[result.value_span.start : result.value_span.end] == result.value_text
        assert paper.text[result.span.start : result.span.end] == result.evidence
        for name in (result.method, result.baseline, result.dataset, result.task, result.metric, result.setting):
            assert name is None or name in paper.text
    for comparison in record.comparisons:
        assert paper.text[comparison.span.start : comparison.span.end] == comparison.evidence
        assert comparison.better in paper.text
        assert comparison.worse in paper.text


def test_pipeline_keeps_order_and_stamps_each_record(extractor: Extractor) -> None:
    records = list(extractor.extract(PAPERS))
    assert [record.text_hash for record in records] == [paper.text_hash for paper in PAPERS]
    assert {record.extractor for record in records} == {extractor.name}


@pytest.mark.parametrize("size", [1, 2, 64])
def test_pipeline_says_the_same_whatever_the_batch(extractor: Extractor, size: int) -> None:
    assert list(extractor.extract(PAPERS * 3, batch_size=size)) == list(extractor.extract(PAPERS)) * 3


def test_pipeline_quotes_the_original(extractor: Extractor) -> None:
    for paper, record in zip(PAPERS, extractor.extract(PAPERS), strict=True):
        assert_quotes_stand(paper, record)
    assert [r.value_text for r in list(extractor.extract(PAPERS))[1].results] == [r"3.57\%", r"2\%"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_pipeline_reads_hostile_text(extractor: Extractor, text: str) -> None:
    paper = Paper(text[:40], text)
    (record,) = extractor.extract([paper])
    assert record.extractor == extractor.name
    assert_quotes_stand(paper, record)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(st.sampled_from("aB1.,%±-–x×()$\\{} \n+~^/"), max_size=200))
def test_pipeline_reads_any_text(extractor: Extractor, title: str, abstract: str) -> None:
    paper = Paper(title, abstract)
    (record,) = extractor.extract([paper], on_error=_raise)
    assert record.extractor == extractor.name
    assert_quotes_stand(paper, record)


def _raise(_: Paper, error: Exception) -> None:
    raise error


class _Trap(Paper):
    """A paper whose text cannot be read: stands for any fault of the program."""

    @property
    def text(self) -> str:
        raise RuntimeError("trap")

    @property
    def text_hash(self) -> str:
        return "trap"


def test_pipeline_goes_on_after_a_failure(extractor: Extractor) -> None:
    seen: list[tuple[Paper, Exception]] = []
    papers = [PAPERS[0], _Trap("", ""), PAPERS[1]]
    records = list(extractor.extract(papers, on_error=lambda paper, error: seen.append((paper, error))))
    assert [record.extractor for record in records] == [extractor.name, FAILED, extractor.name]
    assert [str(error) for _, error in seen] == ["trap"]


def test_pipeline_logs_a_failure_where_nobody_listens(extractor: Extractor, caplog: pytest.LogCaptureFixture) -> None:
    list(extractor.extract([_Trap("", "", given_id="x1")]))
    assert "extraction failed on x1" in caplog.text
