"""Which composer the settings choose, and its opening and closing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.compose import Composer, ExtractiveComposer
from assistant.pace import Pace
from assistant.prompt import Prompt, load_prompt
from assistant.settings import Settings
from assistant.winner import read_winner
from index.gguf import require_all, require_gguf
from index.modelstore import ModelStore
from ingest.errors import ModelMissingError, SettingsError

if TYPE_CHECKING:
    from assistant.chain import Chain
    from assistant.reread import Rephraser

PROMPT = "answer.v1"
LOCAL_MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model behind an OpenAI-compatible API; asking for the address may start its server.

    `keep` starts one that has died again, at the same address, and is for whoever gave the address
    to other processes, see `LocalServer.keep`; of somebody else's server nobody here takes care.
    """

    model: str
    base_url: Callable[[], str]
    api_key: str
    keep: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Writers:
    """Who drafts, and who says again what no rule understood, None where nobody is to."""

    composer: Composer
    rephraser: "Rephraser | None" = None


@contextmanager
def choose_writers(settings: Settings) -> Iterator[Writers]:
    """A language model if `open_endpoint` finds one, else extractive; raises what that raises.

    LangChain takes a second to import, and is imported only when it is needed.
    """
    with open_endpoint(settings) as endpoint:
        if endpoint is None:
            yield Writers(ExtractiveComposer())
        else:
            rephraser = _rephraser(settings, endpoint) if settings.llm_rewrite else None
            yield Writers(_composer(settings, endpoint), rephraser)


@contextmanager
def choose_composer(settings: Settings) -> Iterator[Composer]:
    """The composer alone."""
    with choose_writers(settings) as writers:
        yield writers.composer


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

    own = Path(model)
    if own.is_file():
        require_all(own)
    else:
        require_gguf(_locate(settings, model))
    server = LocalServer(
        lambda: _whole(settings, model),
        threads=settings.llm_threads,
        context=settings.llm_context,
    )
    try:
        yield Endpoint(model, lambda: server.base_url, server.api_key, server.keep)
    finally:
        server.close()


def _composer(settings: Settings, endpoint: Endpoint) -> Composer:
    from assistant.chain import ANSWER  # noqa: PLC0415
    from assistant.languagemodel import LanguageModelComposer  # noqa: PLC0415

    prompt = load_prompt(PROMPT)
    pace = Pace(settings.llm_timeout, settings.llm_first, settings.llm_stall)
    connect = _connecting(endpoint, prompt, pace, ANSWER, settings.llm_max_tokens)
    return LanguageModelComposer(endpoint.model, prompt.told, connect, pace)


def _rephraser(settings: Settings, endpoint: Endpoint) -> "Rephraser":
    """It has as long as a draft has for its first word, for a draft may come behind it."""
    from assistant import reread  # noqa: PLC0415

    prompt = load_prompt(reread.PROMPT)
    pace = Pace(settings.llm_first, settings.llm_first, settings.llm_stall)
    connect = _connecting(endpoint, prompt, pace, reread.SCHEMA, reread.MAX_TOKENS)
    return reread.ModelRephraser(prompt.told, connect, pace)


def _connecting(
    endpoint: Endpoint, prompt: Prompt, pace: Pace, schema: dict[str, Any], max_tokens: int
) -> "Callable[[], Chain]":
    """A local server may come back under another address, and its chain is made anew then."""
    from assistant.chain import answer_chain  # noqa: PLC0415

    @lru_cache(maxsize=1)
    def chain(base_url: str) -> "Chain":
        return answer_chain(
            base_url=base_url,
            model=endpoint.model,
            api_key=endpoint.api_key,
            prompt=prompt,
            pace=pace,
            max_tokens=max_tokens,
            schema=schema,
        )

    return lambda: chain(endpoint.base_url())


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
