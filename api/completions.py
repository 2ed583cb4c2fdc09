"""Chat completions: a question to Sanad in OpenAI's words, and its answer in them.

The fields are those of OpenAI's API reference. What a message has besides is `citations`, and
`sanad`: the whole answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from time import time
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from api.headers import BODY_LIMIT
from api.prose import RULE, prose, say
from assistant.answer import Answer, Citation, Notice
from assistant.question import HISTORY_LIMIT, Question, Turn
from ingest.errors import ModelUnknownError, UnsupportedError

if TYPE_CHECKING:
    import tiktoken

MODEL = "sanad"

Text = Annotated[str, Field(max_length=BODY_LIMIT)]
"""Whatever a body can hold, as long as it is Unicode: only a string with a bound is checked."""

_TURN_LIMIT = 8_000
_JSON = TypeAdapter(object)


class Part(BaseModel):
    """A part of a message; only those of type `text` are read."""

    type: Text
    text: Text | None = None


class Message(BaseModel):
    """One message. Those of `system` and `developer` are not followed: Sanad has its own rules."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | tuple[Part, ...] | None = None
    tool_calls: tuple[Any, ...] | None = None
    function_call: Any = None


class StreamOptions(BaseModel):
    """What a stream carries besides the answer."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


_ONLY: Mapping[str, Sequence[JsonValue]] = {
    "n": (1,),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "functions": ([],),
    "function_call": ("none", "auto"),
    "response_format": ({"type": "text"},),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "modalities": (["text"],),
    "audio": (),
    "web_search_options": (),
    "moderation": (),
}
"""What may be said of a parameter that would change the answer: what is done anyway."""


def _narrow(schema: dict[str, Any]) -> None:
    for name, values in _ONLY.items():
        schema["properties"][name]["enum"] = [None, *values]


class CompletionRequest(BaseModel):
    """The body of `POST /v1/chat/completions`.

    What would change the answer, and Sanad does not do, is refused. What only tunes a model is
    taken and has no effect. A parameter that OpenAI does not have is refused as a slip.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_narrow)

    messages: tuple[Message, ...] = Field(min_length=1)
    model: Text = MODEL
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    n: Any = None
    tools: Any = None
    tool_choice: Any = None
    functions: Any = None
    function_call: Any = None
    response_format: Any = None
    logprobs: Any = None
    top_logprobs: Any = None
    modalities: Any = None
    audio: Any = None
    web_search_options: Any = None
    moderation: Any = None

    temperature: Any = None
    top_p: Any = None
    max_tokens: Any = None
    max_completion_tokens: Any = None
    frequency_penalty: Any = None
    presence_penalty: Any = None
    logit_bias: Any = None
    seed: Any = None
    stop: Any = None
    user: Any = None
    metadata: Any = None
    store: Any = None
    parallel_tool_calls: Any = None
    prediction: Any = None
    prompt_cache_key: Any = None
    prompt_cache_options: Any = None
    prompt_cache_retention: Any = None
    reasoning_effort: Any = None
    safety_identifier: Any = None
    service_tier: Any = None
    verbosity: Any = None

    @property
    def includes_usage(self) -> bool:
        """Whether a stream is to tell the usage."""
        return bool(self.stream_options and self.stream_options.include_usage)


class Asked(BaseModel):
    """What a request asks; `cut` when earlier messages of it are not read."""

    question: Question
    cut: bool

    @property
    def read(self) -> str:
        """All that is read of the messages."""
        turns = (turn.content for turn in self.question.history)
        return "\n".join([*turns, self.question.question])

    def completed(self, answer: Answer) -> Answer:
        """The answer with a notice of what was not read."""
        if not self.cut:
            return answer
        notice = Notice(kind="history_cut", text=say("history_cut", answer.language))
        return answer.model_copy(update={"notices": (*answer.notices, notice)})


def asked(request: CompletionRequest) -> Asked:
    """The last message is the question, earlier ones of user and assistant its history.

    A client sends the whole conversation each time, and nobody behind it chose how much: so the
    eldest messages are left out, whole, where the assistant would refuse to read so many. Raises
    ModelUnknownError and UnsupportedError.
    """
    if request.model != MODEL:
        raise ModelUnknownError(f"There is no model {request.model[:50]!r} here; ask {MODEL!r}.")
    for name, values in _ONLY.items():
        if (value := getattr(request, name)) is not None and value not in values:
            raise _unsupported(name, values)
    said = list(_said(request.messages))
    if not said or said[-1][0] != "user":
        raise UnsupportedError("The last message has to be the user's: it is the question.")
    *before, (_, question) = said
    turns = [Turn(role=role, content=text) for role, text in before if len(text) <= _TURN_LIMIT]
    read = tuple(turns[-HISTORY_LIMIT:])
    return Asked(question=Question(question=question, history=read), cut=len(read) < len(before))


def _unsupported(name: str, values: Sequence[JsonValue]) -> UnsupportedError:
    allowed = " or ".join(_JSON.dump_json(value).decode() for value in values)
    return UnsupportedError(
        f"{name}: not supported. Sanad gives one text with its proofs for each question, and has "
        f"no tools. Leave it out{f', or send {allowed}' if allowed else ''}."
    )


def _said(messages: Sequence[Message]) -> Iterator[tuple[Literal["user", "assistant"], str]]:
    """What both said, in order; of an answer of ours only the answer."""
    for place, message in enumerate(messages):
        if message.role in {"tool", "function"} or message.tool_calls or message.function_call:
            raise UnsupportedError(f"messages.{place}: Sanad calls no tools; leave them out.")
        if message.role == "user":
            yield "user", _text(place, message)
        elif message.role == "assistant":
            yield "assistant", _text(place, message).partition(RULE)[0]


def _text(place: int, message: Message) -> str:
    if isinstance(message.content, str):
        return message.content
    parts = message.content or ()
    if other := next((part.type for part in parts if part.type != "text"), None):
        raise UnsupportedError(f"messages.{place}: {other[:50]!r}: Sanad reads text alone.")
    return "\n".join(part.text or "" for part in parts)


class Usage(BaseModel):
    """Tokens of what was read and of what was said, by a common encoding: nobody is billed."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Reply(BaseModel):
    """The answer as one text with marks such as [1], and as the objects it was made from."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    citations: tuple[Citation, ...]
    sanad: Answer


class Choice(BaseModel):
    """The only one."""

    index: int = 0
    message: Reply
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """The answer to `POST /v1/chat/completions`; a refusal is an answer like any other."""

    id: str = Field(default_factory=lambda: f"chatcmpl-{uuid4()}")
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(default_factory=lambda: int(time()))
    model: str = MODEL
    choices: tuple[Choice]
    usage: Usage


def completion(asked: Asked, answer: Answer) -> Completion:
    """The whole answer at once."""
    answer = asked.completed(answer)
    content = prose(answer)
    message = Reply(content=content, citations=answer.citations, sanad=answer)
    return Completion(choices=(Choice(message=message),), usage=usage(asked.read, content))


def usage(read: str, said: str) -> Usage:
    """The tokens of both."""
    prompt, answer = (len(_encoding().encode_ordinary(text)) for text in (read, said))
    return Usage(prompt_tokens=prompt, completion_tokens=answer, total_tokens=prompt + answer)


@cache
def _encoding() -> "tiktoken.Encoding":
    import tiktoken  # noqa: PLC0415  (not for who only asks)

    from ingest.passages import PassageSettings  # noqa: PLC0415

    return tiktoken.get_encoding(PassageSettings().encoding)
