"""Words of a folded text, as a spaCy Doc."""

from __future__ import annotations

from functools import lru_cache

import spacy
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex
from spacy.vocab import Vocab

from kg.extraction.text import FoldedText

# Where abstracts omit a space or glue a name to its neighbour: "(GRU).In", "3D-GS)-based", "Network(ANN)", "(FPWC),a".
_INFIXES = (
    r"(?<=\w)[(\[](?=\w)",
    r"(?<=\w)[)\]]+[-.,;:]*(?=\w)",
    r"(?<=[A-Za-z])[=,;](?=\w)",
    r"(?<=[A-Za-z])-(?=\d+[A-Za-z]{3})",
)


@lru_cache(maxsize=4)
def _tokenizer(vocab: Vocab) -> Tokenizer:
    blank = spacy.blank("en")
    infixes = (*blank.Defaults.infixes, *_INFIXES)
    tokenizer = blank.tokenizer
    tokenizer = Tokenizer(
        vocab,
        rules=blank.Defaults.tokenizer_exceptions,
        prefix_search=tokenizer.prefix_search,
        suffix_search=tokenizer.suffix_search,
        infix_finditer=compile_infix_regex(infixes).finditer,
        url_match=tokenizer.url_match,
    )
    return tokenizer


def make_doc(vocab: Vocab, folded: FoldedText) -> Doc:
    """The Doc of a folded text; offsets of its tokens are offsets in ``folded.text``."""
    return _tokenizer(vocab)(folded.text)
