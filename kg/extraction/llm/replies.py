"""What a reply of the endpoint means: an answer, try again, not this question, or never."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message as Headers
from email.utils import parsedate_to_datetime
from typing import Any

from kg.errors import EndpointError
from kg.extraction.llm.address import KEY, Address

_AGAIN = frozenset((408, 409, 425, 429))
_OF_THIS_QUESTION = frozenset((400, 413, 422))
_HINTS = {
    401: f"set {KEY} to a key that is valid there",
    402: "the account there has nothing left to pay with",
    403: f"set {KEY} to a key that may use the model",
    404: "check --base-url (it mostly ends in /v1) and --model",
    405: "check --base-url (it mostly ends in /v1)",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` as the model wrote it; ``cut`` if it ran out of tokens; ``usage`` as the endpoint tells it."""

    text: str
    cut: bool = False
    usage: Any = None


class Again(Exception):
    """The same question may be answered later: after ``after`` seconds, if told. ``everyone`` should wait so long."""

    def __init__(self, message: str, *, after: float | None = None, everyone: bool = False) -> None:
        super().__init__(message)
        self.after = after
        self.everyone = everyone


class Declined(Exception):
    """The endpoint does not take this question; ``told`` is what it says of it."""

    def __init__(self, message: str, told: str) -> None:
        super().__init__(message)
        self.told = told


def read_answer(body: bytes) -> Answer:
    """The answer in the body of a reply with status 200. Raises Again if there is none."""
    try:
        reply = json.loads(body)
        choice = reply["choices"][0]
        content = choice["message"].get("content")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        told = body[:200].decode("utf-8", "replace")
        raise Again(f"the reply is no chat completion ({type(error).__name__}): {told!r}") from error
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return Answer(
        content if isinstance(content, str) else "", choice.get("finish_reason") == "length", reply.get("usage")
    )


def refusal(status: int, headers: Headers, body: bytes, address: Address) -> Exception:
    """The error that a reply with another status than 200 means."""
    told = address.scrub(_told(body))
    message = f"HTTP {status}" + (f": {told[:300]}" if told else "")
    if status == 429 and "insufficient_quota" in told:
        return EndpointError(f"{address.shown}: {message}; the account there has nothing left to pay with")
    if status in _AGAIN or status >= 500:
        return Again(message, after=retry_after(headers.get("Retry-After")), everyone=status in (429, 503))
    if status in _OF_THIS_QUESTION:
        return Declined(message, told)
    hint = _HINTS.get(
        status, "it leads elsewhere: give the address it leads to" if status < 400 else "ask its operator"
    )
    return EndpointError(f"{address.shown}: {message}; {hint}")


def _told(body: bytes) -> str:
    """What an error's body says: its message, parameter and code if it is JSON, else its beginning."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text)
        error = value.get("error", value)
        if isinstance(error, Mapping):
            parts = [str(error[name]) for name in ("message", "detail", "param", "code") if error.get(name)]
            return " ".join(" ".join(parts).split()) or " ".join(text.split())
        return " ".join(str(error).split())
    except (ValueError, AttributeError, RecursionError):
        return " ".join(text.split())


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header (seconds or a date) asks to wait; None if it does not say."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None
