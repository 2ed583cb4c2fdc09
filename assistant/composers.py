"""Which composer the settings choose, and its opening and closing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.compose import Composer, ExtractiveComposer
from assistant.pace import Pace
from assistant.prompt import load_prompt
from assistant.settings import Settings
from assistant.winner import read_winner
from index.gguf import require_gguf
from index.modelstore import ModelStore
from ingest.errors import ModelMissingError, SettingsError

if TYPE_CHECKING:
    from assistant.chain import Chain

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

    LangChain takes a second to import, and is imported only when it is needed.
    """
    with open_endpoint(settings) as endpoint:
        yield _composer(settings, endpoint) if endpoint else ExtractiveComposer()


@contextmanager
def open_endpoint(settings: Settings) -> Iterator[Endpoint | None]:
    """What `settings.llm` names; with `auto`, an endpoint or a model that is set, else the winner.

    Raises SettingsError for an endpoint without address, ModelMissingError for a local model that
    was asked for and is not there, ModelDamagedError for a file that is no model.
    """
    if settings.llm == "endpoint" or (settings.llm == "auto" and settings.llm_base_url):
        yield _remote(settings)
    elif (model := wanted_model(settings)) and _is_usable(settings, model):
        yield from _local(settings, model)
    else:
        yield None


def wanted_model(settings: Settings) -> str | None:
    """The id or path of the local model that the settings want, None if they want none.

    `auto` wants the model that is named, else the one that won its measurement.
    """
    if settings.llm == "local":
        return settings.llm_model or LOCAL_MODEL
    if settings.llm == "auto" and settings.llm_base_url is None:
        return settings.llm_model or read_winner().model
    return None


def _remote(settings: Settings) -> Endpoint:
    base_url, model = settings.llm_base_url, settings.llm_model
    if base_url is None or model is None:
        raise SettingsError(
            "A language model endpoint needs SANAD_LLM_BASE_URL, the address of an "
            "OpenAI-compatible API, and SANAD_LLM_MODEL, a model that it serves."
        )
    return Endpoint(model, lambda: base_url, settings.llm_api_key.get_secret_value())


def _local(settings: Settings, model: str) -> Iterator[Endpoint]:
    from assistant.localserver import LocalServer  # noqa: PLC0415

    require_gguf(_locate(settings, model))
    server = LocalServer(
        lambda: _whole(settings, model),
        threads=settings.llm_threads,
        context=settings.llm_context,
    )
    try:
        yield Endpoint(model, lambda: server.base_url, server.api_key)
    finally:
        server.close()


def _composer(settings: Settings, endpoint: Endpoint) -> Composer:
    """A local server may come back under another address, and its chain is made anew then."""
    from assistant.chain import answer_chain  # noqa: PLC0415
    from assistant.languagemodel import LanguageModelComposer  # noqa: PLC0415

    prompt = load_prompt(PROMPT)
    pace = Pace(settings.llm_timeout, settings.llm_first, settings.llm_stall)

    @lru_cache(maxsize=1)
    def chain(base_url: str) -> "Chain":
        return answer_chain(
            base_url=base_url,
            model=endpoint.model,
            api_key=endpoint.api_key,
            prompt=prompt,
            pace=pace,
            max_tokens=settings.llm_max_tokens,
        )

    return LanguageModelComposer(
        endpoint.model, f"{prompt.id} {prompt.digest}", lambda: chain(endpoint.base_url()), pace
    )


def _is_usable(settings: Settings, model: str) -> bool:
    """Whether it is here, or was asked for, so that its absence is an error."""
    if settings.llm == "local" or settings.llm_model:
        return True
    try:
        _locate(settings, model)
    except ModelMissingError:
        return False
    return True


def _locate(settings: Settings, model: str) -> Path:
    """Path of the GGUF file; raises ModelMissingError."""
    own = Path(model)
    return own if own.is_file() else ModelStore(settings.models).path(model)


def _whole(settings: Settings, model: str) -> Path:
    """The same, once its hash is known to be right; raises ModelDamagedError."""
    own = Path(model)
    return own if own.is_file() else ModelStore(settings.models).whole(model)
