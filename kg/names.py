"""When two names are the same name.

Folding is conservative: markup, case, hyphens, spaces and a plural do not count ("CIFAR-10", "CIFAR10"); figures, a
sign such as "+", "@" or "*", and a break between two figures do ("HumanEval+", "pass@10", "Llama-2-7B", "Llama-27B").
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "ν": "nu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega",
}  # fmt: skip
_FONT = re.compile(r"\\(?:text\w*|math\w*|emph|bf|it|rm|tt|sc|boldsymbol)(?![A-Za-z])")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_ARTICLES = ("the", "a", "an", "our", "its", "their")
_ARTICLE = re.compile(rf"^(?:{'|'.join(_ARTICLES)})\s+(?=\S)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SIGNS = "+@#*"
_SLUG_SIGNS = {"+": "-plus", "@": "-at-", "#": "-sharp", "*": "-star"}


def _singular(word: str) -> str:
    """The word without a plural ending; "DeiT-S", "BLEUS" and "YOLOv5s" keep theirs: capital, or after a figure."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "suiS0123456789":
        return word[:-1]
    return word


def _plain(name: str) -> str:
    """The name without LaTeX markup, compatibility forms and an article."""
    text = unicodedata.normalize("NFKC", name)
    text = _FONT.sub(" ", text)
    text = _COMMAND.sub(lambda match: match[1], text)
    text = text.translate({ord(c): " " for c in "${}~"})
    return _ARTICLE.sub("", " ".join(text.split()))


@lru_cache(maxsize=65536)
def fold_name(name: str) -> str:
    """The form in which names are compared; equal forms are one name. "" where nothing is left."""
    text = _WORD.sub(lambda match: _singular(match[0]), _plain(name)).casefold()
    text = "".join(_GREEK.get(c, c) for c in text)
    folded: list[str] = []
    gap = False
    for i, c in enumerate(text):
        point = c == "." and folded and folded[-1].isdigit() and not gap and text[i + 1 : i + 2].isdigit()
        if c.isalnum() or unicodedata.combining(c) or c in _SIGNS or point:
            if gap and c.isdigit() and folded and folded[-1].isdigit():
                folded.append("-")
            folded.append(c)
            gap = False
        else:
            gap = True
    return "".join(folded)


def slug(folded: str) -> str:
    """An ASCII key for an identifier, different for different folded names: letters, figures, "." and "-"."""
    text = "".join(_SLUG_SIGNS.get(c, c) for c in folded)
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    ascii_ = re.sub(r"[^a-z0-9.-]", "", ascii_).strip("-.")
    if ascii_ == text and 0 < len(ascii_) <= 80:
        return ascii_
    digest = hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{ascii_[:71]}-{digest}".lstrip("-.")


# British and American endings, and the few stems that titles really differ in.
_SPELLINGS = (
    (re.compile(r"(?<=[a-z])our(?=s|ed|ing|ful|less|$)"), "or"),
    (re.compile(r"is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)"), "iz"),
    (re.compile(r"ys(?=(?:e|es|ed|er|ers|ing)$)"), "yz"),
    (re.compile(r"(?<=[a-z])tre(?=s?$)"), "ter"),
    (re.compile(r"ll(?=(?:ed|ing|er|ers)$)"), "l"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"^grey"), "gray"),
    (re.compile(r"ence(?=s?$)"), "ense"),
)


def fold_title(title: str) -> str:
    """The form in which titles are compared: words of letters and figures; no markup, case or article at the front."""
    words = _WORD.findall(_plain(title).casefold())
    first = next((i for i, word in enumerate(words[:-1]) if word not in _ARTICLES), len(words) - 1)
    return " ".join(words[max(first, 0) :])


def fold_spelling(title: str) -> str:
    """:func:`fold_title` with British and American spellings made one; meaningful only beside equal abstracts."""
    words = []
    for word in fold_title(title).split():
        for pattern, plain in _SPELLINGS:
            word = pattern.sub(plain, word)
        words.append(word)
    return " ".join(words)
