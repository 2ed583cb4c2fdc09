"""The desk of an office as its people meet it, in French and in Arabic, on a phone and a screen."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.masking import masked_answer
from api.memory import gaps, handoffs, signins, users
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings
from evals.gold import GoldItem
from tests.api.access.conftest import PASSWORD, House, build
from tests.api.routes.conftest import regional_assistant
from tests.browser.browsing import (
    SIZES,
    Visit,
    complaints,
    picture,
    turn_to,
    visiting,
)
from tests.fakes import FakeEmbedder
from tests.loopback import serving

QUESTIONS = {
    "fr": "Quel est le délai du permis d'huile d'olive ?",
    "ar": "ما هو أجل رخصة زيت الزيتون؟",
}
UNANSWERED = {
    "fr": "Qui signe le certificat du safran à Taliouine ?",
    "ar": "من يوقع شهادة الزعفران في تالوين؟",
}
REPLIES = {"fr": "Le bureau de Souss signe le certificat.", "ar": "يوقع مكتب سوس الشهادة."}
LANGUAGES = tuple(QUESTIONS)
_SETTLED = """() => document.querySelector("#view h1, #view .failure")
  && !document.querySelector("[class^=view-][aria-busy]")"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True, slots=True)
class Desk:
    """What is served, and the questions that people handed over."""

    origin: str
    house: House

    def hand_over(self, language: str, question: str, note: str | None = None) -> handoffs.Ticket:
        with self.house.database.session() as session:
            return handoffs.add(
                session,
                question=question,
                language=language,
                region="souss-massa",
                note=note,
                now=self.house.clock.real(),
            )

    def meet_gap(self, language: str) -> None:
        with self.house.database.session() as session:
            gaps.note(
                session,
                question=UNANSWERED[language],
                language=language,
                region="souss-massa",
                status="unanswerable",
                reason=None,
                generation="old",
                now=self.house.clock.real(),
            )

    def kept(self, ticket: handoffs.Ticket) -> handoffs.Handoff:
        with self.house.database.session(readonly=True) as session:
            return handoffs.seen(session, ticket.id, ticket.secret)

    def end_sessions(self) -> None:
        """What happens to a session by itself, after hours."""
        self.house.clock.now = self.house.clock.real()
        self.house.clock.pass_by(days=30)


@pytest.fixture(scope="module")
def offices(
    trade_embedder: FakeEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """Sanad over the small corpus with two regional offices."""
    with regional_assistant(tmp_path_factory.mktemp("desk"), trade_embedder) as opened:
        yield opened


@pytest.fixture
def desk(offices: Assistant, tmp_path: Path) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path}/sanad.sqlite")
    house = build(offices, database, Settings(llm="none"))
    house.clock.now = house.clock.real()
    for role in ("agent", "evaluator"):
        house.add(f"amina-{role}", role)
    with serving(house.app) as origin:
        yield Desk(origin, house)
    database.close()


def settled(page: Page) -> None:
    """Wait until a section has been drawn."""
    page.wait_for_function(_SETTLED)


def sign_in(page: Page, name: str = "amina-agent") -> None:
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("form button").click()
    settled(page)


def enter(visit: Visit, house: House, where: str = "", role: str = "agent") -> Page:
    """A page of the desk for somebody who has signed in already."""
    with house.database.session() as session:
        user = users.find(session, f"amina-{role}")
        assert user is not None
        begun = signins.start(
            session,
            user_id=user.id,
            lifetime=house.app.state.door.lifetime,
            now=house.clock(),
        )
    visit.context.add_cookies(
        [{"name": "sanad_session", "value": begun.token, "url": f"{visit.origin}/"}]
    )
    page = visit.open(f"/desk{where}")
    settled(page)
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_full_path_of_an_agent(chromium: Browser, desk: Desk, language: str, size: str) -> None:
    ticket = desk.hand_over(language, UNANSWERED[language], "Taliouine, 2 kg")
    with visiting(chromium, desk.origin, language, viewport=SIZES[size]) as visit:
        page = visit.open("/desk")
        assert "/sign-in?next=/desk" in page.url
        sign_in(page)
        assert page.url.startswith(f"{desk.origin}/desk")
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        expect(page.locator("#tabs a")).to_have_count(5)
        page.locator("#tabs a[href='#queue']").click()
        page.locator(".list .row").first.click()
        expect(page.locator("#view h1")).to_have_text(UNANSWERED[language])
        page.locator(".current .status").wait_for()
        picture(page, f"desk-question-{language}-{size}")
        page.locator("#reply").fill(REPLIES[language])
        page.locator(".reply-form .main").click()
        page.locator(".thanks").wait_for()
        expect(page.locator(".sent")).to_contain_text(REPLIES[language])
        assert page.evaluate(OVERFLOW) == 0
        page.locator("#leave").click()
        page.locator("#password").wait_for()
        visit.assert_quiet(page)
    found = desk.kept(ticket)
    assert (found.status, found.reply, found.replied_by) == (
        "replied",
        REPLIES[language],
        "user:amina-agent",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_is_taken_over_read_and_sent(chromium: Browser, desk: Desk, language: str) -> None:
    ticket = desk.hand_over(language, QUESTIONS[language])
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house, f"#question/{ticket.id}")
        page.locator(".current .main").click()
        expect(page.locator("#reply")).to_have_value(re.compile(r"10 (jours|أيام)"))
        expect(page.locator("#reply")).to_have_value(
            re.compile("(Source :|المصدر:) Guichet des huiles")
        )
        page.locator(".current .mark").first.click()
        expect(page.locator("#source mark")).to_contain_text("10")
        page.locator("#source .close").click()
        page.locator(".reply-form .main").click()
        page.locator(".thanks").wait_for()
        page.locator(".reply-form .quiet").click()
        expect(page.locator(".reply-form")).to_have_count(0)
    found = desk.kept(ticket)
    assert found.status == "closed"
    assert "10" in (found.reply or "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_becomes_a_line_of_gold(chromium: Browser, desk: Desk, language: str) -> None:
    ticket = desk.hand_over(language, QUESTIONS[language])
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house, f"#question/{ticket.id}")
        page.locator(".gold summary").click()
        page.locator(".gold button").first.click()
        expect(page.locator(".made .notice")).to_have_count(1)
        page.locator(".gold textarea:not(.code)").fill("10 jours\n")
        for proof in page.locator(".gold .option").all():
            proof.locator("input").set_checked("10" in proof.inner_text())
        page.locator(".gold button").first.click()
        expect(page.locator(".made .notice")).to_have_count(0)
        item = GoldItem.model_validate_json(page.locator(".made .code").input_value())
        with page.expect_download() as downloading:
            page.locator(".made a[download]").click()
        saved = Path(downloading.value.path()).read_text(encoding="utf-8")
        assert json.loads(saved) == json.loads(item.model_dump_json(exclude_defaults=True))
    assert (item.question, item.language, item.best) == (QUESTIONS[language], language, "answered")
    assert item.sheets == ("olive-permit",)
    assert [one.statement for one in item.evidence] == ["delay"]
    assert item.facts[0].any == ("10 jours",)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_signed_out_in_the_middle_signs_in_again_in_place(
    chromium: Browser, desk: Desk, language: str, size: str
) -> None:
    ticket = desk.hand_over(language, UNANSWERED[language])
    with visiting(chromium, desk.origin, language, viewport=SIZES[size], bypass_csp=True) as visit:
        page = enter(visit, desk.house, f"#question/{ticket.id}")
        page.locator("#reply").fill(REPLIES[language])
        desk.end_sessions()
        page.locator(".reply-form .main").click()
        door = page.locator("dialog.again")
        expect(door.locator("input").first).to_have_value("amina-agent")
        expect(door.locator("input[type=password]")).to_be_focused()
        picture(page, f"desk-expired-{language}-{size}")
        assert complaints(page) == []
        assert page.evaluate(OVERFLOW) == 0
        door.locator(".main").click()
        expect(door.locator(".said")).not_to_be_empty()
        door.locator("input[type=password]").fill("not the password")
        page.keyboard.press("Enter")
        expect(door.locator(".said")).to_contain_text(
            {"fr": "mot de passe", "ar": "السر"}[language]
        )
        door.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.locator(".thanks").wait_for()
        expect(page.locator(".sent")).to_contain_text(REPLIES[language])
        expect(door).to_have_count(0)
        visit.assert_quiet(page)
    assert desk.kept(ticket).reply == REPLIES[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_would_rather_sign_in_later_keeps_what_is_written(
    chromium: Browser, desk: Desk, language: str
) -> None:
    ticket = desk.hand_over(language, UNANSWERED[language])
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house, f"#question/{ticket.id}")
        page.locator("#reply").fill(REPLIES[language])
        desk.end_sessions()
        page.locator(".reply-form .main").click()
        page.locator("dialog.again .quiet").click()
        expect(page.locator(".reply-form .said.bad")).not_to_be_empty()
        expect(page.locator("#reply")).to_have_value(REPLIES[language])
        page.reload()
        sign_in(page)
        assert page.url == f"{desk.origin}/desk#question/{ticket.id}"
        expect(page.locator("#reply")).to_have_value(REPLIES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_to_one_question_survives_signing_in_and_reloading(
    chromium: Browser, desk: Desk, language: str
) -> None:
    ticket = desk.hand_over(language, UNANSWERED[language])
    for number in range(3):
        desk.hand_over(language, f"{UNANSWERED[language]} ({number})")
    with visiting(chromium, desk.origin, language) as visit:
        page = visit.open(f"/desk#question/{ticket.id}")
        page.locator(".languages [lang=en]").click()
        page.locator("#password").fill("not the password")
        page.locator("#name").fill("amina-agent")
        page.locator("form button").click()
        page.locator(".failure").wait_for()
        sign_in(page)
        for _ in range(2):
            assert page.url == f"{desk.origin}/desk#question/{ticket.id}"
            expect(page.locator("#view h1")).to_have_text(UNANSWERED[language])
            page.reload()
        asked = [one for one in visit.asked if "/v1/handoffs" in one]
        assert asked
        assert all(one.endswith(f"/{ticket.id}/record") for one in asked)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_found_since_stands_beside_the_question(
    chromium: Browser, desk: Desk, offices: Assistant, language: str, size: str
) -> None:
    ticket = desk.hand_over(language, QUESTIONS[language])
    with desk.house.database.session() as session:
        handoffs.asked_again(
            session,
            ticket.id,
            generation="new",
            found=masked_answer(offices.ask(QUESTIONS[language])),
            found_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
        )
    with visiting(chromium, desk.origin, language, viewport=SIZES[size]) as visit:
        page = enter(visit, desk.house, "#queue")
        expect(page.locator(".row .badge")).to_be_visible()
        page.locator(".row").click()
        expect(page.locator(".current .notice")).to_contain_text("21")
        expect(page.locator(".current .text")).to_contain_text("10")
        picture(page, f"desk-found-{language}-{size}")
        page.locator(".current .mark").first.click()
        expect(page.locator("#source mark")).to_be_visible()
        page.locator("#source .close").click()
        assert not [one for one in visit.asked if one.endswith("/v1/ask")]
        page.locator(".current .main").click()
        expect(page.locator("#reply")).to_have_value(re.compile(r"10 (jours|أيام)"))
        page.locator(".current").locator("..").locator(".chip").click()
        expect(page.locator(".current .notice")).to_have_count(0)
        assert page.evaluate(OVERFLOW) == 0
        visit.assert_quiet(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reply_that_is_too_long_says_by_how_much(
    chromium: Browser, desk: Desk, language: str
) -> None:
    ticket = desk.hand_over(language, UNANSWERED[language])
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house, f"#question/{ticket.id}")
        page.locator(".reply-form .main").click()
        expect(page.locator(".reply-form .said.bad")).not_to_be_empty()
        page.locator("#reply").fill("ر" * 4_003)
        page.locator(".reply-form .main").click()
        expect(page.locator(".reply-form .said.bad")).to_contain_text("3")
    assert desk.kept(ticket).reply is None


@pytest.mark.parametrize(
    ("language", "product"), [("fr", "زيت الزيتون"), ("ar", "huile d'olive"), ("en", "رخصة")]
)
def test_a_procedure_is_found_in_any_language_and_fits_a_page(
    chromium: Browser, desk: Desk, language: str, product: str
) -> None:
    titles = {
        "fr": "Le permis d'huile d'olive",
        "ar": "رخصة زيت الزيتون",
        "en": "The olive oil permit",
    }
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house)
        page.locator(".filters input").nth(1).fill(product)
        page.locator(".filters .main").click()
        row = page.locator(".group").first.locator(".row").first
        expect(row.locator(".title")).to_have_text(titles[language])
        row.click()
        expect(page.locator(".procedure h1")).to_have_text(titles[language])
        expect(page.locator(".procedure .part-steps li")).to_have_count(4)
        expect(page.locator(".procedure .sources")).to_contain_text("Guichet des huiles")
        expect(page.locator(".procedure .contact")).to_contain_text("0537000111")
        page.emulate_media(media="print")
        expect(page.locator(".top")).to_be_hidden()
        expect(page.locator(".procedure h1")).to_be_visible()
        visit.assert_quiet(page)


def test_sector_and_market_narrow_the_procedures(chromium: Browser, desk: Desk) -> None:
    with visiting(chromium, desk.origin) as visit:
        page = enter(visit, desk.house)
        page.locator(".filters select").select_option("olive-oil")
        expect(page.locator(".group .row")).to_have_count(1)
        page.locator(".filters input").first.fill("Atlantide")
        page.locator(".filters .main").click()
        page.locator(".nothing").wait_for()
        page.locator(".filters a").click()
        expect(page.locator(".group .row")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_directory_by_region_and_topic(chromium: Browser, desk: Desk, language: str) -> None:
    names = {"fr": "Bureau Souss", "ar": "مكتب سوس"}
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house, "#directory")
        page.locator(".filters select").first.select_option("souss-massa")
        expect(page.locator(".list h2")).to_have_text([names[language]])
        expect(page.locator(".list a[href='tel:0528000111']")).to_be_visible()
        page.locator(".filters input").fill("xyzzy")
        page.locator(".filters .main").click()
        page.locator(".nothing").wait_for()


@pytest.mark.parametrize(
    ("language", "q", "marks"),
    [("fr", "coopératives du safran", "coopératives"), ("ar", "تعاونيات الزعفران", "تعاونية")],
)
def test_hits_are_marked_filtered_and_opened(
    chromium: Browser, desk: Desk, language: str, q: str, marks: str
) -> None:
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house, "#search")
        page.locator(".filters input").fill(q)
        page.locator(".filters .main").click()
        expect(page.locator(".list mark").filter(has_text=marks).first).to_be_visible()
        page.locator(".filters select").nth(1).select_option("en")
        expect(page.locator(".list .words[lang=fr], .list .words[lang=ar]")).to_have_count(0)
        expect(page.locator(".list .words[lang=en]").first).to_be_visible()
        page.locator(".list button").first.click()
        expect(page.locator("#source mark")).to_be_visible()
        page.locator("#source .close").click()
        page.locator(".filters select").nth(3).select_option("Guichet des huiles")
        page.locator(".filters select").nth(2).select_option("past")
        page.locator(".nothing").wait_for()
        visit.assert_quiet(page)


def test_others_see_what_is_theirs(chromium: Browser, desk: Desk) -> None:
    with visiting(chromium, desk.origin) as visit:
        page = enter(visit, desk.house, "#queue", role="evaluator")
        page.locator(".failure").wait_for()
        expect(page.locator("#tabs a[href='#queue']")).to_have_count(0)
        expect(page.locator("#tabs a[href='#search']")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_gone_has_its_sentence(chromium: Browser, desk: Desk, language: str) -> None:
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house, "#question/00000000-0000-4000-8000-000000000000")
        gone = page.locator(".failure").inner_text()
        turn_to(page, "#procedure/gone.fr", "procedure")
        expect(page.locator(".failure")).not_to_have_text(gone)
        picture(page, f"desk-gone-{language}")
        page.locator(".failure a").click()
        expect(page.locator("#view h1")).to_be_visible()
        page.context.set_offline(offline=True)
        turn_to(page, "#search?q=safran", "search")
        page.locator(".failure").wait_for()
        page.context.set_offline(offline=False)
        page.locator(".failure button").click()
        expect(page.locator(".list mark").first).to_be_visible()


@pytest.mark.parametrize("folder", ["desk", "evaluator"])
def test_the_tables_of_words_share_their_keys(chromium: Browser, desk: Desk, folder: str) -> None:
    """Functions tell how many values they take, and everything else that it is a text."""
    shape = """async (address) => {
      const shape = (value) => typeof value === "object"
        ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, shape(value[key])]))
        : typeof value === "function" ? value.length : Array.isArray(value) ? [] : typeof value;
      return shape((await import(address)).default);
    }"""
    with visiting(chromium, desk.origin) as visit:
        page = enter(visit, desk.house)
        address = f"{desk.origin}/pages/{folder}/words"
        shapes = [page.evaluate(shape, f"{address}/{one}.js") for one in ("fr", "ar", "en")]
    assert len(shapes[0]) > 5
    assert shapes[1] == shapes[0]
    assert shapes[2] == shapes[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_changes_in_place_and_is_loaded_alone(
    chromium: Browser, desk: Desk, language: str
) -> None:
    other = {"fr": "ar", "ar": "fr"}[language]
    ticket = desk.hand_over(language, UNANSWERED[language])
    with visiting(chromium, desk.origin, language) as visit:
        page = enter(visit, desk.house, f"#question/{ticket.id}")
        page.locator("#reply").fill(REPLIES[language])
        assert not [one for one in visit.asked if one.endswith(f"/words/{other}.js")]
        page.context.set_offline(offline=True)
        page.locator(f"#languages [value={other}]").click()
        page.locator("#view > .failure").wait_for()
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.context.set_offline(offline=False)
        page.locator("#view > .failure button").click()
        expect(page.locator("html")).to_have_attribute("lang", other)
        expect(page.locator("#reply")).to_have_value(REPLIES[language])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("contrast", ["forced", "more"])
def test_every_section_can_be_told_apart_in_high_contrast(
    chromium: Browser, desk: Desk, size: str, contrast: str
) -> None:
    """In English, which the other tests leave out; what a colour told is told by a line too."""
    ticket = desk.hand_over("en", "Who signs the saffron certificate?")
    desk.meet_gap("fr")
    sections = {"procedures": "", "queue": "", "question": f"/{ticket.id}", "gaps": ""}
    with visiting(chromium, desk.origin, "en", viewport=SIZES[size], bypass_csp=True) as visit:
        page = enter(visit, desk.house)
        page.emulate_media(
            forced_colors="active" if contrast == "forced" else "none",
            contrast="more" if contrast == "more" else "no-preference",
        )
        for name, about in sections.items():
            if name != "procedures":
                turn_to(page, f"#{name}{about}", name)
            current, others = page.evaluate(
                """() => {
                  const line = (one) => getComputedStyle(one).borderBlockEndColor;
                  const tabs = [...document.querySelectorAll("#tabs a")];
                  const [here] = tabs.filter((one) => one.hasAttribute("aria-current"));
                  return [line(here), tabs.filter((one) => one !== here).map(line)];
                }"""
            )
            assert current not in others, name
            assert complaints(page) == [], name
            assert page.evaluate(OVERFLOW) == 0, name
            picture(page, f"desk-{name}-en-{size}-{contrast}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious(
    chromium: Browser, desk: Desk, language: str, size: str, scheme: str
) -> None:
    ticket = desk.hand_over(language, QUESTIONS[language], "note")
    desk.meet_gap(language)
    with visiting(
        chromium,
        desk.origin,
        language,
        viewport=SIZES[size],
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    ) as visit:
        page = enter(visit, desk.house)

        def judge(state: str) -> None:
            assert complaints(page) == [], state
            assert page.evaluate(OVERFLOW) == 0, state
            picture(page, f"desk-{state}-{language}-{size}-{scheme}")

        def see(state: str, where: str, name: str) -> None:
            turn_to(page, where, name)
            judge(state)

        see("procedures", "#procedures?product=olive", "procedures")
        see("nothing", "#procedures?market=Atlantide", "procedures")
        see("procedure", f"#procedure/olive-permit.{language}", "procedure")
        see("gone", "#procedure/gone.fr", "procedure")
        see("directory", "#directory", "directory")
        see("search", "#search?q=safran", "search")
        page.locator(".list button").first.click()
        page.locator("#source mark").wait_for()
        judge("source")
        page.locator("#source .close").click()
        see("queue", "#queue", "queue")
        see("empty", "#queue?status=closed", "queue")
        see("question", f"#question/{ticket.id}", "question")
        page.locator(".current .status").wait_for()
        page.locator(".gold summary").click()
        page.locator(".gold button").first.click()
        page.locator(".made .code").wait_for()
        judge("gold")
        page.locator("#reply").fill(REPLIES[language])
        page.locator(".reply-form .main").click()
        page.locator(".thanks").wait_for()
        judge("sent")
        see("gaps", "#gaps", "gaps")
        page.locator(".gaps button.main").click()
        page.locator(".files summary").first.click()
        judge("draft")
