"""Which paragraphs of a page are titles and which are abstracts.

Counting lines would do for a perfect page, and shift every pair after the first missing line. So each paragraph is
judged by its own look, and the order (a title, then its abstract) decides only where the look does not: the cheapest
labelling of the whole page is found by dynamic programming (Viterbi).
"""

from __future__ import annotations

import re

TITLE, ABSTRACT = 0, 1

# Not after a question mark: "Ready for the Road? A Benchmark" is a title.
_SENTENCE_BREAK = re.compile(r"[a-z)\d%\]][.!] +[A-Z]")
_FULL_STOP = re.compile(r"[.…][\"'”’)\]]*$")
_PROSE = re.compile(r"\b(?:we|our|this (?:paper|work|study|article)|is|are|was|were|has|have)\b", re.IGNORECASE)
# Two papers in a row without abstracts (2 * 3) must stay cheaper than to take a plain title for an abstract (7).
_OUT_OF_ORDER = 3.0


def leaning(text: str) -> float:
    """Above zero: looks like an abstract; below: like a title. The size is the cost of deciding otherwise."""
    score = 0.0
    for length, weight in ((120, 1.0), (160, 2.0), (250, 3.0), (400, 6.0)):
        score += weight if len(text) > length else 0.0
    breaks = len(_SENTENCE_BREAK.findall(text))
    stop = bool(_FULL_STOP.search(text))
    score += 1.5 * min(breaks, 2) + 3.0 * stop + 1.0 * bool(_PROSE.search(text))
    return score - 7.0 if not breaks and not stop else score - 2.0


def label(texts: list[str], closed: list[bool]) -> list[int]:
    """TITLE or ABSTRACT for each paragraph; ``closed`` says that small print follows it, which ends a paper."""
    costs = [0.0, _OUT_OF_ORDER]
    paths: list[tuple[int, int]] = []
    for at, text in enumerate(texts):
        lean = leaning(text)
        own = (max(0.0, lean), max(0.0, -lean))
        fresh = at > 0 and closed[at - 1]
        if at:
            steps = [[_step(before, now, fresh) + costs[before] for before in (0, 1)] for now in (0, 1)]
            paths.append((steps[0].index(min(steps[0])), steps[1].index(min(steps[1]))))
            costs = [min(steps[0]), min(steps[1])]
        costs = [costs[0] + own[0], costs[1] + own[1]]
    if not texts:
        return []
    labels = [TITLE if costs[TITLE] + _OUT_OF_ORDER < costs[ABSTRACT] else ABSTRACT]
    for back in reversed(paths):
        labels.append(back[labels[-1]])
    return labels[::-1]


def _step(before: int, now: int, fresh: bool) -> float:
    if fresh and now == ABSTRACT:
        return _OUT_OF_ORDER * 2
    return 0.0 if before != now else _OUT_OF_ORDER
