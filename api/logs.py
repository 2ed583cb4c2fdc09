"""Logs: one line for each thing that happened, with the id of the request that it happened in."""

import json
import logging
import sys
import unicodedata
from datetime import UTC, datetime

from api.watch import Exchange, Observer, current
from assistant.identifiers import mask_identifiers
from assistant.settings import Settings

_LOG = logging.getLogger("sanad.request")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/pages/{path}"})
"""Routes that are asked all the time; they are noted when something went wrong."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that could end a line or turn it round."""

FIELDS = frozenset(
    {"method", "route", "status", "ms", "caller", "problem", "answer", "outcome", "address"}
)
"""What the line of a request may hold beside its id: nothing that a caller has written."""


def install(settings: Settings) -> None:
    """Write everything that is logged to standard error, in JSON or as text.

    JSON is one object a line, in ASCII. In text, whatever could break a line is escaped and
    tracebacks are indented, so that nobody writes a line of their own. What looks like somebody's
    identifier or address is masked. Libraries are heard from `warning` on.
    """
    handler = _StandardError()
    in_json = settings.log == "json" or (settings.log == "auto" and not sys.stderr.isatty())
    handler.setFormatter(_Lines(in_json=in_json))
    handler.addFilter(_told_once)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("sanad").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


class _StandardError(logging.Handler):
    """Writes to what standard error is now, for it may be replaced while this goes on."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the lines of a record at once."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            self.handleError(record)


class RequestLog(Observer):
    """Logs one line for each request: no path, no query, no body, and no address unless wanted."""

    def __init__(self, settings: Settings) -> None:
        self._addresses = settings.log_addresses

    def ended(self, exchange: Exchange) -> None:
        """Write the line."""
        failed = exchange.status >= 500
        if exchange.route in _QUIET and exchange.status < 400:
            return
        told = {
            "method": exchange.method,
            "route": exchange.route,
            "status": exchange.status,
            "ms": round(exchange.seconds * 1000, 1),
            "caller": exchange.caller,
            "problem": exchange.problem,
            "answer": exchange.answer.id if exchange.answer else None,
            "outcome": exchange.answer.status if exchange.answer else None,
            "address": exchange.address if self._addresses else None,
        }
        extra = {name: value for name, value in told.items() if value is not None}
        _LOG.log(logging.ERROR if failed else logging.INFO, "request", extra=extra)


class _Lines(logging.Formatter):
    """One line for each record; in text, a traceback below it."""

    def __init__(self, *, in_json: bool) -> None:
        super().__init__()
        self._in_json = in_json

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": mask_identifiers(record.getMessage()).text,
        }
        if exchange := current():
            told["request_id"] = exchange.request_id
        told |= {name: value for name, value in vars(record).items() if name in FIELDS}
        if record.exc_info:
            told["exception"] = mask_identifiers(self.formatException(record.exc_info)).text
        return json.dumps(told, default=str) if self._in_json else _text(told)


def _text(told: dict[str, object]) -> str:
    trace = str(told.pop("exception", ""))
    time, level, event = (str(told.pop(name)) for name in ("time", "level", "event"))
    pairs = [f"{name}={value}" for name, value in told.items()]
    line = _visible(" ".join([time, level.upper(), event, *pairs]))
    return "\n    ".join([line, *map(_visible, trace.split("\n"))]) if trace else line


def _visible(text: str) -> str:
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _UNSEEN else char
        for char in text
    )


def _told_once(record: logging.LogRecord) -> bool:
    """A bug is logged where it becomes a response (`api.problems`), and by uvicorn again."""
    return not (record.name == "uvicorn.error" and str(record.msg).startswith("Exception in ASGI"))
