"""Asking again: what the documents could not answer is asked of each new generation, by itself.

A gap that is answered closes. A question that waits for an office is shown what was found, behind
its ticket, and goes on waiting: whether that is all that was asked, a person decides.
"""

import logging
import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread, get_native_id
from typing import TypeVar, get_args

from api.generations import Serving
from api.masking import masked_answer
from api.memory import audit, gaps, handoffs, leases
from api.memory.database import Database
from assistant.answer import Answer, Status
from assistant.assistant import Assistant
from assistant.question import Language, Profile, Question
from ingest.errors import (
    DatabaseDownError,
    DatabaseOutdatedError,
    SanadError,
    StorageError,
)

ANSWERED: frozenset[Status] = frozenset({"answered", "conflict"})
"""Statuses that close a gap; a part of an answer leaves the rest of the question open."""

LEASE = "reask"
_ACTOR = "system"
_LASTS = timedelta(minutes=1)
_TOGETHER = 20
"""Questions between two looks at the lease: a worker that dies holds the others up for a minute."""

_FIRST, _LATER, _IDLE = 5.0, 60.0, 3_600.0
"""Seconds until the first look, after another worker or a database that was away, and else."""

_T = TypeVar("_T")
_LOG = logging.getLogger("sanad")
_AWAY = (DatabaseDownError, DatabaseOutdatedError, StorageError)


@dataclass(frozen=True, slots=True)
class Asked:
    """How many questions were asked again, and what came of it.

    `finished` is False when another worker is at it, or the end came before the last question.
    """

    gaps: int = 0
    closed: int = 0
    handoffs: int = 0
    found: int = 0
    finished: bool = True


class Reasking:
    """Asks again what is open whenever another generation answers, in a thread of its own.

    One question at a time, so that people who ask do not wait for it. Of several workers on one
    database, one does it; every question is asked once of a generation, whatever is interrupted.
    """

    def __init__(self, database: Database, serving: Serving) -> None:
        self._database = database
        self._serving = serving
        self._over = Event()
        self._wake = Event()
        self._thread = Thread(target=self._run, name="reask", daemon=True)

    def start(self) -> None:
        """Begin, soon after the start: the generation may have changed while nobody served."""
        self._serving.swapped = self._wake.set
        self._thread.start()

    def close(self) -> None:
        """Stop behind the question that is being asked; the rest is asked another time."""
        self._over.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(2.0)

    def once(self) -> Asked:
        """Ask all that is open of the generation that answers now.

        Raises DatabaseDownError, DatabaseOutdatedError, StorageError.
        """
        holder = f"{platform.node()}:{os.getpid()}:{get_native_id()}"
        with self._database.session() as session:
            now = datetime.now(UTC)
            if not leases.take(session, LEASE, holder=holder, until=now + _LASTS, now=now):
                return Asked(finished=False)
        total = Asked()
        try:
            while (asked := self._batch()) != Asked():
                total = _sum(total, asked)
                if self._over.is_set() or not self._renew(holder):
                    return replace(total, finished=False)
        finally:
            with self._database.session() as session:
                leases.end(session, LEASE, holder=holder)
        return total

    def _renew(self, holder: str) -> bool:
        with self._database.session() as session:
            return leases.renew(session, LEASE, holder=holder, until=datetime.now(UTC) + _LASTS)

    def _batch(self) -> Asked:
        """Some of the open questions, within one generation; none once all have been asked."""
        with self._serving.lease() as sanad:
            name = sanad.generation.name
            with self._database.session(readonly=True) as session:
                open_gaps = gaps.unasked(session, name, limit=_TOGETHER)
                waiting = handoffs.unasked(session, name, limit=_TOGETHER)
            closed = [self._gap(sanad, gap) for gap in self._until_over(open_gaps)]
            found = [self._handoff(sanad, one) for one in self._until_over(waiting)]
        return Asked(len(closed), sum(closed), len(found), sum(found))

    def _until_over(self, records: Iterable[_T]) -> Iterator[_T]:
        for record in records:
            if self._over.is_set():
                return
            yield record

    def _gap(self, sanad: Assistant, gap: gaps.Gap) -> bool:
        """Whether the generation closes it; one that can no longer be asked stays as it was."""
        answer = _answer(sanad, gap.question, gap.language, gap.region)
        now = datetime.now(UTC)
        closes = answer is not None and answer.status in ANSWERED
        with self._database.session() as session:
            gaps.asked_again(
                session,
                gap,
                status=answer.status if answer else gap.status,
                reason=answer.reason if answer else gap.reason,
                generation=sanad.generation.name,
                answered=now if closes else None,
                answer_id=answer.id if answer and closes else None,
            )
            if answer and closes:
                audit.append_answer(
                    session, answer, actor=_ACTOR, action="gap.closed", now=now, detail=gap.id
                )
        return closes

    def _handoff(self, sanad: Assistant, one: handoffs.Handoff) -> bool:
        answer = _answer(sanad, one.question, one.language, one.region)
        now = datetime.now(UTC)
        found = answer is not None and answer.status in ANSWERED
        with self._database.session() as session:
            handoffs.asked_again(
                session,
                one.id,
                generation=sanad.generation.name,
                found=masked_answer(answer) if answer and found else None,
                found_at=now if found else None,
            )
            if answer and found:
                audit.append_answer(
                    session, answer, actor=_ACTOR, action="handoff.found", now=now, detail=one.id
                )
        return found

    def _run(self) -> None:
        pause = _FIRST
        while not self._over.is_set():
            self._wake.wait(pause)
            self._wake.clear()
            if not self._over.is_set():
                pause = self._look()

    def _look(self) -> float:
        """Ask again; gives the seconds until it is worth another look."""
        try:
            asked = self.once()
        except _AWAY as error:
            _LOG.warning("open questions are asked again later: %s", error.for_operator)
            return _LATER
        if asked.gaps or asked.handoffs:
            _LOG.info(
                "asked again: %d gaps, %d of them closed; %d hand-offs, an answer found for %d",
                *(asked.gaps, asked.closed, asked.handoffs, asked.found),
            )
        return _IDLE if asked.finished else _LATER


def _answer(
    sanad: Assistant, question: str, language: str | None, region: str | None
) -> Answer | None:
    """What Sanad says now; None for a question that cannot be asked any more."""
    told = next((one for one in get_args(Language) if one == language), None)
    profile = Profile(region=region[:100]) if region else None
    try:
        return sanad.ask(Question(question=question, language=told, profile=profile))
    except SanadError as error:
        _LOG.warning("a question cannot be asked again: %s", error.code)
        return None


def _sum(first: Asked, second: Asked) -> Asked:
    return Asked(
        first.gaps + second.gaps,
        first.closed + second.closed,
        first.handoffs + second.handoffs,
        first.found + second.found,
    )
