"""Commands about learning: train, evaluate, labels."""

from __future__ import annotations

import typer


def add_to(app: typer.Typer) -> None:
    """Nothing yet."""
