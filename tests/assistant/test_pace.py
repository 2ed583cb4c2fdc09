"""Whoever writes too slowly is not waited for, and is told to stop."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import count
from threading import Event

import pytest

from assistant.pace import Pace
from ingest.errors import LanguageModelError

AMPLE, SHORT = 60.0, 0.05
EASY = Pace(total=AMPLE, first=AMPLE, stall=AMPLE)


class Writer:
    """Gives numbers; waits before one of them until it is let go, and tells when it was closed."""

    def __init__(self, numbers: Iterator[int], silent_before: int | None = None) -> None:
        self._numbers = numbers
        self._silent_before = silent_before
        self.may_go_on = Event()
        self.closed = Event()

    def write(self) -> Generator[int]:
        try:
            for number in self._numbers:
                if number == self._silent_before:
                    self.may_go_on.wait(AMPLE)
                yield number
        finally:
            self.closed.set()


def test_what_is_written_in_time_is_read_in_order() -> None:
    writer = Writer(iter(range(1000)))
    assert list(EASY.follow(writer.write)) == list(range(1000))
    assert writer.closed.is_set()


@pytest.mark.parametrize(
    ("pace", "silent_before", "read", "setting"),
    [
        (Pace(total=AMPLE, first=SHORT, stall=AMPLE), 0, 0, "SANAD_LLM_FIRST"),
        (Pace(total=AMPLE, first=AMPLE, stall=SHORT), 3, 3, "SANAD_LLM_STALL"),
        (Pace(total=SHORT, first=AMPLE, stall=AMPLE), 0, 0, "SANAD_LLM_TIMEOUT"),
        (Pace(total=SHORT, first=SHORT * 9, stall=AMPLE), 0, 0, "SANAD_LLM_TIMEOUT"),
    ],
)
def test_silence_is_not_waited_for(pace: Pace, silent_before: int, read: int, setting: str) -> None:
    writer = Writer(iter(range(9)), silent_before)
    words: list[int] = []
    with pytest.raises(LanguageModelError, match=setting):
        words.extend(pace.follow(writer.write))
    writer.may_go_on.set()
    assert writer.closed.wait(AMPLE)
    assert len(words) <= read


def test_one_who_never_ends_is_left_though_no_word_is_late() -> None:
    writer = Writer(count())
    with pytest.raises(LanguageModelError, match="SANAD_LLM_TIMEOUT"):
        for _ in Pace(total=SHORT, first=AMPLE, stall=AMPLE).follow(writer.write):
            pass
    assert writer.closed.wait(AMPLE)


def test_who_reads_no_further_has_the_writer_closed() -> None:
    writer = Writer(count())
    with closing(EASY.follow(writer.write)) as words:
        assert next(words) == 0
    assert writer.closed.wait(AMPLE)


@pytest.mark.parametrize("error", [LanguageModelError("gone"), KeyError("a bug")])
def test_what_the_writer_raises_is_raised_to_the_reader(error: Exception) -> None:
    def write() -> Generator[int]:
        yield 1
        raise error

    words: list[int] = []
    with pytest.raises(type(error)) as caught:
        words.extend(EASY.follow(write))
    assert caught.value is error


def test_a_writer_that_cannot_begin_is_an_error_too() -> None:
    def refuse() -> Generator[int]:
        raise LanguageModelError("no model")

    write: Callable[[], Generator[int]] = refuse
    with pytest.raises(LanguageModelError, match="no model"):
        next(EASY.follow(write))
