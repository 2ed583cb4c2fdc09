from datetime import timedelta

import pytest

from api.memory import handoffs
from api.memory.database import Database
from ingest.errors import RecordClosedError, RecordMissingError
from tests.api.memory.populated import NOW

LATER = NOW + timedelta(hours=2)


def test_the_reply_waits_behind_the_ticket(database: Database) -> None:
    with database.session() as session:
        ticket = handoffs.add(
            session, question="كيف أصدر؟", language="ar", region="سوس ماسة", note="n", now=NOW
        )
        assert handoffs.seen(session, ticket.id, ticket.secret).status == "open"
    with database.session() as session:
        handoffs.reply(session, ticket.id, text="أولا التسجيل", by="user:amina", now=LATER)
    with database.session(readonly=True) as session:
        seen = handoffs.seen(session, ticket.id, ticket.secret)
    assert (seen.status, seen.reply, seen.replied) == ("replied", "أولا التسجيل", LATER)
    assert (seen.question, seen.region, seen.replied_by) == ("كيف أصدر؟", "سوس ماسة", "user:amina")


@pytest.mark.parametrize("secret", ["", "x", "é" * 99, "\ud83d", "' OR 1=1 --"])
def test_a_wrong_ticket_is_told_as_an_unknown_one(secret: str, database: Database) -> None:
    with database.session() as session:
        ticket = handoffs.add(session, question="q", now=NOW)
        other = handoffs.add(session, question="q", now=NOW)
        for name in (ticket.id, "unknown"):
            for tried in (secret, other.secret, ticket.secret[:-1]):
                with pytest.raises(RecordMissingError, match="no hand-off"):
                    handoffs.seen(session, name, tried)


def test_the_secret_is_nowhere_in_the_records(database: Database) -> None:
    with database.session() as session:
        ticket = handoffs.add(session, question="q", now=NOW)
        rows = session.exec_driver_sql("SELECT * FROM handoffs").all()
    assert len(ticket.secret) >= 32
    assert ticket.secret not in str(rows)
    assert "secret" not in handoffs.Handoff.__slots__


def test_a_closed_hand_off_stays_closed(database: Database) -> None:
    with database.session() as session:
        ticket = handoffs.add(session, question="q", now=NOW)
        closed = handoffs.close(session, ticket.id, by="user:amina", now=NOW)
        assert handoffs.close(session, ticket.id, by="user:other", now=LATER) == closed
        with pytest.raises(RecordClosedError, match="closed"):
            handoffs.reply(session, ticket.id, text="t", by="user:amina", now=LATER)
        assert handoffs.find(session, ticket.id).closed_by == "user:amina"


def test_what_nobody_handed_off_cannot_be_answered(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(RecordMissingError):
            handoffs.reply(session, "none", text="t", by="user:amina", now=NOW)
        with pytest.raises(RecordMissingError):
            handoffs.close(session, "none", by="user:amina", now=NOW)


def test_an_office_sees_its_own(database: Database) -> None:
    with database.session() as session:
        for n, (region, language) in enumerate(
            [("oriental", "fr"), ("oriental", "ar"), ("souss-massa", "fr"), (None, "fr")]
        ):
            handoffs.add(
                session, question=f"q{n}", region=region, language=language,
                now=NOW + timedelta(seconds=n),
            )  # fmt: skip
        first = handoffs.listed(session)[-1]
        handoffs.close(session, first.id, by="user:a", now=LATER)

        def asked(**wanted: str) -> list[str]:
            return [one.question for one in handoffs.listed(session, **wanted)]  # type: ignore[arg-type]

        assert asked() == ["q3", "q2", "q1", "q0"]
        assert asked(status="open") == ["q3", "q2", "q1"]
        assert asked(region="oriental") == ["q1", "q0"]
        assert asked(region="oriental", language="ar", status="open") == ["q1"]
        assert [one.question for one in handoffs.listed(session, limit=1, before=first.place)] == []
