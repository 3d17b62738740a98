"""Content negotiation by RFC 9110: which of the media types on offer a client likes best."""

from __future__ import annotations

from collections.abc import Iterable


def choose(accept: str | None, offers: Iterable[str]) -> str | None:
    """The media type that the header prefers; of those it likes equally, the first on offer.

    None where it accepts none of them. No header, or an empty one, accepts everything.
    """
    ranges = _ranges(accept or "*/*")
    best, highest = None, 0.0
    for media_type in offers:
        quality = _quality(media_type, ranges)
        if quality > highest:
            best, highest = media_type, quality
    return best


def _quality(media_type: str, ranges: dict[str, float]) -> float:
    """The quality of the most specific range that covers the type."""
    for covering in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if covering in ranges:
            return ranges[covering]
    return 0.0


def _ranges(accept: str) -> dict[str, float]:
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        if media_range:
            ranges[media_range.lower()] = max(_weight(parameters), ranges.get(media_range.lower(), 0.0))
    return ranges or {"*/*": 1.0}


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value.strip())))
            except ValueError:
                return 0.0
    return 1.0
