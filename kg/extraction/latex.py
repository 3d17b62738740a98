"""What LaTeX commands that occur in titles and abstracts look like when read as plain text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]

_SIGNS = {
    "times": "×", "pm": "±", "mp": "∓", "sim": "~", "simeq": "≈", "approx": "≈", "leq": "≤", "le": "≤",
    "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "neq": "≠", "ne": "≠", "ll": "<<",
    "gg": ">>", "lt": "<", "gt": ">", "to": "→", "rightarrow": "→", "Rightarrow": "⇒", "leftarrow": "←",
    "leftrightarrow": "↔", "uparrow": "↑", "downarrow": "↓", "infty": "∞", "circ": "°", "degree": "°",
    "cdot": "·", "ldots": "...", "dots": "...", "cdots": "...", "textellipsis": "...", "ell": "l",
    "percent": "%", "textpercent": "%", "infinity": "∞", "in": "∈", "subset": "⊂", "cup": "∪", "cap": "∩",
    "sqrt": "√", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂", "nabla": "∇", "forall": "∀",
    "exists": "∃", "ast": "*", "star": "*", "dagger": "†", "textdegree": "°", "texttimes": "×",
    "textpm": "±", "textmu": "μ", "textsim": "~", "div": "÷", "textasciitilde": "~",
    "textasciicircum": "^", "textbackslash": "\\", "textunderscore": "_", "textendash": "–",
    "textemdash": "—", "textquotesingle": "'", "textregistered": "®", "texttrademark": "™",
    "copyright": "©", "S": "§", "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ",
    "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "i", "j": "j", "quad": " ", "qquad": " ",
    "space": " ", "newline": " ", "par": " ", "item": " ", "varepsilon": "ε", "vartheta": "θ",
    "varphi": "φ", "varrho": "ρ", "varsigma": "σ", "LaTeX": "LaTeX", "TeX": "TeX", "langle": "<",
    "rangle": ">", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "vert": "|", "mid": "|",
    "lbrace": "{", "rbrace": "}", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "colon": ":",
}  # fmt: skip

_SILENT = [
    "text",
    "textbf",
    "textit",
    "texttt",
    "textsc",
    "textsf",
    "textrm",
    "textup",
    "textmd",
    "textnormal",
    "textsl",
    "textsuperscript",
    "textsubscript",
    "emph",
    "underline",
    "mathrm",
    "mathbf",
    "mathit",
    "mathsf",
    "mathtt",
    "mathcal",
    "mathbb",
    "mathfrak",
    "mathscr",
    "mathnormal",
    "boldsymbol",
    "bm",
    "pmb",
    "bf",
    "it",
    "rm",
    "tt",
    "sc",
    "sf",
    "sl",
    "em",
    "bfseries",
    "itshape",
    "rmfamily",
    "ttfamily",
    "scshape",
    "sffamily",
    "normalfont",
    "small",
    "large",
    "Large",
    "tiny",
    "footnotesize",
    "scriptsize",
    "normalsize",
    "left",
    "right",
    "big",
    "Big",
    "bigg",
    "Bigg",
    "bigl",
    "bigr",
    "Bigl",
    "Bigr",
    "operatorname",
    "mathop",
    "mathrel",
    "mathbin",
    "ensuremath",
    "mbox",
    "hbox",
    "fbox",
    "makebox",
    "url",
    "nolinkurl",
    "footnote",
    "uline",
    "uwave",
    "xspace",
    "protect",
    "noindent",
    "centering",
    "displaystyle",
    "textstyle",
    "limits",
    "nolimits",
    "overline",
    "underbrace",
    "overbrace",
    "widehat",
    "widetilde",
    "hat",
    "tilde",
    "bar",
    "vec",
    "dot",
    "ddot",
    "textcolor",
    "color",
    "nobreakspace",
    "thinspace",
    "relax",
    "null",
]


def _symbols() -> dict[str, str]:
    table = dict(_SIGNS)
    for name in _GREEK:
        letter = unicodedata.lookup(f"GREEK SMALL LETTER {'LAMDA' if name == 'lambda' else name.upper()}")
        table[name] = letter
        table[name.capitalize()] = letter.upper()
    table.update(dict.fromkeys(_SILENT, ""))
    return table


SYMBOLS: Mapping[str, str] = MappingProxyType(_symbols())
"""Command name (without backslash) to what it reads as; the empty string for commands that only set type."""

_MARKS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
}
_MARKS |= {"c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a"}


def accented(mark: str, letter: str) -> str:
    r"""The letter under the accent that LaTeX writes as ``\mark{letter}``: ``accented('"', "o")`` is ö."""
    return unicodedata.normalize("NFC", letter + _MARKS[mark])


def read_command(name: str) -> str:
    """What the command stands for; one that is unknown (an author's macro) reads as its own name."""
    return SYMBOLS.get(name, name)
