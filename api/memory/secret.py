"""Secrets that are handed out once: here only their hash stays.

All of them hold 192 random bits or more, so a plain SHA-256 cannot be searched; passwords, which
people choose, take another way (`api.access.passwords`).
"""

import hashlib
import secrets
from uuid import uuid4

KEY_PREFIX = "sanad_"
"""How every key begins, so that one that got away can be searched for."""


def new_id() -> str:
    """An id that says nothing and can be made anywhere."""
    return str(uuid4())


def new_secret(prefix: str = "") -> str:
    """A secret of 32 letters, digits, `-` and `_` behind the prefix."""
    return prefix + secrets.token_urlsafe(24)


def hashed(secret: str) -> str:
    """What is kept of a secret: SHA-256 in hexadecimal. Any text may be asked about."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
