"""Sign-ins: who is signed in, until when. The token is the browser's; its hash is ours."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from api.memory import tables
from api.memory.database import Session
from api.memory.secret import hashed, new_secret

_FRESH = timedelta(minutes=1)
"""A use this soon after the last one is not written down: that would be a write a request."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the browser is given, once: the cookie, and the token its own pages send along."""

    token: str
    csrf: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose sign-in a token is. The user is as of now: a role that changed has changed here."""

    user_id: str
    name: str
    role: str
    csrf: str
    started: datetime
    last_used: datetime
    expires: datetime


def start(session: Session, *, user_id: str, lifetime: timedelta, now: datetime) -> SignIn:
    """Sign somebody in for `lifetime` at most."""
    token = new_secret()
    session.execute(
        insert(tables.signins).values(
            token=hashed(token), user_id=user_id, started=now, last_used=now, expires=now + lifetime
        )
    )
    return SignIn(token, _csrf(token))


def find(
    session: Session, token: str, now: datetime, *, idle: timedelta | None = None
) -> SignedIn | None:
    """Whose token it is; None when it is unknown, over, or of somebody whose access was taken.

    It is over when it was not used for `idle` as well; finding it is no use, see `used`.
    """
    kept, users = tables.signins, tables.users
    row = session.execute(
        select(
            kept.c.user_id, users.c.name, users.c.role,
            kept.c.started, kept.c.last_used, kept.c.expires,
        )
        .join(users, users.c.id == kept.c.user_id)
        .where(kept.c.token == hashed(token), kept.c.expires > now, users.c.disabled.is_(False))
    ).one_or_none()  # fmt: skip
    if row is None or (idle is not None and row.last_used + idle <= now):
        return None
    return SignedIn(
        row.user_id, row.name, row.role, _csrf(token), row.started, row.last_used, row.expires
    )


def is_stale(found: SignedIn, now: datetime) -> bool:
    """Whether the last use that is written down is so long ago that this one should be."""
    return found.last_used + _FRESH <= now


def used(session: Session, token: str, now: datetime) -> None:
    """Write down that a sign-in was used."""
    kept = tables.signins
    session.execute(update(kept).where(kept.c.token == hashed(token)).values(last_used=now))


def end(session: Session, token: str) -> None:
    """Sign out; a token that is unknown is out already."""
    session.execute(delete(tables.signins).where(tables.signins.c.token == hashed(token)))


def end_all(session: Session, name: str) -> None:
    """Sign a user out everywhere."""
    user = select(tables.users.c.id).where(tables.users.c.name == name).scalar_subquery()
    session.execute(delete(tables.signins).where(tables.signins.c.user_id == user))


def _csrf(token: str) -> str:
    """Follows from the token, so it need not be kept; the token does not follow from it."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"csrf", "sha256").hex()
