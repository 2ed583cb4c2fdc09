"""The real readers, in the sandbox, on files made to break them."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingest.errors import ExtractError
from ingest.extract import extract
from ingest.formats.limits import Limits
from ingest.load import RawFile
from ingest.sandbox import Sandbox


def packed(name: str, data: str | bytes) -> bytes:
    """A Word file whose main part, or another part, is what a test wants."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="'
            'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
            '<Default Extension="rels" ContentType="'
            'application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{office}" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(name, data)
    return stream.getvalue()


def word(paragraph: str, before: str = "") -> bytes:
    """A Word file of one paragraph; `before` stands where a document type is declared."""
    return packed(
        "word/document.xml",
        f'<?xml version="1.0"?>{before}<w:document xmlns:w="{_WORD}"><w:body>'
        f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p></w:body></w:document>",
    )


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def laughs(depth: int) -> str:
    """Entities that unfold to ten to the power of `depth`."""
    names = [f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, depth)]
    return f'<!DOCTYPE x [<!ENTITY a0 "lol">{"".join(names)}]>'


LEAK = '<!DOCTYPE x [<!ENTITY leak SYSTEM "file:///etc/passwd">]>'
FRENCH = "<html><body><h1>Tarif</h1><p>Le droit est de 2,5 % pour le blé tendre.</p></body></html>"
ARABIC = "<html><body><h1>تعريفة</h1><p>الرسم هو 2,5 في المائة للقمح اللين.</p></body></html>"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tarif.html", FRENCH.encode()),
        ("تعريفة.html", ARABIC.encode()),
        ("délai.docx", word("Le délai est de 10 jours à compter du dépôt")),
        ("أجل.docx", word("الأجل 10 أيام من تاريخ الإيداع")),
    ],
)
def test_the_child_reads_what_this_process_would(sandbox: Sandbox, name: str, data: bytes) -> None:
    raw = RawFile(Path(name), name, data)
    assert sandbox.extract(raw) == extract(raw)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.docx", packed("word/document.xml", bytes(20_000_000))),
        ("bomb.xlsx", packed("xl/workbook.xml", bytes(20_000_000))),
        ("laughs.xlsx", packed("xl/workbook.xml", laughs(10) + "<workbook>&a9;</workbook>")),
        ("cut.docx", word("x")[:-30]),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
        ("not.pdf", bytes(1000)),
        ("empty.pdf", b""),
        ("nothing.html", b"<html>\xff\xfe\xd8</html>"),
    ],
)
def test_a_file_made_to_break_its_reader(sandbox: Sandbox, name: str, data: bytes) -> None:
    with pytest.raises(ExtractError, match=name):
        sandbox.extract(RawFile(Path(name), name, data))
    assert still_works(sandbox)


@pytest.mark.parametrize("data", [word("&a9;", laughs(10)), word("&leak;", LEAK)])
def test_entities_are_not_unfolded(sandbox: Sandbox, data: bytes) -> None:
    try:
        shown = sandbox.extract(RawFile(Path("a.docx"), "a.docx", data))[0].text
    except ExtractError as error:
        shown = str(error)
    assert len(shown) < 300
    assert "root:" not in shown
    assert still_works(sandbox)


@pytest.mark.parametrize("piece", ["<div>", "<table><tr><td>", "<b><i>", "<!--", "&amp;", "<a b="])
def test_a_page_of_one_thing_without_end(sandbox: Sandbox, piece: str) -> None:
    raw = RawFile(Path("deep.html"), "deep.html", b"<html><body>" + piece.encode() * 100_000)
    with suppress(ExtractError):
        sandbox.extract(raw)
    assert still_works(sandbox)


def still_works(sandbox: Sandbox) -> bool:
    (page,) = sandbox.extract(RawFile(Path("a.html"), "a.html", ARABIC.encode()))
    return "2,5" in page.text


@pytest.mark.parametrize("name", ["تعريفة.xlsx", "tarif.csv"])
def test_the_bounds_hold_in_the_child_and_here(name: str) -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (["البند", "الرسم", "Note"], ["1001", "135 %", "x"]):
        sheet.append(row)
    saved = io.BytesIO()
    book.save(saved)
    data = saved.getvalue() if name.endswith("xlsx") else b"a,b,c\n1,2,3\n"
    raw = RawFile(Path(name), name, data)
    with (
        Sandbox(bounds=Limits(max_cells=5)) as sandbox,
        pytest.raises(ExtractError, match="more than 5 cells"),
    ):
        sandbox.extract(raw)
