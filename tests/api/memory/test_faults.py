"""What databases say that no test can make them say here."""

import psycopg.errors
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from api.memory.faults import translated
from ingest.errors import DatabaseDownError, DatabaseOutdatedError, SanadError, StorageError

SAID: list[tuple[type[psycopg.Error], type[SanadError]]] = [
    (psycopg.errors.DiskFull, StorageError),
    (psycopg.errors.ReadOnlySqlTransaction, StorageError),
    (psycopg.errors.IndexCorrupted, StorageError),
    (psycopg.errors.DeadlockDetected, DatabaseDownError),
    (psycopg.errors.SerializationFailure, DatabaseDownError),
    (psycopg.errors.TooManyConnections, DatabaseDownError),
    (psycopg.errors.CannotConnectNow, DatabaseDownError),
    (psycopg.errors.AdminShutdown, DatabaseDownError),
    (psycopg.errors.InvalidPassword, DatabaseDownError),
    (psycopg.errors.UndefinedColumn, DatabaseOutdatedError),
]


@pytest.mark.parametrize(("said", "told"), SAID)
def test_each_fault_is_told_for_what_it_is(
    said: type[psycopg.Error], told: type[SanadError]
) -> None:
    fault = OperationalError("INSERT", {"comment": "سر"}, said("first line\nsecond line: سر"))
    with pytest.raises(told) as raised, translated("/secret/path"):
        raise fault
    assert "first line" not in str(raised.value)
    assert "/secret/path" not in str(raised.value)
    assert raised.value.for_operator.endswith("(/secret/path: first line)")
    assert "سر" not in raised.value.for_operator


def test_a_bug_stays_a_bug() -> None:
    bug = ProgrammingError("SELEC", {}, psycopg.errors.SyntaxError("at or near SELEC"))
    with pytest.raises(ProgrammingError), translated("X"):
        raise bug
