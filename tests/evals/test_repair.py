"""The survey of the repair: counts, round trip and draws over a small made collection."""

from pathlib import Path

import pytest

from evals.repair import draw, round_trip, survey

FAULTY = (
    "# القانون المتعلق بالعلامات\n\nيودع اإلعالن لدى اإلدارة خالل ثالثة أشهر.\n\nال حجر من األحجار."
)
HEALTHY = "# Guide\n\nتودع الإعلانات لدى الإدارة خلال ثلاثة أشهر، ولا أثر لغيرها إلا بالاتفاق."
FRENCH = "# Note\n\nLes importateurs déclarent leurs marchandises à la douane."
GARBLED = "LES DmCISIONS SONT PRISES g LA MAJORITm DES CITO\\ENS ET AU[ FRAIS DE L ETAT"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {"faulty": FAULTY, "healthy": HEALTHY, "french": FRENCH, "garbled": GARBLED}
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
    return tmp_path


def test_survey_counts_what_becomes_of_each_document(folder: Path) -> None:
    found = survey(folder)

    assert (found.documents, found.arabic, found.repaired, found.quarantined) == (4, 2, 1, 1)
    assert found.repairs == {"lam-alef": 5}
    assert (found.doubts, found.doubtful) == (1, 1)


def test_round_trip_restores_the_healthy_and_touches_nothing_else(folder: Path) -> None:
    (folder / "faulty.md").unlink()

    found = round_trip(folder)

    assert found.broken == found.restored == 7
    assert found.kept == found.wrong == found.harmed == 0
    assert found.untouched > 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("repaired", {"اإلعالن", "اإلدارة", "خالل", "ثالثة", "األحجار"}),
        ("doubt", {"ال"}),
    ],
)
def test_draws_show_each_word_on_its_repaired_line(
    folder: Path, kind: str, expected: set[str]
) -> None:
    drawn = draw(folder, "repaired" if kind == "repaired" else "doubt", 100, seed=1)

    assert {one.before for one in drawn} == expected
    assert all(one.after in one.text for one in drawn)


def test_the_same_seed_draws_the_same_words(folder: Path) -> None:
    assert draw(folder, "repaired", 3, seed=7) == draw(folder, "repaired", 3, seed=7)
