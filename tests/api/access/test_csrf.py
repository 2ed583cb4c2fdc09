"""Cross-site requests: what a browser tells of where a request comes from, and the token."""

import pytest
from fastapi import Request

from api.access import csrf
from ingest.errors import CrossSiteError

TOKEN = "a" * 64


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": [(b"host", b"sanad.example"), *raw]})


HERE = (
    request(),
    request(sec_fetch_site="same-origin"),
    request(sec_fetch_site="none"),
    request(sec_fetch_site="same-origin", origin="null"),
    request(origin="null"),
    request(origin="https://sanad.example"),
    request(origin="http://sanad.example"),
)
ELSEWHERE = (
    request(sec_fetch_site="cross-site"),
    request(sec_fetch_site="same-site"),
    request(sec_fetch_site="cross-site", origin="https://sanad.example"),
    request(sec_fetch_site=""),
    request(origin="https://mal.example"),
    request(origin="https://sanad.example.mal.example"),
    request(origin="https://sanad.example:8443"),
    request(origin="https://mal.example@sanad.example.mal"),
    request(origin=""),
    request(origin="http://["),
)


@pytest.mark.parametrize("made", HERE, ids=lambda made: str(made.headers.raw[1:]))
def test_our_own_pages_and_programs_pass_with_the_token(made: Request) -> None:
    csrf.check(made, TOKEN, TOKEN)


@pytest.mark.parametrize("made", ELSEWHERE, ids=lambda made: str(made.headers.raw[1:]))
def test_another_site_does_not_even_with_the_token(made: Request) -> None:
    with pytest.raises(CrossSiteError):
        csrf.check(made, TOKEN, TOKEN)


@pytest.mark.parametrize("brought", [None, "", "a" * 63, "b" * 64, "\ud800", "ا" * 64])
def test_nothing_but_the_token_will_do(brought: str | None) -> None:
    with pytest.raises(CrossSiteError):
        csrf.check(request(), TOKEN, brought)


def test_nothing_equals_nothing() -> None:
    assert not csrf.same("", "")
    with pytest.raises(CrossSiteError):
        csrf.check(request(), "", "")
