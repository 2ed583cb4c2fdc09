"""The chat page as a person meets it: opinions, questions sent to an office, and their replies."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from api.app import create_app
from api.memory import users
from assistant.assistant import Assistant
from tests.browser.browsing import ask, complaints, picture, visiting
from tests.browser.site import Site
from tests.loopback import serving

QUESTIONS = {
    "fr": "Quel est le délai du permis d'huile d'olive ?",
    "ar": "ما هو أجل رخصة زيت الزيتون؟",
    "en": "How long does the olive oil permit take?",
}
LANGUAGES = tuple(QUESTIONS)
PHONE = "0661234567"


@pytest.fixture(scope="module")
def forgetful(sanad: Assistant) -> Iterator[str]:
    """The origin of a Sanad whose database is away."""
    with serving(create_app(sanad)) as origin:
        yield origin


def turn_of(page: Page) -> Locator:
    return page.locator(".turn").last


def say_no(page: Page, comment: str = "") -> Locator:
    """Press the thumb that points down, say why, and give the form."""
    turn_of(page).locator(".verdict.down").click()
    form = turn_of(page).locator(".opinion .slip")
    form.locator("input[value=outdated]").check()
    form.locator("textarea").fill(comment)
    return form


def write_letter(page: Page) -> Locator:
    turn_of(page).locator(".letter .chip").click()
    return turn_of(page).locator(".letter .slip")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_thumb_up_is_one_press(chromium: Browser, site: Site, language: str) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        turn_of(page).locator(".verdict.up").click()
        turn_of(page).locator(".thanks").wait_for()
        visit.assert_quiet(page)
    (opinion,) = site.opinions()
    assert (opinion.verdict, opinion.reason, opinion.comment) == ("up", None, None)
    assert opinion.question is None  # nobody was told that it would be sent along
    assert opinion.language == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thumb_down_has_a_reason(chromium: Browser, site: Site, language: str) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        form = say_no(page, "20 jours, pas 10")
        picture(page, f"opinion-{language}")
        form.locator(".main").click()
        turn_of(page).locator(".thanks").wait_for()
        page.reload()
        expect(turn_of(page).locator(".thanks")).to_be_visible()
        expect(turn_of(page).locator(".verdict")).to_have_count(0)
        visit.assert_quiet(page)
    (opinion,) = site.opinions()
    assert (opinion.verdict, opinion.reason) == ("down", "outdated")
    assert opinion.comment == "20 jours, pas 10"
    assert opinion.question == QUESTIONS[language]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_masking_is_told(chromium: Browser, site: Site, language: str) -> None:
    words = {"fr": "téléphone", "ar": "الهاتف"}
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        say_no(page, f"0661234567 {PHONE}").locator(".main").click()
        expect(turn_of(page).locator(".thanks")).to_contain_text(words[language])
        picture(page, f"masked-{language}")
    (opinion,) = site.opinions()
    assert PHONE not in (opinion.comment or "")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_nothing_typed_is_lost_while_the_database_is_down(
    chromium: Browser, forgetful: str, language: str
) -> None:
    with visiting(chromium, forgetful, language) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        form = say_no(page, "à garder")
        form.locator(".main").click()
        expect(form.locator(".said.bad")).to_be_visible()
        picture(page, f"down-{language}")
        expect(form.locator("textarea")).to_have_value("à garder")
        page.reload()
        form = turn_of(page).locator(".opinion .slip")
        expect(form.locator("textarea")).to_have_value("à garder")
        expect(form.locator("input[value=outdated]")).to_be_checked()
        letter = write_letter(page)
        letter.locator(".consent input").check()
        letter.locator(".main").click()
        expect(letter.locator(".said.bad")).to_be_visible()
        expect(letter.locator("textarea")).to_have_value(QUESTIONS[language])
        ask(page, QUESTIONS[language], turns=2)  # the chat goes on answering
        expect(turn_of(page).locator(".sentence").first).to_be_visible()
        visit.assert_quiet(page)


def test_what_could_not_be_sent_can_be_sent_again(chromium: Browser, site: Site) -> None:
    with visiting(chromium, site.origin) as visit:
        page = visit.open()
        ask(page, QUESTIONS["fr"])
        page.context.set_offline(True)
        form = say_no(page, "plus tard")
        form.locator(".main").click()
        expect(form.locator(".said.bad")).to_be_visible()
        page.context.set_offline(False)
        form.locator(".main").click()
        turn_of(page).locator(".thanks").wait_for()
    assert [one.comment for one in site.opinions()] == ["plus tard"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_goes_to_an_office_and_the_reply_comes_back(
    chromium: Browser, site: Site, language: str
) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        form = write_letter(page)
        form.locator(".main").click()
        expect(form.locator(".said.bad")).to_be_visible()
        assert site.letters() == ()  # not without consent
        form.locator(".consent input").check()
        picture(page, f"letter-{language}")
        form.locator(".main").click()
        turn_of(page).locator(".letter .thanks").wait_for()
        expect(page.locator(".reply")).to_have_count(1)
        expect(page.locator(".reply.arrived")).to_have_count(0)
        (letter,) = site.letters()
        assert (letter.question, letter.language) == (QUESTIONS[language], language)

        site.reply("Dix jours.\nعشرة أيام.")
        page.close()
        page = visit.open()
        lines = page.locator(".reply.arrived .words p")
        expect(lines).to_have_text(["Dix jours.", "عشرة أيام."])
        assert [one.get_attribute("dir") for one in lines.all()] == ["ltr", "rtl"]
        page.evaluate("scrollTo(0, 0)")
        picture(page, f"reply-{language}")
        page.locator(".reply .close").click()
        expect(page.locator("#replies")).to_be_hidden()
        page.reload()
        expect(page.locator("#replies")).to_be_hidden()
        visit.assert_quiet(page)


def test_a_ticket_that_is_no_longer_known_says_so(chromium: Browser, site: Site) -> None:
    ticket = '[{"id": "4dc2b1c0-5f0e-4a41-9d1c-2f6a1b7c8d9e", "secret": "x", "question": "q ?"}]'
    with visiting(chromium, site.origin) as visit:
        page = visit.open()
        page.evaluate("(kept) => localStorage.setItem('sanad.tickets', kept)", ticket)
        page.reload()
        expect(page.locator(".reply")).to_contain_text("n’est plus gardée")


@pytest.mark.parametrize("kept", ["{", "[1]", '[{"id": 1}]', "null", '{"a": 1}'])
def test_damaged_storage_does_not_stop_the_page(
    chromium: Browser, forgetful: str, kept: str
) -> None:
    with visiting(chromium, forgetful) as visit:
        page = visit.open()
        page.evaluate(
            "(kept) => { for (const [store, key] of [[localStorage, 'tickets'],"
            " [sessionStorage, 'turns']]) store.setItem(`sanad.${key}`, kept); }",
            kept,
        )
        page.reload()
        ask(page, QUESTIONS["fr"])
        visit.assert_quiet(page)


def test_the_keyboard_reaches_everything(chromium: Browser, site: Site) -> None:
    with visiting(chromium, site.origin) as visit:
        page = visit.open()
        page.locator("#question").focus()
        page.keyboard.type(QUESTIONS["fr"])
        page.keyboard.press("Enter")
        turn_of(page).locator(".verdict.down").wait_for()
        tab_to(page, ".verdict.down")
        page.keyboard.press("Enter")
        assert focused(page, "input[type=radio]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("trop long")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        turn_of(page).locator(".thanks").wait_for()
        assert focused(page, ".thanks")
        tab_to(page, ".letter .chip")
        page.keyboard.press("Enter")
        assert focused(page, ".letter textarea")
        for _ in range(2):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        turn_of(page).locator(".letter .thanks").wait_for()
    (opinion,) = site.opinions()
    assert (opinion.reason, opinion.comment) == ("outdated", "trop long")
    assert len(site.letters()) == 1


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("(one) => document.activeElement.matches(one)", selector))


def tab_to(page: Page, selector: str) -> None:
    for _ in range(30):
        if focused(page, selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no tab stop at {selector}")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_an_emoji_is_answered_in_the_language_of_the_page(
    chromium: Browser, forgetful: str, language: str
) -> None:
    with visiting(chromium, forgetful, language) as visit:
        page = visit.open()
        ask(page, "🙂")
        expect(turn_of(page).locator(".rest")).to_have_attribute("lang", language)
        expect(turn_of(page).locator(".failure, .status")).not_to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_each_source_has_one_card(chromium: Browser, forgetful: str, language: str) -> None:
    with visiting(chromium, forgetful, language) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        cards = [re.sub(r"\s+|\d", "", text) for text in page.locator(".card").all_inner_texts()]
        assert len(cards) == len(set(cards)) == 1
        marks = turn_of(page).locator(".mark").count()
        assert page.locator(".card .number").count() == marks > 1


@pytest.mark.parametrize(("language", "width"), [("fr", 360), ("ar", 360), ("ar", 1280)])
def test_nothing_is_too_small_to_touch_or_too_wide(
    chromium: Browser, site: Site, language: str, width: int
) -> None:
    """44 CSS pixels, WCAG 2.2 target size (enhanced); marks in the text are exempt, as inline."""
    size = {"width": width, "height": 740}
    with visiting(
        chromium, site.origin, language, viewport={"width": width, "height": 740}
    ) as visit:
        page = visit.open()
        ask(page, QUESTIONS[language])
        say_no(page)
        write_letter(page)
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, label, .source a")]
              .filter((one) => one.checkVisibility() && !one.matches(".mark, .unseen, .field"))
              .map((one) => [one.className, one.getBoundingClientRect()])
              .filter(([, box]) => box.height < 44 || box.width < 44)
              .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
        )
        assert small == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_nothing_moves_by_itself(chromium: Browser, site: Site, language: str) -> None:
    """Cumulative layout shift; 0.1 and less is called good.

    A letter that closes once it is sent moves what is below it: that was asked for, though a
    browser forgets after half a second that it was.
    """
    watch = """
      window.moved = 0;
      new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.moved += one.value;
      }).observe({ type: "layout-shift", buffered: true });
    """
    with visiting(chromium, site.origin, language, viewport={"width": 360, "height": 740}) as visit:
        visit.context.add_init_script(watch)
        page = visit.open()
        ask(page, QUESTIONS[language])
        write_letter(page).locator(".consent input").check()
        assert page.evaluate("window.moved") <= 0.1
        turn_of(page).locator(".letter .main").click()
        turn_of(page).locator(".letter .thanks").wait_for()
        page.reload()
        page.locator(".reply").wait_for()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.moved") <= 0.1


@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("ar", "dark")])
def test_no_serious_complaint(chromium: Browser, site: Site, language: str, scheme: str) -> None:
    """axe-core is put into the page, which the policy of the page would not allow."""
    with visiting(
        chromium,
        site.origin,
        language,
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
    ) as visit:
        page = visit.open()
        assert complaints(page) == []
        ask(page, QUESTIONS[language])
        assert complaints(page) == []
        say_no(page)
        write_letter(page).locator(".main").click()
        expect(turn_of(page).locator(".letter .said.bad")).to_be_visible()
        assert complaints(page) == []
        page.locator(".card").first.click()
        page.wait_for_selector(".source mark")
        assert complaints(page) == []
        page.keyboard.press("Escape")
        page.locator("#question").fill("x" * 1001)
        assert complaints(page) == []
        page.context.set_offline(True)
        ask(page, "safran ?", turns=2)
        assert complaints(page) == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_serious_complaint_about_the_sign_in_page(
    chromium: Browser, site: Site, language: str
) -> None:
    with site.database.session() as session:
        users.add(session, name="amina", role="agent", password_hash="x", now=datetime.now(UTC))
    with visiting(chromium, site.origin, language, bypass_csp=True) as visit:
        page = visit.open(f"/sign-in?lang={language}")
        assert complaints(page) == []
        page.locator("#name").fill("amina")
        page.locator("#password").fill("not the password")
        page.locator("button.go").click()
        expect(page.locator(".failure")).to_be_visible()
        picture(page, f"sign-in-{language}")
        assert complaints(page) == []


def test_the_page_is_light(chromium: Browser, forgetful: str) -> None:
    """All that it loads, uncompressed; a slow telephone pays for each kilobyte."""
    with visiting(chromium, forgetful) as visit:
        page = visit.open()
        page.wait_for_load_state("networkidle")
        sizes = page.evaluate(
            "() => performance.getEntriesByType('resource').map((one) => one.decodedBodySize)"
        )
    assert 0 < sum(sizes) < 100_000


@pytest.mark.parametrize("width", [360, 390, 430, 480, 520])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_top_stays_one_line_high_in_a_conversation(
    chromium: Browser, forgetful: str, language: str, width: int
) -> None:
    size: ViewportSize = {"width": width, "height": 800}
    with visiting(chromium, forgetful, language, viewport=size) as visit:
        page = visit.open()
        before = page.locator(".top").evaluate("top => top.clientHeight")
        ask(page, QUESTIONS[language])
        expect(page.locator("#fresh")).to_be_visible()
        assert page.locator(".top").evaluate("top => top.clientHeight") == before
