"""A web server on loopback that sends whatever a test wants, however wrong it is."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import repeat
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server got it."""

    path: str
    headers: Mapping[str, str]


Page = Callable[[Asked], Iterable[bytes]]


@dataclass(slots=True)
class WildServer:
    """The running server: what it serves by path, and all that it was asked, in order."""

    port: int
    pages: dict[str, Page]
    asked: list[Asked] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(1 for one in self.asked if one.path == path)


def reply(status: int = 200, body: bytes | str = b"", **headers: object) -> Page:
    """A whole and honest reply; `_` in a header's name stands for `-`, and None leaves it out."""
    data = body.encode() if isinstance(body, str) else body
    fields: dict[str, object] = {"Content-Type": "text/html", "Content-Length": len(data)}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [f"{name}: {value}" for name, value in fields.items() if value is not None]
    head = "\r\n".join([*lines, "", ""]).encode()
    return lambda _asked: (head, data)


def raw(*pieces: bytes) -> Page:
    """Bytes as they are."""
    return lambda _asked: pieces


def endless(start: bytes, piece: bytes) -> Page:
    """Bytes that never end."""

    def stream(_asked: Asked) -> Iterator[bytes]:
        yield start
        yield from repeat(piece)

    return stream


def in_turn(*pages: Page) -> Page:
    """One page after the other, the last one again and again."""
    left = list(pages)

    def turn(asked: Asked) -> Iterable[bytes]:
        page = left.pop(0) if len(left) > 1 else left[0]
        return page(asked)

    return turn


@contextmanager
def wild_server(
    pages: Mapping[str, Page], pause: float = 0, tls: ssl.SSLContext | None = None
) -> Iterator[WildServer]:
    """Serve until the block ends; `pause` seconds pass before each piece but the first."""
    wild = WildServer(0, dict(pages))
    with ThreadingTCPServer(("127.0.0.1", 0), _handler(wild, pause, tls)) as server:
        server.daemon_threads = True
        wild.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield wild
        finally:
            wild.stopping.set()
            server.shutdown()
            thread.join()


def _handler(
    wild: WildServer, pause: float, tls: ssl.SSLContext | None
) -> type[BaseRequestHandler]:
    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(10)
            with suppress(OSError), _secured(self.request, wild, tls) as connection:
                with connection.makefile("rb") as lines:
                    asked = _asked(lines)
                wild.asked.append(asked)
                page = wild.pages.get(asked.path, reply(404))
                for number, piece in enumerate(page(asked)):
                    if wild.stopping.is_set() or (number and wild.stopping.wait(pause)):
                        return
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)

    return Handler


def _secured(
    connection: socket.socket, wild: WildServer, tls: ssl.SSLContext | None
) -> socket.socket:
    if tls is None:
        return connection
    tls.sni_callback = lambda _socket, name, _context: wild.names.append(name)
    return tls.wrap_socket(connection, server_side=True)


def _asked(stream: BinaryIO) -> Asked:
    path = stream.readline().decode().split(" ")[1]
    lines = iter(lambda: stream.readline().decode().strip(), "")
    fields = (line.partition(": ") for line in lines)
    return Asked(path, {name.lower(): value for name, _, value in fields})
