from datetime import UTC, datetime, timedelta

import pytest

from api.memory import feedback
from api.memory.database import Database

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_what_was_said_is_kept_as_it_was_said(database: Database) -> None:
    with database.session() as session:
        kept = feedback.add(
            session,
            answer_id="a1",
            verdict="down",
            reason="outdated",
            comment="الرسوم تغيرت — voir l’article 5 ; « 2,5 % »",
            question="ما هي الرسوم؟",
            language="ar",
            generation="0123456789abcdef",
            now=NOW,
        )
    with database.session(readonly=True) as session:
        (found,) = feedback.listed(session)
    assert found.id == kept
    assert found.created == NOW
    assert found.comment == "الرسوم تغيرت — voir l’article 5 ; « 2,5 % »"
    assert (found.verdict, found.reason, found.language) == ("down", "outdated", "ar")


def test_pages_hold_everything_once_also_what_came_at_the_same_moment(database: Database) -> None:
    with database.session() as session:
        added = {
            feedback.add(
                session, answer_id=f"a{n}", verdict="up", now=NOW + timedelta(seconds=n // 4)
            )
            for n in range(10)
        }
    seen: list[feedback.Feedback] = []
    with database.session(readonly=True) as session:
        while page := feedback.listed(session, limit=3, before=seen[-1].place if seen else None):
            seen.extend(page)
    assert {one.id for one in seen} == added
    assert len(seen) == 10
    assert [one.created for one in seen] == sorted((one.created for one in seen), reverse=True)


def test_what_arrives_while_somebody_turns_pages_moves_none(database: Database) -> None:
    with database.session() as session:
        for n in range(4):
            feedback.add(session, answer_id=f"a{n}", verdict="up", now=NOW + timedelta(seconds=n))
    with database.session() as session:
        first = feedback.listed(session, limit=2)
        feedback.add(session, answer_id="late", verdict="up", now=NOW + timedelta(hours=1))
        second = feedback.listed(session, limit=2, before=first[-1].place)
    assert [one.answer_id for one in (*first, *second)] == ["a3", "a2", "a1", "a0"]


def test_a_moment_keeps_its_instant_whatever_zone_it_came_in(database: Database) -> None:
    casablanca = datetime.fromisoformat("2026-11-22T10:30:00.123456+01:00")
    with database.session() as session:
        feedback.add(session, answer_id="a", verdict="up", now=casablanca)
    with database.session(readonly=True) as session:
        (found,) = feedback.listed(session)
    assert found.created == casablanca
    assert found.created.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="without a zone"), database.session() as session:
        feedback.add(session, answer_id="a", verdict="up", now=datetime(2026, 11, 22))  # noqa: DTZ001
