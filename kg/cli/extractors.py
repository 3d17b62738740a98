"""Which extractor reads the abstracts, and its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import UsageError
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.build import Extractor


class ExtractorOptions:
    """The options that ``build`` and ``extract`` share."""

    Name = Annotated[str, typer.Option("--extractor", help="default, or llm: a language model behind an endpoint.")]
    BaseUrl = Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="llm: an OpenAI-compatible endpoint.")
    ]
    Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help="llm: the model.")]
    Rate = Annotated[
        float | None, typer.Option("--requests-per-minute", metavar="N", min=0, help="llm: at most so many requests.")
    ]


def make_extractor(
    settings: Settings, name: str, *, base_url: str | None, model: str | None, rate: float | None
) -> Extractor:
    if name == "default":
        from kg.extraction.pipeline import load_extractor
        from kg.ontology import load_lexicon

        return load_extractor(lexicon=load_lexicon(*settings.lexicons))
    raise UsageError(f"no extractor {name!r}; there are: default")
