import pytest

from ingest.errors import ExtractError
from ingest.formats.grid import Cell, grid
from ingest.formats.table import table_lines


def test_a_header_stands_above_a_rule() -> None:
    assert table_lines([["Code", "Produit", "Droit"], ["57", "Tapis", "2,5 %"]]) == [
        "| Code | Produit | Droit |",
        "| --- | --- | --- |",
        "| 57 | Tapis | 2,5 % |",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["الجهة", "المكتب"], ["المدينة", "الرباط"]],
        [["Code", "2025", "Droit"], ["57", "Tapis", "x"]],
        [["Code", "", "Droit"], ["57", "Tapis", "x"]],
        [["Droit", "Droit", "Code"], ["57", "Tapis", "x"]],
        [["Code", "Produit", "Droit"]],
    ],
)
def test_a_row_that_may_say_something_is_no_header(rows: list[list[str]]) -> None:
    assert "---" not in "".join(table_lines(rows))
    assert "---" not in "".join(table_lines([["a", "b", "c"], ["d", "e", "f"]], 0))


def test_several_header_rows_become_one() -> None:
    rows = [["الرمز", "الرسم", "الرسم"], ["الرمز", "2025", "2026"], ["57", "2,5 %", "5 %"]]
    assert table_lines(rows, 2)[0] == "| الرمز | الرسم – 2025 | الرسم – 2026 |"


def test_rows_are_made_even_and_the_sign_of_cells_stays_theirs() -> None:
    assert table_lines([["a | b", "c\nd"], [], ["e"]], 0) == ["| a ¦ b | c d |", "| e |  |"]
    assert table_lines([]) == []


def test_spans_fill_their_places() -> None:
    rows = [[Cell("a", rows=2), Cell("b", columns=2)], [Cell("c"), Cell("d")], [Cell("e")]]
    assert grid(rows, "x") == [["a", "b", "b"], ["a", "c", "d"], ["e"]]


def test_a_span_at_the_end_of_a_row_goes_on_below() -> None:
    rows = [[Cell("a"), Cell("b", rows=3)], [Cell("c")], [Cell("d")]]
    assert grid(rows, "x") == [["a", "b"], ["c", "b"], ["d", "b"]]


def test_a_table_too_large_is_refused() -> None:
    with pytest.raises(ExtractError, match="x holds a table"):
        grid([[Cell("a", columns=10**9)]] * 1001, "x")
