"""Questions to an OpenAI-compatible endpoint: `POST {base}/chat/completions`, asked again where that may help.

The client is the standard library's: an answer takes seconds, so that a pool of connections saves nothing, and users
need not install another package.
"""

from __future__ import annotations

import http.client
import json
import random
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from kg.errors import EndpointError
from kg.extraction.llm.address import Address
from kg.extraction.llm.pace import Pace, sleep
from kg.extraction.llm.prompt import Message
from kg.extraction.llm.replies import Again, Answer, Declined, read_answer, refusal

_MAX_BODY = 8 * 1024 * 1024
_CHUNK = 64 * 1024


class RequestFailed(Exception):
    """One question got no answer; ``began`` is when it was first asked (monotonic clock)."""

    def __init__(self, message: str, *, began: float) -> None:
        super().__init__(message)
        self.began = began


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``timeout``: seconds for one answer; ``attempts``: how often a question is asked; ``first_wait``: seconds before
    the second attempt, doubled for each one after it up to a minute; ``longest_wait``: no Retry-After beyond it."""

    timeout: float = 120.0
    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 300.0


class Endpoint:
    """One model at one address. Safe to share between threads."""

    def __init__(
        self, address: Address, model: str, *, pace: Pace | None = None, patience: Patience | None = None
    ) -> None:
        self.model = model
        self.last_success = 0.0
        self._address = address
        self._pace = pace or Pace()
        self._patience = patience or Patience()
        self._options: dict[str, Any] = {"temperature": 0, "response_format": {"type": "json_object"}}
        self._opener = urllib.request.build_opener(_NoRedirect)

    def ask(self, messages: Sequence[Message], *, stop: threading.Event, sent: Callable[[], None]) -> Answer:
        """The model's answer to a conversation.

        Raises RequestFailed if this question gets none, EndpointError if none would, Stopped if ``stop`` is set.
        ``sent`` hears of each request.
        """
        began = time.monotonic()
        attempt = 0
        while True:
            self._pace.wait(stop)
            sent()
            options = dict(self._options)
            try:
                answer = self._send({"model": self.model, "messages": list(messages), **options})
            except Again as again:
                attempt += 1
                if attempt >= self._patience.attempts:
                    told = self._address.scrub(str(again))
                    raise RequestFailed(f"{told} ({attempt} attempts)", began=began) from again
                self._wait(attempt, again, stop)
            except Declined as declined:
                unwanted = next((name for name in options if name in declined.told), None)
                if unwanted is None:
                    raise RequestFailed(str(declined), began=began) from declined
                self._options.pop(unwanted, None)
            else:
                self.last_success = time.monotonic()
                return answer

    def _wait(self, attempt: int, again: Again, stop: threading.Event) -> None:
        wait = min(60.0, self._patience.first_wait * 2 ** (attempt - 1)) * random.uniform(0.75, 1.25)
        if again.after is not None:
            if again.after > self._patience.longest_wait:
                raise EndpointError(
                    f"{self._address.shown}: asks to come back in {again.after:.0f} s ({again});"
                    " give the same command again then: what was read is kept"
                )
            wait = again.after or wait
        if again.everyone:
            self._pace.hold(wait)
        else:
            sleep(wait, stop)

    def _send(self, body: Mapping[str, Any]) -> Answer:
        request = urllib.request.Request(
            self._address.url,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", **self._address.headers()},
        )
        deadline = time.monotonic() + self._patience.timeout
        try:
            with self._opener.open(request, timeout=self._patience.timeout) as response:
                return read_answer(_read(response, deadline))
        except urllib.error.HTTPError as error:
            with error:
                raise refusal(error.code, error.headers, _excerpt(error), self._address) from None
        except ssl.SSLCertVerificationError as error:
            raise self._unsafe(error) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise self._unsafe(reason) from error
            raise Again(self._address.scrub(f"{type(reason).__name__}: {reason}")) from error

    def _unsafe(self, error: ssl.SSLCertVerificationError) -> EndpointError:
        return EndpointError(
            f"{self._address.shown}: its certificate is not trusted ({error.verify_message}); set SSL_CERT_FILE"
        )


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The whole body, by the deadline: a server that trickles must not hold us forever."""
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > _MAX_BODY:
            raise Again(f"an answer of more than {_MAX_BODY >> 20} MiB")
        if time.monotonic() > deadline:
            raise TimeoutError("the answer took too long")
    if response.length:
        raise Again(f"the answer broke off, {response.length} bytes short")
    return bytes(body)


def _excerpt(error: IO[bytes]) -> bytes:
    try:
        return error.read(_CHUNK)
    except (OSError, http.client.HTTPException):
        return b""
