"""Users, their sign-ins, keys of programs, and failed attempts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.memory import attempts, keys, signins, users
from api.memory.database import Database, Session
from ingest.errors import InputError, RecordMissingError
from tests.api.memory.populated import NOW

HOUR = timedelta(hours=1)


def amina(session: Session) -> users.User:
    return users.add(session, name="أمينة", role="agent", password_hash="$argon2id$x", now=NOW)


def test_a_user_is_added_once_and_changed_by_name(database: Database) -> None:
    with database.session() as session:
        assert not users.any(session)
        added = amina(session)
        assert users.any(session)
        assert users.find(session, "أمينة") == added
        assert users.find(session, "amina") is None
        with pytest.raises(InputError, match="already"):
            amina(session)
        users.set_role(session, "أمينة", role="admin")
        users.set_password(session, "أمينة", password_hash="$argon2id$y")
        users.disable(session, "أمينة")
    with database.session(readonly=True) as session:
        (found,) = users.listed(session)
    assert (found.role, found.password_hash, found.disabled) == ("admin", "$argon2id$y", True)
    with database.session() as session:
        users.enable(session, "أمينة")
        assert users.listed(session)[0].disabled is False


def test_nobody_is_changed_who_is_not_there(database: Database) -> None:
    with database.session() as session, pytest.raises(RecordMissingError, match="sanad users"):
        users.set_role(session, "nobody", role="admin")


def test_a_sign_in_lasts_until_it_is_over(database: Database) -> None:
    with database.session() as session:
        user = amina(session)
        given = signins.start(session, user_id=user.id, lifetime=8 * HOUR, now=NOW)
    with database.session() as session:
        found = signins.find(session, given.token, NOW)
        assert found is not None
        assert (found.name, found.role, found.csrf) == ("أمينة", "agent", given.csrf)
        assert found.expires == NOW + 8 * HOUR
        assert signins.find(session, given.token, NOW + 8 * HOUR - timedelta(seconds=1))
        assert signins.find(session, given.token, NOW + 8 * HOUR) is None
        assert signins.find(session, given.csrf, NOW) is None
        rows = session.exec_driver_sql("SELECT * FROM signins").all()
    assert given.token not in str(rows)
    assert given.csrf not in str(rows)


def test_a_sign_in_that_is_not_used_ends_before(database: Database) -> None:
    with database.session() as session:
        given = signins.start(session, user_id=amina(session).id, lifetime=24 * HOUR, now=NOW)
        for hours in (0.9, 1.8, 2.7):
            found = signins.find(session, given.token, NOW + hours * HOUR, idle=HOUR)
            assert found
            assert signins.is_stale(found, NOW + hours * HOUR)
            signins.used(session, given.token, NOW + hours * HOUR)
        assert signins.find(session, given.token, NOW + 3.8 * HOUR, idle=HOUR) is None


def test_a_sign_in_ends_with_the_access(database: Database) -> None:
    with database.session() as session:
        user = amina(session)

        def start() -> str:
            return signins.start(session, user_id=user.id, lifetime=HOUR, now=NOW).token

        first, second = start(), start()
        signins.end(session, first)
        signins.end(session, first)
        assert signins.find(session, first, NOW) is None
        assert signins.find(session, second, NOW)
        users.set_role(session, user.name, role="evaluator")
        found = signins.find(session, second, NOW)
        assert found is not None
        assert found.role == "evaluator"
        users.rehash(session, user.name, password_hash="$argon2id$better")
        assert signins.find(session, second, NOW)
        users.set_password(session, user.name, password_hash="$argon2id$new")
        assert signins.find(session, second, NOW) is None
        third = start()
        users.disable(session, user.name)
        users.enable(session, user.name)
        assert signins.find(session, third, NOW) is None


def test_a_key_is_told_once_and_known_until_it_ends(database: Database) -> None:
    with database.session() as session:
        assert not keys.any(session)
        key = keys.add(session, name="crm", role="agent", expires=NOW + HOUR, now=NOW)
        forever = keys.add(session, name="أداة", role="public", expires=None, now=NOW)
        with pytest.raises(InputError, match="already"):
            keys.add(session, name="crm", role="admin", expires=None, now=NOW)
        assert keys.any(session)
    with database.session(readonly=True) as session:
        found = keys.find(session, key, NOW)
        assert found is not None
        assert (found.name, found.role) == ("crm", "agent")
        assert keys.find(session, key, NOW + HOUR) is None
        assert keys.find(session, forever, NOW + 99_999 * HOUR)
        assert keys.find(session, key + "x", NOW) is None
        assert key not in str(session.exec_driver_sql("SELECT * FROM keys").all())
    assert key.startswith("sanad_")
    assert len(key) >= 38


def test_a_revoked_key_stays_revoked(database: Database) -> None:
    with database.session() as session:
        key = keys.add(session, name="crm", role="agent", expires=None, now=NOW)
        keys.revoke(session, "crm", now=NOW)
        keys.revoke(session, "crm", now=NOW + HOUR)
        assert keys.find(session, key, NOW) is None
        assert [one.revoked for one in keys.listed(session)] == [NOW]
        with pytest.raises(RecordMissingError, match="sanad keys"):
            keys.revoke(session, "other", now=NOW)


def test_failures_are_counted_each_and_forgotten_after_a_success(database: Database) -> None:
    database.check()

    def fail(_: int) -> int:
        with database.session() as session:
            return attempts.failed(session, "user:أمينة", now=NOW).failures

    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(fail, range(24)))
    assert sorted(counted) == list(range(1, 25))
    with database.session() as session:
        assert attempts.standing(session, "user:أمينة") == attempts.Attempts(24, NOW)
        attempts.forgive(session, "user:أمينة")
        assert attempts.standing(session, "user:أمينة") == attempts.Attempts(23, NOW)
        assert attempts.standing(session, "address:127.0.0.1") is None
        assert "أمينة" not in str(session.exec_driver_sql("SELECT * FROM attempts").all())
        attempts.succeeded(session, "user:أمينة")
        assert attempts.standing(session, "user:أمينة") is None
