"""Answers given before: a question that is asked again is not worked on again."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock
from time import perf_counter
from typing import Protocol
from uuid import uuid4

from assistant.answer import ANSWERING, Answer
from assistant.meter import milliseconds_since
from assistant.question import Question
from assistant.state import Emit, ignore, today

Key = tuple[str, date]


class Answering(Protocol):
    """Who is asked, see `assistant.assistant.Assistant`."""

    def ask(self, question: Question, emit: Emit = ...) -> Answer:
        """Answer one question."""
        ...


class AnswerCache:
    """The answers of one assistant, the `size` that were asked for last; 0 remembers none.

    An opened assistant never changes: generation, models and settings are its own until it is
    closed, and the cache goes with it, so that nothing is ever stale. What is left to depend on is
    the whole question (words, language, history, profile and day asked about) and, for one that
    names no day, today. Only the hash of a question is kept: nobody's words stay in memory, and
    long histories take no room. Safe to share between threads.
    """

    def __init__(self, assistant: Answering, size: int, day: Callable[[], date] = today) -> None:
        self._assistant = assistant
        self._size = size
        self._day = day
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = Lock()

    def known(self, question: Question) -> Answer | None:
        """The answer given before, with an id of its own and the time that finding it took."""
        started = perf_counter()
        key = self._key(question)
        with self._lock:
            answer = self._answers.get(key)
            if answer is None:
                return None
            self._answers.move_to_end(key)
        spent = milliseconds_since(started)
        return answer.model_copy(
            update={"id": str(uuid4()), "timings_ms": {"cached": spent, "total": spent}}
        )

    def ask(self, question: Question, emit: Emit = ignore) -> Answer:
        """Have the question answered, and remember the answer; raises InputError.

        What a language model failed at is asked of it again the next time.
        """
        key = self._key(question)
        answer = self._assistant.ask(question, emit)
        if answer.engine.model is None or answer.engine.composer == "llm":
            self._remember(key, answer)
        return answer

    def _remember(self, key: Key, answer: Answer) -> None:
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)

    def _key(self, question: Question) -> Key:
        digest = hashlib.sha256(question.model_dump_json().encode()).hexdigest()
        return digest, question.as_of or self._day()


def retell(answer: Answer, emit: Emit) -> None:
    """Emit what the steps emit while they make an answer."""
    emit("status", {"stage": "cached"})
    if answer.status in ANSWERING:
        emit("citations", answer.citations)
        for sentence in answer.sentences:
            emit("sentence", sentence)
