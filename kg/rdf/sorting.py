"""Sorts more rows than memory should hold."""

from __future__ import annotations

import heapq
import marshal
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any, TypeVar

Row = TypeVar("Row", bound=tuple[Any, ...])

_BLOCK = 500


def external_sort(rows: Iterator[Row], *, chunk: int) -> Iterator[Row]:
    """The rows in ascending order, with about ``chunk`` of them in memory at a time.

    Rows are tuples of what :mod:`marshal` knows; no two may compare equal up to a field that has no order. Chunks are
    sorted and spooled to one temporary file, removed at the end; chunks that follow on from each other are one run, so
    that rows which come sorted are only copied.
    """
    first = sorted(islice(rows, chunk))
    if len(first) < chunk:
        yield from first
        return
    with tempfile.TemporaryFile(prefix="kg-sort-") as spool:
        last = first[-1]
        runs = [_write(spool, first)]
        del first
        while block := sorted(islice(rows, chunk)):
            follows = last < block[0]
            last = block[-1]
            places = _write(spool, block)
            if follows:
                runs[-1] += places
            else:
                runs.append(places)
        del block
        yield from heapq.merge(*(_read(spool, run) for run in runs)) if len(runs) > 1 else _read(spool, runs[0])


def _write(spool: IO[bytes], rows: list[Row]) -> list[tuple[int, int]]:
    """The places (offset, length) of the blocks in which the rows now stand."""
    places = []
    for start in range(0, len(rows), _BLOCK):
        block = marshal.dumps(rows[start : start + _BLOCK])
        places.append((spool.tell(), len(block)))
        spool.write(block)
    return places


def _read(spool: IO[bytes], places: list[tuple[int, int]]) -> Iterator[Any]:
    for offset, length in places:
        spool.seek(offset)
        yield from marshal.loads(spool.read(length))
