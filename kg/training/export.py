"""From the trained torch module to the arrays that ``kg.extraction.network`` computes with."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kg.training.network import ATTENTION_BEFORE, DILATIONS, HEADS, Tagger


def to_arrays(model: Tagger, *, kind: type[np.floating[Any]] = np.float16) -> dict[str, npt.NDArray[Any]]:
    """All weights by name, in half precision unless told otherwise, and the shape of the network."""
    weights = {name: value.detach().float().numpy().astype(kind) for name, value in model.state_dict().items()}
    return {**weights, "dilations": np.array(DILATIONS), "attention": np.array([ATTENTION_BEFORE, HEADS])}
