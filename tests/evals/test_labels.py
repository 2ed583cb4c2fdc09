"""Sheets for graders: blind, safe, and read back strictly."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from assistant.answer import Answer, Conflict, Contact, Handoff, Notice, Position
from evals.gold import GoldItem
from evals.labels import (
    COLUMNS,
    CRITERIA,
    SHOWN,
    Labels,
    blind,
    read_labels,
    require_run,
    require_two,
    sheet,
)
from evals.score import Result, Scorer
from evals.system import Observation
from ingest.errors import DatasetError, PathMissingError
from ingest.spreadsheet import read_csv
from tests.evals.grading import extra, fill, rows_of
from tests.evals.runs import scored

LANGUAGES = ("fr", "ar", "ary", "en")


@pytest.fixture
def results() -> list[Result]:
    return [scored(f"q{at:02}", language=LANGUAGES[at % 4]) for at in range(40)]


@pytest.fixture
def two(results: list[Result]) -> list[Result]:
    return results[:2]


def test_the_seed_alone_decides_who_is_graded_and_when(results: list[Result]) -> None:
    drawn = [row.id for row in blind(results, 12, seed=1)]
    assert drawn == [row.id for row in blind(results[::-1], 12, seed=1)]
    assert drawn != sorted(drawn)
    assert drawn != [row.id for row in blind(results, 12, seed=2)]
    languages = [row.language for row in blind(results, 12, seed=1)]
    assert {name: languages.count(name) for name in LANGUAGES} == dict.fromkeys(LANGUAGES, 3)
    assert len(blind(results, 999)) == 40


def test_a_row_is_what_the_person_saw_and_nothing_that_tells_who_answered(
    right: Answer, scorer: Scorer, make_item: Callable[..., GoldItem]
) -> None:
    item = make_item(history=[{"role": "user", "content": "مرحبا"}], note="secret", tags=["x"])
    shown = right.model_copy(
        update={
            "notices": (
                Notice(kind="undated", text="Une source est sans date."),
                Notice(kind="model_away", text="Le modèle est absent."),
                Notice(kind="draft_dropped", text="Le brouillon est tombé."),
            ),
            "conflicts": (
                Conflict(subject="Délai", positions=(Position(value="60 jours", citations=(1,)),)),
            ),
            "handoff": Handoff(
                body="Office", why="Demandez.",
                contacts=(Contact(kind="phone", value="0537", source="s"),),
            ),
        }
    )  # fmt: skip
    [row] = blind([scorer.score(item, Observation(shown))], 1)
    assert row.history == "user: مرحبا"
    assert row.answer.splitlines() == [
        right.text, "≠ Délai", "· 60 jours [1]", "! Une source est sans date.",
        "→ Office. Demandez. 0537",
    ]  # fmt: skip
    assert row.quotes == "[1] Le délai est de 150 jours. (Délai)"
    for secret in ("secret", "extractive", "crag", "forbidden"):
        assert secret not in sheet([row])


def test_an_error_is_graded_too_as_no_answer(
    scorer: Scorer, make_item: Callable[..., GoldItem]
) -> None:
    [row] = blind([scorer.fail(make_item(), "internal: boom")], 1)
    assert (row.answer, row.quotes) == ("", "")


def test_a_sheet_is_blank_where_people_write(tmp_path: Path, results: list[Result]) -> None:
    path = tmp_path / "s.csv"
    path.write_text(sheet(blind(results, 5)), encoding="utf-8", newline="")
    rows = [cells for _, cells in read_csv(path, COLUMNS)]
    assert len(rows) == 5
    assert {tuple(row) for row in rows} == {COLUMNS}
    assert {row[name] for row in rows for name in COLUMNS if name not in SHOWN} == {""}
    with pytest.raises(DatasetError, match="holds no grade"):
        read_labels(path)


def test_grades_are_read_in_every_language_and_blank_is_none(
    tmp_path: Path, results: list[Result]
) -> None:
    rows = rows_of(results[:4])
    grades = {
        "q00": ("yes", "NO", " Oui ", "non"), "q01": ("نعم", "لا", "1", "0"),
        "q02": ("١", "٠", "", ""),
    }  # fmt: skip
    labels = read_labels(fill(tmp_path / "a.csv", rows, " Amina  Fassi", grades))
    assert labels.grader == "Amina Fassi"
    given = {name: list(row.grades.values()) for name, row in labels.rows.items()}
    assert given == {
        "q00": [True, False, True, False], "q01": [True, False, True, False],
        "q02": [True, False], "q03": [],
    }  # fmt: skip


def test_the_grader_is_named_once(tmp_path: Path, two: list[Result]) -> None:
    path = fill(tmp_path / "a.csv", rows_of(two), "", {"q00": "yes"}, extra("q9", grader="هند"))
    assert read_labels(path).grader == "هند"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (extra("q9", useful="maybe"), "useful: 'maybe' is no grade"),
        (extra("q00"), "id: 'q00' occurs twice"),
        (extra("", useful="yes"), "id: is empty"),
        (extra("q9", grader="Bilal"), "grader: 'Bilal' after 'Amina'"),
    ],
)
def test_a_row_that_cannot_be_right_is_named_with_its_line(
    tmp_path: Path, two: list[Result], line: Sequence[str], named: str
) -> None:
    path = fill(tmp_path / "a.csv", rows_of(two), "Amina", {"q00": "yes", "q01": "no"}, line)
    with pytest.raises(DatasetError, match=f"a.csv:4: {named}"):
        read_labels(path)


def test_grades_without_a_grader_are_refused(tmp_path: Path, two: list[Result]) -> None:
    path = fill(tmp_path / "a.csv", rows_of(two), "", {"q01": "yes"})
    with pytest.raises(DatasetError, match=r"a\.csv:3: grader: is empty"):
        read_labels(path)


@pytest.mark.parametrize("name", [*SHOWN, *CRITERIA, "grader"])
def test_a_missing_column_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(set(COLUMNS) - {name}) + "\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=f"a.csv:1: the column '{name}' is missing"):
        read_labels(path)


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError, match=r"no\.csv"):
        read_labels(tmp_path / "no.csv")


Graded = Callable[..., Labels]


@pytest.fixture
def graded(tmp_path: Path, two: list[Result]) -> Graded:
    """A sheet of the two results, filled in by somebody."""

    def build(grader: str, results: Sequence[Result] = two, **grades: str) -> Labels:
        path = fill(tmp_path / f"{grader}.csv", rows_of(results), grader, grades or {"q00": "yes"})
        return read_labels(path)

    return build


def test_agreement_takes_two_people_over_one_sheet(graded: Graded, two: list[Result]) -> None:
    first = graded("Amina")
    require_two(first, graded("Bilal"))
    with pytest.raises(
        DatasetError, match=r"AMINA\.csv:2: grader: 'AMINA' graded .*Amina\.csv too"
    ):
        require_two(first, graded("AMINA"))
    strangers = [scored("other")]
    with pytest.raises(DatasetError, match=r"Chama\.csv:2: id: no question is also in"):
        require_two(first, graded("Chama", strangers, other="no"))
    other = two[1].item.model_copy(update={"question": "سؤال آخر؟"})
    changed = [two[0], two[1].model_copy(update={"item": other})]
    with pytest.raises(DatasetError, match=r"Driss\.csv:3: q01: another question"):
        require_two(first, graded("Driss", changed))


def test_labels_of_another_run_are_refused(
    graded: Graded, two: list[Result], right: Answer
) -> None:
    labels = graded("Amina")
    require_run(labels, two)
    with pytest.raises(DatasetError, match=r"Amina\.csv:3: id: 'q01' is not in the run"):
        require_run(labels, two[:1])
    answered = two[1].model_copy(update={"answer": right})
    with pytest.raises(DatasetError, match=r"Amina\.csv:3: q01: the run has another"):
        require_run(labels, [two[0], answered])
