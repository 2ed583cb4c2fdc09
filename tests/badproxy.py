"""A proxy as bad as some are: it cuts event streams short, or keeps them back until they end."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urlsplit

LONG = 60.0


@dataclass
class BadProxy:
    """`cuts` are the words after which the next responses that hold them end, one each.

    With `may_cut` cleared, the line stays open and silent until that is set. `asked` are the heads
    of the requests that came through. `buffers` is whether whole responses are kept back.
    """

    address: str = ""
    cuts: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    buffers: bool = False
    may_cut: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.may_cut.set()

    def streams(self) -> list[str]:
        """The heads of the requests for streams."""
        return [head for head in self.asked if "/v1/ask/stream" in head]


@contextmanager
def bad_proxy(origin: str) -> Iterator[BadProxy]:
    """Between a client and `origin`, on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = BadProxy(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = Thread(target=_serve, args=(listener, proxy, origin))
        thread.start()
        try:
            yield proxy
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, proxy: BadProxy, origin: str) -> None:
    threads = []
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            break
        threads.append(Thread(target=_relay, args=(client, proxy, origin)))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _relay(client: socket.socket, proxy: BadProxy, origin: str) -> None:
    """One request and its response; the connection ends with it."""
    with closing(client), suppress(OSError):
        client.settimeout(LONG)
        head, body = _request(client)
        if not head:
            return
        proxy.asked.append(head)
        lines = [line for line in head.split("\r\n") if not line.lower().startswith("connection:")]
        url = urlsplit(origin)
        with socket.create_connection((url.hostname or "", url.port or 80), LONG) as server:
            server.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
            _respond(server, client, proxy, head)


def _request(client: socket.socket) -> tuple[str, bytes]:
    taken = b""
    while b"\r\n\r\n" not in taken:
        part = client.recv(65_536)
        if not part:
            return "", b""
        taken += part
    head, _, body = taken.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    lengths = [
        int(line.partition(":")[2])
        for line in text.split("\r\n")
        if line.lower().startswith("content-length:")
    ]
    while len(body) < sum(lengths):
        body += client.recv(65_536)
    return text, body


def _respond(server: socket.socket, client: socket.socket, proxy: BadProxy, head: str) -> None:
    cut = proxy.cuts.pop(0) if "/v1/ask/stream" in head and proxy.cuts else None
    taken = b""
    while part := server.recv(65_536):
        taken += part
        if cut and cut in taken:
            end = taken.index(cut) + len(cut)
            client.sendall(taken[:end][len(taken) - len(part) :])
            proxy.may_cut.wait(LONG)
            return
        if not proxy.buffers:
            client.sendall(part)
    if proxy.buffers:
        client.sendall(taken)
