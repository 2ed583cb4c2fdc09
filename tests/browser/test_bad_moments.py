"""What goes wrong has its own sentence in three languages, a way on, and loses nothing typed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from assistant.assistant import Assistant
from tests.browser.browsing import PATIENCE_MS, PHONE, ask, complaints, picture, visiting
from tests.browser.site import Site
from tests.browser.test_chat_page import QUESTIONS, turn_of

STREAM = "**/v1/ask/stream"


@dataclass(frozen=True, slots=True)
class Words:
    """A part of each sentence in one language, and a question that no document answers."""

    broken: str
    incomplete: str
    offline: str
    away: str
    busy: str
    too_long: str
    nothing: str
    vanished: str
    former: str
    unanswered: str


WORDS = {
    "fr": Words(
        broken="s’est coupée",
        incomplete="incomplet",
        offline="ne répond pas",
        away="pas disponible",
        busy="Trop de questions",
        too_long="Caractères en trop : 1",
        nothing="n’y répondent pas",
        vanished="n’est plus dans la collection",
        former="mis à jour depuis",
        unanswered="Quel est le plafond d'exportation de la truffe du désert ?",
    ),
    "ar": Words(
        broken="انقطع الاتصال",
        incomplete="غير كامل",
        offline="لا تستجيب",
        away="غير متاحة",
        busy="أسئلة كثيرة",
        too_long="عدد الأحرف الزائدة: 1",
        nothing="لا جواب",
        vanished="لم تعد هذه الوثيقة",
        former="تم تحديث الوثائق",
        unanswered="ما هو سقف تصدير ترفاس الصحراء؟",
    ),
    "en": Words(
        broken="broke before the end",
        incomplete="incomplete",
        offline="does not respond",
        away="not available",
        busy="Too many questions",
        too_long="Characters over the limit: 1",
        nothing="do not answer this",
        vanished="no longer in the collection",
        former="updated since",
        unanswered="What is the ceiling for exporting desert truffles?",
    ),
}
each_language = pytest.mark.parametrize("language", WORDS)


@pytest.fixture
def page(chromium: Browser, site: Site, language: str) -> Iterator[Page]:
    with visiting(chromium, site.origin, language, viewport=PHONE, bypass_csp=True) as visit:
        yield visit.open()


def plain(text: str) -> str:
    """As it reads, whatever the spaces and marks of direction."""
    return " ".join("".join(one for one in text if one not in "\u2066\u2067\u2068\u2069").split())


def assert_kept_and_on(page: Page, question: str, *, again: bool) -> None:
    """The question still stands there, goes back into the box, and can be asked again."""
    expect(turn_of(page).locator(".question")).to_have_text(question)
    ways = turn_of(page).locator(".failure .ways button")
    expect(ways).to_have_count(2 if again else 1)
    ways.last.click()
    expect(page.locator("#question")).to_have_value(question)
    expect(page.locator("#question")).to_be_focused()
    page.reload()
    expect(page.locator("#question")).to_have_value(question)
    expect(turn_of(page).locator(".failure")).to_be_visible()


@each_language
def test_a_stream_that_breaks(page: Page, language: str, sanad: Assistant) -> None:
    answer = sanad.ask(QUESTIONS[language]).model_dump(mode="json")
    events = [("citations", answer["citations"]), ("sentence", answer["sentences"][0])]
    half = "".join(
        f"id: s.{n}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
        for n, (kind, data) in enumerate(events)
    )

    def cut(route: Route) -> None:
        heard = "last-event-id" in route.request.headers
        route.fulfill(content_type="text/event-stream", body="" if heard else half)

    page.route(STREAM, cut)
    page.locator("#question").fill(QUESTIONS[language])
    page.locator("#send").click()
    failure = turn_of(page).locator(".failure")
    expect(failure).to_contain_text(WORDS[language].broken, timeout=PATIENCE_MS)
    expect(failure).to_contain_text(WORDS[language].incomplete)
    expect(turn_of(page).locator(".sentence")).to_have_count(1)
    picture(page, f"bad-cut-{language}")
    assert complaints(page) == []
    page.unroute(STREAM)
    failure.locator("button").first.click()
    expect(failure).to_have_count(0)
    expect(turn_of(page).locator(".sentence").nth(1)).to_be_visible()


@each_language
def test_a_server_that_does_not_answer(page: Page, language: str) -> None:
    page.route(STREAM, lambda route: route.abort())
    ask(page, QUESTIONS[language])
    expect(turn_of(page).locator(".failure")).to_contain_text(WORDS[language].offline)
    picture(page, f"bad-offline-{language}")
    assert_kept_and_on(page, QUESTIONS[language], again=True)


@each_language
@pytest.mark.parametrize(("status", "name"), [(502, "away"), (503, "away"), (429, "busy")])
def test_a_server_that_is_away_or_busy(page: Page, language: str, status: int, name: str) -> None:
    page.route(
        STREAM, lambda route: route.fulfill(status=status, headers={"Retry-After": "7"}, body="<p>")
    )
    ask(page, QUESTIONS[language])
    failure = turn_of(page).locator(".failure")
    expect(failure).to_contain_text(getattr(WORDS[language], name))
    expect(failure).to_contain_text("7")
    assert_kept_and_on(page, QUESTIONS[language], again=True)


@each_language
def test_a_paste_that_is_one_too_long(page: Page, language: str) -> None:
    question = QUESTIONS[language]
    pasted = question + "x" * (1001 - len(question))
    box = page.locator("#question")
    box.fill(pasted)
    counter = page.locator("#counter")
    expect(counter).to_be_visible()
    assert WORDS[language].too_long in plain(counter.inner_text())
    expect(page.locator("#send")).to_be_disabled()
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(0)
    picture(page, f"bad-long-{language}")
    page.reload()
    expect(box).to_have_value(pasted)
    assert WORDS[language].too_long in plain(counter.inner_text())
    box.press("End")
    box.press("Backspace")
    expect(page.locator("#send")).to_be_enabled()


@each_language
def test_nothing_found(page: Page, language: str) -> None:
    ask(page, WORDS[language].unanswered)
    expect(turn_of(page).locator(".status")).to_contain_text(WORDS[language].nothing)
    expect(turn_of(page).locator(".letter .chip")).to_be_visible()  # an office can be asked
    picture(page, f"bad-nothing-{language}")
    assert complaints(page) == []


@each_language
def test_an_answer_of_a_pruned_generation_and_its_vanished_source(
    page: Page, site: Site, sanad: Assistant, language: str
) -> None:
    token, quotes = site.former(sanad, QUESTIONS[language])
    page.locator("#question").fill("…")
    page.goto(f"{site.origin}/#shared={token}")
    expect(page.locator("#shared .notice")).to_contain_text(WORDS[language].former)
    expect(page.locator("#shared .ways button")).to_have_count(2)
    expect(page.locator("#question")).to_have_value("…")
    page.locator(".card").first.click()
    expect(page.locator(".source .document")).to_contain_text(WORDS[language].vanished)
    expect(page.locator(".source blockquote")).to_have_text(quotes[0])


@each_language
def test_a_page_that_was_closed_while_an_answer_came(page: Page, language: str) -> None:
    page.route(STREAM, lambda route: None)  # it never comes
    page.locator("#question").fill(QUESTIONS[language])
    page.locator("#send").click()
    expect(turn_of(page)).to_have_attribute("aria-busy", "true")
    page.reload()
    expect(turn_of(page).locator(".failure")).to_contain_text(WORDS[language].broken)
    page.unroute_all()
    turn_of(page).locator(".failure button").first.click()
    expect(turn_of(page).locator(".sentence").first).to_be_visible()
