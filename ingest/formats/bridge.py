"""Bridge: a sentence that runs over the end of a page stays one, whatever is printed between."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.formats.visual import is_rtl_text
from ingest.runninghead import running_lines
from ingest.segment import is_marked


def bridged(lines: Sequence[str], pages: Sequence[int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The lines of a text without the blank ones inside a sentence that goes on overleaf.

    `pages` holds the line on which each page begins, and so does what comes back. Heads and feet
    of the pages stay in: cleaning takes them out and says so, and then nothing parts the sentence.
    """
    running = running_lines(lines, pages)
    dropped: set[int] = set()
    for start, end in pairwise((*pages, len(lines))):
        if not start:
            continue
        above = next((at for at in range(start - 1, -1, -1) if _is_text(lines, at, running)), None)
        below = next((at for at in range(start, end) if _is_text(lines, at, running)), None)
        if above is not None and below is not None and _goes_on(lines[above], lines[below]):
            dropped.update(at for at in range(above, below) if not lines[at])
    kept = [at for at in range(len(lines)) if at not in dropped]
    return (
        tuple(lines[at] for at in kept),
        tuple(page - sum(1 for at in dropped if at < page) for page in pages),
    )


def _is_text(lines: Sequence[str], at: int, running: frozenset[int]) -> bool:
    return bool(lines[at]) and at not in running


_FULL = 45
"""Characters: a shorter line was ended by its writer."""
_ENDED = re.compile(r"[.!?؟:;؛…][\"'»”’)\]]*$")


def _goes_on(above: str, below: str) -> bool:
    """Whether a line may be inside the sentence of the one above; Arabic has no small letters."""
    if len(above) < _FULL or _ENDED.search(above) or _is_apart(above) or _is_apart(below):
        return False
    return below[0].islower() or (is_rtl_text(below[0]) and is_rtl_text(above))


def _is_apart(line: str) -> bool:
    return line.startswith("#") or is_marked(line)
