"""Proxies: whose word about the caller counts, and below which path Sanad is shown."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.settings import Settings

_FORWARDING = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"}
)
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Proxies:
    """ASGI middleware: believes the forwarded headers of trusted peers, and of nobody else.

    From a trusted peer, `X-Forwarded-For` and `X-Forwarded-Proto` become the client and the scheme
    of the request (the last address that is not a trusted one: what stands before it may be
    invented). From others they are left unread. A path that came without `root_path`, because the
    proxy took it off, gets it back, as ASGI wants it.

    What it saw is in `request.state`: `from_proxy` is whether the peer is trusted, `direct` whether
    somebody on this machine speaks to Sanad without a proxy, by a name of loopback: a page that was
    led here by a false DNS record brings its own name. nginx, told nothing, hands everybody on
    by such a name and says so nowhere, but speaks HTTP/1.0, as nobody else does today.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        trusted = list(filter(None, settings.trusted_proxies.replace(" ", "").split(",")))
        self._believing = ProxyHeadersMiddleware(self._believed, trusted)  # type: ignore[arg-type]
        self._trusts = self._believing.trusted_hosts
        self._root_path = settings.root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        peer = _plain(scope["client"])
        scope["client"] = peer
        state = scope.setdefault("state", {})
        state["peer"] = peer
        state["from_proxy"] = peer is not None and peer[0] in self._trusts
        state["direct"] = _is_direct(scope)
        self._root(scope)
        await self._believing(scope, receive, send)  # type: ignore[arg-type]

    async def _believed(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = _plain(scope["client"])
        scope["client"] = client if client and _address(client[0]) else scope["state"]["peer"]
        await self._app(scope, receive, send)

    def _root(self, scope: Scope) -> None:
        root, path = self._root_path, scope["path"]
        if root and path != root and not path.startswith(f"{root}/"):
            scope["path"] = f"{root}{path}"
        if root:
            scope["root_path"] = root


def is_direct(request: Request) -> bool:
    """Whether the request came straight from this machine, see `Proxies`."""
    return bool(getattr(request.state, "direct", False))


def _is_direct(scope: Scope) -> bool:
    address = _address(scope["client"][0]) if scope["client"] else None
    headers = scope["headers"]
    if address is None or not address.is_loopback or any(h in _FORWARDING for h, _ in headers):
        return False
    if scope.get("http_version") == "1.0":
        return False
    hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
    return len(hosts) == 1 and _without_port(hosts[0]) in _LOOPBACK_NAMES


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdecimal() else host


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _plain(client: tuple[str, int] | None) -> tuple[str, int] | None:
    """The same, an IPv4 address in the IPv6 form of a listener for both as itself."""
    if client is None:
        return None
    address = _address(client[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (str(mapped), client[1]) if mapped else client
