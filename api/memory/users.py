"""Users: the people of the staff side. Passwords come here hashed, never as they were typed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select, update

from api.memory import signins, tables
from api.memory.database import Session
from api.memory.secret import new_id
from ingest.errors import InputError, RecordMissingError


@dataclass(frozen=True, slots=True)
class User:
    """One person; `password_hash` is None for one who signs in elsewhere."""

    id: str
    name: str
    role: str
    password_hash: str | None
    disabled: bool
    created: datetime


def add(
    session: Session, *, name: str, role: str, password_hash: str | None, now: datetime
) -> User:
    """Give somebody access; raises InputError when the name is taken."""
    if find(session, name):
        raise InputError(f"There is already a user {name!r}; choose another name.")
    user = User(new_id(), name, role, password_hash, disabled=False, created=now)
    session.execute(
        insert(tables.users).values(
            id=user.id,
            name=name,
            role=role,
            password_hash=password_hash,
            disabled=False,
            created=now,
        )
    )
    return user


def find(session: Session, name: str) -> User | None:
    """The user of this name, disabled or not; None when there is none."""
    row = session.execute(select(tables.users).where(tables.users.c.name == name)).one_or_none()
    return User(*row) if row else None


def listed(session: Session) -> tuple[User, ...]:
    """Everybody, by name."""
    rows = session.execute(select(tables.users).order_by(tables.users.c.name))
    return tuple(User(*row) for row in rows)


def any(session: Session) -> bool:  # noqa: A001  (read as `users.any`)
    """Whether anybody was ever given access."""
    return bool(session.scalar(select(exists().select_from(tables.users))))


def set_password(session: Session, name: str, *, password_hash: str) -> None:
    """Replace the password and end all sign-ins; raises RecordMissingError."""
    _change(session, name, password_hash=password_hash)
    signins.end_all(session, name)


def rehash(session: Session, name: str, *, password_hash: str) -> None:
    """Replace the hash of the same password; sign-ins go on. Raises RecordMissingError."""
    _change(session, name, password_hash=password_hash)


def set_role(session: Session, name: str, *, role: str) -> None:
    """Change what they may do, at once; raises RecordMissingError."""
    _change(session, name, role=role)


def disable(session: Session, name: str) -> None:
    """Take the access away and end all sign-ins; raises RecordMissingError."""
    _change(session, name, disabled=True)
    signins.end_all(session, name)


def enable(session: Session, name: str) -> None:
    """Give the access back; raises RecordMissingError."""
    _change(session, name, disabled=False)


def _change(session: Session, name: str, **values: object) -> None:
    changed = session.execute(
        update(tables.users).where(tables.users.c.name == name).values(**values)
    )
    if not changed.rowcount:
        raise RecordMissingError(f"There is no user {name!r}; `sanad users list` shows them.")
