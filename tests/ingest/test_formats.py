"""What a file is, by its content first and then by its name."""

import io
import zipfile
from pathlib import Path

import pytest

from ingest.errors import ExtractError
from ingest.extract import extract
from ingest.formats.archive import check_archive
from ingest.formats.limits import Limits
from ingest.load import RawFile
from tests.ingest.printing import Printer


def raw(data: bytes, name: str) -> RawFile:
    return RawFile(Path(name), name, data)


def packed(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def printed(words: str) -> bytes:
    printer = Printer()
    printer.text(words)
    return printer.data()


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt", "a.md"])
def test_records_are_that_whatever_they_are_called(name: str) -> None:
    lines = '{"id": "a", "text": "Un texte."}\n{ "doc_id" : "ب", "text": "نص آخر."}\n'
    assert [one.id for one in extract(raw(lines.encode(), name))] == ["a", "ب"]


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.html", "a.docx", "a"])
def test_a_pdf_is_one_whatever_it_is_called(name: str) -> None:
    (document,) = extract(raw(printed("Le délai est de dix jours."), name))
    assert document.text == "Le délai est de dix jours."


@pytest.mark.parametrize("name", ["a.html", "a.pdf", "a.txt", "a.docx"])
def test_a_page_is_one_whatever_it_is_called(name: str) -> None:
    page = "\ufeff<!DOCTYPE html><html><body><p>أجل عشرة أيام</p></body></html>"
    (document,) = extract(raw(page.encode(), name))
    assert document.text == "أجل عشرة أيام"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.txt", b"", "empty"),
        ("a.pdf", b" \r\n", "empty"),
        ("a.pdf", b"Une note.", "no PDF file"),
        ("a.docx", "مذكرة".encode(), "no Word file"),
        ("a.docx", packed(("notes.txt", b"x")), "no Word or Excel file"),
        ("a.docx", packed(("word/document.xml", b"<x/>")), "no Word file"),
        ("a.docx", packed(("word/document.xml", b"x"))[:40], "damaged or cut off"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "without a password"),
        ("a.txt", b"{\\rtf1 note}", "RTF"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a.txt", b"\x1f\x8b\x08", "compressed"),
        ("a.txt", b"a\0b", "a.txt:1 holds a null byte"),
        ("a.txt", b"\0" * 5000, "empty"),
        ("a.txt", "\ufeff \n".encode("utf-16-le"), "empty"),
        ("a.txt", "été".encode("cp1252"), "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, data: bytes, told: str) -> None:
    with pytest.raises(ExtractError, match=told) as caught:
        extract(raw(data, name))
    assert str(caught.value).startswith(name)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed(("word/document.xml", bytes(30_000_000)))
    assert len(bomb) < 100_000
    with pytest.raises(ExtractError, match=r"a\.docx would unpack .* 30,000,000 bytes"):
        check_archive(bomb, "a.docx")


def test_an_archive_is_measured_as_a_whole() -> None:
    data = packed(("a", bytes(60)), ("b", bytes(60)))
    assert check_archive(data, "x", Limits(max_unpacked=120)) == {"a", "b"}
    with pytest.raises(ExtractError, match="120 bytes"):
        check_archive(data, "x", Limits(max_unpacked=119))


def test_an_archive_with_two_parts_of_one_name_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = packed(("word/document.xml", b"a"), ("word/document.xml", b"b"))
    with pytest.raises(ExtractError, match="two parts"):
        check_archive(data, "x")


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(packed(("a", b"words")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    with pytest.raises(ExtractError, match="encrypted"):
        check_archive(bytes(data), "x")
