"""Stopwatch: where the time of a long work goes, by stage."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

_Item = TypeVar("_Item")


class Stopwatch:
    """Seconds by stage, in the order in which the stages began; a stage may run many times.

    A stage that begins inside another stops the other's clock: no second is counted twice.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what runs inside to a stage."""
        self._charge()
        self._open.append(name)
        self.seconds.setdefault(name, 0.0)
        try:
            yield
        finally:
            self._charge()
            self._open.pop()

    def drawn(self, name: str, items: Iterable[_Item]) -> Iterator[_Item]:
        """The items as they come; the time they take to come is the stage's, not their use."""
        source = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(source)
                except StopIteration:
                    return
            yield item

    def _charge(self) -> None:
        now = perf_counter()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now
