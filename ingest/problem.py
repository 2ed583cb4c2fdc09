"""A Problem: one thing wrong in the corpus, with the place to look at."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong at `file:line`, counted from 1; `file` is relative to the corpus folder.

    `rule` is a stable name that programs may switch on.
    """

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


def listing(problems: Iterable[Problem]) -> str:
    """The problems one a line, in the order of files and lines."""
    return "\n".join(str(problem) for problem in sorted(problems))
