"""arXiv identifiers: the two schemes of https://info.arxiv.org/help/arxiv_identifier.html, and the month they tell."""

from __future__ import annotations

import re

_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    "|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph"
    "|q-alg|q-bio|quant-ph|solv-int|stat|supr-con"
)
_NEW = re.compile(r"(\d\d)(0[1-9]|1[0-2])\.(\d{4,5})(?:v\d+)?", re.ASCII)
_OLD = re.compile(
    rf"({_ARCHIVES})(?:\.[A-Za-z]{{2}}|\.[a-z]+-[a-z]+)?/((\d\d)(0[1-9]|1[0-2])\d{{3}})(?:v\d+)?", re.ASCII
)
_PREFIX = re.compile(
    r"(?:https?://)?(?:"
    r"(?:www\.|export\.|browse\.)?arxiv\.org/(?:abs|pdf|html|format|src)/"
    r"|(?:www\.)?alphaxiv\.org/(?:abs|pdf|overview)/"
    r"|(?:www\.)?(?:huggingface\.co|hf\.co)/papers/"
    r"|ar5iv\.(?:labs\.arxiv\.)?org/(?:abs|html)/"
    r"|(?:(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\."
    r"|arxiv\s*[:\-_]\s*|oai:arxiv\.org:"
    r")",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:\.pdf)?/?(?:[?#].*)?\Z", re.IGNORECASE | re.DOTALL)


def arxiv_id(text: str) -> str | None:
    """The id without version if ``text`` plainly is one, else None.

    Read are bare ids ("2406.09246v2", "hep-th/9901001"), "arXiv:…", "arxiv-…", the DOI 10.48550/arXiv.… and the
    addresses of arXiv, ar5iv, alphaXiv and Hugging Face papers. Months must exist, and the number has four digits to
    1412 and five from 1501 on, so that "2401.1234" (a spreadsheet's 2401.12340) is refused rather than mistaken.
    """
    bare = _PREFIX.sub("", text.strip(), count=1) if _PREFIX.match(text.strip()) else text.strip()
    if old := _OLD.match(bare):
        if _TAIL.match(bare, old.end()) and (old[3] + old[4] >= "9107" or old[3] + old[4] <= "0703"):
            return f"{old[1]}/{old[2]}"
        return None
    new = _NEW.match(bare)
    if not new or not _TAIL.match(bare, new.end()) or new[1] + new[2] < "0704":
        return None
    if len(new[3]) != (5 if new[1] >= "15" else 4):
        return None
    return f"{new[1]}{new[2]}.{new[3]}"


def arxiv_month(identifier: str) -> str:
    """The month in which a paper of that id (as :func:`arxiv_id` returns it) was first submitted: "2024-06"."""
    digits = identifier.rsplit("/", 1)[-1]
    century = "19" if "/" in identifier and digits >= "91" else "20"
    return f"{century}{digits[:2]}-{digits[2:4]}"
