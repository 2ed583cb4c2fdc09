"""An OpenAI-compatible endpoint that says what a test tells it to, well or badly."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What the endpoint does with one request: status, pieces of text, and how it misbehaves.

    `wait` seconds pass before the first byte. Without `whole` the connection ends after the last
    piece, in the middle of the stream. `finish` is the reason the stream gives for its end, None
    for none. `body` replaces the stream by other bytes. `pause` seconds pass before the second
    piece. `usage` are the tokens of prompt and answer that are told at the end.
    """

    pieces: Iterable[str] = ()
    status: int = 200
    wait: float = 0
    pause: float = 0
    whole: bool = True
    finish: str | None = "stop"
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    usage: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the endpoint got it."""

    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        """The system message."""
        return next(str(m["content"]) for m in self.body["messages"] if m["role"] == "system")

    @property
    def task(self) -> str:
        """The message that holds evidence and question."""
        return next(str(m["content"]) for m in self.body["messages"] if m["role"] == "user")

    @property
    def evidence(self) -> dict[int, str]:
        """The numbered evidence as it was sent."""
        lines = re.findall(r"^\[(\d+)] (\".*\")$", self.task, re.MULTILINE)
        return {int(number): json.loads(text) for number, text in lines}


Script = Callable[[Seen], Reply]


@dataclass(slots=True)
class ScriptedEndpoint:
    """The running endpoint; `script` may be exchanged between requests, `seen` keeps them all.

    It tells its `models` to whoever has the `key`; drafts it gives to anybody.
    """

    base_url: str
    script: Script
    seen: list[Seen] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)
    models: tuple[str, ...] = ("scripted",)
    key: str = "none"

    def listing(self, authorization: str | None) -> tuple[int, bytes]:
        """Status and body of the list of models."""
        if authorization != f"Bearer {self.key}":
            return 401, b"{}"
        return 200, json.dumps({"data": [{"id": name} for name in self.models]}).encode()


def sentences(*drafts: tuple[str, list[int]]) -> Reply:
    """A reply in the schema that the composer asks for, cut into small pieces."""
    items = [{"text": text, "evidence": evidence} for text, evidence in drafts]
    return pieces(json.dumps({"sentences": items}, ensure_ascii=False))


def pieces(text: str) -> Reply:
    """Any text as a reply, a few characters at a time."""
    return Reply(tuple(text[at : at + 7] for at in range(0, len(text), 7)))


def endless(start: str, piece: str) -> Reply:
    """A reply that never stops."""

    def stream() -> Iterator[str]:
        yield start
        yield from repeat(piece)

    return Reply(stream())


@contextmanager
def scripted_endpoint(script: Script) -> Iterator[ScriptedEndpoint]:
    """Serve on a free port of loopback until the block ends; every thread has ended by then."""
    endpoint = ScriptedEndpoint("", script)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(endpoint))
    server.daemon_threads = False
    endpoint.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Listing(BaseHTTPRequestHandler):
    """Answers `GET /models` for its endpoint."""

    endpoint: ScriptedEndpoint

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return

    def do_GET(self) -> None:
        status, body = self.endpoint.listing(self.headers["Authorization"])
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _handler(endpoint: ScriptedEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(_Listing):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen = Seen(dict(self.headers), json.loads(body))
            endpoint.seen.append(seen)
            reply = endpoint.script(seen)
            endpoint.stopping.wait(reply.wait)
            self.close_connection = True
            try:
                self._answer(reply)
            except ConnectionError:
                return

        def _answer(self, reply: Reply) -> None:
            if reply.status != 200 or reply.body is not None:
                body = reply.body or b'{"error": {"message": "scripted", "type": "scripted"}}'
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._event(json.dumps(_chunk({"role": "assistant", "content": ""}, None)))
            for piece in _paused(reply, endpoint.stopping):
                self._event(json.dumps(_chunk({"content": piece}, None)))
            if reply.whole and not endpoint.stopping.is_set():
                self._event(json.dumps(_chunk({}, reply.finish)))
                self._event(json.dumps(_usage(*reply.usage)))
                self._event("[DONE]")
                self.wfile.write(b"0\r\n\r\n")

        def _event(self, data: str) -> None:
            event = f"data: {data}\n\n".encode()
            self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")

    Handler.endpoint = endpoint
    return Handler


def _chunk(delta: dict[str, str], finish: str | None) -> dict[str, object]:
    return {
        "id": "scripted",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def _paused(reply: Reply, stopping: Event) -> Iterator[str]:
    """The pieces until the endpoint stops, with the pause of the reply before the second one."""
    for number, piece in enumerate(reply.pieces):
        stopping.wait(reply.pause if number == 1 else 0)
        if stopping.is_set():
            return
        yield piece


def _usage(prompt: int, answer: int) -> dict[str, object]:
    told = {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
    return _chunk({}, None) | {"choices": [], "usage": told}
