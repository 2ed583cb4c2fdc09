"""Days and times that there are."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.isotime import is_day, is_time


@pytest.mark.parametrize("time", ["2026", "2026-03", "2026-03-31", "2024-02-29"])
def test_times_as_exact_as_they_are_known(time: str) -> None:
    assert is_time(time)
    assert is_day(time) is (len(time) == 10)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-02-30", "2026-3-1", "0000", "26", "٢٠٢٦", "2026-03-31T10:00"]
)
def test_what_is_no_time(text: str) -> None:
    assert not is_time(text)


@given(st.dates())
def test_every_day_is_one_and_so_are_its_month_and_year(day: date) -> None:
    text = day.isoformat()
    assert is_day(text)
    assert all(is_time(text[:size]) for size in (4, 7))
