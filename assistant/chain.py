"""The chain to a language model: LangChain's prompt, chat model and JSON parser."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol

from langchain_core.messages import AIMessageChunk
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.outputs import Generation
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.pace import Pace
from assistant.prompt import Prompt
from ingest.errors import LanguageModelError

MAX_SENTENCES = 6
_LETTERS_PER_TOKEN = 16
"""No tokeniser writes more on average; a server that sends more does not count its tokens."""

ANSWER: dict[str, Any] = {
    "name": "answer",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            "sentences": {
                "type": "array",
                "maxItems": MAX_SENTENCES,
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


@dataclass(frozen=True, slots=True)
class Written:
    """What a model has written so far: any JSON, whatever was asked for.

    The tokens are None until the server tells them, which it does at the end if at all.
    """

    answer: Any
    prompt_tokens: int | None = None
    output_tokens: int | None = None


class Chain(Protocol):
    """Prompt in, drafts out, as far as they are written."""

    def stream(self, inputs: dict[str, str]) -> Generator[Written]:
        """Ever more of `{"sentences": [{"text", "evidence"}]}`; closing it ends the request."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerChain:
    """Prompt, model and parser, one after the other.

    They are not joined with `|`: a runnable sequence that is left midway reads its model to the
    end in order to trace it, so a user who leaves could not stop a model that goes on writing.
    `letters` is how much it may write.
    """

    prompt: ChatPromptTemplate
    chat: ChatOpenAI
    letters: int
    parser: JsonOutputParser = field(default_factory=JsonOutputParser)

    def stream(self, inputs: dict[str, str]) -> Generator[Written]:
        """Input: what the task of the prompt names, `language`, `question`, `evidence` and `mark`.

        Raises LanguageModelError for an answer that was cut, for it may have lost the word that
        turned its meaning, and for one that does not end.
        """
        text, finish, usage = "", None, None
        with closing(self._chunks(inputs)) as chunks:
            for chunk in chunks:
                finish = chunk.response_metadata.get("finish_reason", finish)
                usage = chunk.usage_metadata or usage
                text += chunk.text
                if len(text) > self.letters:
                    raise LanguageModelError("it wrote on and on, past SANAD_LLM_MAX_TOKENS.")
                yield Written(
                    self.parser.parse_result([Generation(text=text)], partial=True),
                    usage["input_tokens"] if usage else None,
                    usage["output_tokens"] if usage else None,
                )
        if finish != "stop":
            raise LanguageModelError(
                f"it stopped in the middle ({finish}); allow longer answers with "
                "SANAD_LLM_MAX_TOKENS."
            )

    def _chunks(self, inputs: dict[str, str]) -> Generator[AIMessageChunk]:
        yield from self.chat.stream(self.prompt.invoke(inputs))


def answer_chain(
    *,
    base_url: str,
    model: str,
    api_key: str,
    prompt: Prompt,
    pace: Pace,
    max_tokens: int,
    schema: dict[str, Any] = ANSWER,
) -> Chain:
    """The chain for any OpenAI-compatible endpoint.

    The schema is sent as it is, for the client's own handling of it trusts the server to answer
    like OpenAI's. The socket's limit only ends the thread of a server that went silent: the pace
    is kept by whoever reads.
    """
    chat = ChatOpenAI(
        base_url=base_url,
        model=model,
        api_key=SecretStr(api_key),
        temperature=0,
        timeout=max(pace.first, pace.stall),
        max_retries=0,
        max_completion_tokens=max_tokens,
        stream_usage=True,
        use_responses_api=False,
        extra_body={"response_format": {"type": "json_schema", "json_schema": schema}},
    )
    template = ChatPromptTemplate.from_messages(
        [
            ("system", prompt.text.replace("{", "{{").replace("}", "}}")),
            ("human", prompt.task),
        ]
    )
    return AnswerChain(template, chat, max_tokens * _LETTERS_PER_TOKEN)
