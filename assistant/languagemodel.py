"""The language model composer: drafts from numbered evidence only, at a pace."""

import json
import re
import secrets
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from time import monotonic, perf_counter

import httpx2
from langchain_core.exceptions import OutputParserException
from openai import APIStatusError, OpenAIError

from assistant.answer import ComposerName
from assistant.chain import MAX_SENTENCES, Chain, Written
from assistant.evidence import Evidence
from assistant.mask import Mask
from assistant.meter import milliseconds_since
from assistant.pace import Pace
from assistant.question import SHEET_LANGUAGE
from assistant.state import Draft, State
from assistant.verify import quotes
from ingest.errors import (
    LanguageModelError,
    ModelDamagedError,
    ModelMissingError,
    SanadError,
)
from ingest.fold import fold, strip_controls

_NAMES: Mapping[str, str] = {"fr": "French", "ar": "Arabic", "en": "English"}
"""What a model calls the language that it is to answer in. Darija, in either script, is answered in
Arabic: the documents speak it, and no proof holds across languages (ADR 0011)."""

_LONGEST_REST = 60.0
_WORDS = re.compile(r"[^\W_]{4,}")
_BAD_REQUEST = 400
_REMEDIES: Mapping[int, str] = {
    401: " Set SANAD_LLM_API_KEY to a key that it takes.",
    403: " Set SANAD_LLM_API_KEY to a key that it takes.",
    404: " Set SANAD_LLM_MODEL to a model that is served at SANAD_LLM_BASE_URL.",
}
FAILURES = (
    OpenAIError,
    OutputParserException,
    httpx2.HTTPError,
    ValueError,
    LanguageModelError,
    ModelMissingError,
    ModelDamagedError,
)
"""What asking a model may raise; all of it costs a draft, and no more."""


class LanguageModelComposer:
    """Streams drafts from a chain, as long as the pace is kept.

    `connect` gives the chain and may start a local model. Every failure of the model becomes
    LanguageModelError. A server that asks to be left alone for a while (`Retry-After`) is.
    """

    name: ComposerName = "llm"

    def __init__(self, model: str, prompt: str, connect: Callable[[], Chain], pace: Pace) -> None:
        self.model: str | None = model
        self.prompt: str | None = prompt
        self._connect = connect
        self._pace = pace
        self._rested = 0.0

    def drafts(self, state: State) -> Iterator[Draft]:
        """Each draft as soon as the model has finished writing it.

        The model sees the evidence in the language of the answer: what it drafts from other
        evidence could not be proven, and each piece that it reads costs time. Where there is none
        in that language the quotes are the answer, and the model is not asked.
        """
        language = SHEET_LANGUAGE[state.language]
        evidence = [item for item in state.evidence if item.document.language == language]
        if not evidence:
            yield from quotes(state.evidence)
            return
        try:
            yield from self._drafts(state, evidence, _NAMES[language])
        except FAILURES as error:
            self._rest(error)
            told = _told(error, state.standalone)
            raise LanguageModelError(
                f"The language model {self.model} failed: {told}{_remedy(error)}"
            ) from error

    def _drafts(self, state: State, evidence: Sequence[Evidence], name: str) -> Iterator[Draft]:
        mask, started, done = Mask(), perf_counter(), 0
        inputs = {
            "language": name,
            "question": mask.hide_asked(state.standalone),
            "evidence": _numbered(evidence, mask),
            "mark": f"<<{secrets.token_hex(4)}>>",
        }
        latest: list[object] = []
        with closing(self._pace.follow(lambda: self._written(inputs))) as stream:
            for written in stream:
                state.meter.first_token_ms = state.meter.first_token_ms or milliseconds_since(
                    started
                )
                latest = _sentences(written.answer)
                state.meter.prompt_tokens = written.prompt_tokens
                state.meter.output_tokens = written.output_tokens
                while done < len(latest) - 1:
                    if not done:
                        state.meter.first_draft_ms = milliseconds_since(started)
                    yield _draft(latest[done], mask)
                    done += 1
        state.meter.first_draft_ms = state.meter.first_draft_ms or milliseconds_since(started)
        for item in latest[done:]:
            yield _draft(item, mask)

    def _written(self, inputs: dict[str, str]) -> Generator[Written]:
        left = self._rested - monotonic()
        if left > 0:
            raise LanguageModelError(f"it asked to be left alone for another {left:.0f} s.")
        with closing(self._connect().stream(inputs)) as stream:
            yield from stream

    def _rest(self, error: Exception) -> None:
        if isinstance(error, APIStatusError):
            seconds = error.response.headers.get("retry-after", "")
            if seconds.isdecimal():
                self._rested = monotonic() + min(float(seconds), _LONGEST_REST)


def _numbered(evidence: Sequence[Evidence], mask: Mask) -> str:
    return "\n".join(
        f"[{item.number}] {json.dumps(mask.hide(item.quote), ensure_ascii=False)}"
        for item in evidence
    )


def _sentences(answer: object) -> list[object]:
    if not isinstance(answer, dict):
        return []
    sentences = answer.get("sentences", [])
    return sentences[:MAX_SENTENCES] if isinstance(sentences, list) else []


def _draft(item: object, mask: Mask) -> Draft:
    """A draft from one JSON item; whatever breaks the schema becomes a draft that cites nothing."""
    if not isinstance(item, dict):
        return Draft("", ())
    numbers = item.get("evidence")
    evidence = tuple(n for n in numbers if type(n) is int) if isinstance(numbers, list) else ()
    text = strip_controls(mask.show(str(item.get("text", "")))).strip()
    return Draft(text, tuple(dict.fromkeys(evidence)))


def _told(error: Exception, question: str) -> str:
    """What happened, for the log, which holds nobody's words.

    Servers tell what was wrong with a request, and some repeat all of it; what a model wrote may
    repeat the question too. A message that shares a word with the question is left out.
    """
    if isinstance(error, OutputParserException):
        return "it did not write JSON."
    if isinstance(error, SanadError) or not _shares_a_word(str(error), question):
        return str(error)
    status = f" (status {error.status_code})" if isinstance(error, APIStatusError) else ""
    return f"{type(error).__name__}{status}, with a message that repeats the question."


def _shares_a_word(message: str, question: str) -> bool:
    """Whether it may repeat the question; letters written as numbers could say anything."""
    said, asked = (_WORDS.findall(fold(text)) for text in (message, question))
    return "\\u" in message or not set(said).isdisjoint(asked)


def _remedy(error: Exception) -> str:
    """What to do about a request that was refused, empty where nobody here can do anything."""
    if not isinstance(error, APIStatusError):
        return ""
    if error.status_code == _BAD_REQUEST and "context" in str(error):
        return " Give it more room with SANAD_LLM_CONTEXT."
    return _REMEDIES.get(error.status_code, "")
