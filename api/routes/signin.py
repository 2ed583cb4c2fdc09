"""`/sign-in` and `/sign-out` for people, `/v1/session` for the pages they use."""

from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api import state
from api.access import csrf, page
from api.access.address import address_of
from api.access.caller import COOKIE, Caller, Role, caller, session_of, why_not
from api.access.door import Door
from api.access.oidc import Oidc, Pending
from api.problems import CHALLENGE, documented
from ingest.errors import (
    CrossSiteError,
    DatabaseDownError,
    DatabaseOutdatedError,
    LockedOutError,
    NotSignedInError,
    OverloadedError,
    RateLimitError,
    RecordMissingError,
    SanadError,
    SignInFailedError,
)

router = APIRouter(tags=["session"])

_FORM = "sanad_form"
_PENDING = "sanad_oidc"
_PENDING_SECONDS = 600
_SECRET_LENGTH = 32
_FIELDS = 8
_LONGEST = 1_000
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Session(BaseModel):
    """Who calls. `csrf` is what changes in this session bring as X-Sanad-CSRF, null for a key."""

    role: Role
    kind: Literal["public", "user", "key"]
    name: str | None
    csrf: str | None
    sign_in: str


@router.get(
    "/v1/session",
    responses=documented(NotSignedInError, RateLimitError),
)
async def session(request: Request, who: Annotated[Caller, Depends(caller)]) -> Session:
    """Tell who calls."""
    signed_in = await session_of(request) if who.kind == "user" else None
    return Session(
        role=who.role,
        kind=who.kind,
        name=who.name or None,
        csrf=signed_in.csrf if signed_in else None,
        sign_in=f"{_root(request)}/sign-in",
    )


class Credentials(BaseModel):
    """Name and password of somebody who has an account here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=_LONGEST)
    password: str = Field(min_length=1, max_length=_LONGEST)


@router.post(
    "/v1/session",
    status_code=204,
    response_class=Response,
    responses=documented(
        *(SignInFailedError, CrossSiteError, LockedOutError, OverloadedError),
        *(DatabaseDownError, DatabaseOutdatedError),
    ),
)
async def begin_session(
    request: Request, given: Credentials, _who: Annotated[Caller, Depends(caller)]
) -> Response:
    """Sign in without leaving a page; the session comes as a cookie, `GET /v1/session` tells of it.

    No page of another site can send JSON here, so there is no form whose token could be asked for.
    """
    if not csrf.from_here(request):
        raise CrossSiteError("The request comes from another site's page; nobody was signed in.")
    door: Door = request.app.state.door
    database = await state.database(request)
    token = await door.sign_in(database, given.name, given.password, address_of(request))
    await _end_former(request)
    return _with_session(request, Response(status_code=204), token)


@router.delete(
    "/v1/session",
    status_code=204,
    response_class=Response,
    responses=documented(
        NotSignedInError, CrossSiteError, RateLimitError, DatabaseDownError, DatabaseOutdatedError
    ),
)
async def end_session(request: Request) -> Response:
    """Sign out; who is not signed in is out already."""
    await _leave(request, request.headers.get(csrf.HEADER))
    return _without(request, Response(status_code=204), COOKIE)


@router.get("/sign-in", include_in_schema=False)
async def sign_in_page(
    request: Request,
    next: str = "/",  # noqa: A002  (the parameter that everybody knows)
    lang: str | None = None,
) -> Response:
    """The form, or who is signed in."""
    then = _own(request, next)
    try:
        signed_in = await session_of(request)
        if signed_in:
            desk = _desk(request, then, lang, signed_in.csrf)
            return HTMLResponse(page.welcome(desk, signed_in.name))
        reason = await why_not(request)
    except SanadError as error:
        return _form(request, then, lang, error)
    return _form(request, then, lang, None if isinstance(reason, NotSignedInError) else reason)


@router.post("/sign-in", include_in_schema=False)
async def sign_in(request: Request) -> Response:
    """Sign in with name and password, then on to where the form was asked for."""
    fields = await _fields(request)
    then, lang = _own(request, fields.get("next", "/")), fields.get("lang")
    door: Door = request.app.state.door
    try:
        csrf.check(request, _form_secret(request), fields.get("csrf"))
        database = await state.database(request)
        token = await door.sign_in(
            database, fields.get("name", ""), fields.get("password", ""), address_of(request)
        )
        await _end_former(request)
    except SanadError as error:
        return _form(request, then, lang, error)
    return _signed_in(request, then, token)


@router.post("/sign-out", include_in_schema=False)
async def sign_out(request: Request) -> Response:
    """Sign out by the form of the page."""
    fields = await _fields(request)
    lang = fields.get("lang")
    try:
        await _leave(request, fields.get("csrf"))
    except SanadError as error:
        return _form(request, _own(request, "/"), lang, error)
    query = f"?{urlencode({'lang': lang})}" if lang in page.LANGUAGES else ""
    left = RedirectResponse(f"{_root(request)}/sign-in{query}", 303)
    return _without(request, left, COOKIE)


@router.get("/sign-in/oidc", include_in_schema=False)
async def sign_in_elsewhere(
    request: Request,
    next: str = "/",  # noqa: A002
    lang: str | None = None,
) -> Response:
    """Off to the issuer."""
    then = _own(request, next)
    door: Door = request.app.state.door
    try:
        oidc = _issuer(door)
        redirect = oidc.redirect or f"{str(request.base_url).rstrip('/')}/sign-in/oidc/back"
        address, pending = await door.begin(oidc, redirect, then)
    except SanadError as error:
        return _form(request, then, lang, error)
    leaving = RedirectResponse(address, 303)
    _give(request, leaving, _PENDING, pending.packed(), seconds=_PENDING_SECONDS)
    return leaving


async def sign_in_back(request: Request) -> Response:
    """Back from the issuer, which may add parameters that no list of ours would have."""
    pending = Pending.unpacked(request.cookies.get(_PENDING, ""))
    then = _own(request, pending.then if pending else "/")
    door: Door = request.app.state.door
    try:
        oidc = _issuer(door)
        code = _code(request, oidc, pending)
        token = await door.finish(await state.database(request), oidc, *code)
        await _end_former(request)
    except SanadError as error:
        told = "issuer_refused" if isinstance(error, SignInFailedError) else None
        return _without(request, _form(request, then, None, error, told), _PENDING)
    return _without(request, _signed_in(request, then, token), _PENDING)


router.add_route("/sign-in/oidc/back", sign_in_back, ["GET"], include_in_schema=False)


def _code(request: Request, oidc: Oidc, pending: Pending | None) -> tuple[Pending, str]:
    """The code that the issuer gave for a sign-in which this browser began."""
    given = request.query_params
    if pending is None or not csrf.same(pending.state, given.get("state")):
        raise CrossSiteError("This browser has begun no such sign-in; begin at /sign-in.")
    if given.get("iss", oidc.issuer) != oidc.issuer:  # RFC 9207
        raise SignInFailedError("The answer comes from another issuer than was asked.")
    if "error" in given or not given.get("code"):
        raise SignInFailedError("The issuer did not sign you in.")
    return pending, given["code"]


def _issuer(door: Door) -> Oidc:
    if door.oidc is None:
        raise RecordMissingError("People sign in with a password here; no issuer is set up.")
    return door.oidc


async def _end_former(request: Request) -> None:
    """End the session that the browser had before, if any: it gets another."""
    if former := request.cookies.get(COOKIE):
        door: Door = request.app.state.door
        await door.sign_out(await state.database(request), former)


def _signed_in(request: Request, then: str, token: str) -> Response:
    return _with_session(request, RedirectResponse(then, 303), token)


def _with_session(request: Request, response: Response, token: str) -> Response:
    door: Door = request.app.state.door
    _give(request, response, COOKIE, token, seconds=int(door.lifetime.total_seconds()))
    return response


async def _leave(request: Request, brought: str | None) -> None:
    if signed_in := await session_of(request):
        csrf.check(request, signed_in.csrf, brought)
        door: Door = request.app.state.door
        await door.sign_out(await state.database(request), request.cookies[COOKIE])


def _form(
    request: Request,
    then: str,
    lang: str | None,
    error: SanadError | None,
    told: str | None = None,
) -> Response:
    """The form with a secret of its own, told to the browser as a cookie too."""
    secret = _form_secret(request) or csrf.new_token()
    text = page.form(_desk(request, then, lang, secret), told or error)
    response = HTMLResponse(text, error.status if error else 200)
    if isinstance(error, OverloadedError) and error.wait is not None:
        response.headers["Retry-After"] = str(error.wait)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = CHALLENGE
    _give(request, response, _FORM, secret, seconds=None)
    return response


def _form_secret(request: Request) -> str:
    """The secret that an earlier form gave this browser; "" for none, which nothing equals."""
    secret = request.cookies.get(_FORM, "")
    return secret if len(secret) == _SECRET_LENGTH and secret.isascii() else ""


def _desk(request: Request, then: str, lang: str | None, secret: str) -> page.Desk:
    door: Door = request.app.state.door
    return page.Desk(
        language=page.preferred(lang, request.headers.get("accept-language", "")),
        root=_root(request),
        then=then,
        secret=secret,
        issuer=urlsplit(door.oidc.issuer).netloc if door.oidc else None,
    )


async def _fields(request: Request) -> dict[str, str]:
    """What a form sent; nothing where it is no form."""
    try:
        return dict(parse_qsl((await request.body()).decode(), max_num_fields=_FIELDS))
    except ValueError:
        return {}


def _own(request: Request, path: str) -> str:
    """The path if it is one of this site, else the start: nobody is led away by a link to here."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    if plain and path.startswith("/") and not path.startswith("//") and path != "/":
        return path
    return f"{_root(request)}/"


def _root(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


def _give(
    request: Request, response: Response, name: str, value: str, *, seconds: int | None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=_path(request, name),
        secure=_secure(request),
        httponly=True,
        samesite="lax",
    )


def _without(request: Request, response: Response, name: str) -> Response:
    response.delete_cookie(
        name,
        path=_path(request, name),
        secure=_secure(request),
        httponly=True,
        samesite="lax",
    )
    return response


def _path(request: Request, name: str) -> str:
    return f"{_root(request)}/" if name == COOKIE else f"{_root(request)}/sign-in"


def _secure(request: Request) -> bool:
    """Only what never leaves the machine may do without TLS; a proxy's name is not loopback."""
    return request.url.scheme != "http" or request.url.hostname not in _LOOPBACK
