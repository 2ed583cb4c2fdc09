"""Signing in and out, as far as the database of records is concerned."""

from typing import TYPE_CHECKING

from api.access.lockout import Attempt
from api.access.names import fold
from api.memory import attempts, audit, signins, users
from api.memory.database import Database, Session
from api.memory.secret import hashed
from api.memory.users import User
from ingest.errors import CrossSiteError, ForbiddenError, InputError, SignInFailedError

if TYPE_CHECKING:
    from api.access.door import Door
    from api.access.oidc import Identity, Pending

ACTION = "sign-in"


def by_password(door: "Door", database: Database, name: str, password: str, address: str) -> str:
    """Sign in; see `Door.sign_in`.

    The password is verified between two transactions: it takes long. What the first one saw is
    looked at again in the second, for access may have been taken in between.
    """
    name = _folded(name)
    attempt = Attempt(name, address)
    with database.session() as session:
        attempt.begin(session, door.now())
        user = users.find(session, name)
    known = user.password_hash if user and not user.disabled else None
    good = door.passwords.verify(known, password)
    better = None
    if known and good and door.passwords.outdated(known):
        better = door.passwords.hashed(password)
    with database.session() as session:
        again = users.find(session, name)
        if good and again and again.password_hash == known and not again.disabled:
            attempt.succeeded(session)
            if better:
                users.rehash(session, name, password_hash=better)
            return _start(door, session, again)
        _note(door, session, user, "failed")
    raise SignInFailedError("Name and password do not belong together.")


def by_issuer(door: "Door", database: Database, identity: "Identity") -> str:
    """Sign in whom an issuer vouches for; the role is what it says today.

    Raises ForbiddenError for somebody who was disabled here.
    """
    with database.session() as session:
        user = users.find(session, identity.name) or users.add(
            session, name=identity.name, role=identity.role, password_hash=None, now=door.now()
        )
        if not user.disabled:
            users.set_role(session, identity.name, role=identity.role)
            return _start(door, session, user)
        _note(door, session, user, "disabled")
    raise ForbiddenError(f"The access of {identity.name} was taken away here.")


def use_once(door: "Door", database: Database, pending: "Pending") -> None:
    """Raises CrossSiteError the second time, whichever worker or browser it comes through."""
    with database.session() as session:
        if attempts.failed(session, f"state:{pending.state}", now=door.now()).failures > 1:
            raise CrossSiteError("This sign-in was finished before; begin again at /sign-in.")


def out(door: "Door", database: Database, token: str) -> None:
    """End a session."""
    with database.session() as session:
        if found := signins.find(session, token, door.now()):
            signins.end(session, token)
            audit.append(
                session, actor=f"user:{found.name}", action="sign-out", now=door.now(), status="ok"
            )


def _folded(typed: str) -> str:
    """The name as it is stored; what can be nobody's name becomes its hash, which nobody has."""
    try:
        return fold(typed)
    except InputError:
        return f"none:{hashed(typed)}"


def _start(door: "Door", session: Session, user: User) -> str:
    _note(door, session, user, "ok")
    started = signins.start(session, user_id=user.id, lifetime=door.lifetime, now=door.now())
    return started.token


def _note(door: "Door", session: Session, user: User | None, status: str) -> None:
    """One entry, also for nobody: its absence could be timed. But no name that nobody has: what is
    typed in its place may be a password.
    """
    actor = f"user:{user.name}" if user else "public"
    audit.append(session, actor=actor, action=ACTION, now=door.now(), status=status)
