from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import Parameters
from argon2.low_level import Type
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.access.door import Door
from api.access.passwords import Passwords
from api.app import create_app
from api.memory import keys, users
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings

PASSWORD = "olive oil and saffron"
PASSWORD_AR = "زيت الزيتون والزعفران"
CHEAP = Parameters(Type.ID, 19, salt_len=16, hash_len=32, time_cost=1, memory_cost=8, parallelism=1)
"""Parameters for tests that are about something else."""

LOOPBACK = "http://127.0.0.1"


class Clock:
    """The time of a test, which passes when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    @staticmethod
    def real() -> datetime:
        """The time outside of the test, which libraries go by."""
        return datetime.now(UTC)

    def pass_by(self, **span: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(**span)


@dataclass(frozen=True)
class House:
    """An application with its records, and a clock that its door goes by."""

    app: FastAPI
    database: Database
    clock: Clock
    passwords: Passwords

    def open(self, base_url: str = LOOPBACK, address: str = "192.0.2.1") -> TestClient:
        """A browser of its own; what it does not bring is not sent."""
        return TestClient(
            self.app,
            base_url=base_url,
            follow_redirects=False,
            raise_server_exceptions=False,
            client=(address, 50_000),
        )

    def add(self, name: str, role: str = "agent", password: str = PASSWORD) -> None:
        """Give somebody access."""
        hashed = self.passwords.hashed(password)
        with self.database.session() as session:
            users.add(session, name=name, role=role, password_hash=hashed, now=self.clock())

    def key(self, name: str, role: str, *, days: float = 30) -> dict[str, str]:
        """The header of a new key."""
        expires = self.clock() + timedelta(days=days)
        with self.database.session() as session:
            key = keys.add(session, name=name, role=role, expires=expires, now=self.clock())
        return {"Authorization": f"Bearer {key}"}

    def signed_in(self, name: str, password: str = PASSWORD) -> TestClient:
        """The browser of somebody who has signed in, with the token of the session in it."""
        browser = self.open()
        answer = sign_in(browser, name, password)
        assert answer == 303
        browser.headers["X-Sanad-CSRF"] = browser.get("/v1/session").json()["csrf"]
        return browser


def sign_in(browser: TestClient, name: str, password: str, then: str = "/") -> int:
    """Fill in the form and send it; gives the status."""
    browser.get("/sign-in")
    fields = {
        "name": name,
        "password": password,
        "next": then,
        "csrf": browser.cookies.get("sanad_form") or "",
    }
    return browser.post("/sign-in", data=fields).status_code


@pytest.fixture
def settings() -> Settings:
    """The settings of the application; a test may give its own."""
    return Settings(llm="none")


@pytest.fixture
def house(sanad: Assistant, database: Database, settings: Settings) -> House:
    """The application over the small corpus with an empty database; runs with each kind."""
    return build(sanad, database, settings)


@pytest.fixture
def home(sanad: Assistant, tmp_path: Path, settings: Settings) -> Iterator[House]:
    """The same with a SQLite file only, for what no database makes different."""
    database = Database(f"sqlite:///{tmp_path}/home.sqlite", timeout=10)
    yield build(sanad, database, settings)
    database.close()


def build(sanad: Assistant, database: Database, settings: Settings) -> House:
    """An application over a database, with a clock of the test and cheap passwords."""
    app = create_app(sanad, settings, database=database)
    clock = Clock()
    app.state.door = Door(settings, clock)
    app.state.door.passwords = Passwords(CHEAP)
    return House(app, database, clock, app.state.door.passwords)
