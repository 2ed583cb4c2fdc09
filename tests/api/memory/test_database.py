"""Reaching the database, and everything that can go wrong with that."""

import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from api.memory import feedback, users
from api.memory.database import Database, open_database
from api.memory.tables import REVISION
from assistant.settings import Settings
from ingest.errors import (
    DatabaseDownError,
    DatabaseOutdatedError,
    InputError,
    SettingsError,
    StorageError,
)
from tests.api.memory.populated import NOW
from tests.postgresql import PostgreSQL


def add(database: Database, answer: str = "a") -> str:
    with database.session() as session:
        return feedback.add(session, answer_id=answer, verdict="up", now=NOW)


def answers(database: Database) -> list[str]:
    with database.session(readonly=True) as session:
        return [one.answer_id for one in feedback.listed(session)]


def execute(url: str, statement: str) -> None:
    """Run a statement behind the database's back."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute(statement)
            connection.commit()
    else:
        with psycopg.connect(url, autocommit=True) as there:
            there.execute(statement.encode())


@contextmanager
def opened(url: str, timeout: float = 10) -> Iterator[Database]:
    database = Database(url, timeout=timeout)
    try:
        yield database
    finally:
        database.close()


def test_an_empty_database_gets_its_tables_when_it_is_first_used(database: Database) -> None:
    assert database.revision() is None
    add(database)
    assert database.revision() == REVISION
    assert database.migrate() == REVISION
    assert answers(database) == ["a"]


def test_workers_that_start_together_make_the_tables_once(records_url: str) -> None:
    databases = [Database(records_url, timeout=30) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, databases, "abcd"))
    assert sorted(answers(databases[0])) == ["a", "b", "c", "d"]
    for one in databases:
        one.close()


def test_many_threads_keep_everything(database: Database) -> None:
    database.check()
    with ThreadPoolExecutor(16) as pool:
        kept = set(pool.map(lambda n: add(database, str(n)), range(64)))
    assert len(kept) == 64
    with database.session(readonly=True) as session:
        assert {one.id for one in feedback.listed(session, limit=100)} == kept


def test_what_was_begun_and_broken_off_is_not_kept(database: Database) -> None:
    def broken_off() -> None:
        with database.session() as session:
            feedback.add(session, answer_id="a", verdict="up", now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert answers(database) == []


def test_who_only_reads_cannot_write_on_a_server(postgresql: PostgreSQL) -> None:
    with opened(postgresql.database()) as database:
        database.check()
        read = database.session(readonly=True)
        with pytest.raises(StorageError, match="only be read"), read as session:
            feedback.add(session, answer_id="a", verdict="up", now=NOW)


def test_who_reads_does_not_wait_for_who_writes(database: Database) -> None:
    add(database, "before")
    with database.session() as writing:
        feedback.add(writing, answer_id="begun", verdict="up", now=NOW)
        assert answers(database) == ["before"]


@pytest.mark.parametrize("text", ["nul \0 here", "half a character \ud83d"])
def test_what_is_no_text_is_refused_and_the_rest_goes_on(text: str, database: Database) -> None:
    with pytest.raises(InputError, match="no database keeps"), database.session() as session:
        feedback.add(session, answer_id="a", verdict="up", comment=text, now=NOW)
    add(database)


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with opened(f"postgresql://sanad:s3cret@127.0.0.1:{port}/records?application_name=x") as gone:
        with pytest.raises(DatabaseDownError, match="SANAD_DATABASE_URL") as told:
            add(gone)
        with pytest.raises(DatabaseDownError):
            gone.check()
    assert "127.0.0.1" not in str(told.value)
    assert f"records of PostgreSQL at 127.0.0.1:{port}" in told.value.for_operator
    assert "s3cret" not in told.value.for_operator


def test_a_server_that_never_answers_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"postgresql://sanad@127.0.0.1:{listener.getsockname()[1]}/records"
        with opened(url, timeout=1) as database, pytest.raises(DatabaseDownError):
            database.check()


def test_a_database_or_user_that_is_unknown_is_told(postgresql: PostgreSQL) -> None:
    for url in (postgresql.url("nowhere"), postgresql.url("postgres").replace("sanad@", "nobody@")):
        with opened(url) as database, pytest.raises(DatabaseDownError):
            database.check()


def test_a_server_that_goes_away_in_between_is_found_again(postgresql: PostgreSQL) -> None:
    with opened(postgresql.database()) as database:
        add(database, "before")
        postgresql.stop()
        try:
            with pytest.raises(DatabaseDownError):
                add(database, "lost")
        finally:
            postgresql.start()
        add(database, "after")
        assert sorted(answers(database)) == ["after", "before"]


def test_a_server_that_dies_within_a_transaction_keeps_nothing_of_it(
    postgresql: PostgreSQL,
) -> None:
    with opened(postgresql.database()) as database:
        add(database, "before")

        def interrupted() -> None:
            with database.session() as session:
                feedback.add(session, answer_id="lost", verdict="up", now=NOW)
                postgresql.restart(signal.SIGQUIT)
                feedback.add(session, answer_id="lost", verdict="up", now=NOW)

        with pytest.raises(DatabaseDownError):
            interrupted()
        assert answers(database) == ["before"]


def test_what_the_server_does_not_confirm_is_not_acknowledged(postgresql: PostgreSQL) -> None:
    with opened(postgresql.database()) as database:
        add(database, "before")

        def unconfirmed() -> None:
            with database.session() as session:
                feedback.add(session, answer_id="lost", verdict="up", now=NOW)
                postgresql.restart(signal.SIGQUIT)

        with pytest.raises(DatabaseDownError):
            unconfirmed()
        assert answers(database) == ["before"]


def test_a_lock_is_not_waited_for_without_end(records_url: str) -> None:
    with opened(records_url) as holder, opened(records_url, timeout=1) as other:
        add(holder, "before")
        with holder.session() as session:
            if not holder.is_file:
                session.exec_driver_sql("LOCK TABLE feedback")
            feedback.add(session, answer_id="held", verdict="up", now=NOW)
            with pytest.raises(DatabaseDownError, match="busy"):
                add(other, "waiting")
        add(other, "after")
        assert sorted(answers(holder)) == ["after", "before", "held"]


def test_a_statement_that_takes_too_long_is_broken_off(postgresql: PostgreSQL) -> None:
    with opened(postgresql.database(), timeout=3) as database:
        with pytest.raises(DatabaseDownError, match="busy"), database.session() as session:
            session.exec_driver_sql("SELECT pg_sleep(20)")
        add(database)


def test_more_at_once_than_there_are_connections_wait_their_turn(records_url: str) -> None:
    inside = threading.Semaphore(0)
    leave = threading.Event()

    def hold(database: Database) -> None:
        with database.session(readonly=True) as session:
            feedback.listed(session)
            inside.release()
            leave.wait(30)

    with opened(records_url, timeout=3) as database, ThreadPoolExecutor(15) as pool:
        database.check()
        for _ in range(15):
            pool.submit(hold, database)
        for _ in range(15):
            assert inside.acquire(timeout=30)
        try:
            with pytest.raises(DatabaseDownError, match="busy"):
                answers(database)
        finally:
            leave.set()
        pool.shutdown()
        assert answers(database) == []


def test_a_full_disk_is_told_and_nothing_is_half_kept(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/r.sqlite") as database:
        add(database, "before")

        def too_much() -> None:
            with database.session() as session:
                session.exec_driver_sql("PRAGMA max_page_count = 1")
                for n in range(999):
                    feedback.add(
                        session, answer_id=str(n), verdict="up", comment="x" * 999, now=NOW
                    )

        with pytest.raises(StorageError, match="full"):
            too_much()
        assert answers(database) == ["before"]


def test_a_server_that_may_only_be_read_is_told(postgresql: PostgreSQL) -> None:
    url = postgresql.database()
    with opened(url) as database:
        add(database, "before")
    execute(url, "CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader")
    with opened(url.replace("sanad@", "reader@")) as database:
        with pytest.raises(StorageError, match="only be read"):
            add(database, "refused")
        assert answers(database) == ["before"]


def test_a_path_through_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        opened(f"sqlite:///{tmp_path}/file/r.sqlite") as database,
        pytest.raises(StorageError, match="cannot be opened"),
    ):
        database.check()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "r.sqlite").write_bytes(b"bonjour, this is not a database at all " * 100)
    with (
        opened(f"sqlite:///{tmp_path}/r.sqlite") as database,
        pytest.raises(StorageError, match="damaged"),
    ):
        database.check()


def test_a_file_that_is_taken_away_while_in_use_takes_no_records_with_it(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/r.sqlite") as database:
        add(database, "before")
        (tmp_path / "r.sqlite").rename(tmp_path / "elsewhere.sqlite")
        with pytest.raises(DatabaseDownError, match="taken away"):
            add(database, "lost")
        add(database, "after")
        assert answers(database) == ["after"]


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/new/r.sqlite") as database:
        add(database)
        modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "new").iterdir()}
    assert modes == {0}
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_tables_that_went_missing_are_told(records_url: str) -> None:
    with opened(records_url) as database:
        add(database)
        execute(records_url, "DROP TABLE feedback")
        with pytest.raises(DatabaseOutdatedError, match="sanad db migrate"):
            add(database)


@pytest.mark.parametrize(
    ("revision", "told"), [("0000", "sanad db migrate"), ("9999", "newer version")]
)
def test_a_database_of_another_version_is_left_alone(
    revision: str, told: str, records_url: str
) -> None:
    with opened(records_url) as database:
        add(database)
    execute(records_url, f"UPDATE alembic_version SET version_num = '{revision}'")
    with opened(records_url) as database:
        with pytest.raises(DatabaseOutdatedError, match=told):
            add(database)
        assert database.revision() == revision
    if revision == "9999":
        with opened(records_url) as database, pytest.raises(DatabaseOutdatedError, match=told):
            database.migrate()


def test_a_database_of_somebody_else_is_left_alone(records_url: str, tmp_path: Path) -> None:
    (tmp_path / "records").mkdir(exist_ok=True)
    execute(records_url, "CREATE TABLE invoices (id integer)")
    with opened(records_url) as database:
        with pytest.raises(DatabaseOutdatedError, match="not made"):
            add(database)
        with pytest.raises(DatabaseOutdatedError, match="not made"):
            database.migrate()


def test_a_name_that_two_take_at_once_is_given_once(postgresql: PostgreSQL) -> None:
    with opened(postgresql.database()) as database:
        database.check()
        with database.session() as first:
            assert users.find(first, "amina") is None
            with database.session() as second:
                users.add(second, name="amina", role="agent", password_hash="x", now=NOW)
            with pytest.raises(InputError, match="already"):
                users.add(first, name="amina", role="admin", password_hash="y", now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        "", "records.sqlite", "sqlite://", "sqlite:///:memory:", "mysql://u:s3cret@h/d",
        "postgresql+asyncpg://u:s3cret@h/d", "postgresql://u:s3cret@h:port/d",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError, match="SANAD_DATABASE_URL") as told:
        Database(url)
    assert "s3cret" not in str(told.value)


def test_settings_name_the_database_and_do_not_show_its_password(tmp_path: Path) -> None:
    assert Settings().records_url().endswith("records/sanad.sqlite")
    settings = Settings(database_url=SecretStr("postgresql://u:s3cret@127.0.0.1/d"))
    assert "s3cret" not in repr(settings)
    database = open_database(settings)
    assert "s3cret" not in database.place
    assert database.exists
    assert not open_database(
        Settings(database_url=SecretStr(f"sqlite:///{tmp_path}/none.sqlite"))
    ).exists


def test_without_its_library_a_server_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"sanad\[postgresql\]"):
        Database("postgresql://u@127.0.0.1/d")


def test_a_file_is_written_ahead_and_to_the_disk(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/r.sqlite") as database, database.session() as session:
        pragmas = {
            name: session.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    full = 2
    assert pragmas == {
        "journal_mode": "wal", "synchronous": full, "foreign_keys": 1, "recursive_triggers": 1,
    }  # fmt: skip
