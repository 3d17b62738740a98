"""The extractor itself: one conversation per paper, several at a time, records in order."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from decimal import Decimal

from kg.errors import EndpointError, UsageError
from kg.extraction.llm.address import make_address
from kg.extraction.llm.ahead import ahead
from kg.extraction.llm.answer import UnusableAnswer, parse_answer
from kg.extraction.llm.check import check_answer
from kg.extraction.llm.endpoint import Endpoint, Patience, RequestFailed
from kg.extraction.llm.pace import Pace
from kg.extraction.llm.prompt import PROMPT_VERSION, messages_for, repair
from kg.extraction.llm.usage import Usage
from kg.extraction.text import fold
from kg.model import Paper, Record

FAILED = "failed"
"""The ``extractor`` of the empty record of a paper that could not be read."""

MAX_TEXT = 20_000
"""Longest text, in characters, that is sent; what comes after is not read."""

ATTEMPTS = 3
"""How often the model is asked for an answer that can be used."""

UNUSABLE_IN_A_ROW = 10

_LOG = logging.getLogger(__name__)


def _log_error(paper: Paper, error: Exception) -> None:
    _LOG.error("extraction failed on %s (%s:%d): %s", paper.given_id, paper.file, paper.line, error)


class LLMExtractor:
    """Reads papers by asking a language model; ``usage`` counts what that took.

    ``prices`` are those of a million tokens sent and answered.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        concurrency: int = 4,
        prices: tuple[Decimal | None, Decimal | None] = (None, None),
    ) -> None:
        self.name = f"llm:{endpoint.model}:prompt-{PROMPT_VERSION}"
        self.usage = Usage()
        self._endpoint = endpoint
        self._concurrency = concurrency
        self._prices = prices
        self._unusable = 0

    def summary(self) -> str:
        """Requests, tokens, cost and what was dropped, for people."""
        return self.usage.summary(price_in=self._prices[0], price_out=self._prices[1])

    def extract(
        self,
        papers: Iterable[Paper],
        *,
        batch_size: int = 64,
        on_error: Callable[[Paper, Exception], None] = _log_error,
    ) -> Iterator[Record]:
        """One record per paper, in order; at most ``batch_size`` papers are begun ahead of the one handed over.

        A paper that the model gives no usable answer for, or that alone is refused, is told to ``on_error`` (which may
        raise) and gets an empty record that names no extractor. Raises EndpointError when no paper would be read: the
        endpoint does not answer, refuses the key, or the model cannot write what it is asked for.
        """
        stop = threading.Event()
        window = max(1, min(batch_size, 2 * self._concurrency))
        try:
            for paper, outcome, later in ahead(
                lambda paper: self._read(paper, stop), papers, workers=self._concurrency, window=window
            ):
                try:
                    record = outcome.result()
                    self._unusable = 0
                except EndpointError:
                    raise
                except Exception as error:
                    self._give_up_if_hopeless(error, later)
                    on_error(paper, error)
                    record = Record(text_hash=paper.text_hash, extractor=FAILED)
                yield record
        finally:
            stop.set()

    def _read(self, paper: Paper, stop: threading.Event) -> Record:
        folded = fold(paper.text[:MAX_TEXT])
        self.usage.begin()
        checked = check_answer(self._answer(folded.text, stop), folded)
        self.usage.drop(checked.dropped)
        return Record(
            text_hash=paper.text_hash,
            extractor=self.name,
            entities=checked.entities,
            results=checked.results,
            comparisons=checked.comparisons,
        )

    def _answer(self, text: str, stop: threading.Event) -> Mapping[str, list[object]]:
        asked = messages_for(text)
        messages = asked
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._endpoint.ask(messages, stop=stop, sent=self.usage.sent)
            self.usage.answered(answer.usage)
            if answer.cut:
                raise UnusableAnswer("the answer was cut at the most tokens that the endpoint allows; allow more there")
            try:
                return parse_answer(answer.text)
            except UnusableAnswer as error:
                if attempt == ATTEMPTS:
                    raise UnusableAnswer(f"{error} ({attempt} answers)") from error
                messages = repair(asked, answer.text, str(error))
        raise AssertionError("the last attempt returns or raises")

    def _give_up_if_hopeless(self, error: Exception, later: Sequence[Future[Record]]) -> None:
        """Raise EndpointError if it is not this paper's fault: a paper that is told to have failed stays unread."""
        if isinstance(error, UnusableAnswer):
            self._unusable += 1
            if self._unusable >= UNUSABLE_IN_A_ROW:
                raise EndpointError(
                    f"{self._endpoint.model}: {self._unusable} answers in a row cannot be used, the last one because"
                    f" {error}; take a model that can write JSON"
                ) from error
        elif isinstance(error, RequestFailed) and not self._answers_others(error, later):
            raise EndpointError(
                f"the endpoint answers nothing: {error};"
                " give the same command again when it does: what was read is kept"
            ) from error

    def _answers_others(self, error: RequestFailed, later: Sequence[Future[Record]]) -> bool:
        """Whether anything was answered since that question was first asked; waits for the next few to know."""
        for outcome in (None, *later[:3]):
            if outcome is not None:
                outcome.exception()
            if self._endpoint.last_success > error.began:
                return True
        return False


def load_llm_extractor(
    *,
    base_url: str,
    model: str,
    requests_per_minute: float | None = None,
    concurrency: int = 4,
    timeout: float = 120.0,
    price_in: Decimal | None = None,
    price_out: Decimal | None = None,
    environment: Mapping[str, str] = os.environ,
) -> LLMExtractor:
    """An extractor that asks ``model`` at ``base_url`` ("https://api.example.org/v1", "http://localhost:11434/v1").

    The key comes from the environment (see ``make_address``). ``timeout`` is seconds for one answer, prices are those
    of a million tokens. Raises UsageError for values that cannot be used.
    """
    for name, value in (
        ("requests per minute", requests_per_minute),
        ("concurrency", concurrency),
        ("timeout", timeout),
    ):
        if value is not None and not value > 0:
            raise UsageError(f"{name} must be more than 0, not {value}")
    if not model.strip() or not model.isprintable():
        raise UsageError("name the model: --model NAME")
    if any(price is not None and not (price.is_finite() and price >= 0) for price in (price_in, price_out)):
        raise UsageError("a price is a number from 0 up, per million tokens")
    address = make_address(base_url, environment=environment)
    endpoint = Endpoint(address, model.strip(), pace=Pace(requests_per_minute), patience=Patience(timeout=timeout))
    return LLMExtractor(endpoint, concurrency=concurrency, prices=(price_in, price_out))
