"""The language model composer: a LangChain chain that drafts from numbered evidence only."""

import json
import secrets
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

import httpx2
from langchain_core.exceptions import OutputParserException
from langchain_core.messages import AIMessageChunk
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.outputs import Generation
from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from openai import OpenAIError
from pydantic import SecretStr

from assistant.answer import ComposerName
from assistant.mask import Mask
from assistant.prompt import Prompt
from assistant.question import Language
from assistant.state import Draft, State
from ingest.errors import LanguageModelError, ModelDamagedError, ModelMissingError
from ingest.fold import strip_controls

_LANGUAGE_NAMES: Mapping[Language, str] = {
    "fr": "French",
    "ar": "Arabic",
    "en": "English",
    "ary": "Arabic",
    "ary-latn": "Arabic",
}
_MAX_SENTENCES = 6
_FAILURES = (
    OpenAIError,
    OutputParserException,
    httpx2.HTTPError,
    ValueError,
    ModelMissingError,
    ModelDamagedError,
)
_TASK = """Evidence, between the marks {mark}:
{mark}
{evidence}
{mark}

Answer in {language}.
Question: {question}"""
_SCHEMA = {
    "name": "answer",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            "sentences": {
                "type": "array",
                "maxItems": _MAX_SENTENCES,
                "items": {
                    "type": "object",
                    "properties": {
                        "text": {"type": "string"},
                        "evidence": {"type": "array", "items": {"type": "integer"}},
                    },
                    "required": ["text", "evidence"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["sentences"],
        "additionalProperties": False,
    },
}


class Chain(Protocol):
    """Prompt in, drafts out, as far as they are written."""

    def stream(self, inputs: dict[str, str]) -> Generator[Any]:
        """Ever longer `{"sentences": [{"text", "evidence"}]}`; closing it ends the request."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerChain:
    """LangChain's prompt, chat model and JSON parser, one after the other.

    They are not joined with `|`: a runnable sequence that is left midway reads its model to the
    end in order to trace it, so a user who leaves could not stop a model that goes on writing.
    `timeout` is in seconds and bounds the whole answer.
    """

    prompt: ChatPromptTemplate
    chat: ChatOpenAI
    timeout: float
    parser: JsonOutputParser = field(default_factory=JsonOutputParser)

    def stream(self, inputs: dict[str, str]) -> Generator[Any]:
        """Input: `language`, `question`, `evidence`, `mark`.

        Raises LanguageModelError for an answer that is late or was cut: it may have lost the word
        that turned its meaning.
        """
        text, finish = "", None
        for chunk in self._chunks(self.prompt.invoke(inputs)):
            finish = chunk.response_metadata.get("finish_reason", finish)
            text += chunk.text
            partial = self.parser.parse_result([Generation(text=text)], partial=True)
            if partial is not None:
                yield partial
        if finish != "stop":
            raise LanguageModelError(
                f"The language model {self.chat.model_name} stopped in the middle ({finish}); "
                "allow longer answers with SANAD_LLM_MAX_TOKENS."
            )

    def _chunks(self, messages: PromptValue) -> Iterator[AIMessageChunk]:
        deadline = monotonic() + self.timeout
        for chunk in self.chat.stream(messages):
            if monotonic() > deadline:
                raise LanguageModelError(
                    f"The language model {self.chat.model_name} took more than "
                    f"{self.timeout:.0f} s; allow more with SANAD_LLM_TIMEOUT, or choose a "
                    "smaller model."
                )
            yield chunk


def answer_chain(
    *, base_url: str, model: str, api_key: str, prompt: Prompt, timeout: float, max_tokens: int
) -> Chain:
    """The chain for any OpenAI-compatible endpoint.

    The schema is sent as it is, for the client's own handling of it trusts the server to answer
    like OpenAI's.
    """
    chat = ChatOpenAI(
        base_url=base_url,
        model=model,
        api_key=SecretStr(api_key),
        temperature=0,
        timeout=timeout,
        max_retries=0,
        max_completion_tokens=max_tokens,
        stream_usage=False,
        use_responses_api=False,
        extra_body={"response_format": {"type": "json_schema", "json_schema": _SCHEMA}},
    )
    template = ChatPromptTemplate.from_messages(
        [
            ("system", prompt.text.replace("{", "{{").replace("}", "}}")),
            ("human", _TASK),
        ]
    )
    return AnswerChain(template, chat, timeout)


class LanguageModelComposer:
    """Streams drafts from a chain.

    `connect` gives the chain and may start a local model. Every failure of the model becomes
    LanguageModelError.
    """

    name: ComposerName = "llm"

    def __init__(self, model: str, prompt: str, connect: Callable[[], Chain]) -> None:
        self.model: str | None = model
        self.prompt: str | None = prompt
        self._connect = connect

    def drafts(self, state: State) -> Iterator[Draft]:
        """Each draft as soon as the model has finished writing it."""
        mask = Mask()
        inputs = {
            "language": _LANGUAGE_NAMES[state.language],
            "question": mask.hide(state.standalone),
            "evidence": _numbered(state, mask),
            "mark": f"<<{secrets.token_hex(4)}>>",
        }
        done = 0
        latest: list[object] = []
        try:
            with closing(self._connect().stream(inputs)) as stream:
                for partial in stream:
                    latest = _sentences(partial)
                    while done < len(latest) - 1:
                        yield _draft(latest[done], mask)
                        done += 1
        except _FAILURES as error:
            raise LanguageModelError(f"The language model {self.model} failed: {error}") from error
        for item in latest[done:]:
            yield _draft(item, mask)


def _numbered(state: State, mask: Mask) -> str:
    return "\n".join(
        f"[{item.number}] {json.dumps(mask.hide(item.quote), ensure_ascii=False)}"
        for item in state.evidence
    )


def _sentences(partial: object) -> list[object]:
    if not isinstance(partial, dict):
        return []
    sentences = partial.get("sentences", [])
    return sentences[:_MAX_SENTENCES] if isinstance(sentences, list) else []


def _draft(item: object, mask: Mask) -> Draft:
    """A draft from one JSON item; whatever breaks the schema becomes a draft that cites nothing."""
    if not isinstance(item, dict):
        return Draft("", ())
    numbers = item.get("evidence")
    evidence = tuple(n for n in numbers if type(n) is int) if isinstance(numbers, list) else ()
    text = strip_controls(mask.show(str(item.get("text", "")))).strip()
    return Draft(text, tuple(dict.fromkeys(evidence)))
