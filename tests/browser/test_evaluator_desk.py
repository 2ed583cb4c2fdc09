"""The gaps and the evaluators' desk as people meet them, in a real browser."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.masking import masked_answer
from api.memory import gaps, handoffs
from api.memory.database import Database
from api.runs import Runs
from assistant.assistant import Assistant
from assistant.settings import Settings
from evals.blindpairs import Side, Verdict, keep
from evals.runfolder import RunFolder, Timing
from evals.score import Result
from evals.summary import summarise
from tests.api.access.conftest import PASSWORD, build
from tests.browser.browsing import (
    Options,
    Visit,
    complaints,
    picture,
    turn_to,
    visiting,
)
from tests.evals.runs import config, scored
from tests.loopback import serving

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PHONE: Options = {"viewport": {"width": 360, "height": 740}}
WIDE: Options = {"viewport": {"width": 1280, "height": 800}}
TRUFFLES = {
    "fr": (
        "Quel est le plafond d'exportation de la truffe du désert ?",
        "Plafond d'exportation pour la truffe du désert, quel est-il ?",
    ),
    "ar": ("ما هو سقف تصدير ترفاس الصحراء؟",),
    "en": ("Which forms does a falcon need at the border?",),
}
QUESTIONS = {
    "fr": "Quel est le délai du permis d'huile d'olive ?",
    "ar": "ما هو أجل رخصة زيت الزيتون؟",
}


@dataclass(frozen=True)
class Site:
    origin: str
    database: Database


@pytest.fixture(scope="module")
def site(sanad: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("desks")
    write_runs(sanad, folder / "runs")
    grade(folder / "runs")
    database = Database(f"sqlite:///{folder}/sanad.sqlite")
    house = build(sanad, database, Settings(llm="none", runs=folder / "runs", limit_address=0))
    house.clock.now = house.clock.real()
    for name, role in (("amina", "agent"), ("driss", "evaluator"), ("nadia", "evaluator")):
        house.add(name, role)
    with database.session() as session:
        for language, questions in TRUFFLES.items():
            for times, question in enumerate(questions, 1):
                for n in range(times * (3 if language == "fr" else 1)):
                    gaps.note(
                        session, question=question, language=language,
                        region="souss-massa" if n % 2 else None, status="unanswerable",
                        reason=None, generation="old", now=NOW + timedelta(days=n),
                    )  # fmt: skip
    with serving(house.app) as origin:
        yield Site(origin, database)
    database.close()


def write_runs(sanad: Assistant, root: Path) -> None:
    """Two runs over the same questions, one of which answers in Arabic what the other withholds."""
    answers = {language: sanad.ask(question) for language, question in QUESTIONS.items()}
    for name in ("2026-11-20/before", "2026-11-21/after"):
        results: list[Result] = []
        for number in range(24):
            language = ("fr", "ar")[number % 2]
            withheld = name.endswith("before") and number % 4 == 1
            base = scored(
                f"q{number}", language=language, question=f"{QUESTIONS[language]} ({number})",
                crag=0 if withheld else 1,
            )  # fmt: skip
            answer = answers[language].model_copy(update={"id": "", "timings_ms": {}})
            if withheld:
                answer = answer.model_copy(
                    update={
                        "status": "unanswerable",
                        "text": "لا جواب.",
                        "sentences": (),
                        "citations": (),
                    }
                )
            results.append(base.model_copy(update={"answer": answer}))
        folder = RunFolder(root / name)
        folder.begin(config(commit=name))
        timings = [Timing(id=one.id, ms={"total": 1.0}) for one in results]
        folder.finish(results, timings, summarise(results, 1))


def grade(root: Path) -> None:
    """What somebody else thought of all the pairs."""
    before, after = "2026-11-20/before", "2026-11-21/after"
    runs = Runs(root)
    for number, pair in enumerate(runs.pairs(before, after)):
        better: Side = "first" if number % 2 else "second"
        keep(
            runs.grades,
            Verdict(
                first=before, second=after, question=pair.id, better=better,
                grader="user:salma", at=NOW,
            ),
        )  # fmt: skip


def enter(visit: Visit, path: str, name: str) -> Page:
    page = visit.open(path)
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("form button").click()
    page.locator("#view h1").wait_for()
    return page


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("width", ["phone", "wide"])
def test_an_agent_finds_what_is_asked_and_takes_a_draft_of_the_sheet(
    chromium: Browser, site: Site, language: str, width: str
) -> None:
    options = PHONE if width == "phone" else WIDE
    with visiting(chromium, site.origin, language, **options) as visit:
        page = enter(visit, "/desk", "amina")
        page.goto(f"{site.origin}/desk#gaps")
        first = page.locator(".gaps > li").first
        first.wait_for()
        expect(first.locator("h2")).to_contain_text("truffe")
        expect(first.locator(".wordings li")).to_have_count(2)
        settle(page)
        picture(page, f"gaps-{language}-{width}")
        first.locator("button.main").click()
        expect(first.locator(".files > li")).to_have_count(3)
        with page.expect_download() as saving:
            first.locator(".files button").first.click()
        text = Path(saving.value.path()).read_text("utf-8")
        assert saving.value.suggested_filename.endswith(".fr.md")
        assert all(question in text for question in TRUFFLES["fr"])
        first.locator(".files details").first.evaluate("(one) => { one.open = true; }")
        settle(page)
        picture(page, f"draft-{language}-{width}")
        page.locator("select").select_option("ar")
        expect(page.locator(".gaps > li")).to_have_count(1)
        page.locator("select").select_option("ary-latn")
        expect(page.locator(".nothing")).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("width", ["phone", "wide"])
def test_an_evaluator_reads_a_run(chromium: Browser, site: Site, language: str, width: str) -> None:
    options = PHONE if width == "phone" else WIDE
    with visiting(chromium, site.origin, language, **options) as visit:
        page = enter(visit, "/evals", "driss")
        expect(page.locator("tbody tr")).to_have_count(2)
        settle(page)
        picture(page, f"runs-{language}-{width}")
        page.locator("tbody a").last.click()
        page.locator(".measure").first.wait_for()
        expect(page.locator(".changed .asked-list > details")).to_have_count(6)
        questions = page.locator("#view .view-report > .asked-list")
        expect(questions.locator("> details")).to_have_count(20)
        page.locator(".filters select").first.select_option("ar")
        expect(questions.locator("> details")).to_have_count(12)
        expect(page.locator(".judged [value='']")).to_contain_text("12")
        expect(questions.locator("summary .badge").nth(1)).to_be_visible()
        page.locator(".judged [value=wrong]").click()
        expect(questions.locator(".nothing")).to_be_visible()
        page.locator(".judged [value=right]").click()
        expect(page.locator(".judged [value=right]")).to_have_attribute("aria-pressed", "true")
        page.reload()
        expect(questions.locator("> details")).to_have_count(12)
        expect(page.locator(".judged [value=right]")).to_have_attribute("aria-pressed", "true")
        questions.locator("summary").first.click()
        expect(questions.locator(".scores").first).to_be_visible()
        settle(page)
        picture(page, f"report-{language}-{width}")
        page.locator(".filters select").last.select_option("none")
        expect(page.locator(".changed")).to_be_empty()
        assert visit.foreign == []


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("width", ["phone", "wide"])
def test_an_evaluator_compares_and_grades(
    chromium: Browser, site: Site, language: str, width: str
) -> None:
    options = PHONE if width == "phone" else WIDE
    with visiting(chromium, site.origin, language, **options) as visit:
        page = enter(visit, "/evals", "driss")
        page.goto(f"{site.origin}/evals#comparison")
        page.locator("select").first.select_option("2026-11-20/before")
        page.locator("select").last.select_option("2026-11-21/after")
        page.locator("button.main").click()
        expect(page.locator(".compared .asked-list > details")).to_have_count(6)
        page.locator(".compared .asked-list > details > summary").first.click()
        settle(page)
        picture(page, f"comparison-{language}-{width}")

        page.goto(f"{site.origin}/evals#grading")
        page.locator("select").first.select_option("2026-11-20/before")
        page.locator("select").last.select_option("2026-11-21/after")
        page.locator("button.main").click()
        page.locator(".choices").wait_for()
        assert "before" not in page.locator(".grading").inner_text()
        settle(page)
        picture(page, f"grading-{language}-{width}")
        progress = page.locator(".grading > .soft").first
        before = progress.inner_text()
        page.locator(".choices button[value=left]").click()
        expect(progress).not_to_have_text(before)
        page.locator(".grading .quiet").click()
        expect(page.locator(".tally table")).to_have_count(2)
        expect(page.locator(".tally table").last).to_contain_text("salma")
        settle(page)
        picture(page, f"tally-{language}-{width}")
        assert visit.foreign == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["phone", "wide"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_nothing_serious_is_found(
    chromium: Browser, site: Site, language: str, width: str, scheme: str
) -> None:
    options: Options = {
        **(PHONE if width == "phone" else WIDE),
        "bypass_csp": True,
        "color_scheme": "dark" if scheme == "dark" else "light",
    }
    before, after = "2026-11-20%2Fbefore", "2026-11-21%2Fafter"
    with visiting(chromium, site.origin, language, **options) as visit:
        page = enter(visit, "/evals", "nadia")

        def judge(state: str) -> None:
            assert complaints(page) == [], state
            settle(page)
            picture(page, f"evals-{state}-{language}-{width}-{scheme}")

        judge("runs")
        turn_to(page, "report?run=gone", "report")
        judge("gone")
        turn_to(page, f"report?run={after}&language=ar", "report")
        judge("report")
        page.locator(".changed summary").first.click()
        page.locator(".others summary").click()
        page.locator(".view-report > .asked-list summary").first.click()
        judge("opened")
        turn_to(page, "comparison", "comparison")
        judge("choose")
        turn_to(page, f"comparison?before={before}&after={after}", "comparison")
        page.locator(".compared summary").first.click()
        judge("comparison")
        turn_to(page, f"grading?first={before}&second={after}", "grading")
        page.locator(".grading > .ways .quiet").click()
        expect(page.locator(".tally table")).to_have_count(2)
        judge("tally")
        turn_to(page, "gaps", "gaps")
        page.locator(".gaps button.main").first.click()
        page.locator(".files summary").first.click()
        judge("gaps")


def test_an_agent_is_told_that_this_desk_is_not_theirs(chromium: Browser, site: Site) -> None:
    with visiting(chromium, site.origin, "fr") as visit:
        page = visit.open("/evals")
        page.locator("#name").fill("amina")
        page.locator("#password").fill(PASSWORD)
        page.locator("form button").click()
        expect(page.locator(".failure")).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_verdict_is_kept_by_who_has_to_sign_in_again(
    chromium: Browser, site: Site, language: str
) -> None:
    with visiting(chromium, site.origin, language) as visit:
        page = enter(visit, "/evals", "nadia")
        page.goto(
            f"{site.origin}/evals#grading?first=2026-11-20%2Fbefore&second=2026-11-21%2Fafter"
        )
        page.locator(".grading textarea").fill("la preuve manque")
        before = page.locator(".grading > .soft").first.inner_text()
        page.context.clear_cookies()
        page.locator(".choices button").first.click()
        door = page.locator("dialog.again")
        door.locator(".quiet").click()
        page.locator(".grading .failure").wait_for()
        expect(page.locator(".grading textarea")).to_have_value("la preuve manque")
        page.locator(".grading .failure button").click()
        door.locator("input[type=password]").fill(PASSWORD)
        door.locator(".main").click()
        expect(page.locator(".grading > .soft").first).not_to_have_text(before)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_who_waits_is_shown_what_was_found(
    chromium: Browser, site: Site, sanad: Assistant, language: str
) -> None:
    with site.database.session() as session:
        ticket = handoffs.add(session, question=QUESTIONS[language], language=language, now=NOW)
        handoffs.asked_again(
            session, ticket.id, generation="new", found_at=NOW + timedelta(days=1),
            found=masked_answer(sanad.ask(QUESTIONS[language])),
        )  # fmt: skip
    kept = [{"id": ticket.id, "secret": ticket.secret, "question": QUESTIONS[language],
             "office": None, "sent": NOW.isoformat()}]  # fmt: skip
    with visiting(chromium, site.origin, language, **PHONE) as visit:
        page = visit.open()
        page.evaluate("(kept) => localStorage.setItem('sanad.tickets', kept)", json.dumps(kept))
        page.reload()
        expect(page.locator(".reply.arrived .found .words")).to_contain_text("10")
        page.evaluate("scrollTo(0, 0)")
        picture(page, f"found-{language}")
        visit.assert_quiet(page)
