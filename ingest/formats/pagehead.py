"""Page head: what a web page says about itself: title, language, publisher, date and address."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.document import Source
from ingest.formats.lines import tidy
from ingest.language import detect, written_language


@dataclass(frozen=True, slots=True)
class PageHead:
    """What a page says of itself; `guessed` names what it does not say and was inferred.

    Its date is that of the source, and `as_of` where the page names no source.
    """

    title: str | None
    language: str | None
    source: Source | None
    as_of: str | None
    guessed: tuple[str, ...]


def described(page: HtmlElement, content: list[HtmlElement], text: str, name: str) -> PageHead:
    """What `page` says of itself; `content` is where its `text` stands, `name` its file."""
    metas = _metas(page)
    records = tuple(_records(page))
    title = _title(page, content, metas)
    language, is_language_sure = _language(page, text)
    address = _address(page, metas)
    publisher = _first(metas, *_PUBLISHERS) or _named(records, "publisher")
    dates = (*(metas[key] for key in _DATES if key in metas), *_said(records, "datePublished"))
    date = _iso(dates)
    date_in_text = None if date else _iso(_times(content))
    host = urlsplit(address).hostname if address else None
    guessed = (
        ("publisher", host is not None and publisher is None),
        ("date", date_in_text is not None),
        ("language", not is_language_sure),
    )
    by = publisher or host
    source = by and Source(
        key=name,
        publisher=by,
        title=title or name,
        url=address,
        date=date or date_in_text,
        dated_by="stated" if date else "inferred" if date_in_text else "none",
        language=language,
    )
    return PageHead(
        title=title,
        language=language,
        source=source or None,
        as_of=None if source else date or date_in_text,
        guessed=tuple(key for key, holds in guessed if holds),
    )


_PUBLISHERS = ("og:site_name", "publisher", "dc.publisher", "dcterms.publisher")
_DATES = (
    "article:published_time",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "date",
    "pubdate",
)
_ISO = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_SURE = 0.8
_LANGUAGES = {"fr": "fr", "ar": "ar", "ary": "ar", "en": "en"}


def _metas(page: HtmlElement) -> dict[str, str]:
    """The page's meta tags by name, the first of each."""
    found: dict[str, str] = {}
    for meta in page.iter("meta"):
        key = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        words = tidy(meta.get("content") or "")
        if key and words:
            found.setdefault(key, words)
    return found


def _first(metas: dict[str, str], *keys: str) -> str | None:
    return next((metas[key] for key in keys if key in metas), None)


def _title(page: HtmlElement, content: list[HtmlElement], metas: dict[str, str]) -> str | None:
    """The one main heading of the text, else what the page is called, without the site's name."""
    headings = [heading for part in content for heading in part.iter("h1")]
    if len(headings) == 1 and tidy(headings[0].text_content()):
        return tidy(headings[0].text_content())
    if "og:title" in metas:
        return metas["og:title"]
    written = tidy(page.findtext(".//title") or "")
    site = metas.get("og:site_name", "")
    parts = [part for part in re.split(r"\s+[|–—»-]\s+", written) if part and part != site]
    return parts[0] if parts else None


def _language(page: HtmlElement, text: str) -> tuple[str | None, bool]:
    """The declared language, unless the words are plainly of another; and whether it is stated."""
    declared = _LANGUAGES.get((page.get("lang") or "").lower().partition("-")[0])
    written = written_language(text)
    if declared is None or (declared != written and detect(text).confidence >= _SURE):
        return written, False
    return declared, True


def _address(page: HtmlElement, metas: dict[str, str]) -> str | None:
    links = [link.get("href") for link in page.iter("link") if link.get("rel") == "canonical"]
    known = (*links, metas.get("og:url"))
    return next((one for one in known if one and one.startswith(("http://", "https://"))), None)


def _times(content: list[HtmlElement]) -> Iterator[str]:
    """The day of the one time that the text marks; of several, none says which is its own."""
    times = [time.get("datetime") for part in content for time in part.iter("time")]
    stamps = {time for time in times if time}
    if len(stamps) == 1:
        yield from stamps


def _iso(dates: tuple[str, ...] | Iterator[str]) -> str | None:
    return next((found[0] for date in dates if (found := _ISO.match(date))), None)


# JSON-LD

_Record = dict[str, object]


def _records(page: HtmlElement) -> Iterator[_Record]:
    """The objects that the page carries as linked data; what is no JSON says nothing."""
    for script in page.iter("script"):
        if script.get("type") == "application/ld+json":
            try:
                yield from _objects(json.loads(script.text or ""))
            except (ValueError, RecursionError):
                continue


def _objects(data: object) -> Iterator[_Record]:
    if isinstance(data, list):
        for one in data:
            yield from _objects(one)
    elif isinstance(data, dict):
        yield data
        yield from _objects(data.get("@graph"))


def _said(records: tuple[_Record, ...], key: str) -> tuple[str, ...]:
    values = (record.get(key) for record in records)
    return tuple(tidy(value) for value in values if isinstance(value, str) and tidy(value))


def _named(records: tuple[_Record, ...], key: str) -> str | None:
    """The name of what `key` refers to in the first record that has it."""
    values = (record.get(key) for record in records)
    names = _said(tuple(value for value in values if isinstance(value, dict)), "name")
    return next(iter(names), None)
