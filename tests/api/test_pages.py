"""The chat page: served whole, from here alone, without anything that could run a document."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

PAGES = Path(__file__).parents[2] / "api" / "pages"
FILES = sorted(path for path in PAGES.rglob("*") if path.is_file())
MODULES = [path for path in FILES if path.suffix == ".js"]


class _Page(HTMLParser):
    """Collects what a page loads, and what it must not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.inline = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.handlers += [name for name in values if name.startswith("on") or name == "style"]
        address = values.get("src") or (values.get("href") if tag == "link" else None)
        if address:
            self.loads.append(address)
        if tag == "style" or (tag == "script" and not values.get("src")):
            self.inline += 1


@pytest.fixture
def page(client: TestClient) -> _Page:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    parsed = _Page()
    parsed.feed(response.text)
    return parsed


def test_the_page_loads_only_what_is_served_here(client: TestClient, page: _Page) -> None:
    assert page.loads
    for address in page.loads:
        assert address.startswith("pages/")
        assert client.get(address).status_code == 200


def test_the_page_keeps_the_policy_it_is_served_under(page: _Page) -> None:
    assert page.inline == 0
    assert page.handlers == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_modules_are_served_as_modules(client: TestClient, module: Path) -> None:
    response = client.get(f"/pages/{module.relative_to(PAGES).as_posix()}")
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.text == module.read_text(encoding="utf-8")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_modules_import_only_their_neighbours(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    for name in re.findall(r"""(?:from\s+|\bimport\s*\(?\s*)["']([^"']+)["']""", text):
        assert name.startswith(("./", "../"))
        assert (module.parent / name).resolve() in FILES


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_no_text_becomes_markup_or_code(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                "new Function", "srcdoc", "DOMParser"):  # fmt: skip
        assert way not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_page_names_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    hosts = set(re.findall(r"[\"'`(]\s*(?:https?:)?//([\w.-]+\.\w+)", text))
    assert hosts <= {"www.w3.org"}
