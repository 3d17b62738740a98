"""Work done by several threads ahead of who waits for it, handed over in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ahead(
    work: Callable[[T], R], items: Iterable[T], *, workers: int, window: int
) -> Iterator[tuple[T, Future[R], Sequence[Future[R]]]]:
    """(item, its outcome, the outcomes after it that have been begun) in order of the items.

    At most ``workers`` items are worked on at a time, at most ``window`` are begun beyond those handed over. The
    threads are daemons: a process that is interrupted need not wait for an answer.
    """
    places = threading.Semaphore(workers)
    rest = iter(items)
    begun: deque[tuple[T, Future[R]]] = deque()
    while True:
        begun.extend((item, _begin(work, item, places)) for item in islice(rest, max(1, window) - len(begun)))
        if not begun:
            return
        item, outcome = begun.popleft()
        outcome.exception()  # waits; the next items are being worked on
        yield item, outcome, [later for _, later in begun]


def _begin(work: Callable[[T], R], item: T, places: threading.Semaphore) -> Future[R]:
    outcome: Future[R] = Future()

    def run() -> None:
        with places:
            try:
                outcome.set_result(work(item))
            except BaseException as error:
                outcome.set_exception(error)

    threading.Thread(target=run, name="kg-llm", daemon=True).start()
    return outcome
