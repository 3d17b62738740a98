"""The TeX that only BibTeX needs: accents and the braces that protect capitals. Mathematics stays as it is."""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323", "b": "\u0331",
    "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ",
}  # fmt: skip
_ACCENT = re.compile(
    r"""\\(?:(["'`^~=.])\s*|([uvHcdbkr])(?:\s+|(?=\{)))(?:\{\s*\\?([A-Za-z])\s*\}|\\([ij])(?![A-Za-z])|([A-Za-z]))"""
)
_LETTER = re.compile(rf"\\({'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|\s+)?")
_MATH = re.compile(r"(?<!\\)(\$\$.+?\$\$|\$.+?(?<!\\)\$|\\\(.+?\\\))", re.DOTALL)
# A command, its option, or its argument before this one (other closing braces are gone by then).
_TAKES_ARGUMENT = re.compile(r"(?:\\[A-Za-z]+\*?(?:\[[^\]]*\])?|[\^_]|(?<!\\)\})\Z")


def untexed(text: str) -> str:
    """``text`` with accents as letters and without the braces that are no command's argument."""
    parts = _MATH.split(text)
    # Every second part is what the pattern caught.
    return "".join(part if at % 2 else _unbraced(_accented(part)) for at, part in enumerate(parts))


def _accented(text: str) -> str:
    text = _ACCENT.sub(_composed, text)
    return _LETTER.sub(lambda found: _LETTERS[found[1]], text)


def _composed(found: re.Match[str]) -> str:
    letter = found[3] or found[4] or found[5]
    return unicodedata.normalize("NFC", letter + _COMBINING[found[1] or found[2]])


def _unbraced(text: str) -> str:
    kept: list[str] = []
    arguments: list[bool] = []
    for at, character in enumerate(text):
        escaped = at > 0 and text[at - 1] == "\\"
        if character == "{" and not escaped:
            arguments.append(bool(_TAKES_ARGUMENT.search("".join(kept[-40:]))))
            if not arguments[-1]:
                continue
        elif character == "}" and not escaped and (not arguments or not arguments.pop()):
            continue
        kept.append(character)
    return "".join(kept)
