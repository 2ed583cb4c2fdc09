"""One typed tree of settings, read once from the environment; a bad value stops the start."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
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
    take; `llm_context` is in tokens, for each of the answers written at a time. With `llm_rewrite`
    the model also says again what the rules could make no question of (`assistant.reread`).

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

    `index_poll` is how many seconds may pass until a new generation answers, 0 for not before a
    restart. A silent stream gives a sign of life every `heartbeat` seconds; what nobody listens to
    any more is worked on for `resume_wait` seconds, in which a cut line may be taken up again.
    Told to stop, `sanad serve` gives the answers that it is at `shutdown_wait` seconds.

    `root_path` is the path below which a proxy shows Sanad, such as `/sanad`. `trusted_proxies` are
    addresses or networks, with commas between: who comes from there is believed about the caller's
    address, scheme and request id (`api.proxies`), and nobody else is.

    `log` is how lines look, `auto` for JSON except on a terminal; `log_addresses` adds the caller's
    address to the line of each request. `otlp_endpoint` is where traces go, none without; the
    variable that OpenTelemetry itself defines, OTEL_EXPORTER_OTLP_ENDPOINT, does as well.

    `limit_address`, `limit_known` and `limit_conversation` are the requests a minute that each
    worker grants to an address, to a key or a user, and within a conversation; 0 is no limit.

    A sign-in ends after `session_hours`, or `session_idle_minutes` after it was last used. `oidc_*`
    let people sign in at an issuer: the claim `oidc_role_claim` of its ID token holds what
    `oidc_roles` maps to roles (JSON, the first that applies counts), and `oidc_redirect` is the
    address at which Sanad is asked for, where the one of the request would be another.

    `database_url` is where records are kept: `sqlite:////path/of/a/file`, by default a file beside
    the index, or `postgresql://user:password@host/name`. `database_timeout` is in seconds, for
    connecting, for a lock and for a statement. The `keep_…_days` are after how many days records
    are deleted: conversations and gaps from their last turn, the others from when they came.

    `styleguide` shows every component of the pages at `/styleguide`, for those who work on them.

    `runs` is the folder whose runs of `sanad eval run` the evaluators' desk shows, and in which it
    keeps what they think of them.

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
    runs: Path = Field(default_factory=lambda: _data("evals"))
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
    llm_rewrite: bool = False

    slots: int = Field(default=8, ge=1, le=256)
    queue: int = Field(default=64, ge=0, le=10_000)
    queue_wait: float = Field(default=3, gt=0, le=60)
    answer_cache: int = Field(default=512, ge=0, le=100_000)

    database_url: SecretStr | None = None
    database_timeout: float = Field(default=5, ge=1, le=60)
    keep_conversations_days: int = Field(default=30, ge=1, le=36_500)
    keep_feedback_days: int = Field(default=730, ge=1, le=36_500)
    keep_handoffs_days: int = Field(default=730, ge=1, le=36_500)
    keep_gaps_days: int = Field(default=730, ge=1, le=36_500)
    styleguide: bool = False

    index_poll: float = Field(default=2, ge=0, le=3_600)
    heartbeat: float = Field(default=15, gt=0, le=600)
    resume_wait: float = Field(default=5, ge=0, le=60)
    shutdown_wait: float = Field(default=10, ge=0, le=600)

    limit_address: int = Field(default=120, ge=0)
    limit_known: int = Field(default=1_200, ge=0)
    limit_conversation: int = Field(default=30, ge=0)

    session_hours: float = Field(default=12, gt=0, le=24 * 30)
    session_idle_minutes: float = Field(default=60, gt=0, le=60 * 24 * 30)
    oidc_issuer: str | None = Field(default=None, pattern=r"^https?://\S+$")
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_redirect: str | None = Field(default=None, pattern=r"^https?://\S+$")
    oidc_scope: str = "openid profile"
    oidc_role_claim: str = "roles"
    oidc_roles: dict[str, Literal["agent", "evaluator", "admin"]] = Field(default_factory=dict)

    root_path: str = Field(default="", pattern=r"^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$")
    trusted_proxies: str = ""
    log: Literal["auto", "json", "text"] = "auto"
    log_addresses: bool = False
    otlp_endpoint: str | None = Field(default=None, pattern=r"^https?://[!-~]+$")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for one in filter(None, value.replace(" ", "").split(",")):
            if ip_network(one).prefixlen == 0:
                raise ValueError("everybody cannot be trusted; name the addresses of your proxies")
        return value

    def records_url(self) -> str:
        """The address of the database of records, with its password if it has one."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{_data('records', 'sanad.sqlite')}"


def unknown_variables() -> tuple[str, ...]:
    """Variables that look like settings and are none, as misspelt ones do: they change nothing."""
    known = {f"SANAD_{name.upper()}" for name in Settings.model_fields}
    found = (name for name in os.environ if name.upper().startswith("SANAD_"))
    return tuple(sorted(name for name in found if name.upper() not in known))


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
