"""The full path of somebody who exports: a suggestion, an answer and its source, what one makes of
it, a question to an office and the reply; axe-core looks at every state on the way.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.memory import feedback, handoffs
from api.memory.database import Database
from assistant.assistant import Assistant
from tests.browser.browsing import SIZES, ask, complaints, picture, visiting
from tests.loopback import serving

UNKNOWN = {
    "fr": "Quel est le plafond d'exportation de la truffe du désert ?",
    "ar": "ما هو سقف تصدير ترفاس الصحراء؟",
}
REPLIES = {"fr": "Appelez le guichet au 0537000111.", "ar": "اتصلوا بالشباك على 0537000111."}
LOOKS = tuple(product(SIZES, ("light", "dark")))
_WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'records.sqlite'}")
    yield database
    database.close()


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
@pytest.mark.parametrize("language", UNKNOWN)
def test_from_a_suggestion_to_the_reply_of_an_office(
    chromium: Browser, sanad: Assistant, records: Database, language: str, look: tuple[str, str]
) -> None:
    size, scheme = look
    with (
        serving(create_app(sanad, database=records)) as origin,
        visiting(
            chromium,
            origin,
            language,
            viewport=SIZES[size],
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,
        ) as visit,
    ):

        def judge(page: Page, state: str) -> None:
            assert complaints(page) == [], state
            wide, there = page.evaluate(_WIDTHS)
            assert wide <= there, state
            picture(page, f"exporter-{state}-{language}-{size}-{scheme}")

        page = visit.open()
        page.locator(".examples button").first.wait_for()
        judge(page, "begin")
        page.locator(".examples button").first.click()
        turn = page.locator(".turn").last
        turn.locator(".verdict.up").wait_for()
        judge(page, "answer")
        turn.locator(".mark").first.click()
        expect(page.locator("#source mark")).to_be_visible()
        judge(page, "source")
        page.locator("#source .close").click()
        turn.locator(".verdict.up").click()
        turn.locator(".thanks").wait_for()
        judge(page, "thanked")

        ask(page, UNKNOWN[language], turns=2)
        turn = page.locator(".turn").last
        expect(turn.locator(".status")).to_have_class("status unanswerable")
        judge(page, "unanswered")
        turn.locator(".letter .chip").click()
        turn.locator(".letter .main").click()
        expect(turn.locator(".letter .said.bad")).to_be_visible()
        judge(page, "consent")
        turn.locator(".letter .consent input").check()
        turn.locator(".letter .main").click()
        turn.locator(".letter .thanks").wait_for()
        expect(page.locator(".reply")).to_have_count(1)
        judge(page, "sent")

        with records.session() as session:
            (letter,) = handoffs.listed(session)
            now = datetime.now(UTC)
            text = REPLIES[language]
            handoffs.reply(session, letter.id, text=text, by="user:amina", now=now)
        page.reload()
        expect(page.locator(".reply.arrived .words")).to_have_text(REPLIES[language])
        judge(page, "replied")
        visit.context.set_offline(offline=True)
        ask(page, "safran ?", turns=3)
        judge(page, "offline")
        assert (visit.foreign, visit.odd) == ([], [])
    with records.session(readonly=True) as session:
        assert [one.verdict for one in feedback.listed(session)] == ["up"]
    assert (letter.question, letter.language) == (UNKNOWN[language], language)
