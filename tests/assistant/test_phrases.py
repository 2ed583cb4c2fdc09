"""What Sanad says in its own voice: complete in five languages, and free of facts."""

import string
from pathlib import Path
from typing import get_args

import pytest
import yaml

from assistant.answer import Reason, Status
from assistant.phrases import Phrases
from assistant.question import Language
from ingest.figures import find_figures

FILE = Path(__file__).parents[2] / "assistant" / "phrases.yaml"
TABLE: dict[str, dict[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TABLE)
def test_each_phrase_is_said_in_each_language_with_the_same_fields(key: str) -> None:
    phrase = TABLE[key]
    assert set(phrase) == set(get_args(Language))
    assert len({frozenset(fields(text)) for text in phrase.values()}) == 1
    assert all(text.strip() for text in phrase.values())


@pytest.mark.parametrize("key", TABLE)
def test_arabic_is_in_arabic_letters_and_latin_in_latin_ones(key: str) -> None:
    for language, text in TABLE[key].items():
        words = text.format_map(dict.fromkeys(fields(text), ""))
        arabic = any("\u0600" <= character <= "\u06ff" for character in words)
        assert arabic == (language in {"ar", "ary"})


@pytest.mark.parametrize("key", TABLE)
def test_no_figure_and_no_contact_stands_in_a_phrase(key: str) -> None:
    for language, text in TABLE[key].items():
        if language != "ary-latn":  # where digits are letters
            assert find_figures(text) == ()


@pytest.mark.parametrize("language", get_args(Language))
def test_every_outcome_has_its_words(language: Language) -> None:
    phrases = Phrases.load()
    for status in get_args(Status):
        if status not in {"answered", "refused"}:
            assert phrases.say(status, language)
    for reason in get_args(Reason):
        assert phrases.say(f"refused.{reason}", language)


def test_fields_are_filled_and_braces_of_users_are_theirs() -> None:
    notice = Phrases.load().notice("rewritten", "ar", question="ما {هذا}؟")
    assert notice.kind == "rewritten"
    assert notice.text.endswith("ما {هذا}؟")
