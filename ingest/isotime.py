"""Isotime: a day, or a time as exact as it is known, in the form in which documents carry it."""

import re
from datetime import date


def is_day(text: str) -> bool:
    """Whether it is `2026-03-31`, a day that there is."""
    return len(text) == _DAY and is_time(text)


def is_time(text: str) -> bool:
    """Whether it is a day, a month (`2026-03`) or a year (`2026`) that there is."""
    return first_day(text) is not None


def first_day(text: str) -> date | None:
    """The day, or the first one of a month or a year; None for what is no time that there is."""
    if not _FORM.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text + "0000-01-01"[len(text) :])
    except ValueError:
        return None


_FORM = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)
_DAY = len("2026-03-31")
