"""The headers that keep the page to itself stand on every response, errors too."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from assistant.assistant import Assistant
from assistant.compose import Composer, ExtractiveComposer
from assistant.state import Draft, State

GETS = (
    "/",
    "/pages/style.css",
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


def assert_guarded(response: Response) -> None:
    policy = dict(
        directive.strip().partition(" ")[::2]
        for directive in response.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)
    assert "*" not in str(policy)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cross-origin-opener-policy"] == "same-origin"
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
