from datetime import timedelta

import pytest

from api.memory import conversations
from api.memory.database import Database
from ingest.errors import RecordMissingError
from tests.api.memory.populated import NOW


def test_turns_come_back_in_the_order_they_were_said(database: Database) -> None:
    answer = {"text": "نعم", "sentences": [{"n": 1, "é": None}], "x": 1.5, "ok": True}
    with database.session() as session:
        token = conversations.start(session, now=NOW)
        other = conversations.start(session, now=NOW)
        for question in ("un", "اثنان", "three"):
            conversations.append(session, token, question=question, answer=answer, now=NOW)
        conversations.append(session, other, question="else", answer={}, now=NOW)
    with database.session(readonly=True) as session:
        kept = conversations.read(session, token)
    assert [turn.question for turn in kept.turns] == ["un", "اثنان", "three"]
    assert all(turn.answer == answer and turn.created == NOW for turn in kept.turns)
    assert kept.started == NOW


def test_of_a_long_one_the_last_turns_are_kept(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "TURNS", 3)
    with database.session() as session:
        token, other = (conversations.start(session, now=NOW) for _ in range(2))
        for number in range(5):
            conversations.append(session, token, question=str(number), answer={}, now=NOW)
            conversations.append(session, other, question="غيره", answer={}, now=NOW)
    with database.session(readonly=True) as session:
        kept = conversations.read(session, token).turns
        assert len(conversations.read(session, other).turns) == 3
    assert [turn.question for turn in kept] == ["2", "3", "4"]


def test_what_is_forgotten_is_gone_with_all_that_was_said(database: Database) -> None:
    with database.session() as session:
        token = conversations.start(session, now=NOW)
        conversations.append(session, token, question="q", answer={}, now=NOW)
        conversations.forget(session, token)
    with database.session() as session:
        assert session.exec_driver_sql("SELECT count(*) FROM turns").scalar() == 0
        with pytest.raises(RecordMissingError):
            conversations.read(session, token)
        with pytest.raises(RecordMissingError):
            conversations.append(session, token, question="q", answer={}, now=NOW)
        with pytest.raises(RecordMissingError):
            conversations.forget(session, token)


def test_the_token_is_nowhere_in_the_records(database: Database) -> None:
    with database.session() as session:
        token = conversations.start(session, now=NOW + timedelta(1))
        rows = session.exec_driver_sql("SELECT * FROM conversations").all()
    assert len(token) >= 32
    assert token not in str(rows)
