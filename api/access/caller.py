"""Who calls, and the doors that open to some.

What is public is everybody's. An agent answers hand-offs, an evaluator reads what went wrong, an
admin does both and sees the audit log. A key may be public too: it opens nothing, and counts by
itself.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args

from fastapi import Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from api import state
from api.access import csrf
from api.memory import keys, signins, users
from api.memory.database import Database
from api.memory.secret import KEY_PREFIX
from api.memory.signins import SignedIn
from ingest.errors import (
    DatabaseDownError,
    DatabaseOutdatedError,
    ForbiddenError,
    NotSignedInError,
    StaffNotSetUpError,
    StorageError,
)

if TYPE_CHECKING:
    from api.access.door import Door

Role = Literal["public", "agent", "evaluator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
STAFF: tuple[Role, ...] = ("agent", "evaluator", "admin")

COOKIE = "sanad_session"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever made a request; `name` is that of the user or of the key."""

    role: Role = "public"
    kind: Literal["public", "user", "key"] = "public"
    name: str = ""

    @property
    def actor(self) -> str:
        """As the audit log names them: `public`, `user:amina`, `key:crm`."""
        return f"{self.kind}:{self.name}" if self.name else self.kind


PUBLIC = Caller()

_BEARER = HTTPBearer(
    auto_error=False, scheme_name="key", description="A key made by `sanad keys add`."
)
_SESSION = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    scheme_name="session",
    description=f"The cookie of a sign-in; changes also need the header {csrf.HEADER}.",
)


async def caller(request: Request) -> Caller:
    """Who calls a route that is everybody's.

    A key that does not count raises NotSignedInError: somebody relies on it. A cookie that does
    not, or that comes without what would prove who sent it, is as good as none, and so are both
    while the database is down: what everybody may do need not wait for who does it.
    """
    if found := getattr(request.state, "caller", None):
        return cast(Caller, found)
    try:
        who = await _known(request) or PUBLIC
    except (DatabaseDownError, DatabaseOutdatedError, StorageError):
        who = PUBLIC
    request.state.caller = who
    return who


def require(*roles: Role) -> Callable[..., Awaitable[Caller]]:
    """The dependency of a route that is for these roles, and for admins.

    Raises StaffNotSetUpError, NotSignedInError, ForbiddenError, and CrossSiteError for a change in
    a session that does not bring its token.
    """

    async def required(
        request: Request,
        _key: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
        _session: Annotated[str | None, Security(_SESSION)],
    ) -> Caller:
        known = await _known(request, strict=True)
        if known is None:
            raise await why_not(request)
        request.state.caller = known
        if known.role not in (*roles, "admin"):
            raise ForbiddenError(
                f"{known.actor} has the role {known.role}; this is for {' and '.join(roles)}."
            )
        return known

    return required


def key_of(request: Request) -> str | None:
    """The key of ours that the request brings; other tokens in its place mean nothing here."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token.startswith(KEY_PREFIX) else None


async def session_of(request: Request) -> SignedIn | None:
    """The sign-in whose cookie the request brings; None where it has ended, or there is none.

    Looked up once for a request, whoever asks.
    """
    if not hasattr(request.state, "signed_in"):
        token = request.cookies.get(COOKIE)
        request.state.signed_in = token and await run_in_threadpool(
            _session, *await _doors(request), token
        )
    return request.state.signed_in or None


async def why_not(request: Request) -> NotSignedInError | StaffNotSetUpError:
    """Why a request that brings nothing is let in nowhere; raises DatabaseDownError."""
    return await run_in_threadpool(_nobody, *await _doors(request))


async def _known(request: Request, *, strict: bool = False) -> Caller | None:
    if key := key_of(request):
        if not hasattr(request.state, "keyed"):
            request.state.keyed = await run_in_threadpool(_by_key, *await _doors(request), key)
        keyed: Caller = request.state.keyed
        return keyed
    signed_in = await session_of(request)
    if signed_in is None:
        return None
    if request.method not in csrf.SAFE:
        brought = request.headers.get(csrf.HEADER)
        if strict:
            csrf.check(request, signed_in.csrf, brought)
        elif not (csrf.from_here(request) and csrf.same(signed_in.csrf, brought)):
            return None
    return Caller(_role(signed_in.role), "user", signed_in.name)


async def _doors(request: Request) -> "tuple[Database, Door]":
    return await state.database(request), request.app.state.door


def _session(database: Database, door: "Door", token: str) -> SignedIn | None:
    """Who is signed in; a token that is nobody's costs the database no lock."""
    now = door.now()
    with database.session(readonly=True) as session:
        found = signins.find(session, token, now, idle=door.idle)
    if found and signins.is_stale(found, now):
        with database.session() as session:
            signins.used(session, token, now)
    return found


def _by_key(database: Database, door: "Door", key: str) -> Caller:
    with database.session(readonly=True) as session:
        found = keys.find(session, key, door.now())
    if found is None:
        raise NotSignedInError(
            "The key is unknown, expired or revoked; `sanad keys add` makes another."
        )
    return Caller(_role(found.role), "key", found.name)


def _role(stored: str) -> Role:
    """A role that this version does not know opens nothing."""
    return next((role for role in ROLES if role == stored), "public")


def _nobody(database: Database, door: "Door") -> NotSignedInError | StaffNotSetUpError:
    with database.session(readonly=True) as session:
        anybody = users.any(session) or keys.any(session)
    if anybody or door.oidc:
        return NotSignedInError(
            "This is for staff: sign in at /sign-in, or send a key as `Authorization: Bearer "
            f"{KEY_PREFIX}…`."
        )
    return StaffNotSetUpError(
        "Nobody has access to the staff side yet. On the machine that serves, run "
        "`sanad users add NAME --role admin`, then sign in at /sign-in."
    )
