"""First step: the question as clean text, its limits and its language."""

import re
import unicodedata
from dataclasses import replace

from assistant.question import HISTORY_LIMIT, QUESTION_LIMIT, Question
from assistant.state import State
from ingest.errors import (
    HistoryTooLongError,
    QuestionEmptyError,
    QuestionNotTextError,
    QuestionTooLongError,
)
from ingest.fold import strip_controls
from ingest.language import detect

_DEPTH = 8
_HIDDEN = re.compile(r"<(script|style)\b[^<>]*>(?:(?!<\1\b).)*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_DOTTED = re.compile(
    r"(?<![\w.])(?:(?:[A-Z]\.){2,}|(?:[A-Za-z]\.){3,}|(?:[A-Za-z]\.){2,}(?=[A-Za-z]))[A-Za-z]?(?!\w)"
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")


class Normalise:
    """NFKC, hidden and direction-changing characters out, language and script detected.

    Limits refuse rather than cut: a question that loses its end may ask the opposite.
    """

    name = "normalise"

    def run(self, state: State) -> State:
        """Fill `text`, `standalone` and `language`; raise InputError on what is not a question."""
        text = clean(state.question)
        language = state.question.language or detect(text).language
        return replace(state, text=text, standalone=text, language=language)


def clean(question: Question) -> str:
    """The question as one line of visible text.

    Raises QuestionTooLongError, HistoryTooLongError, QuestionNotTextError or QuestionEmptyError.
    """
    raw = question.question
    check_length(raw)
    if len(question.history) > HISTORY_LIMIT:
        raise HistoryTooLongError(
            f"The history has {len(question.history)} turns; send the last {HISTORY_LIMIT} at most."
        )
    if any(_is_binary(character) for character in raw):
        raise QuestionNotTextError(
            "The question holds control characters or bytes that are not text; send plain text."
        )
    text = visible(raw)
    if not any(character.isalnum() for character in text):
        raise QuestionEmptyError("The question is empty: write at least one word.")
    return text


def check_length(text: str) -> None:
    """Raise QuestionTooLongError for more than is read, of a question or of a search.

    One character may stand for eighteen, as U+FDFA does, and the work grows with those.
    """
    length = len(text)
    if length <= QUESTION_LIMIT:
        length = max(length, len(unicodedata.normalize("NFKC", text)))
    if length > QUESTION_LIMIT:
        raise QuestionTooLongError(
            f"The question has {length} characters; at most {QUESTION_LIMIT} are read. "
            "Ask it in fewer words."
        )


def visible(text: str) -> str:
    """One line of what a reader sees: NFKC, without hidden or direction-changing characters, and
    without the tags and link targets that a page would turn into pictures and requests.

    A question may be shown again, as it was understood, by a program that renders markup. An
    abbreviation loses its dots, «A.T.P.A.»: documents write it without.
    """
    bare = _without_markup(strip_controls(unicodedata.normalize("NFKC", text)))
    return _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), " ".join(bare.split()))


def _without_markup(text: str) -> str:
    """What stands inside may itself become markup; deeper than any honest text, signs are cut."""
    text = _HIDDEN.sub(" ", text)
    for _ in range(_DEPTH):
        bare = _TAG.sub(" ", _LINK.sub(r"\1", text))
        if bare == text:
            return text
        text = bare
    return text.replace("<", " ").replace("](", "] (")


def _is_binary(character: str) -> bool:
    if character in "\t\n\r":
        return False
    return unicodedata.category(character) in {"Cc", "Cs", "Co"} or character == "\ufffd"
