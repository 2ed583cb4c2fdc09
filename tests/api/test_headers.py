"""The headers that keep the page to itself stand on every response, errors too."""

import re
from collections.abc import Callable

import pytest
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from assistant.assistant import Assistant
from assistant.compose import Composer, ExtractiveComposer
from assistant.state import Draft, State

GETS = (
    "/",
    "/pages/style.css",
    "/pages/chat.js",
    "/pages/icon.svg",
    "/pages/",
    "/pages/%2e%2e/app.py",
    "/pages/nothing.js",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/v1/documents",
    "/v1/documents/olive-permit.fr",
    "/v1/documents/nothing",
    "/v1/search?q=safran",
    "/v1/search",
    "/v1/ask",
    "/nothing",
)
BODIES = ({"question": "safran ?"}, {"question": ""}, {"question": 1}, {"question": "s" * 70_000})


EVERYWHERE = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
NONE = ("default-src", "object-src", "base-uri", "frame-ancestors", "trusted-types")
OWN = ("script-src", "style-src", "img-src", "connect-src", "font-src", "form-action")


def assert_guarded(response: Response) -> None:
    """Exactly one of each header, so that no proxy or browser can choose between two."""
    (text,) = response.headers.get_list("content-security-policy")
    policy = dict(directive.strip().partition(" ")[::2] for directive in text.split(";"))
    assert {policy[name] for name in NONE} == {"'none'"}
    assert {policy[name] for name in OWN} == {"'self'"}
    assert policy["require-trusted-types-for"] == "'script'"
    assert not re.search(r"unsafe|\*|https?:|data:|blob:|nonce-", text)
    for name, value in EVERYWHERE.items():
        assert response.headers.get_list(name) == [value]
    (permissions,) = response.headers.get_list("permissions-policy")
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(permissions.split(", "))
    assert "=(self" not in permissions
    assert len(response.headers.get_list("cache-control")) == 1
    assert "access-control-allow-origin" not in response.headers
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("path", GETS)
def test_reading(client: TestClient, path: str) -> None:
    assert_guarded(client.get(path, headers={"Origin": "https://mal.example"}))


@pytest.mark.parametrize("route", ["/v1/ask", "/v1/ask/stream"])
@pytest.mark.parametrize("body", BODIES)
def test_asking(client: TestClient, route: str, body: dict[str, object]) -> None:
    assert_guarded(client.post(route, json=body, headers={"Origin": "https://mal.example"}))


def test_a_bug(with_composer: Callable[[Composer], Assistant]) -> None:
    class Failing(ExtractiveComposer):
        def drafts(self, state: State) -> tuple[Draft, ...]:
            raise ZeroDivisionError

    app = create_app(with_composer(Failing()))
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.post("/v1/ask", json={"question": "délai du permis d'huile d'olive ?"})
    assert response.status_code == 500
    assert_guarded(response)


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "PUT", "TRACE"])
def test_other_methods(client: TestClient, method: str) -> None:
    assert_guarded(client.request(method, "/v1/ask"))


@pytest.mark.parametrize("path", ["/", "/pages/style.css", "/pages/chat.js", "/pages/icon.svg"])
def test_files_are_asked_for_again_each_time(client: TestClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code in {200, 304}
    assert again.headers["cache-control"] == "no-cache"
    assert_guarded(again)


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/v1/documents", "/v1/search?q=safran", "/v1/ask", "/nothing"]
)
def test_answers_are_kept_nowhere(client: TestClient, path: str) -> None:
    assert client.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("route", ["/v1/ask", "/v1/ask/stream"])
def test_answers_to_questions_are_kept_nowhere(client: TestClient, route: str) -> None:
    response = client.post(route, json={"question": "safran ?"})
    assert "no-store" in response.headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/pages/chat.js", "/v1/ask", "/nothing"])
def test_tls_is_promised_only_over_tls(sanad: Assistant, path: str) -> None:
    app = create_app(sanad)
    with TestClient(app, base_url="https://sanad.example") as secure:
        promised = secure.get(path)
    with TestClient(app, base_url="http://sanad.example") as plain:
        bare = plain.get(path)
    assert int(promised.headers["strict-transport-security"].partition("=")[2]) >= 31_536_000
    assert "strict-transport-security" not in bare.headers


def test_no_route_loosens_them(sanad: Assistant) -> None:
    app = create_app(sanad)

    @app.get("/loose")
    def loose() -> PlainTextResponse:
        return PlainTextResponse("", headers={"Content-Security-Policy": "default-src *"})

    with TestClient(app) as client:
        assert_guarded(client.get("/loose"))
