"""Sanad behind HTTP, asked like the one in this process, so that what runs can be measured."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from api.routes.health import Readiness
from assistant.answer import Answer
from assistant.question import Question
from assistant.settings import Settings
from evals.baselines import Subject
from evals.score import Library
from evals.system import Opaque
from index.generation import open_store
from ingest.errors import SanadError

TIMEOUT = 120.0
"""Seconds that an answer may take; a language model on two cores takes half a minute."""

_M = TypeVar("_M", bound=BaseModel)


class RemoteError(SanadError):
    """A Sanad behind HTTP is away, or answers what no Sanad of this version does."""

    code = "remote_failed"
    exit_code = 10
    status = 502


class _Problem(BaseModel):
    """What is read of problem+json."""

    model_config = ConfigDict(frozen=True)

    code: str
    detail: str


class RemoteAssistant:
    """Asks `POST /v1/ask` under `base_url`; may be shared between threads."""

    def __init__(self, base_url: str, timeout: float = TIMEOUT) -> None:
        self.base_url = base_url.rstrip("/")
        try:
            self._client = httpx2.Client(base_url=self.base_url, timeout=timeout)
        except (httpx2.InvalidURL, ValueError) as error:
            raise RemoteError(f"{base_url!r} is no address: {error}.") from error

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def ask(self, question: Question) -> Answer:
        """Answer one question.

        A problem is raised as the SanadError of its code, so that it counts here as it would in
        that process; RemoteError for a code that is not ours, and for no answer at all.
        """
        return self._read("POST", "/v1/ask", Answer, question.model_dump_json())

    def readiness(self) -> Readiness:
        """What answers there; raises RemoteError."""
        return self._read("GET", "/readyz", Readiness)

    def _read(self, method: str, path: str, model: type[_M], body: str | None = None) -> _M:
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            response = self._client.request(method, path, content=body, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise RemoteError(
                f"{self.base_url}{path} could not be reached: {error or type(error).__name__}. "
                "Start one with `sanad serve`, or correct the address."
            ) from error
        if response.is_success:
            return self._parsed(model, response)
        raise _error(self._parsed(_Problem, response))

    def _parsed(self, model: type[_M], response: httpx2.Response) -> _M:
        try:
            return model.model_validate_json(response.content)
        except ValidationError as error:
            raise RemoteError(
                f"{response.url} gave HTTP {response.status_code} and not what a Sanad of this "
                f"version gives: {error.errors()[0]['msg']}. Check the address and the version."
            ) from error


@contextmanager
def open_remote(base_url: str, settings: Settings, timeout: float = TIMEOUT) -> Iterator[Subject]:
    """A Sanad behind HTTP, ready to be measured.

    Its citations are held against the same generation in the index here; raises IndexMissingError
    when there is none, RemoteError when nobody answers.
    """
    with closing(RemoteAssistant(base_url, timeout)) as remote:
        there = remote.readiness()
        with closing(open_store(settings.index, there.generation)) as store:
            library = Library.of(store.documents())
        yield Subject(
            name="remote",
            system=Opaque(remote),
            library=library,
            generation=there.generation,
            embedder=None,
            composer=there.composer,
            model=there.model,
            prompt=None,
        )


def _error(problem: _Problem) -> SanadError:
    kind = next((kind for kind in _kinds(SanadError) if kind.code == problem.code), None)
    return kind(problem.detail) if kind else RemoteError(f"{problem.code}: {problem.detail}")


def _kinds(kind: type[SanadError]) -> Iterator[type[SanadError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
