"""The language model composer: a LangChain chain that drafts from numbered evidence only."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any

import httpx2
from langchain_core.exceptions import OutputParserException
from langchain_core.messages import AIMessageChunk
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableGenerator
from langchain_openai import ChatOpenAI
from openai import OpenAIError
from pydantic import SecretStr

from assistant.answer import ComposerName
from assistant.mask import Mask
from assistant.prompt import Prompt
from assistant.question import Language
from assistant.state import Draft, State
from ingest.errors import LanguageModelError

Chain = Runnable[dict[str, str], Any]

_LANGUAGE_NAMES: Mapping[Language, str] = {
    "fr": "French",
    "ar": "Arabic",
    "en": "English",
    "ary": "Arabic",
    "ary-latn": "Arabic",
}
_MAX_SENTENCES = 6
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


def answer_chain(
    *, base_url: str, model: str, api_key: str, prompt: Prompt, timeout: float, max_tokens: int
) -> Chain:
    """Prompt, chat model and JSON parser for any OpenAI-compatible endpoint.

    Input: `language`, `question`, `evidence`, `mark`. Output, also while streaming:
    `{"sentences": [{"text", "evidence"}]}`. The schema is sent as it is, for the client's own
    handling of it trusts the server to answer like OpenAI's. `timeout` is in seconds and bounds the whole answer:
    a model that never ends raises LanguageModelError.
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
    return template | chat | _whole_within(timeout, model) | JsonOutputParser()


def _whole_within(seconds: float, model: str) -> Runnable[AIMessageChunk, AIMessageChunk]:
    """Hands on what the model writes, parsed or not, until it ends of its own accord or is late.

    An answer that was cut is no answer: it may have lost the word that turned its meaning.
    """

    def watch(chunks: Iterator[AIMessageChunk]) -> Iterator[AIMessageChunk]:
        deadline = monotonic() + seconds
        finish = None
        for chunk in chunks:
            if monotonic() > deadline:
                raise LanguageModelError(
                    f"The language model {model} took more than {seconds:.0f} s; allow more with "
                    "SANAD_LLM_TIMEOUT, or choose a smaller model."
                )
            finish = chunk.response_metadata.get("finish_reason", finish)
            yield chunk
        if finish != "stop":
            raise LanguageModelError(
                f"The language model {model} stopped in the middle ({finish}); allow longer "
                "answers with SANAD_LLM_MAX_TOKENS."
            )

    return RunnableGenerator(watch)


class LanguageModelComposer:
    """Streams drafts from a chain.

    `connect` gives the chain and may start a local model. Every failure of the model becomes
    LanguageModelError.
    """

    name: ComposerName = "llm"

    def __init__(self, model: str, connect: Callable[[], Chain]) -> None:
        self.model: str | None = model
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
            for partial in self._connect().stream(inputs):
                latest = _sentences(partial)
                while done < len(latest) - 1:
                    yield _draft(latest[done], mask)
                    done += 1
        except (OpenAIError, OutputParserException, httpx2.HTTPError, ValueError) as error:
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
    return sentences if isinstance(sentences, list) else []


def _draft(item: object, mask: Mask) -> Draft:
    """A draft from one JSON item; whatever breaks the schema becomes a draft that cites nothing."""
    if not isinstance(item, dict):
        return Draft("", ())
    numbers = item.get("evidence")
    evidence = tuple(n for n in numbers if type(n) is int) if isinstance(numbers, list) else ()
    return Draft(mask.show(str(item.get("text", ""))).strip(), tuple(dict.fromkeys(evidence)))
