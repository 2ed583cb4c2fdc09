"""Fetch: documents from hosts that were named beforehand, as a well-behaved visitor.

Order matters: the host must stand on the list before its name is even resolved, at every redirect
again; then `robots.txt` decides; then requests to one host keep their distance.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from protego import Protego

from ingest.errors import FetchError, PassingError
from ingest.feeds.address import Location, Network, parse_location
from ingest.feeds.transport import FetchLimits, Reply, Transport

AGENT = "SanadBot"
"""The name by which a `robots.txt` may address us."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_ROBOTS_BYTES = 512_000


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask whether its document has changed since."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The conditions to send along; none if the server gave nothing."""
        sent = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in sent.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it was sent; `url` is where the redirects ended."""

    url: str
    body: bytes
    content_type: str
    validators: Validators


@dataclass(frozen=True, slots=True)
class Clock:
    """Time that passes: `now` in seconds, only differences of which mean something."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Fetcher:
    """Fetches from `hosts` only, one request at a time.

    `contact` is an address or a page where a webmaster can complain; it goes out with every
    request. `network`, `tls` and `clock` are there for tests: the defaults are the safe ones.
    """

    def __init__(
        self,
        hosts: Iterable[str],
        contact: str,
        limits: FetchLimits | None = None,
        *,
        network: Network | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._hosts = frozenset(hosts)
        self._limits = limits or FetchLimits()
        self._transport = Transport(self._limits, network or Network(), tls)
        self._clock = clock or Clock()
        self._headers = {"User-Agent": f"{AGENT}/1.0 (+{contact})", "Accept": "*/*"}
        self._robots: dict[str, Protego] = {}
        self._free_at: dict[str, float] = {}

    def fetch(self, url: str, known: Validators | None = None) -> Fetched | None:
        """The document at `url`; None when it is still the one that `known` was given with.

        Raises `FetchError` saying what was refused or failed; a failure that may pass was tried
        twice.
        """
        asked = known or Validators()
        location, reply = self._followed(parse_location(url), asked.headers, obeys_robots=True)
        if reply.status == 304:
            if not asked.headers:
                raise FetchError(f"{location.url} is said to be unchanged, but we hold no copy")
            return None
        if reply.status != 200:
            raise FetchError(f"{location.url} answers with status {reply.status}")
        return Fetched(
            url=location.url,
            body=reply.body,
            content_type=reply.headers.get("content-type", ""),
            validators=Validators(reply.headers.get("etag"), reply.headers.get("last-modified")),
        )

    def _followed(
        self, location: Location, headers: Mapping[str, str], *, obeys_robots: bool
    ) -> tuple[Location, Reply]:
        """The reply at the end of the redirects, and where that is."""
        for _ in range(self._limits.redirects + 1):
            self._check_host(location)
            if obeys_robots:
                self._check_robots(location)
            reply = self._asked_twice(location, headers)
            if reply.status not in _REDIRECTS:
                return location, reply
            location = location.joined(reply.headers.get("location", ""))
        raise FetchError(f"{location.url} lies behind more than {self._limits.redirects} redirects")

    def _check_host(self, location: Location) -> None:
        if location.host not in self._hosts:
            raise FetchError(f"{location.url} is not fetched: its host is not on the list")

    def _check_robots(self, location: Location) -> None:
        if location.origin not in self._robots:
            self._robots[location.origin] = self._read_robots(location)
        if not self._robots[location.origin].can_fetch(location.url, AGENT):
            raise FetchError(f"{location.url} is not fetched: robots.txt of the host forbids it")

    def _read_robots(self, location: Location) -> Protego:
        """The rules of a host; a host without the file allows all, one that fails allows nothing.

        RFC 9309, section 2.3.1.
        """
        at = parse_location(location.origin + "/robots.txt")
        try:
            _, reply = self._followed(at, {}, obeys_robots=False)
        except FetchError as error:
            raise FetchError(f"{location.url} is not fetched: {error}") from error
        if reply.status != 200 and not 400 <= reply.status < 500:
            raise FetchError(f"{at.url} answers with status {reply.status}; nothing is fetched")
        return Protego.parse(reply.body[:_ROBOTS_BYTES].decode("utf-8-sig", "replace"))

    def _asked_twice(self, location: Location, headers: Mapping[str, str]) -> Reply:
        """The reply, after one more attempt if the first failure may pass and the server agrees."""
        try:
            return self._asked(location, headers)
        except PassingError as error:
            wait = error.wait or 0
            if wait > self._limits.wait:
                raise FetchError(f"{error}; it asks to be left alone for {wait:.0f} s") from error
            self._clock.sleep(wait)
            return self._asked(location, headers)

    def _asked(self, location: Location, headers: Mapping[str, str]) -> Reply:
        self._wait_for_turn(location)
        reply = self._transport.get(location, {**self._headers, **headers})
        if reply.status in _PASSING:
            raise PassingError(
                f"{location.url} answers with status {reply.status}", _retry_after(reply)
            )
        return reply

    def _wait_for_turn(self, location: Location) -> None:
        rules = self._robots.get(location.origin)
        asked_for = (rules.crawl_delay(AGENT) if rules else None) or 0
        pause = max(self._limits.pause, min(asked_for, self._limits.wait))
        now = self._clock.now()
        free_at = self._free_at.get(location.host, now)
        if free_at > now:
            self._clock.sleep(free_at - now)
        self._free_at[location.host] = max(free_at, now) + pause


def _retry_after(reply: Reply) -> float | None:
    """How long a server asks to be left alone: seconds or a date (RFC 9110, section 10.2.3)."""
    text = reply.headers.get("retry-after", "")
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max((aware - datetime.now(UTC)).total_seconds(), 0)
