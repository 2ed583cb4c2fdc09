"""Adapting on made-up vectors: a nuisance that hides the answer is taken away."""

import numpy as np
import pytest
from numpy.typing import NDArray

from evals.adapt import Lesson, Vectored, fit, found, held_out, lesson, vectored
from index.embedding import Vectors
from ingest.document import Document, Statement
from tests.fakes import FakeEmbedder

DIMENSION = 128
LOUD = 2.0
STATEMENTS = 900
FAMILIES = tuple(f"sheet-{n // 3}" for n in range(STATEMENTS))


def unit(vectors: NDArray[np.float64]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def hidden(seed: int = 5) -> Vectored:
    """What is meant lies in half of the directions; the other half is loud and says nothing."""
    rng = np.random.default_rng(seed)
    meant = np.zeros((STATEMENTS, DIMENSION))
    meant[:, : DIMENSION // 2] = rng.standard_normal((STATEMENTS, DIMENSION // 2))

    def said(times: int) -> tuple[Vectors, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        owners = np.repeat(np.arange(STATEMENTS), times)
        vectors = meant[owners].copy()
        vectors[:, DIMENSION // 2 :] = LOUD * rng.standard_normal((len(owners), DIMENSION // 2))
        return unit(vectors), owners

    texts, of_text = said(2)
    asked, of_asked = said(4)
    queries, _ = said(4)
    taught = Lesson(("",) * len(texts), of_text, ("",) * len(asked), of_asked, FAMILIES)
    return Vectored(taught, texts, asked, queries)


def silent(done: int, total: int) -> None:
    assert 0 < done <= total


def test_it_finds_on_unseen_sheets_what_was_hidden() -> None:
    known = hidden()
    held = held_out(known.lesson)
    before = found(known, np.eye(DIMENSION, dtype=np.float32), held)
    after = found(known, fit(known, ~held, silent), held)
    assert before.questions == after.questions == 4 * held.sum()
    assert after.among_ten > before.among_ten + 0.04
    assert after.first > before.first + 0.04


def test_what_is_held_is_not_learnt_from() -> None:
    known = hidden()
    held = held_out(known.lesson)
    spoilt = known.queries.copy()
    spoilt[held[known.lesson.of_asked]] = 1.0
    changed = Vectored(known.lesson, known.texts, known.asked, spoilt)
    assert np.array_equal(fit(known, ~held, silent), fit(changed, ~held, silent))


def test_sheets_are_held_whole_and_not_all() -> None:
    held = held_out(hidden().lesson)
    by_sheet = {family: {bool(h) for f, h in zip(FAMILIES, held, strict=True) if f == family}
                for family in FAMILIES}  # fmt: skip
    assert all(len(flags) == 1 for flags in by_sheet.values())
    assert 0 < held.sum() < len(held) / 2


def test_a_perfect_model_finds_all() -> None:
    vectors = np.eye(STATEMENTS, dtype=np.float32)
    rows = np.arange(STATEMENTS)
    taught = Lesson(("",) * STATEMENTS, rows, ("",) * STATEMENTS, rows, FAMILIES)
    result = found(
        Vectored(taught, vectors, vectors, vectors), vectors, np.ones(STATEMENTS, dtype=bool)
    )
    assert (result.first, result.among_ten) == (1.0, 1.0)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_lesson_gathers_the_languages_of_a_statement(language: str) -> None:
    def document(lang: str, text: str, *questions: str) -> Document:
        statement = Statement("a", 0, len(text), (), questions=questions)
        return Document(f"s.{lang}", "s", lang, "Titre", text, statements=(statement,))

    taught = lesson([document("fr", "Le délai.", "Quand ?"), document(language, "الأجل", "متى؟")])
    assert taught.of_text.tolist() == taught.of_asked.tolist() == [0, 0]
    assert taught.texts == ("Titre\nLe délai.", "Titre\nالأجل")
    assert taught.family == ("s",)
    embedder = FakeEmbedder()
    known = vectored(taught, embedder.embed_passages, embedder)
    assert known.queries.shape == known.asked.shape == known.texts.shape
