"""Changes are made by our own pages alone: a token that only they know, and where they come from.

A browser sends its cookies whichever page asks for it. So a change that a cookie vouches for must
also bring the token, which another site cannot read, and must not say that it comes from one. A key
is never sent by itself, and needs neither.
"""

import hmac
import secrets

from starlette.requests import HTTPConnection

from ingest.errors import CrossSiteError

HEADER = "X-Sanad-CSRF"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def new_token() -> str:
    """A token for a form that is filled in before there is a session."""
    return secrets.token_urlsafe(24)


def check(request: HTTPConnection, expected: str, brought: str | None) -> None:
    """Raises CrossSiteError unless this site asks and brings the expected token."""
    if not from_here(request):
        raise CrossSiteError("The request comes from another site's page; nothing was changed.")
    if not same(expected, brought):
        raise CrossSiteError(
            f"The change lacks the token of this session: send that of GET /v1/session as "
            f"{HEADER}, or load the page again. Nothing was changed."
        )


def same(expected: str, brought: str | None) -> bool:
    """Compare two secrets in a time that tells nothing of them; nothing equals nothing."""
    if not brought:
        return False
    return hmac.compare_digest(expected.encode(), brought.encode("utf-8", "surrogatepass"))


def from_here(request: HTTPConnection) -> bool:
    """Whether nothing says that another site is behind the request; then the token decides.

    Browsers tell by Sec-Fetch-Site, older ones by Origin, which is "null" from a page that sends no
    referrer, as ours. A program tells neither. Of an origin only host and port count: behind a
    proxy that ends TLS the scheme is not the one that the browser saw.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin", "null")
    return origin == "null" or origin.partition("://")[2] == request.headers.get("host")
