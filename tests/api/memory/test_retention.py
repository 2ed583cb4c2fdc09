import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.memory import attempts, audit, conversations, gaps, leases, retention, signins, users
from api.memory.database import Database
from api.memory.retention import Keep, Purged, Retention, purge, purge_in_turn
from api.memory.status import status
from assistant.settings import Settings
from ingest.errors import DatabaseDownError
from tests.api.memory.populated import NOW, populate, told

DAY = timedelta(days=1)
KEEP = Keep.of(Settings())


def left(database: Database) -> dict[str, int]:
    return status(database).records


def test_nothing_goes_before_its_time(database: Database) -> None:
    held = populate(database)
    with database.session() as session:
        before = told(database, held)
        purged = purge(session, KEEP, now=NOW + timedelta(hours=7))
    assert purged == Purged(0, 0, 0, 0, 0, 0, 0)
    after = told(database, held)
    assert {**after, "audit": None} == {**before, "audit": None}


def test_each_kind_goes_when_its_time_is_over_and_the_audit_log_stays(database: Database) -> None:
    populate(database)
    with database.session() as session:
        month = purge(session, KEEP, now=NOW + 30 * DAY)
        years = purge(session, KEEP, now=NOW + 731 * DAY, actor="operator")
        entries = audit.listed(session)
    assert month == Purged(1, 0, 0, 0, 1, 1, 0)
    assert years == Purged(0, 4, 1, 2, 0, 0, 1)
    remaining = left(database)
    assert {name for name, count in remaining.items() if count} == {"users", "keys", "audit"}
    assert remaining["audit"] == 3 + 2
    assert [(entry.actor, entry.action) for entry in entries[:2]] == [
        ("operator", "purged"), ("system", "purged"),
    ]  # fmt: skip
    assert entries[0].detail == "4 feedback, 1 handoffs, 2 gaps, 1 shares"


def test_what_is_still_spoken_of_is_kept(database: Database) -> None:
    with database.session() as session:
        token = conversations.start(session, now=NOW)
        conversations.append(session, token, question="q", answer={}, now=NOW + 20 * DAY)
        for now in (NOW, NOW + 700 * DAY):
            gaps.note(session, question="q", language="ar", region=None, status="partial",
                      reason=None, generation=None, now=now)  # fmt: skip
        assert purge(session, KEEP, now=NOW + 40 * DAY).conversations == 0
        assert purge(session, KEEP, now=NOW + 50 * DAY).conversations == 1
        assert purge(session, KEEP, now=NOW + 800 * DAY).gaps == 0
        assert session.exec_driver_sql("SELECT count(*) FROM turns").scalar() == 0


def test_sign_ins_and_attempts_that_are_over_go(database: Database) -> None:
    with database.session() as session:
        user = users.add(session, name="a", role="agent", password_hash="x", now=NOW)
        signins.start(session, user_id=user.id, lifetime=DAY, now=NOW)
        signins.start(session, user_id=user.id, lifetime=99 * DAY, now=NOW)
        attempts.failed(session, "user:a", now=NOW)
        attempts.failed(session, "user:b", now=NOW + 9 * DAY)
        purged = purge(session, KEEP, now=NOW + 9 * DAY)
    assert (purged.signins, purged.attempts) == (1, 1)


def test_of_all_workers_one_purges_and_the_next_a_day_later(database: Database) -> None:
    populate(database)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: purge_in_turn(database, KEEP, now=NOW + 40 * DAY), range(4)))
    assert sorted(purged is not None for purged in done) == [False, False, False, True]
    assert purge_in_turn(database, KEEP, now=NOW + 40.9 * DAY) is None
    assert purge_in_turn(database, KEEP, now=NOW + 41 * DAY) is not None


def test_a_purge_that_fails_is_left_to_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    populate(database)
    with monkeypatch.context() as patched:
        patched.setattr(retention, "purge", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            purge_in_turn(database, KEEP, now=NOW + 40 * DAY)
    assert purge_in_turn(database, KEEP, now=NOW + 40 * DAY) is not None


def test_a_lease_is_nobody_elses_until_it_ends(database: Database) -> None:
    with database.session() as session:
        assert leases.take(session, "x", holder="a", until=NOW + DAY, now=NOW)
        assert not leases.take(session, "x", holder="b", until=NOW + 2 * DAY, now=NOW)
        assert leases.take(session, "y", holder="b", until=NOW + DAY, now=NOW)
        assert leases.take(session, "x", holder="b", until=NOW + 2 * DAY, now=NOW + DAY)


def test_the_daily_job_runs_by_itself_and_outlives_a_database_that_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_FIRST", timedelta(milliseconds=1))
    monkeypatch.setattr(retention, "_LOOK", timedelta(milliseconds=20))
    tried = []
    purged = threading.Event()
    real = retention.purge_in_turn

    def sometimes(*arguments: Database | Keep, now: object) -> Purged | None:
        tried.append(now)
        if len(tried) == 1:
            raise DatabaseDownError("away")
        result = real(*arguments, now=NOW + 40 * DAY)  # type: ignore[arg-type]
        purged.set()
        return result

    monkeypatch.setattr(retention, "purge_in_turn", sometimes)
    populate(database)
    job = Retention(database, KEEP)
    job.start()
    assert purged.wait(30)
    job.close()
    assert left(database)["conversations"] == 0
    assert len(tried) >= 2


def test_a_job_that_was_never_started_can_be_closed(database: Database) -> None:
    Retention(database, KEEP).close()
