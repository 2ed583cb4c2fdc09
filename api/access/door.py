"""The door of one application: people sign in with name and password, or at an issuer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from fastapi.concurrency import run_in_threadpool

from api.access import signing
from api.access.oidc import Oidc, Pending
from api.admission import Admission
from api.memory.database import Database
from assistant.settings import Settings

if TYPE_CHECKING:
    from api.access.passwords import Passwords


class Door:
    """Lets people in and out; what is written down goes to the database of the call.

    Verifying a password takes 64 MiB and a third of a second of work, so that is done two at a time
    and in threads that answers do not need. `now` is the clock.
    """

    def __init__(self, settings: Settings, now: Callable[[], datetime] | None = None) -> None:
        self.now = now or _now
        self.idle = timedelta(minutes=settings.session_idle_minutes)
        self.lifetime = timedelta(hours=settings.session_hours)
        self.oidc = Oidc.of(settings, self.now)
        self._verifying = Admission(slots=2, queue=16, patience=5)
        self._exchanging = Admission(slots=4, queue=16, patience=5)

    @cached_property
    def passwords(self) -> "Passwords":
        """How passwords are verified, loaded when somebody first signs in."""
        from api.access.passwords import Passwords  # noqa: PLC0415

        return Passwords()

    async def sign_in(self, database: Database, name: str, password: str, address: str) -> str:
        """Sign in with a password; gives the token of the session.

        Raises SignInFailedError, LockedOutError, OverloadedError, DatabaseDownError.
        """
        return await self._verifying.run(
            lambda: signing.by_password(self, database, name, password, address)
        )

    async def begin(self, oidc: Oidc, redirect: str, then: str) -> tuple[str, Pending]:
        """Where to send the browser to sign in at the issuer, and what it must bring back.

        Raises IssuerError.
        """
        return await self._exchanging.run(lambda: oidc.begin(redirect, then))

    async def finish(self, database: Database, oidc: Oidc, pending: Pending, code: str) -> str:
        """Sign in whom the issuer vouches for; gives the token of the session.

        Raises CrossSiteError for a sign-in that was finished before, SignInFailedError,
        ForbiddenError, IssuerError, OverloadedError, DatabaseDownError.
        """

        def work() -> str:
            signing.use_once(self, database, pending)
            return signing.by_issuer(self, database, oidc.finish(pending, code))

        return await self._exchanging.run(work)

    async def sign_out(self, database: Database, token: str) -> None:
        """End a session; raises DatabaseDownError."""
        await run_in_threadpool(signing.out, self, database, token)


def _now() -> datetime:
    return datetime.now(UTC)
