"""A Sanad behind HTTP, asked as if it were here."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from fastapi import FastAPI, Response

from api.app import create_app
from api.client import RemoteAssistant, RemoteError, open_remote
from assistant.assistant import Assistant
from assistant.question import Question, Turn
from assistant.settings import Settings
from ingest.errors import (
    HistoryTooLongError,
    IndexMissingError,
    QuestionEmptyError,
    QuestionTooLongError,
    SanadError,
)

Serving = Callable[[FastAPI], AbstractContextManager[str]]
VARYING = {"id": "", "timings_ms": {}}


@pytest.fixture
def served(sanad: Assistant, serving: Serving) -> Iterator[str]:
    with serving(create_app(sanad)) as url:
        yield url


@pytest.fixture
def remote(served: str) -> Iterator[RemoteAssistant]:
    with closing(RemoteAssistant(served)) as opened:
        yield opened


@pytest.mark.parametrize(
    "question",
    [
        Question(question="Quel est le délai du permis d'huile d'olive ?"),
        Question(question="ما هو هاتف شباك الزرابي؟"),
        Question(question="Quel temps fait-il à Fès ?", language="fr"),
        Question(
            question="وبكم؟",
            history=(Turn(role="user", content="ما هو أجل رخصة زيت الزيتون؟"),),
        ),
    ],
)
def test_the_answer_is_the_one_that_is_given_there(
    remote: RemoteAssistant, sanad: Assistant, question: Question
) -> None:
    told, here = remote.ask(question), sanad.ask(question)
    assert told.model_copy(update=VARYING) == here.model_copy(update=VARYING)
    assert told.timings_ms["total"] > 0


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (Question(question=" "), QuestionEmptyError),
        (Question(question="é" * 5_000), QuestionTooLongError),
        (
            Question(question="a ?", history=(Turn(role="user", content="b"),) * 50),
            HistoryTooLongError,
        ),
    ],
)
def test_a_problem_is_the_error_that_it_is_here(
    remote: RemoteAssistant, sanad: Assistant, question: Question, kind: type[SanadError]
) -> None:
    with pytest.raises(kind) as there:
        remote.ask(question)
    with pytest.raises(kind) as here:
        sanad.ask(question)
    assert str(there.value) == str(here.value)


def odd(body: str, *, status: int = 200, media: str = "application/json") -> FastAPI:
    app = FastAPI()

    @app.post("/v1/ask")
    def ask() -> Response:
        return Response(body, status_code=status, media_type=media)

    return app


@pytest.mark.parametrize(
    ("app", "named"),
    [
        (odd('{"status": "answered"}'), "version"),
        (odd("<html>مرحبا</html>", media="text/html"), "HTTP 200"),
        (odd("", status=204), "HTTP 204"),
        (odd("<html>busy</html>", status=503, media="text/html"), "HTTP 503"),
        (odd('{"code": "teapot", "detail": "قصير"}', status=418), "teapot: قصير"),
        (FastAPI(), "HTTP 404"),
    ],
    ids=["other", "page", "empty", "busy", "unknown", "nothing"],
)
def test_what_is_no_answer_is_an_error_that_says_so(
    serving: Serving, app: FastAPI, named: str
) -> None:
    with (
        serving(app) as url,
        closing(RemoteAssistant(url)) as remote,
        pytest.raises(RemoteError, match=named),
    ):
        remote.ask(Question(question="Quoi ?"))


def test_an_address_where_nobody_answers_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        closing(RemoteAssistant(f"http://127.0.0.1:{port}/")) as remote,
        pytest.raises(RemoteError, match=rf":{port}/v1/ask .*sanad serve"),
    ):
        remote.ask(Question(question="Quoi ?"))


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://127.0.0.1", "http://[", "عنوان"])
def test_what_is_no_address_is_named(url: str) -> None:
    with pytest.raises(RemoteError), closing(RemoteAssistant(url)) as remote:
        remote.readiness()


def test_one_that_is_slow_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with (
            closing(RemoteAssistant(url, timeout=0.2)) as remote,
            pytest.raises(RemoteError, match="could not be reached"),
        ):
            remote.ask(Question(question="Quoi ?"))


def test_its_documents_are_those_of_the_same_generation_here(
    served: str, sanad: Assistant, trade_index: Path
) -> None:
    with open_remote(served, Settings(index=trade_index)) as subject:
        seen = subject.system.observe(Question(question="ما هو هاتف شباك الزرابي؟"))
    assert (subject.name, subject.generation) == ("remote", sanad.generation.name)
    assert (subject.composer, subject.model) == ("extractive", None)
    assert (seen.passages, seen.support) == (None, None)
    for citation in seen.answer.citations:
        text = subject.library.texts[citation.document_id]
        assert text[citation.start : citation.end] == citation.quote


def test_without_that_generation_nothing_is_asked(served: str, tmp_path: Path) -> None:
    with (
        pytest.raises(IndexMissingError, match=str(tmp_path)),
        open_remote(served, Settings(index=tmp_path)),
    ):
        pass
