"""The page takes a line up that was cut, and shows nothing twice."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from api.app import create_app
from assistant.assistant import Assistant
from assistant.settings import Settings
from tests.badproxy import BadProxy, bad_proxy
from tests.browser.browsing import Trap, ask, visiting
from tests.loopback import serving
from tests.misbehaviour import DELAY, DELAY_AR

QUESTIONS = {"fr": DELAY, "ar": DELAY_AR}
SENTENCE = b"event: sentence\ndata: "


@dataclass(frozen=True, slots=True)
class Line:
    """The application, and the proxy through which it is reached."""

    app: FastAPI
    proxy: BadProxy

    def last_ids(self) -> list[str]:
        """What each request for a stream said to have heard last; nothing for the first."""
        return [
            "".join(
                line.partition(": ")[2]
                for line in head.split("\r\n")
                if line.lower().startswith("last-event-id:")
            )
            for head in self.proxy.streams()
        ]


@pytest.fixture
def line(sanad: Assistant) -> Iterator[Line]:
    app = create_app(sanad, Settings(limit_address=0))
    with serving(app) as origin, bad_proxy(origin) as proxy:
        yield Line(app, proxy)


@pytest.fixture(params=["fr", "ar"])
def page(
    request: pytest.FixtureRequest, chromium: Browser, line: Line, trap: Trap
) -> Iterator[Page]:
    with visiting(chromium, line.proxy.address, request.param) as visit:
        yield visit.open()


def language(page: Page) -> str:
    return str(page.evaluate("document.documentElement.lang"))


def shown(page: Page) -> list[str]:
    return page.locator(".turn .sentence").all_inner_texts()


def expected(line: Line, question: str) -> int:
    with line.app.state.serving.lease() as sanad:
        return len(sanad.ask(question).sentences)


@pytest.mark.parametrize("cut", [b"event: citations", SENTENCE, b"event: answer"])
def test_a_cut_line_is_taken_up(page: Page, line: Line, cut: bytes) -> None:
    question = QUESTIONS[language(page)]
    line.proxy.cuts += [cut, b"id: "]
    ask(page, question)
    assert page.locator(".failure").count() == 0
    assert len(shown(page)) == len(set(shown(page))) == expected(line, question)
    assert len(line.last_ids()) == 3


def test_what_was_heard_is_not_asked_for_again(page: Page, line: Line) -> None:
    question = QUESTIONS[language(page)]
    line.proxy.cuts.append(b"event: answer")
    line.proxy.may_cut.clear()
    page.locator("#question").fill(question)
    page.locator("#send").click()
    page.locator(".turn .sentence").first.wait_for()
    line.proxy.may_cut.set()
    page.locator(".turn:not([aria-busy])").wait_for()
    first, second = line.last_ids()
    [stream] = line.app.state.asking.streams._streams
    assert (first, second.rpartition(".")[0]) == ("", stream)
    assert len(shown(page)) == len(set(shown(page))) == expected(line, question)


def test_where_nothing_is_known_of_it_the_answer_counts(page: Page, line: Line) -> None:
    question = QUESTIONS[language(page)]
    line.proxy.cuts.append(b"event: answer")
    line.app.state.asking.streams.resume = lambda _last, _request: None
    ask(page, question)
    assert len(line.last_ids()) == 2
    assert len(shown(page)) == len(set(shown(page))) == expected(line, question)


def test_who_is_cut_again_and_again_is_told(page: Page, line: Line) -> None:
    line.proxy.cuts += [b"event: citations"] * 4
    line.app.state.asking.streams.resume = lambda _last, _request: None
    ask(page, QUESTIONS[language(page)])
    assert page.locator(".failure").count() == 1
    assert len(line.last_ids()) == 4


def test_a_proxy_that_keeps_events_back_changes_nothing(page: Page, line: Line) -> None:
    line.proxy.buffers = True
    question = QUESTIONS[language(page)]
    ask(page, question)
    assert len(shown(page)) == expected(line, question)
    assert len(line.last_ids()) == 1
