"""Long work in steps: what is finished is kept under a name that tells what it was made from, and is not made twice."""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

Job = TypeVar("Job")
Done = TypeVar("Done")


def digest(*parts: object) -> str:
    """Twelve figures that tell one input from another: of arrays by name, and of what JSON can hold."""
    whole = hashlib.sha256()
    for part in parts:
        if isinstance(part, dict) and any(isinstance(value, np.ndarray) for value in part.values()):
            for name in sorted(part):
                whole.update(name.encode() + np.ascontiguousarray(part[name]).tobytes())
        else:
            whole.update(json.dumps(part, sort_keys=True).encode("utf-8", "surrogatepass"))
    return whole.hexdigest()[:12]


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_hash() -> str:
    """Twelve figures that change with the program's own extraction and training."""
    whole = hashlib.sha256()
    for package in ("extraction", "training"):
        for path in sorted((Path(__file__).parent.parent / package).glob("*.py")):
            whole.update(path.read_bytes())
    return whole.hexdigest()[:12]


@contextmanager
def finished(path: Path) -> Iterator[Path]:
    """A path to write to, which becomes ``path`` only when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"draft-{path.name}")
    yield draft
    draft.replace(path)


def save(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays by name as an .npz file, compressed; whoever is stopped meanwhile leaves none."""
    with finished(path) as draft:
        np.savez_compressed(draft, **dict[str, Any](arrays))


def load(path: Path) -> dict[str, Any]:
    with np.load(path) as arrays:
        return dict(arrays)


def run_all(work: Callable[[Job], Done], jobs: Sequence[Job], *, processes: int) -> Iterable[Done]:
    """``work`` done on each job, in order; in so many processes, each of which ends with this one."""
    if processes == 1 or len(jobs) < 2:
        yield from map(work, jobs)
        return
    context = multiprocessing.get_context("spawn")
    level = logging.getLogger("kg.training").getEffectiveLevel()
    with context.Pool(min(processes, len(jobs)), _begin, (level,)) as pool:
        yield from pool.imap(work, jobs)


def _begin(level: int) -> None:
    """In a process of its own: an interruption ends it without a word, and it tells how far it is as the first does."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    logging.getLogger("kg.training").setLevel(level)
