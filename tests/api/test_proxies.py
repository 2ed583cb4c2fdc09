"""Behind a proxy: who is believed, and links that hold below a path of its own."""

import asyncio
import http.server
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from http.client import HTTPResponse
from pathlib import Path
from threading import Thread
from urllib.parse import urljoin
from urllib.request import HTTPErrorProcessor, Request, build_opener, urlopen

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from api.app import create_app
from api.memory import users
from api.memory.database import Database
from api.proxies import Proxies
from assistant.assistant import Assistant
from assistant.settings import Settings, load_settings
from ingest.errors import SettingsError

Headers = list[tuple[str, str]]
PROXY = "10.1.2.3"


class _AsItIs(HTTPErrorProcessor):
    """Hands on every response, redirects too."""

    def http_response(self, request: Request, response: HTTPResponse) -> HTTPResponse:
        return response


_opener = build_opener(_AsItIs)


def seen(
    settings: Settings,
    client: str,
    headers: Headers,
    path: str = "/v1/ask",
    http_version: str = "1.1",
) -> tuple[Scope, dict[str, object]]:
    """What the application is told of a request."""
    told: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        told.append(scope)

    async def receive() -> dict[str, object]:
        raise AssertionError

    async def send(message: object) -> None:
        raise AssertionError

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {
        "type": "http",
        "http_version": http_version,
        "path": path,
        "headers": raw,
        "client": (client, 4711),
        "scheme": "http",
        "root_path": "",
    }
    asyncio.run(Proxies(app, settings=settings)(scope, receive, send))
    return told[0], told[0]["state"]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("", "127.0.0.1", "6.6.6.6", "127.0.0.1"),
        ("", "203.0.113.9", "6.6.6.6", "203.0.113.9"),
        (PROXY, "203.0.113.9", "6.6.6.6", "203.0.113.9"),
        (PROXY, PROXY, "198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8, ::1", PROXY, "198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8", f"::ffff:{PROXY}", "198.51.100.7", "198.51.100.7"),
        (PROXY, PROXY, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8", PROXY, "6.6.6.6, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
        (PROXY, PROXY, "6.6.6.6, <script>", PROXY),
        (PROXY, PROXY, "\u0661\u0662\u0667.0.0.1", PROXY),
        (PROXY, PROXY, "", PROXY),
    ],
)
def test_the_caller_is_whom_the_last_trusted_proxy_saw(
    trusted: str, peer: str, forwarded: str, client: str
) -> None:
    settings = Settings(trusted_proxies=trusted)
    scope, _ = seen(settings, peer, [("X-Forwarded-For", forwarded)])
    assert scope["client"][0] == client


@pytest.mark.parametrize(("peer", "scheme"), [(PROXY, "https"), ("203.0.113.9", "http")])
def test_only_a_trusted_proxy_says_that_a_line_is_encrypted(peer: str, scheme: str) -> None:
    scope, _ = seen(Settings(trusted_proxies=PROXY), peer, [("X-Forwarded-Proto", "https")])
    assert scope["scheme"] == scheme


@pytest.mark.parametrize(
    ("peer", "headers", "direct"),
    [
        ("127.0.0.1", [("Host", "localhost:8000")], True),
        ("::1", [("Host", "[::1]:8000")], True),
        ("::1", [("Host", "[::1]")], True),
        ("127.0.0.1", [("Host", "127.0.0.1")], True),
        ("192.0.2.1", [("Host", "localhost")], False),
        ("127.0.0.1", [("Host", "sanad.example")], False),
        ("127.0.0.1", [], False),
        ("127.0.0.1", [("Host", "localhost"), ("Host", "sanad.example")], False),
        ("127.0.0.1", [("Host", "localhost"), ("X-Forwarded-For", "127.0.0.1")], False),
        ("127.0.0.1", [("Host", "localhost"), ("Forwarded", "for=127.0.0.1")], False),
        ("127.0.0.1", [("Host", "localhost"), ("X-Real-IP", "127.0.0.1")], False),
    ],
)
def test_direct_is_who_is_on_this_machine_and_comes_by_its_name(
    peer: str, headers: Headers, direct: bool
) -> None:
    _, state = seen(Settings(), peer, headers)
    assert state["direct"] is direct


@pytest.mark.parametrize(("version", "direct"), [("1.0", False), ("1.1", True)])
def test_a_proxy_that_says_nothing_is_known_by_its_age(version: str, direct: bool) -> None:
    headers = [("Host", "127.0.0.1:8000"), ("Connection", "close")]
    _, state = seen(Settings(), "127.0.0.1", headers, http_version=version)
    assert state["direct"] is direct


@pytest.mark.parametrize("trusted", ["*", "0.0.0.0/0", "::/0", "localhost", "10.0.0.1/8"])
def test_nobody_can_trust_everybody(trusted: str) -> None:
    with pytest.raises(SettingsError, match="SANAD_TRUSTED_PROXIES"):
        load_settings(trusted_proxies=trusted)


@pytest.mark.parametrize("root", ["sanad", "/sanad/", "/../etc", "/a//b", "/é", "/a b", "/a\n"])
def test_a_root_path_that_is_none_is_refused(root: str) -> None:
    with pytest.raises(SettingsError, match="SANAD_ROOT_PATH"):
        load_settings(root_path=root)


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/v1/ask", "/sanad/v1/ask"),
        ("/sanad/v1/ask", "/sanad/v1/ask"),
        ("/", "/sanad/"),
        ("/sanad", "/sanad"),
        ("/sanadeq", "/sanad/sanadeq"),
    ],
)
def test_a_path_holds_the_root_whether_or_not_the_proxy_took_it_off(path: str, inside: str) -> None:
    scope, _ = seen(Settings(root_path="/sanad"), "127.0.0.1", [], path)
    assert (scope["path"], scope["root_path"]) == (inside, "/sanad")


@pytest.mark.parametrize("stripping", [True, False])
def test_page_links_and_description_hold_below_a_path(
    stripping: bool,
    sanad: Assistant,
    serving: Callable[[FastAPI], AbstractContextManager[str]],
) -> None:
    app = create_app(sanad, Settings(root_path="/sanad"))
    with serving(app) as address, _proxy(address, stripping=stripping) as outside:
        page, text = _get(f"{outside}/sanad{'/' if stripping else ''}")
        assert page == f"{outside}/sanad/"
        links = re.findall(r'(?:src|href)="(pages/[^"]+)"', text)
        assert any(link.endswith("/chat.js") for link in links)
        for link in (*links, "pages/chat.js", "pages/style.css", "v1/documents", "healthz"):
            _get(urljoin(page, link))
        _, described = _get(urljoin(page, "openapi.json"))
        assert '"servers":[{"url":"/sanad"}]' in described
        _, module = _get(urljoin(page, "pages/ask.js"))
        assert '"/v1' not in module
        assert "`/v1" not in module


def test_a_forged_address_changes_neither_limit_nor_cookie_nor_log(
    sanad: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(limit_address=3, log_addresses=True, trusted_proxies=PROXY)
    app = create_app(sanad, settings)
    with TestClient(app, client=("203.0.113.9", 1)) as client, caplog.at_level("INFO"):
        for number in range(4):
            forged = {
                "X-Forwarded-For": f"198.51.100.{number}",
                "X-Forwarded-Proto": "https",
                "X-Real-IP": f"198.51.100.{number}",
                "X-Request-ID": "chosen-by-the-caller",
            }
            response = client.get("/v1/search?q=safran", headers=forged)
            assert response.headers["x-request-id"] != "chosen-by-the-caller"
        assert response.status_code == 429
        assert "strict-transport-security" not in response.headers
    addresses = {getattr(record, "address", None) for record in caplog.records}
    assert addresses - {None} == {"203.0.113.9"}


def test_callers_behind_a_trusted_proxy_are_told_apart(sanad: Assistant) -> None:
    app = create_app(sanad, Settings(limit_address=2, trusted_proxies=PROXY))
    with TestClient(app, client=(PROXY, 1)) as client:
        for number in range(6):
            headers = {"X-Forwarded-For": f"6.6.6.6, 198.51.100.{number}"}
            assert client.get("/v1/search?q=safran", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("peer", "scheme", "secure"), [(PROXY, "https", True), (PROXY, "http", False)]
)
def test_cookies_hold_below_the_path_and_are_secure_where_the_line_is(
    peer: str, scheme: str, secure: bool, sanad: Assistant, tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path}/records.sqlite")
    with database.session() as session:
        users.add(session, name="amina", role="admin", password_hash="-", now=datetime.now(UTC))
    settings = Settings(root_path="/sanad", trusted_proxies=PROXY)
    app = create_app(sanad, settings, database=database)
    with TestClient(app, client=(peer, 1), base_url="http://localhost") as client:
        response = client.get("/sanad/sign-in", headers={"X-Forwarded-Proto": scheme})
    database.close()
    assert response.status_code == 200
    cookie = response.headers["set-cookie"]
    assert re.search(r"; Path=/sanad/", cookie)
    assert ("; Secure" in cookie) is secure
    assert set(re.findall(r'(?:href|src|action)="(/[^"]*)', response.text))
    for link in re.findall(r'(?:href|src|action)="(/[^"]*)', response.text):
        assert link.startswith("/sanad/")


def _get(address: str) -> tuple[str, str]:
    with urlopen(Request(address), timeout=30) as response:
        assert response.status == 200
        return response.url, response.read().decode()


@contextmanager
def _proxy(target: str, *, stripping: bool) -> Iterator[str]:
    """A small proxy that shows `target` below /sanad, as nginx does with or without a slash."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path
            if stripping:
                path = path.removeprefix("/sanad")
            request = Request(f"{target}{path}", headers={"Host": self.headers["Host"]})
            opened = _opener.open(request, timeout=30)
            with opened as response:
                self.send_response(response.status)
                for name, value in response.headers.items():
                    if name.lower() not in {"transfer-encoding", "connection"}:
                        self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(response.read())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
