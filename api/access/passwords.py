"""Passwords: argon2id, checked in the same time whether or not the name is known."""

import unicodedata

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from ingest.errors import InputError

SHORTEST, LONGEST = 12, 256
"""Characters. The lower bound is what makes guessing hopeless, the upper one bounds the work."""

_FEWEST_DIFFERENT = 5

_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c2FuYWQtbm9ib2R5LWF0LQ"
    "$b3RoZXIgdGhhbiBhbnkgaGFzaCBvZiBhIHBhc3N3b3I"
)
"""The hash that is worked on where there is none: as costly as any, and the hash of nothing."""


class Passwords:
    """Hashes and verifies with the second recommendation of RFC 9106: 64 MiB, 3 passes, 4 lanes."""

    def __init__(self, parameters: Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)

    def hashed(self, password: str) -> str:
        """The hash to store, with its salt and its parameters."""
        return self._hasher.hash(_bytes(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one that was hashed; None, for nobody, never is.

        Without a hash one is worked on all the same: the time must not tell who exists.
        """
        try:
            good = self._hasher.verify(stored or _NOBODY, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored) and good

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def check_strength(name: str, password: str) -> None:
    """Refuse what is guessed first; raises InputError.

    Length and difference are asked for and nothing else: rules about kinds of characters make
    passwords alike, and count for little in scripts without capitals.
    """
    folded = unicodedata.normalize("NFKC", password)
    if not SHORTEST <= len(folded) <= LONGEST:
        raise InputError(f"A password has {SHORTEST} to {LONGEST} characters.")
    if name and name.casefold() in folded.casefold():
        raise InputError("The password holds the name; choose one that does not.")
    if len(set(folded)) < _FEWEST_DIFFERENT:
        raise InputError(
            f"The password has fewer than {_FEWEST_DIFFERENT} different characters; choose another."
        )


def _bytes(password: str) -> bytes:
    """The same bytes for the same characters, whichever keyboard composed them."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
