"""How each kind of node looks: a colour and a shape, so that neither is needed to tell two kinds apart.

The hues follow Okabe and Ito's palette, safe for colour-blind readers (https://jfly.uni-koeln.de/color/), toned down to
sit on white and on near-black.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """``shape`` is vis-network's name, ``size`` its smallest radius, ``glyph`` the same shape as an SVG path on 16 by
    16; a hollow shape has the colour as its border only."""

    plural: str
    colour: str
    shape: str
    size: int
    glyph: str
    hollow: bool = False


_CIRCLE = "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12Z"
_PILL = "M4 4.5h8a3.5 3.5 0 0 1 0 7H4a3.5 3.5 0 0 1 0-7Z"
_STAR = "M8 1l2 4.9 5.2.4-4 3.4 1.3 5.1L8 12.1l-4.5 2.7 1.3-5.1-4-3.4 5.2-.4Z"

LOOKS: dict[str, Look] = {
    "Benchmark": Look("Benchmarks", "#c9562c", "star", 10, _STAR),
    "Dataset": Look("Datasets", "#c4739f", "diamond", 9, "M8 1l7 7-7 7-7-7Z"),
    "Result": Look("Results", "#d99100", "box", 6, _PILL, hollow=True),
    "Method": Look("Methods", "#2a7fb8", "dot", 7, _CIRCLE),
    "Paper": Look("Papers", "#7d8590", "square", 6, "M2.5 2.5h11v11h-11Z"),
    "Metric": Look("Metrics", "#1a9a77", "triangleDown", 7, "M1.5 3h13L8 14.5Z"),
    "Task": Look("Tasks", "#56a9d6", "triangle", 7, "M8 1.5l6.5 11.5h-13Z"),
    "Organization": Look("Organizations", "#9a8f2b", "hexagon", 8, "M4.5 2h7L15 8l-3.5 6h-7L1 8Z"),
    "Author": Look("Authors", "#8d84a5", "dot", 4, _CIRCLE, hollow=True),
}

_UNKNOWN = Look("Others", "#8d84a5", "dot", 5, _CIRCLE)


def look(label: str) -> Look:
    return LOOKS.get(label, _UNKNOWN)
