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

    `llm` is `auto` (an endpoint if `llm_base_url` is set, else the local model if it was pulled,
    else extractive), `none`, `local` or `endpoint`. `llm_model` is a name the endpoint knows, or
    for `local` an id of `sanad models list` or the path of a GGUF file. `llm_timeout` is the time
    in seconds that a whole answer may take, `llm_context` is in tokens.

    `feeds` is the folder into which documents are fetched. `feeds_contact` goes out with each
    request: an e-mail address or a page where a webmaster can reach whoever runs this.

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
    passage_tokens: int = Field(default=256, ge=64, le=512)
    rerank_model: Path | None = None
    nli_model: Path | None = None

    llm: Literal["auto", "none", "local", "endpoint"] = "auto"
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr = SecretStr("none")
    llm_timeout: float = Field(default=30, gt=0, le=600)
    llm_max_tokens: int = Field(default=400, ge=50, le=4_000)
    llm_context: int = Field(default=4_096, ge=1_024)
    llm_threads: int = Field(default=2, ge=1)


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
