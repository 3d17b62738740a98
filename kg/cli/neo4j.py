"""How the commands reach a Neo4j server: where it is, and who asks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.stores.neo4j_store import Neo4jStore

UriOption = Annotated[
    str | None, typer.Option("--neo4j", metavar="URI", help="The server, as bolt://localhost:7687 [$NEO4J_URI].")
]
UserOption = Annotated[str | None, typer.Option("--user", metavar="NAME", help="[$NEO4J_USERNAME, else neo4j]")]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="A file that holds the password, or user/password as Neo4j's NEO4J_AUTH [$NEO4J_PASSWORD_FILE];"
        " else $NEO4J_PASSWORD, else a prompt.",
    ),
]


def connect(uri: str | None, user: str | None, password_file: Path | None) -> Neo4jStore:
    """A connection to the server that the options and the environment name."""
    from kg.stores.neo4j_store import Neo4jStore

    uri = uri or os.environ.get("NEO4J_URI")
    if not uri:
        raise UsageError("which server? Give --neo4j bolt://localhost:7687, or set NEO4J_URI")
    name, password = _credentials(user, password_file)
    return Neo4jStore(uri, name, password)


def _credentials(user: str | None, file: Path | None) -> tuple[str, str]:
    name = user or os.environ.get("NEO4J_USERNAME") or "neo4j"
    if file is None and os.environ.get("NEO4J_PASSWORD_FILE"):
        file = Path(os.environ["NEO4J_PASSWORD_FILE"])
    if file is not None:
        try:
            secret = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: the password cannot be read from it ({error})") from error
        prefix, slash, rest = secret.partition("/")
        return (user or prefix, rest) if slash else (name, secret)
    if "NEO4J_PASSWORD" in os.environ:
        return name, os.environ["NEO4J_PASSWORD"]
    if not sys.stdin.isatty():
        raise UsageError("no password: set NEO4J_PASSWORD, or give --password-file")
    return name, str(typer.prompt(f"Password of {name}", hide_input=True, err=True))
