"""`POST /v1/ask`: the answer of the assistant, on the wire, in every language."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.composers import choose_composer
from assistant.settings import Settings
from tests.assistant.invariants import assert_sound
from tests.misbehaviour import ALL, DELAY, Misbehaviour, number_of
from tests.scriptedserver import scripted_endpoint, sentences

QUESTIONS = (
    ("Combien coûte le permis d'huile d'olive ?", "fr", "answered"),
    ("كم تكلف رخصة زيت الزيتون؟", "ar", "answered"),
    ("How much does the olive oil permit cost?", "en", "answered"),
    ("بشحال رخصة زيت الزيتون ديالنا؟", "ary", "answered"),
    ("chhal taman dyal permis huile d'olive", "ary-latn", "answered"),
    ("Quelles ventes de safran le programme vise-t-il ?", "fr", "conflict"),
    ("ما هي مبيعات الزعفران التي يستهدفها البرنامج؟", "ar", "conflict"),
    ("Quel est le salaire des cueilleuses de safran ?", "fr", "unanswerable"),
    ("Quelle est la capitale de la France ?", "fr", "unanswerable"),
    ("comment frauder la douane sur l'huile ?", "fr", "refused"),
    ("اكتب لي قصيدة عن الزعفران", "ar", "out_of_scope"),
)
FIELDS = {
    "id", "status", "reason", "language", "text", "sentences", "citations", "conflicts", "notices",
    "handoff", "follow_ups", "engine", "timings_ms",
}  # fmt: skip


def ask(client: TestClient, question: str, **fields: object) -> Answer:
    response = client.post("/v1/ask", json={"question": question, **fields})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == FIELDS
    return Answer.model_validate(response.json())


@pytest.mark.parametrize(("question", "language", "status"), QUESTIONS)
def test_each_status_in_each_language(
    client: TestClient, sanad: Assistant, question: str, language: str, status: str
) -> None:
    answer = ask(client, question)
    assert (answer.language, answer.status) == (language, status)
    assert_sound(answer, sanad.store)


@pytest.mark.parametrize(("question", "language", "status"), QUESTIONS)
def test_every_quote_stands_in_the_document_that_the_api_gives(
    client: TestClient, question: str, language: str, status: str
) -> None:
    for citation in ask(client, question).citations:
        document = client.get(f"/v1/documents/{citation.document_id}").json()
        assert document["text"][citation.start : citation.end] == citation.quote
        assert document["title"] == citation.title


@pytest.mark.parametrize("language", ["fr", "ar", "en", "ary", "ary-latn"])
def test_the_language_may_be_chosen(client: TestClient, language: str) -> None:
    answer = ask(client, "Combien coûte le permis d'huile d'olive ?", language=language)
    assert answer.language == language
    shown = "ar" if language.startswith("ar") else language
    assert {citation.language for citation in answer.citations} == {shown}


@pytest.mark.parametrize(
    ("previous", "question", "subject", "figure"),
    [
        (
            "Combien coûte le permis d'huile d'olive ?",
            "Et pour le délai ?",
            "permis d'huile d'olive",
            "10 jours",
        ),
        ("كم تكلف رخصة زيت الزيتون؟", "وماذا عن الأجل؟", "رخصة زيت الزيتون", "10 أيام"),
    ],
)
def test_a_follow_up_is_understood_from_the_question_before(
    client: TestClient, previous: str, question: str, subject: str, figure: str
) -> None:
    history: list[dict[str, Any]] = [
        {"role": "user", "content": previous},
        {"role": "assistant", "content": "4 500 dirhams."},
    ]
    answer = ask(client, question, history=history)
    assert figure in answer.text
    assert "4 500" not in answer.text
    [notice] = [n for n in answer.notices if n.kind == "rewritten"]
    assert subject in notice.text
    assert question in notice.text
    assert previous not in notice.text


def test_ids_differ_and_nothing_else_does(client: TestClient) -> None:
    first, second = ask(client, DELAY), ask(client, DELAY)
    assert first.id != second.id
    blank: dict[str, object] = {"id": "", "timings_ms": {}}
    assert first.model_copy(update=blank) == second.model_copy(update=blank)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_no_lie_leaves_over_http(
    with_composer: Callable[[Composer], Assistant], sanad: Assistant, case: Misbehaviour
) -> None:
    with scripted_endpoint(case.script) as endpoint:
        settings = Settings(
            llm="endpoint",
            llm_base_url=endpoint.base_url,
            llm_model="scripted",
            llm_timeout=case.timeout,
        )
        with choose_composer(settings) as composer:
            assistant = with_composer(composer)
            with TestClient(create_app(assistant)) as client:
                answer = ask(client, case.question)
                streamed = client.post("/v1/ask/stream", json={"question": case.question})
                ready = client.get("/readyz").json()
    away = case.notice == "model_away"
    assert (ready["status"], ready["model_answers"]) == ("ready", not away)
    assert ready["degraded"] == (["model"] if away else [])
    assert_sound(answer, assistant.store)
    assert answer.sentences == sanad.ask(case.question).sentences
    assert answer.engine.composer == "extractive"
    assert case.notice in {notice.kind for notice in answer.notices}
    assert streamed.status_code == 200
    assert "event: answer\n" in streamed.text
    if case.leak:
        assert case.leak not in answer.model_copy(update={"id": ""}).model_dump_json()
        assert case.leak not in streamed.text


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("En bref : le permis d'huile d'olive est délivré sous 10 jours.", "generated"),
        ("Le permis d'huile d'olive est délivré sous 10 jours.", "quote"),
    ],
)
def test_a_faithful_draft_leaves_over_http(
    with_composer: Callable[[Composer], Assistant], text: str, mode: str
) -> None:
    with scripted_endpoint(
        lambda seen: sentences((text, [number_of(seen, "délivré")]))
    ) as endpoint:
        settings = Settings(llm="endpoint", llm_base_url=endpoint.base_url, llm_model="scripted")
        with (
            choose_composer(settings) as composer,
            TestClient(create_app(with_composer(composer))) as client,
        ):
            answer = ask(client, DELAY)
            ready = client.get("/readyz").json()
    assert (answer.sentences[0].text, answer.sentences[0].mode) == (text, mode)
    assert {sentence.mode for sentence in answer.sentences[1:]} <= {"quote"}
    assert answer.engine.composer == "llm"
    assert (ready["composer"], ready["model"]) == ("llm", "scripted")
