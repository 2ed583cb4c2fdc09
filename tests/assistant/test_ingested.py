"""What answers cite of files that an office dropped in: items and rows that can be understood, and
no text twice.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.answer import Answer
from assistant.assistant import assemble
from assistant.compose import ExtractiveComposer
from assistant.question import Question
from index.build import build_index
from index.generation import open_current
from ingest.pipeline import ingest_folder
from tests.fakes import FakeEmbedder

CARPETS = """# Exporter un tapis

Le dossier du tapis comprend :

- une copie du registre de commerce
- la facture visée par la délégation

## Tarifs

| Pays | Taxe |
|---|---|
| France | 14 % |
| Espagne | 6 % |
"""
CARPETS_AR = """# تصدير الزرابي

يتضمن ملف الزربية ما يلي:

- نسخة من السجل التجاري
- الفاتورة المؤشر عليها من المندوبية

## التعريفات

| البلد | الرسم |
|---|---|
| فرنسا | 14 % |
| إسبانيا | 6 % |
"""
SHARED = {
    "fr": "La coopérative garde un échantillon scellé de chaque lot.",
    "ar": "تحتفظ التعاونية بعينة مختومة من كل حصة.",
}
SAFFRON = {
    "fr": f"# Le safran\n\nLe safran est emballé dans des boîtes de verre. {SHARED['fr']}",
    "ar": f"# الزعفران\n\nيعبأ الزعفران في علب من زجاج. {SHARED['ar']}",
}
HONEY = {
    "fr": f"# Le miel\n\nLe miel est filtré à froid par les apiculteurs. {SHARED['fr']}",
    "ar": f"# العسل\n\nيصفي النحالون العسل على البارد. {SHARED['ar']}",
}
WHO_KEEPS = {
    "fr": "Qui garde un échantillon scellé de chaque lot ?",
    "ar": "من يحتفظ بعينة مختومة من كل حصة؟",
}
OIL = {
    "fr": "L'huile d'olive de Meknès est analysée par un laboratoire agréé avant la mise en "
    "bouteille, puis la coopérative colle sur chaque bouteille une étiquette numérotée.",
    "ar": "يحلل مختبر معتمد زيت الزيتون المكناسي قبل تعبئته في القنينات، ثم تلصق التعاونية على كل "
    "قنينة بطاقة مرقمة تحمل اسم الضيعة وسنة الجني ورقم الحصة.",
}
WHO_ANALYSES = {
    "fr": "Qui analyse l'huile d'olive de Meknès ?",
    "ar": "من يحلل زيت الزيتون المكناسي؟",
}
languages = pytest.mark.parametrize("language", ["fr", "ar"])


@contextmanager
def office(folder: Path, *texts: str) -> Iterator[Callable[[str], Answer]]:
    """What answers a question from some files alone, called `0.md`, `1.md` and so on."""
    files = folder / "files"
    files.mkdir()
    for number, text in enumerate(texts):
        (files / f"{number}.md").write_text(text, encoding="utf-8")
    embedder = FakeEmbedder(dimension=256)
    build_index(folder / "index", ingest_folder(files), embedder, {"max_tokens": 256})
    generation = open_current(folder / "index", embedder.identity)
    sanad = assemble(generation, embedder, ExtractiveComposer())
    try:
        yield lambda question: sanad.ask(Question(question=question))
    finally:
        generation.close()


@pytest.mark.parametrize(
    ("question", "quote", "section"),
    [
        (
            "Le dossier du tapis comprend-il une copie du registre de commerce ?",
            "- une copie du registre de commerce",
            "Le dossier du tapis comprend",
        ),
        (
            "هل يتضمن ملف الزربية نسخة من السجل التجاري؟",
            "- نسخة من السجل التجاري",
            "يتضمن ملف الزربية ما يلي",
        ),
        ("Quelle est la taxe du tapis en Espagne ?", "| Espagne | 6 % |", "Tarifs › Pays | Taxe"),
        ("ما رسم تصدير الزرابي إلى إسبانيا؟", "| إسبانيا | 6 % |", "التعريفات › البلد | الرسم"),
    ],
)
def test_an_item_and_a_row_are_shown_with_what_they_are_read_under(
    tmp_path: Path, question: str, quote: str, section: str
) -> None:
    with office(tmp_path, CARPETS, CARPETS_AR) as ask:
        cited = {one.quote: one.section for one in ask(question).citations}
    assert cited[quote] == section


@languages
def test_a_sentence_of_two_texts_is_quoted_once(tmp_path: Path, language: str) -> None:
    with office(tmp_path, SAFFRON[language], HONEY[language]) as ask:
        answer = ask(WHO_KEEPS[language])
    assert [one.quote for one in answer.citations].count(SHARED[language]) == 1


@languages
def test_of_two_copies_one_is_cited_and_both_can_be_read(tmp_path: Path, language: str) -> None:
    title = {"fr": "# Huile d'olive", "ar": "# زيت الزيتون"}[language]
    byline = {"fr": "Par la rédaction", "ar": "بقلم: هيئة التحرير"}[language]
    copies = [f"{title}\n\n{OIL[language]}", f"{title}\n\n{byline}\n\n{OIL[language]}"]
    with office(tmp_path, *copies, SAFFRON[language]) as ask:
        answer = ask(WHO_ANALYSES[language])
    assert {one.document_id for one in answer.citations} == {"0.md"}
    linked = {one.id: one.same_as for one in ingest_folder(tmp_path / "files").documents}
    assert linked == {"0.md": None, "1.md": "0.md", "2.md": None}
