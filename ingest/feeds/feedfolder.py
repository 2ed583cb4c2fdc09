"""The folder of feeds: kept in step with the publishers.

What was fetched stays until its publisher sends something else that is as good.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from ingest.errors import FetchError, SettingsError, StorageError
from ingest.feeds.feed import Feed, hosts, load_feeds
from ingest.feeds.fetch import Fetched, Fetcher, Validators
from ingest.feeds.media import kept
from ingest.feeds.origin import Origin, read_origins, write_origins, write_whole
from ingest.load import Failure


class Fetch(Protocol):
    """Whatever fetches, as `Fetcher.fetch` does."""

    def __call__(self, url: str, known: Validators | None = None) -> Fetched | None:
        """The document, None when it is unchanged; raises `FetchError`."""


class Progress(Protocol):
    """Whoever wants to know how far the work is."""

    def __call__(self, done: int, total: int, name: str) -> None:
        """Told after each feed."""


@dataclass(frozen=True, slots=True)
class FeedsReport:
    """What became of each feed, by the name of its file.

    `fresh` ones were not asked for, being young enough; `removed` ones are no longer on the list.
    A failure says whether an earlier copy stays.
    """

    fetched: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


def fetch_feeds(listed: Path, folder: Path, contact: str | None, progress: Progress) -> FeedsReport:
    """Fetch the feeds of the file `listed` into `folder`; see `update_feeds`.

    Raises `SettingsError` without a contact: who asks servers for their documents says who he is.
    """
    if contact is None:
        raise SettingsError(
            "Feeds are fetched in somebody's name: set SANAD_FEEDS_CONTACT to an e-mail address or "
            "a page where a webmaster can reach you."
        )
    feeds = load_feeds(listed)
    fetcher = Fetcher(hosts(feeds), contact)
    return update_feeds(feeds, folder, fetcher.fetch, datetime.now(UTC), progress)


def update_feeds(
    feeds: Sequence[Feed], folder: Path, fetch: Fetch, now: datetime, progress: Progress
) -> FeedsReport:
    """Bring `folder` in step with the publishers.

    A copy is replaced when another one has arrived whole and is of the right kind, and never
    otherwise; only files that were fetched are ever removed. The folder is consistent after each
    feed, so that an interrupted run loses nothing. Raises `StorageError` when it cannot be written.
    """
    update = _Update(folder, fetch, now)
    report = update.without(feeds)
    for done, feed in enumerate(feeds, 1):
        report = update.with_feed(feed, report)
        progress(done, len(feeds), feed.id)
    return report


class _Update:
    """One pass over the feeds; the origins are written after each."""

    def __init__(self, folder: Path, fetch: Fetch, now: datetime) -> None:
        self._folder = folder
        self._fetch = fetch
        self._now = now.astimezone(UTC)
        self._origins = read_origins(folder)

    def without(self, feeds: Iterable[Feed]) -> FeedsReport:
        """Remove what is no longer on the list."""
        listed = {feed.file for feed in feeds}
        removed = tuple(sorted(self._origins.keys() - listed))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name in removed:
                (self._folder / name).unlink(missing_ok=True)
                del self._origins[name]
        except OSError as error:
            raise StorageError(f"{self._folder} cannot be used ({error.strerror})") from error
        write_origins(self._folder, self._origins)
        return FeedsReport(removed=removed)

    def with_feed(self, feed: Feed, report: FeedsReport) -> FeedsReport:
        """The report with what became of one more feed."""
        copy = self._copy(feed)
        if copy and copy.failure is None and self._now - copy.checked < timedelta(feed.max_age):
            self._note(feed, copy)
            return replace(report, fresh=(*report.fresh, feed.file))
        try:
            state = self._taken(feed, copy)
        except FetchError as error:
            return replace(report, failures=(*report.failures, self._failed(feed, error)))
        if state == 304:
            return replace(report, unchanged=(*report.unchanged, feed.file))
        return replace(report, fetched=(*report.fetched, feed.file))

    def _taken(self, feed: Feed, copy: Origin | None) -> Literal[200, 304]:
        """Fetch a feed and keep it; 304 when it turned out to be the copy that is held already."""
        known = Validators(copy.etag, copy.last_modified) if copy else None
        fetched = self._fetch(feed.url, known)
        if fetched is not None:
            return self._keep(feed, fetched, copy)
        if copy is None:
            raise FetchError(f"{feed.url} is said to be unchanged, but there is no copy")
        self._note(feed, copy, checked=self._now, status=304, failure=None)
        return 304

    def _copy(self, feed: Feed) -> Origin | None:
        """The copy that an earlier run left, if it is whole and of this address."""
        origin = self._origins.get(feed.file)
        path = self._folder / feed.file
        if origin is None or origin.url != feed.url or not path.is_file():
            return None
        return origin if _hash(path.read_bytes()) == origin.sha256 else None

    def _keep(self, feed: Feed, fetched: Fetched, copy: Origin | None) -> Literal[200, 304]:
        data = kept(feed.kind, fetched.content_type, fetched.body, fetched.url)
        same = copy is not None and copy.sha256 == _hash(data)
        if not same:
            write_whole(self._folder / feed.file, data)
        self._note(
            feed,
            Origin(
                url=feed.url,
                landed=fetched.url,
                publisher=feed.publisher,
                title=feed.title,
                language=feed.language,
                tier=feed.tier,
                topics=feed.topics,
                content_type=fetched.content_type,
                etag=fetched.validators.etag,
                last_modified=fetched.validators.last_modified,
                sha256=_hash(data),
                fetched=copy.fetched if copy and same else self._now,
                checked=self._now,
                status=200,
            ),
        )
        return 304 if same else 200

    def _failed(self, feed: Feed, error: FetchError) -> Failure:
        origin = self._origins.get(feed.file)
        if origin is None:
            return Failure(feed.file, f"{feed.file}: {error}; there is no earlier copy")
        self._origins[feed.file] = origin.model_copy(update={"failure": str(error)})
        write_origins(self._folder, self._origins)
        return Failure(
            feed.file, f"{feed.file}: {error}; the copy of {origin.checked.date()} stays"
        )

    def _note(self, feed: Feed, origin: Origin, **changed: object) -> None:
        """Keep what is known of a copy, described as the list describes it now."""
        described = {name: getattr(feed, name) for name in _DESCRIBED}
        self._origins[feed.file] = origin.model_copy(update={**described, **changed})
        write_origins(self._folder, self._origins)


_DESCRIBED = ("publisher", "title", "language", "tier", "topics")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
