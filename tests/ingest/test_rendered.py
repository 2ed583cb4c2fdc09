"""Whatever the structure, no word is lost on the way from a file to its passages."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.load import RawFile
from ingest.passages import PassageSettings, split
from ingest.read import Read, read_file
from tests.ingest.library import saved

VOCABULARY = (
    "tarif douane facture dossier registre visa guichet demande Rabat 5701 91-14 2,5 "
    "التصدير الرسوم الفاتورة الملف السجل البضاعة الرباط طلب"
)
WORDS = st.sampled_from(VOCABULARY.split(" "))
PHRASES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
SENTENCES = st.lists(WORDS, min_size=6, max_size=15).map(" ".join)


@dataclass(frozen=True)
class Part:
    """A heading, a paragraph, the items of a list, or the rows of a table."""

    kind: str
    rows: tuple[tuple[str, ...], ...]


def tables(width: int) -> st.SearchStrategy[tuple[tuple[str, ...], ...]]:
    row = st.lists(PHRASES, min_size=width, max_size=width).map(tuple)
    return st.lists(row, min_size=2, max_size=4).map(tuple)


def part(kind: str, words: st.SearchStrategy[str], most: int) -> st.SearchStrategy[Part]:
    lines = st.lists(words.map(lambda line: (line,)), min_size=1, max_size=most)
    return lines.map(lambda rows: Part(kind, tuple(rows)))


PARTS = st.lists(
    st.one_of(
        part("heading", PHRASES, 1),
        part("paragraph", SENTENCES, 1),
        part("items", PHRASES, 4),
        st.integers(2, 4).flatmap(tables).map(lambda rows: Part("table", rows)),
    ),
    min_size=1,
    max_size=6,
)


def numbered(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with a number at the end of each line, so that none says what another does."""
    count = iter(range(1000, 9999))
    return tuple(
        Part(
            one.kind,
            tuple(
                tuple(f"{words.rstrip('.')} N{next(count)}" for words in row) for row in one.rows
            ),
        )
        for one in parts
    )


def as_html(parts: Sequence[Part]) -> bytes:
    written = []
    for one in parts:
        lines = [html.escape(row[0]) for row in one.rows]
        if one.kind == "heading":
            written.append(f"<h2>{lines[0]}</h2>")
        elif one.kind == "paragraph":
            written.append(f"<p>{lines[0]}</p>")
        elif one.kind == "items":
            written.append(f"<ul><li>{'</li><li>'.join(lines)}</li></ul>")
        else:
            rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in one.rows)
            written.append(f"<table><tr>{'</tr><tr>'.join(rows)}</tr></table>")
    return f"<html><body>{''.join(written)}</body></html>".encode()


def as_word(parts: Sequence[Part]) -> bytes:
    file = docx.Document()
    for one in parts:
        if one.kind == "heading":
            file.add_heading(one.rows[0][0], 2)
        elif one.kind == "paragraph":
            file.add_paragraph(one.rows[0][0])
        elif one.kind == "items":
            for (words,) in one.rows:
                file.add_paragraph(words, style="List Bullet")
        else:
            table = file.add_table(len(one.rows), len(one.rows[0]))
            for at, row in enumerate(one.rows):
                for column, words in enumerate(row):
                    table.cell(at, column).text = words
            file.add_paragraph()
    return saved(file)


def check(data: bytes, name: str, parts: Sequence[Part]) -> None:
    (one,) = read_file(RawFile(Path(name), name, data))
    assert isinstance(one, Read)
    document = one.document
    passages = split(document, PassageSettings())
    said = [document.title, *(line for passage in passages for line in passage.heading)]
    for passage in passages:
        said.append(document.text[passage.start : passage.end])
        at = passage.start
        for sentence in passage.sentences:
            assert not document.text[at : sentence.start].strip()
            at = sentence.end
        assert at == passage.end
    everything = "\n".join([*said, *(line.text for line in one.removed)])
    for found in parts:
        place = document.text if found.kind == "heading" else everything
        for words in (words for row in found.rows for words in row):
            assert words in place


@settings(max_examples=40)
@given(PARTS)
def test_no_word_of_a_page_is_lost(parts: list[Part]) -> None:
    check(as_html(numbered(parts)), "a.html", numbered(parts))


@settings(max_examples=15)
@given(PARTS)
def test_no_word_of_a_word_file_is_lost(parts: list[Part]) -> None:
    check(as_word(numbered(parts)), "a.docx", numbered(parts))
