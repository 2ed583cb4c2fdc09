"""Whether the language model that the settings name can be asked, told before anybody asks."""

from ipaddress import ip_address
from json import JSONDecodeError
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.composers import Endpoint, open_endpoint, wanted_model
from assistant.settings import Settings
from assistant.winner import read_winner
from ingest.errors import SettingsError

if TYPE_CHECKING:
    import httpx2

_SECONDS = 5.0
_SHOWN = 5


def check_model(settings: Settings) -> str:
    """Who drafts the answers, and why.

    Raises SettingsError for an endpoint that refuses the key or does not serve the model, and what
    `open_endpoint` raises. An endpoint that is away is no error: it may come back, and until then
    the quotes answer.
    """
    with open_endpoint(settings) as endpoint:
        if endpoint is None:
            return f"none, the documents' own words answer ({_why_none(settings)})"
        if wanted_model(settings):
            return f"{endpoint.model}, on this machine; it starts with the first question"
        return _check_endpoint(endpoint)


def where_questions_go(settings: Settings) -> str:
    """Whether what people ask leaves this machine, and for where."""
    remote = settings.llm == "endpoint" or (settings.llm == "auto" and settings.llm_base_url)
    host = urlsplit(settings.llm_base_url or "").hostname if remote else None
    if host is None or _is_here(host):
        return "stay on this machine"
    return f"leave for {host}, which SANAD_LLM_BASE_URL names, without the identifiers in them"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _why_none(settings: Settings) -> str:
    if model := wanted_model(settings):
        return f"{model} won its measurement, but is not here; run `sanad models pull`"
    return "SANAD_LLM=none" if settings.llm == "none" else read_winner().because


def _check_endpoint(endpoint: Endpoint) -> str:
    """Ask for the list of models (`GET /models`), which most endpoints have."""
    import httpx2  # noqa: PLC0415  (only where there is an endpoint)

    address = endpoint.base_url().rstrip("/")
    headers = {"Authorization": f"Bearer {endpoint.api_key}"}
    try:
        reply = httpx2.get(f"{address}/models", headers=headers, timeout=_SECONDS)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return f"{endpoint.model}, away at {address}: {error}. The documents' own words answer"
    if reply.status_code in {401, 403}:
        raise SettingsError(
            f"{address} refuses the key (status {reply.status_code}); set SANAD_LLM_API_KEY to one "
            "that it takes."
        )
    known = _models(reply)
    if known and endpoint.model not in known:
        more = ", …" if len(known) > _SHOWN else ""
        raise SettingsError(
            f"{address} does not serve {endpoint.model!r}; set SANAD_LLM_MODEL to one of "
            f"{', '.join(known[:_SHOWN])}{more}."
        )
    return f"{endpoint.model} at {address}"


def _models(reply: "httpx2.Response") -> list[str]:
    """The ids that are told; none where the endpoint has no list."""
    try:
        listed = reply.json()["data"]
        return [str(model["id"]) for model in listed]
    except (JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        return []
