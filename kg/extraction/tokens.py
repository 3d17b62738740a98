"""Words of a folded text, as a spaCy Doc."""

from __future__ import annotations

import re
from collections.abc import Iterator
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

# spaCy's tokeniser takes affixes off a word one by one and looks at the whole word each time: quadratic on one endless
# word. No name is this long, so such a word is cut by length.
_ENDLESS = re.compile(r"\S{200,}")
_PIECE = 50


_KNOWN = 1 << 16


class _Splitter:
    """spaCy's tokeniser, with a way round a gap in its cache.

    What it makes of a word between spaces it keeps for the next time, but not in a text in which a special case was met
    before it; and the line break after a title is one. So each new word is first shown to it alone.
    """

    def __init__(self, vocab: Vocab) -> None:
        blank = spacy.blank("en")
        standard = blank.tokenizer
        assert isinstance(standard, Tokenizer)
        self._tokenizer = Tokenizer(
            vocab,
            rules=blank.Defaults.tokenizer_exceptions,
            prefix_search=standard.prefix_search,
            suffix_search=standard.suffix_search,
            infix_finditer=compile_infix_regex((*(blank.Defaults.infixes or ()), *_INFIXES)).finditer,
            url_match=standard.url_match,
            max_cache_size=_KNOWN,
        )
        self._seen: set[str] = set()

    def __call__(self, text: str) -> Doc:
        if len(self._seen) < _KNOWN:
            new = set(text.split()) - self._seen
            self._seen |= new
            for word in new:
                self._tokenizer(word)
        doc: Doc = self._tokenizer(text)
        return doc


_splitter = lru_cache(maxsize=4)(_Splitter)


def make_doc(vocab: Vocab, folded: FoldedText) -> Doc:
    """The Doc of a folded text; offsets of its tokens are offsets in ``folded.text``. Takes linear time."""
    if not _ENDLESS.search(folded.text):
        return _splitter(vocab)(folded.text)
    words, spaces = [], []
    for word, space in _pieces(vocab, folded.text):
        words.append(word)
        spaces.append(space)
    return Doc(vocab, words=words, spaces=spaces)


def _pieces(vocab: Vocab, text: str) -> Iterator[tuple[str, bool]]:
    """Words, and whether a space follows."""
    place = 0
    for match in _ENDLESS.finditer(text):
        yield from _plain(vocab, text[place : match.start()])
        place = match.end()
        for start in range(match.start(), place, _PIECE):
            yield text[start : min(start + _PIECE, place)], False
    yield from _plain(vocab, text[place:])


def _plain(vocab: Vocab, text: str) -> Iterator[tuple[str, bool]]:
    return ((token.text, bool(token.whitespace_)) for token in _splitter(vocab)(text))
