"""Charset: the letters of a web page, as it declares them and as they are.

Pages lie about their encoding without meaning to: a server is moved, a template copied. What can
be checked is checked, for a wrong guess garbles every Arabic word.
"""

import codecs
import re

from ingest.errors import ExtractError
from ingest.load import RawFile


def decode_markup(raw: RawFile) -> str:
    """The text of a page: by its mark, as UTF-8 if it is, else as it declares.

    Bytes beyond ASCII that are valid UTF-8 are nothing else by accident, whatever is declared.
    Raises `ExtractError` when nothing fits, or when what is declared gives no words.
    """
    for mark, encoding in _MARKS:
        if raw.data.startswith(mark):
            return _decoded(raw, encoding)
    declared = _declared(raw.data)
    try:
        return raw.data.decode("utf-8")
    except UnicodeDecodeError as error:
        if declared is None or _is_utf8(declared):
            says = f"declares {declared}" if declared else "declares no encoding"
            message = (
                f"{raw.id} {says} but is not UTF-8 (byte {error.start}); save it as UTF-8, for "
                "instance with `iconv -f WINDOWS-1256 -t UTF-8` for older Arabic pages"
            )
            raise ExtractError(message) from error
    return _decoded(raw, declared)


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)
_LATIN = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
"""As browsers do: who declares Latin-1 writes Windows quotes and dashes."""
_READ = 4096


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_READ])
    return found[1].decode("ascii").lower() if found else None


def _is_utf8(name: str) -> bool:
    """Whether a declared name means UTF-8; bytes in which it could be read are not UTF-16."""
    return name.startswith(("utf", "unicode"))


def _decoded(raw: RawFile, declared: str) -> str:
    try:
        text = raw.data.decode(_LATIN.get(declared, declared))
    except (LookupError, UnicodeDecodeError) as error:
        message = f"{raw.id} declares {declared}, which it is not ({error}); save it as UTF-8"
        raise ExtractError(message) from error
    if _is_garbled(text):
        raise ExtractError(
            f"{raw.id} declares {declared}, which gives no words; find its real encoding, for "
            "instance with `iconv -f WINDOWS-1256 -t UTF-8`, and save it as UTF-8"
        )
    return text


_ACCENTED_RUN = re.compile("[\u00c0-\u00ff]{3,}")


def _is_garbled(text: str) -> bool:
    """Whether accented letters follow each other as in no language: Arabic bytes read as Latin."""
    words = re.sub(r"<[^>]*>", " ", text).split()
    broken = sum(1 for word in words if _ACCENTED_RUN.search(word))
    return broken > 3 and 10 * broken > len(words)
