from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.collection import IngestResult
from ingest.document import Document
from ingest.passages import PassageSettings, split
from ingest.pipeline import ingest_folder
from ingest.segment import units
from tests.ingest.library import Book, books

BOOKS = books()


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> IngestResult:
    folder = tmp_path_factory.mktemp("library")
    for book in BOOKS:
        (folder / book.name).write_bytes(book.data)
    return ingest_folder(folder)


def of(result: IngestResult, book: Book) -> Document:
    (document,) = (one for one in result.documents if one.file == book.name)
    return document


def rows(document: Document) -> tuple[tuple[str, str], ...]:
    found = units(document.text)
    lines = ((unit.header, document.text[unit.start : unit.end]) for unit in found)
    return tuple((header, line) for header, line in lines if line.startswith("|"))


def begins(document: Document, words: Sequence[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    lengths = [len(start) for _, start in words]
    places = [(page.number, page.start) for page in document.pages]
    return tuple(
        (number, document.text[start : start + length])
        for (number, start), length in zip(places, lengths, strict=True)
    )


def test_all_formats_and_both_languages_are_there(result: IngestResult) -> None:
    assert len(BOOKS) >= 20
    assert result.report.failures == ()
    kinds = {(Path(book.name).suffix, book.language) for book in BOOKS}
    for suffix in (".md", ".txt", ".html", ".pdf", ".docx", ".xlsx", ".csv", ".jsonl"):
        assert {(suffix, "fr"), (suffix, "ar")} <= kinds


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_book_is_read_as_it_is_written(result: IngestResult, book: Book) -> None:
    document = of(result, book)
    assert document.text == book.text
    assert (document.language, document.title) == (book.language, book.title)
    assert tuple(section.path for section in document.sections) == book.sections
    assert begins(document, book.pages) == book.pages
    assert rows(document) == book.rows


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_passage_is_its_span(result: IngestResult, book: Book) -> None:
    document = of(result, book)
    for passage in split(document, PassageSettings()):
        said = [document.text[one.start : one.end] for one in passage.sentences]
        assert document.text[passage.start : passage.end].split() == " ".join(said).split()
