import ipaddress
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import FetchError
from ingest.feeds.address import MAX_URL, Network, is_public, parse_location


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://www.oc.gov.ma/node/417", "https://www.oc.gov.ma/node/417"),
        ("HTTP://WWW.Oc.Gov.Ma.:80", "http://www.oc.gov.ma/"),
        ("https://oc.gov.ma/a b?".replace(" ", "%20"), "https://oc.gov.ma/a%20b"),
        ("https://oc.gov.ma/faq?page=4&x=%D8%A7#part", "https://oc.gov.ma/faq?page=4&x=%D8%A7"),
        ("https://aa.com.tr/extérieur", "https://aa.com.tr/ext%C3%A9rieur"),
        (
            "https://ccistta.ma/التأشير",
            "https://ccistta.ma/%D8%A7%D9%84%D8%AA%D8%A3%D8%B4%D9%8A%D8%B1",
        ),
        ("https://xn--mgbaakc7dvf.xn--mgbc0a9azcg/", "https://xn--mgbaakc7dvf.xn--mgbc0a9azcg/"),
        ("http://ministere.ma:8080/x", "http://ministere.ma:8080/x"),
    ],
)
def test_one_form_of_a_url_is_asked_for(url: str, asked: str) -> None:
    location = parse_location(url)
    assert location.url == asked
    assert parse_location(asked) == location


@pytest.mark.parametrize(
    "url",
    [
        *("", "oc.gov.ma", "//oc.gov.ma/", "/node", "https:///node", "https://"),
        *("file:///etc/passwd", "ftp://oc.gov.ma/", "gopher://oc.gov.ma/", "data:text/html,x"),
        *("javascript:alert(1)", "unix:///run/docker.sock", "jar:http://oc.gov.ma!/"),
        *("http://user@oc.gov.ma/", "http://user:key@oc.gov.ma/", "http://oc.gov.ma@evil.ma/"),
        *("http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/"),
        *("http://0177.0.0.1/", "http://0x7f.0x0.0x0.0x1/", "http://127.0.0.1./", "http://0/"),
        *("http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1%25eth0]/"),
        *("http://169.254.169.254/latest/", "http://a.0x1/", "http://a.1/"),
        *("http://localhost/", "http://oc/", "http://.oc.gov.ma/", "http://oc.gov.ma../"),
        *("http://oc..gov.ma/", "http://-oc.gov.ma/", "http://oc.gov.ma-/", "http://*.gov.ma/"),
        *(
            "http://وزارة.المغرب/",
            "http://１２７.０.０.１/",
            "http://oc。gov。ma/",
            "http://ⓞc.gov.ma/",
        ),
        *("http://oc.gov.ma\\@evil.ma/", "http://oc.gov.ma /", " http://oc.gov.ma/"),
        *("http://oc.gov.ma/\r\nHost: evil.ma", "http://oc.gov.ma/\tx", "http://oc.gov.ma/\0"),
        *("http://oc.gov.ma:99999/", "http://oc.gov.ma:0/", "http://oc.gov.ma:x/", "http://[/"),
        *(f"http://oc.gov.ma/{'x' * MAX_URL}", f"http://{'x' * 64}.ma/", f"http://{'x.' * 130}ma/"),
    ],
)
def test_other_forms_are_refused(url: str) -> None:
    with pytest.raises(FetchError, match="not fetched"):
        parse_location(url)


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_location_or_refused(text: str) -> None:
    try:
        location = parse_location("http://oc.gov.ma" + text)
    except FetchError:
        return
    assert location.url.isascii()
    assert not set(location.url) & set(" \r\n\t\\")


def test_a_redirect_never_gives_up_encryption() -> None:
    page = parse_location("https://oc.gov.ma/fr/node/1")
    assert page.joined("../2?x=1").url == "https://oc.gov.ma/fr/2?x=1"
    assert page.joined("//www.oc.gov.ma/").url == "https://www.oc.gov.ma/"
    assert parse_location("http://oc.gov.ma/").joined("https://oc.gov.ma/").scheme == "https"
    with pytest.raises(FetchError, match="unencrypted"):
        page.joined("http://oc.gov.ma/fr/node/1")


PUBLIC = ("41.77.112.10", "196.200.160.1", "2001:4300::1", "2c0f:f248::1", "2606:4700::1111")
CLOSED = (
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
    *("172.16.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("168.63.129.16", "100.100.100.200"),
    *("::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::8.8.8.8", "64:ff9b::808:808"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:808:808::1", "3fff::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "5f00::1"),
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", CLOSED)
def test_addresses_that_are_not_of_the_open_internet(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_no_detour_over_ipv6_leads_to_an_ipv4_address(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for detour in (
        number,
        0xFFFF << 32 | number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80,
    ):
        assert not is_public(ipaddress.IPv6Address(detour))


def network(*addresses: str) -> Network:
    def answer(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return Network(resolve=answer)


def test_all_addresses_of_a_name_have_to_be_public() -> None:
    assert network(*PUBLIC).addresses("oc.gov.ma", 443) == PUBLIC
    for closed in CLOSED:
        with pytest.raises(FetchError, match="not a public address"):
            network(*PUBLIC, closed).addresses("oc.gov.ma", 443)


def test_a_name_without_a_usable_address() -> None:
    with pytest.raises(FetchError, match="no address"):
        network().addresses("oc.gov.ma", 443)
    with pytest.raises(FetchError, match="no address"):
        network("0177.0.0.1").addresses("oc.gov.ma", 443)


@pytest.mark.parametrize("port", [22, 25, 6379, 8080, 8443])
def test_other_ports_are_refused_before_the_name_is_looked_up(port: int) -> None:
    def forbidden(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError

    with pytest.raises(FetchError, match="80 and 443"):
        Network(resolve=forbidden).addresses("oc.gov.ma", port)
