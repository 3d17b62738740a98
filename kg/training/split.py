"""Which labelled papers are for what, fixed once and for all by their ids."""

from __future__ import annotations

import hashlib

FOLDS = 5
GROUPS = ((0,), (1, 2), (3, 4))
"""Folds that are read by one tagger, trained on all others: three taggers cost less than five."""


def _number(paper_id: str) -> int:
    return int(hashlib.sha256(paper_id.encode()).hexdigest(), 16)


def is_held_out(paper_id: str) -> bool:
    """One paper in ten: never trained on, never looked at for a decision; its figures are taken once, at the end."""
    return _number(paper_id) % 10 == 0


def fold_of(paper_id: str) -> int:
    """The fold of cross-validation, 0 to 4, that a training paper is predicted in."""
    return (_number(paper_id) // 10) % FOLDS
