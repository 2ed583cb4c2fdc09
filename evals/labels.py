"""People grade answers: the sheet that they get, how far two of them agree, and with the measures.

A sheet is blind: it tells neither system nor scores nor gold, and its order says nothing. What an
answer says about the model that wrote it is left out for the same reason.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from assistant.answer import Answer
from assistant.verify import HELD_BACK
from evals.gold import Gold
from evals.sample import sample
from evals.score import Result
from evals.statistics import SEED
from ingest.errors import DatasetError
from ingest.fold import fold
from ingest.spreadsheet import read_csv, write_csv

Criterion = Literal["supported", "complete", "right_language", "useful"]

SHOWN = ("id", "language", "question", "history", "answer", "quotes")
CRITERIA: tuple[Criterion, ...] = ("supported", "complete", "right_language", "useful")
COLUMNS = (*SHOWN, *CRITERIA, "grader", "note")

YES, NO = frozenset({"yes", "oui", "نعم", "1"}), frozenset({"no", "non", "لا", "0"})


class Row(NamedTuple):
    """One answer as a grader sees it: no more than the person who asked saw."""

    id: str
    language: str
    question: str
    history: str
    answer: str
    quotes: str


@dataclass(frozen=True, slots=True)
class Graded:
    """What one person says of one answer; a criterion that is not graded is not in `grades`.

    `line` is where the row begins in its file.
    """

    line: int
    question: str
    answer: str
    language: str
    grades: Mapping[Criterion, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Labels:
    """All that one person graded, by the id of the question."""

    path: Path
    grader: str
    rows: Mapping[str, Graded]


# The sheet


def blind(results: Sequence[Result], n: int, seed: int = SEED) -> tuple[Row, ...]:
    """`n` answers to grade, drawn as `evals.sample` does, in an order that only the seed knows.

    An error is a row without an answer: who asked got none.
    """
    items = tuple(result.item for result in results)
    drawn = {item.id for item in sample(Gold("", "", items), n, seed).items}
    chosen = [result for result in results if result.id in drawn]
    return tuple(_row(result) for result in sorted(chosen, key=lambda one: _place(one.id, seed)))


def sheet(rows: Iterable[Row]) -> str:
    """The rows as CSV, their grades left blank."""
    return write_csv(COLUMNS, ([*row, *[""] * (len(COLUMNS) - len(SHOWN))] for row in rows))


def _row(result: Result) -> Row:
    item, answer = result.item, result.answer
    return Row(
        id=item.id,
        language=item.language,
        question=item.question,
        history="\n".join(f"{turn.role}: {turn.content}" for turn in item.history),
        answer="\n".join(_said(answer)) if answer else "",
        quotes="\n".join(_quoted(answer)) if answer else "",
    )


def _said(answer: Answer) -> Iterator[str]:
    yield answer.text
    for conflict in answer.conflicts:
        yield f"≠ {conflict.subject}"
        for position in conflict.positions:
            yield f"· {position.value} {''.join(f'[{n}]' for n in position.citations)}"
    for notice in answer.notices:
        if notice.kind not in HELD_BACK:
            yield f"! {notice.text}"
    if answer.handoff:
        contacts = [contact.value for contact in answer.handoff.contacts]
        yield " ".join([f"→ {answer.handoff.body}. {answer.handoff.why}", *contacts])


def _quoted(answer: Answer) -> Iterator[str]:
    for citation in answer.citations:
        origin = (citation.title, citation.publisher, citation.source_date)
        yield f"[{citation.n}] {citation.quote} ({' · '.join(part for part in origin if part)})"


def _place(name: str, seed: int) -> str:
    return hashlib.sha256(f"order:{seed}:{name}".encode()).hexdigest()


# What comes back


def read_labels(path: Path) -> Labels:
    """Read a graded sheet; its grader need only be named once.

    Grades are yes or no in any of the languages, 1 or 0, or blank. Raises PathMissingError, or
    DatasetError naming file and line for a missing column, an unknown grade, a repeated or empty
    id, a second grader, and grades that nobody signs.
    """
    rows: dict[str, Graded] = {}
    graders: dict[str, tuple[str, int]] = {}
    for line, cells in read_csv(path, COLUMNS[:-1]):
        place, name = f"{path}:{line}", cells["id"].strip()
        if not name:
            raise DatasetError(f"{place}: id: is empty; restore the one of the sheet")
        if name in rows:
            raise DatasetError(f"{place}: id: {name!r} occurs twice; keep one of the rows")
        graded = Graded(
            line, cells["question"], cells["answer"], cells["language"].strip(),
            dict(_grades(cells, place)),
        )  # fmt: skip
        rows[name] = graded
        grader = " ".join(cells["grader"].split())
        if grader:
            graders.setdefault(fold(grader), (grader, line))
        if len(graders) > 1:
            first = next(iter(graders.values()))[0]
            raise DatasetError(
                f"{place}: grader: {grader!r} after {first!r}; one file holds the grades of one "
                "person"
            )
    signed = [row for row in rows.values() if row.grades]
    if signed and not graders:
        raise DatasetError(f"{path}:{signed[0].line}: grader: is empty; say who graded")
    if not signed:
        raise DatasetError(f"{path}:1: holds no grade; fill {', '.join(CRITERIA)} with yes or no")
    return Labels(path, next(iter(graders.values()))[0], rows)


def require_two(first: Labels, second: Labels) -> None:
    """Raise DatasetError unless two people graded the same answers, some of them at least."""
    place = f"{second.path}:{_first(second)}"
    if fold(first.grader) == fold(second.grader):
        raise DatasetError(
            f"{place}: grader: {second.grader!r} graded {first.path} too; agreement takes "
            "two people"
        )
    common = first.rows.keys() & second.rows.keys()
    if not common:
        raise DatasetError(f"{place}: id: no question is also in {first.path}; grade one sheet")
    for name in first.rows:
        if name in common and not _same(first.rows[name], second.rows[name]):
            raise DatasetError(
                f"{second.path}:{second.rows[name].line}: {name}: another question or answer than "
                f"{first.path}:{first.rows[name].line}; both grade one sheet"
            )


def require_run(labels: Labels, results: Sequence[Result]) -> None:
    """Raise DatasetError naming file and line of a row that is not about this run."""
    known = {result.id: _row(result) for result in results}
    for name, row in labels.rows.items():
        place = f"{labels.path}:{row.line}"
        if name not in known:
            raise DatasetError(f"{place}: id: {name!r} is not in the run; give the run it is of")
        shown = known[name]
        if not _same(row, Graded(0, shown.question, shown.answer, shown.language)):
            raise DatasetError(
                f"{place}: {name}: the run has another question or answer; give the run that the "
                "sheet was made of"
            )


def _grades(cells: Mapping[str, str], place: str) -> Iterator[tuple[Criterion, bool]]:
    for criterion in CRITERIA:
        word = fold(cells[criterion]).strip()
        if word in _FOLDED:
            yield criterion, _FOLDED[word]
        elif word:
            raise DatasetError(
                f"{place}: {criterion}: {cells[criterion]!r} is no grade; write yes or no "
                "(oui, non; نعم, لا; 1, 0), or nothing"
            )


_FOLDED = {fold(word): word in YES for word in YES | NO}


def _first(labels: Labels) -> int:
    return next(iter(labels.rows.values())).line


def _same(first: Graded, second: Graded) -> bool:
    """Whether they are about the same words; spreadsheets are free with blanks."""
    return (first.question.split(), first.answer.split()) == (
        second.question.split(), second.answer.split(),
    )  # fmt: skip
