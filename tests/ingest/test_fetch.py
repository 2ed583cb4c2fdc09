import gzip
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from shutil import which

import pytest

from ingest.errors import FetchError
from ingest.feeds.address import IPAddress, Network
from ingest.feeds.fetch import Clock, Fetched, Fetcher, Validators
from ingest.feeds.transport import FetchLimits
from tests.wildserver import Page, WildServer, endless, in_turn, raw, reply, wild_server

ARABIC = "<p>تسلم الرخصة داخل 10 أيام.</p>"
LIMITS = FetchLimits(max_bytes=10_000, connect=2, read=0.4, total=0.8)
HOSTS = ("ministere.test", "douane.test")


def on_loopback(address: IPAddress) -> bool:
    return str(address) == "127.0.0.1"


@dataclass(slots=True)
class Office:
    """A fetcher in front of a wild server, with time that only passes when somebody sleeps."""

    server: WildServer
    hosts: Sequence[str] = HOSTS
    limits: FetchLimits = LIMITS
    addresses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    resolved: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    fetcher: Fetcher = field(init=False)

    def __post_init__(self) -> None:
        network = Network(frozenset({self.server.port}), on_loopback, self._resolve)
        clock = Clock(lambda: sum(self.slept), self.slept.append)
        self.fetcher = Fetcher(
            self.hosts,
            "office@ministere.test",
            self.limits,
            network=network,
            tls=self.tls,
            clock=clock,
        )

    def _resolve(self, host: str, _port: int) -> Sequence[str]:
        self.resolved.append(host)
        return self.addresses.get(host, ("127.0.0.1",))

    def url(self, path: str, host: str = "ministere.test", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.server.port}{path}"

    def fetch(self, path: str, known: Validators | None = None) -> Fetched | None:
        return self.fetcher.fetch(self.url(path), known)

    def page(self, path: str = "/") -> Fetched:
        fetched = self.fetch(path)
        assert fetched is not None
        return fetched

    def reason(self, path: str = "/") -> str:
        with pytest.raises(FetchError) as caught:
            self.fetch(path)
        return str(caught.value)


@contextmanager
def office(*, pause: float = 0, limits: FetchLimits = LIMITS, **pages: Page) -> Iterator[Office]:
    """Pages by path, where `_` stands for `/`, `__` for `.`."""
    named = {name.replace("__", ".").replace("_", "/"): page for name, page in pages.items()}
    with wild_server(named, pause) as server:
        yield Office(server, limits=limits)


def test_a_page_comes_with_what_is_known_of_it() -> None:
    page = reply(
        body=ARABIC, Content_Type="text/html; charset=utf-8", ETag='"a1"', Last_Modified="x"
    )
    with office(_=page) as here:
        assert here.page() == Fetched(
            here.url("/"), ARABIC.encode(), "text/html; charset=utf-8", Validators('"a1"', "x")
        )
        robots, asked = here.server.asked
        assert (robots.path, asked.path) == ("/robots.txt", "/")
        assert asked.headers["host"] == f"ministere.test:{here.server.port}"
        assert asked.headers["user-agent"] == "SanadBot/1.0 (+office@ministere.test)"
        assert (
            not {"if-none-match", "if-modified-since", "cookie", "referer"} & asked.headers.keys()
        )


def test_proxies_and_credentials_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine ministere.test login a password b", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with office(_=reply(body=ARABIC)) as here:
        assert here.page().body == ARABIC.encode()
        assert "authorization" not in here.server.asked[1].headers


# Where it goes


def test_another_host_is_not_even_looked_up() -> None:
    with office() as here:
        with pytest.raises(FetchError, match="not on the list"):
            here.fetcher.fetch("http://evil.test/")
        assert (here.resolved, here.server.asked) == ([], [])


@pytest.mark.parametrize(
    "target",
    [
        *("http://evil.test/", "//evil.test/x", "http://ministere.test.evil.test/"),
        *("file:///etc/passwd", "ftp://ministere.test/", "data:text/html,x", "javascript:1"),
        *("http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/"),
        *(
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::ffff:127.0.0.1]/",
        ),
        *("http://x@ministere.test/", "http://ministere.test:22/", "http://xn--ministre-50a.test/"),
        *("http://ministère.test/", "http://ministere.test\\@evil.test/"),
    ],
)
def test_a_redirect_leads_only_where_a_feed_could(target: str) -> None:
    with office(_=reply(302, Location=target)) as here:
        assert "not fetched" in here.reason()
        assert set(here.resolved) <= {"ministere.test"}
        assert [one.path for one in here.server.asked if one.path != "/robots.txt"] == ["/"]


def test_a_redirect_between_hosts_of_the_list_is_followed() -> None:
    with office(_2=reply(body=ARABIC)) as here:
        here.server.pages["/"] = reply(301, Location=here.url("/2", "douane.test"))
        assert here.page().url == here.url("/2", "douane.test")
        assert here.server.asked[-1].headers["host"] == f"douane.test:{here.server.port}"


def test_a_redirect_to_a_name_of_the_list_that_leads_inside_is_refused() -> None:
    with office(_2=reply(body=ARABIC)) as here:
        here.addresses = {"douane.test": ["169.254.169.254"]}
        here.server.pages["/"] = reply(307, Location=here.url("/2", "douane.test"))
        assert "169.254.169.254, not a public address" in here.reason()


def test_a_circle_of_redirects_ends() -> None:
    with office(_=reply(302, Location="/")) as here:
        assert "more than 5 redirects" in here.reason()
        assert here.server.count("/") == 6


def test_a_redirect_without_a_target_ends() -> None:
    with office(_=reply(302)) as here:
        assert "redirects" in here.reason()


def test_one_private_address_among_many_spoils_a_name() -> None:
    with office(_=reply(body=ARABIC)) as here:
        here.addresses = {"ministere.test": ["127.0.0.1", "10.0.0.1"]}
        assert "10.0.0.1" in here.reason()
        assert here.server.asked == []


def test_the_checked_address_is_the_one_that_is_asked() -> None:
    with wild_server({"/": reply(body=ARABIC)}) as server:
        answers = iter((["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"]))

        def rebinding(_host: str, _port: int) -> Sequence[str]:
            return next(answers)

        network = Network(frozenset({server.port}), on_loopback, rebinding)
        fetcher = Fetcher(
            HOSTS, "x@y.test", LIMITS, network=network, clock=Clock(sleep=lambda _: None)
        )
        assert fetcher.fetch(f"http://ministere.test:{server.port}/") is not None
        with pytest.raises(FetchError, match=r"127\.0\.0\.2"):
            fetcher.fetch(f"http://ministere.test:{server.port}/")
        assert [one.path for one in server.asked] == ["/robots.txt", "/"]


def test_without_a_test_network_loopback_is_out_of_reach() -> None:
    with office(_=reply(body=ARABIC)) as here:
        network = Network(frozenset({here.server.port}), resolve=lambda _host, _port: ["127.0.0.1"])
        with pytest.raises(FetchError, match="not a public address"):
            Fetcher(HOSTS, "x@y.test", LIMITS, network=network).fetch(here.url("/"))
        with pytest.raises(FetchError, match="only ports 80 and 443"):
            Fetcher(HOSTS, "x@y.test", LIMITS).fetch(here.url("/"))
        assert here.server.asked == []


def test_a_name_that_does_not_resolve() -> None:
    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    network = Network(resolve=unknown)
    fetcher = Fetcher(HOSTS, "x@y.test", network=network, clock=Clock(sleep=lambda _: None))
    with pytest.raises(FetchError, match="not known"):
        fetcher.fetch("https://ministere.test/")


# What comes back

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
BOMB = gzip.compress(bytes(50_000_000))


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (reply(body=b"x" * 10_001), "announces more than the 10000 bytes"),
        (raw(HEAD + b"Content-Length: 99999999999999999999\r\n\r\nx"), "announces more"),
        (reply(body=b"x" * 10_001, Content_Length=None), "holds more than the 10000 bytes"),
        (endless(HEAD + b"\r\n", b"x" * 4096), "holds more than the 10000 bytes"),
        (reply(body=BOMB, Content_Encoding="gzip", Content_Length=None), "more than the 10000"),
        (reply(body=gzip.compress(bytes(20_000)), Content_Encoding="gzip"), "more than the 10000"),
        (
            endless(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x"), b"\0" * 4096),
            "more than the 10000",
        ),
        (reply(body=b"<p>no gzip</p>", Content_Encoding="gzip"), "not packed as it says"),
        (reply(body=gzip.compress(b"x" * 999)[:-9], Content_Encoding="gzip"), "in the middle"),
        (reply(body=b"x", Content_Encoding="br"), "'br'"),
        (reply(body=b"x", Content_Encoding="gzip, gzip"), "'gzip, gzip'"),
        (reply(404, "<h1>غير موجود</h1>"), "status 404"),
        (reply(206, b"x"), "status 206"),
        (reply(304), "hold no copy"),
        (raw(), "cannot be read"),
        (raw(b"not http at all\r\n\r\n"), "cannot be read"),
        (raw(HEAD + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n"), "cannot be read"),
        (endless(HEAD, b"X: y\r\n" * 1000), "cannot be read"),
        (reply(body=b"x", Content_Length=9), "cannot be read"),
        (raw(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), "cannot be read"),
        (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "cannot be read"),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "took too long"),
    ],
)
def test_a_server_that_misbehaves_is_told_apart(page: Page, told: str) -> None:
    with office(_=page) as here:
        assert told in here.reason()


@pytest.mark.parametrize(
    "page",
    [
        endless(b"", b"H"),
        endless(HEAD, b"X"),
        endless(HEAD + b"\r\n", b"x"),
        endless(HEAD + b"Content-Encoding: gzip\r\n\r\n", b"\x1f"),
    ],
)
def test_a_server_that_drips_is_cut_off(page: Page) -> None:
    with office(pause=0.05, _=page) as here:
        assert here.reason()
        assert here.server.count("/") <= 2


def test_a_server_that_says_nothing_is_cut_off() -> None:
    with office(pause=5, _=raw(b"", b"never")) as here:
        assert "too long" in here.reason()


def test_a_packed_page_is_unpacked() -> None:
    packed = gzip.compress(ARABIC.encode() * 50)
    with office(_=reply(body=packed, Content_Encoding="gzip")) as here:
        assert here.page().body == ARABIC.encode() * 50


# Whether it changed


def test_an_unchanged_document_is_not_sent_again() -> None:
    with office(_=reply(304)) as here:
        assert here.fetch("/", Validators('"a1"', "Sat, 21 Nov 2026 10:00:00 GMT")) is None
        sent = here.server.asked[-1].headers
        assert sent["if-none-match"] == '"a1"'
        assert sent["if-modified-since"] == "Sat, 21 Nov 2026 10:00:00 GMT"


def test_unchanged_without_having_been_asked_is_an_error() -> None:
    with office(_=reply(304)) as here, pytest.raises(FetchError, match="no copy"):
        here.fetch("/", Validators())


# How often it asks


def test_what_passes_is_tried_once_more() -> None:
    cut = reply(body=ARABIC, Content_Length=500)
    with office(_=in_turn(cut, reply(body=ARABIC))) as here:
        assert here.page().body == ARABIC.encode()
    with office(_=in_turn(reply(503), reply(body=ARABIC))) as here:
        assert here.page().body == ARABIC.encode()
    with office(_=reply(503)) as here:
        assert "503" in here.reason()
        assert here.server.count("/") == 2


def test_what_is_wrong_for_good_is_not_tried_again() -> None:
    for page in (reply(404), reply(403), reply(body=b"x" * 10_001)):
        with office(_=page) as here:
            here.reason()
            assert here.server.count("/") == 1


def test_a_server_that_asks_for_patience_gets_it() -> None:
    with office(_=in_turn(reply(429, Retry_After=7), reply(body=ARABIC))) as here:
        assert here.page().body == ARABIC.encode()
        assert 7 in here.slept


def test_patience_may_be_asked_for_until_a_date() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    with office(_=in_turn(reply(503, Retry_After=then), reply(body=ARABIC))) as here:
        assert here.page().body == ARABIC.encode()
        assert 20 < max(here.slept) <= 30


@pytest.mark.parametrize("wait", ["3600", "9" * 400, "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_patience_has_an_end(wait: str) -> None:
    with office(_=reply(429, Retry_After=wait)) as here:
        assert "left alone" in here.reason()
        assert here.server.count("/") == 1
        assert max(here.slept) <= 1


@pytest.mark.parametrize("wait", ["-5", "soon", "", "Fri, 31 Dec 1999 23:59:59 GMT", "١٢"])
def test_a_wait_that_says_nothing_is_none(wait: str) -> None:
    with office(_=in_turn(reply(429, Retry_After=wait), reply(body=ARABIC))) as here:
        assert here.page().body == ARABIC.encode()


def test_requests_to_one_host_are_a_second_apart() -> None:
    with office(_1=reply(body="1"), _2=reply(body="2")) as here:
        for path in ("/1", "/2", "/1"):
            here.page(path)
        assert here.slept == [1, 1, 1]
        here.fetcher.fetch(here.url("/1", "douane.test"))
        assert here.slept == [1, 1, 1, 1]


# What robots.txt says


def robots(text: str) -> Page:
    return reply(body=text, Content_Type="text/plain")


@pytest.mark.parametrize(
    "rules",
    [
        "User-agent: *\nDisallow: /",
        "User-agent: SanadBot\nDisallow: /faq\n\nUser-agent: *\nDisallow:",
        "User-agent: *\nDisallow: /*?page=",
        "User-agent: *\nAllow: /\nDisallow: /faq*4$",
        "\ufeffUser-agent: *\nDisallow: /faq",
    ],
)
def test_what_robots_forbid_is_not_asked_for(rules: str) -> None:
    with office(robots__txt=reply()) as here:
        here.server.pages = {"/robots.txt": robots(rules), "/faq?page=4": reply(body=ARABIC)}
        assert "robots.txt" in here.reason("/faq?page=4")
        assert here.server.count("/faq?page=4") == 0


@pytest.mark.parametrize(
    "answer",
    [
        reply(404),
        reply(403, "<h1>ممنوع</h1>"),
        robots(""),
        robots("User-agent: *\nDisallow: /admin"),
        robots("User-agent: EvilBot\nDisallow: /"),
        robots("User-agent: *\nDisallow: /\n\nUser-agent: sanadbot\nAllow: /"),
        reply(body=b"\xff\xfe\0\x81" * 100, Content_Type="image/png"),
    ],
)
def test_what_robots_do_not_forbid_is_asked_for_with_one_look(answer: Page) -> None:
    with office(_=reply(body=ARABIC)) as here:
        here.server.pages["/robots.txt"] = answer
        here.page()
        here.page()
        assert here.server.count("/robots.txt") == 1


@pytest.mark.parametrize(
    "answer",
    [
        reply(500),
        reply(429, Retry_After=9999),
        raw(),
        endless(HEAD + b"\r\n", b"User-agent: *\n" * 100),
        reply(302, Location="http://evil.test/robots.txt"),
        reply(302, Location="/robots.txt"),
    ],
)
def test_robots_that_cannot_be_read_forbid_all(answer: Page) -> None:
    with office(_=reply(body=ARABIC)) as here:
        here.server.pages["/robots.txt"] = answer
        assert "robots.txt" in here.reason()
        assert here.server.count("/") == 0


def test_robots_bind_the_end_of_a_redirect_too() -> None:
    with office(_=reply(302, Location="/private/1")) as here:
        here.server.pages["/robots.txt"] = robots("User-agent: *\nDisallow: /private/")
        assert "/private/1 is not fetched: robots.txt" in here.reason()


def test_a_pause_that_robots_ask_for_is_kept_within_reason() -> None:
    with office(_=reply(body=ARABIC)) as here:
        here.server.pages["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 5")
        here.page()
        here.page()
        assert here.slept == [1, 5]
    with office(_=reply(body=ARABIC)) as here:
        here.server.pages["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 86400")
        here.page()
        here.page()
        assert here.slept == [1, 60]


# Encryption


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test"
    names = ["-addext", "subjectAltName=DNS:ministere.test"]
    files = ["-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run([openssl, *command.split(), *names, *files], check=True, capture_output=True)
    return path


@contextmanager
def encrypted(certificate: Path, *, trusted: bool = True) -> Iterator[Office]:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(f"{certificate}.crt", certificate)
    trust = ssl.create_default_context()
    if trusted:
        trust.load_verify_locations(f"{certificate}.crt")
    with wild_server({"/": reply(body=ARABIC)}, tls=served) as server:
        yield Office(server, tls=trust if trusted else None, limits=FetchLimits(pause=0))


def test_tls_verifies_the_name_though_an_address_is_asked(certificate: Path) -> None:
    with encrypted(certificate) as here:
        fetched = here.fetcher.fetch(here.url("/", scheme="https"))
        assert fetched is not None
        assert fetched.body == ARABIC.encode()
        assert here.server.names == ["ministere.test"] * 2


def test_a_certificate_of_another_name_is_refused(certificate: Path) -> None:
    with encrypted(certificate) as here:
        with pytest.raises(FetchError, match=r"[Hh]ostname"):
            here.fetcher.fetch(here.url("/", "douane.test", "https"))
        assert here.server.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with encrypted(certificate, trusted=False) as here:
        with pytest.raises(FetchError, match="verify failed"):
            here.fetcher.fetch(here.url("/", scheme="https"))
        assert here.server.asked == []
