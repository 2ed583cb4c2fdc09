import pytest

from ingest.errors import FetchError
from ingest.feeds.media import Kind, kept

URL = "https://ministere.test/x"
ARABIC = "<p>تسلم الرخصة داخل 10 أيام.</p>"


@pytest.mark.parametrize(
    ("kind", "content_type", "body"),
    [
        ("page", "text/html; charset=utf-8", ARABIC.encode()),
        ("page", "application/xhtml+xml", b'\xef\xbb\xbf\n<?xml version="1.0"?><html/>'),
        ("page", "", b"<p>Tarif</p>"),
        ("page", "text/html", "<p>رخصة</p>".encode("utf-16")),
        ("pdf", "application/pdf", b"%PDF-1.7 ..."),
        ("pdf", "application/octet-stream", b"\n%PDF-1.4 ..."),
        ("word", "application/octet-stream", b"PK\x03\x04..."),
        (
            "workbook",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            b"PK\x03\x04...",
        ),
        ("text", "text/plain; charset=windows-1256", ARABIC.encode()),
        ("text", "TEXT/Plain", b"Tarif douanier"),
    ],
)
def test_content_of_its_kind_is_kept_as_it_is(kind: Kind, content_type: str, body: bytes) -> None:
    assert kept(kind, content_type, body, URL) == body


@pytest.mark.parametrize(
    ("kind", "content_type", "body"),
    [
        ("pdf", "text/html", b"<h1>En maintenance</h1>"),
        ("pdf", "application/pdf", "<h1>الموقع قيد الصيانة</h1>".encode()),
        ("page", "text/html", b"%PDF-1.7"),
        ("page", "application/pdf", b"<p>x</p>"),
        ("page", "application/json", b'{"a": 1}'),
        ("page", "text/html", b'{"error": "busy"}'),
        ("page", "text/html", b""),
        ("text", "text/plain", b""),
        ("word", "application/octet-stream", b"\xd0\xcf\x11\xe0"),
        ("workbook", "application/zip", b"PK\x03\x04"),
        ("page", "text/html\x00; garbage\r\nx", b""),
    ],
)
def test_content_of_another_kind_is_refused(kind: Kind, content_type: str, body: bytes) -> None:
    with pytest.raises(FetchError):
        kept(kind, content_type, body, URL)


def test_an_encoding_that_only_the_server_knows_is_not_lost() -> None:
    data = kept("page", "text/html; charset=Windows-1256", ARABIC.encode("cp1256"), URL)
    assert data.decode("utf-8-sig") == ARABIC
    assert data.startswith(b"\xef\xbb\xbf")
    french = "<p>Délai : 10 jours à Fès</p>"
    assert (
        kept("page", 'text/html;charset="latin1"', french.encode("latin1"), URL).decode("utf-8-sig")
        == french
    )


@pytest.mark.parametrize("charset", ["klingon", "ascii", "utf-8", "hex", "idna"])
def test_an_encoding_that_the_content_is_not_in(charset: str) -> None:
    with pytest.raises(FetchError, match=charset):
        kept("text", f"text/plain; charset={charset}", ARABIC.encode("cp1256"), URL)
