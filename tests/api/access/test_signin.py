"""Signing in by the page: also without its script, in three languages, from here alone."""

import logging
import re
import sqlite3
from collections.abc import Callable
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.access import page
from api.access.passwords import Passwords
from api.app import create_app
from api.memory import audit, users
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings
from tests.api.access.conftest import PASSWORD, PASSWORD_AR, House, build, sign_in
from tests.api.test_pages import _Page

TITLES = {"fr": "Espace des agents", "ar": "فضاء الموظفين", "en": "Staff sign-in"}
HOSTILE = (
    "//mal.example",
    "https://mal.example",
    "/\\mal.example",
    "\\/mal.example",
    "javascript:alert(1)",
    "mal.example",
    "",
    "/\t/mal.example",
    "/a\r\nSet-Cookie: x=y",
    "///mal.example",
    "/\u2028",
)


def cookie(response: Response, name: str) -> tuple[str, dict[str, str]]:
    """The value of a cookie that a response sets, and its attributes."""
    for line in response.headers.get_list("set-cookie"):
        parsed = SimpleCookie(line)
        if name in parsed:
            return parsed[name].value, {k: str(v) for k, v in parsed[name].items() if v}
    raise AssertionError(name)


def fields(browser: TestClient, **others: str) -> dict[str, str]:
    browser.get("/sign-in")
    csrf = browser.cookies.get("sanad_form") or ""
    return {"name": "amina", "password": PASSWORD, "csrf": csrf, **others}


def test_the_tables_of_words_share_their_keys() -> None:
    for language in page.LANGUAGES:
        words = page._WORDS[language]
        assert words.keys() == page._WORDS["fr"].keys()
        for key, text in words.items():
            assert text.count("{}") == page._WORDS["fr"][key].count("{}")


@pytest.mark.parametrize("language", TITLES)
def test_the_page_speaks_the_language_asked_for(home: House, language: str) -> None:
    home.add("amina")
    for answer in (
        home.open().get(f"/sign-in?lang={language}"),
        home.open().get("/sign-in", headers={"Accept-Language": f"de, {language}-MA;q=0.8"}),
    ):
        assert answer.status_code == 200
        assert TITLES[language] in answer.text
        assert f'lang="{language}"' in answer.text
        assert ('dir="rtl"' in answer.text.partition("<head>")[0]) == (language == "ar")


def test_the_page_keeps_the_policy_and_loads_what_is_here(home: House) -> None:
    home.add("amina")
    browser = home.open()
    for text in (browser.get("/sign-in").text, home.signed_in("amina").get("/sign-in").text):
        parsed = _Page()
        parsed.feed(text)
        assert (parsed.inline, parsed.handlers) == (0, [])
        for address in parsed.loads:
            assert browser.get(address).status_code == 200


@pytest.mark.parametrize(("name", "password"), [("amina", PASSWORD), ("أمينة", PASSWORD_AR)])
def test_in_and_out(house: House, name: str, password: str) -> None:
    house.add(name, "agent", password)
    browser = house.open()
    assert browser.get("/v1/session").json() == {
        "role": "public", "kind": "public", "name": None, "csrf": None, "sign_in": "/sign-in",
    }  # fmt: skip
    assert sign_in(browser, name.upper(), password) == 303
    session = browser.get("/v1/session").json()
    assert (session["role"], session["kind"], session["name"]) == ("agent", "user", name)
    welcome = browser.get("/sign-in")
    assert f"<bdi>{name}</bdi>" in welcome.text
    left = browser.post("/sign-out", data={"csrf": session["csrf"], "lang": "ar"})
    assert (left.status_code, left.headers["location"]) == (303, "/sign-in?lang=ar")
    assert browser.get("/v1/session").json()["role"] == "public"
    with house.database.session() as records:
        entries = audit.listed(records)
    assert [(e.actor, e.action, e.status) for e in entries] == [
        (f"user:{name}", "sign-out", "ok"),
        (f"user:{name}", "sign-in", "ok"),
    ]


def test_a_session_is_over_when_signed_out_though_somebody_kept_it(house: House) -> None:
    house.add("amina")
    browser = house.signed_in("amina")
    thief = house.open()
    thief.cookies.set("sanad_session", browser.cookies["sanad_session"])
    assert thief.get("/v1/session").json()["role"] == "agent"
    assert thief.delete("/v1/session").json()["code"] == "cross_site"
    assert browser.delete("/v1/session").status_code == 204
    assert "sanad_session" not in browser.cookies
    assert thief.get("/v1/session").json()["role"] == "public"
    assert browser.delete("/v1/session").status_code == 204


def test_signing_in_again_ends_the_session_before(home: House) -> None:
    home.add("amina")
    browser = home.open()
    sign_in(browser, "amina", PASSWORD)
    former = browser.cookies["sanad_session"]
    with home.database.session() as session:
        sent = fields(home.open())
    del sent["csrf"]
    browser.cookies.delete("sanad_session")
    browser.get("/sign-in")
    browser.cookies.set("sanad_session", former, domain="127.0.0.1", path="/")
    sent["csrf"] = browser.cookies["sanad_form"]
    assert browser.post("/sign-in", data=sent).status_code == 303
    with home.database.session() as session:
        assert len(session.exec_driver_sql("SELECT token FROM signins").all()) == 1


def test_below_a_path_every_address_is_below_it(sanad: Assistant, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/below.sqlite", timeout=2)
    home = build(sanad, database, Settings(llm="none", root_path="/office/sanad"))
    home.add("amina")
    browser = home.open()
    shown = browser.get("/office/sanad/sign-in")
    assert set(re.findall(r'(?:href|src|action)="(/[^"]*)"', shown.text)) == {
        f"/office/sanad{path}"
        for path in (
            *("/", "/sign-in", "/pages/icon.svg"),
            *("/pages/base.css", "/pages/sign-in.css", "/pages/sign-in.js"),
        )
    }
    secret, attributes = cookie(shown, "sanad_form")
    assert attributes["path"] == "/office/sanad/sign-in"
    sent = {"name": "amina", "password": PASSWORD, "csrf": secret}
    answer = browser.post("/office/sanad/sign-in", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/sanad/")
    assert cookie(answer, "sanad_session")[1]["path"] == "/office/sanad/"
    assert browser.get("/office/sanad/v1/session").json()["sign_in"] == "/office/sanad/sign-in"
    database.close()


@pytest.mark.parametrize(
    ("base_url", "secure"),
    [
        ("http://127.0.0.1", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
        ("https://127.0.0.1", True),
        ("https://sanad.example", True),
        ("http://sanad.example", True),
        ("http://127.0.0.1.mal.example", True),
    ],
)
def test_cookies_are_kept_to_the_server_and_to_tls(
    home: House, base_url: str, *, secure: bool
) -> None:
    home.add("amina")
    browser = home.open(base_url)
    secret, attributes = cookie(browser.get("/sign-in"), "sanad_form")
    assert attributes.pop("path") == "/sign-in"
    assert attributes == {"httponly": "True", "samesite": "lax"} | (
        {"secure": "True"} if secure else {}
    )
    sent = {"name": "amina", "password": PASSWORD, "csrf": secret}
    browser.headers["Cookie"] = f"sanad_form={secret}"
    token, attributes = cookie(browser.post("/sign-in", data=sent), "sanad_session")
    assert len(token) >= 32
    assert attributes == {
        "httponly": "True", "samesite": "lax", "path": "/", "max-age": str(12 * 3600)
    } | ({"secure": "True"} if secure else {})  # fmt: skip


@pytest.mark.parametrize("then", ["/", "/v1/gaps?language=ar&limit=5", "/#top", "/%D8%A3"])
def test_it_leads_on_to_where_it_was_asked_for(home: House, then: str) -> None:
    home.add("amina")
    browser = home.open()
    shown = browser.get("/sign-in", params={"next": then}).text
    (kept,) = re.findall(r'name="next" value="([^"]*)"', shown)
    assert unescape(kept) == then
    answer = browser.post("/sign-in", data=fields(browser, next=then))
    assert (answer.status_code, answer.headers["location"]) == (303, then)


@pytest.mark.parametrize("then", HOSTILE)
def test_it_leads_nowhere_else(home: House, then: str) -> None:
    home.add("amina")
    browser = home.open()
    assert "mal.example" not in browser.get("/sign-in", params={"next": then}).text
    answer = browser.post("/sign-in", data=fields(browser, next=then))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers.get_list("set-cookie") == [
        line for line in answer.headers.get_list("set-cookie") if "x=y" not in line
    ]


@pytest.mark.parametrize(
    "others",
    [
        {"csrf": ""},
        {"csrf": "a" * 32},
        {"csrf": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")},
    ],
)
def test_a_form_that_is_not_ours_signs_nobody_in(home: House, others: dict[str, str]) -> None:
    home.add("amina")
    browser = home.open()
    refused = browser.post("/sign-in", data=fields(browser, **others))
    assert refused.status_code == 403
    assert "sanad_session" not in browser.cookies
    bare = home.open()
    assert bare.post("/sign-in", data=fields(home.open())).status_code == 403
    assert bare.post("/sign-in", data={"csrf": "", "name": "amina"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://mal.example"},
    ],
)
def test_another_site_signs_nobody_in_or_out(home: House, headers: dict[str, str]) -> None:
    home.add("amina")
    browser = home.open()
    assert browser.post("/sign-in", data=fields(browser), headers=headers).status_code == 403
    browser = home.signed_in("amina")
    csrf = {"csrf": browser.headers["X-Sanad-CSRF"]}
    assert browser.post("/sign-out", data=csrf, headers=headers).status_code == 403
    assert browser.post("/sign-out", data={"csrf": ""}).status_code == 403
    assert browser.get("/v1/session").json()["role"] == "agent"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("amina", "not the password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("amina", ""),
        ("لا أحد", PASSWORD),
        ("a" * 5_000, PASSWORD),
        ("' or 1=1 --", PASSWORD),
        ("amina", "x" * 50_000),
        ("\x00", "\x00"),
        ("<script>alert(1)</script>", "<script>"),
    ],
)
def test_wrong_names_and_passwords_are_told_alike(home: House, name: str, password: str) -> None:
    home.add("amina")
    browser = home.open()
    told = browser.post("/sign-in", data=fields(browser, name=name, password=password, lang="en"))
    assert told.status_code == 401
    assert "Name and password do not belong together." in told.text
    assert "<script>" not in told.text
    assert "sanad_session" not in browser.cookies


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"a=1&" * 2_000, "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", "text/plain"),
        (b"name=amina", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_form_is_refused(home: House, body: bytes, kind: str) -> None:
    for route in ("/sign-in", "/sign-out"):
        answer = home.open().post(route, content=body, headers={"Content-Type": kind})
        assert answer.status_code == (403 if route == "/sign-in" else 303)


def test_a_disabled_user_is_told_nothing_special(home: House) -> None:
    home.add("amina")
    with home.database.session() as session:
        users.disable(session, "amina")
    assert sign_in(home.open(), "amina", PASSWORD) == 401
    with home.database.session() as session:
        users.enable(session, "amina")
    assert sign_in(home.open(), "amina", PASSWORD) == 303


def test_access_taken_while_the_password_is_verified_is_taken(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.add("amina")
    verify: Callable[[Passwords, str | None, str], bool] = Passwords.verify

    def slow(self: Passwords, stored: str | None, password: str) -> bool:
        with home.database.session() as session:
            users.disable(session, "amina")
        return verify(self, stored, password)

    monkeypatch.setattr(Passwords, "verify", slow)
    assert sign_in(home.open(), "amina", PASSWORD) == 401


def test_a_hash_of_old_parameters_is_made_anew(home: House) -> None:
    home.add("amina")
    home.app.state.door.passwords = Passwords()
    assert sign_in(home.open(), "amina", PASSWORD) == 303
    with home.database.session() as session:
        user = users.find(session, "amina")
    assert user is not None
    assert user.password_hash is not None
    assert not Passwords().outdated(user.password_hash)
    assert sign_in(home.open(), "amina", PASSWORD) == 303


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.1"])
def test_with_nobody_set_up_the_page_says_how(home: House, address: str) -> None:
    told = home.open(address=address).get("/sign-in")
    assert told.status_code == 403
    assert "sanad users add NAME --role admin" in told.text


def test_a_database_that_is_away_is_told(sanad: Assistant, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database")
    database = Database(f"sqlite:///{tmp_path}/file/records.sqlite", timeout=1)
    away = build(sanad, database, Settings(llm="none"))
    without = create_app(sanad, Settings(llm="none"))
    for browser in (away.open(), TestClient(without, base_url="http://127.0.0.1")):
        shown = browser.get("/sign-in")
        assert shown.status_code in {503, 507}
        sent = {"name": "amina", "password": PASSWORD, "csrf": browser.cookies["sanad_form"]}
        told = browser.post("/sign-in", data=sent)
        assert told.status_code in {503, 507}
        assert "sanad_session" not in browser.cookies
        browser.cookies.set("sanad_session", "a" * 32)
        body = {"question": "délai du permis d'huile d'olive ?"}
        assert browser.post("/v1/ask", json=body).status_code == 200
        assert browser.get("/v1/session").json()["role"] == "public"


def test_no_password_key_or_token_is_told_or_logged(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "canary sings at noon"
    house.add("amina", "admin", canary)
    key = house.key("crm", "agent")["Authorization"].removeprefix("Bearer ")
    told = []
    browser = house.signed_in("amina", canary)
    told.append(browser.get("/sign-in").text)
    bad = house.open()
    told.append(bad.post("/sign-in", data=fields(bad, password=canary + "!")).text)
    told.append(bad.post("/sign-in", data=fields(bad, name=canary, password="x")).text)
    for authorization in (f"Bearer {key}", f"Bearer {key}x", f"Basic {key}"):
        headers = {"Authorization": authorization}
        told += [
            house.open().get(f"/v1/{path}", headers=headers).text for path in ("gaps", "audit")
        ]
    told.append(browser.get("/v1/audit").text)
    token = browser.cookies["sanad_session"]
    told += [caplog.text, *capsys.readouterr()]
    with house.database.session() as session:
        for table in ("users", "attempts", "signins", "keys", "audit"):
            told.append(str(session.exec_driver_sql(f"SELECT * FROM {table}").all()))
    for text in told:
        for secret in (canary, key, token):
            assert secret not in text


def test_the_file_of_the_database_holds_no_secret(home: House, tmp_path: Path) -> None:
    home.add("amina")
    browser = home.signed_in("amina")
    key = home.key("crm", "agent")["Authorization"].removeprefix("Bearer ")
    with sqlite3.connect(tmp_path / "home.sqlite") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "amina" in dump
    for secret in (PASSWORD, key, browser.cookies["sanad_session"]):
        assert secret not in dump


@pytest.mark.parametrize(("name", "password"), [("amina", PASSWORD), ("أمينة", PASSWORD_AR)])
def test_in_from_a_page(house: House, name: str, password: str) -> None:
    house.add(name, "agent", password)
    browser = house.open()
    given = {"name": name, "password": password}
    answer = browser.post("/v1/session", json=given)
    assert (answer.status_code, answer.content) == (204, b"")
    former, attributes = cookie(answer, "sanad_session")
    assert {"httponly", "samesite", "max-age"} <= attributes.keys()
    assert browser.get("/v1/session").json()["name"] == name
    assert browser.post("/v1/session", json=given).status_code == 204
    assert cookie(answer, "sanad_session")[0] != browser.cookies.get("sanad_session")
    elsewhere = house.open()
    elsewhere.cookies.set("sanad_session", former)
    assert elsewhere.get("/v1/session").json()["role"] == "public"


@pytest.mark.parametrize(
    ("headers", "given", "status", "code"),
    [
        ({}, {"password": "wrong"}, 401, "sign_in_failed"),
        ({}, {"name": "nobody"}, 401, "sign_in_failed"),
        ({}, {"password": ""}, 422, "request_invalid"),
        ({"Sec-Fetch-Site": "cross-site"}, {}, 403, "cross_site"),
        ({"Sec-Fetch-Site": "same-site"}, {}, 403, "cross_site"),
        ({"Origin": "https://mal.example"}, {}, 403, "cross_site"),
        ({"Content-Type": "text/plain"}, {}, 415, "media_type_unsupported"),
    ],
    ids=str,
)
def test_not_in_from_a_page(
    home: House, headers: dict[str, str], given: dict[str, str], status: int, code: str
) -> None:
    home.add("amina")
    browser = home.open()
    body = {"name": "amina", "password": PASSWORD, **given}
    answer = browser.post("/v1/session", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert browser.cookies.get("sanad_session") is None


def test_trying_from_a_page_counts_as_trying_at_the_form(home: House) -> None:
    home.add("amina")
    browser = home.open()
    for _ in range(5):
        browser.post("/v1/session", json={"name": "amina", "password": "wrong"})
    answer = browser.post("/v1/session", json={"name": "amina", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    assert int(answer.headers["retry-after"]) > 0
