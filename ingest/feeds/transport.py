"""Transport: one GET request to one checked address, bounded in time and in bytes.

The name of a host is resolved once per request, every address behind it is checked, and the
connection goes to such an address; the Host header and the name that TLS verifies stay those of
the URL. Nothing is read from the environment: no proxy, no credentials.
"""

import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore2
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import FetchError, PassingError
from ingest.feeds.address import Location, Network


class FetchLimits(BaseModel):
    """What a server may cost us. Times are in seconds.

    `connect` and `read` bound one wait, `total` the whole of a request: a server that sends a byte
    at a time keeps every single wait short. `max_bytes` bounds a body as it was sent and as it is
    unpacked. `pause` lies between two requests to one host; `wait` is the longest that a server
    may ask us to stay away before we give up for today.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_bytes: int = Field(default=20_000_000, ge=1)
    connect: float = Field(default=10, gt=0)
    read: float = Field(default=20, gt=0)
    total: float = Field(default=120, gt=0)
    redirects: int = Field(default=5, ge=0)
    pause: float = Field(default=1, ge=0)
    wait: float = Field(default=60, ge=0)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent: header names are in lower case; only a 200 has a body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Transport:
    """Sends requests to `network` within `limits`; `tls` decides whose certificates are trusted."""

    def __init__(self, limits: FetchLimits, network: Network, tls: ssl.SSLContext | None) -> None:
        self._limits = limits
        self._network = network
        self._tls = tls or ssl.create_default_context()

    def get(self, location: Location, headers: Mapping[str, str]) -> Reply:
        """The reply to one request; no redirect is followed.

        Raises `FetchError` when the address may not be asked or the reply breaks a limit, and
        `PassingError` when the network or the server failed.
        """
        backend = _CheckedBackend(self._network, time.monotonic() + self._limits.total)
        timeouts = {"connect": self._limits.connect, "read": self._limits.read}
        fixed = {"Host": location.authority, "Accept-Encoding": "gzip", "Connection": "close"}
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
                pool.stream(
                    "GET",
                    httpcore2.URL(
                        scheme=location.scheme,
                        host=location.host,
                        port=location.port,
                        target=location.target,
                    ),
                    headers=list({**fixed, **headers}.items()),
                    extensions={"timeout": {**timeouts, "write": self._limits.read}},
                ) as response,
            ):
                return self._reply(location, response)
        except (httpcore2.TimeoutException, TimeoutError) as error:
            raise PassingError(f"{location.url} took too long ({error})") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise PassingError(f"{location.url} cannot be read: {error}") from error

    def _reply(self, location: Location, response: httpcore2.Response) -> Reply:
        headers = {
            name.decode("latin-1").lower(): value.decode("utf-8", "replace").strip()
            for name, value in response.headers
        }
        if response.status != 200:
            return Reply(response.status, headers)
        limit = self._limits.max_bytes
        if _number(headers.get("content-length", "")) > limit:
            raise FetchError(f"{location.url} announces more than the {limit} bytes allowed")
        body = _Body(location, headers.get("content-encoding", ""), limit)
        return Reply(200, headers, body.read(response.iter_stream()))


class _Body:
    """A body, unpacked as it comes and never further than the limit."""

    def __init__(self, location: Location, encoding: str, limit: int) -> None:
        if encoding.lower() not in {"", "identity", "gzip", "x-gzip"}:
            raise FetchError(f"{location.url} is packed as {encoding[:40]!r}, which was not asked")
        self._location = location
        self._limit = limit
        packed = encoding.lower() in {"gzip", "x-gzip"}
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed else None

    def read(self, chunks: Iterable[bytes]) -> bytes:
        """All of it. Raises `FetchError` beyond the limit, `PassingError` if it ends too soon."""
        body = bytearray()
        received = 0
        for chunk in chunks:
            received += len(chunk)
            body += self._unpacked(chunk, self._limit + 1 - len(body))
            if max(received, len(body)) > self._limit:
                raise FetchError(
                    f"{self._location.url} holds more than the {self._limit} bytes allowed"
                )
        if self._unpacker is not None and not self._unpacker.eof:
            raise PassingError(f"{self._location.url} ends in the middle of its packed body")
        return bytes(body)

    def _unpacked(self, chunk: bytes, room: int) -> bytes:
        if self._unpacker is None:
            return chunk
        try:
            return self._unpacker.decompress(chunk, room)
        except zlib.error as error:
            raise FetchError(f"{self._location.url} is not packed as it says ({error})") from error


class _CheckedBackend(httpcore2.NetworkBackend):
    """Connects to checked addresses only, and to nothing after `deadline`."""

    def __init__(self, network: Network, deadline: float) -> None:
        self._network = network
        self._deadline = deadline
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A stream to the first of the addresses that answers; each gets its share of the time."""
        addresses = self._network.addresses(host, port)
        share = (timeout or 0) / len(addresses)
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._sockets.connect_tcp(
                    address, port, _within(self._deadline, share), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise httpcore2.ConnectError(str(failure))


class _TimedStream(httpcore2.NetworkStream):
    """A stream on which no wait goes beyond the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most `max_bytes`, empty at the end."""
        return self._stream.read(max_bytes, _within(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of `buffer`."""
        self._stream.write(buffer, _within(self._deadline, timeout))

    def close(self) -> None:
        """End the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The same stream, encrypted and bound by the same deadline."""
        left = _within(self._deadline, timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 as the base class has it
        """What the stream knows of its socket."""
        return self._stream.get_extra_info(info)


def _within(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time for the whole request is over")
    return left if timeout is None else min(left, timeout)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
