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
        ("الرسم 10 %", "utf-16-le"), ("8703;17,5 %\r\n0407;٤٠ %\n", "utf-16-be"),
        ("ﻻ ﺗﺼﺪﻳﺮ", "utf-16-le"), ("ⵜⴰⵎⴰⵣⵉⵖⵜ: œuvre « n° 1 » — 3 €", "utf-16-be"),
        ("Tarif", "utf-16-be"),
    ],
)  # fmt: skip
def test_a_sure_guess_is_taken_and_marked(text: str, encoding: str) -> None:
    decoded = decode_text(raw(text.encode(encoding)))
    assert decoded.text == text
    assert decoded.guessed == ("encoding",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
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
    with pytest.raises(ExtractError, match=r"a\.txt(:1)? .*UTF-8"):
        decode_text(raw(data))


@pytest.mark.parametrize("text", [FR, AR])
@pytest.mark.parametrize("damage", [b"\0", b"\0\0", b"\0" * 4096, b"\0\x01\0\x02"])
def test_null_bytes_are_damage_on_a_line_where_they_are_not_halves_of_letters(
    text: str, damage: bytes
) -> None:
    data = f"{text}\n{text}\n".encode() + damage + text.encode()
    with pytest.raises(ExtractError, match=r"a\.txt:3 holds a null byte"):
        decode_text(raw(data))


@pytest.mark.parametrize("text", [f"{FR}\n{FR}", f"{AR}\n{AR}", f"{FR}\nété {AR}"])
@pytest.mark.parametrize("damage", [b"\xff", b"\xe9", b"\xc3"])
def test_a_broken_byte_makes_no_other_encoding_of_a_text(text: str, damage: bytes) -> None:
    """UTF-8 that was cut off or damaged gives letters in any encoding of one byte: wrong ones."""
    with pytest.raises(ExtractError, match=r"a\.txt:2 holds bytes that are not UTF-8.*cut off"):
        decode_text(raw(text.encode() + damage))


@given(st.text(alphabet=st.sampled_from(sorted({*BOTH, *"ﻼ٣ـ«»—"})), min_size=1))
def test_letters_are_never_read_in_the_order_of_another_machine(text: str) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        data = text.encode(encoding)
        if b"\0" in data:
            assert decode_text(raw(data)).text == text


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
    with pytest.raises(
        ExtractError, match=rf"a\.html:1 declares {declared}.*save the file as UTF-8"
    ):
        decode_markup(raw(data, "a.html"))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv"])
@pytest.mark.parametrize(("text", "encoding"), [(FR, "cp1252"), (AR, "cp1256")])
def test_a_document_says_that_its_encoding_was_guessed(name: str, text: str, encoding: str) -> None:
    written = {"a.html": page(text, ""), "a.csv": f'"{text}"'}.get(name, text)
    (one,) = read_file(raw(written.encode(encoding), name))
    assert isinstance(one, Read)
    assert text in one.document.text
    assert "encoding" in one.document.guessed
