"""`POST /v1/gold-proposals`: lines that the gold's own reader takes, masked, for agents alone."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.assistant import Assistant
from evals.gold import read_gold
from evals.goldcheck import check
from evals.score import Library
from tests.api.routes.conftest import As
from tests.api.test_problems import assert_problem

PATH = "/v1/gold-proposals"
QUESTIONS = {
    "fr": "Combien de temps avant de recevoir l'autorisation pour mes bouteilles ?",
    "ar": "شحال من يوم خاصني نتسنى باش ناخد الورقة ديال القراعي؟",
}


def span(sanad: Assistant, document_id: str, anchor: str) -> dict[str, object]:
    document = sanad.store.document(document_id)
    (found,) = (one for one in document.statements if one.anchor == anchor)
    return {"document_id": document_id, "start": found.start, "end": found.end}


def proposed(language: str, **fields: object) -> dict[str, object]:
    return {
        "question": QUESTIONS[language],
        "language": language,
        "status": "answered",
        "kind": "number",
        **fields,
    }


@pytest.mark.parametrize(("language", "fact"), [("fr", "10 jours"), ("ar", "10 أيام")])
def test_a_line_passes_the_check_of_the_gold(
    office: TestClient,
    as_: As,
    regional: Assistant,
    tmp_path: Path,
    *,
    language: str,
    fact: str,
) -> None:
    evidence = [span(regional, f"olive-permit.{language}", "delay")]
    body = proposed(language, facts=[fact], evidence=evidence)
    made = office.post(PATH, json=body, headers=as_("agent")).json()
    assert made["missing"] == []
    path = tmp_path / "mine.jsonl"
    path.write_text(made["line"] + "\n", encoding="utf-8")
    gold = read_gold(path)
    assert check([gold], Library.of(regional.store.documents())) == ()
    assert [one.statement for one in gold.items[0].evidence] == ["delay"]


def test_what_is_missing_is_named(office: TestClient, as_: As) -> None:
    empty = proposed("fr", facts=["…", " ", "²"])
    made = office.post(PATH, json=empty, headers=as_("agent")).json()
    assert made["missing"] == ["fact", "evidence"]
    unanswered = proposed("fr", status="unanswerable", kind="unanswerable")
    assert office.post(PATH, json=unanswered, headers=as_("agent")).json()["missing"] == []


def test_spans_that_are_no_statement_are_left_out(
    office: TestClient, as_: As, regional: Assistant
) -> None:
    good = span(regional, "olive-permit.fr", "delay")
    spans = [
        good,
        good,
        {**good, "document_id": "gone.fr"},
        {**good, "start": 0, "end": 3},
        {**good, "start": good["end"]},
    ]
    made = office.post(PATH, json=proposed("fr", evidence=spans), headers=as_("agent")).json()
    assert made["line"].count('"statement"') == 1


@pytest.mark.parametrize("language", QUESTIONS)
def test_the_question_is_masked(office: TestClient, as_: As, language: str) -> None:
    body = proposed(language, question=f"{QUESTIONS[language]} 0661234567")
    assert "0661234567" not in office.post(PATH, json=body, headers=as_("agent")).json()["line"]


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "q" * 1001},
        {"status": "fine"},
        {"kind": "riddle"},
        {"facts": ["10"] * 11},
        {"facts": ["f" * 201]},
        {"evidence": [{"document_id": "olive-permit.fr", "start": -1, "end": 2}]},
        {"evidence": [{"document_id": "olive-permit.fr", "start": 0, "end": True}]},
        {"note": "x"},
    ],
    ids=str,
)
def test_bad_proposals_are_refused(office: TestClient, as_: As, fields: dict[str, object]) -> None:
    answer = office.post(PATH, json=proposed("fr", **fields), headers=as_("agent"))
    assert_problem(answer, 422, "request_invalid")


def test_a_question_without_words_is_refused(office: TestClient, as_: As) -> None:
    answer = office.post(PATH, json=proposed("fr", question="\u200b"), headers=as_("agent"))
    assert_problem(answer, 422, "question_empty")
