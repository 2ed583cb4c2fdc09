"""The gap loop once through as its people meet it: nobody can answer, an office writes a sheet,
another generation is published, what is open is asked again, and the asker's page shows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.access.door import Door
from api.access.passwords import Passwords
from api.app import create_app
from api.generations import Following
from api.memory import handoffs, users
from api.memory.database import Database
from api.memory.recorder import Recorder
from api.reask import Asked, Reasking
from assistant.assistant import Models
from assistant.compose import ExtractiveComposer
from assistant.settings import Settings
from index.build import build_index
from ingest.check import check_corpus
from ingest.pipeline import ingest_folder
from tests.api.access.conftest import CHEAP, PASSWORD, Clock
from tests.api.gaploop import UNKNOWN, write_sheet
from tests.browser.browsing import PHONE, SCREEN, ask, picture, visiting
from tests.fakes import FakeEmbedder
from tests.loopback import serving
from tests.tradecorpus import write_trade_corpus

ANSWER = "40"
"""What the sheet says and nothing else of the corpus does: tonnes a season."""

REPLIES = {"fr": "Le guichet confirme : 40 tonnes.", "ar": "يؤكد الشباك: 40 طنا."}


@dataclass(frozen=True)
class Loop:
    """A Sanad that is served while its documents grow."""

    origin: str
    corpus: Path
    index: Path
    following: Following
    database: Database
    recorder: Recorder
    embedder: FakeEmbedder

    def publish(self) -> None:
        """What `sanad ingest` does, and the look at it that a server takes every few seconds."""
        build_index(self.index, ingest_folder(self.corpus), self.embedder, {"max_tokens": 256})
        self.following.look()

    def ask_again(self) -> Asked:
        return Reasking(self.database, self.following.serving).once()

    def letter(self) -> handoffs.Handoff:
        with self.database.session(readonly=True) as session:
            (found,) = handoffs.listed(session)
        return found


@pytest.fixture
def loop(tmp_path: Path, trade_embedder: FakeEmbedder) -> Iterator[Loop]:
    corpus, index = write_trade_corpus(tmp_path / "corpus"), tmp_path / "index"
    build_index(index, ingest_folder(corpus), trade_embedder, {"max_tokens": 256})
    models = Models(trade_embedder, ExtractiveComposer(), None)
    following = Following(models, index, remembered=16)
    database = Database(f"sqlite:///{tmp_path}/sanad.sqlite")
    recorder = Recorder(database)
    settings = Settings(llm="none", limit_address=0)
    app = create_app(following.serving, settings, database=database, recorder=recorder)
    app.state.door = Door(settings, Clock.real)
    app.state.door.passwords = Passwords(CHEAP)
    with database.session() as session:
        hashed = app.state.door.passwords.hashed(PASSWORD)
        users.add(session, name="amina", role="agent", password_hash=hashed, now=Clock.real())
    with serving(app) as origin:
        yield Loop(origin, corpus, index, following, database, recorder, trade_embedder)
    recorder.close()
    following.close()
    database.close()


def status(page: Page) -> Locator:
    return page.locator(".turn").last.locator(".status")


def hand_over(page: Page) -> None:
    """This did not answer me: send the question to an office, with consent."""
    turn = page.locator(".turn").last
    turn.locator(".letter .chip").click()
    turn.locator(".letter .consent input").check()
    turn.locator(".letter .main").click()
    turn.locator(".letter .thanks").wait_for()


def drafted(desk: Page) -> dict[str, str]:
    """The files of the sheet to be written, as the agent's browser saves them."""
    desk.locator("#tabs a[href='#gaps']").click()
    cluster = desk.locator(".gaps > li")
    expect(cluster).to_have_count(1)
    cluster.locator("button.main").click()
    saves = cluster.locator(".files button")
    expect(saves).to_have_count(3)
    files = {}
    for save in saves.all():
        with desk.expect_download() as saving:
            save.click()
        files[saving.value.suggested_filename] = Path(saving.value.path()).read_text("utf-8")
    return files


@pytest.mark.parametrize("language", REPLIES)
def test_a_gap_closes_in_front_of_its_people(chromium: Browser, loop: Loop, language: str) -> None:
    with (
        visiting(chromium, loop.origin, language, viewport=PHONE) as asker,
        visiting(chromium, loop.origin, language, viewport=SCREEN) as agent,
    ):
        page = asker.open()
        ask(page, UNKNOWN[language])
        expect(status(page)).to_have_class("status unanswerable")
        hand_over(page)
        loop.recorder.close()  # what a page asked is written down behind it
        picture(page, f"loop-asked-{language}")

        desk = agent.open("/desk")
        desk.locator("#name").fill("amina")
        desk.locator("#password").fill(PASSWORD)
        desk.locator("form button").click()
        files = drafted(desk)
        assert any(UNKNOWN[language] in text for text in files.values())
        picture(desk, f"loop-draft-{language}")
        desk.locator("#tabs a[href='#queue']").click()
        desk.locator(".list .row").click()
        expect(desk.locator("#view h1")).to_have_text(UNKNOWN[language])
        expect(desk.locator(".current .status")).to_have_class("status unanswerable")

        write_sheet(loop.corpus, files)
        assert check_corpus(loop.corpus) == []
        loop.publish()
        assert loop.ask_again() == Asked(gaps=1, closed=1, handoffs=1, found=1)

        desk.locator("#tabs a[href='#gaps']").click()
        desk.locator(".nothing").wait_for()
        page.reload()
        expect(page.locator(".reply.arrived .found .words")).to_contain_text(ANSWER)
        picture(page, f"loop-found-{language}")
        ask(page, UNKNOWN[language], turns=2)
        expect(status(page)).not_to_have_class("status unanswerable")
        expect(page.locator(".turn").last.locator(".sentence").first).to_contain_text(ANSWER)

        desk.locator("#tabs a[href='#queue']").click()
        desk.locator(".list .row").click()
        desk.locator("#reply").fill(REPLIES[language])
        desk.locator(".reply-form .main").click()
        desk.locator(".thanks").wait_for()
        page.reload()
        expect(page.locator(".reply.arrived")).to_contain_text(REPLIES[language])
        picture(page, f"loop-replied-{language}")
        asker.assert_quiet(page)
        assert agent.foreign == []
    assert loop.letter().status == "replied"
