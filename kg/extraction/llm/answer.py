"""From what a model wrote to the object that it was asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

LISTS = ("entities", "results", "comparisons")

_THOUGHT = re.compile(r"\A.*?</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z0-9]*[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(\\|["/bfnrt]|u[0-9a-fA-F]{4})?')


class UnusableAnswer(Exception):
    """What the model wrote is not the object that it was asked for."""


def parse_answer(content: str) -> Mapping[str, list[Any]]:
    """The object in an answer, which may stand after a train of thought, in a Markdown fence or among words.

    Numbers are decimals with the figures as written. Raises UnusableAnswer.
    """
    fault = "there is no JSON object in it"
    for text in _candidates(_THOUGHT.sub("", content, count=1)):
        try:
            value, _ = _DECODER.raw_decode(text)
        except RecursionError:
            fault = "it is nested too deeply"
        except ValueError as error:
            fault = f"it is not valid JSON ({error})"
        else:
            if wrong := _wrong(value):
                fault = wrong
            else:
                return {name: value[name] for name in LISTS}
    raise UnusableAnswer(fault)


def _candidates(text: str) -> Iterator[str]:
    """Where the object may begin, the likeliest first; each also with its stray backslashes doubled (``"86.6\\%"``)."""
    places = [match[1] for match in _FENCE.finditer(text)] + [text]
    for place in places:
        start = place.find("{")
        if start >= 0:
            yield place[start:]
            yield _BAD_ESCAPE.sub(lambda match: match[0] if match[1] else r"\\", place[start:])


def _wrong(value: Any) -> str:
    """What is wrong with the form of a decoded value; "" if nothing is."""
    if not isinstance(value, dict):
        return f"it is a JSON {type(value).__name__}, not an object"
    for name in LISTS:
        if not isinstance(value.get(name), list):
            return f'it lacks the list "{name}"'
    return ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse, strict=False)
