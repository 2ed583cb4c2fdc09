"""Running heads: the lines that a printed page repeats at its top and bottom."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.fold import fold
from ingest.lawheading import law_heading
from ingest.segment import is_row

_Form = tuple[str, ...]


def running_lines(lines: Sequence[str], pages: Sequence[int]) -> frozenset[int]:
    """The places, from 0, of the lines that come back at the edge of at least three pages near each
    other, or of both when there are two; `pages` holds the place at which each page begins.

    Two lines are the same when their words are and their numbers are, but for one that runs with
    the pages: so «Page 3/12» comes back and «Loi 91-14», at the top of one page, is not «Loi 15-09»
    at the top of another. A head without page number stays on the first page, whose title it may
    be. Headings of articles and rows of a table never go.
    """
    inside = [[at for at in page if lines[at]] for page in _spans(len(lines), pages)]
    found: set[int] = set()
    for _ in range(_DEPTH):
        again = dict((*_returning(lines, inside, 0), *_returning(lines, inside, -1)))
        if not again:
            break
        found |= {at for at, is_title in again.items() if not is_title}
        inside = [[at for at in page if at not in again] for page in inside]
    return frozenset(found)


_DEPTH = 6
"""Lines: a head or foot is not taller."""

_LEAST_PAGES = 3
_NEAR = 2
"""Pages: left and right ones may have each their own head."""


def _spans(count: int, pages: Sequence[int]) -> Iterator[range]:
    """The places of the lines of each page."""
    for start, end in pairwise((*pages, count)):
        yield range(start, end)


def _returning(
    lines: Sequence[str], inside: Sequence[list[int]], side: int
) -> Iterator[tuple[int, bool]]:
    """The outermost lines of one side that come back, and whether each may be the title."""
    places: dict[_Form, dict[int, int]] = defaultdict(dict)
    for number, page in enumerate(inside):
        if page and not _stays(lines, page[side]):
            for form in _forms(lines[page[side]], number):
                places[form][number] = page[side]
    for form, held in places.items():
        for number in _near(sorted(held), len(inside)):
            yield held[number], number == 0 and side == 0 and _RUNNING not in form


def _stays(lines: Sequence[str], at: int) -> bool:
    """Whether a line heads an article or belongs to a table of several lines."""
    beside = (*lines[max(0, at - 1) : at], *lines[at + 1 : at + 2])
    in_table = is_row(lines[at]) and any(is_row(line) for line in beside)
    return in_table or law_heading(lines[at].lstrip("# ")) is not None


def _forms(line: str, page: int) -> Iterator[_Form]:
    """What a line has in common with those of other pages: all its words and numbers, or all but
    one number and how far that one is from the number of the page.
    """
    parts = re.split(r"(\d+)", fold(line).strip("# "))
    yield tuple(parts)
    for at in range(1, len(parts), 2):
        if len(parts[at]) <= _PAGE_DIGITS:
            distance = str(int(parts[at]) - page)
            yield (_RUNNING, *parts[:at], distance, *parts[at + 1 :])


_RUNNING = "\0"
_PAGE_DIGITS = 5


def _near(pages: Sequence[int], count: int) -> Iterator[int]:
    """Those of the pages, in order, that are at least three near each other, or both of two."""
    run: list[int] = []
    for page in (*pages, None):
        if page is not None and run and page - run[-1] <= _NEAR:
            run.append(page)
            continue
        if len(run) >= min(_LEAST_PAGES, max(count, 2)):
            yield from run
        run = [] if page is None else [page]
