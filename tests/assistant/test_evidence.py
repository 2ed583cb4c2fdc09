"""A citation says where the words stand, down to the printed page."""

import pytest

from assistant.evidence import Evidence
from ingest.document import Document, Page


def cited(language: str, start: int, end: int, section: str, *pages: Page) -> str:
    document = Document("a", "a", language, "a", "x" * 100, pages=pages)
    return Evidence(1, document, start, end, section, 1.0).citation.section


@pytest.mark.parametrize(
    ("language", "section", "shown"),
    [
        ("fr", "Article 3", "Article 3 · p. 12"),
        ("en", "Section 3", "Section 3 · p. 12"),
        ("ar", "المادة 3", "المادة 3 · ص 12"),
        ("ar", "", "ص 12"),
        ("fr", "", "p. 12"),
    ],
)
def test_the_page_stands_behind_the_section(language: str, section: str, shown: str) -> None:
    assert cited(language, 50, 60, section, Page(11, 0), Page(12, 40)) == shown


def test_a_sentence_over_two_pages_names_both() -> None:
    assert cited("fr", 30, 60, "Article 3", Page(11, 0), Page(12, 40)) == "Article 3 · p. 11-12"
    assert cited("ar", 30, 60, "المادة 3", Page(11, 0), Page(12, 40)) == "المادة 3 · ص 11-12"


def test_what_was_never_printed_has_no_page() -> None:
    assert cited("fr", 30, 60, "Article 3") == "Article 3"
    assert cited("ar", 30, 60, "المادة 3") == "المادة 3"
