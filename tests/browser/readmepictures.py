"""The two pictures of the README, taken anew from the index of the corpus: `make pictures`."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from api.commands.loadspeed import service
from tests.browser.browsing import chromium_path
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "docs" / "pictures"
QUESTIONS = {
    "fr": "En combien de jours dois-je payer les droits de douane ?",
    "ar": "كم مدة يجب حفظ وثائق الاستيراد؟",
}
MOST_BYTES = 60_000
_COLOURS = 48
_WIDTH, _HEIGHT = 360, 760


def path_of(language: str) -> Path:
    """Where the picture of the chat in one language is kept."""
    return FOLDER / f"chat-{language}.png"


def take() -> None:
    """Ask a Sanad of its own in each language, and keep what a telephone shows."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright, service(None) as address:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--hide-scrollbars"]
        )
        for language, question in QUESTIONS.items():
            path_of(language).write_bytes(_small(_shot(browser, address, language, question)))
        browser.close()


def _shot(browser: Browser, address: str, language: str, question: str) -> bytes:
    context = browser.new_context(
        locale=language,
        viewport={"width": _WIDTH, "height": _HEIGHT},
        device_scale_factor=2,
        has_touch=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    page.fill("#question", question)
    page.click("#send")
    page.locator(".turn .tool").first.wait_for()
    page.wait_for_load_state("networkidle")
    taken = page.screenshot()
    context.close()
    return taken


def _small(picture: bytes) -> bytes:
    """The picture in few colours, which type and flat areas bear well."""
    few = (
        Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    )
    kept = io.BytesIO()
    few.save(kept, "PNG", optimize=True)
    return kept.getvalue()


if __name__ == "__main__":
    take()
