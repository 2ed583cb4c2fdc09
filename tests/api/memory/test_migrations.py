"""The migrations make what `tables` says, and an audit log that only grows."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from api.memory import audit
from api.memory.database import Database
from api.memory.migrate import MIGRATIONS
from api.memory.tables import REVISION, metadata
from tests.api.memory.populated import NOW, populate, told


def script() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    database.check()
    with database.session(readonly=True) as session:
        assert compare_metadata(MigrationContext.configure(session), metadata) == []


def test_the_code_is_at_the_last_migration_and_there_is_one_line_of_them() -> None:
    assert script().get_heads() == [REVISION]
    revisions = [one.revision for one in script().walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)


def test_there_is_no_way_back_and_trying_it_loses_nothing(database: Database) -> None:
    held = populate(database)
    before = told(database, held)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.transaction() as session:
        config.attributes["connection"] = session
        with pytest.raises(NotImplementedError):
            command.downgrade(config, "base")
    assert told(database, held) == before


REWRITES = (
    "UPDATE audit SET actor = 'nobody'",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE id = 1",
    "INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT (id) DO UPDATE SET actor = ''",
)
REPLACE = (
    "INSERT OR REPLACE INTO audit (id, at, actor, action, evidence) VALUES (1, '', '', '', '')"
)


def test_the_audit_log_only_grows(database: Database) -> None:
    with database.session() as session:
        for name in ("amina", "أمينة"):
            audit.append(session, actor=f"user:{name}", action="sign-in", now=NOW)
        before = audit.listed(session)
    for statement in (*REWRITES, REPLACE if database.is_file else "TRUNCATE audit"):
        with pytest.raises(DBAPIError, match="only grows"), database.session() as session:
            session.exec_driver_sql(statement)
    with database.session() as session:
        assert audit.listed(session) == before
