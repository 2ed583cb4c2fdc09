"""Passwords: the parameters of the RFC, and nothing told by who is unknown."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from api.access import passwords as module
from api.access.passwords import Passwords, check_strength
from ingest.errors import InputError
from tests.api.access.conftest import CHEAP, PASSWORD, PASSWORD_AR


def test_hashes_are_argon2id_with_the_parameters_of_the_rfc() -> None:
    hashed = Passwords().hashed(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert extract_parameters(hashed) == RFC_9106_LOW_MEMORY


@pytest.mark.parametrize("password", [PASSWORD, PASSWORD_AR, "pass\ud800word\x00 of bytes"])
def test_only_the_password_itself_is_taken(password: str) -> None:
    passwords = Passwords(CHEAP)
    hashed = passwords.hashed(password)
    assert passwords.verify(hashed, password)
    assert not passwords.verify(hashed, password + " ")
    assert not passwords.verify(hashed, "")
    assert password not in hashed


def test_the_keyboard_that_composed_a_letter_does_not_matter() -> None:
    passwords = Passwords(CHEAP)
    assert passwords.verify(
        passwords.hashed("été à Fès, en été"), "e\u0301te\u0301 à Fe\u0300s, en été"
    )
    assert passwords.verify(passwords.hashed("ﻻ زيت ولا زعفران"), "لا زيت ولا زعفران")


@pytest.mark.parametrize("stored", [None, "", "!", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$x"])
def test_without_a_hash_nothing_is_the_password(stored: str | None) -> None:
    assert not Passwords().verify(stored, "")
    assert not Passwords().verify(stored, PASSWORD)


def test_for_nobody_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []
    real: Callable[[PasswordHasher, str, bytes], bool] = PasswordHasher.verify

    def noting(self: PasswordHasher, stored: str, password: bytes) -> bool:
        worked.append(stored)
        return real(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", noting)
    passwords = Passwords()
    for stored in (None, passwords.hashed(PASSWORD)):
        assert not passwords.verify(stored, "something else")
    assert [extract_parameters(stored) for stored in worked] == [RFC_9106_LOW_MEMORY] * 2


def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert Passwords().outdated(Passwords(CHEAP).hashed(PASSWORD))
    assert not Passwords().outdated(Passwords().hashed(PASSWORD))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("amina", "elevenchars"),
        ("amina", "x" * 257),
        ("amina", "my name is Amina!"),
        ("ⅸ", "a" * 40),
        ("amina", "abcabcabcabcabc"),
        ("أمينة", "اسمي أمينة في المكتب"),
        ("amina", ""),
    ],
)
def test_what_is_guessed_first_is_refused(name: str, password: str) -> None:
    with pytest.raises(InputError) as refused:
        check_strength(name, password)
    assert not password or password not in str(refused.value)


@pytest.mark.parametrize("password", [PASSWORD, PASSWORD_AR, "abcde" * 51])
def test_length_is_enough(password: str) -> None:
    check_strength("amina", password)
    assert module.SHORTEST <= len(password) <= module.LONGEST
