from collections.abc import Iterator

import pytest

from ingest import stopwatch
from ingest.stopwatch import Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until its only value is changed."""
    now = [0.0]
    monkeypatch.setattr(stopwatch, "perf_counter", lambda: now[0])
    return now


def test_a_stage_inside_another_stops_its_clock(clock: list[float]) -> None:
    watch = Stopwatch()
    with watch.stage("outer"):
        clock[0] += 1
        with watch.stage("inner"):
            clock[0] += 10
        clock[0] += 2
    clock[0] += 100
    with watch.stage("inner"):
        clock[0] += 5
    assert watch.seconds == {"outer": 3, "inner": 15}


def test_only_the_coming_of_items_is_their_stage(clock: list[float]) -> None:
    def slowly() -> Iterator[str]:
        for word in ("quai", "رصيف"):
            clock[0] += 1
            yield word
        clock[0] += 1

    watch, seen = Stopwatch(), []
    for word in watch.drawn("coming", slowly()):
        clock[0] += 50
        seen.append(word)
    assert seen == ["quai", "رصيف"]
    assert watch.seconds == {"coming": 3}


def test_what_fails_is_timed_too(clock: list[float]) -> None:
    watch = Stopwatch()

    def fail() -> None:
        with watch.stage("failing"):
            clock[0] += 4
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert watch.seconds == {"failing": 4}
