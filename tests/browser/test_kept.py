"""What the server keeps for whoever asks for it, and how it is taken back: conversations, links."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.app import create_app
from api.memory import shares, signins, users
from api.memory.database import Database
from api.memory.recorder import Recorder
from assistant.assistant import Assistant
from assistant.settings import Settings
from ingest.errors import RecordMissingError
from tests.browser.browsing import PHONE, ask, complaints, picture, visiting
from tests.browser.site import Site
from tests.browser.test_chat_page import QUESTIONS, turn_of
from tests.browser.test_chat_tools import make_link
from tests.loopback import serving

DAYS = 12


@pytest.fixture
def site(sanad: Assistant, tmp_path: Path) -> Iterator[Site]:
    database = Database(f"sqlite:///{tmp_path / 'records.sqlite'}")
    recorder = Recorder(database)
    settings = Settings(llm="none", keep_conversations_days=DAYS)
    app = create_app(sanad, settings, database=database, recorder=recorder)
    with serving(app) as origin:
        yield Site(origin, database)
    recorder.close(30)
    database.close()


def open_kept(page: Page) -> Locator:
    page.locator("#kept").click()
    switch = page.locator("#profile input[role=switch]")
    switch.wait_for()
    return switch


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_conversation_is_kept_by_consent_and_forgotten(
    chromium: Browser, site: Site, language: str
) -> None:
    with visiting(chromium, site.origin, language, viewport=PHONE, bypass_csp=True) as visit:
        sent: list[str | None] = []
        page = visit.open()
        page.on(
            "request",
            lambda one: (
                sent.append(one.headers.get("sanad-conversation")) if "ask" in one.url else None
            ),
        )
        ask(page, QUESTIONS[language])
        assert sent == [None]  # off by default
        before = page.locator("#keeping").inner_text()
        switch = open_kept(page)
        expect(switch).not_to_be_checked()
        expect(page.locator("#profile .kept").first).to_contain_text(str(DAYS))
        picture(page, f"kept-off-{language}")
        assert complaints(page) == []
        switch.check()
        expect(page.locator("#profile .ways button")).to_have_count(1)
        page.locator("#profile .close").click()
        expect(page.locator("#keeping")).not_to_have_text(before)
        ask(page, QUESTIONS[language], turns=2)
        assert sent[1]
        picture(page, f"kept-line-{language}")
        page.close()

        page = visit.open()
        expect(page.locator(".turn")).to_have_count(0)
        again = reread(page)
        picture(page, f"kept-on-{language}")
        assert complaints(page) == []
        again.click()
        expect(page.locator("#profile")).to_be_hidden()
        expect(page.locator("#turns .question")).to_have_text([QUESTIONS[language]])
        expect(turn_of(page).locator(".sentence").first).to_be_visible()

        open_kept(page)
        page.locator("#profile .ways button").first.click()
        expect(page.locator("#profile input[role=switch]")).not_to_be_checked()
        expect(page.locator("#keeping")).to_have_text(before)
        assert page.evaluate("localStorage.getItem('sanad.kept')") == ""
        assert page.request.get(
            f"{site.origin}/v1/conversations/current", headers={"Sanad-Conversation": sent[1]}
        ).status == 404  # fmt: skip


def reread(page: Page) -> Locator:
    """The way to what was kept, once the server has written it down."""
    button = page.locator("#profile .kept .quiet")
    for _ in range(20):
        open_kept(page)
        if button.count():
            return button
        page.locator("#profile .close").click()
    return button


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_conversation_whose_time_is_over_says_so(
    chromium: Browser, site: Site, language: str
) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        page.evaluate("localStorage.setItem('sanad.kept', 'over')")
        switch = open_kept(page)
        expect(switch).not_to_be_checked()
        expect(page.locator("#profile .notice")).to_be_visible()
        picture(page, f"kept-over-{language}")
        assert page.evaluate("localStorage.getItem('sanad.kept')") == ""


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_what_cannot_be_kept_is_not_said_to_be(
    chromium: Browser, sanad: Assistant, language: str
) -> None:
    with serving(create_app(sanad)) as origin, visiting(chromium, origin, language) as visit:
        page = visit.open()
        switch = open_kept(page)
        switch.click()
        expect(page.locator("#profile .said.bad")).to_be_visible()
        expect(switch).not_to_be_checked()
        page.keyboard.press("Escape")
        page.context.route("**/v1/conversations", lambda route: route.abort())
        page.locator("#kept").click()
        expect(page.locator("#profile .failure")).to_be_visible()
        expect(page.locator("#profile input")).to_have_count(0)
        page.context.unroute("**/v1/conversations")
        page.locator("#profile .failure button").click()
        expect(page.locator("#profile input")).to_have_count(1)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_link_is_taken_back_where_it_was_made(
    chromium: Browser, site: Site, language: str
) -> None:
    with visiting(chromium, site.origin, language, viewport=PHONE) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        link = make_link(page)
        turn_of(page).locator(".after .slip .quiet").last.click()
        expect(turn_of(page).locator(".after .slip")).to_have_count(0)
        picture(page, f"link-taken-{language}")
        assert page.evaluate("localStorage.getItem('sanad.links')") == "[]"
    gone(site, link)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_link_is_taken_back_from_the_list_and_from_itself(
    chromium: Browser, site: Site, language: str
) -> None:
    with visiting(chromium, site.origin, language, viewport=PHONE, bypass_csp=True) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        first = make_link(page)
        second = make_link(page)
        open_kept(page)
        expect(page.locator(".links li")).to_have_count(2)
        picture(page, f"links-{language}")
        assert complaints(page) == []
        page.locator(".links button").first.click()
        expect(page.locator(".links button")).to_have_count(1)
        page.close()
        gone(site, second)

        page = visit.open(first.removeprefix(site.origin))
        page.locator("#shared .ways .quiet").last.click()
        expect(page.locator("#shared")).to_be_hidden()
        expect(page.locator("#question")).to_be_focused()
        assert page.evaluate("localStorage.getItem('sanad.links')") == "[]"
    gone(site, first)


def gone(site: Site, link: str) -> None:
    token = link.partition("#shared=")[2]
    with site.database.session(readonly=True) as session, pytest.raises(RecordMissingError):
        shares.read(session, token, now=datetime.now(UTC))


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_who_was_sent_a_link_is_offered_nothing_an_office_is(
    chromium: Browser, site: Site, language: str
) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        link = make_link(page)
    with visiting(chromium, site.origin, language) as visit:
        page = visit.context.new_page()
        with page.expect_response("**/v1/session"):
            page.goto(link)
        page.locator("#shared-turn .sentence").first.wait_for()
        expect(page.locator("#shared .ways button")).to_have_count(1)
    with visiting(chromium, site.origin, language) as visit:
        visit.context.add_cookies(
            [{"name": "sanad_session", "value": agent(site.database), "url": site.origin}]
        )
        page = visit.open(link.removeprefix(site.origin))
        remove = page.locator("#shared .ways .quiet").last
        expect(page.locator("#shared .ways button")).to_have_count(2)
        picture(page, f"shared-office-{language}")
        remove.click()
        expect(page.locator("#shared")).to_be_hidden()
    gone(site, link)


def agent(database: Database) -> str:
    """The cookie of an agent who has signed in."""
    now = datetime.now(UTC)
    with database.session() as session:
        user = users.add(session, name="amina", role="agent", password_hash=None, now=now)
        begun = signins.start(session, user_id=user.id, lifetime=timedelta(hours=1), now=now)
    return begun.token
