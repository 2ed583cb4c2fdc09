"""Which composer the settings choose, and its opening and closing."""

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def choose_composer(settings: Settings) -> Iterator[Composer]:
    """`auto`: an endpoint if one is set, else the local model if it was pulled, else extractive.

    LangChain and llama.cpp take a second to import, and are imported only when they are needed.
    Raises SettingsError for an endpoint without address, ModelMissingError for a local model that
    was asked for by name and is not there.
    """
    if settings.llm == "endpoint" or (settings.llm == "auto" and settings.llm_base_url):
        yield _endpoint(settings)
    elif settings.llm == "local" or (settings.llm == "auto" and _is_pulled(settings)):
        yield from _local(settings)
    else:
        yield ExtractiveComposer()


def _endpoint(settings: Settings) -> Composer:
    from assistant.languagemodel import LanguageModelComposer  # noqa: PLC0415

    if settings.llm_base_url is None or settings.llm_model is None:
        raise SettingsError(
            "A language model endpoint needs SANAD_LLM_BASE_URL, the address of an "
            "OpenAI-compatible API, and SANAD_LLM_MODEL, a model that it serves."
        )
    key = settings.llm_api_key.get_secret_value()
    chain = _chain(settings, settings.llm_base_url, settings.llm_model, key)
    return LanguageModelComposer(settings.llm_model, lambda: chain)


def _local(settings: Settings) -> Iterator[Composer]:
    from assistant.languagemodel import LanguageModelComposer  # noqa: PLC0415
    from assistant.localserver import LocalServer  # noqa: PLC0415

    model = settings.llm_model or LOCAL_MODEL
    _locate(settings)
    server = LocalServer(
        lambda: _verified(settings), threads=settings.llm_threads, context=settings.llm_context
    )
    try:
        yield LanguageModelComposer(
            model, lambda: _chain(settings, server.base_url, model, server.api_key)
        )
    finally:
        server.close()


def _chain(settings: Settings, base_url: str, model: str, api_key: str) -> "Chain":
    from assistant.languagemodel import answer_chain  # noqa: PLC0415

    return answer_chain(
        base_url=base_url,
        model=model,
        api_key=api_key,
        prompt=load_prompt(PROMPT),
        timeout=settings.llm_timeout,
        max_tokens=settings.llm_max_tokens,
    )


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
