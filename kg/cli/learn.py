"""Commands about learning: labels, and later train and evaluate."""

from __future__ import annotations

import typer

from kg.cli import labels


def add_to(app: typer.Typer) -> None:
    app.add_typer(labels.app, name="labels")
