"""Forms in which names are compared: two mentions of one name in a text differ in case, hyphens and plural only."""

from __future__ import annotations

import re

_SIGNS = {
    "π": "pi", "α": "alpha", "β": "beta", "γ": "gamma", "σ": "sigma", "λ": "lambda", "μ": "mu", "τ": "tau",
    "ε": "epsilon",
}  # fmt: skip
_GREEK = re.compile("|".join(_SIGNS))
_BREAKS = re.compile(r"[^0-9a-z+]+")


def singular(word: str) -> str:
    """``word`` (lower case) without a plural s."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def squeeze(name: str) -> str:
    """``name`` without case, punctuation, spaces and plural: "CIFAR-10", "cifar 10" and "CIFAR10" are one."""
    plain = _GREEK.sub(lambda match: _SIGNS[match[0]], name).casefold()
    return "".join(singular(word) for word in _BREAKS.split(plain))


def is_case_sensitive(name: str) -> bool:
    """Whether case tells the name from a plain word: in acronyms and camel case ("SAM", "DiT") it does."""
    return " " not in name and any(c.isupper() for c in name[1:])
