"""What the endpoint was asked for and what it cost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class Usage:
    """Counts of one extractor's life; ``unmetered`` are answers that did not tell their tokens.

    ``dropped`` counts what the model said and the text does not hold, by reason.
    """

    papers: int = 0
    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    unmetered: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self) -> None:
        with self._lock:
            self.papers += 1

    def sent(self) -> None:
        with self._lock:
            self.requests += 1

    def answered(self, usage: Any) -> None:
        """Add the ``usage`` of an answer: {"prompt_tokens": …, "completion_tokens": …}."""
        counts = [
            usage.get(name) if isinstance(usage, Mapping) else None for name in ("prompt_tokens", "completion_tokens")
        ]
        with self._lock:
            if all(isinstance(count, int) and count >= 0 for count in counts):
                self.tokens_in += counts[0] or 0
                self.tokens_out += counts[1] or 0
            else:
                self.unmetered += 1

    def drop(self, reasons: Mapping[str, int]) -> None:
        with self._lock:
            self.dropped.update(reasons)

    def cost(self, price_in: Decimal, price_out: Decimal) -> Decimal:
        """In the currency of the prices, which are per million tokens."""
        return (self.tokens_in * price_in + self.tokens_out * price_out) / 1_000_000

    def summary(self, *, price_in: Decimal | None = None, price_out: Decimal | None = None) -> str:
        """A sentence or two for people."""
        told = [f"{self.requests:,} requests for {self.papers:,} papers"]
        told.append(f"{self.tokens_in:,} tokens in, {self.tokens_out:,} out")
        if price_in is not None or price_out is not None:
            told.append(f"cost {self.cost(price_in or Decimal(0), price_out or Decimal(0)):,.4f}")
        if self.unmetered:
            told.append(f"{self.unmetered:,} answers did not tell their tokens: the true sums are higher")
        if self.dropped:
            told.append("dropped: " + ", ".join(f"{n:,} {reason}" for reason, n in sorted(self.dropped.items())))
        return "; ".join(told)
