"""Where the model is asked, and the key that opens the door, which no message may show."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from kg import __version__
from kg.errors import UsageError

_PATH = "/chat/completions"
KEY = "KG_LLM_API_KEY"
OPENAI_KEY = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class Address:
    """``url`` is the full one; ``shown`` is it without a query, for messages."""

    url: str
    shown: str
    key: str | None = field(default=None, repr=False)

    def headers(self) -> dict[str, str]:
        headers = {"User-Agent": f"mlkg/{__version__}", "Accept": "application/json"}
        return {**headers, "Authorization": f"Bearer {self.key}"} if self.key else headers

    def scrub(self, text: str) -> str:
        """``text`` without the key, in case a server repeats it."""
        return text.replace(self.key, "***") if self.key else text


def make_address(base_url: str, *, environment: Mapping[str, str] = os.environ) -> Address:
    """The address of ``base_url`` ("https://api.example.org/v1"), with the key that the environment holds for it.

    The key is ``KG_LLM_API_KEY``; for openai.com alone also ``OPENAI_API_KEY``, which is for nobody else to see.
    Raises UsageError for a URL or a key that cannot be used.
    """
    parts = _split(base_url.strip())
    path = parts.path.rstrip("/")
    url = parts._replace(path=path if path.endswith(_PATH) else path + _PATH, fragment="")
    host = parts.hostname or ""
    key = environment.get(KEY, "").strip()
    if not key and (host == "openai.com" or host.endswith(".openai.com")):
        key = environment.get(OPENAI_KEY, "").strip()
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise UsageError(f"the key in {KEY} or {OPENAI_KEY} holds characters that no key has; set it again")
    return Address(url.geturl(), url._replace(query="").geturl(), key or None)


def _split(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        parts.port  # noqa: B018 raises for a port that is no number
    except ValueError as error:
        raise UsageError(f"{base_url!r} is not a URL ({error}); write https://HOST/v1") from error
    if "@" in parts.netloc:
        raise UsageError(f"a URL may not carry a password; put the key into {KEY}")
    is_plain = base_url.isascii() and base_url.isprintable() and " " not in base_url
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise UsageError(f"{base_url!r} is not the address of an endpoint; write https://HOST/v1")
    return parts
