"""Extract: from bytes to text and what the file says about itself, whatever its format.

What the bytes are decides, and only then the name: a PDF called `.txt` is read as the PDF it is,
and a `.docx` that is none is refused instead of being read as something else.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Literal

from ingest.errors import ExtractError
from ingest.extracted import Extracted
from ingest.formats.archive import check_archive
from ingest.formats.csvtable import read_csv
from ingest.formats.limits import Limits
from ingest.formats.plaintext import read_plain
from ingest.formats.records import read_records
from ingest.load import RawFile

__all__ = ["Extracted", "extract"]

Format = Literal["text", "html", "pdf", "docx", "xlsx", "csv", "jsonl"]


def extract(raw: RawFile, limits: Limits | None = None) -> tuple[Extracted, ...]:
    """The documents of a file, in its order. Raises `ExtractError` when it cannot be read."""
    bounds = limits or Limits()
    return _READERS[_format(raw, bounds)](raw, bounds)


def _read_markup(raw: RawFile, _: Limits) -> tuple[Extracted, ...]:
    from ingest.formats.markup import read_markup  # noqa: PLC0415

    return (read_markup(raw),)


def _read_pdf(raw: RawFile, limits: Limits) -> tuple[Extracted, ...]:
    from ingest.formats.pdf import read_pdf  # noqa: PLC0415

    return read_pdf(raw, limits)


def _read_word(raw: RawFile, _: Limits) -> tuple[Extracted, ...]:
    from ingest.formats.word import read_word  # noqa: PLC0415

    return read_word(raw)


def _read_workbook(raw: RawFile, limits: Limits) -> tuple[Extracted, ...]:
    from ingest.formats.workbook import read_workbook  # noqa: PLC0415

    return (read_workbook(raw, limits),)


_Reader = Callable[[RawFile, Limits], tuple[Extracted, ...]]
_READERS: dict[Format, _Reader] = {
    "text": lambda raw, _: (read_plain(raw),),
    "html": _read_markup,
    "pdf": _read_pdf,
    "docx": _read_word,
    "xlsx": _read_workbook,
    "csv": lambda raw, limits: (read_csv(raw, limits),),
    "jsonl": lambda raw, _: tuple(read_records(raw)),
}
"""A parser is imported for the first file that needs it: importing takes longer than reading."""


def _format(raw: RawFile, limits: Limits) -> Format:
    """What a file is, by its content first. Raises `ExtractError` when nothing here reads it."""
    if not raw.data.lstrip(_NOTHING):
        raise ExtractError(f"{raw.id} is empty; remove it or fetch it again")
    head = raw.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:_HEAD]
    for mark, what in _REFUSED:
        if head.startswith(mark):
            raise ExtractError(f"{raw.id} is {what}")
    suffix = PurePosixPath(raw.id).suffix.lower()
    if head.startswith(b"PK\x03\x04"):
        return _packed(check_archive(raw.data, raw.id, limits), raw.id)
    if head.startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in head):
        return "pdf"
    if suffix in _MARKUP or head[:200].lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    if suffix in _BINARY:
        raise ExtractError(
            f"{raw.id} is no {_BINARY[suffix]} file whatever its name says; "
            "fetch it again, or give it the ending of what it is"
        )
    if suffix not in _TABLES and _RECORD.match(head):
        return "jsonl"
    return _TABLES.get(suffix, "text")


_HEAD = 1024
_NOTHING = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
"""Blanks, the marks of encodings, and the null bytes by which UTF-16 makes a blank of two."""
_MARKUP = (".html", ".htm", ".xhtml")
_BINARY = {".pdf": "PDF", ".docx": "Word", ".xlsx": "Excel"}
_TABLES: dict[str, Format] = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_RECORD = re.compile(rb'\{\s*"(?:id|doc_id|_id)"\s*:')
_PICTURE = "a picture, which holds no text to read; give the text that it shows as a file"
_COMPRESSED = "a compressed file; unpack it and give what it holds"
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office file; save it as DOCX without a password"),
    (b"{\\rtf", "a rich text (RTF) file; save it as DOCX"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"\x1f\x8b", _COMPRESSED),
    (b"Rar!", _COMPRESSED),
    (b"7z\xbc\xaf", _COMPRESSED),
)


def _packed(names: frozenset[str], name: str) -> Format:
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise ExtractError(f"{name} is a packed file but no Word or Excel file; unpack it first")
