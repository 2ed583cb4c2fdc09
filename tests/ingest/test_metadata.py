"""Title, publisher, dates and numbers from where a document has them."""

import pytest

from ingest.document import Source
from ingest.extracted import Extracted
from ingest.metadata import described, read_metadata

CIRCULAR = """ROYAUME DU MAROC
Ministère de l'Économie et des Finances
Administration des Douanes et Impôts Indirects

Rabat, le 12 mars 2024

CIRCULAIRE N° 6574/233

Objet : Importation du blé tendre.

La présente circulaire entre en vigueur le 1er avril 2024.
"""
CIRCULAR_AR = """المملكة المغربية
وزارة الصناعة والتجارة

الرباط في 12 مارس 2024

دورية رقم 6574/233

الموضوع : استيراد القمح اللين

يعمل بهذه الدورية ابتداء من فاتح أبريل 2024.
"""


@pytest.mark.parametrize(
    ("text", "title", "publisher"),
    [
        (
            CIRCULAR,
            "CIRCULAIRE N° 6574/233 : Importation du blé tendre.",
            "Ministère de l'Économie et des Finances",
        ),
        (CIRCULAR_AR, "دورية رقم 6574/233 : استيراد القمح اللين", "وزارة الصناعة والتجارة"),
    ],
)
def test_a_circular_says_what_it_is(text: str, title: str, publisher: str) -> None:
    found = read_metadata(text)
    assert (found.title, found.publisher) == (title, publisher)
    assert (found.date, found.valid_from) == ("2024-03-12", "2024-04-01")


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("ROYAUME DU MAROC - Ministère du Commerce", "Ministère du Commerce"),
        ("المملكة المغربية وزارة الصناعة والتجارة", "وزارة الصناعة والتجارة"),
        ("Kingdom of Morocco, Ministry of Trade", "Ministry of Trade"),
        ("ROYAUME DU MAROC المملكة المغربية", None),
        ("Accord entre le Royaume du Maroc et le Ministère du Commerce", None),
    ],
)
def test_a_letterhead_may_stand_on_one_line(line: str, publisher: str | None) -> None:
    assert read_metadata(f"{line}\n\nUn titre\n\nLe texte.").publisher == publisher


@pytest.mark.parametrize("text", [CIRCULAR, CIRCULAR_AR])
def test_its_number_becomes_metadata(text: str) -> None:
    one = described(Extracted(text), text, "a.pdf")
    assert one.law is not None
    assert one.law.number == "6574-233"
    assert one.source is not None
    assert (one.source.date, one.source.dated_by) == ("2024-03-12", "stated")
    assert one.guessed == ("language",)


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Publié le 5 juin 2025", "2025-06-05"),
        ("Date : 05/06/2025", "2025-06-05"),
        ("تاريخ النشر: 5 يونيو 2025", "2025-06-05"),
        ("Casablanca, le 5 juin 2025", "2025-06-05"),
        ("Casablanca, 5 juin 2025 – Le programme commence.", "2025-06-05"),
        ("الدار البيضاء، 5 يونيو 2025", "2025-06-05"),
        ("La mesure du 5 juin 2025 a été annoncée.", None),
    ],
)
def test_only_the_date_of_the_document_is_its_date(line: str, date: str | None) -> None:
    assert read_metadata(f"Un titre\n{line}\nLe texte.").date == date


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("Valable jusqu'au 31 décembre 2026", "2026-12-31"),
        ("صالح إلى غاية 31 دجنبر 2026", "2026-12-31"),
        ("Le contrat fut signé le 31 décembre 2026", None),
    ],
)
def test_a_stated_end_is_read(line: str, end: str | None) -> None:
    assert read_metadata(f"Titre\n{line}").valid_to == end


def test_a_body_that_is_only_talked_about_publishes_nothing() -> None:
    assert read_metadata("Ministère du commerce : annonce\n\nUn texte.").publisher is None
    assert read_metadata("وزارة التجارة تعلن\n\nنص.").publisher is None


def test_what_a_file_declares_is_never_overruled() -> None:
    own = Source("a", "Journal", "Un titre", date="2020-01-01", dated_by="stated")
    one = described(Extracted(CIRCULAR, title="Le mien", language="fr", source=own), CIRCULAR, "a")
    assert (one.title, one.source, one.guessed) == ("Le mien", own, ())


def test_a_title_that_nothing_names_is_a_guess() -> None:
    assert "title" in described(Extracted("Un texte."), "Un texte.", "a.txt").guessed
    assert "title" not in described(Extracted("# Titre\n"), "# Titre\n", "a.md").guessed


def test_a_record_says_all_in_its_fields() -> None:
    record = Extracted(CIRCULAR, id="r")
    assert described(record, CIRCULAR, "a.jsonl") is record
