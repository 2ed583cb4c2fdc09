"""Every error as problem+json (RFC 9457): stable `code`, a title, a detail that says what to do."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.headers import HEADERS
from ingest.errors import OverloadedError, SanadError

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("sanad")
_CODES = {
    400: "json_invalid",
    404: "path_unknown",
    405: "method_not_allowed",
    413: "body_too_large",
}


def install(app: FastAPI) -> None:
    """Give `app` one handler for each kind of error; none shows a stack trace."""
    app.add_exception_handler(SanadError, _sanad)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def problem(status: int, code: str, detail: str) -> dict[str, object]:
    """The body of a problem."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


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
    result = JSONResponse(of(error), status_code=error.status, media_type=MEDIA_TYPE)
    if isinstance(error, OverloadedError) and error.wait is not None:
        result.headers["Retry-After"] = str(error.wait)
    return result


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    errors = error.errors()
    if any(item["type"] == "json_invalid" for item in errors):
        return response(400, "json_invalid", "The body is not valid JSON in UTF-8.")
    detail = "; ".join(
        f"{'.'.join(str(part) for part in item['loc'][1:]) or 'body'}: {item['msg']}"
        for item in errors[:5]
    )
    return response(422, "request_invalid", f"{detail}.")


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    result = response(error.status_code, _CODES.get(error.status_code, "http"), str(error.detail))
    result.headers.update(error.headers or {})
    return result


async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    """Starlette answers these outside all middleware, so the headers are added here."""
    result = JSONResponse(unexpected(error), status_code=500, media_type=MEDIA_TYPE)
    result.headers.update(HEADERS)
    return result
