"""Signing in at an issuer: OpenID Connect Core 1.0, the code flow with PKCE, state and nonce.

Nothing that the issuer says is believed before its signature, its audience and its dates are, and
nothing of it is kept but its `sub`: a name or an address there may change hands.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from api.access import csrf
from api.access.caller import Role
from assistant.settings import Settings
from ingest.errors import ForbiddenError, IssuerError, SettingsError, SignInFailedError

if TYPE_CHECKING:
    import httpx2
    from jwt import PyJWK

PREFIX = "oidc:"
"""How the names of those begin who sign in at an issuer; no name given here has a colon."""

_ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
"""Signatures with a key pair. With `none`, or a secret that is no secret, anybody could sign."""

_LARGEST = 1_000_000
_TIMEOUT = 5.0
_FRESH = timedelta(minutes=5)
_COOLDOWN = timedelta(seconds=30)
_LEEWAY = timedelta(seconds=30)
_FAILED = "The issuer's word for who you are cannot be believed: {}. Begin again at /sign-in."


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an issuer vouches for."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that was begun: kept by the browser that began it, and by nobody else."""

    state: str
    nonce: str
    verifier: str
    redirect: str
    then: str

    def packed(self) -> str:
        """As the value of a cookie."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    def unpacked(cls, cookie: str) -> "Pending | None":
        """The sign-in of a cookie; None for anything that is none."""
        try:
            values = json.loads(base64.urlsafe_b64decode(cookie))
            pending = cls(**values)
            "".join(values.values()).encode()
        except (ValueError, TypeError, RecursionError):
            return None
        return pending


class Oidc:
    """One issuer, asked again for its keys when they are old or one of them is unknown."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        scope: str,
        role_claim: str,
        roles: dict[str, Role],
        redirect: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self.issuer = issuer
        self.redirect = redirect
        self._client_id = client_id
        self._client_secret = client_secret
        self._scope = scope
        self._role_claim = role_claim
        self._roles = roles
        self._now = now
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, dict[str | None, PyJWK]] | None = None

    @classmethod
    def of(cls, settings: Settings, now: Callable[[], datetime]) -> "Oidc | None":
        """The issuer that the settings name, if any; raises SettingsError for half of one."""
        if settings.oidc_issuer is None:
            return None
        if not (settings.oidc_client_id and settings.oidc_roles):
            raise SettingsError(
                "SANAD_OIDC_ISSUER is set; set SANAD_OIDC_CLIENT_ID and SANAD_OIDC_ROLES too, the "
                'latter like {"sanad-agents": "agent"}.'
            )
        if not _is_safe(settings.oidc_issuer):
            raise SettingsError("SANAD_OIDC_ISSUER has to begin with https:// unless on loopback.")
        if not (find_spec("jwt") and find_spec("cryptography")):
            raise SettingsError(
                "SANAD_OIDC_ISSUER is set, which needs PyJWT; run `pip install 'sanad[oidc]'`."
            )
        secret = settings.oidc_client_secret
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            scope=settings.oidc_scope,
            role_claim=settings.oidc_role_claim,
            roles={**settings.oidc_roles},
            redirect=settings.oidc_redirect,
            now=now,
        )

    def begin(self, redirect: str, then: str) -> tuple[str, Pending]:
        """The address at the issuer to send the browser to; `then` is where it goes afterwards.

        Raises IssuerError.
        """
        pending = Pending(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            redirect=redirect,
            then=then,
        )
        challenge = hashlib.sha256(pending.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect,
            "scope": self._scope,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        endpoint = self._endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", pending

    def finish(self, pending: Pending, code: str) -> Identity:
        """Whom the code stands for; raises IssuerError, SignInFailedError, ForbiddenError."""
        claims = self._verified(self._exchange(pending, code), pending.nonce)
        subject = claims["sub"]
        if not (subject.isprintable() and 0 < len(subject) <= 255):  # OpenID Connect Core §2
            raise SignInFailedError(_FAILED.format("its name for you is none"))
        return Identity(f"{PREFIX}{subject}", self._role(claims))

    def _exchange(self, pending: Pending, code: str) -> str:
        import httpx2  # noqa: PLC0415

        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": pending.redirect,
            "code_verifier": pending.verifier,
            "client_id": self._client_id,
        }
        auth = None
        if self._client_secret is not None:
            ways = self._discovered().get("token_endpoint_auth_methods_supported")
            if isinstance(ways, list) and "client_secret_basic" not in ways:
                sent["client_secret"] = self._client_secret
            else:
                auth = httpx2.BasicAuth(
                    quote(self._client_id, safe=""), quote(self._client_secret, safe="")
                )
        reply = self._fetch("POST", self._endpoint("token_endpoint"), data=sent, auth=auth)
        token = reply.get("id_token")
        if not isinstance(token, str):
            raise SignInFailedError(_FAILED.format("it gives no ID token for the code"))
        return token

    def _verified(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token, by OpenID Connect Core §3.1.3.7."""
        import jwt  # noqa: PLC0415

        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._client_id,
                issuer=self.issuer,
                leeway=_LEEWAY,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise SignInFailedError(_FAILED.format(type(error).__name__)) from error
        if not csrf.same(nonce, str(claims.get("nonce"))):
            raise SignInFailedError(_FAILED.format("it answers another sign-in"))
        if claims.get("azp", self._client_id) != self._client_id:
            raise SignInFailedError(_FAILED.format("it was meant for another program"))
        return claims

    def _key(self, kid: str | None) -> "PyJWK":
        """The key of this id, or the only one there is for a token that names none."""
        now = self._now()
        at, known = self._keys or (None, {})
        if at is None or at + _FRESH <= now or (kid not in known and at + _COOLDOWN <= now):
            known = self._fetched_keys()
            self._keys = now, known
        if kid is None and len(known) == 1:
            return next(iter(known.values()))
        if kid not in known:
            raise SignInFailedError(_FAILED.format("it is signed with a key that is not its own"))
        return known[kid]

    def _fetched_keys(self) -> "dict[str | None, PyJWK]":
        from jwt import PyJWKSet, PyJWTError  # noqa: PLC0415

        try:
            keys = PyJWKSet.from_dict(self._fetch("GET", self._endpoint("jwks_uri"))).keys
        except (PyJWTError, AttributeError, TypeError) as error:
            raise IssuerError(f"The keys of {self.issuer} cannot be read.") from error
        return {key.key_id: key for key in keys if key.public_key_use in {"sig", None}}

    def _role(self, claims: dict[str, Any]) -> Role:
        """The role of the first mapping that applies; claims may be nested, as `a.b`."""
        found: object = claims
        for part in self._role_claim.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        held = found if isinstance(found, list) else [found]
        for theirs, ours in self._roles.items():
            if theirs in held:
                return ours
        raise ForbiddenError(
            f"{self.issuer} knows you and gives you no role here; its claim {self._role_claim} "
            "holds none of those in SANAD_OIDC_ROLES."
        )

    def _endpoint(self, name: str) -> str:
        address = self._discovered().get(name)
        if not (isinstance(address, str) and _is_safe(address)):
            raise IssuerError(f"{self.issuer} names no safe {name}.")
        return address

    def _discovered(self) -> dict[str, Any]:
        """What the issuer says of itself, OpenID Connect Discovery 1.0 §4."""
        now = self._now()
        if self._metadata and now < self._metadata[0] + _FRESH:
            return self._metadata[1]
        address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._fetch("GET", address)
        if found.get("issuer") != self.issuer:
            raise IssuerError(
                f"What {address} describes is another issuer; SANAD_OIDC_ISSUER has to be the very "
                "text that it calls itself."
            )
        self._metadata = now, found
        return found

    def _fetch(
        self,
        method: str,
        address: str,
        data: dict[str, str] | None = None,
        auth: "httpx2.BasicAuth | None" = None,
    ) -> dict[str, Any]:
        import httpx2  # noqa: PLC0415  (only where there is an issuer)

        try:
            with (
                httpx2.Client(trust_env=False, timeout=_TIMEOUT, auth=auth) as client,
                client.stream(method, address, data=data) as reply,
            ):
                body = b""
                for part in reply.iter_bytes():
                    body += part
                    if len(body) > _LARGEST:
                        raise IssuerError(f"{self.issuer} answers more than can be meant.")
            if 400 <= reply.status_code < 500 and method == "POST":
                raise SignInFailedError(_FAILED.format("it takes the code for no good one"))
            reply.raise_for_status()
            found = json.loads(body)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise IssuerError(
                f"{self.issuer} cannot be asked ({type(error).__name__}); sign in later, or with a "
                "password."
            ) from error
        if not isinstance(found, dict):
            raise IssuerError(f"{self.issuer} answers what is no object.")
        return found


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    )
