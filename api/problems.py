"""Every error as problem+json (RFC 9457): stable `code`, a title, a detail that says what to do."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api import watch
from api.headers import guard
from ingest.errors import (
    DatabaseDownError,
    DatabaseOutdatedError,
    ForbiddenError,
    NotSignedInError,
    OverloadedError,
    SanadError,
    StaffNotSetUpError,
    StorageError,
)

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="sanad"'
"""What a 401 has to ask for by RFC 9110 §15.5.2; browsers show no dialogue for it."""

_LOG = logging.getLogger("sanad")
_CODES = {
    400: "json_invalid",
    404: "path_unknown",
    405: "method_not_allowed",
    408: "body_too_slow",
    413: "body_too_large",
    415: "media_type_unsupported",
}
CODES = frozenset({*_CODES.values(), "request_invalid", "internal"})
"""Codes that are no SanadError's."""


def install(app: FastAPI) -> None:
    """Give `app` one handler for each kind of error; none shows a stack trace."""
    app.add_exception_handler(SanadError, _sanad)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


RECORDS = (DatabaseDownError, DatabaseOutdatedError, StorageError)
"""What a route can raise that reads or keeps records."""

STAFF = (NotSignedInError, ForbiddenError, StaffNotSetUpError)
"""What a route can raise that is for some."""


class Problem(BaseModel):
    """What every error says: programs switch on `code`, people read `detail`.

    `error` holds the same for clients of OpenAI's protocol: `message`, `type` and `code`.
    `request_id` is that of the response's `X-Request-ID`, and of the lines in the log.
    """

    type: Literal["about:blank"]
    title: str
    status: int
    code: str
    detail: str
    error: dict[str, str]
    request_id: str | None = None


def documented(*errors: type[SanadError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that can raise these, beside what every route can."""
    by_status: dict[int, list[str]] = {}
    for error in errors:
        meaning = (error.__doc__ or "").partition("\n")[0]
        by_status.setdefault(error.status, []).append(f"`{error.code}`: {meaning}")
    return {
        status: {"description": " ".join(meanings), "model": Problem}
        for status, meanings in sorted(by_status.items())
    }


def problem(status: int, code: str, detail: str) -> dict[str, object]:
    """The body of a problem, which is noted as that of the current request."""
    exchange = watch.current()
    if exchange:
        exchange.problem = code
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "error": {"message": detail, "type": _openai_type(status), "code": code},
        **({"request_id": exchange.request_id} if exchange else {}),
    }


def _openai_type(status: int) -> str:
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    return kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")


def of(error: SanadError) -> dict[str, object]:
    """A SanadError as a problem."""
    return problem(error.status, error.code, str(error))


def unexpected(error: BaseException) -> dict[str, object]:
    """A bug as a problem that tells nothing of it; the log has the trace."""
    _LOG.error("unexpected error", exc_info=error)
    return problem(500, "internal", "Something went wrong here; the operator's log has the trace.")


def response(status: int, code: str, detail: str) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(problem(status, code, detail), status_code=status, media_type=MEDIA_TYPE)


async def _sanad(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SanadError)  # noqa: S101  (narrows what the handler table promises)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.warning("%s", error.for_operator)
    result = JSONResponse(of(error), status_code=error.status, media_type=MEDIA_TYPE)
    if isinstance(error, OverloadedError) and error.wait is not None:
        result.headers["Retry-After"] = str(error.wait)
    if error.status == HTTPStatus.UNAUTHORIZED:
        result.headers["WWW-Authenticate"] = CHALLENGE
    return result


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    errors = error.errors()
    if any(item["type"] == "json_invalid" for item in errors):
        return response(400, "json_invalid", "The body is not valid JSON in UTF-8.")
    if isinstance(error.body, bytes) and any(item["loc"] == ("body",) for item in errors):
        return response(415, "media_type_unsupported", "Send the body as application/json.")
    detail = "; ".join(f"{_where(item['loc'])}: {item['msg']}" for item in errors[:5])
    return response(422, "request_invalid", f"{detail}.")


def _where(loc: Sequence[str | int]) -> str:
    """The field as its sender named it, as far as that can be said again."""
    named = ".".join(str(part)[:50] for part in loc[1:]) or "body"
    return named.encode(errors="replace").decode()


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    result = response(error.status_code, _CODES.get(error.status_code, "http"), str(error.detail))
    result.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        result.headers["Allow"] = ", ".join(_allowed(request))
    return result


def _allowed(request: Request) -> list[str]:
    """The methods of an address, over all of its routes: a router tells those of one alone.

    What no route has is a file of the pages.
    """
    found = [
        method
        for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    return found or ["GET", "HEAD"]


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """Starlette answers these outside all middleware, so the headers are added here."""
    result = JSONResponse(unexpected(error), status_code=500, media_type=MEDIA_TYPE)
    guard(result.headers, request.scope)
    if exchange := watch.current():
        result.headers["X-Request-ID"] = exchange.request_id
    return result
