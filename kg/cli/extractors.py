"""Which extractor reads the abstracts, and its options."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.console import say
from kg.errors import UsageError
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.build import Extractor

COLLECT = (50_000, 20, 100)
"""Thresholds of the garbage collector: an abstract makes thousands of objects and hardly a cycle, and at Python's own
thresholds looking for cycles takes a twentieth of the time."""

ExtractorOption = Annotated[
    str, typer.Option("--extractor", help="default, or llm: a language model behind an endpoint (docs/llm.md).")
]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="llm: an OpenAI-compatible endpoint.")
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="A folder made by kg train; llm: the model's name."),
]
RateOption = Annotated[
    float | None, typer.Option("--requests-per-minute", metavar="N", min=0, help="llm: at most so many requests.")
]
ConcurrencyOption = Annotated[int, typer.Option("--concurrency", min=1, help="llm: requests at a time.")]
TimeoutOption = Annotated[float, typer.Option("--request-timeout", min=1, help="llm: seconds that an answer may take.")]
PriceInOption = Annotated[
    str | None, typer.Option("--price-in", metavar="P", help="llm: price of a million tokens sent, to tell the cost.")
]
PriceOutOption = Annotated[
    str | None, typer.Option("--price-out", metavar="P", help="llm: price of a million tokens received.")
]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line says about the extractor; ``model`` is a folder, or the name of a language model."""

    name: str = "default"
    base_url: str | None = None
    model: str | None = None
    rate: float | None = None
    concurrency: int = 4
    timeout: float = 120.0
    price_in: str | None = None
    price_out: str | None = None


@contextmanager
def chosen_extractor(settings: Settings, choice: Choice) -> Iterator[Extractor]:
    """The extractor; at the end, however it ends, a language model's cost is told."""
    if choice.name == "default":
        from kg.extraction.pipeline import load_extractor
        from kg.ontology import load_lexicon

        model = None if choice.model is None else Path(choice.model)
        gc.set_threshold(*COLLECT)
        yield load_extractor(lexicon=load_lexicon(*settings.lexicons), model=model)
        return
    if choice.name != "llm":
        raise UsageError(f"no extractor {choice.name!r}; there are: default, llm")
    if not choice.base_url or not choice.model:
        raise UsageError("--extractor llm needs --base-url and --model")
    from kg.extraction.llm import load_llm_extractor

    extractor = load_llm_extractor(
        base_url=choice.base_url,
        model=choice.model,
        requests_per_minute=choice.rate or None,
        concurrency=choice.concurrency,
        timeout=choice.timeout,
        price_in=_price("--price-in", choice.price_in),
        price_out=_price("--price-out", choice.price_out),
    )
    try:
        yield extractor
    finally:
        say(extractor.summary())


def _price(option: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or price < 0:
        raise UsageError(f"{option} is {text!r}; give a price per million tokens, such as 0.15")
    return price
