"""One typed tree of settings, read once from the environment; a bad value stops the start."""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import SettingsError

_CHECKOUT = Path(__file__).resolve().parent.parent


def _data(*parts: str) -> Path:
    """Where data lives: `var/` in a checkout, the user's data folder for an installed package."""
    if (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT.joinpath("var", *parts)
    return Path(platformdirs.user_data_dir("sanad"), *parts)


class Settings(BaseSettings):
    """Every setting is the environment variable `SANAD_<NAME>`; `sanad doctor` prints them.

    `llm` is `auto` (the endpoint or the model that is set, else the composer that won its
    measurement, see ADR 0027), `none`, `local` or `endpoint`. `llm_model` is a name the endpoint
    knows, or an id of `sanad models list` or the path of a GGUF file. `llm_first`, `llm_stall` and
    `llm_timeout` are the seconds until the first word, between words and in all that a draft may
    take; `llm_context` is in tokens, for each of the answers written at a time.

    `embedding_device` is where texts are embedded: `cpu`, with the optimised model where there is
    one, or what sentence-transformers calls a graphics card. `embedding_threads` is how many one
    call may use.

    `file_bytes`, `file_pages`, `file_cells` (of a table) and `file_unpacked` (bytes that a Word or
    Excel file declares) bound what one ingested file may hold, `file_seconds` and `file_memory` (in
    bytes) what reading it may cost; beyond them it is refused with its reason.

    `feeds` is the folder into which documents are fetched. `feeds_contact` goes out with each
    request: an e-mail address or a page where a webmaster can reach whoever runs this.

    `slots` questions are worked on at a time, so many in `queue` wait for at most `queue_wait`
    seconds, and further ones are sent away at once. `answer_cache` is how many answers are
    remembered, 0 for none.

    `rerank_model` and `nli_model` are folders of cross-encoders, used only where they are set: one
    reorders what was found, the other judges in `sanad eval run` whether words prove a claim.
    """

    model_config = SettingsConfigDict(
        env_prefix="SANAD_", env_ignore_empty=True, frozen=True, extra="forbid"
    )

    corpus: Path = _CHECKOUT / "corpus"
    index: Path = Field(default_factory=lambda: _data("index"))
    models: Path = Field(default_factory=lambda: _data("models"))
    feeds: Path = Field(default_factory=lambda: _data("feeds"))
    feeds_contact: str | None = Field(default=None, pattern=r"^[!-~]{3,200}$")

    embedding_model: str = "sanad-e5-small"
    embedding_query_prefix: str | None = None
    embedding_passage_prefix: str | None = None
    embedding_device: str = Field(default="cpu", pattern=r"^(cpu|cuda(:\d+)?|mps|xpu(:\d+)?)$")
    embedding_threads: int = Field(default=2, ge=1, le=256)
    passage_tokens: int = Field(default=256, ge=64, le=512)
    file_bytes: int = Field(default=20_000_000, ge=1)
    file_pages: int = Field(default=2_000, ge=1)
    file_cells: int = Field(default=500_000, ge=1)
    file_unpacked: int = Field(default=200_000_000, ge=1)
    file_seconds: float = Field(default=60, gt=0)
    file_memory: int = Field(default=2_000_000_000, ge=200_000_000)
    rerank_model: Path | None = None
    nli_model: Path | None = None

    llm: Literal["auto", "none", "local", "endpoint"] = "auto"
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr = SecretStr("none")
    llm_timeout: float = Field(default=30, gt=0, le=600)
    llm_first: float = Field(default=20, gt=0, le=600)
    llm_stall: float = Field(default=10, gt=0, le=600)
    llm_max_tokens: int = Field(default=400, ge=50, le=4_000)
    llm_context: int = Field(default=4_096, ge=1_024)
    llm_threads: int = Field(default=2, ge=1)

    slots: int = Field(default=8, ge=1, le=256)
    queue: int = Field(default=64, ge=0, le=10_000)
    queue_wait: float = Field(default=3, gt=0, le=60)
    answer_cache: int = Field(default=512, ge=0, le=100_000)


def load_settings(*, index: Path | None = None, **overrides: object) -> Settings:
    """Settings from the environment; `overrides` win, and `index` where it is given.

    Raises SettingsError naming the variable.
    """
    if index:
        overrides["index"] = index
    try:
        return Settings.model_validate({**Settings().model_dump(), **overrides})
    except ValidationError as error:
        problems = "; ".join(
            f"SANAD_{'_'.join(str(part) for part in e['loc']).upper()}: {e['msg']}"
            for e in error.errors()
        )
        raise SettingsError(f"A setting cannot be used: {problems}.") from error
