"""Where a request comes from, as far as a limit has to know."""

from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

UNKNOWN = "unknown"
HERE = ""


def address_of(request: HTTPConnection) -> str:
    """The address that counts as one caller: of IPv6 its /64, which one line has to itself.

    It is the other end of the connection or what a trusted proxy said of it (`api.proxies`), never
    a header that anybody can write. HERE where the caller is in this process, without a network,
    and UNKNOWN for all who come through a socket that has no address.
    """
    if request.client is None:
        return UNKNOWN
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return HERE
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)
