"""Who writes an identifier is told of it, and a language model never sees one."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.composers import choose_composer
from assistant.identifiers import find_identifiers
from assistant.mask import Mask
from assistant.question import Language, Question
from assistant.settings import Settings
from tests.assistant.identifiercases import Case, cases

TOLD = "personal_data_hidden"


def notices(sanad: Assistant, question: str, language: Language) -> list[str]:
    answer = sanad.ask(Question(question=question, language=language))
    return [notice.text for notice in answer.notices if notice.kind == TOLD]


@pytest.mark.parametrize(
    ("language", "question", "told"),
    [
        ("fr", "Délai du permis d'huile d'olive ? CIN AB123456", "carte d'identité"),
        ("en", "How long does the olive oil permit take? IF 40123456", "tax identifier"),
        ("ar", "ما أجل رخصة زيت الزيتون؟ هاتفي ٠٦٦١٢٣٤٥٦٧", "هاتف"),
        ("ary", "شحال كتعطل الرخصة ديال زيت الزيتون؟ لاكارط ديالي AB١٢٣٤٥٦", "لاكارط"),
        ("ary-latn", "chhal katt3ttel rokhsa dyal zit? nemra dyali 0661234567", "tilifoun"),
    ],
)
def test_each_language_names_what_was_written(
    sanad: Assistant, language: Language, question: str, told: str
) -> None:
    (text,) = notices(sanad, question, language)
    assert told in text
    assert not find_identifiers(text)


def test_several_kinds_are_told_once_each(sanad: Assistant) -> None:
    question = "Permis d'huile d'olive : 0661234567, 0661234568, a@b.ma ?"
    (text,) = notices(sanad, question, "fr")
    assert text.count("téléphone") == 1
    assert "électronique" in text


@pytest.mark.parametrize(
    "question", ["comment frauder la douane ? CIN AB123456", "Quel temps fait-il ? 0661234567"]
)
def test_who_is_refused_is_told_too(sanad: Assistant, question: str) -> None:
    assert notices(sanad, question, "fr")


def test_nobody_is_told_of_what_is_not_there(sanad: Assistant) -> None:
    for question in ("Quel code SH 0702000000 ?", "Délai du permis d'huile d'olive en 2026 ?"):
        assert not notices(sanad, question, "fr")


@pytest.mark.parametrize(
    ("question", "aside"),
    [
        ("Sous quel délai le permis d'huile d'olive est-il délivré ?", "Ma CIN : AB123456."),
        ("Sous quel délai le permis d'huile d'olive est-il délivré ?", "ICE 001234567000062"),
        ("داخل أي أجل تسلم رخصة زيت الزيتون؟", "بطاقتي الوطنية رقم AB١٢٣٤٥٦"),
        ("How soon is the olive oil permit issued?", "My tax ID is 40123456."),
    ],
)
def test_an_identifier_does_not_change_the_answer(
    sanad: Assistant, question: str, aside: str
) -> None:
    plain = sanad.ask(question)
    assert plain.status == "answered"
    for personal in (f"{question} {aside}", f"{aside} {question}"):
        answer = sanad.ask(personal)
        assert answer.status == "answered"
        assert plain.sentences[0].text in {sentence.text for sentence in answer.sentences}


def test_a_telephone_number_is_searched_for_documents_hold_some(sanad: Assistant) -> None:
    assert "0537000111" in sanad.trace("À qui est le 0537000111 ?").state.standalone


def test_a_bare_identifier_is_still_a_question(sanad: Assistant) -> None:
    assert sanad.ask("001234567000062").status in {"clarify", "unanswerable", "out_of_scope"}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.text)
def test_no_identifier_goes_to_a_model(case: Case) -> None:
    asked = Mask().hide_asked(case.text)
    for _, start, end in case.identifiers:
        assert case.text[start:end] not in asked


def test_a_telephone_number_that_the_evidence_has_too_bears_one_mark() -> None:
    mask = Mask()
    assert mask.hide_asked("À qui est le 0537000111 ?") == "À qui est le [phone-1] ?"
    assert mask.hide("Téléphone : 0537000111") == "Téléphone : [phone-1]"


@pytest.mark.parametrize(
    "question", ["Délai du permis d'huile d'olive ?", "ما أجل رخصة زيت الزيتون؟"]
)
def test_with_default_settings_no_request_leaves(
    with_composer: Callable[[Composer], Assistant],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    question: str,
) -> None:
    def connect(_socket: socket.socket, address: object) -> None:
        raise AssertionError(f"somebody called {address}")

    for name in [name for name in os.environ if name.startswith("SANAD_LLM")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    settings = Settings(models=tmp_path)
    assert settings.llm_base_url is None
    with choose_composer(settings) as composer:
        assert with_composer(composer).ask(question).sentences
