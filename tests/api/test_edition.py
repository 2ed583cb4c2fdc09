"""The edition of the pages: addresses that change with a file, and may be kept for ever."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.testclient import TestClient

from api.edition import FOR_EVER, Edition, EditionFiles
from tests.api.test_pages import PAGES

PAGE = """<html>
  <link rel="icon" href="pages/a.svg">
  <link rel="stylesheet" href="pages/one.css">
  <link rel="stylesheet" href="pages/deep/two.css">
  <script type="module" src="pages/a.js"></script>
</html>
"""
FILES = {
    "page.html": PAGE,
    "one.css": "p { color: red; }",
    "deep/two.css": "p { color: blue; }",
    "a.js": 'import "./deep/b.js"; // سند',
    "deep/b.js": "",
    "a.svg": "<svg/>",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(served(folder)) as opened:
        yield opened


def served(folder: Path) -> FastAPI:
    app, edition = FastAPI(), Edition(folder)
    app.mount("/pages", EditionFiles(edition))

    @app.get("/")
    def page(request: Request) -> Response:
        return edition.response("page.html", request)

    return app


def addresses(text: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', text)


def test_a_page_asks_for_its_files_in_the_edition(client: TestClient) -> None:
    icon, sheets, script = addresses(client.get("/").text)
    assert client.get(f"/{icon}").text == FILES["a.svg"]
    assert client.get(f"/{script}").text == FILES["a.js"]
    assert client.get(f"/{script.replace('a.js', 'deep/b.js')}").status_code == 200
    both = client.get(f"/{sheets}")
    assert both.headers["content-type"].startswith("text/css")
    assert both.text.split("\n") == [FILES["one.css"], FILES["deep/two.css"]]
    for address in (icon, sheets, script):
        assert client.get(f"/{address}").headers["cache-control"] == FOR_EVER


@pytest.mark.parametrize("name", sorted(FILES))
def test_any_change_makes_another_edition(folder: Path, name: str) -> None:
    before = Edition(folder).name
    assert Edition(folder).name == before
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    changed = Edition(folder).name
    path.rename(path.with_suffix(".other"))
    assert len({before, changed, Edition(folder).name}) == 3


def test_a_page_of_a_former_edition_gets_todays_files_and_keeps_none(client: TestClient) -> None:
    for name in ("a.js", "deep/b.js", "one.css+deep/two.css"):
        answer = client.get(f"/pages/{'0' * 16}/{name}")
        assert answer.status_code == 200
        assert answer.headers.get("cache-control") != FOR_EVER


@pytest.mark.parametrize(
    "path",
    ["nothing.js", "one.css+nothing.css", "one.css+a.js", "one.css+../../secret", "+", "one.css+"],
)
@pytest.mark.parametrize("edition", ["", "0" * 16])
def test_what_is_no_file_of_it_is_not_found(client: TestClient, edition: str, path: str) -> None:
    name = edition or addresses(client.get("/").text)[0].split("/")[1]
    answer = client.get(f"/pages/{name}/{path}")
    assert answer.status_code == 404
    assert answer.headers.get("cache-control") != FOR_EVER


def test_the_page_itself_is_asked_for_again_and_compressed(client: TestClient) -> None:
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    again = client.get("/", headers={"If-None-Match": packed.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = client.get("/", headers={"If-None-Match": '"0000000000000000"'})
    assert other.status_code == 200


def test_all_that_the_chat_needs_to_start_is_asked_for_at_once() -> None:
    """On a slow line each step from import to import costs seconds."""
    page = (PAGES / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'rel="modulepreload" href="pages/([^"]+)"', page))
    assert named == needed("chat.js") - {"chat.js"}


def needed(module: str) -> set[str]:
    text = (PAGES / module).read_text(encoding="utf-8")
    found = {module}
    for name in re.findall(r'^import [^"(]*"\./([^"]+)";$', text, re.MULTILINE):
        found |= needed(name)
    return found
