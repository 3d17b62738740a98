"""What could not be read, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file that did not stop the reading of the rest.

    ``line`` is 1-based, 0 for the file as a whole. ``message`` says what was wrong and what to do. ``kept`` is true if
    the paper was kept all the same (only a detail of it, such as a date that nobody can read, was left out).
    """

    file: str
    line: int
    message: str
    kept: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class Broken(Exception):
    """A record that cannot become a paper; the reader turns it into a :class:`Fault` and goes on."""


OnFault = Callable[[Fault], None]
Note = Callable[[str], None]
