"""Lock-out: after some failures the next attempt has to wait, longer each time.

Counted for the name and for the address, in the database, so that it holds over workers and starts.
An attempt is counted before its password is looked at, and forgiven when that was right: of many
made at once no more get through than of many made one after the other. Names that nobody has are
locked like others, or the lock would tell which exist.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from api.memory import attempts
from api.memory.database import Session
from ingest.errors import LockedOutError

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
"""How long anybody can keep another from signing in by failing in their name."""

FORGOTTEN = timedelta(days=1)

_FREE_FOR_NAME = 5
_FREE_FOR_ADDRESS = 20
"""More than for a name: a whole office may be behind one address."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, as somebody from somewhere."""

    name: str
    address: str

    def begin(self, session: Session, now: datetime) -> None:
        """Count it; raises LockedOutError, and then it must not be looked at, nor is it counted."""
        _count(session, self._user, _FREE_FOR_NAME, now)
        _count(session, self._place, _FREE_FOR_ADDRESS, now)

    def succeeded(self, session: Session) -> None:
        """Clear the name; of the address only this one, or who has an account could clear it."""
        attempts.succeeded(session, self._user)
        attempts.forgive(session, self._place)

    @property
    def _user(self) -> str:
        return f"user:{self.name}"

    @property
    def _place(self) -> str:
        return f"address:{self.address}"


def wait_after(failures: int, free: int) -> timedelta:
    """How long after so many failures the next attempt has to wait: twice as long each time."""
    if failures < free:
        return timedelta()
    doublings = min(failures - free, 30)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def _count(session: Session, subject: str, free: int, now: datetime) -> None:
    before = attempts.standing(session, subject)
    if before and before.last + FORGOTTEN <= now:
        attempts.succeeded(session, subject)
        before = None
    counted = attempts.failed(session, subject, now=now).failures
    until = (before.last if before else now) + wait_after(counted - 1, free)
    overtaken = counted - 1 != (before.failures if before else 0)
    if counted > free and (overtaken or now < until):
        wait = max(1, ceil((until - now).total_seconds()))
        raise LockedOutError(
            f"Too many attempts to sign in have failed; try again in {wait} s.", wait
        )
