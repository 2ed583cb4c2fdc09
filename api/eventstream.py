"""Event streams: server-sent events on their way, past proxies that would hold or cut them."""

from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

SILENT = b": nothing new\n\n"
"""A comment, which clients pass over: the line lives."""

_HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


def event_stream(lines: AsyncIterator[bytes]) -> StreamingResponse:
    """The response that sends what comes as soon as it comes."""
    return StreamingResponse(lines, media_type="text/event-stream", headers=_HEADERS)
