"""An OpenID issuer on loopback that does as it should, or one thing wrong."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

CLIENT = "sanad"
SECRET = "issuer's secret: 5 % of it"
CODE = "code-1"

Claims = dict[str, Any]
Mischief = Callable[["Issuer", Claims], str]
"""Signs claims its own way."""


@cache
def key(_kid: str) -> rsa.RSAPrivateKey:
    """A key of issuers, made when first asked for."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


@dataclass
class Issuer:
    """What the issuer knows, and how it misbehaves; `requests` are those it was sent."""

    address: str = ""
    now: Callable[[], float] = lambda: 0.0
    claims: Claims = field(default_factory=dict)
    signed: "Mischief | None" = None
    metadata: dict[str, object] = field(default_factory=dict)
    published: list[str] = field(default_factory=lambda: ["one"])
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    challenge: str = ""
    nonce: str = ""
    used: bool = False
    requests: list[str] = field(default_factory=list)

    def authorise(self, location: str) -> dict[str, str]:
        """What happens in the browser: somebody signs in, and is sent back with this query."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        self.challenge, self.nonce, self.used = asked["code_challenge"], asked["nonce"], False
        return {"state": asked["state"], "code": CODE, "session_state": "x", "iss": self.address}

    def public(self, kid: str) -> dict[str, object]:
        """A key as it is published."""
        found: dict[str, object] = RSAAlgorithm.to_jwk(key(kid).public_key(), as_dict=True)
        return {**found, "kid": kid, "use": "sig", "alg": "RS256"}

    def pem(self, kid: str) -> bytes:
        """A public key as text, which some programs would take for a shared secret."""
        return key(kid).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def reply(self, path: str, form: dict[str, list[str]], authorization: str) -> tuple[int, bytes]:
        """The answer to a request."""
        self.requests.append(path)
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            known = {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                **self.metadata,
            }
            return 200, json.dumps(known).encode()
        if path == "/keys":
            keys = [self.public(kid) for kid in self.published]
            return 200, json.dumps({"keys": keys}).encode()
        return self._token(form, authorization)

    def _token(self, form: dict[str, list[str]], authorization: str) -> tuple[int, bytes]:
        challenge = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        sent = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        proven = sent == "sanad:issuer%27s%20secret%3A%205%20%25%20of%20it"
        proven = proven or form.get("client_secret") == [SECRET]
        good = base64.urlsafe_b64encode(challenge).decode().rstrip("=") == self.challenge
        if not (proven and good) or form["code"] != [CODE] or self.used:
            return 400, b'{"error": "invalid_grant"}'
        self.used = True
        now = int(self.now())
        claims = {
            "iss": self.address, "aud": CLIENT, "sub": "amina-7", "nonce": self.nonce,
            "iat": now, "exp": now + 300, "roles": ["staff", "sanad-agents"], **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.signed(self, claims) if self.signed else sign(self, claims)
        return 200, json.dumps({"id_token": token, "access_token": "unused"}).encode()


def sign(issuer: Issuer, claims: Claims, kid: str = "one") -> str:
    """As it should be."""
    return jwt.encode(claims, key(kid), algorithm="RS256", headers={"kid": kid})


@contextmanager
def running(now: Callable[[], float]) -> Iterator[Issuer]:
    """An issuer on a free port of loopback."""
    issuer = Issuer(now=now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(parse_qs(body.decode()))

        def _answer(self, form: dict[str, list[str]]) -> None:
            authorization = self.headers.get("Authorization", "")
            status, body = issuer.reply(self.path, form, authorization)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
