"""Address: what may be asked for over the network, and at which machine.

A list of allowed hosts says whom we trust; it does not say where a name leads today. So both are
checked, in this order: the written address is one of few plain forms and its host stands on the
list, then every machine behind the name is a public one. The caller connects to an address that
was checked here, never to the name, so that a second answer of the name server changes nothing.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from ingest.errors import FetchError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

MAX_URL = 2_000
"""Characters of a URL; longer ones are made by machines to be looked at by machines."""


@dataclass(frozen=True, slots=True)
class Location:
    """A URL in the one form that is fetched; `target` is its path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port: the Host header."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority: what one robots.txt speaks for."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The URL as it is asked for."""
        return self.origin + self.target

    def joined(self, reference: str) -> "Location":
        """Where a redirect from here leads. Raises `FetchError` as `parse_location` does."""
        target = parse_location(urljoin(self.url, reference))
        if self.scheme == "https" and target.scheme == "http":
            raise FetchError(f"{self.url} redirects to unencrypted {target.url}; not followed")
        return target


def parse_location(url: str) -> Location:
    """A URL, taken apart.

    Only http and https, with a host written as a name in ASCII: an address in digits, in whatever
    base, a user name, a backslash or a blank are how one program is made to read another host than
    the next. Raises `FetchError` saying which of them it was.
    """
    for applies, reason in _refusals(url):
        if applies:
            raise FetchError(f"{url[:200]!r} is not fetched: {reason}")
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe=_SAFE)
    query = "?" + quote(parts.query, safe=_SAFE + "?") if parts.query else ""
    return Location(
        scheme=parts.scheme.lower(),
        host=_host(url),
        port=parts.port or _PORTS[parts.scheme.lower()],
        target=path + query,
    )


_PORTS = {"http": 80, "https": 443}
_SAFE = "/%:@!$&'()*+,;=~"
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")


def _refusals(url: str) -> list[tuple[bool, str]]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return [(True, f"it is no URL ({error})")]
    return [
        (len(url) > MAX_URL, f"it is longer than {MAX_URL} characters"),
        (bool(re.search(r"[\x00-\x20\x7f\\]", url)), "it holds a blank or a backslash"),
        (parts.scheme.lower() not in _PORTS, "only http and https are"),
        ("@" in parts.netloc, "it carries a user name"),
        (port == 0, "it names port 0"),
        (
            not _NAME.fullmatch(_host(url)) or len(_host(url)) > 253,
            "its host is no plain name (international names in xn-- form, no addresses in digits)",
        ),
    ]


def _host(url: str) -> str:
    """The host in lower case, without the dot that may end a full name."""
    return (urlsplit(url).hostname or "").removesuffix(".")


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the open internet and to one machine there.

    Beyond what the registry of special addresses says (RFC 6890), an IPv6 address must be of
    global unicast space and not one that leads on to an IPv4 address (mapped, 6to4, Teredo,
    NAT64), and addresses on which clouds serve their credentials are none of ours.
    """
    if any(address in network for network in _CLOSED if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # the host agent of Azure
        "192.0.0.0/24",  # protocol assignments; the metadata of Oracle Cloud
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation (RFC 9637)
    )
)


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses behind a name, as the system's resolver gives them; raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Network:
    """The part of the network that may be reached. The defaults are the only safe values."""

    ports: frozenset[int] = frozenset(_PORTS.values())
    is_allowed: Callable[[IPAddress], bool] = is_public
    resolve: Resolver = resolve

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses of a host, every one checked: one bad record spoils the name.

        Raises `FetchError` when the port or any address is not allowed, `OSError` when the name
        cannot be resolved.
        """
        if port not in self.ports:
            raise FetchError(f"{host}:{port} is not fetched: only ports {_listed(self.ports)} are")
        try:
            found = tuple(ipaddress.ip_address(text) for text in self.resolve(host, port))
        except ValueError as error:
            raise FetchError(f"{host} resolves to what is no address ({error})") from error
        for address in found:
            if not self.is_allowed(address):
                raise FetchError(
                    f"{host} is not fetched: it resolves to {address}, not a public address"
                )
        if not found:
            raise FetchError(f"{host} is not fetched: it has no address")
        return tuple(str(address) for address in found)


def _listed(ports: frozenset[int]) -> str:
    return " and ".join(str(port) for port in sorted(ports))
