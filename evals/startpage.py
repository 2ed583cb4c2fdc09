"""The page about how soon Sanad answers after its command, and in what memory: `docs/start.md`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.runfolder import Environment
from evals.startspeed import Figure
from evals.table import markdown

_WANTED: Final[Mapping[str, str]] = {
    "sanad ask": "at most 1.5 s",
    "sanad serve, first answer": "at most 2 s",
    "sanad serve, resident": "at most 450 MB",
}
_HEAD = """# Start and memory

Written by `make bench-start`; what is edited here is lost.

Each command in processes of its own, by turns, without a language model, with files that the
system has in memory already: median (least to most), n {n}. `·` are the parts of `sanad ask`. A
server is measured until its first answer is out, its memory after it: *resident* counts all that
its processes hold, *proportional* what several of them share once (Linux: RSS and PSS).
"""


@dataclass(frozen=True, slots=True)
class Started:
    """What was measured over an index of so many documents and sentences."""

    documents: int
    sentences: int
    figures: tuple[Figure, ...]


def page(started: Sequence[Started], where: Environment, *, day: str, commit: str | None) -> str:
    """The page: a row for each figure, a column for each index, and where it was measured."""
    header = [
        "",
        "wanted",
        *(f"{one.documents:,} documents, {one.sentences:,} sentences" for one in started),
    ]
    rows = [
        [row[0].name, _WANTED.get(row[0].name, ""), *map(_cell, row)]
        for row in zip(*(one.figures for one in started), strict=True)
    ]
    place = f"{day}, commit {commit or 'unknown'}, {where.machine}, Python {where.python}."
    parts = [
        _HEAD.format(n=len(started[0].figures[0].values)),
        markdown(header, rows),
        "## Where it was measured",
        place,
    ]
    return "\n".join(f"{part.strip(chr(10))}\n" for part in parts)


def _cell(figure: Figure) -> str:
    digits = 2 if figure.unit == "s" else 0
    least, most = (f"{end(figure.values):.{digits}f}" for end in (min, max))
    return f"{figure.median:.{digits}f} {figure.unit} ({least} to {most})"
