"""Lock-out: longer each time, for a name and an address, over workers, and under concurrency."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from fastapi.testclient import TestClient

from api.access import lockout
from api.access.lockout import Attempt, wait_after
from api.memory import audit
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings
from ingest.errors import LockedOutError
from tests.api.access.conftest import PASSWORD, Clock, House, build, sign_in


def begin(database: Database, clock: Clock, name: str, address: str = "192.0.2.1") -> int | None:
    """The seconds to wait, None for an attempt that counts."""
    try:
        with database.session() as session:
            Attempt(name, address).begin(session, clock())
    except LockedOutError as error:
        return error.wait
    return None


def test_the_wait_doubles_up_to_a_bound() -> None:
    waits = [wait_after(failures, 5).total_seconds() for failures in range(12)]
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]
    assert wait_after(10_000, 5) == lockout.LONGEST_WAIT


@pytest.mark.parametrize("name", ["amina", "أمينة"])
def test_a_name_is_locked_after_five_and_longer_each_time(database: Database, name: str) -> None:
    clock = Clock()
    addresses = iter(f"192.0.2.{number}" for number in range(100))
    for _ in range(5):
        assert begin(database, clock, name, next(addresses)) is None
    for wait in (30, 60, 120, 240, 480, 900, 900):
        assert begin(database, clock, name, next(addresses)) == wait
        clock.pass_by(seconds=wait - 1)
        assert begin(database, clock, name, next(addresses)) == 1
        clock.pass_by(seconds=1)
        assert begin(database, clock, name, next(addresses)) is None
    assert begin(database, clock, "brahim", next(addresses)) is None


def test_what_was_refused_does_not_lengthen_the_wait(database: Database) -> None:
    clock = Clock()
    for _ in range(5):
        begin(database, clock, "amina")
    for _ in range(10):
        assert begin(database, clock, "amina") == 30
    clock.pass_by(seconds=30)
    assert begin(database, clock, "amina") is None


def test_an_address_is_locked_whatever_names_it_tries(database: Database) -> None:
    clock = Clock()
    tried = [begin(database, clock, f"name{number}") for number in range(25)]
    assert tried == [None] * 20 + [30] * 5
    assert begin(database, clock, "amina", "198.51.100.1") is None


def test_success_clears_the_name_and_takes_only_itself_off_the_address(database: Database) -> None:
    clock = Clock()
    for number in range(19):
        begin(database, clock, f"name{number}")
    for _ in range(8):
        mine = Attempt("amina", "192.0.2.1")
        with database.session() as session:
            mine.begin(session, clock())
            mine.succeeded(session)
    assert begin(database, clock, "other") is None
    assert begin(database, clock, "another") == 30


def test_it_is_forgotten_after_a_day(database: Database) -> None:
    clock = Clock()
    for _ in range(5):
        begin(database, clock, "amina")
    clock.pass_by(days=1)
    for _ in range(5):
        assert begin(database, clock, "amina") is None
    assert begin(database, clock, "amina") == 30


def test_many_at_once_are_no_more_than_one_after_the_other(records_url: str) -> None:
    clock = Clock()
    workers = [Database(records_url, timeout=20) for _ in range(3)]

    def storm(network: str) -> int:
        """How many of many attempts at once are looked at, over all workers."""

        def attempt(number: int) -> int | None:
            return begin(workers[number % 3], clock, "amina", f"{network}.{number}")

        with ThreadPoolExecutor(24) as threads:
            return list(threads.map(attempt, range(48))).count(None)

    with closing(workers[0]), closing(workers[1]), closing(workers[2]):
        workers[0].check()
        assert storm("192.0.2") == 5
        clock.pass_by(seconds=30)
        assert storm("198.51.100") == 1
        for wait in (60, 120, 240, 480, 900):
            clock.pass_by(seconds=wait)
            assert begin(workers[0], clock, "amina", f"203.0.113.{wait % 251}") is None
        clock.pass_by(seconds=900)
        assert storm("198.18.0") == 1


def test_no_name_or_address_is_kept(database: Database) -> None:
    begin(database, Clock(), "amina-the-secret", "192.0.2.77")
    with database.session() as session:
        kept = str(session.exec_driver_sql("SELECT * FROM attempts").all())
    assert "amina" not in kept
    assert "192.0" not in kept


def test_signing_in_is_locked_for_names_that_nobody_has_as_well(house: House) -> None:
    house.add("amina")
    seen = {}
    for number, name in enumerate(("amina", "nobody", "لا أحد")):
        browser = house.open(address=f"192.0.2.{number}")
        seen[name] = [sign_in(browser, name, "a wrong password") for _ in range(7)]
    assert seen["amina"] == [401] * 5 + [429] * 2
    assert seen["nobody"] == seen["لا أحد"] == seen["amina"]


def test_the_right_password_waits_like_any_other(
    house: House, sanad: Assistant, records_url: str
) -> None:
    house.add("amina")
    for _ in range(5):
        assert sign_in(house.open(), "amina", "a wrong password") == 401
    other = Database(records_url, timeout=10)
    restarted = build(sanad, other, Settings(llm="none"))
    for app in (house, restarted):
        browser = app.open()
        assert sign_in(browser, "amina", PASSWORD) == 429
        assert "sanad_session" not in browser.cookies
    house.clock.pass_by(seconds=30)
    assert sign_in(house.open(), "amina", PASSWORD) == 303
    assert sign_in(house.open(), "amina", "a wrong password") == 401
    with house.database.session() as session:
        entries = audit.listed(session, action="sign-in")
    assert [entry.status for entry in entries] == ["failed", "ok", *["failed"] * 5]
    other.close()


def test_the_page_says_how_long(house: House) -> None:
    house.add("amina")
    for _ in range(5):
        sign_in(house.open(), "amina", "a wrong password")
    browser: TestClient = house.open()
    browser.get("/sign-in")
    fields = {"name": "amina", "password": PASSWORD, "csrf": browser.cookies["sanad_form"]}
    told = browser.post("/sign-in", data={**fields, "lang": "ar"})
    assert told.status_code == 429
    assert told.headers["retry-after"] == "30"
    assert "<bdi>30</bdi> ثانية" in told.text
