"""Sets of words, written as one writes words."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of ``text``, which white space separates."""
    return frozenset(text.split())
