"""The description of the interface, OpenAPI 3.1: what FastAPI draws up, and what it cannot know.

Every error is a problem, of a media type of its own; what every route refuses is said at each.
"""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from pydantic import TypeAdapter
from starlette.routing import BaseRoute

from api import problems

Json = dict[str, Any]

_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_PROBLEM = "Problem"
_SUMMARY = "Answers about Moroccan foreign trade, each sentence with the words that prove it."
_TAGS = {
    "ask": "Questions, answered from the documents with the words that prove each sentence.",
    "completions": "The same questions and answers for clients of OpenAI's protocol.",
    "documents": "What the answers are taken from.",
    "suggestions": "Questions that the documents answer, to begin with.",
    "procedures": "Who does what, with which papers, how long it takes and what it costs.",
    "directory": "The bodies that can help, with contacts that a source ties to them.",
    "feedback": "What people think of an answer.",
    "handoffs": "Questions sent to a regional office, and its replies.",
    "conversations": "Conversations that somebody asked to have kept.",
    "shares": "Answers that somebody made a link to.",
    "gaps": "Questions that the documents did not answer.",
    "evaluation": "Runs, what changed between two of them, and what people find better.",
    "audit": "Who did what, and with what.",
    "session": "Who is signed in.",
    "health": "Whether it lives, and what would answer.",
}
_BODY = {
    "400": "`json_invalid`: The body is not valid JSON in UTF-8.",
    "408": "`body_too_slow`: The body does not arrive in time.",
    "413": "`body_too_large`: The body exceeds what is read.",
    "415": "`media_type_unsupported`: The body is not said to be JSON.",
}
_ALWAYS = {
    "401": "`not_signed_in`: The key that was sent does not count.",
    "422": "`request_invalid`: A field, header or parameter is missing, unknown or mistyped.",
    "429": "`rate_limited`: More requests in a minute than one caller may make.",
    "500": "`internal`: A bug; the operator's log has the trace.",
}

_UNTRACED: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI's own spans would hold paths, queries and messages of errors; see `api.tracing`."""


class Application(FastAPI):
    """FastAPI with the given routes, and a description that is complete."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        super().__init__(
            routes=list(routes),
            title="Sanad",
            version=version("sanad"),
            summary=_SUMMARY,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            openapi_tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
            docs_url=None,
            redoc_url=None,
            telemetry=_UNTRACED,
        )

    def openapi(self) -> Json:
        """The description, the same at each call; also what `GET /openapi.json` gives."""
        if self.openapi_schema is None:
            self.openapi_schema = _completed(super().openapi())
        return self.openapi_schema


def named(route: APIRoute) -> str:
    """An operation is called what its function is called."""
    return route.name


def _completed(schema: Json) -> Json:
    """The description with the problems of every operation; the schema is changed."""
    models = schema.setdefault("components", {}).setdefault("schemas", {})
    models[_PROBLEM] = TypeAdapter(problems.Problem).json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        models.pop(unused, None)
    schema["components"]["schemas"] = dict(sorted(models.items()))
    for path, operation in _operations(schema):
        _describe(path, operation)
    return schema


def _operations(schema: Json) -> Iterator[tuple[str, Json]]:
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield path, operation


def _describe(path: str, operation: Json) -> None:
    """Give the operation every problem that it can end with."""
    responses = operation["responses"]
    if path.startswith("/v1/"):
        common = {**(_BODY if "requestBody" in operation else {}), **_ALWAYS}
        for status, meaning in common.items():
            told = responses.get(status, {})
            own = "" if _is_default(told) else f"{told.get('description', '')} "
            responses[status] = {**told, "description": f"{own}{meaning}".strip()}
    for status, response in responses.items():
        if status >= "4":
            response["content"] = {
                problems.MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{_PROBLEM}"}}
            }
        if status in {"429", "503"}:
            response["headers"] = {
                "Retry-After": {
                    "description": "Seconds after which asking again may help, where known.",
                    "schema": {"type": "integer", "minimum": 0},
                }
            }
    operation["responses"] = dict(sorted(responses.items()))


def _is_default(response: Json) -> bool:
    return response.get("description") == "Validation Error"
