"""What surrounds every request: a limit on its body, and headers that keep the page to itself."""

import asyncio
from time import monotonic

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 64 * 1024
BODY_SECONDS = 30.0
"""A body that takes longer holds its connection to hold it, not to ask."""

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
"""What a page may load and do: from here alone, no code but its files, no text that becomes code.

Directives of Content Security Policy Level 3 and of Trusted Types, with their values.
"""
_UNUSED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media",
    "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi",
    "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
_EVERYWHERE = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_HSTS = "max-age=31536000"


def guard(headers: MutableHeaders, scope: Scope) -> None:
    """Add to a response what keeps it to itself; no route can loosen it.

    A file, known by its ETag, is asked for again each time; nothing else is kept anywhere, unless
    its route says otherwise. Only what came over TLS may promise that the next request will.
    """
    for name, value in _EVERYWHERE.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-cache" if "etag" in headers else "no-store")
    if scope.get("scheme") == "https":
        headers["Strict-Transport-Security"] = _HSTS


class Envelope:
    """ASGI middleware: refuses to read bodies over BODY_LIMIT bytes, or for longer than
    BODY_SECONDS, and adds the headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                guard(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, _limited(receive, _declared(scope)), send_with_headers)


def _declared(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() else BODY_LIMIT + 1


def _limited(receive: Receive, declared: int) -> Receive:
    seen, whole, until = 0, False, 0.0

    async def limited() -> Message:
        nonlocal seen, whole, until
        if declared > BODY_LIMIT:
            raise _too_large()
        if whole:
            return await receive()
        until = until or monotonic() + BODY_SECONDS
        try:
            async with asyncio.timeout(max(0.0, until - monotonic())):
                message = await receive()
        except TimeoutError:
            raise HTTPException(
                408, f"The body did not arrive within {BODY_SECONDS:.0f} s; send it again."
            ) from None
        seen += len(message.get("body", b""))
        if seen > BODY_LIMIT:
            raise _too_large()
        whole = not message.get("more_body", False)
        return message

    return limited


def _too_large() -> HTTPException:
    return HTTPException(413, f"The body exceeds {BODY_LIMIT} bytes; send less history.")
