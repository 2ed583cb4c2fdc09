"""CSV survives spreadsheets, and they compute nothing of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DatasetError, PathMissingError
from ingest.spreadsheet import neutralise, read_csv, restore, write_csv


@given(st.text() | st.from_regex(r"'*[ \t=+\-@]*.{0,3}", fullmatch=True))
def test_every_cell_comes_back_and_none_begins_a_formula(cell: str) -> None:
    safe = neutralise(cell)
    assert restore(safe) == cell
    assert safe.lstrip(" \u00a0")[:1] not in {"=", "+", "-", "@", "\t", "\r"}


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"), ("+212 5 37", "'+212 5 37"), ("-5 %", "'-5 %"), ("@x", "'@x"),
        (" =1", "' =1"), ("'=1", "''=1"), ("\t=1", "'\t=1"), ("＝1", "'＝1"), (" \t", "' \t"),
        ("'tis", "'tis"), ("نعم", "نعم"), ("", ""), ("1=1", "1=1"),
    ],
)  # fmt: skip
def test_only_what_could_be_computed_is_changed(cell: str, safe: str) -> None:
    assert neutralise(cell) == safe
    assert restore(safe) == cell


def test_what_is_written_is_read_with_its_lines(tmp_path: Path) -> None:
    rows = [["a", 'deux\nlignes, "dites"'], ["b", "=سطر؛ ثان"]]
    path = tmp_path / "x.csv"
    path.write_text(write_csv(["id", "text"], rows), encoding="utf-8", newline="")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(read_csv(path, ["id"])) == [
        (2, {"id": "a", "text": rows[0][1]}),
        (4, {"id": "b", "text": rows[1][1]}),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_is_read_and_short_or_blank_rows_are_no_error(
    tmp_path: Path, separator: str
) -> None:
    path = tmp_path / "x.csv"
    lines = [["ID ", "a", "b"], ["1", "x", "y"], ["", "", ""], ["2"]]
    text = "\n".join(separator.join(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    assert list(read_csv(path, ["id", "b"])) == [
        (2, {"id": "1", "a": "x", "b": "y"}),
        (4, {"id": "2", "a": "", "b": ""}),
    ]


@pytest.mark.parametrize(
    ("text", "place", "named"),
    [
        ("", ":1:", "'id' is missing"),
        ("name\nx\n", ":1:", "'id' is missing"),
        ("id,id\n1,2\n", ":1:", "two columns"),
        ("id,a\n1,2\n3,4,5\n", ":3:", "3 cells"),
        ('id,a\n1,"x"y\n', ":2:", "CSV"),
    ],
)
def test_a_broken_table_is_named_with_file_and_line(
    tmp_path: Path, text: str, place: str, named: str
) -> None:
    path = tmp_path / "جدول.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=named) as raised:
        list(read_csv(path, ["id"]))
    assert f"{path}{place}" in str(raised.value)


def test_a_table_that_is_missing_or_not_utf8_is_named(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError):
        list(read_csv(tmp_path / "no.csv", ["id"]))
    path = tmp_path / "x.csv"
    path.write_bytes("id\nنعم\n".encode("windows-1256"))
    with pytest.raises(DatasetError, match=":2: is not UTF-8"):
        list(read_csv(path, ["id"]))
