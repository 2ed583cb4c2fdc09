"""Signing in as a person does, in a browser that runs no script and one that runs them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings
from tests.api.access.conftest import PASSWORD_AR, build
from tests.loopback import serving

CLAIMS = {"fr": "ne correspondent pas", "ar": "غير متطابقين", "en": "do not belong together"}


@pytest.fixture
def origin(sanad: Assistant, tmp_path: Path) -> Iterator[str]:
    """Where a Sanad is served that knows Amina."""
    database = Database(f"sqlite:///{tmp_path}/sanad.sqlite")
    house = build(sanad, database, Settings(llm="none"))
    house.clock.now = house.clock.real()
    house.add("أمينة", "agent", PASSWORD_AR)
    with serving(house.app) as address:
        yield address
    database.close()


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize("language", CLAIMS)
def test_wrong_right_and_out_again(
    chromium: Browser, origin: str, language: str, *, scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    then = "/sign-in?lang=" + language
    page.goto(f"{origin}/sign-in?lang={language}&next=/v1/session")
    for password in ("not the password", PASSWORD_AR):
        page.locator("#name").fill("أمينة")
        page.locator("#password").fill(password)
        if password != PASSWORD_AR:
            page.locator("form button").click()
            expect(page.get_by_role("alert")).to_contain_text(CLAIMS[language])
    page.locator("form button").click()
    expect(page.locator("body")).to_contain_text('"role":"agent"')
    assert page.url == f"{origin}/v1/session"
    page.goto(origin + then)
    page.locator("form button").click()
    assert page.url == origin + then
    expect(page.locator("#password")).to_be_visible()
    assert [cookie["name"] for cookie in context.cookies()] == ["sanad_form"]
    context.close()


def test_another_site_signs_nobody_in(chromium: Browser, origin: str, tmp_path: Path) -> None:
    """A page elsewhere that sends our form; here it is of another origin, being a file."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{origin}/sign-in")
    secret = page.locator('input[name="csrf"]').get_attribute("value")
    fields = "".join(
        f'<input name="{name}" value="{value}">'
        for name, value in {"name": "أمينة", "password": PASSWORD_AR, "csrf": secret}.items()
    )
    hostile = tmp_path / "hostile.html"
    hostile.write_text(
        f'<meta charset="utf-8"><form method="post" action="{origin}/sign-in">{fields}'
        "<button>win</button></form>",
        encoding="utf-8",
    )
    page.goto(hostile.as_uri())
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert "sanad_session" not in {cookie["name"] for cookie in context.cookies()}
    context.close()
