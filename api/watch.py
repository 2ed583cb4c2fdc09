"""Watch: what is noted of each request while it is served, for logs, metrics and traces."""

import asyncio
import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.answer import Answer
from assistant.meter import Meter
from assistant.pipeline import Trace

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "(none)"
OTHER = "other"
CLIENT_LEFT = 499
"""The status of a request whose client left before it was answered, as nginx notes it."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)


@dataclass(slots=True)
class Exchange:
    """One request and its response, without path, query, body or question.

    Of the answer, observers tell what it was (id, status, what made it), never what it says.
    `route` is the template of the route, never the path. `problem` is the code of the error that
    was the response. `caller` is what kind of caller it was: public, user or key. `started` and
    `answered_at` are moments of `perf_counter`; `over` is whether the response has been sent.
    """

    request_id: str
    method: str
    address: str
    traceparent: str | None = None
    started: float = field(default_factory=perf_counter)
    route: str = UNMATCHED
    status: int = 500
    seconds: float = 0.0
    over: bool = False
    caller: str = "public"
    problem: str | None = None
    answer: Answer | None = None
    answered_at: float = 0.0
    meter: Meter | None = None
    observers: Sequence["Observer"] = ()


class Observer:
    """Somebody who is told of requests; every method may be left out.

    `answered` and `ended` are called where the request is served, and have to be quick. The answer
    of a stream that is taken up again may come after `ended`.
    """

    def answered(self, exchange: Exchange, answer: Answer) -> None:
        """A question was answered; what it took is in `exchange.meter` if it was worked on."""

    def ended(self, exchange: Exchange) -> None:
        """The whole response was sent, or the client left."""


_current: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def current() -> Exchange | None:
    """The exchange that this code runs for, None outside of any."""
    return _current.get()


def answered(answer: Answer) -> None:
    """Note the answer of the current exchange; without one nothing happens."""
    if exchange := _current.get():
        exchange.answer, exchange.answered_at = answer, perf_counter()
        for observer in exchange.observers:
            observer.answered(exchange, answer)


def worked(trace: Trace) -> None:
    """Note what the answer of the current exchange took; may be called in any thread."""
    if exchange := _current.get():
        exchange.meter = trace.state.meter


class Watch:
    """ASGI middleware: makes an Exchange of each request and tells the observers.

    The request id of a trusted proxy is kept if it is one, see `api.proxies`; everybody else's is
    made here. It goes back as `X-Request-ID`. The exchange stays the current one until the task of
    the request ends, for a bug becomes a response outside of all middleware.
    """

    def __init__(self, app: ASGIApp, *, observers: Sequence[Observer]) -> None:
        self._app = app
        self._observers = tuple(observers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = self._exchange(scope)
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                exchange.status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = exchange.request_id
            await send(message)

        _current.set(exchange)
        try:
            await self._app(scope, receive, noting)
        except asyncio.CancelledError:
            exchange.status = exchange.status if started else CLIENT_LEFT
            raise
        finally:
            if not started and exchange.status == 500:
                exchange.problem = "internal"
            exchange.seconds = perf_counter() - exchange.started
            exchange.route, exchange.over = route_of(scope), True
            exchange.caller = str(getattr(scope["state"].get("caller"), "kind", exchange.caller))
            for observer in self._observers:
                observer.ended(exchange)

    def _exchange(self, scope: Scope) -> Exchange:
        state = scope.setdefault("state", {})
        headers = Headers(scope=scope)
        trusted = bool(state.get("from_proxy"))
        brought = headers.get("x-request-id", "") if trusted else ""
        return Exchange(
            request_id=brought if _REQUEST_ID.fullmatch(brought) else str(uuid4()),
            method=scope["method"] if scope["method"] in METHODS else OTHER,
            address=scope["client"][0] if scope.get("client") else "",
            traceparent=headers.get("traceparent") if trusted else None,
            observers=self._observers,
        )


def route_of(scope: Scope) -> str:
    """The template of the route that served a request, so that what is counted stays countable."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    if "app_root_path" in scope:
        return f"{scope['root_path'].removeprefix(scope['app_root_path'])}/{{path}}"
    asked = scope["path"].removeprefix(scope.get("root_path", ""))
    routes = scope["app"].routes if "app" in scope else ()
    return asked if any(getattr(route, "path", None) == asked for route in routes) else UNMATCHED
