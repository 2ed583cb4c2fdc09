"""A crowd: people who ask, say what they think of an answer or ask an office, and what they met.

What one of them does is drawn from a seed and their number, so that a crowd can be had again. Who
sends the requests is somebody else's: a program that makes load, or a test.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter, time
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Kind = Literal["ask", "stream", "feedback", "handoff"]
Outcome = Literal["done", "shed", "unkept", "wrong", "cut", "failed", "given_up"]

PATHS: Mapping[Kind, str] = {
    "ask": "/v1/ask",
    "stream": "/v1/ask/stream",
    "feedback": "/v1/feedback",
    "handoff": "/v1/handoffs",
}
ASKING: frozenset[Kind] = frozenset({"ask", "stream"})
LOST: frozenset[Outcome] = frozenset({"wrong", "cut", "failed", "given_up"})
"""What leaves somebody without what they came for. Who is told to come back later may."""

ATTEMPTS = 20
"""How often somebody comes back when told to, before they give up."""

_STREAMED, _OPINION, _OFFICE = 1 / 5, 1 / 10, 1 / 20
_WAIT = 2.0
"""Seconds until the next attempt where a refusal does not say how many."""

_COMMENTS = (
    "C'est clair, merci.",
    "الجواب واضح، شكرا",
    "هادشي ما كافيش، بغيت نعرف الوثائق",
    "Clear, but where is the form?",
)


class Asked(BaseModel):
    """A question, and the `print` of the right answer to it."""

    model_config = ConfigDict(frozen=True)

    question: str
    print: str


class Plan(BaseModel):
    """What a crowd does: its questions, and how many seconds somebody thinks between two of them.

    The earlier a question stands, the oftener it is asked, see `Person`.
    """

    model_config = ConfigDict(frozen=True)

    seed: int
    think: tuple[float, float] = (5, 15)
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as it came: status 0 is none; `wait` is Retry-After, in seconds."""

    status: int
    body: bytes = b""
    wait: float | None = None


class Met(BaseModel):
    """What came of one request.

    `done` is a right answer or a record that is kept; `shed` was told to come back (429), `unkept`
    that records cannot be kept at the moment (503, database_down); `cut` is a stream without its
    end, `wrong` another answer than the right one. `given_up` is no request but that somebody came
    back `ATTEMPTS` times for nothing. `at` is the time of day in seconds when the request began,
    `ms` how long it took; `id` is that of the answer or the record.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    outcome: Outcome
    at: float
    ms: float
    status: int
    person: int
    question: int
    id: str | None = None
    language: str | None = None
    cached: bool = False


Post = Callable[[str, bytes], Reply]
"""Sends JSON to a path."""


class Person:
    """One of the crowd.

    Asks questions with a density that falls along the list (the square of an even draw), every
    fifth as a stream. After one in ten answers they say what they think of it, after one in twenty
    they ask an office. Whoever is told to come back later does.
    """

    def __init__(
        self,
        number: int,
        plan: Plan,
        post: Post,
        pause: Callable[[float], None],
        tell: Callable[[Met], None],
    ) -> None:
        self._number = number
        self._plan = plan
        self._post = post
        self._pause = pause
        self._tell = tell
        self._random = Random(f"{plan.seed}:{number}")  # noqa: S311  (a draw that can be had again)

    def think(self) -> float:
        """How many seconds until the next question."""
        return self._random.uniform(*self._plan.think)

    def visit(self) -> None:
        """Ask one question, with all that follows from it."""
        draws = [self._random.random() for _ in range(4)]
        chosen = int(len(self._plan.asked) * draws[0] ** 2)
        asked = self._plan.asked[chosen]
        kind: Kind = "stream" if draws[1] < _STREAMED else "ask"
        answer = self._persist(kind, chosen, {"question": asked.question})
        if answer is None:
            return
        if draws[2] < _OPINION:
            comment = self._random.choice(_COMMENTS)
            verdict = self._random.choice(("up", "down"))
            given = {"answer_id": answer.id, "verdict": verdict, "comment": comment}
            self._persist("feedback", chosen, given)
        if draws[3] < _OFFICE:
            wanted = {"question": asked.question, "consent": True, "answer_id": answer.id}
            self._persist("handoff", chosen, wanted)

    def _persist(self, kind: Kind, chosen: int, body: Mapping[str, object]) -> Met | None:
        """Send it until it is done; None when it is not."""
        content = json.dumps(body).encode()
        for _ in range(ATTEMPTS):
            at, began = time(), perf_counter()
            reply = self._post(PATHS[kind], content)
            spent = (perf_counter() - began) * 1000
            outcome, found = judge(kind, reply, self._plan.asked[chosen].print)
            met = Met(
                kind=kind,
                outcome=outcome,
                at=at,
                ms=spent,
                status=reply.status,
                person=self._number,
                question=chosen,
                id=found.get("id"),
                language=found.get("language"),
                cached="cached" in found.get("timings_ms", ()),
            )
            self._tell(met)
            if outcome not in {"shed", "unkept"}:
                return met if outcome == "done" else None
            self._pause(reply.wait or _WAIT)
        self._tell(met.model_copy(update={"outcome": "given_up", "at": time(), "ms": 0.0}))
        return None


def judge(kind: Kind, reply: Reply, right: str) -> tuple[Outcome, Mapping[str, Any]]:
    """What a reply is, and what it holds; `right` is the print of the answer that is right."""
    if reply.status == 429:
        return "shed", {}
    if reply.status == 503 and _read(reply.body).get("code") == "database_down":
        return "unkept", {}
    if not 200 <= reply.status < 300:
        return "failed", {}
    if kind == "stream":
        found = _end(reply.body)
        if found is None:
            return "cut", {}
    else:
        found = _read(reply.body)
    if kind in ASKING:
        return ("done" if fingerprint(found) == right else "wrong"), found
    return ("done" if _is_id(found.get("id")) else "failed"), found


def fingerprint(answer: Mapping[str, Any]) -> str:
    """What an answer, as JSON, says: alike for two that say the same with the same proof."""
    proof = [
        (one["document_id"], one["start"], one["end"]) for one in answer.get("citations") or ()
    ]
    said = [answer.get("status"), answer.get("reason"), answer.get("text"), proof]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def read_journal(lines: Sequence[str]) -> tuple[Met, ...]:
    """The requests that were noted, one JSON a line, in the order in which they ended."""
    return tuple(Met.model_validate_json(line) for line in lines)


def _end(body: bytes) -> dict[str, Any] | None:
    """The answer that a stream ends with; None when it does not."""
    frames = body.decode("utf-8", errors="replace").split("\n\n")
    for frame in reversed(frames[:-1]):
        lines = dict(_fields(frame))
        if lines.get("event") == "answer":
            return _read(lines.get("data", "").encode())
        if "event" in lines:
            return None
    return None


def _fields(frame: str) -> Iterator[tuple[str, str]]:
    for line in frame.split("\n"):
        name, _, value = line.partition(": ")
        yield name, value


def _read(body: bytes) -> dict[str, Any]:
    """A JSON object; empty when it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
