"""Hostile texts through question, document, feedback and reply, in a real browser.

None runs, none calls out, none becomes anything but text.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from api.app import create_app
from api.memory import audit, feedback, gaps, handoffs, keys
from api.memory.database import Database, Session
from assistant.settings import load_settings
from tests.browser.browsing import Trap, Visit, ask, visiting
from tests.loopback import serving
from tests.parrot import ANSWER_ID, document_id, open_parrot
from tests.payloads import GROUPS, HOST, PAYLOADS, named, of_group

ELEMENTS = """
(root) => [...(root ?? document).querySelectorAll("*")].flatMap((element) => {
  const own = (address) => new URL(address, location).origin === location.origin;
  const tag = element.localName;
  const odd = [...element.attributes]
    .filter(({ name }) => name.startsWith("on") || name === "srcdoc" || name === "ping")
    .map(({ name }) => `${tag} ${name}`);
  if (["iframe", "object", "embed", "base", "audio", "video", "style"].includes(tag)) odd.push(tag);
  if (["script", "img"].includes(tag) && !own(element.src)) odd.push(`${tag} ${element.src}`);
  if (tag === "script" && element.textContent) odd.push("inline script");
  if (tag === "link" && !own(element.href)) odd.push(`link ${element.href}`);
  if (tag === "a" && !/^(https?|mailto|tel):/.test(element.href)) odd.push(`a ${element.href}`);
  if (tag === "a" && /^mailto:.*[?&]/.test(element.href)) odd.push(`a ${element.href}`);
  if (tag === "form" && !own(element.action)) odd.push(`form ${element.action}`);
  return odd;
})
"""
"""Elements that only markup out of a payload could have made."""

OPEN_SOURCES = f"""
async () => {{
  const texts = [], odd = [];
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const card of document.querySelectorAll(".card")) {{
    card.click();
    const started = performance.now();
    while (!document.querySelector(".source .page") && performance.now() - started < 10000) {{
      await new Promise(requestAnimationFrame);
    }}
    texts.push(document.querySelector(".source mark")?.textContent ?? "");
    odd.push(...({ELEMENTS.strip()})(document.querySelector(".source")));
    document.querySelector(".source .close").click();
    document.querySelector(".source").replaceChildren();
  }}
  return {{ texts, odd }};
}}
"""
ASK_ALL = """
async (questions) => {
  const box = document.getElementById("question");
  for (const question of questions) {
    box.value = question;
    box.dispatchEvent(new Event("input"));
    document.getElementById("send").click();
    do await new Promise(requestAnimationFrame);
    while (document.querySelector("[aria-busy]"));
  }
}
"""
PROBLEM = "application/problem+json"
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, slots=True)
class Office:
    """A served application of which every answer is hostile, and the key of somebody in it."""

    origin: str
    key: str
    database: Database


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("hostile")
    database = Database(f"sqlite:///{folder / 'records.sqlite'}")
    with database.session() as session:
        key = _filled(session, datetime.now(UTC))
    settings = load_settings(limit_known=0, limit_address=0)
    with (
        open_parrot(Path(folder / "index")) as parrot,
        serving(create_app(parrot, settings, database=database)) as origin,
    ):
        yield Office(origin, key, database)
    database.close()


def _filled(session: Session, now: datetime) -> str:
    """Every payload in every kind of record; gives a key that may read them."""
    for _, payload in named():
        text = payload.replace("\0", "")  # which no database keeps
        feedback.add(
            session,
            answer_id=ANSWER_ID,
            verdict="down",
            reason=text,
            comment=text,
            question=text,
            now=now,
        )
        handoffs.add(session, question=text, region=text, note=text, now=now)
        gaps.note(
            session,
            question=text,
            language=text,
            region=text,
            status=text,
            reason=text,
            generation=text,
            now=now,
        )
        audit.append(session, actor=text, action=text, detail=text, now=now)
    return keys.add(session, name="desk", role="admin", expires=None, now=now)


@pytest.fixture
def visit(chromium: Browser, office: Office, trap: Trap) -> Iterator[Visit]:
    """A visitor in whose name nothing may have left the machine."""
    with visiting(chromium, office.origin) as opened:
        yield opened
    assert trap.foreign() == []


def assert_only_text(visit: Visit, page: Page) -> None:
    visit.assert_quiet(page)
    assert page.evaluate(ELEMENTS) == []
    text = page.evaluate("document.body.textContent")
    assert not set(TURNING) & set(text)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def plain(text: str) -> str:
    """What is left of a text on a page: no marks that turn it, and spaces as they come."""
    return "".join(text.translate({ord(mark): None for mark in TURNING}).split()).replace("\0", "")


def test_the_watch_sees_what_it_watches_for(chromium: Browser, office: Office) -> None:
    """Without this, a broken watch would pass everything."""
    with visiting(chromium, office.origin) as visit:
        page = visit.open()
        page.evaluate(
            f"""() => {{
              const image = document.createElement("img");
              image.src = "https://{HOST}/i.png";
              document.body.append(image);
              fetch("https://{HOST}/f").catch(() => {{}});
            }}"""
        )
        page.wait_for_function("window.violations.length >= 2")
        assert page.evaluate(ELEMENTS) == [f"img https://{HOST}/i.png"]
        blocked = " ".join(page.evaluate("window.violations"))
        assert "img-src" in blocked
        assert "connect-src" in blocked
        with pytest.raises(AssertionError):
            visit.assert_quiet(page)


@pytest.mark.parametrize("group", ["script", "handler", "drawing"])
def test_the_payloads_run_where_nothing_stops_them(
    chromium: Browser, office: Office, group: str
) -> None:
    with visiting(chromium, office.origin) as visit:
        page = visit.context.new_page()
        page.set_content("<title>x</title>" + of_group(group)[0])
        page.wait_for_function("window.ran === 1")


@pytest.mark.parametrize("group", ["beacon", "style"])
def test_the_payloads_call_out_where_nothing_stops_them(
    chromium: Browser, office: Office, group: str
) -> None:
    with visiting(chromium, office.origin) as visit:
        page = visit.context.new_page()
        with page.expect_request(f"https://{HOST}/**"):
            page.set_content(of_group(group)[0].replace("(//", "(https://"))
        assert visit.foreign


def test_text_cannot_become_markup_even_by_mistake(chromium: Browser, office: Office) -> None:
    with visiting(chromium, office.origin) as visit:
        page = visit.open()
        refused = page.evaluate(
            """() => [
              () => { document.body.innerHTML = "<b>x</b>"; },
              () => { document.querySelector("p").outerHTML = "<b>x</b>"; },
              () => { document.body.setAttribute("onclick", "window.ran=1"); },
              () => { document.createElement("script").src = "/pages/chat.js"; },
              () => { trustedTypes.createPolicy("x", {}); },
            ].map((way) => {
              try { way(); return "taken"; } catch (error) { return error.name; }
            })"""
        )
    assert refused == ["TypeError"] * 5


@pytest.mark.parametrize("group", GROUPS)
def test_answers_and_sources(visit: Visit, group: str) -> None:
    page = visit.open()
    ask(page, group)
    seen = page.locator("main").text_content() or ""
    assert all(plain(text) in plain(seen) for text in of_group(group))
    marked = page.evaluate(OPEN_SOURCES)
    assert [plain(one) for one in marked["texts"]] == [plain(text) for text in of_group(group)]
    assert marked["odd"] == []
    assert_only_text(visit, page)


@pytest.mark.parametrize("group", GROUPS)
def test_questions(visit: Visit, group: str) -> None:
    page = visit.open()
    asked = [f"{text} ?" for text in of_group(group)]
    page.evaluate(ASK_ALL, asked)
    assert page.locator(".turn").count() == len(asked)
    assert_only_text(visit, page)
    page.reload()
    page.wait_for_selector(".turn")
    assert_only_text(visit, page)


def test_opinions(visit: Visit) -> None:
    page = visit.open()
    for number, group in enumerate(GROUPS):
        ask(page, group, turns=number + 1)
        turn = page.locator(".turn").nth(number)
        turn.locator(".verdict.down").click()
        turn.locator(".slip textarea").fill(of_group(group)[0])
        turn.locator(".slip .main").click()
        turn.locator(".thanks").wait_for()
    assert_only_text(visit, page)


def test_replies(visit: Visit, office: Office) -> None:
    """An office's words are shown to the public: they are text too."""
    page = visit.open()
    for texts in _chunks([one.text for one in PAYLOADS], 20):
        tickets = json.dumps(list(_answered(office, texts)))
        page.evaluate("(kept) => localStorage.setItem('sanad.tickets', kept)", tickets)
        page.reload()
        page.wait_for_function(
            "(count) => document.querySelectorAll('.reply.arrived').length === count",
            arg=len(texts),
        )
        seen = plain(page.locator("#replies").text_content() or "")
        assert all(plain(text) in seen for text in texts)
        assert_only_text(visit, page)


def _answered(office: Office, texts: Sequence[str]) -> Iterator[dict[str, object]]:
    now = datetime.now(UTC)
    with office.database.session() as session:
        for payload in texts:
            text = payload.replace("\0", "")
            ticket = handoffs.add(session, question=text, region=text, note=text, now=now)
            handoffs.reply(session, ticket.id, text=text, by=text, now=now)
            names = {"fr": text, "ar": text, "en": text}
            yield {**asdict(ticket), "question": text, "sent": text, "office": names}


def _chunks(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def test_sign_in_page(visit: Visit) -> None:
    """The one page that the server writes; the chat page is a file."""
    page = visit.context.new_page()
    for text in [of_group(group)[0] for group in GROUPS]:
        asked = quote(text, safe="")
        page.goto(f"{visit.origin}/sign-in?next=/{asked}&lang={asked}")
        assert page.evaluate("document.contentType") == "text/html"
        assert_only_text(visit, page)


@pytest.mark.parametrize(
    "address", ["/v1/documents/{}", "/v1/search?q={}", "/v1/procedures?q={}", "/{}"]
)
def test_responses_opened_as_pages(visit: Visit, address: str) -> None:
    """JSON and problems that repeat what they were asked."""
    page = visit.context.new_page()
    for group in GROUPS:
        page.goto(visit.origin + address.replace("{}", quote(of_group(group)[0], safe="")))
        assert page.evaluate("document.contentType") in {"application/json", PROBLEM}
        visit.assert_quiet(page)


def test_documents_opened_as_pages(visit: Visit) -> None:
    page = visit.context.new_page()
    for group in GROUPS:
        page.goto(f"{visit.origin}/v1/documents/{document_id(f'{group}-1')}")
        assert page.evaluate("document.contentType") == "application/json"
        visit.assert_quiet(page)


@pytest.mark.parametrize("path", ["/v1/feedback", "/v1/handoffs", "/v1/gaps", "/v1/audit"])
def test_records_opened_as_pages(chromium: Browser, office: Office, trap: Trap, path: str) -> None:
    headers = {"Authorization": f"Bearer {office.key}"}
    with visiting(chromium, office.origin, extra_http_headers=headers) as visit:
        page = visit.open(f"{path}?limit=200")
        assert of_group("script")[0] in json.loads(page.locator("body").inner_text()).__repr__()
        visit.assert_quiet(page)
    assert trap.foreign() == []
