"""`sanad eval repair`: counts, the round trip and draws, for people and for programs."""

from pathlib import Path

import pytest

from tests.api.command import Run

FAULTY = "# العنوان\n\nيودع اإلعالن لدى اإلدارة خالل ثالثة أشهر.\n"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "a.md"
    path.write_text(FAULTY, "utf-8")
    return str(path)


def test_counts_are_shown_and_given_as_json(run: Run, file: str) -> None:
    assert "1 documents" in run("eval", "repair", file).out

    counted = run("eval", "repair", file, "--json").json
    assert counted["repairs"] == {"lam-alef": 4}


def test_round_trip_counts_words(run: Run, file: str) -> None:
    counted = run("eval", "repair", file, "--round-trip", "--json").json

    assert counted["harmed"] >= 0
    assert counted["broken"] == counted["restored"] + counted["kept"] + counted["wrong"]


def test_draws_show_the_word_before_and_after(run: Run, file: str) -> None:
    drawn = run("eval", "repair", file, "--draw", "2", "--seed", "3")

    assert drawn.code == 0
    assert len(drawn.out.strip().splitlines()) == 2
    assert " → " in drawn.out


def test_a_missing_folder_is_an_error_that_names_it(run: Run, tmp_path: Path) -> None:
    ran = run("eval", "repair", str(tmp_path / "none"))

    assert ran.code == 2
    assert "none" in ran.err
