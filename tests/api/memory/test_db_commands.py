from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.memory import audit, conversations
from api.memory.database import Database
from api.memory.tables import REVISION
from tests.api.command import Run
from tests.api.memory.populated import populate, told


@pytest.fixture
def sanad_db(run: Run, records_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`sanad db` on an empty database of each kind."""
    monkeypatch.setenv("SANAD_DATABASE_URL", records_url)
    return lambda *arguments: run("db", *arguments)


def test_the_status_tells_what_there_is_and_makes_nothing(
    sanad_db: Run, database: Database
) -> None:
    found = sanad_db("status", "--json")
    assert (found.code, found.json["state"], found.json["revision"]) == (0, "empty", None)
    assert database.exists is (not database.is_file)
    populate(database)
    found = sanad_db("status", "--json")
    assert (found.json["state"], found.json["revision"]) == ("current", REVISION)
    assert found.json["records"]["feedback"] == 4
    assert "feedback 4" in sanad_db("status").out


def test_migrating_makes_the_tables_and_doing_it_again_nothing(
    sanad_db: Run, database: Database
) -> None:
    assert sanad_db("migrate", "--json").json == {"before": None, "after": REVISION}
    assert sanad_db("migrate", "--json").json == {"before": REVISION, "after": REVISION}
    assert "already" in sanad_db("migrate").out
    assert database.revision() == REVISION


def test_a_backup_is_restored_and_that_is_written_down(
    sanad_db: Run, database: Database, tmp_path: Path
) -> None:
    held = populate(database)
    file = tmp_path / "b.tar.gz"
    before = told(database, held)
    assert sanad_db("backup", file, "--json").json["tables"]["feedback"]["rows"] == 4
    assert sanad_db("backup", file).code == 2
    with database.session() as session:
        conversations.forget(session, held.conversation)
    assert sanad_db("restore", file).code == 2
    done = sanad_db("restore", file, "--replace")
    assert done.code == 0
    assert "feedback 4" in done.out
    after = told(database, held)
    assert {**after, "audit": None} == {**before, "audit": None}
    with database.session() as session:
        assert audit.listed(session)[0].action == "restored"


def test_a_damaged_backup_is_told_by_the_exit_code(sanad_db: Run, tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").write_text("bonjour")
    refused = sanad_db("restore", tmp_path / "b.tar.gz")
    assert refused.code == 2
    assert "b.tar.gz" in refused.err


def test_purging_by_hand_deletes_what_the_settings_say(
    sanad_db: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.session() as session:
        now = datetime.now(UTC)
        conversations.start(session, now=now - timedelta(days=8))
        kept = conversations.start(session, now=now - timedelta(days=6))
    monkeypatch.setenv("SANAD_KEEP_CONVERSATIONS_DAYS", "7")
    assert sanad_db("purge", "--json").json["conversations"] == 1
    assert "conversations 0" in sanad_db("purge").out
    with database.session() as session:
        assert conversations.read(session, kept).turns == ()
        assert [entry.actor for entry in audit.listed(session)] == ["operator", "operator"]


@pytest.mark.parametrize("command", ["status", "migrate", "purge"])
def test_a_database_that_is_away_has_an_exit_code_of_its_own(
    command: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_DATABASE_URL", "postgresql://sanad:s3cret@127.0.0.1:9/records")
    refused = run("db", command)
    assert refused.code == 12
    assert "127.0.0.1:9" in refused.err
    assert "s3cret" not in refused.err


def test_an_address_that_is_none_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_DATABASE_URL", "mysql://u:s3cret@127.0.0.1/d")
    refused = run("db", "status")
    assert refused.code == 2
    assert "s3cret" not in refused.err
