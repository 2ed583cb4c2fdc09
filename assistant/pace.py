"""Pace: how long somebody who writes may take, until the first word, between words, and in all."""

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Any, TypeVar

from ingest.errors import LanguageModelError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits in seconds; `total` also counts what whoever reads takes between two words."""

    total: float
    first: float
    stall: float

    def follow(self, write: Callable[[], Generator[_T]]) -> Generator[_T]:
        """What `write` gives, while it keeps the pace; raises LanguageModelError when it does not.

        It is written in a thread of its own: a socket's time limit starts anew with each byte, so
        a server that sends one now and then would outlast any, and the start of a local model is
        no read at all. Whoever is too late, or read no further, is closed at the next word.
        """
        deadline = monotonic() + self.total
        with _writing(write) as words:
            limit, patience = "FIRST", self.first
            while True:
                left = deadline - monotonic()
                if left < patience:
                    limit, patience = "TIMEOUT", left
                word = _next(words, patience)
                if word is None:
                    raise self._late(limit)
                if isinstance(word, _End):
                    if word.error:
                        raise word.error
                    return
                yield word
                limit, patience = "STALL", self.stall

    def _late(self, limit: str) -> LanguageModelError:
        told = {
            "FIRST": f"gave no first word within {self.first:g} s",
            "STALL": f"fell silent for {self.stall:g} s",
            "TIMEOUT": f"took more than {self.total:g} s",
        }
        return LanguageModelError(
            f"it {told[limit]}; allow more with SANAD_LLM_{limit}, or choose a smaller model."
        )


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


@dataclass(frozen=True, slots=True)
class _Telling:
    """Puts the end behind the words, with what was raised if anything was, for whoever reads."""

    words: "SimpleQueue[Any]"

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self.words.put(_End(error))
        return True


def _next(words: "SimpleQueue[_T | _End]", patience: float) -> "_T | _End | None":
    """The next word, None if there is none in time; without time, not even one that is ready."""
    try:
        return words.get(timeout=patience) if patience > 0 else None
    except Empty:
        return None


@contextmanager
def _writing(write: Callable[[], Generator[_T]]) -> Generator["SimpleQueue[_T | _End]"]:
    words: SimpleQueue[_T | _End] = SimpleQueue()
    unheard = Event()

    def run() -> None:
        with _Telling(words), closing(write()) as written:
            for word in written:
                if unheard.is_set():
                    return
                words.put(word)

    Thread(target=run, name="drafts", daemon=True).start()
    try:
        yield words
    finally:
        unheard.set()
