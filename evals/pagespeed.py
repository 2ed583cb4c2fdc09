"""How soon the chat page is there, and its first proof, over a line as slow as a telephone's."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ingest.errors import InputError

PATIENCE_MS = 180_000
"""How long one part of a visit may take before the measurement gives up."""

PHONE = (360, 740)
"""CSS pixels of the screen."""


class ChromiumMissingError(InputError):
    """There is no browser to measure with."""

    code = "chromium_missing"


@dataclass(frozen=True, slots=True)
class Line:
    """A connection as Chromium imitates it: milliseconds until each response, bytes a second."""

    name: str
    latency: float
    down: float
    up: float


SLOW_3G = Line("slow 3G", 400 * 5, 500_000 / 8 * 0.8, 500_000 / 8 * 0.8)
FAST_3G = Line("fast 3G", 150 * 3.75, 1_600_000 / 8 * 0.9, 750_000 / 8 * 0.9)
"""The presets of Chrome's DevTools ("3G" and "Slow 4G" since 2024), with their own corrections."""

LINES = (SLOW_3G, FAST_3G)
CACHES = ("cold", "warm")

MEASURES = {
    "kilobytes": "kB over the wire until usable",
    "requests": "requests until usable",
    "paint": "first paint, s",
    "usable": "question can be typed, s",
    "citation": "first citation after asking, s",
    "sentence": "first sentence after asking, s",
    "tools": "copy, share and opinion after asking, s",
}

_WATCH = """
window.marks = {};
const mark = (name) => { window.marks[name] ??= performance.now(); };
const signs = Object.entries({ citation: ".card", sentence: ".sentence", tools: ".tool" });
new MutationObserver(() => {
  if (document.querySelector("#question")?.placeholder) mark("usable");
  for (const [name, sign] of signs) if (document.querySelector(`#turns ${sign}`)) mark(name);
}).observe(document, { subtree: true, childList: true, attributeFilter: ["placeholder"] });
addEventListener("keydown", ({ key }) => key === "Enter" && mark("asked"), true);
"""
_LOADED = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  const early = [page, ...files].filter((one) => one.startTime <= window.marks.usable);
  const sent = early.map((one) => one.transferSize);
  return [sent.reduce((sum, one) => sum + one, 0) / 1000, sent.filter(Boolean).length];
}"""
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: what came over the wire, and the seconds that its parts took, see MEASURES.

    `version` names the Sanad that was visited; a `warm` visit is the second with the same browser.
    """

    version: str
    line: str
    language: str
    cache: str
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle, the least and the most of `n` values."""

    median: float
    least: float
    most: float
    n: int


def spread(values: Sequence[float]) -> Spread:
    """What several visits came to."""
    return Spread(median(values), min(values), max(values), len(values))


def measure_page(
    versions: Mapping[str, str],
    questions: Mapping[str, str],
    *,
    rounds: int,
    report: Callable[[str, int, int], None],
    lines: Sequence[Line] = LINES,
) -> Iterator[Visit]:
    """Visit the chats at some origins by turns, once cold and once warm each, asking one question.

    `versions` are origins by name, `questions` by language. Raises ChromiumMissingError.
    """
    planned = list(product(range(rounds), lines, questions, versions))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_chromium(), args=["--no-sandbox", "--disable-background-networking"]
        )
        for done, (_, line, language, version) in enumerate(planned):
            report(f"visiting {line.name} {language}", done, len(planned))
            origin, question = versions[version], questions[language]
            for cache, measured in _twice(browser, origin, line, language, question):
                yield Visit(version, line.name, language, cache, measured)
        browser.close()


def _chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        raise ChromiumMissingError("There is no chromium; run `apt-get install chromium`.")
    return found


def _twice(
    browser: Browser, origin: str, line: Line, language: str, question: str
) -> Iterator[tuple[str, dict[str, float]]]:
    """A visit with nothing in the browser's cache, and one with what the first has left there."""
    width, height = PHONE
    context = browser.new_context(locale=language, viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_WATCH)
    for cache in CACHES:
        page = _slowed(context, line)
        yield cache, _visit(page, origin, question)
        page.close()
    context.close()


def _slowed(context: BrowserContext, line: Line) -> Page:
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": line.latency,
        "downloadThroughput": line.down,
        "uploadThroughput": line.up,
    }
    wire.send("Network.emulateNetworkConditions", conditions)
    return page


def _visit(page: Page, origin: str, question: str) -> dict[str, float]:
    page.goto(origin, wait_until="commit")
    page.wait_for_function("() => window.marks.usable")
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_function(
        "() => window.marks.citation && window.marks.sentence && window.marks.tools"
    )
    kilobytes, requests = page.evaluate(_LOADED)
    paint = page.evaluate(_PAINT)
    marks: dict[str, float] = page.evaluate("() => window.marks")
    asked = marks["asked"]
    return {
        "kilobytes": kilobytes,
        "requests": float(requests),
        "paint": paint / 1000,
        "usable": marks["usable"] / 1000,
        **{name: (marks[name] - asked) / 1000 for name in ("citation", "sentence", "tools")},
    }
