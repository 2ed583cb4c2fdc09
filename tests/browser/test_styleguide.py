"""Every component on one page, in both schemes and directions; nobody but developers sees it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser

from api.app import create_app
from assistant.assistant import Assistant
from assistant.settings import load_settings
from tests.browser.browsing import complaints, picture, visiting
from tests.loopback import serving

FILES = ("/styleguide", "/styleguide/styleguide.js", "/styleguide/styleguide.css")


@pytest.fixture(scope="module")
def guide(sanad: Assistant) -> Iterator[str]:
    with serving(create_app(sanad, load_settings(styleguide=True))) as origin:
        yield origin


@pytest.mark.parametrize("path", FILES)
def test_it_is_for_development_only(sanad: Assistant, path: str) -> None:
    with TestClient(create_app(sanad)) as closed:
        assert closed.get(path).status_code == 404
        assert closed.get(f"/pages{path}").status_code == 404
    with TestClient(create_app(sanad, load_settings(styleguide=True))) as opened:
        assert opened.get(path).status_code == 200
        assert opened.get("/styleguide/secret").status_code == 422


@pytest.mark.parametrize("contrast", ["no-preference", "more"])
@pytest.mark.parametrize(
    "shape",
    [("fr", "light", 1280), ("fr", "dark", 360), ("ar", "light", 360), ("ar", "dark", 1280)],
)
def test_no_component_has_a_serious_complaint(
    chromium: Browser, guide: str, shape: tuple[str, str, int], contrast: str
) -> None:
    language, scheme, width = shape
    with visiting(chromium, guide, language, bypass_csp=True) as visit:
        page = visit.context.new_page()
        page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light",
            contrast="more" if contrast == "more" else "no-preference",
        )
        page.set_viewport_size({"width": width, "height": 3200})
        page.goto(f"{guide}/styleguide")
        page.locator(".guide .handoff").wait_for()
        picture(page, f"guide-{language}-{scheme}-{width}-{contrast}")
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        heights = "[...document.querySelectorAll('.guide .row > *')].map((one) => one.offsetHeight)"
        assert all(height >= 24 for height in page.evaluate(heights))


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_it_keeps_the_policy_and_speaks_three_languages(
    chromium: Browser, guide: str, language: str
) -> None:
    with visiting(chromium, guide) as visit:
        page = visit.open("/styleguide")
        page.locator(f".languages [value={language}]").click()
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        visit.assert_quiet(page)
