"""When the next request may be sent: an even pace, a common pause when the server asks for one, an end to waiting."""

from __future__ import annotations

import threading
import time


class Stopped(Exception):
    """Nobody waits for the answer any more."""


def sleep(seconds: float, stop: threading.Event) -> None:
    """Wait, unless ``stop`` is set before the time is over. Raises Stopped."""
    if stop.wait(max(0.0, seconds)):
        raise Stopped


class Pace:
    """Shared by all threads that send; ``per_minute`` requests at most, evenly spaced (None: as fast as they come)."""

    def __init__(self, per_minute: float | None = None) -> None:
        self._gap = 60 / per_minute if per_minute else 0.0
        self._free = 0.0
        self._lock = threading.Lock()

    def wait(self, stop: threading.Event) -> None:
        """Return when a request may be sent. Raises Stopped."""
        while (delay := self._delay()) > 0:
            sleep(delay, stop)
        if stop.is_set():
            raise Stopped

    def _delay(self) -> float:
        """Seconds to wait before asking again; 0 takes the turn."""
        with self._lock:
            now = time.monotonic()
            if now < self._free:
                return self._free - now
            self._free = now + self._gap
            return 0.0

    def hold(self, seconds: float) -> None:
        """Let nobody send for so long."""
        with self._lock:
            self._free = max(self._free, time.monotonic() + seconds)
