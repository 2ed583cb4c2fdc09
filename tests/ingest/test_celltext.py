"""Cells as people read them."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.celltext import cell_text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (None, "General", ""),
        (True, "General", "TRUE"),
        ("  تمر\nمجفف ", "General", "تمر مجفف"),
        ("=1+1", "General", "=1+1"),
        ("@cmd", "General", "@cmd"),
        ("+212", "@", "+212"),
        (87032110, "General", "87032110"),
        (0.1 + 0.2, "General", "0.3"),
        (2.5, "General", "2.5"),
        (1e15, "General", "1000000000000000"),
        (0.025, "0%", "3%"),
        (0.025, "0.0%", "2.5%"),
        (0.025, "0.00%", "2.50%"),
        (0.175, "0.##%", "17.5%"),
        (1234567.5, "#,##0.00", "1 234 567.50"),
        (-1234, "#,##0", "-1 234"),
        (1234, "#,##0;[Red](#,##0)", "1 234"),
        (1500, '#,##0.00 "DH"', "1 500.00 DH"),
        (1500, "#,##0 [$MAD]", "1 500 MAD"),
        (1500, "[$€-40C] #,##0", "€ 1 500"),
        (101, "0000", "0101"),
        (1012100, "00000000", "01012100"),
        (2.345, "0.00", "2.35"),
        (1e-7, "0.00E+00", "1e-07"),
        (date(2025, 6, 11), "dd/mm/yyyy", "11/06/2025"),
        (datetime.fromisoformat("2025-06-11"), "yyyy-mm-dd", "2025-06-11"),
        (datetime.fromisoformat("2025-06-11"), "[$-40C]d mmmm yyyy;@", "11/06/2025"),
        (datetime.fromisoformat("2025-06-11T09:05"), "dd/mm/yyyy hh:mm", "11/06/2025 09:05"),
        (datetime.fromisoformat("2025-06-01"), "mmm-yy", "06/2025"),
        (time(14, 30), "h:mm", "14:30"),
        (timedelta(hours=36, minutes=5), "[h]:mm", "36:05"),
    ],
)
def test_a_value_in_its_format(value: object, number_format: str, text: str) -> None:
    assert cell_text(value, number_format) == text


@given(
    st.one_of(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers()),
    st.sampled_from(["General", "0", "0.00", "#,##0", "0%", "0.0#%", '0 "kg"', "# ?/?"]),
)
def test_every_number_is_one_line(value: float, number_format: str) -> None:
    assert "\n" not in cell_text(value, number_format)
    assert cell_text(value, number_format)


@given(st.text())
def test_a_text_stays_its_words(text: str) -> None:
    assert cell_text(text) == " ".join(cell_text(text).split())
