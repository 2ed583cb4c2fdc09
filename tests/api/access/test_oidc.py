"""Signing in at an issuer: one that does as it should, and many that do not."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from api.access.oidc import Oidc, Pending
from api.app import create_app
from api.memory import users
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings, load_settings
from ingest.errors import SettingsError
from tests.api.access.conftest import Clock, House, build
from tests.api.access.issuer import CLIENT, SECRET, Claims, Issuer, key, running, sign


@dataclass(frozen=True)
class Federated:
    """An application, and the issuer at which its people sign in."""

    house: House
    issuer: Issuer

    def begin(self, browser: TestClient, then: str = "/") -> str:
        """Where the browser is sent."""
        sent = browser.get("/sign-in/oidc", params={"next": then, "lang": "ar"})
        assert sent.status_code == 303, sent.text
        assert sent.headers["location"].startswith(f"{self.issuer.address}/authorize?")
        return sent.headers["location"]

    def sign_in(self, browser: TestClient, **others: str) -> Response:
        """All of it; `others` is what the browser brings back instead."""
        query = self.issuer.authorise(self.begin(browser))
        return browser.get("/sign-in/oidc/back", params={**query, **others})


def settings_for(issuer: str, **others: object) -> Settings:
    return Settings.model_validate(
        {
            "llm": "none",
            "oidc_issuer": issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
            "oidc_roles": {"sanad-admins": "admin", "sanad-agents": "agent"},
            **others,
        }
    )


@pytest.fixture
def federated(sanad: Assistant, tmp_path: Path) -> Iterator[Federated]:
    with running(lambda: house.clock().timestamp()) as issuer:
        database = Database(f"sqlite:///{tmp_path}/federated.sqlite", timeout=2)
        house = build(sanad, database, settings_for(issuer.address))
        # PyJWT goes by the clock of the machine.
        house.clock.now = Clock.real()
        yield Federated(house, issuer)
        database.close()


def refused(answer: Response, browser: TestClient, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert "failure" in answer.text
    assert "sanad_session" not in browser.cookies
    assert "sanad_oidc" not in browser.cookies
    assert browser.get("/v1/session").json()["role"] == "public"


@pytest.mark.parametrize("text", ["[" * 9_000, '{"state": "\\ud800"}', "[]", "9" * 5_000])
def test_a_cookie_that_nobody_gave_is_no_sign_in(federated: Federated, text: str) -> None:
    if text.startswith("{"):
        fields = dict.fromkeys(("nonce", "verifier", "redirect", "then"), "/")
        text = json.dumps({**fields, **json.loads(text)})
    browser = federated.house.open()
    forged = base64.urlsafe_b64encode(text.encode()).decode()
    browser.headers["Cookie"] = f"sanad_oidc={forged}"
    refused(browser.get("/sign-in/oidc/back?state=x&code=y"), federated.house.open(), 403)


@pytest.mark.parametrize("then", ["/", "/v1/gaps?language=ar"])
def test_in(federated: Federated, then: str) -> None:
    browser = federated.house.open()
    shown = browser.get("/sign-in?lang=ar").text
    assert 'href="/sign-in/oidc?next=%2F&amp;lang=ar"' in shown
    location = federated.begin(browser, then)
    asked = parse_qs(urlsplit(location).query)
    assert asked["redirect_uri"] == ["http://127.0.0.1/sign-in/oidc/back"]
    answer = browser.get("/sign-in/oidc/back", params=federated.issuer.authorise(location))
    assert (answer.status_code, answer.headers["location"]) == (303, then)
    session = browser.get("/v1/session").json()
    assert (session["role"], session["name"]) == ("agent", "oidc:amina-7")


def test_the_way_back_is_below_the_path_of_the_proxy(sanad: Assistant, tmp_path: Path) -> None:
    with running(lambda: Clock.real().timestamp()) as issuer:
        database = Database(f"sqlite:///{tmp_path}/p.sqlite", timeout=2)
        told = "https://sanad.example/sanad/sign-in/oidc/back"
        for others, redirect in (
            ({}, "http://127.0.0.1/sanad/sign-in/oidc/back"),
            ({"oidc_redirect": told}, told),
        ):
            settings = settings_for(issuer.address, root_path="/sanad", **others)
            browser = build(sanad, database, settings).open()
            sent = browser.get("/sanad/sign-in/oidc")
            asked = parse_qs(urlsplit(sent.headers["location"]).query)
            assert asked["redirect_uri"] == [redirect]
            query = issuer.authorise(sent.headers["location"])
            back = browser.get("/sanad/sign-in/oidc/back", params=query)
            assert (back.status_code, back.headers["location"]) == (303, "/sanad/")
        database.close()


def test_no_secret_leaves_in_an_address(federated: Federated) -> None:
    browser = federated.house.open()
    location = federated.begin(browser)
    pending = Pending.unpacked(browser.cookies["sanad_oidc"])
    assert pending is not None
    assert pending.verifier not in location
    assert SECRET not in location
    assert federated.sign_in(browser).status_code == 303
    assert all(path in {"/token", "/keys", "/.well-known/openid-configuration"}
               for path in federated.issuer.requests)  # fmt: skip


def test_the_secret_goes_as_the_issuer_takes_it(federated: Federated) -> None:
    federated.issuer.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert federated.sign_in(federated.house.open()).status_code == 303


def test_the_role_is_what_the_issuer_says_today(federated: Federated) -> None:
    assert federated.sign_in(federated.house.open()).status_code == 303
    federated.issuer.claims["roles"] = ["sanad-agents", "sanad-admins"]
    browser = federated.house.open()
    assert federated.sign_in(browser).status_code == 303
    assert browser.get("/v1/session").json()["role"] == "admin"
    federated.issuer.claims["roles"] = ["staff"]
    browser = federated.house.open()
    refused(federated.sign_in(browser), browser, 403)


@pytest.mark.parametrize(
    ("claim", "claims", "role"),
    [
        ("realm.roles", {"realm": {"roles": ["sanad-admins"]}}, "admin"),
        ("groups", {"groups": "sanad-agents"}, "agent"),
        ("realm.roles", {"realm": ["sanad-admins"]}, None),
        ("realm.roles", {"realm": None}, None),
        ("roles", {"roles": [{"name": "sanad-admins"}, 1, None]}, None),
        ("roles", {"roles": "sanad-admins sanad-agents"}, None),
    ],
)
def test_where_the_role_is(
    sanad: Assistant, tmp_path: Path, claim: str, claims: Claims, role: str | None
) -> None:
    with running(lambda: Clock.real().timestamp()) as issuer:
        database = Database(f"sqlite:///{tmp_path}/r.sqlite", timeout=2)
        house = build(sanad, database, settings_for(issuer.address, oidc_role_claim=claim))
        issuer.claims.update({"roles": None, **claims})
        browser = house.open()
        answer = Federated(house, issuer).sign_in(browser)
        assert answer.status_code == (303 if role else 403)
        assert browser.get("/v1/session").json()["role"] == (role or "public")
        database.close()


def test_who_was_disabled_here_stays_out(federated: Federated) -> None:
    browser = federated.house.open()
    assert federated.sign_in(browser).status_code == 303
    with federated.house.database.session() as session:
        users.disable(session, "oidc:amina-7")
    assert browser.get("/v1/session").json()["role"] == "public"
    again = federated.house.open()
    refused(federated.sign_in(again), again, 403)


def test_nobody_becomes_a_user_of_ours(federated: Federated) -> None:
    federated.house.add("amina", "admin")
    federated.issuer.claims.update(sub="amina", preferred_username="amina")
    browser = federated.house.open()
    assert federated.sign_in(browser).status_code == 303
    session = browser.get("/v1/session").json()
    assert (session["name"], session["role"]) == ("oidc:amina", "agent")


def test_no_password_signs_in_who_comes_from_the_issuer(federated: Federated) -> None:
    assert federated.sign_in(federated.house.open()).status_code == 303
    for password in ("", "!", "None"):
        browser = federated.house.open()
        browser.get("/sign-in")
        sent = {
            "name": "oidc:amina-7",
            "password": password,
            "csrf": browser.cookies["sanad_form"],
        }
        refused(browser.post("/sign-in", data=sent), browser, 401)


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def unsigned(_issuer: Issuer, claims: Claims) -> str:
    return f"{encoded({'alg': 'none', 'kid': 'one'})}.{encoded(claims)}."


def by_the_public_key(issuer: Issuer, claims: Claims) -> str:
    """HS256 with what everybody knows as the secret; PyJWT itself would not sign so."""
    import hmac  # noqa: PLC0415

    signed = f"{encoded({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{encoded(claims)}"
    digest = hmac.digest(issuer.pem("one"), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def by_another_key(issuer: Issuer, claims: Claims) -> str:
    return jwt.encode(claims, key("two"), algorithm="RS256", headers={"kid": "one"})


def with_a_key_of_its_own(issuer: Issuer, claims: Claims) -> str:
    headers = {"kid": "two", "jwk": issuer.public("two"), "jku": f"{issuer.address}/mine"}
    return jwt.encode(claims, key("two"), algorithm="RS256", headers=headers)


def altered(issuer: Issuer, claims: Claims) -> str:
    head, _, signature = sign(issuer, claims).split(".")
    return f"{head}.{encoded({**claims, 'roles': ['sanad-admins']})}.{signature}"


NOW = Clock.real().timestamp()
SIGNED_WRONG = {
    "alg none": unsigned,
    "HS256 with the public key": by_the_public_key,
    "another key": by_another_key,
    "unknown kid": with_a_key_of_its_own,
    "altered": altered,
    "no token": lambda _issuer, _claims: "",
    "nonsense": lambda _issuer, _claims: "a.b.c",
    "not ascii": lambda _issuer, _claims: "ا.ب.ج",
}
CLAIMED_WRONG: dict[str, Claims] = {
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "nonce no text": {"nonce": 5},
    "wrong audience": {"aud": "another"},
    "no audience": {"aud": None},
    "another's too": {"aud": [CLIENT, "another"], "azp": "another"},
    "wrong issuer": {"iss": "https://mal.example"},
    "no issuer": {"iss": None},
    "expired": {"exp": int(NOW) - 3_600},
    "no expiry": {"exp": None},
    "not yet": {"nbf": int(NOW) + 7_200},
    "issued tomorrow": {"iat": int(NOW) + 86_400, "exp": int(NOW) + 90_000},
    "nobody": {"sub": None},
    "nameless": {"sub": ""},
    "a number": {"sub": 7},
    "a long name": {"sub": "a" * 256},
    "controls": {"sub": "amina\n\u202e"},
}


@pytest.mark.parametrize("mischief", SIGNED_WRONG.values(), ids=SIGNED_WRONG.keys())
def test_a_token_signed_wrong(
    federated: Federated, mischief: Callable[[Issuer, Claims], str]
) -> None:
    federated.issuer.signed = mischief
    browser = federated.house.open()
    refused(federated.sign_in(browser), browser, 401)


@pytest.mark.parametrize("claims", CLAIMED_WRONG.values(), ids=CLAIMED_WRONG.keys())
def test_a_token_that_claims_wrong(federated: Federated, claims: Claims) -> None:
    federated.issuer.claims.update(claims)
    browser = federated.house.open()
    refused(federated.sign_in(browser), browser, 401)


@pytest.mark.parametrize(
    ("others", "status"),
    [
        ({"state": "another"}, 403),
        ({"state": ""}, 403),
        ({"code": "another"}, 401),
        ({"code": ""}, 401),
        ({"error": "access_denied"}, 401),
        ({"error": "<script>alert(1)</script>", "error_description": "//mal.example"}, 401),
        ({"iss": "https://mal.example"}, 401),
    ],
)
def test_coming_back_with_something_else(
    federated: Federated, others: dict[str, str], status: int
) -> None:
    browser = federated.house.open()
    answer = federated.sign_in(browser, **others)
    assert "<script>" not in answer.text
    assert "mal.example" not in answer.text
    refused(answer, browser, status)


def test_a_state_counts_once_and_only_in_its_own_browser(federated: Federated) -> None:
    browser, thief = federated.house.open(), federated.house.open()
    location = federated.begin(browser)
    kept = browser.cookies["sanad_oidc"]
    query = federated.issuer.authorise(location)
    refused(thief.get("/sign-in/oidc/back", params=query), thief, 403)
    assert browser.get("/sign-in/oidc/back", params=query).status_code == 303
    browser.cookies.delete("sanad_session")
    refused(browser.get("/sign-in/oidc/back", params=query), browser, 403)
    federated.issuer.used = False
    thief.headers["Cookie"] = f"sanad_oidc={kept}"
    again = thief.get("/sign-in/oidc/back", params=query)
    assert again.status_code == 403
    assert "sanad_session" not in thief.cookies


@pytest.mark.parametrize(
    "forged", ["x", "{}", "e30=", "bnVsbA==", "W10=", "eyJzdGF0ZSI6MX0=", "é", "a" * 3_000]
)
def test_a_forged_cookie_is_no_sign_in(federated: Federated, forged: str) -> None:
    browser = federated.house.open()
    cookie = [(b"Cookie", f"sanad_oidc={forged}".encode())]
    answer = browser.get("/sign-in/oidc/back?state=&code=c", headers=cookie)
    assert answer.status_code == 403


def test_a_cookie_leads_nowhere_else(federated: Federated) -> None:
    browser = federated.house.open()
    query = federated.issuer.authorise(federated.begin(browser, "/v1/gaps"))
    pending = json.loads(base64.urlsafe_b64decode(browser.cookies["sanad_oidc"]))
    forged = Pending(**{**pending, "then": "//mal.example"}).packed()
    browser.headers["Cookie"] = f"sanad_oidc={forged}"
    answer = browser.get("/sign-in/oidc/back", params=query)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/.well-known/openid-configuration", (500, b"{}")),
        ("/.well-known/openid-configuration", (302, b"http://127.0.0.1:1/")),
        ("/.well-known/openid-configuration", (200, b"not json")),
        ("/.well-known/openid-configuration", (200, b"[]")),
        ("/.well-known/openid-configuration", (200, b"\xff")),
        ("/.well-known/openid-configuration", (200, b'{"issuer": "https://mal.example"}')),
        ("/keys", (500, b"")),
        ("/keys", (200, b'{"keys": []}')),
        ("/keys", (200, b'{"keys": 5}')),
        ("/keys", (200, b'{"keys": [5]}')),
        ("/keys", (200, b"{}")),
        ("/keys", (200, b" " * 1_100_000)),
        ("/token", (500, b"")),
        ("/token", (200, b"<html>")),
    ],
)
def test_an_issuer_that_answers_nonsense(
    federated: Federated, path: str, answer: tuple[int, bytes]
) -> None:
    federated.issuer.answers[path] = answer
    browser = federated.house.open()
    begun = browser.get("/sign-in/oidc")
    if begun.status_code == 303:
        query = federated.issuer.authorise(begun.headers["location"])
        begun = browser.get("/sign-in/oidc/back", params=query)
    refused(begun, browser, 502)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("address", ["http://mal.example/x", "ftp://127.0.0.1/", 5, None])
def test_an_endpoint_without_tls(federated: Federated, name: str, address: object) -> None:
    federated.issuer.metadata[name] = address
    browser = federated.house.open()
    begun = browser.get("/sign-in/oidc")
    if begun.status_code == 303:
        query = federated.issuer.authorise(begun.headers["location"])
        begun = browser.get("/sign-in/oidc/back", params=query)
    refused(begun, browser, 502)


def test_an_issuer_that_is_down_keeps_nobody_else_out(sanad: Assistant, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/d.sqlite", timeout=2)
    house = build(sanad, database, settings_for("http://127.0.0.1:1"))
    browser = house.open()
    refused(browser.get("/sign-in/oidc"), browser, 502)
    house.add("amina")
    assert house.signed_in("amina").get("/v1/session").json()["role"] == "agent"
    database.close()


def test_keys_are_kept_and_fetched_again_when_one_is_new(federated: Federated) -> None:
    # So that no token is of the future, when half a minute has passed in this test alone.
    federated.house.clock.pass_by(seconds=-31)
    for _ in range(3):
        assert federated.sign_in(federated.house.open()).status_code == 303
    assert federated.issuer.requests.count("/keys") == 1
    federated.issuer.published = ["two"]
    federated.issuer.signed = lambda issuer, claims: sign(issuer, claims, "two")
    browser = federated.house.open()
    refused(federated.sign_in(browser), browser, 401)
    assert federated.issuer.requests.count("/keys") == 1
    federated.house.clock.pass_by(seconds=31)
    assert federated.sign_in(federated.house.open()).status_code == 303
    assert federated.issuer.requests.count("/keys") == 2


def test_with_an_issuer_the_staff_side_is_set_up(federated: Federated) -> None:
    browser = federated.house.open()
    assert browser.get("/v1/audit").json()["code"] == "not_signed_in"
    assert browser.get("/sign-in").status_code == 200


def test_without_one_there_is_nothing_to_begin(home: House) -> None:
    home.add("amina")
    for path in ("/sign-in/oidc", "/sign-in/oidc/back?state=a&code=b"):
        assert home.open().get(path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_issuer": "http://issuer.example"},
        {"oidc_issuer": "http://127.0.0.1.mal.example"},
        {"oidc_client_id": None},
        {"oidc_roles": {}},
    ],
)
def test_half_an_issuer_stops_the_start(sanad: Assistant, wrong: dict[str, object]) -> None:
    settings = settings_for("https://issuer.example").model_copy(update=wrong)
    with pytest.raises(SettingsError, match="SANAD_OIDC"):
        create_app(sanad, settings)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.access.oidc.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"sanad\[oidc\]"):
        Oidc.of(settings_for("https://issuer.example"), Clock())


def test_the_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_OIDC_ISSUER", "https://issuer.example")
    monkeypatch.setenv("SANAD_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("SANAD_OIDC_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("SANAD_OIDC_ROLES", '{"مراقب": "evaluator"}')
    settings = load_settings()
    assert settings.oidc_roles == {"مراقب": "evaluator"}
    assert SECRET not in repr(settings)
    monkeypatch.setenv("SANAD_OIDC_ROLES", '{"x": "owner"}')
    with pytest.raises(SettingsError, match="SANAD_OIDC_ROLES"):
        load_settings()
