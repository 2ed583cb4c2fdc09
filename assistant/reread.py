"""Reading again: what the rules could make no question of is said again by a language model.

Nobody waits for it who could have an answer: it begins where the rules have ended without one and
before anything was told. What it says is a question and no more. It must be made of the words of
the conversation, goes through every step as if somebody had typed it, guard and decision included,
and is shown.
"""

import json
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from time import perf_counter
from typing import Any, Final, Protocol

from assistant.answer import ANSWERING, Status
from assistant.chain import Chain
from assistant.languagemodel import FAILURES
from assistant.mask import Mask
from assistant.mentions import words
from assistant.meter import milliseconds_since
from assistant.pace import Pace
from assistant.phrases import Phrases
from assistant.pipeline import Pipeline, Trace
from assistant.question import QUESTION_LIMIT, Question
from assistant.reading import Vocabulary, vocabularies
from assistant.shipped import shipped
from assistant.state import Emit, EventKind
from ingest.fold import strip_controls

PROMPT: Final = "rewrite.v1"
MAX_TOKENS: Final = 150
_MOST: Final = 3
_LONG: Final = 15
_OPEN: Final[frozenset[Status]] = frozenset({"clarify", "unanswerable"})
_LOG = logging.getLogger("sanad")

SCHEMA: Final[dict[str, Any]] = {
    "name": "questions",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            "questions": {"type": "array", "maxItems": _MOST, "items": {"type": "string"}}
        },
        "required": ["questions"],
        "additionalProperties": False,
    },
}


class Rephraser(Protocol):
    """Says the last message of a conversation again; `prompt` is id and hash of what it is told."""

    prompt: str

    def rephrased(self, question: Question) -> str:
        """One to three questions that stand alone; empty when there are none, or on failure."""
        ...


class ModelRephraser:
    """A rephraser that asks a language model, at a pace; its failures are logged and cost nothing.

    Identifiers go out as marks, as they do in what the composer sends.
    """

    def __init__(self, prompt: str, connect: Callable[[], Chain], pace: Pace) -> None:
        self.prompt = prompt
        self._connect = connect
        self._pace = pace
        self._small = vocabularies(shipped("rewrite.yaml"))

    def rephrased(self, question: Question) -> str:
        """See `Rephraser`."""
        mask = Mask()
        turns = [*((turn.role, turn.content) for turn in question.history)]
        turns.append(("user", question.question))
        inputs = {
            "mark": f"<<{secrets.token_hex(4)}>>",
            "conversation": "\n".join(
                json.dumps({role: mask.hide_asked(text)}, ensure_ascii=False)
                for role, text in turns
            ),
        }
        written: object = None
        try:
            with closing(self._pace.follow(lambda: self._connect().stream(inputs))) as stream:
                for piece in stream:
                    written = piece.answer
        except FAILURES as error:
            _LOG.warning("no question was said again: %s", type(error).__name__)
            return ""
        said = mask.show(" ".join(_questions(written)))
        return said if _is_made_of(said, [text for _, text in turns], self._small) else ""


class Rereading:
    """A pipeline that answers what its rules left open once more, said again by a rephraser.

    Only a message with something before it, or a long one, can be said better than it is. Only
    when the second reading ends in an answer does it count, and a notice shows the question.
    """

    def __init__(self, pipeline: Pipeline, rephraser: Rephraser, phrases: Phrases) -> None:
        self._pipeline = pipeline
        self._rephraser = rephraser
        self._phrases = phrases

    def run(self, question: Question, emit: Emit) -> Trace:
        """As `Pipeline.run`."""
        heard = _Hearing(emit)
        first = self._pipeline.run(question, heard)
        if heard.told or first.answer.status not in _OPEN or not _can_gain(question):
            return heard.out(first)
        started = perf_counter()
        said = self._rephraser.rephrased(question)
        if not said:
            return heard.out(first)
        spent, language = milliseconds_since(started), first.state.language
        alone = question.model_copy(update={"question": said, "history": (), "language": language})
        again = self._pipeline.run(alone, heard)
        if again.answer.status not in ANSWERING:
            return heard.out(first)
        notice = self._phrases.notice("rewritten", language, question=said)
        answer = again.answer.model_copy(
            update={
                "notices": (notice, *again.answer.notices),
                "timings_ms": _summed(first, again, spent),
            }
        )
        return replace(again, answer=answer)


class _Hearing:
    """Passes on what is told but for citations of nothing, which a second reading may replace."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._nothing: object = None
        self.told = False

    def __call__(self, kind: EventKind, payload: object) -> None:
        if kind == "citations" and not payload:
            self._nothing = payload
            return
        self.told = self.told or kind != "status"
        self._emit(kind, payload)

    def out(self, trace: Trace) -> Trace:
        """The reading that stays, once what was kept back of it is told."""
        if self._nothing is not None and not self.told:
            self._emit("citations", self._nothing)
        return trace


def _can_gain(question: Question) -> bool:
    return bool(question.history) or len(question.question.split()) > _LONG


def _summed(first: Trace, again: Trace, spent: float) -> dict[str, float]:
    """What each step took both times, and what lay between."""
    times = {"reread": spent}
    for trace in (first, again):
        for name, milliseconds in trace.answer.timings_ms.items():
            times[name] = round(times.get(name, 0.0) + milliseconds, 1)
    times["total"] = round(times["total"] + spent, 1)
    return times


def _questions(written: object) -> list[str]:
    """The questions of a JSON answer; whatever breaks the schema is none."""
    found = written.get("questions") if isinstance(written, dict) else None
    texts = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
    asked = (" ".join(strip_controls(text).split()).rstrip(" ?؟.") for text in texts[:_MOST])
    return [f"{text} ?" for text in asked if text]


def _is_made_of(said: str, turns: Sequence[str], small: Sequence[Vocabulary]) -> bool:
    """Whether all that it names stands in the conversation, and it is no longer than allowed."""
    known = {form for turn in turns for word in words(turn) for form in word.forms}
    return len(said) <= QUESTION_LIMIT and all(
        not known.isdisjoint(word.forms) or any(one.is_small(word) for one in small)
        for word in words(said)
    )
