"""Which of two answers is better, said by people who do not know whose they are.

Verdicts are lines of one file that only grows: what somebody thought stays, and whoever grades a
pair again adds what they think now. The last line of a grader on a pair counts.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock

from evals.jsonl import read_jsonl
from evals.labels import Row, blind
from evals.record import Record
from evals.score import Result
from evals.statistics import mcnemar_exact
from ingest.errors import StorageError

Choice = Literal["left", "right", "both", "neither"]
Side = Literal["first", "second", "both", "neither"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question, as a grader sees them; `swapped` says that `left` is the
    second run's, and is not theirs to know.
    """

    left: Row
    right: Row
    swapped: bool

    @property
    def id(self) -> str:
        """That of the question."""
        return self.left.id


class Verdict(Record):
    """What one person thought of one pair: which run's answer is the better one."""

    first: str
    second: str
    question: str
    better: Side
    note: str = ""
    grader: str
    at: datetime


class Tally(Record):
    """What people thought of two runs; `p` is the exact McNemar test over those with a winner."""

    first: int
    second: int
    both: int
    neither: int
    graders: int
    p: float


def pairs(
    first: Sequence[Result], second: Sequence[Result], names: tuple[str, str]
) -> tuple[Pair, ...]:
    """The pairs whose answers differ, in an order, and with sides, that tell nothing of the runs.

    Both hold the same questions, see `evals.compare.require_same_questions`.
    """
    rows = {row.id: row for row in blind(second, len(second))}
    return tuple(
        _pair(row, rows[row.id], names)
        for row in blind(first, len(first))
        if _said(row) != _said(rows[row.id])
    )


def side(pair: Pair, choice: Choice) -> Side:
    """Whose answer was chosen."""
    if choice in {"both", "neither"}:
        return "both" if choice == "both" else "neither"
    return "second" if (choice == "left") == pair.swapped else "first"


def keep(path: Path, verdict: Verdict) -> None:
    """Add a verdict; it is on the disk when this returns. Raises StorageError."""
    line = f"{verdict.model_dump_json()}\n".encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=5), path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:  # a lock that is not given in time is one too
        raise StorageError(
            "The verdict could not be written. Make room, or make the folder of the runs writable."
        ) from error


def verdicts(path: Path) -> tuple[Verdict, ...]:
    """All of them in order; none where nobody has graded. Raises DatasetError naming the line."""
    return tuple(row for _, row in read_jsonl(path, Verdict)) if path.is_file() else ()


def about(verdicts: Iterable[Verdict], first: str, second: str) -> tuple[Verdict, ...]:
    """Those about two runs, as if all had named them in this order; the last of each grader."""
    latest: dict[tuple[str, str], Verdict] = {}
    for one in verdicts:
        if (one.first, one.second) == (first, second):
            latest[one.grader, one.question] = one
        elif (one.first, one.second) == (second, first):
            latest[one.grader, one.question] = one.model_copy(
                update={"first": first, "second": second, "better": _TURNED[one.better]}
            )
    return tuple(latest.values())


def tally(verdicts: Sequence[Verdict]) -> Tally:
    """What these say together."""
    counts = Counter(one.better for one in verdicts)
    return Tally(
        first=counts["first"],
        second=counts["second"],
        both=counts["both"],
        neither=counts["neither"],
        graders=len({one.grader for one in verdicts}),
        p=mcnemar_exact(counts["second"], counts["first"]),
    )


_TURNED: dict[Side, Side] = {
    "first": "second", "second": "first", "both": "both", "neither": "neither",
}  # fmt: skip


def _pair(first: Row, second: Row, names: tuple[str, str]) -> Pair:
    """Sides by a hash of the question and of the names in their order: the same whoever asks, in
    whichever order.
    """
    low, _high = sorted(names)
    drawn = hashlib.sha256("\n".join((*sorted(names), first.id)).encode()).digest()[0] % 2 == 1
    swapped = drawn != (low == names[0])
    left, right = (second, first) if swapped else (first, second)
    return Pair(left, right, swapped)


def _said(row: Row) -> tuple[str, str]:
    return row.answer, row.quotes
