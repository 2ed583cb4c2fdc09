"""Letters in the encodings that offices wrote in: read where sure, refused where not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ExtractError
from ingest.formats.charset import decode_markup, decode_text
from ingest.load import RawFile
from ingest.read import Read, read_file

FR = "L'arrêté fixe à 2,5 % le droit sur les pièces détachées importées à Tanger."
AR = "يحدد هذا القرار نسبة الرسم على قطع الغيار المستوردة عبر ميناء طنجة."
BOTH = f"{FR}\n{AR}"


def raw(data: bytes, name: str = "a.txt") -> RawFile:
    return RawFile(Path(name), name, data)


def page(text: str, declared: str) -> str:
    meta = f'<meta charset="{declared}">' * bool(declared)
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FR, "cp1252"), (FR, "utf-16-le"), (FR, "utf-16-be"),
        (AR, "cp1256"), (AR, "utf-16-le"), (AR, "utf-16-be"),
        (BOTH.replace("ê", "e"), "cp1256"), (BOTH, "utf-16-le"),
    ],
)  # fmt: skip
def test_a_sure_guess_is_taken_and_marked(text: str, encoding: str) -> None:
    decoded = decode_text(raw(text.encode(encoding)))
    assert decoded.text == text
    assert decoded.guessed == ("encoding",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_says_its_encoding_is_no_guess(encoding: str) -> None:
    decoded = decode_text(raw(BOTH.encode(encoding)))
    assert decoded.text.removeprefix("\ufeff") == BOTH
    assert decoded.is_sure


@pytest.mark.parametrize(
    "data",
    [
        AR.encode("iso-8859-6", "replace"),
        FR.encode("cp850"),
        FR.encode("mac-roman"),
        "Постановление о ввозе товаров".encode("cp1251"),
        AR.encode("cp1256") + b"\x01\x02",
        "الرسم".encode("cp1256"),
        b"GIF89a\0\x01\xff\xfe\x80 un deux trois",
        AR.encode("utf-16")[:-1],
    ],
)
def test_what_is_not_sure_is_refused(data: bytes) -> None:
    with pytest.raises(ExtractError, match=r"a\.txt .*UTF-8"):
        decode_text(raw(data))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        text = decode_text(raw(data)).text
    except ExtractError:
        return
    assert "\0" not in text


@pytest.mark.parametrize("declared", ["utf-8", "", "windows-1252", "iso-8859-1", "x-nonsense"])
def test_a_page_that_declares_another_encoding_is_guessed(declared: str) -> None:
    decoded = decode_markup(raw(page(AR, declared).encode("cp1256"), "a.html"))
    assert AR in decoded.text
    assert not decoded.is_sure


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [FR, AR, AR + " il faut"])
def test_a_page_in_utf_16_without_a_mark_is_guessed(text: str, encoding: str) -> None:
    decoded = decode_markup(raw(page(text, "utf-16").encode(encoding), "a.html"))
    assert text in decoded.text
    assert not decoded.is_sure


def test_stray_null_bytes_in_a_page_make_no_guess_of_it() -> None:
    data = page(BOTH, "utf-8").encode().replace(b"<p>", b"<p>\0")
    assert decode_markup(raw(data, "a.html")).is_sure


@pytest.mark.parametrize("declared", ["undefined", "idna", "hex"])
def test_what_is_declared_and_is_no_encoding_of_text_is_passed_over(declared: str) -> None:
    decoded = decode_markup(raw(page(FR, declared).encode("cp1252"), "a.html"))
    assert FR in decoded.text
    assert not decoded.is_sure


@pytest.mark.parametrize("declared", ["utf-8", "windows-1256"])
def test_a_page_in_no_known_encoding_is_refused(declared: str) -> None:
    data = page(AR, declared).encode("iso-8859-6", "replace")
    with pytest.raises(ExtractError, match=rf"a\.html declares {declared}.*save it as UTF-8"):
        decode_markup(raw(data, "a.html"))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv"])
@pytest.mark.parametrize(("text", "encoding"), [(FR, "cp1252"), (AR, "cp1256")])
def test_a_document_says_that_its_encoding_was_guessed(name: str, text: str, encoding: str) -> None:
    written = {"a.html": page(text, ""), "a.csv": f'"{text}"'}.get(name, text)
    (one,) = read_file(raw(written.encode(encoding), name))
    assert isinstance(one, Read)
    assert text in one.document.text
    assert "encoding" in one.document.guessed
