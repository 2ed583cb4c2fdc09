from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.assistant import Assistant
from tests.browser.browsing import PATIENCE_MS, Trap, browsing, trapping
from tests.browser.site import Site, with_records

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    """Where everything that leaves the machine ends up."""
    with trapping() as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium(trap: Trap) -> Iterator[Browser]:
    """One browser for a module; an event loop runs in this thread as long as it is open."""
    with browsing(trap) as browser:
        yield browser


@pytest.fixture
def site(sanad: Assistant, tmp_path: Path) -> Iterator[Site]:
    """The small corpus, served with records."""
    with with_records(sanad, tmp_path) as opened:
        yield opened
