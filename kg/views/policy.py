"""What a page may do: run the scripts and use the styles that were written into it, known by their hashes, and nothing
else. No address can be fetched, so the page opens the same with no network, and no text that slipped through as markup
could run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from kg.errors import KGError


def policy(*, styles: Iterable[str], scripts: Iterable[str]) -> str:
    """The value of a Content-Security-Policy that allows exactly these inline elements."""
    rules = {
        "default-src": "'none'",
        "script-src": _hashes(scripts),
        "style-src": _hashes(styles),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def program_of(*files: Path) -> str:
    """Scripts as the text of one ``<script>``. Raises KGError where a file could close the element early."""
    return _inline(files, "</script")


def style_of(*files: Path) -> str:
    return _inline(files, "</style")


def _inline(files: Iterable[Path], end: str) -> str:
    # A browser reads CR LF as LF before it takes the hash.
    text = "\n".join(file.read_text("utf-8").replace("\r\n", "\n") for file in files)
    if re.search(f"{end}|<!--", text, re.IGNORECASE):
        raise KGError(f"{', '.join(file.name for file in files)} holds {end} or <!-- and cannot stand inside a page")
    return text


def _hashes(texts: Iterable[str]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
