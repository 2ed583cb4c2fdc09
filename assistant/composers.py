"""Which composer the settings choose, and its opening and closing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.compose import Composer, ExtractiveComposer
from assistant.prompt import load_prompt
from assistant.settings import Settings
from index.modelstore import ModelStore
from ingest.errors import ModelMissingError, SettingsError

if TYPE_CHECKING:
    from assistant.languagemodel import Chain

PROMPT = "answer.v1"
LOCAL_MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model behind an OpenAI-compatible API; asking for the address may start its server."""

    model: str
    base_url: Callable[[], str]
    api_key: str


@contextmanager
def choose_composer(settings: Settings) -> Iterator[Composer]:
    """A language model if `open_endpoint` finds one, else extractive; raises what that raises.

    LangChain and llama.cpp take a second to import, and are imported only when they are needed.
    """
    with open_endpoint(settings) as endpoint:
        yield _composer(settings, endpoint) if endpoint else ExtractiveComposer()


@contextmanager
def open_endpoint(settings: Settings) -> Iterator[Endpoint | None]:
    """`auto`: an endpoint if one is set, else the local model if it was pulled, else None.

    Raises SettingsError for an endpoint without address, ModelMissingError for a local model that
    was asked for by name and is not there.
    """
    if settings.llm == "endpoint" or (settings.llm == "auto" and settings.llm_base_url):
        yield _remote(settings)
    elif settings.llm == "local" or (settings.llm == "auto" and _is_pulled(settings)):
        yield from _local(settings)
    else:
        yield None


def _remote(settings: Settings) -> Endpoint:
    base_url, model = settings.llm_base_url, settings.llm_model
    if base_url is None or model is None:
        raise SettingsError(
            "A language model endpoint needs SANAD_LLM_BASE_URL, the address of an "
            "OpenAI-compatible API, and SANAD_LLM_MODEL, a model that it serves."
        )
    return Endpoint(model, lambda: base_url, settings.llm_api_key.get_secret_value())


def _local(settings: Settings) -> Iterator[Endpoint]:
    from assistant.localserver import LocalServer  # noqa: PLC0415

    _locate(settings)
    server = LocalServer(
        lambda: _verified(settings), threads=settings.llm_threads, context=settings.llm_context
    )
    try:
        model = settings.llm_model or LOCAL_MODEL
        yield Endpoint(model, lambda: server.base_url, server.api_key)
    finally:
        server.close()


def _composer(settings: Settings, endpoint: Endpoint) -> Composer:
    from assistant.languagemodel import LanguageModelComposer, answer_chain  # noqa: PLC0415

    prompt = load_prompt(PROMPT)

    @cache
    def connect() -> "Chain":
        return answer_chain(
            base_url=endpoint.base_url(),
            model=endpoint.model,
            api_key=endpoint.api_key,
            prompt=prompt,
            timeout=settings.llm_timeout,
            max_tokens=settings.llm_max_tokens,
        )

    return LanguageModelComposer(endpoint.model, f"{prompt.id} {prompt.digest}", connect)


def _is_pulled(settings: Settings) -> bool:
    try:
        _locate(settings)
    except ModelMissingError:
        return False
    return True


def _locate(settings: Settings) -> Path:
    """Path of the GGUF file; raises ModelMissingError."""
    model = settings.llm_model or LOCAL_MODEL
    own = Path(model)
    return own if own.is_file() else ModelStore(settings.models).path(model)


def _verified(settings: Settings) -> Path:
    """The same after hashing a file of the registry; raises ModelDamagedError."""
    path = _locate(settings)
    model = settings.llm_model or LOCAL_MODEL
    return path if path == Path(model) else ModelStore(settings.models).verify(model)
