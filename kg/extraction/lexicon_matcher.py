"""Finds names without learning: those of a lexicon, and those that the text itself introduces.

The fallback where no trained tagger is wanted, and the source of candidates that a tagger may have missed: metric
phrases ("average success rate"), proposals ("we propose X"), acronyms after their long form ("Long Form (LF)") and
words in the shape of a name (CamelCase, Name-123).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from kg.extraction.text import fold
from kg.extraction.tokens import make_doc
from kg.lexicon import Lexicon
from kg.model import EntityMention, EntityType, Role, Span

MAX_NAMES = 400
"""Names kept per text: no abstract has as many; a hostile text could."""

_METRIC_HEADS = (
    "accuracy|accuracies|(?:success |error )?rates?|precision|recall|latency|throughput|f1[- ]scores?|f1|scores?"
    "|errors?|auc|auroc|mAP|mIoU|IoU|perplexity|speed|time|cost|costs|memory|consumption|usage|FLOPs|parameters"
    "|overhead|rmse|mae|mse|psnr|ssim|lpips|fid|bleu|rouge|dice|similarity|efficiency|coverage|fps|speedup|speed-up"
    "|footprint|correlation"
)
_METRIC_PHRASE = re.compile(
    rf"(?<![\w-])(?:[A-Za-z][\w@-]{{1,20}} ){{0,2}}?(?:{_METRIC_HEADS})(?![\w-])", re.IGNORECASE
)
_STOP = frozenset(
    "the a an of in on by with and or to for from our its their his this that these those is are was were achieves "  # noqa: SIM905
    "achieve achieving achieved reduces reducing reduced improves improving improved increases increasing at as than "
    "while over up we it both more less higher lower better best new also only average overall".split()
)
_NAME = r"[A-Za-z0-9$][\w.+@/\\$^{}-]{1,40}"
_PROPOSED = re.compile(
    rf"\b(?:propose|introduce|present|develop|release|call|name|term|dub|termed|called|named|dubbed|introducing|presenting"
    rf"|proposing)(?:d|s)? (?:it )?(?:the )?(?P<name>{_NAME})"
)
_ACRONYM = re.compile(r"(?P<long>(?:\b[A-Za-z][\w-]{0,30} ){1,6})\((?P<short>[A-Za-z][\w+-]{1,14})\)")
_SHAPED = re.compile(
    r"(?<![\w-])(?:[A-Z][a-z]*[A-Z0-9][\w+@.-]{0,30}|[A-Z]{2,}[\w+@-]{0,30}|[A-Z][a-z]+-(?:\d|[A-Z])[\w.-]{0,30}"
    r"|[a-z]{1,3}[A-Z][\w+-]{1,30})(?<![.-])"
)
_TITLE = re.compile(rf"^(?P<name>{_NAME}(?: [A-Z][\w-]+)?):\s")
_DATA = re.compile(
    r"^[\s()]{0,2}(?:\w{1,20} )?(?:dataset|corpus|benchmark|suite|challenge|environment|test set|validation set)",
    re.IGNORECASE,
)
_PROPOSAL = re.compile(r"\b(?:propos|introduc|present|develop|term|call|nam|dub)\w* (?:\w+ ){0,2}\(?$")
_RIVAL = re.compile(
    r"(?:than|over|outperform\w*|surpass\w*|compared (?:to|with)|versus|vs\.?|such as|like|baselines?,?)"
    r" (?:the |both )?$"
)


@dataclass(frozen=True, slots=True)
class _Hit:
    type: EntityType
    span: Span
    confidence: float


NAMES = "name_patterns"


@Language.factory(NAMES, assigns=["doc._.entities"])
def name_patterns(nlp: Language, name: str) -> LexiconMatcher:  # noqa: ARG001
    """Factory of :class:`LexiconMatcher`, without a lexicon yet."""
    return LexiconMatcher(nlp)


class LexiconMatcher:
    """A spaCy component that sets ``doc._.entities`` (folded offsets) from a lexicon and from patterns."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._types: dict[str, EntityType] = {}
        self._loose = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._exact = PhraseMatcher(nlp.vocab, attr="ORTH")

    def add(self, lexicon: Lexicon) -> None:
        """Know the names of ``lexicon`` too."""
        for entry in lexicon.entries:
            self._types[entry.id] = entry.type
            exact = {*entry.exact, *(name for name in entry.names if len(name) < 4)}
            self._add(self._exact, entry.id, sorted(exact))
            self._add(self._loose, entry.id, [name for name in entry.names if name not in exact])

    def _add(self, matcher: PhraseMatcher, key: str, names: list[str]) -> None:
        if names:
            matcher.add(key, [make_doc(self._nlp.vocab, fold(name)) for name in names])

    def __call__(self, doc: Doc) -> Doc:
        found = (*self._known(doc), *_patterns(doc.text))
        hits = sorted(found, key=lambda hit: (-hit.confidence, hit.span.start, -hit.span.end))
        doc._.entities = tuple(_entities(doc.text, _disjoint(hits)))
        return doc

    def _known(self, doc: Doc) -> Iterator[_Hit]:
        for matcher in (self._exact, self._loose):
            for match, start, end in matcher(doc):
                span = doc[start:end]
                kind = self._types[doc.vocab.strings[match]]
                yield _Hit(kind, Span(span.start_char, span.end_char), 0.8)


def _patterns(text: str) -> Iterator[_Hit]:
    for pattern, confidence in ((_TITLE, 0.7), (_PROPOSED, 0.6), (_SHAPED, 0.4)):
        for match in islice(pattern.finditer(text), MAX_NAMES):
            start, end = match.span("name") if "name" in pattern.groupindex else match.span()
            name = text[start:end].rstrip(".,:;")
            if any(c.isupper() for c in name):
                kind: EntityType = "Dataset" if _DATA.match(text, start + len(name)) else "Method"
                yield _Hit(kind, Span(start, start + len(name)), confidence)
    for match in islice(_METRIC_PHRASE.finditer(text), MAX_NAMES):
        start = match.start()
        words = match[0].split(" ")
        while words and words[0].lower() in _STOP:
            start += len(words.pop(0)) + 1
        if words:
            yield _Hit("Metric", Span(start, match.end()), 0.5)


def _disjoint(hits: list[_Hit]) -> list[_Hit]:
    """The surest hits of which no two overlap, in text order."""
    kept: list[_Hit] = []
    taken: set[int] = set()
    for hit in hits[: 4 * MAX_NAMES]:
        places = range(hit.span.start, min(hit.span.end, hit.span.start + 200))
        if not taken.intersection(places):
            taken.update(places)
            kept.append(hit)
    return sorted(kept, key=lambda h: h.span.start)


def _entities(text: str, hits: list[_Hit]) -> Iterator[EntityMention]:
    """Mentions of one name, and a long form with its acronym, joined to entities; at most MAX_NAMES."""
    short_of = {m["short"]: m["long"].strip() for m in islice(_ACRONYM.finditer(text), MAX_NAMES) if _spells(m)}
    groups: dict[tuple[str, str], list[_Hit]] = {}
    for hit in hits:
        name = text[hit.span.start : hit.span.end]
        key = short_of.get(name, name).casefold().rstrip("s")
        groups.setdefault((hit.type, key), []).append(hit)
    for (kind, _), found in islice(groups.items(), MAX_NAMES):
        surfaces = tuple(dict.fromkeys(text[h.span.start : h.span.end] for h in found))
        spans = tuple(h.span for h in found)
        confidence = max(h.confidence for h in found)
        yield EntityMention(found[0].type, surfaces, _role(text, kind, spans), spans, confidence)


def _spells(match: re.Match[str]) -> bool:
    initials = "".join(word[0] for word in re.split(r"[\s-]+", match["long"].strip()) if word)
    return initials.casefold().endswith(match["short"].casefold().rstrip("s"))


def _role(text: str, kind: str, spans: tuple[Span, ...]) -> Role:
    if kind in ("Task", "Metric"):
        return "used"
    title_end = text.find("\n")
    if kind == "Method" and spans[0].start < title_end and re.match(r"\s*:", text[spans[0].end : spans[0].end + 2]):
        return "proposed"
    before = [text[max(0, s.start - 40) : s.start] for s in spans]
    if any(_PROPOSAL.search(b) for b in before):
        return "proposed"
    if any(_RIVAL.search(b) for b in before):
        return "compared"
    return "used"
