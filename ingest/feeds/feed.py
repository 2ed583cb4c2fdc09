"""Feeds: the documents that are fetched from their publishers.

The list is the whole of what may be asked for: another host is never contacted, whatever a page or
a redirect says.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ingest.document import Tier
from ingest.errors import FetchError
from ingest.feeds.address import parse_location
from ingest.feeds.media import MEDIA, Kind
from ingest.problem import Problem
from ingest.schema import Matter, Slug, Text, load_entries, validated
from ingest.yamltext import YamlText

FEEDS_FILE = "feeds.yaml"


def _fetchable(url: str) -> str:
    try:
        parse_location(url)
    except FetchError as error:
        raise ValueError(str(error)) from error
    return url


class Feed(Matter):
    """One document to fetch; `max_age` is in days: a younger copy is not asked for again."""

    id: Slug
    url: Annotated[Text, AfterValidator(_fetchable)]
    publisher: Text
    title: Text | None = None
    language: Literal["fr", "ar", "en"]
    kind: Kind
    topics: tuple[Slug, ...] = ()
    tier: Tier = "official"
    max_age: int = Field(default=7, ge=0, le=365)

    @property
    def file(self) -> str:
        """The name of its file in the folder of feeds."""
        return self.id + MEDIA[self.kind].suffix

    @property
    def host(self) -> str:
        """The host that is allowed by it."""
        return parse_location(self.url).host


class _Feeds(Matter):
    feeds: tuple[Feed, ...]


def load_feeds(path: Path) -> tuple[Feed, ...]:
    """The feeds of one file, in its order; errors as `load_entries` raises them."""
    return load_entries(path, FEEDS_FILE, read_feeds)


def read_feeds(read: YamlText, problems: list[Problem]) -> tuple[Feed, ...]:
    """The feeds of a YAML text that was read; what is wrong is added to `problems`."""
    if read.data is None:
        return ()
    matter = validated(_Feeds, read.data, read=read, file=FEEDS_FILE, problems=problems)
    if matter is None:
        return ()
    for field in ("id", "url"):
        values = [getattr(feed, field) for feed in matter.feeds]
        for at, value in enumerate(values):
            if value in values[:at]:
                line = read.line(("feeds", at, field))
                message = f"{field}: {value} stands twice; keep one"
                problems.append(Problem(FEEDS_FILE, line, "schema", message))
    return matter.feeds


def hosts(feeds: Iterable[Feed]) -> frozenset[str]:
    """The hosts that may be contacted, and no others."""
    return frozenset(feed.host for feed in feeds)
