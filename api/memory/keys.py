"""API keys: how programs are known."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select, update

from api.memory import tables
from api.memory.database import Session
from api.memory.secret import KEY_PREFIX, hashed, new_id, new_secret
from ingest.errors import InputError, RecordMissingError


@dataclass(frozen=True, slots=True)
class Key:
    """One key, without the key itself."""

    id: str
    name: str
    role: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None


_COLUMNS = [tables.keys.c[name] for name in Key.__slots__]


def add(session: Session, *, name: str, role: str, expires: datetime | None, now: datetime) -> str:
    """Make a key; gives it, and nobody ever can again. Raises InputError when the name is taken."""
    if session.scalar(select(exists().where(tables.keys.c.name == name))):
        raise InputError(f"There is already a key {name!r}; choose another name.")
    key = new_secret(KEY_PREFIX)
    session.execute(
        insert(tables.keys).values(
            id=new_id(), name=name, role=role, hash=hashed(key), created=now, expires=expires
        )
    )
    return key


def find(session: Session, key: str, now: datetime) -> Key | None:
    """The key as it is known; None when it is unknown, expired or revoked."""
    columns = tables.keys.c
    row = session.execute(select(*_COLUMNS).where(columns.hash == hashed(key))).one_or_none()
    if row is None or row.revoked is not None or (row.expires is not None and row.expires <= now):
        return None
    return Key(*row)


def listed(session: Session) -> tuple[Key, ...]:
    """All keys, the expired and revoked among them, by name."""
    return tuple(
        Key(*row) for row in session.execute(select(*_COLUMNS).order_by(tables.keys.c.name))
    )


def any(session: Session) -> bool:  # noqa: A001  (read as `keys.any`)
    """Whether there ever was a key."""
    return bool(session.scalar(select(exists().select_from(tables.keys))))


def revoke(session: Session, name: str, *, now: datetime) -> None:
    """End a key for good; revoking again changes nothing. Raises RecordMissingError."""
    columns = tables.keys.c
    if not session.scalar(select(exists().where(columns.name == name))):
        raise RecordMissingError(f"There is no key {name!r}; `sanad keys list` shows them.")
    session.execute(
        update(tables.keys)
        .where(columns.name == name, columns.revoked.is_(None))
        .values(revoked=now)
    )
