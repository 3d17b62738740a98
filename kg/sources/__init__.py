"""From files to papers: one reader per format, the right one found by looking at the content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.errors import InputError
from kg.model import Paper
from kg.sources.fault import Fault, OnFault
from kg.sources.files import Source, find_files, unreadable
from kg.sources.formats import FORMATS, Format, format_of

__all__ = ["FORMATS", "Fault", "Format", "OnFault", "find_files", "read"]


def read(path: Path, *, on_fault: OnFault) -> Iterator[Paper]:
    """The papers of one file, in its order.

    What is broken in it is told to ``on_fault``, and the rest is read. Raises InputError if nothing of the file can be
    read: it does not exist, is empty, or is of none of the :data:`FORMATS`. The same paper may come twice.
    """
    try:
        with path.open("rb") as file:
            source = Source(path, file, on_fault)
            yield from format_of(source).read(source)
            if source.damage:
                source.fault(0, source.damage)
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:
        raise InputError(f"{str(path)!r} cannot be opened: {error}") from error
