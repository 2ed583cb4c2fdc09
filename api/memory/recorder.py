"""Recording answers behind them: nobody waits for the database to be answered.

An answer that was given is a fact already; whether its record is kept must not decide about it. So
records wait here, in bounds, for one thread that writes them and tries again while the database is
away. What somebody was told is kept (feedback, hand-offs) never comes this way.
"""

import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from threading import Condition, Thread
from time import sleep
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from api.masking import masked_answer
from api.memory import audit, conversations, gaps
from api.memory.database import Database, Session
from assistant.answer import Answer, Status
from assistant.identifiers import mask_identifiers
from assistant.question import Question
from ingest.errors import (
    DatabaseDownError,
    DatabaseOutdatedError,
    InputError,
    RecordMissingError,
    StorageError,
)
from ingest.fold import strip_controls

if TYPE_CHECKING:
    from api.access.caller import Caller

GAPS: frozenset[Status] = frozenset({"partial", "unanswerable", "out_of_scope"})
"""Statuses after which somebody may want to write a document."""

_TOGETHER = 100
"""Answers that are written in one transaction, which costs one wait for the disk."""

_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts while the database is away; the last one from then on."""

_LOG = logging.getLogger("sanad")


@dataclass(frozen=True, slots=True)
class _Given:
    question: Question
    answer: Answer
    actor: str
    in_person: bool
    conversation: str | None
    at: datetime


class Recorder:
    """Takes answers and writes them to `database`; at most `limit` of them wait.

    Further ones are dropped and counted in `dropped`. If the connection is lost while the database
    confirms, the answers of that moment may be recorded twice; none is lost.
    """

    def __init__(self, database: Database, *, limit: int = 10_000) -> None:
        self.dropped = 0
        self._database = database
        self._limit = limit
        self._waiting: deque[_Given] = deque()
        self._changed = Condition()
        self._closing = False
        self._writer: Thread | None = None

    @property
    def waiting(self) -> int:
        """How many answers are not written yet."""
        return len(self._waiting)

    def answered(
        self,
        question: Question,
        answer: Answer,
        caller: "Caller",
        conversation: str | None = None,
    ) -> None:
        """Have an answer recorded; returns at once, whatever the state of the database.

        `conversation` is the token of one that is kept by consent; without it what was said is not
        kept, only that and how it was answered. What staff ask from their desk is no gap: it was
        somebody else's question, which has been counted.
        """
        in_person = caller.kind == "user"
        given = _Given(question, answer, caller.actor, in_person, conversation, datetime.now(UTC))
        with self._changed:
            if self._closing or len(self._waiting) >= self._limit:
                self.dropped += 1
                return
            self._waiting.append(given)
            if self._writer is None:
                self._writer = Thread(target=self._write, name="recorder", daemon=True)
                self._writer.start()
            self._changed.notify()

    def close(self, within: float = 5.0) -> None:
        """Take no more, and write what waits; what is not written in so many seconds is dropped."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._writer is not None:
            self._writer.join(within)
        with self._changed:
            left = len(self._waiting)
            self.dropped += left
            self._waiting.clear()
        if left:
            _LOG.error("%d answers could not be recorded before the end", left)

    def _write(self) -> None:
        failures = 0
        while batch := self._next():
            try:
                self._keep(batch)
            except (DatabaseDownError, DatabaseOutdatedError, StorageError) as error:
                if failures == 0:
                    _LOG.warning("answers wait to be recorded: %s", error.for_operator)
                self._pause(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1
                continue
            if failures:
                _LOG.warning("answers are recorded again")
            failures = 0
            self._done(len(batch))

    def _next(self) -> tuple[_Given, ...]:
        """The answers to write next, which stay among those that wait; none when it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            return tuple(islice(self._waiting, _TOGETHER))

    def _done(self, count: int) -> None:
        with self._changed:
            for _ in range(min(count, len(self._waiting))):
                self._waiting.popleft()

    def _pause(self, seconds: float) -> None:
        """Wait for the database to come back, or for somebody to close, who waits for us."""
        if self._closing:
            sleep(_PAUSES[0])
            return
        with self._changed:
            self._changed.wait_for(lambda: self._closing, seconds)

    def _keep(self, batch: tuple[_Given, ...]) -> None:
        try:
            with self._database.session() as session:
                for given in batch:
                    _record(session, given)
        except (InputError, SQLAlchemyError) as error:
            if len(batch) > 1:
                for given in batch:
                    self._keep((given,))
                return
            self.dropped += 1
            _LOG.error("an answer cannot be recorded (%s)", type(error).__name__)


def _record(session: Session, given: _Given) -> None:
    question, answer = given.question, given.answer
    audit.append_answer(session, answer, actor=given.actor, action="answered", now=given.at)
    is_gap = answer.status in GAPS and not given.in_person
    if not is_gap and not given.conversation:
        return
    asked = _masked(question.question)
    if is_gap:
        region = question.profile.region if question.profile else None
        gaps.note(
            session,
            question=asked,
            language=answer.language,
            region=region and (_masked(region) or None),
            status=answer.status,
            reason=answer.reason,
            generation=answer.engine.generation,
            now=given.at,
        )
    if given.conversation:
        _turn(session, given.conversation, asked, answer, given.at)


def _masked(text: str) -> str:
    """Without identifiers, and without what no reader sees: PostgreSQL would refuse a NUL, and the
    entry of the audit log with it.
    """
    return mask_identifiers(strip_controls(text)).text


def _turn(session: Session, token: str, asked: str, answer: Answer, at: datetime) -> None:
    try:
        conversations.append(session, token, question=asked, answer=masked_answer(answer), now=at)
    except RecordMissingError:
        _LOG.info("a turn was not kept: its conversation is not kept any more")
