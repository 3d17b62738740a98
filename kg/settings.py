"""What the environment and the command line decide, gathered once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import UsageError
from kg.schema import DATA_IRI


@dataclass(frozen=True, slots=True)
class Settings:
    """``workspace``: the SQLite file; ``lexicons``: the user's own lexicon files; ``base``: where data IRIs begin;
    ``min_confidence``: the probability below which results and comparisons stay out of the graph."""

    workspace: Path = Path("kg.db")
    lexicons: tuple[Path, ...] = ()
    base: str = DATA_IRI
    min_confidence: float = 0.0


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ``KG_WORKSPACE``, ``KG_LEXICON`` (files, separated as in PATH), ``KG_BASE_IRI`` and
    ``KG_MIN_CONFIDENCE``. Raises UsageError where a value cannot be used."""
    lexicons = [Path(name) for name in environment.get("KG_LEXICON", "").split(os.pathsep) if name]
    return Settings(
        workspace=Path(environment.get("KG_WORKSPACE") or "kg.db"),
        lexicons=tuple(lexicons),
        base=environment.get("KG_BASE_IRI") or DATA_IRI,
        min_confidence=_probability("KG_MIN_CONFIDENCE", environment.get("KG_MIN_CONFIDENCE") or "0"),
    )


def _probability(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"{name} is {text!r}; give a number from 0 to 1")
    return value
