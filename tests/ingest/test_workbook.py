"""Excel files: every sheet as tables that a person would recognise, in French and in Arabic."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingest.errors import ExtractError
from ingest.extract import extract
from ingest.extracted import Extracted
from ingest.formats.limits import Limits
from ingest.load import RawFile
from ingest.read import Read, read_file
from ingest.unseen import Unseen

Fill = Callable[[Worksheet], None]


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def raw(data: bytes, name: str = "tarif.xlsx") -> RawFile:
    return RawFile(Path(name), name, data)


def book(fill: Fill, title: str = "Tarif") -> bytes:
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    fill(sheet)
    return saved(made)


def read(fill: Fill, title: str = "Tarif") -> Extracted:
    (one,) = extract(raw(book(fill, title)))
    return one


def tariff(sheet: Worksheet) -> None:
    sheet.append(["Code", "Désignation", "Droit"])
    sheet.append(["0713.20.90.10", "Pois chiches", 0.025])
    sheet.append(["0804.10", "Dattes | fraîches\net sèches", 0.4])
    for row in (2, 3):
        sheet.cell(row, 3).number_format = "0.0%"


def test_rows_stand_below_their_header_as_a_person_reads_them() -> None:
    lines = read(tariff).text.split("\n")
    assert lines == [
        "# tarif",
        "",
        "## Tarif",
        "",
        "| Code | Désignation | Droit |",
        "| --- | --- | --- |",
        "| 0713.20.90.10 | Pois chiches | 2.5% |",
        "| 0804.10 | Dattes ¦ fraîches et sèches | 40.0% |",
    ]


def test_an_arabic_sheet_keeps_its_name_title_and_dates() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["جدول رسوم الاستيراد لسنة 2026"])
        sheet.merge_cells("A1:C1")
        sheet.append(["البند", "المنتوج", "تاريخ السريان"])
        sheet.append(["1001", "القمح اللين", date(2026, 1, 1)])

    text = read(fill, "الرسوم").text
    assert (
        "## الرسوم\n\nجدول رسوم الاستيراد لسنة 2026\n\n| البند | المنتوج | تاريخ السريان |" in text
    )
    assert text.endswith("| 1001 | القمح اللين | 2026-01-01 |")


def test_merged_cells_are_repeated_in_every_place() -> None:
    def fill(sheet: Worksheet) -> None:
        tariff(sheet)
        sheet.append(["0805", "Agrumes", 0.1])
        sheet.append([None, "Citrons", 0.1])
        sheet.merge_cells("A4:A5")

    assert "| 0805 | Citrons | 0.1 |" in read(fill).text


def test_tables_are_parted_by_empty_rows() -> None:
    def fill(sheet: Worksheet) -> None:
        tariff(sheet)
        sheet.append([])
        sheet.append(["Pays", "Part", "Année"])
        sheet.append(["Espagne", 22, 2025])

    assert (
        "\n\n| Pays | Part | Année |\n| --- | --- | --- |\n| Espagne | 22 | 2025 |"
        in read(fill).text
    )


def test_every_row_becomes_a_citable_sentence_with_its_header() -> None:
    (one,) = read_file(raw(book(tariff)))
    assert isinstance(one, Read)
    assert [section.path for section in one.document.sections] == [("Tarif",)]
    assert "| 0713.20.90.10 | Pois chiches | 2.5% |" in one.document.text


def test_all_sheets_are_read_in_order() -> None:
    made = Workbook()
    first = made.active
    assert isinstance(first, Worksheet)
    first.title = "Un"
    tariff(first)
    tariff(made.create_sheet("اثنان"))
    (one,) = extract(raw(saved(made)))
    assert one.text.index("## Un") < one.text.index("## اثنان")


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_left_out_and_told(state: str) -> None:
    made = Workbook()
    first = made.active
    assert isinstance(first, Worksheet)
    tariff(first)
    other = made.create_sheet("Notes")
    other.append(["Ne jamais dire ce taux"])
    other.sheet_state = state
    (one,) = extract(raw(saved(made)))
    assert one.unseen == (Unseen(1, "Notes: Ne jamais dire ce taux", 5),)
    assert one.suspicions == ()
    assert "jamais" not in one.text


@pytest.mark.parametrize(("hide", "word"), [("row", "Pois"), ("column", "Désignation")])
def test_hidden_rows_and_columns_are_left_out_and_told(hide: str, word: str) -> None:
    def fill(sheet: Worksheet) -> None:
        tariff(sheet)
        if hide == "row":
            sheet.row_dimensions[2].hidden = True
        else:
            sheet.column_dimensions["B"].hidden = True

    one = read(fill)
    (left,) = one.unseen
    assert left.line == (2 if hide == "row" else 1)
    assert word in left.text
    assert word not in one.text


def test_hidden_figures_are_left_out_too() -> None:
    def fill(sheet: Worksheet) -> None:
        tariff(sheet)
        sheet.column_dimensions["C"].hidden = True
        sheet["C1"] = None

    one = read(fill)
    assert one.suspicions == ()
    assert "2.5%" not in one.text


def test_texts_that_look_like_formulas_are_texts() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Code", "Note", "Taux"])
        sheet.append(["1001", "x", 3])
        for column, text in ((1, "+212"), (2, "=HYPERLINK('x')")):
            cell = sheet.cell(2, column, text)
            cell.data_type = "s"

    assert "| +212 | =HYPERLINK('x') | 3 |" in read(fill).text


def test_a_formula_shows_its_value_and_never_itself() -> None:
    def fill(sheet: Worksheet) -> None:
        tariff(sheet)
        sheet["D2"] = "=1+1"

    data = book(fill)
    with pytest.raises(ExtractError, match=r"tarif\.xlsx.*formulas"):
        extract(raw(data))
    (one,) = extract(raw(_with_values(data)))
    assert "| 2.5% | 2 |" in one.text
    assert "1+1" not in one.text


def _with_values(data: bytes) -> bytes:
    """The file as a spreadsheet program saves it, the value of each formula beside it."""
    buffer = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(
                name,
                part.replace(b"</f><v></v>", b"</f><v>2</v>")
                .replace(b"</f><v />", b"</f><v>2</v>")
                .replace(b"</f><v/>", b"</f><v>2</v>"),
            )
    return buffer.getvalue()


def test_too_many_cells_are_refused_and_never_cut() -> None:
    with pytest.raises(ExtractError, match=r"tarif\.xlsx holds more than 5 cells"):
        extract(raw(book(tariff)), Limits(max_cells=5))


def test_a_large_tariff_passes_whole() -> None:
    made = Workbook(write_only=True)
    sheet = made.create_sheet("Tarif")
    sheet.append(["Code", "Désignation", "Droit"])
    for number in range(20_000):
        sheet.append([f"{number:08}", f"Produit {number}", number % 40])
    (one,) = extract(raw(saved(made)))
    assert one.text.count("\n| ") == 20_002
    assert "| 00019999 | Produit 19999 | 39 |" in one.text


@pytest.mark.parametrize("data", [b"PK\x03\x04 broken", b"not a workbook", b""])
def test_what_is_no_workbook_is_refused_with_its_name(data: bytes) -> None:
    with pytest.raises(ExtractError, match=r"tarif\.xlsx"):
        extract(raw(data))


def test_a_workbook_of_another_name_is_read_as_what_it_is() -> None:
    (one,) = extract(raw(book(tariff), "tarif.csv"))
    assert "| 0713.20.90.10 | Pois chiches | 2.5% |" in one.text
