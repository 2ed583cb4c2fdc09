"""What the chat offers around an answer: suggestions, a profile, copies, links that reopen it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.routes.shares import KEPT_DAYS
from assistant.assistant import Assistant
from tests.api.routes.conftest import regional_assistant
from tests.browser.browsing import PHONE, ask, complaints, picture, visiting
from tests.browser.site import Site, with_records
from tests.browser.test_chat_page import QUESTIONS, turn_of
from tests.conftest import REPOSITORY
from tests.fakes import FakeEmbedder
from tests.loopback import serving


@pytest.fixture(scope="module")
def regional(
    trade_embedder: FakeEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """Sanad over the small corpus with regions."""
    with regional_assistant(tmp_path_factory.mktemp("regional"), trade_embedder) as opened:
        yield opened


@pytest.fixture
def site(regional: Assistant, tmp_path: Path) -> Iterator[Site]:
    with with_records(regional, tmp_path) as opened:
        yield opened


def tell(page: Page, **fields: str) -> None:
    """Fill in the profile and keep it."""
    page.locator("#about").click()
    page.locator("#profile select").first.wait_for()
    for number, name in enumerate(("region", "sector", "market")):
        if name in fields:
            page.locator("#profile select").nth(number).select_option(fields[name])
    if "first" in fields:
        page.locator(f"#profile input[value={fields['first']}]").check()
    page.locator("#profile .main").click()
    expect(page.locator("#profile")).to_be_hidden()


def make_link(page: Page) -> str:
    """Share the last answer; gives the link."""
    turn_of(page).locator(".tool").nth(2).click()
    slip = turn_of(page).locator(".after .slip")
    slip.locator(".main").click()
    link = slip.locator("input[readonly]")
    link.wait_for()
    return link.input_value()


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_documents_suggest_what_to_ask(chromium: Browser, site: Site, language: str) -> None:
    with visiting(chromium, site.origin, language, viewport=PHONE) as visit:
        page = visit.open()
        first = page.locator(".examples button").first
        first.wait_for()
        picture(page, f"start-{language}")
        question = first.inner_text()
        first.click()
        turn_of(page).locator(".sentence").first.wait_for()
        expect(turn_of(page).locator(".question")).to_have_text(question)
        visit.assert_quiet(page)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_suggestions_that_do_not_come_leave_no_hole(
    chromium: Browser, site: Site, language: str
) -> None:
    with visiting(chromium, site.origin, language) as visit:
        visit.context.route("**/v1/suggestions*", lambda route: route.abort())
        page = visit.open()
        expect(page.locator("#examples-title")).to_be_hidden()
        ask(page, QUESTIONS[language])
        expect(turn_of(page).locator(".sentence").first).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_profile_is_kept_counts_and_goes(chromium: Browser, site: Site, language: str) -> None:
    with visiting(chromium, site.origin, language, viewport=PHONE) as visit:
        page = visit.open()
        tell(page, region="souss-massa", sector="saffron", first="yes")
        expect(page.locator("#about")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".examples .badge")).to_have_count(1)
        picture(page, f"profile-kept-{language}")
        page.reload()
        ask(page, QUESTIONS[language])
        note = turn_of(page).locator(".noted")
        expect(note).to_contain_text({"fr": "Souss-Massa", "ar": "سوس"}[language])
        asked = [one for one in visit.asked if one.startswith("POST") and "ask" in one]
        assert len(asked) == 1
        picture(page, f"profile-noted-{language}")
        note.locator("button").click()
        expect(note).to_be_empty()
        expect(turn_of(page).locator(".sentence").first).to_be_visible()
        page.locator("#about").click()
        page.locator("#profile .quiet").click()
        expect(page.locator("#about")).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("localStorage.getItem('sanad.profile')") == "{}"
        visit.assert_quiet(page)


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "première exportation"), ("ar", "أول عملية تصدير")]
)
def test_a_first_export_is_said_to_count_and_a_later_one_does_not(
    chromium: Browser, site: Site, language: str, words: str
) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        tell(page, first="yes")
        ask(page, QUESTIONS[language])
        expect(turn_of(page).locator(".noted")).to_contain_text(words)
        tell(page, first="no")
        ask(page, QUESTIONS[language], turns=2)
        expect(turn_of(page).locator(".tool").first).to_be_visible()
        expect(turn_of(page).locator(".noted")).to_be_empty()


def test_the_server_is_told_the_profile(chromium: Browser, site: Site) -> None:
    sent: list[object] = []
    with visiting(chromium, site.origin, "ar") as visit:
        page = visit.open()
        page.on("request", lambda one: sent.append(one.post_data_json if one.post_data else None))
        tell(page, region="oriental", sector="olive-oil", first="no")
        ask(page, QUESTIONS["ar"])
    [body] = [one for one in sent if one]
    assert isinstance(body, dict)
    assert body["profile"] == {
        "region": "L'Oriental", "sector": "olive-oil", "first_export": False,
    }  # fmt: skip


def test_choices_that_do_not_open_say_so_and_can_be_tried_again(
    chromium: Browser, site: Site
) -> None:
    with visiting(chromium, site.origin) as visit:
        page = visit.open()
        page.context.route("**/v1/choices", lambda route: route.abort())
        page.locator("#about").click()
        expect(page.locator("#profile .failure")).to_be_visible()
        page.context.unroute("**/v1/choices")
        page.locator("#profile .failure button").click()
        page.locator("#profile select").first.wait_for()


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_an_answer_is_copied_with_its_sources(chromium: Browser, site: Site, language: str) -> None:
    with visiting(chromium, site.origin, language) as visit:
        visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = visit.open()
        ask(page, QUESTIONS[language])
        turn_of(page).locator(".tool").first.click()
        turn_of(page).locator(".after .slot .soft").first.wait_for()
        text = page.evaluate("navigator.clipboard.readText()")
        assert text.startswith(QUESTIONS[language])
        sentence = turn_of(page).locator(".sentence").first.inner_text().split("\u00a0")[0]
        assert sentence.replace("\u2068", "")[:12] in text
        assert "[1]" in text
        assert "https://huiles.exemple.ma/permis" in text


def test_where_the_browser_forbids_copying_the_text_is_there(chromium: Browser, site: Site) -> None:
    with visiting(chromium, site.origin, "ar") as visit:
        page = visit.open()
        page.evaluate(
            "() => { navigator.clipboard.writeText = async () => { throw Error('no'); }; }"
        )
        ask(page, QUESTIONS["ar"])
        turn_of(page).locator(".tool").first.click()
        box = turn_of(page).locator(".after .slot textarea")
        expect(box).to_be_focused()
        assert QUESTIONS["ar"] in box.input_value()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_link_reopens_the_answer(chromium: Browser, site: Site, language: str) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        turn_of(page).locator(".tool").nth(2).click()
        expect(turn_of(page).locator(".after .slip").first).to_contain_text(str(KEPT_DAYS))
        picture(page, f"share-ask-{language}")
        link = make_link(page)
        picture(page, f"share-link-{language}")
        said = page.locator(".sentence").all_inner_texts()
        visit.assert_quiet(page)
    with visiting(chromium, site.origin, language, viewport=PHONE) as visit:
        page = visit.open(link.removeprefix(site.origin))
        page.locator("#shared-turn .sentence").first.wait_for()
        assert page.locator(".sentence").all_inner_texts() == said
        expect(page.locator("#shared-turn .question")).to_have_text(QUESTIONS[language])
        expect(page.locator("#shared .notice")).to_be_visible()
        picture(page, f"shared-{language}")
        page.locator(".card").first.click()
        page.wait_for_selector(".source mark")
        page.keyboard.press("Escape")
        ask_on = {"fr": "Combien coûte-t-il ?", "ar": "كم تكلف؟"}[language]
        page.locator("#question").fill(ask_on)
        page.locator("#send").click()
        expect(page.locator("#shared-turn .turn")).to_have_count(0)
        expect(page.locator("#turns .question")).to_have_text(ask_on)
        assert "#" not in page.url
        assert all("#shared" not in one and link.split("=")[1] not in one for one in visit.asked)
        visit.assert_quiet(page)


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "ne mène plus"), ("ar", "لم يعد"), ("en", "no longer leads")]
)
@pytest.mark.parametrize("token", ["cut", "x" * 32, "%20"])
def test_a_link_that_leads_nowhere_says_so(
    chromium: Browser, site: Site, language: str, words: str, token: str
) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open(f"/#shared={token}")
        expect(page.locator("#shared .failure")).to_contain_text(words)
        picture(page, f"shared-gone-{language}")
        page.locator("#shared .failure button").click()
        expect(page.locator("#start")).to_be_visible()
        expect(page.locator("#question")).to_be_focused()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_an_answer_of_a_former_generation_says_so(
    chromium: Browser, site: Site, regional: Assistant, language: str
) -> None:
    token, _ = site.former(regional, QUESTIONS[language])
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open(f"/#shared={token}")
        expect(page.locator("#shared .notice .strong")).to_be_visible()
        page.locator(".card").first.click()
        vanished = page.locator(".source .document .notice")
        expect(vanished).to_be_visible()
        picture(page, f"shared-former-{language}")
        page.keyboard.press("Escape")
        page.locator("#shared button").first.click()
        page.locator("#turns .sentence").first.wait_for()
        expect(page.locator("#shared")).to_be_hidden()


def test_a_link_to_an_answer_needs_the_server(chromium: Browser, sanad: Assistant) -> None:
    """Without a database nothing is shared, and the page says so; the answer stays."""
    with serving(create_app(sanad)) as origin, visiting(chromium, origin) as visit:
        page = visit.open()
        ask(page, QUESTIONS["fr"])
        turn_of(page).locator(".tool").nth(2).click()
        slip = turn_of(page).locator(".after .slip")
        slip.locator(".main").click()
        expect(slip.locator(".said.bad")).to_be_visible()
        expect(turn_of(page).locator(".sentence").first).to_be_visible()


def test_the_page_and_the_server_speak_of_the_same_time() -> None:
    tools = (REPOSITORY / "api" / "pages" / "tools.js").read_text(encoding="utf-8")
    assert f"const KEPT_DAYS = {KEPT_DAYS};" in tools


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("fr", "light", 360), ("ar", "dark", 360), ("ar", "light", 1280), ("fr", "dark", 1280)],
)
def test_no_serious_complaint_and_nothing_too_small(
    chromium: Browser, site: Site, language: str, scheme: str, width: int
) -> None:
    with visiting(
        chromium,
        site.origin,
        language,
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 780},
    ) as visit:
        page = visit.open()
        page.locator(".examples button").first.wait_for()
        picture(page, f"look-start-{language}-{scheme}-{width}")
        assert complaints(page) == []
        page.locator("#about").click()
        page.locator("#profile select").first.wait_for()
        picture(page, f"look-profile-{language}-{scheme}-{width}")
        assert complaints(page) == []
        assert too_small(page) == []
        page.keyboard.press("Escape")
        tell(page, region="souss-massa", sector="olive-oil")
        ask(page, QUESTIONS[language])
        turn_of(page).locator(".tool").nth(2).click()
        turn_of(page).locator(".after .slip").wait_for()
        picture(page, f"look-answer-{language}-{scheme}-{width}")
        assert complaints(page) == []
        make_link(page)
        assert complaints(page) == []
        assert too_small(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def too_small(page: Page) -> list[str]:
    small: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, summary, .source a")]
          .filter((one) => one.checkVisibility() && !one.matches(".mark, .unseen, .option input"))
          .map((one) => [one.className || one.id, one.getBoundingClientRect()])
          .filter(([, box]) => box.height < 44 || box.width < 44)
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    return small


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_one_answer_is_printed_with_its_proof(chromium: Browser, site: Site, language: str) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        page.evaluate("() => { window.print = () => { window.asked = true; }; }")
        ask(page, QUESTIONS[language])
        ask(page, {"fr": "Combien coûte-t-il ?", "ar": "كم تكلف؟"}[language], turns=2)
        page.locator(".turn").first.locator(".tool").nth(1).click()
        assert page.evaluate("window.asked")
        page.emulate_media(media="print")
        assert page.locator(".turn").nth(0).is_visible()
        assert not page.locator(".turn").nth(1).is_visible()
        assert page.locator(".turn").first.locator(".paper blockquote").first.is_visible()
        for hidden in (".composer", ".tools", ".languages", "#about"):
            assert not page.locator(hidden).first.is_visible()
        picture(page, f"print-{language}")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        assert page.locator(".turn").nth(1).is_visible()
