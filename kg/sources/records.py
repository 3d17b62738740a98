"""One record with named fields (a JSON object, a row of a table) to a paper: the shapes that are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kg.model import Author, Paper
from kg.sources.arxiv_id import arxiv_id, arxiv_month
from kg.sources.fault import Broken, Note
from kg.sources.fields import collapsed, count, iso_date, people, title_and_abstract, visible, word, words

Object = Mapping[str, Any]

LISTS = ("dailyPapers", "searchResults", "papers", "records", "results", "items", "data", "entries")
_OWN = {"title", "abstract", "summary", "paper"}
_DATES = ("published", "date", "publication_date", "published_date", "publishedat", "published_at", "submitted", "year")


def unwrapped(value: Any) -> list[Any]:
    """The records in a JSON value: itself, the elements of a list, or those of a list that an object wraps."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and _OWN.isdisjoint(name.strip().casefold() for name in value):
        return next((value[name] for name in LISTS if isinstance(value.get(name), list)), [value])
    return [value]


def to_paper(record: Any, note: Note) -> Paper:
    """The paper that ``record`` describes; ``note`` hears of details that had to be left out. Raises Broken."""
    if not isinstance(record, Mapping):
        raise Broken(f"a record is an object with title and abstract, not {type(record).__name__}: mend or remove it")
    for fits, convert in SHAPES:
        if fits(record):
            return convert(record, note)
    return plain(record, note)


def _is_daily(record: Object) -> bool:
    return isinstance(record.get("paper"), dict)


def _is_hugging_face(record: Object) -> bool:
    return "abstract" not in record and "summary" in record and "publishedAt" in record


def _is_dump(record: Object) -> bool:
    return "abstract" in record and not {"authors_parsed", "versions", "update_date"}.isdisjoint(record)


def daily(record: Object, note: Note) -> Paper:
    """An element of the Daily Papers API: the paper, and around it what the site knows of it."""
    inner = dict(record["paper"])
    for outer in ("title", "summary", "numComments", "organization", "upvotes", "publishedAt"):
        # The outer publishedAt is the day on the site's list, which comes after the paper's own.
        if inner.get(outer) in (None, "") and record.get(outer) is not None:
            inner[outer] = record[outer]
    return hugging_face(inner, note)


def hugging_face(record: Object, note: Note) -> Paper:
    """The ``paper`` of the Daily Papers API, or an answer of its papers API."""
    title, abstract = title_and_abstract(record.get("title"), record.get("summary"), exact=False)
    given = _given(record.get("id"))
    identifier = arxiv_id(given or "")
    authors = people(record.get("authors"))
    return Paper(
        title,
        abstract,
        arxiv_id=identifier,
        published=_published(record.get("publishedAt"), identifier, note),
        authors=authors,
        author_count=len(authors) or None,
        organization=_organization(record.get("organization")),
        comments=count(record.get("numComments")),
        upvotes=count(record.get("upvotes")),
        given_id=given,
    )


def dump(record: Object, note: Note) -> Paper:
    """A line of arXiv's metadata dump.

    ``published`` is the day of the first version; without it the month that the id tells, and only then
    ``update_date``, which says when the record last changed.
    """
    title, abstract = title_and_abstract(record.get("title"), record.get("abstract"), exact=False)
    given = _given(record.get("id"))
    identifier = arxiv_id(given or "")
    authors = _parsed_names(record.get("authors_parsed")) or people(record.get("authors"))
    published = iso_date(_first_version(record.get("versions")))
    if not published and not identifier:
        published = _published(record.get("update_date"), None, note)
    return Paper(
        title,
        abstract,
        arxiv_id=identifier,
        published=published or (arxiv_month(identifier) if identifier else None),
        authors=authors,
        author_count=len(authors) or None,
        categories=words(record.get("categories")),
        doi=word(record.get("doi")),
        given_id=given,
    )


def plain(record: Object, note: Note) -> Paper:
    """Any record with a title and an abstract, kept character for character: offsets are counted on them.

    Names of fields are read without regard to case. The paper's own id is kept as it is; it is taken for an arXiv id
    if it plainly is one.
    """
    fields = {str(name).strip().casefold(): value for name, value in record.items() if value is not None}
    abstract = fields.get("abstract", fields.get("summary"))
    title, abstract = title_and_abstract(fields.get("title"), abstract, exact=True)
    stated = _given(fields.get("arxiv_id", fields.get("arxiv", fields.get("eprint"))))
    given = _given(fields.get("id")) or stated
    identifier = next(filter(None, map(arxiv_id, filter(None, (stated, given, word(fields.get("url")))))), None)
    if stated and not identifier:
        note(f"{stated!r} is not an arXiv id; left out")
    authors = people(fields.get("authors", fields.get("author")))
    written = next((fields[name] for name in _DATES if fields.get(name) not in (None, "")), None)
    return Paper(
        title,
        abstract,
        arxiv_id=identifier,
        published=_published(written, identifier, note),
        authors=authors,
        author_count=len(authors) or count(fields.get("author_count")),
        organization=_organization(fields.get("organization", fields.get("organisation"))),
        categories=words(fields.get("categories", fields.get("category"))),
        comments=count(fields.get("comments")),
        upvotes=count(fields.get("upvotes")),
        url=word(fields.get("url")),
        doi=word(fields.get("doi")),
        given_id=given,
    )


def _given(value: Any) -> str | None:
    if isinstance(value, str):
        return visible(value) if value.strip() else None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _published(value: Any, identifier: str | None, note: Note) -> str | None:
    published = iso_date(value)
    if value not in (None, "") and not published:
        told = collapsed(str(value))[:40]
        note(f"{told!r} is not a date that can be read (write 2025-03-12, 2025-03 or 2025); left out")
    return published or (arxiv_month(identifier) if identifier else None)


def _organization(value: Any) -> str | None:
    if isinstance(value, dict):
        return word(value.get("fullname")) or word(value.get("name"))
    return word(value)


def _parsed_names(value: Any) -> tuple[Author, ...]:
    """Names from lists of family name, given name, suffix (and affiliations)."""
    if not isinstance(value, list):
        return ()
    parts = ([*item[1:2], *item[:1], *item[2:3]] for item in value if isinstance(item, list))
    names = (collapsed(" ".join(part for part in name if isinstance(part, str))) for name in parts)
    return tuple(Author(name) for name in names if name)


def _first_version(value: Any) -> Any:
    first = value[0] if isinstance(value, list) and value else None
    return first.get("created") if isinstance(first, dict) else None


SHAPES: tuple[tuple[Callable[[Object], bool], Callable[[Object, Note], Paper]], ...] = (
    (_is_daily, daily),
    (_is_hugging_face, hugging_face),
    (_is_dump, dump),
)
