"""Single characters in the form in which names and numbers are compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_SIGNS = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"',
    "‐": "-", "‑": "-", "−": "-", "‒": "–", "―": "—",
    "∼": "~", "～": "~", "µ": "μ", "ˆ": "^", "⁻": "^-", "⁺": "^+", "∗": "*", "⋅": "·", "∙": "·",
    "✕": "×", "✖": "×", "⨯": "×",
    "™": "", "®": "", "©": "", "\u2028": " ", "\u2029": " ", "\u0085": " ",
}  # fmt: skip


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    """One character in its plain form: full width, styled letters and ligatures undone, control characters gone."""
    if character < "\x7f":
        return character if character >= " " or character in "\t\n" else ""
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") or character in "\ufe0e\ufe0f":
        return ""
    plain = unicodedata.normalize("NFKC", character).replace("\u2044", "/")
    if unicodedata.decomposition(character).startswith("<super>"):
        return "^" + plain if plain.isdigit() else plain
    return plain if len(plain) <= 4 and not plain.startswith(" ") else character
