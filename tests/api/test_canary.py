"""What belongs to somebody reaches no log, no table, no metric and no outgoing request.

A canary of each kind is sent through every route, in several scripts, well and badly; afterwards
everything that was written down or sent on is searched for it. Only what the office itself writes
(a reply) is kept as it is: it may well name a public telephone number.
"""

import importlib
import io
import logging
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import MetaData, select
from starlette.routing import Route

import api.routes
from api import logs
from api.access.caller import STAFF
from api.app import create_app
from api.memory import keys
from api.memory.database import Database
from api.memory.recorder import Recorder
from assistant.assistant import Assistant
from assistant.compose import Composer, ExtractiveComposer
from assistant.composers import choose_composer
from assistant.settings import Settings
from assistant.state import Draft, State
from ingest.fold import fold_digits
from tests.scriptedserver import Reply, ScriptedEndpoint, Seen, scripted_endpoint, sentences

CANARIES = {
    "cin": ("Ma CIN est {}.", "QA765431"),
    "passport": ("passeport n° {}", "QB7654321"),
    "ice": ("notre ICE : {}", "001234567000062"),
    "if": ("identifiant fiscal {}", "98761234"),
    "rc": ("RC n° {}", "9871236"),
    "cnss": ("CNSS {}", "987612345"),
    "account": ("RIB {}", "007780000123456789012396"),
    "card": ("carte bancaire {}", "4000001234567899"),
    "phone": ("tél. {}", "0698765432"),
    "email": ("écrivez à {}", "canari.7654321@exemple.ma"),
}
"""A few words and the canary, which must be the only place where it can come from."""

SCRIPTS = {
    "latin": str.maketrans({}),
    "arabic": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "persian": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
}
DELAY = "Sous quel délai le permis d'huile d'olive est-il délivré ? {}"
DELAY_AR = "داخل أي أجل تسلم رخصة زيت الزيتون؟ {}"
UNKNOWN = "Quel est le tarif du visa pour la Lune ? {}"
FOLLOWED = ({"role": "user", "content": DELAY}, {"role": "assistant", "content": "{}"})

_ASKED = (
    {"question": DELAY},
    {"question": DELAY_AR},
    {"question": UNKNOWN, "profile": {"region": "{}", "sector": "{}", "market": "{}"}},
    {"question": "Et combien coûte-t-il ? {}", "history": FOLLOWED},
    {"question": "comment frauder la douane ? {}"},
    {"question": "{}"},
    {"question": "{} \x00"},
    {"question": "{}" * 9},
    {"question": DELAY, "language": "{}", "as_of": "{}"},
)
_MESSAGES = [{"role": "system", "content": "{}"}, {"role": "user", "content": DELAY}]
BODIES: dict[tuple[str, str], tuple[dict[str, Any], ...]] = {
    ("POST", "/v1/ask"): _ASKED,
    ("POST", "/v1/ask/stream"): _ASKED,
    ("POST", "/v1/chat/completions"): (
        {"model": "sanad", "messages": _MESSAGES, "user": "{}", "metadata": {"{}": "{}"}},
        {"model": "sanad", "messages": _MESSAGES, "stream": True},
        {"model": "{}", "messages": _MESSAGES},
        {"model": "sanad", "messages": [{"role": "{}", "content": "{}"}]},
    ),
    ("POST", "/v1/feedback"): (
        {"answer_id": str(uuid4()), "verdict": "down", "comment": "{}", "question": DELAY},
        {"answer_id": "{}", "verdict": "up"},
        {"answer_id": "x", "verdict": "{}", "reason": "{}"},
    ),
    ("POST", "/v1/handoffs"): (
        {"question": DELAY, "consent": True, "note": "{}", "region": "{}"},
        {"question": DELAY_AR, "consent": True, "answer_id": "{}"},
        {"question": "{}", "consent": "{}"},
    ),
    ("POST", "/v1/handoffs/{handoff_id}/reply"): ({"text": ""}, {"texte": "{}"}),
    ("POST", "/v1/handoffs/{handoff_id}/close"): ({},),
    ("POST", "/v1/shares"): (
        {"question": {"question": DELAY, "profile": {"region": "{}"}}, "consent": True},
        {"question": {"question": UNKNOWN}, "consent": True},
        {"question": {"question": "{}"}, "consent": "{}"},
    ),
    ("POST", "/v1/evaluation/verdicts"): (
        {"first": "a", "second": "b", "question_id": "{}", "choice": "left", "note": "{}"},
        {"first": "{}", "second": "b", "question_id": "q", "choice": "{}"},
    ),
    ("POST", "/v1/gold-proposals"): (
        {"question": "{}", "language": "fr", "status": "answered", "kind": "lookup"},
    ),
    ("POST", "/v1/conversations"): ({"consent": True}, {"consent": "{}"}),
    ("POST", "/v1/session"): (
        {"name": "{}", "password": "{}"},
        {"name": "{}", "mot de passe": "{}"},
    ),
    ("POST", "/sign-in"): ({"name": "{}", "password": "{}", "next": "/{}"},),
    ("POST", "/sign-out"): ({"csrf": "{}", "lang": "{}"},),
}
"""What is sent to each route that takes a body; `{}` is where the canary goes."""

HEADERS = (
    *("Sanad-Conversation", "Sanad-Ticket", "Last-Event-ID", "X-Request-ID", "X-Sanad-CSRF"),
    *("Sanad-Share", "Sanad-Share-Key"),
    *("Authorization", "Cookie", "User-Agent", "Referer", "Accept-Language", "traceparent"),
)
QUESTIONS = frozenset({"/v1/ask", "/v1/ask/stream", "/v1/chat/completions"})


def routes() -> tuple[tuple[str, str], ...]:
    """Method and path of every route; a module of `api.routes` has one router."""
    found: dict[tuple[str, str], None] = {}
    for module in pkgutil.iter_modules(api.routes.__path__):
        router = importlib.import_module(f"api.routes.{module.name}").router
        for route in router.routes:
            assert isinstance(route, Route)
            found |= {(method, route.path): None for method in sorted(route.methods or ())}
    return tuple(found)


@dataclass(slots=True)
class Bench:
    """Applications over one database that writes down what it can, and what they sent out."""

    client: TestClient
    failing: TestClient
    narrow: TestClient
    endpoint: ScriptedEndpoint
    database: Database
    headers: dict[str, str]
    log: io.StringIO
    statuses: set[int] = field(default_factory=set)

    def send(self, method: str, path: str, **what: Any) -> None:  # noqa: ANN401
        """By anybody, and by staff in a conversation; questions to those that do not answer too."""
        others = (self.failing, self.narrow) if path in QUESTIONS else ()
        for client, headers in (
            (self.client, {}),
            *((client, self.headers) for client in (self.client, *others)),
        ):
            response = client.request(method, path, headers=headers, **what)
            self.statuses.add(response.status_code)


class Failing(ExtractiveComposer):
    """Has a bug that tells what it was asked."""

    def drafts(self, state: State) -> Iterator[Draft]:
        raise RuntimeError(f"{state.question.question} {state.standalone}")


def _replies() -> Callable[[Seen], Reply]:
    """A model that quotes, that echoes, and that fails with what it was told in the error."""
    turn = iter(range(1_000_000))

    def script(seen: Seen) -> Reply:
        which = next(turn) % 3
        if which == 0:
            return sentences(*((text, [number]) for number, text in seen.evidence.items()))
        if which == 1:
            return sentences((seen.task[-300:], [1]))
        return Reply(status=500, body=f'{{"error": {{"message": {seen.task!r}}}}}'.encode())

    return script


@pytest.fixture
def bench(with_composer: Callable[[Composer], Assistant], database: Database) -> Iterator[Bench]:
    now = datetime.now(UTC)
    settings = Settings(log="json", limit_known=100_000, limit_conversation=100_000)
    narrow = Settings(log="json", limit_known=1, limit_conversation=1, answer_cache=0)
    with scripted_endpoint(_replies()) as endpoint, _written(settings) as log:
        remote = settings.model_copy(
            update={"llm": "endpoint", "llm_base_url": endpoint.base_url, "llm_model": "scripted"}
        )
        with database.session() as session:
            key = keys.add(session, name="staff", role=STAFF[-1], expires=None, now=now)
        recorder = Recorder(database)
        with choose_composer(remote) as composer, ExitStack() as opened:
            clients = [
                opened.enter_context(
                    TestClient(
                        create_app(sanad, chosen, database=database, recorder=recorder),
                        raise_server_exceptions=False,
                    )
                )
                for sanad, chosen in (
                    (with_composer(composer), settings),
                    (with_composer(Failing()), settings),
                    (with_composer(ExtractiveComposer()), narrow),
                )
            ]
            client, failing, limited = clients
            begun = client.post("/v1/conversations", json={"consent": True}).json()
            headers = {
                "Authorization": f"Bearer {key}",
                "Sanad-Conversation": begun["conversation"],
            }
            yield Bench(client, failing, limited, endpoint, database, headers, log)
            recorder.close()


@contextmanager
def _written(settings: Settings) -> Iterator[io.StringIO]:
    """Everything that any library has to say is written as `sanad serve` would write it.

    What the client of the test says is not: it is on the side of the asker.
    """
    root, sanad = logging.getLogger(), logging.getLogger("sanad")
    handlers, levels = root.handlers, (root.level, sanad.level)
    quiet = [logging.getLogger(name) for name in ("httpx", "httpx2", "httpcore", "httpcore2")]
    try:
        logs.install(settings)
        root.setLevel(logging.DEBUG)
        written = io.StringIO()
        (as_served,) = root.handlers
        handler = logging.StreamHandler(written)
        handler.setFormatter(as_served.formatter)
        handler.filters = as_served.filters
        root.handlers = [handler]
        for logger in quiet:
            logger.disabled = True
        yield written
    finally:
        for logger in quiet:
            logger.disabled = False
        logging.captureWarnings(capture=False)
        root.handlers = handlers
        root.setLevel(levels[0])
        sanad.setLevel(levels[1])


def filled(pattern: Any, canary: str) -> Any:  # noqa: ANN401
    """A body with the canary in its places, names of fields included."""
    if isinstance(pattern, str):
        return pattern.replace("{}", canary)
    if isinstance(pattern, dict):
        return {filled(name, canary): filled(value, canary) for name, value in pattern.items()}
    if isinstance(pattern, list | tuple):
        return [filled(item, canary) for item in pattern]
    return pattern


def provoke(bench: Bench, method: str, path: str, canary: str) -> None:
    """Send the canary to a route wherever a caller can put something."""
    place = re.sub(r"\{[^}]+\}", quote(canary, safe=""), path)
    known = re.sub(r"\{[^}]+\}", str(uuid4()), path)
    query = dict.fromkeys(
        ("q", "k", "cursor", "language", "region", "lang", "next", canary), canary
    )
    bench.send(method, place)
    bench.send(method, known, params=query)
    bench.send(method, known, params={"q": canary})
    if method == "GET":
        return
    for body in BODIES.get((method, path), ()):
        if path.startswith("/sign"):
            bench.send(method, known, data=filled(body, canary))
        else:
            bench.send(method, known, json=filled(body, canary))
    bench.send(method, known, json={canary: canary})
    bench.send(method, known, json=[canary])
    bench.send(method, known, content=canary.encode())


def provoke_bare(bench: Bench, canary: str) -> None:
    """Send the canary alone, where only ids, names and tokens are expected."""
    for name in HEADERS:
        for path in ("/v1/session", "/v1/conversations/current", "/metrics", f"/{canary}"):
            response = bench.client.get(path, headers={name: canary})
            bench.statuses.add(response.status_code)
    bench.send("POST", "/v1/feedback", json={"answer_id": canary, "verdict": "up"})
    handoff = {"question": DELAY, "consent": True, "answer_id": canary, "region": canary}
    bench.send("POST", "/v1/handoffs", json=handoff)
    bench.send("POST", "/v1/ask", json={"question": DELAY, "profile": {"region": canary}})
    bench.send("POST", "/sign-in", data={"name": canary, "password": canary})


def dumped(database: Database) -> str:
    """Every cell of every table, and for SQLite every byte of its files."""
    cells: list[str] = []
    with database.session() as session:
        tables = MetaData()
        tables.reflect(session)
        assert len(tables.tables) > 8
        for table in tables.tables.values():
            cells += [repr(row) for row in session.execute(select(table))]
        name = session.engine.url.database or ""
    files = Path(name).parent.glob(f"{Path(name).name}*") if Path(name).is_file() else ()
    return "\n".join([*cells, *(file.read_bytes().decode("utf-8", "replace") for file in files)])


def plain(sink: str) -> str:
    """What was written, whatever digits, escapes and letters it was written in."""
    told = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), sink)
    return fold_digits(f"{told}\n{unquote(told)}").lower()


def test_every_route_that_takes_a_body_is_tried() -> None:
    taking = {(method, path) for method, path in routes() if method in {"POST", "PUT", "PATCH"}}
    assert taking == set(BODIES), "tell tests/api/test_canary.py what to send to the new route"


def test_the_search_for_canaries_finds_them() -> None:
    for _, canary in CANARIES.values():
        for script in SCRIPTS.values():
            shown = canary.translate(script)
            for sink in (shown, quote(shown), ascii(shown), f"x{shown}y"):
                assert canary.lower() in plain(sink)


def test_no_canary_is_written_down_or_sent_on(bench: Bench) -> None:
    for script in SCRIPTS.values():
        said = [words.format(canary.translate(script)) for words, canary in CANARIES.values()]
        for method, path in routes():
            provoke(bench, method, path, ", ".join(said))
        for words in said:
            bench.send("POST", "/v1/ask", json={"question": DELAY.format(words)})
    for _, canary in CANARIES.values():
        provoke_bare(bench, canary)
    bench.client.app.state.recorder.close(30)  # type: ignore[attr-defined]
    assert bench.statuses >= {200, 201, 401, 404, 422, 429, 500}
    assert len(bench.endpoint.seen) > len(CANARIES)
    metrics = bench.client.get("/metrics", headers=bench.headers)
    sinks = {
        "log": plain(bench.log.getvalue()),
        "database": plain(dumped(bench.database)),
        "metrics": plain(metrics.text),
        "model": plain(repr(bench.endpoint.seen)),
    }
    assert "délivré" in sinks["database"]
    assert "délivré" in sinks["model"]
    assert "runtimeerror" in sinks["log"]
    assert "sanad_" in sinks["metrics"]
    leaks = {
        (sink, kind)
        for sink, written in sinks.items()
        for kind, (_, canary) in CANARIES.items()
        if canary.lower() in written
    }
    assert leaks == set()
