"""Standing: whether a text still holds on the day asked about, and who may see one that does not.

The words of a repealed law are as convincing as those of the law that replaced it. So they answer
only whoever asks about the past or names that very text; and the answer says so in its first line.
"""

import re
from datetime import date

from assistant.state import State
from index.store import StoredSentence
from ingest.document import PAST, Statement
from ingest.figures import find_figures
from ingest.fold import fold
from ingest.lawnumber import numbers_named

FIRST_LINES = frozenset({"repealed", "replaced", "expired", "superseded", "until"})
"""The kinds of notice that stand above an answer and not only below it."""


def has_ended(last: str | None, day: date) -> bool:
    """Whether the last day on which something holds, in ISO form, is over on `day`."""
    return last is not None and last < day.isoformat()


def is_past(found: StoredSentence | Statement, day: date) -> bool:
    """Whether what it says was repealed, replaced, or has run out by that day."""
    return has_ended(found.valid_to, day) or found.status in PAST


class Standing:
    """What one question may be answered with, by the standing of the text."""

    def __init__(self, state: State) -> None:
        self._day = state.day
        self._wants_past = state.question.as_of is not None or _asks_about_past(
            f"{state.text} {state.standalone}", state.day
        )
        self._named = numbers_named(state.standalone)

    def admits(self, found: StoredSentence) -> bool:
        """Whether it may be quoted: it is in force, or asked for as what it is.

        A statement of a sheet is written with its time in its own words and always may.
        """
        if found.valid_from is not None and found.valid_from > self._day.isoformat():
            return False
        if found.anchor is not None or self._wants_past or not is_past(found, self._day):
            return True
        return bool(self._named & numbers_named(found.title))


_PAST = re.compile(
    r"(?<!\w)(?:ancien(?:ne)?s?|abroge\w*|autrefois|jadis|histori\w+|anterieur\w*|precedent\w*"
    r"|etai(?:t|ent)|former\w*|previous\w*|used to|was|were|repealed"
    r"|(?:ال)?سابق\w*|(?:ال)?قديم\w*|(?:ال)?منسوخ\w*|(?:ال)?ملغا\w*|كان|كانت|زمان"
    r"|9dim\w*|l9dim\w*|zman|bekri|kan|kant)(?!\w)"
)


def _asks_about_past(question: str, day: date) -> bool:
    if _PAST.search(fold(question)):
        return True
    years = (one.value[:4] for one in find_figures(question) if one.kind in {"date", "number"})
    return any(_YEAR.fullmatch(year) and int(year) < day.year for year in years)


_YEAR = re.compile(r"(?:19|20)\d\d")
