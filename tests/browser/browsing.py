"""A real browser whose every step is watched: what it asks for, runs, and complains about."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Literal, TypedDict, Unpack

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Dialog,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

LANGUAGES = ("fr", "ar", "en")
PHONE: ViewportSize = {"width": 360, "height": 740}
SCREEN: ViewportSize = {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "screen": SCREEN}
PATIENCE_MS = 30_000
"""How long a page may take on a machine that does other work as well."""
ITS_OWN = ("googleapis.com", "google.com", "gvt1.com")
"""Hosts that the browser calls for itself, whatever page is open; no payload names them."""

_OPTIONS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
});
"""
_AT_REST = """() => Promise.allSettled(
  document.getAnimations()
    .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished),
)"""
_TURN = """(place) => new Promise((done) => {
  window.addEventListener("hashchange", () => done(), { once: true });
  location.hash = place;
})"""
"""Ends when the page has heard of it, and shows the former section no more."""


def chromium_path() -> str:
    """Where Debian's browser is; without it tests fail in CI and are skipped elsewhere."""
    found = shutil.which("chromium")
    if found is None:
        reason = "There is no chromium; run `apt-get install chromium`."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@dataclass(slots=True)
class Trap:
    """Stands where the way out is: every connection that is no loopback one ends up here."""

    address: str = ""
    caught: list[str] = field(default_factory=list)

    def foreign(self) -> list[str]:
        """What was asked of it on behalf of a page."""
        return [line for line in self.caught if not any(host in line for host in ITS_OWN)]


@contextmanager
def trapping() -> Iterator[Trap]:
    """A trap on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        trap = Trap(f"127.0.0.1:{listener.getsockname()[1]}")
        thread = Thread(target=_catch, args=(listener, trap))
        thread.start()
        try:
            yield trap
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _catch(listener: socket.socket, trap: Trap) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            connection.settimeout(2)
            trap.caught.append(connection.recv(300).decode(errors="replace").split("\r\n")[0])


@contextmanager
def browsing(trap: Trap) -> Iterator[Browser]:
    """Chromium, all its ways out but loopback leading into the trap."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*_OPTIONS, f"--proxy-server=http://{trap.address}"]
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One visitor's browser: its pages, and all that must not happen in them."""

    origin: str
    context: BrowserContext
    asked: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """A page of the served origin, loaded."""
        page = self.context.new_page()
        page.goto(self.origin + path)
        return page

    def watch(self) -> None:
        """Record every request, and stop those that leave; dialogs, errors, further windows."""
        self.context.on("request", self._asked)
        self.context.route(lambda url: not self._is_own(url), lambda route: route.abort())
        self.context.on("page", self._watch_page)
        self.context.add_init_script(_WATCH)

    def _watch_page(self, page: Page) -> None:
        page.on("dialog", self._dismiss)
        page.on("pageerror", lambda error: self.odd.append(f"error {error}"))
        page.on("popup", lambda popup: self.odd.append(f"popup {popup.url}"))
        page.on("download", lambda download: self.odd.append(f"download {download.url}"))

    def _dismiss(self, dialog: Dialog) -> None:
        self.odd.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        self.asked.append(f"{request.method} {request.url}")
        if not self._is_own(request.url):
            self.foreign.append(request.url)

    def _is_own(self, url: str) -> bool:
        return url.startswith(f"{self.origin}/")

    def assert_quiet(self, page: Page) -> None:
        """Nothing was asked of another host, nothing ran, the policy had nothing to stop."""
        assert self.foreign == []
        assert self.odd == []
        assert page.evaluate("[window.ran ?? null, window.violations]") == [None, []]
        assert page.url.startswith(f"{self.origin}/")


class Options(TypedDict, total=False):
    """What a visitor's browser may be told, see playwright's `new_context`."""

    viewport: ViewportSize
    color_scheme: Literal["dark", "light"]
    bypass_csp: bool
    extra_http_headers: dict[str, str]


@contextmanager
def visiting(
    browser: Browser, origin: str, language: str = "fr", **options: Unpack[Options]
) -> Iterator[Visit]:
    """A new visitor who reads that language."""
    context = browser.new_context(locale=language, **options)
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(origin, context)
    visit.watch()
    try:
        yield visit
    finally:
        context.close()


def ask(page: Page, question: str, *, turns: int = 1) -> None:
    """Type a question, send it, and wait until the page has `turns` turns, all at rest."""
    page.locator("#question").fill(question)
    page.locator("#send").click()
    page.wait_for_function(
        "(count) => document.querySelectorAll('.turn').length === count"
        " && !document.querySelector('[aria-busy]')",
        arg=turns,
    )


def turn_to(page: Page, place: str, view: str) -> None:
    """Open a section of a desk by its address, and wait until all of it has been drawn."""
    page.evaluate(_TURN, place)
    page.locator(f".view-{view}:not([aria-busy]) :is(h1, .failure, .nothing)").first.wait_for()


def complaints(page: Page) -> list[str]:
    """What axe-core finds of serious or critical weight; the page's policy must be bypassed.

    A sheet that still fades in has pale letters for a moment, so what moves comes to rest first.
    """
    page.evaluate(_AT_REST)
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {[node['html'] for node in one['nodes']]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def picture(page: Page, name: str) -> None:
    """Keep a picture for a person to look at, in the folder that SANAD_PICTURES names."""
    folder = os.environ.get("SANAD_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
