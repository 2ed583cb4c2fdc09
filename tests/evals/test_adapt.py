"""Adapting a small model of random weights, on made-up words."""

from pathlib import Path

import numpy as np
import pytest

from evals import adapt
from evals.adapt import Found, Lesson, fit, found, held_out, lesson
from evals.lowrank import Trainee
from index import adapter
from index.embedding import LocatedModel, SentenceTransformerEmbedder
from ingest.document import Document, Statement
from tests.index.plainmodel import plain
from tests.index.tinybert import tiny

STATEMENTS = 60
FAMILIES = tuple(f"sheet-{n // 5}" for n in range(STATEMENTS))
SYLLABLES = ("abc", "def", "gh", "ij", "klm", "nop", "qr", "st", "é", "أب", "تث", "جح")
CHATTER = ("le", "la", "uv", "wx", "خد", "ذر")
STEPS = 100


def taught(seed: int = 5) -> Lesson:
    """Statements are told apart by three syllables; whatever else is said is chatter."""
    rng = np.random.default_rng(seed)
    meant = [" ".join(rng.choice(SYLLABLES, 3)) for _ in range(STATEMENTS)]

    def said(number: np.int64) -> str:
        return " ".join([*rng.choice(CHATTER, 6), meant[number]])

    of_text, of_asked = (np.repeat(np.arange(STATEMENTS), times) for times in (2, 5))
    return Lesson(
        tuple(map(said, of_text)), of_text, tuple(map(said, of_asked)), of_asked, FAMILIES
    )


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocatedModel:
    monkeypatch.setattr(adapt, "BATCH", 32)
    return LocatedModel("tiny", tiny(tmp_path / "tiny"), "x", "query: ", "passage: ")


def trainee(model: LocatedModel, known: Lesson, start: adapter.Adaptation | None = None) -> Trainee:
    return Trainee(model.folder, known.read_by(model), start, adapt.SEED, silent)


def silent(done: int, total: int) -> None:
    assert 0 < done <= total


def test_it_finds_more_of_what_it_was_taught_and_of_what_it_was_not(model: LocatedModel) -> None:
    known = taught()
    held, pupil = held_out(known), trainee(model, known)
    before = [found(known, pupil, flags) for flags in (held, ~held)]
    fit(known, pupil, ~held, silent, STEPS)
    after = [found(known, pupil, flags) for flags in (held, ~held)]
    assert [one.questions for one in after] == [5 * held.sum(), 5 * (~held).sum()]
    assert after[1].first > before[1].first + 0.1
    assert after[0].among_ten >= before[0].among_ten


def test_what_is_held_is_not_learnt_from(model: LocatedModel) -> None:
    known = taught()
    held = held_out(known)
    other = Lesson(
        known.texts,
        known.of_text,
        tuple(
            "xyz" if held[of] else asked
            for asked, of in zip(known.asked, known.of_asked, strict=True)
        ),
        known.of_asked,
        known.family,
    )
    learnt = []
    for one in (known, other):
        pupil = trainee(model, one)
        fit(one, pupil, ~held, silent, 2)
        learnt.append(pupil.adaptation())
    assert np.array_equal(learnt[0].matrix, learnt[1].matrix)
    assert not np.array_equal(learnt[0].matrix, np.eye(64))


def test_what_was_learnt_is_what_the_adapted_folder_does(
    model: LocatedModel, tmp_path: Path
) -> None:
    known = taught()
    pupil = trainee(model, known)
    fit(known, pupil, ~held_out(known), silent, 20)
    rows = np.arange(20)
    expected = pupil.vectors(rows).detach().numpy()
    as_it_was = trainee(model, known).vectors(rows).detach().numpy()
    adapter.save(pupil.adaptation(), tmp_path / "adapter")
    adapter.attach(tmp_path / "adapter", folder := plain(model.folder, tmp_path / "adapted"))
    adapted = LocatedModel("tiny", folder, "x", "query: ", "passage: ")
    vectors = SentenceTransformerEmbedder(adapted).embed_passages(known.texts[:20])
    assert np.einsum("ij,ij->i", vectors, expected).min() > 0.9999
    assert np.einsum("ij,ij->i", vectors, as_it_was).min() < 0.9995


def test_it_goes_on_from_what_was_learnt_before(model: LocatedModel, tmp_path: Path) -> None:
    known = taught()
    pupil = trainee(model, known)
    fit(known, pupil, ~held_out(known), silent, 5)
    adapter.save(pupil.adaptation(), tmp_path / "adapter")
    again = trainee(model, known, adapter.load(tmp_path / "adapter"))
    rows = np.arange(20)
    both = [one.vectors(rows).detach().numpy() for one in (pupil, again)]
    assert np.einsum("ij,ij->i", *both).min() > 0.9999


def test_sheets_are_held_whole_and_not_all() -> None:
    held = held_out(taught())
    by_sheet = {
        family: {bool(h) for f, h in zip(FAMILIES, held, strict=True) if f == family}
        for family in FAMILIES
    }
    assert all(len(flags) == 1 for flags in by_sheet.values())
    assert 0 < held.sum() < len(held) / 2


def test_words_that_say_the_same_are_found_first(model: LocatedModel) -> None:
    said = tuple(" ".join(SYLLABLES[n : n + 3]) for n in range(10))
    rows = np.arange(10)
    known = Lesson(said, rows, said, rows, ("one",) * 5 + ("two",) * 5)
    pupil = Trainee(model.folder, said * 3, None, adapt.SEED, silent)
    assert found(known, pupil, np.ones(10, dtype=bool)) == Found(10, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_lesson_gathers_the_languages_of_a_statement(language: str) -> None:
    def document(lang: str, text: str, *questions: str) -> Document:
        statement = Statement("a", 0, len(text), (), questions=questions)
        return Document(f"s.{lang}", "s", lang, "Titre", text, statements=(statement,))

    known = lesson([document("fr", "Le délai.", "Quand ?"), document(language, "الأجل", "متى؟")])
    assert known.of_text.tolist() == known.of_asked.tolist() == [0, 0]
    assert known.texts == ("Titre\nLe délai.", "Titre\nالأجل")
    assert known.family == ("s",)
    model = LocatedModel("m", Path(), "x", "q: ", "p: ")
    assert known.read_by(model) == (
        "p: Titre\nLe délai.", "p: Titre\nالأجل", "p: Quand ?", "p: متى؟", "q: Quand ?", "q: متى؟",
    )  # fmt: skip
