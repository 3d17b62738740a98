"""An extractor that asks a language model behind an OpenAI-compatible endpoint; believed is what the text holds."""

from __future__ import annotations

from kg.extraction.llm.extractor import LLMExtractor, load_llm_extractor

__all__ = ["LLMExtractor", "load_llm_extractor"]
