"""Plain text as a typed answer: what counts as an answer, and where its words stand."""

import pytest

from assistant.answer import Engine, Status
from assistant.question import Question
from evals.plaintext import Said, answer, citation, sentences, status_of
from evals.spans import Span
from ingest.document import Document, Section

ENGINE = Engine(composer="llm", model="m", generation="g")
QUESTION = Question(question="ما هو الأجل؟")


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I’m sorry, but the context does not say when.",
        "The text does not mention a fee. It may be 100 dirhams.",
        "Je ne sais pas.",
        "Désolé, je ne dispose pas de cette information.",
        "Le contexte ne précise pas le délai.",
        "لا أعرف.",
        "عذرًا، لا توجد معلومات عن الأجل في النص.",
        "لا يذكر النص هذا الأجل.",
        "ما كنعرفش.",
        "",
        " \n",
    ],
)
def test_a_text_that_says_it_does_not_know_withholds(text: str) -> None:
    assert status_of(text) == "unanswerable"


@pytest.mark.parametrize(
    "text",
    [
        "I cannot help with forging a certificate.",
        "Je ne peux pas vous aider à falsifier un certificat.",
        "لا أستطيع مساعدتك في تزوير شهادة.",
    ],
)
def test_a_text_that_declines_refuses(text: str) -> None:
    assert status_of(text) == "refused"


@pytest.mark.parametrize(
    "text",
    [
        "The delay is 150 days. I do not know who sets it.",
        "Exporters do not have to pay this fee.",
        "An exporter who is unable to ship in time asks for more.",
        "Le délai est de 150 jours.",
        "Les documents ne doivent pas dater de plus de trois mois.",
        "L'exportateur n'a pas suffisamment de devises : il en demande.",
        "الأجل هو 150 يوما.",
        "لا تطلب الرخصة لإرسالية صغيرة.",
        "150",
    ],
)
def test_any_other_text_answers(text: str) -> None:
    assert status_of(text) == "answered"


def test_sentences_all_cite_what_the_text_was_given() -> None:
    said = sentences("Le délai est de 150 jours. Il est fixe.", (1, 2))
    assert said == (Said("Le délai est de 150 jours.", (1, 2)), Said("Il est fixe.", (1, 2)))
    assert [one.text for one in sentences("الأجل 150 يوما. وهو ثابت؟ نعم.")] == [
        "الأجل 150 يوما.", "وهو ثابت؟", "نعم.",
    ]  # fmt: skip


def test_a_citation_is_the_words_at_its_place_under_their_headings(document: Document) -> None:
    sections = (Section("a", ("Délais",), 0, 60), Section("b", ("Délais", "Ancien"), 27, 60))
    held = Document(**{name: getattr(document, name) for name in ("id", "family", "language",
                    "title", "text")}, sections=sections)  # fmt: skip
    cited = citation(3, held, Span(held.id, 27, 36))
    assert (cited.n, cited.quote, cited.section) == (3, "L'ancien ", "Délais › Ancien")
    assert citation(1, held, Span(held.id, 0, 2)).section == "Délais"
    assert citation(1, document, Span(document.id, 0, 2)).section == ""


def test_an_answer_speaks_the_language_of_the_question(document: Document) -> None:
    cited = citation(1, document, Span(document.id, 0, 26))
    made = answer(QUESTION, [Said("الأجل 150 يوما.", (1,))], [cited], ENGINE, {"total": 1.0})
    assert (made.status, made.language, made.text) == ("answered", "ar", "الأجل 150 يوما.")
    assert (made.sentences[0].mode, made.citations) == ("generated", (cited,))
    quoted = answer(
        QUESTION.model_copy(update={"language": "fr"}),
        [Said(cited.quote, (1,))],
        [cited],
        ENGINE.model_copy(update={"composer": "extractive"}),
        {},
    )
    assert (quoted.language, quoted.sentences[0].mode) == ("fr", "quote")


@pytest.mark.parametrize("status", ["unanswerable", "refused"])
def test_what_is_withheld_keeps_its_words_and_proves_nothing(
    document: Document, status: Status
) -> None:
    cited = citation(1, document, Span(document.id, 0, 26))
    made = answer(QUESTION, [Said("لا أعرف.", (1,))], [cited], ENGINE, {}, status=status)
    assert (made.status, made.text) == (status, "لا أعرف.")
    assert (made.sentences, made.citations) == ((), ())
