from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import Trap, browsing, trapping


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
