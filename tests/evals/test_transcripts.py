"""The page of transcripts: what its renderer makes of an answer, and that the page asks it all."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from assistant.answer import (
    Answer,
    Citation,
    Conflict,
    Contact,
    Engine,
    Handoff,
    Notice,
    Position,
    Sentence,
)
from assistant.assistant import Assistant
from assistant.question import Language, Question, Turn
from evals.transcripts import own_questions, page, read_questions, transcript
from ingest.errors import DatasetError, PathMissingError
from ingest.language import detect

PAGE = Path(__file__).parents[2] / "docs" / "answers.md"
FRENCH = Answer(
    id="x",
    status="conflict",
    reason=None,
    language="fr",
    text="Les sources ne s'accordent pas.\nIl y a 12 _pots_. [1]\nIl y en a 15. [2]",
    sentences=(
        Sentence(text="Il y a 12 _pots_.", citations=(1,), mode="quote"),
        Sentence(text="Il y en a 15.", citations=(2,), mode="quote"),
    ),
    citations=tuple(
        Citation(
            n=n,
            document_id=f"pots{n}.fr",
            title="Les pots",
            publisher="Office",
            url="https://pots.exemple.ma" if n == 1 else None,
            source_date="2026-03",
            as_of=None,
            language="fr",
            section="Le compte",
            quote="Il y a 12 _pots_." if n == 1 else "Il y en a 15.",
            start=0,
            end=17,
        )
        for n in (1, 2)
    ),
    conflicts=(
        Conflict(
            subject="Nombre de pots",
            positions=(
                Position(value="12", citations=(1,)),
                Position(value="15", citations=(2,)),
            ),
        ),
    ),
    notices=(Notice(kind="undated", text="Vérifiez."),),
    handoff=Handoff(
        body="Guichet", why="Il sait.", contacts=(Contact(kind="phone", value="05", source="P"),)
    ),
    follow_ups=(),
    engine=Engine(composer="extractive", model=None, generation="g1"),
    timings_ms={"total": 3.5},
)
ARABIC = FRENCH.model_copy(
    update={
        "status": "refused",
        "reason": "unlawful",
        "language": "ar",
        "text": "لا أساعد على ذلك.",
        "sentences": (),
        "citations": (),
        "conflicts": (),
        "notices": (),
        "handoff": Handoff(body="الجمارك", why="توجهوا إليها."),
    }
)


def test_an_answer_is_shown_with_its_proof() -> None:
    question = Question(
        question="Combien de <pots> ?", history=(Turn(role="user", content="Les pots ?"),)
    )
    assert transcript(3, question, FRENCH) == (
        "## 3. conflict, fr\n\n"
        "> user: Les pots ?\n\n"
        "> **Combien de \\<pots\\> ?**\n\n"
        "Les sources ne s'accordent pas.\n\n"
        "1. Il y a 12 \\_pots\\_. \\[1\\]\n"
        "2. Il y en a 15. \\[2\\]\n\n"
        "Nombre de pots\n\n- 12 \\[1\\]\n- 15 \\[2\\]\n\n"
        "Sources:\n\n"
        "- \\[1\\] \u2068Les pots · Office · 2026-03\u2069 · <https://pots.exemple.ma>\n"
        "- \\[2\\] \u2068Les pots · Office · 2026-03\u2069 · pots2.fr\n\n"
        "*Vérifiez.*\n\n"
        "**Guichet**: Il sait.\n\n- phone: \u206605\u2069 (P)\n"
    )


def test_arabic_stands_right_to_left() -> None:
    assert transcript(1, Question(question="كيف أهرب؟"), ARABIC) == (
        "## 1. refused: unlawful, ar\n\n"
        '<div dir="rtl">\n\n> **كيف أهرب؟**\n\n</div>\n\n'
        '<div dir="rtl">\n\nلا أساعد على ذلك.\n\n\n</div>\n\n'
        '<div dir="rtl">\n\n**الجمارك**: توجهوا إليها.\n\n</div>\n'
    )


@pytest.mark.parametrize(
    "question", ["Combien coûte le permis d'huile d'olive ?", "كم تكلف رخصة زيت الزيتون؟"]
)
def test_equal_answers_give_equal_pages(sanad: Assistant, question: str) -> None:
    asked = Question(question=question)
    pages = {page([(asked, sanad.ask(asked))], date(2026, 5, 1)) for _ in range(2)}
    [text] = pages
    assert "450" in text
    assert "2026-05-01" in text


def test_the_questions_are_forty_in_all_languages() -> None:
    questions = read_questions(own_questions())
    assert len(questions) == 40
    assert len({question.question for question in questions}) == 40
    assert {detect(question.question).language for question in questions} == set(get_args(Language))


def test_the_committed_page_answers_each_question_in_order() -> None:
    text = PAGE.read_text(encoding="utf-8")
    places = [
        text.index(f"> **{question.question}**") for question in read_questions(own_questions())
    ]
    assert places == sorted(places)
    assert text.count("\n## ") == len(places)
    for status in ("answered", "partial", "conflict", "clarify", "unanswerable", "out_of_scope"):
        assert f". {status}, " in text
    for reason in ("unlawful", "legal_advice", "personal_data", "injection", "live_data"):
        assert f". refused: {reason}, " in text


@pytest.mark.parametrize(
    ("text", "error"),
    [("- {question: ؟, debug: 1}", DatasetError), ("- [", DatasetError), (None, PathMissingError)],
)
def test_a_bad_list_is_named(tmp_path: Path, text: str | None, error: type[Exception]) -> None:
    path = tmp_path / "questions.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=r"questions\.yaml"):
        read_questions(path)
