"""What surrounds every request: a limit on its body, and headers that keep the page to itself."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import response

BODY_LIMIT = 64 * 1024
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class BodyTooLargeError(Exception):
    """Raised while reading a body that grows past the limit."""


class Envelope:
    """ASGI middleware: refuses bodies over BODY_LIMIT bytes and adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = response(
            413, "body_too_large", f"The body exceeds {BODY_LIMIT} bytes; send less history."
        )
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > BODY_LIMIT:
            await refusal(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, _limited(receive), send_with_headers)
        except BodyTooLargeError:
            await refusal(scope, receive, send_with_headers)


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_LIMIT:
            raise BodyTooLargeError
        return message

    return limited
