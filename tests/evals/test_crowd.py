"""One of a crowd: what they do is drawn, what they meet is judged, and all of it is told."""

import json
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.crowd import (
    ATTEMPTS,
    PATHS,
    Asked,
    Met,
    Person,
    Plan,
    Reply,
    fingerprint,
    judge,
    read_journal,
)

SAID = {
    "ar": {"status": "answered", "text": "الرسم 400 درهم.", "language": "ar"},
    "fr": {"status": "answered", "text": "Le droit est de 400 dirhams.", "language": "fr"},
}
ASKED = tuple(
    Asked(question=language, print=fingerprint(answer)) for language, answer in SAID.items()
)
PLAN = Plan(seed=3, asked=ASKED)
AWAY = Reply(503, json.dumps({"code": "database_down"}).encode(), 2)


class Service:
    """Answers rightly; `instead` of that gives the first replies of a path."""

    def __init__(self, **instead: list[Reply]) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.instead = instead

    def __call__(self, path: str, body: bytes) -> Reply:
        sent = json.loads(body)
        self.asked.append((path, sent))
        kind = next(kind for kind, place in PATHS.items() if place == path)
        if waiting := self.instead.get(kind):
            return waiting.pop(0)
        if kind in {"feedback", "handoff"}:
            return Reply(201, json.dumps({"id": str(uuid4())}).encode())
        answer = {"id": str(uuid4()), "timings_ms": {"total": 1}, **SAID[sent["question"]]}
        data = json.dumps(answer)
        if kind == "stream":
            return Reply(200, f"id: a.1\nevent: answer\ndata: {data}\n\n".encode())
        return Reply(200, data.encode())


def crowded(service: Service, visits: int, plan: Plan = PLAN) -> tuple[list[Met], list[float]]:
    """What one person met in so many visits, and the pauses that they were made to take."""
    met: list[Met] = []
    pauses: list[float] = []
    person = Person(0, plan, service, pauses.append, met.append)
    for _ in range(visits):
        person.visit()
    return met, pauses


def test_every_request_is_told_once_and_every_answer_is_right() -> None:
    service = Service()
    met, pauses = crowded(service, 400)
    assert [PATHS[one.kind] for one in met] == [path for path, _ in service.asked]
    assert {one.outcome for one in met} == {"done"}
    assert pauses == []
    assert {one.language for one in met if one.kind in {"ask", "stream"}} == {"ar", "fr"}


def test_the_shares_are_those_that_were_asked_for() -> None:
    kinds = Counter(one.kind for one in crowded(Service(), 4_000)[0])
    questions = kinds["ask"] + kinds["stream"]
    assert questions == 4_000
    assert kinds["stream"] / questions == pytest.approx(1 / 5, abs=0.03)
    assert kinds["feedback"] / questions == pytest.approx(1 / 10, abs=0.03)
    assert kinds["handoff"] / questions == pytest.approx(1 / 20, abs=0.03)


def test_feedback_and_hand_offs_name_the_answer_that_was_heard() -> None:
    service = Service()
    met, _ = crowded(service, 200)
    answers = {one.id for one in met if one.kind in {"ask", "stream"}}
    given = [sent for path, sent in service.asked if path in {"/v1/feedback", "/v1/handoffs"}]
    assert given
    assert {sent["answer_id"] for sent in given} <= answers


def test_the_same_seed_and_number_do_the_same() -> None:
    def asked(number: int, seed: int) -> list[tuple[str, object]]:
        service = Service()
        plan = PLAN.model_copy(update={"seed": seed})
        person = Person(number, plan, service, lambda _: None, lambda _: None)
        for _ in range(50):
            person.visit()
        return [(path, sent.get("question")) for path, sent in service.asked]

    assert asked(1, 3) == asked(1, 3)
    assert asked(1, 3) != asked(2, 3)
    assert asked(1, 3) != asked(1, 4)


@given(st.integers(), st.tuples(st.floats(0, 30), st.floats(30, 60)))
def test_thinking_takes_as_long_as_the_plan_allows(number: int, think: tuple[float, float]) -> None:
    plan = PLAN.model_copy(update={"think": think})
    person = Person(number, plan, Service(), lambda _: None, lambda _: None)
    assert think[0] <= person.think() <= think[1]


@pytest.mark.parametrize("wait", [3.0, None])
def test_who_is_sent_away_comes_back_when_told_to(wait: float | None) -> None:
    service = Service(ask=[Reply(429, b"", wait)], stream=[Reply(429, b"", wait)])
    met, pauses = crowded(service, 40)
    assert Counter(one.outcome for one in met)["shed"] == 2
    assert pauses == [wait or 2.0] * 2
    assert sum(one.outcome == "done" for one in met if one.kind in {"ask", "stream"}) == 40


def test_feedback_that_cannot_be_kept_is_sent_again_until_it_is() -> None:
    met, pauses = crowded(Service(feedback=[AWAY, AWAY]), 100)
    outcomes = [one.outcome for one in met if one.kind == "feedback"]
    assert outcomes[:3] == ["unkept", "unkept", "done"]
    assert pauses == [2, 2]


def test_who_comes_back_for_nothing_gives_up_and_is_counted() -> None:
    met, pauses = crowded(Service(ask=[Reply(429)] * ATTEMPTS, stream=[Reply(429)] * ATTEMPTS), 1)
    assert [one.outcome for one in met] == ["shed"] * ATTEMPTS + ["given_up"]
    assert len(pauses) == ATTEMPTS


def test_what_is_lost_is_not_asked_again() -> None:
    met, _ = crowded(Service(ask=[Reply(500)], stream=[Reply(500)]), 1)
    assert [(one.outcome, one.status) for one in met] == [("failed", 500)]


RIGHT = fingerprint(SAID["ar"])
WHOLE = json.dumps(SAID["ar"]).encode()


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, WHOLE, "done"),
        (200, json.dumps(SAID["fr"]).encode(), "wrong"),
        (200, b"", "wrong"),
        (200, b"[1]", "wrong"),
        (429, b"", "shed"),
        (503, AWAY.body, "unkept"),
        (503, b'{"code": "shutting_down"}', "failed"),
        (500, WHOLE, "failed"),
        (422, b"", "failed"),
        (0, b"", "failed"),
    ],
)
def test_an_answer_is_judged_by_what_it_says(status: int, body: bytes, outcome: str) -> None:
    assert judge("ask", Reply(status, body), RIGHT)[0] == outcome


STATUS = b'id: a.1\nevent: status\ndata: {"stage": "retrieve"}\n\n'
END = b"id: a.2\nevent: answer\ndata: " + WHOLE + b"\n\n"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (STATUS + END, "done"),
        (STATUS + b": nothing new\n\n" + END, "done"),
        (STATUS, "cut"),
        (STATUS + END[:-2], "cut"),
        (STATUS + END[:-1], "cut"),
        (b"", "cut"),
        (STATUS + b'id: a.2\nevent: error\ndata: {"code": "internal"}\n\n', "cut"),
    ],
)
def test_a_stream_without_its_end_is_cut(body: bytes, outcome: str) -> None:
    assert judge("stream", Reply(200, body), RIGHT)[0] == outcome


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'{"id": "7f9c24e8-3b12-4fae-9d41-5c7a0b6e2f10"}', "done"),
        (b'{"id": "7"}', "failed"),
        (b"{}", "failed"),
        (b"", "failed"),
    ],
)
def test_a_record_is_acknowledged_by_its_id(body: bytes, outcome: str) -> None:
    assert judge("feedback", Reply(201, body), "")[0] == outcome


def test_another_proof_is_another_answer() -> None:
    def cited(start: int) -> dict[str, Any]:
        proof = {"document_id": "saffron.ar", "start": start, "end": 9}
        return {**SAID["ar"], "citations": [proof]}

    assert fingerprint(cited(1)) == fingerprint({**cited(1), "id": "other", "timings_ms": {}})
    assert len({fingerprint(cited(1)), fingerprint(cited(2)), fingerprint(SAID["ar"])}) == 3


def test_a_journal_is_read_as_it_was_written() -> None:
    met, _ = crowded(Service(), 20)
    assert list(read_journal([one.model_dump_json() for one in met])) == met
