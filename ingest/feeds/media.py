"""Media: what a feed may send, by its word and by its first bytes; both have to agree.

A server that is down sends its apology as a page with status 200, where a PDF was expected: taken
for the document, it would replace the document.
"""

import codecs
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from ingest.errors import FetchError

Kind = Literal["page", "pdf", "word", "workbook", "text"]


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of content: the ending of its files, the types that servers call it, its first bytes.

    `is_text` is True where the bytes have no mark of their own.
    """

    suffix: str
    types: frozenset[str]
    mark: bytes = b""
    is_text: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument."
_ANY = "application/octet-stream"

MEDIA: dict[Kind, Media] = {
    "page": Media(".html", frozenset({"text/html", "application/xhtml+xml"}), b"<", is_text=True),
    "pdf": Media(".pdf", frozenset({"application/pdf", "application/x-pdf", _ANY}), b"%PDF-"),
    "word": Media(".docx", frozenset({f"{_OFFICE}wordprocessingml.document", _ANY}), b"PK\x03\x04"),
    "workbook": Media(".xlsx", frozenset({f"{_OFFICE}spreadsheetml.sheet", _ANY}), b"PK\x03\x04"),
    "text": Media(
        ".txt", frozenset({"text/plain", "text/markdown", "text/x-markdown"}), is_text=True
    ),
}


def kept(kind: Kind, content_type: str, body: bytes, url: str) -> bytes:
    """The bytes to keep of a body that was fetched as `kind`.

    Text in another encoding than UTF-8 that only the server names is kept as UTF-8 with its mark,
    for the file alone would not tell. Raises `FetchError` when the content is not of that kind.
    """
    media = MEDIA[kind]
    header = Message()
    header["content-type"] = content_type
    declared = header.get_content_type()
    if content_type and declared not in media.types:
        raise FetchError(f"{url} is sent as {declared}, but a {kind} was expected")
    start = body[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if not start.startswith(media.mark) or not body:
        raise FetchError(f"{url} is sent as a {kind}, which its content is not")
    if not media.is_text:
        return body
    return _as_utf8(body, str(header.get_param("charset") or ""), url)


def _as_utf8(body: bytes, charset: str, url: str) -> bytes:
    if not charset or body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return body
    try:
        return codecs.BOM_UTF8 + body.decode(charset).encode()
    except (LookupError, UnicodeError) as error:
        raise FetchError(f"{url} is not in the encoding {charset[:40]!r} that it names") from error
