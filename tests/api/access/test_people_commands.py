"""`sanad users` and `sanad keys`: access is given on the machine that serves, and written down."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.access.passwords import Passwords
from api.memory import audit, keys, users
from api.memory.database import Database
from tests.api.access.conftest import CHEAP, PASSWORD, PASSWORD_AR
from tests.api.command import Ran, Run

Typed = Callable[..., Ran]


@pytest.fixture
def run_here(run: Run, records_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`sanad` over an empty database, with cheap hashes."""
    monkeypatch.setenv("SANAD_DATABASE_URL", records_url)
    monkeypatch.setattr("api.commands.users.Passwords", lambda: Passwords(CHEAP))
    return run


@pytest.fixture
def typed(run_here: Run, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """The same with a password on standard input."""

    def call(*arguments: object, password: str = PASSWORD) -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\nsecond line\n"))
        return run_here(*arguments, "--password-stdin")

    return call


@pytest.mark.parametrize(("name", "password"), [("Amina", PASSWORD), ("أمينة", PASSWORD_AR)])
def test_somebody_comes_changes_and_goes(
    typed: Typed, run_here: Run, database: Database, name: str, password: str
) -> None:
    added = typed("users", "add", name, "--role", "agent", "--json", password=password)
    assert added.code == 0
    folded = name.lower()
    assert {**added.json, "created": None} == {
        "name": folded, "role": "agent", "disabled": False, "password": True, "created": None,
    }  # fmt: skip
    assert run_here("users", "role", name, "evaluator").code == 0
    assert run_here("users", "disable", name).code == 0
    assert "disabled" in run_here("users", "list").out
    assert run_here("users", "enable", name).code == 0
    assert typed("users", "password", name, password="quite another one").code == 0
    (listed,) = run_here("users", "list", "--json").json
    assert (listed["name"], listed["role"], listed["disabled"]) == (folded, "evaluator", False)
    with database.session() as session:
        user = users.find(session, folded)
        entries = audit.listed(session)
    assert user is not None
    assert Passwords().verify(user.password_hash, "quite another one")
    assert {entry.actor for entry in entries} == {"operator"}
    assert [entry.action for entry in reversed(entries)] == [
        "users add", "users role", "users disable", "users enable", "users password",
    ]  # fmt: skip
    for entry in entries:
        assert entry.detail is not None
        assert folded in entry.detail


@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "add", "a b", "--role", "agent"),
        ("users", "add", "oidc:amina", "--role", "agent"),
        ("users", "add", "amina", "--role", "public"),
        ("users", "add", "amina", "--role", "owner"),
        ("users", "add", "amina"),
        ("users", "password", "nobody"),
        ("users", "password", "oidc:nobody"),
    ],
)
def test_what_makes_no_user(typed: Typed, database: Database, arguments: tuple[str, ...]) -> None:
    assert typed(*arguments).code == 2
    with database.session() as session:
        assert users.listed(session) == ()
        assert audit.listed(session) == ()


@pytest.mark.parametrize("password", ["", "short", "amina amina amina", "aaaaaaaaaaaaaaaa"])
def test_a_weak_password_makes_no_user(typed: Typed, database: Database, password: str) -> None:
    refused = typed("users", "add", "amina", "--role", "agent", password=password)
    assert refused.code == 2
    assert "password" in refused.err.lower()
    with database.session() as session:
        assert not users.any(session)


@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "role", "nobody", "admin"),
        ("users", "disable", "nobody"),
        ("users", "enable", "oidc:nobody"),
        ("keys", "revoke", "nothing"),
    ],
)
def test_nobody_is_told(run_here: Run, database: Database, arguments: tuple[str, ...]) -> None:
    told = run_here(*arguments)
    assert told.code == 2
    assert "list` shows them" in told.err
    with database.session() as session:
        assert audit.listed(session) == ()


def test_a_name_is_given_once(typed: Typed) -> None:
    assert typed("users", "add", "amina", "--role", "agent").code == 0
    again = typed("users", "add", "AMINA", "--role", "admin")
    assert (again.code, "already" in again.err) == (2, True)


def test_a_password_is_never_an_argument_nor_asked_for_without_a_terminal(
    run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run_here("users", "add", "amina", PASSWORD, "--role", "agent").code == 2
    assert run_here("users", "add", "amina", "--role", "agent", "--password", PASSWORD).code == 2
    told = run_here("users", "add", "amina", "--role", "agent")
    assert (told.code, "--password-stdin" in told.err) == (2, True)


def test_a_key_is_shown_once(run_here: Run, database: Database) -> None:
    made = run_here("keys", "add", "CRM", "--role", "evaluator", "--days", "30")
    assert made.code == 0
    key = made.out.strip()
    assert key.startswith("sanad_")
    assert key not in made.err
    other = run_here("keys", "add", "site", "--role", "public", "--json").json
    listed = run_here("keys", "list", "--json")
    assert [(one["name"], one["role"], one["state"]) for one in listed.json] == [
        ("crm", "evaluator", "active"), ("site", "public", "active"),
    ]  # fmt: skip
    assert run_here("keys", "revoke", "Crm").code == 0
    shown = run_here("keys", "list")
    assert "revoked" in shown.out
    with database.session() as session:
        (revoked, _) = keys.listed(session)
        entries = str(audit.listed(session))
    assert revoked.revoked is not None
    for text in (listed.out, shown.out, entries):
        for secret in (key, other["key"]):
            assert secret not in text
    assert run_here("keys", "add", "crm", "--role", "admin").code == 2


@pytest.mark.parametrize("days", ["0", "-1", "3651", "x"])
def test_a_key_counts_for_a_while(run_here: Run, days: str) -> None:
    assert run_here("keys", "add", "crm", "--role", "agent", "--days", days).code == 2


def test_a_database_that_is_away_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_DATABASE_URL", "postgresql://sanad:hidden@127.0.0.1:1/sanad")
    told = run("keys", "list")
    assert told.code == 12
    assert "hidden" not in told.err
