import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import clean

FRENCH_PAGE = """Suivez-nous sur Facebook

Économie

Le port sec de Fès ouvre aux exportateurs

Publié le

Le port sec de Fès accueille désormais les conteneurs des exportateurs de la région.

Partager sur WhatsApp

Le port sec de Fès ouvre aux exportateurs

Les transporteurs y trouvent un guichet unique et un entrepôt de 4 000 mètres carrés.

Chargement...

Bourse de Casablanca

12 345,67

0,42 %

Laisser un commentaire

Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *

Lire aussi

Le prix du fret en baisse

Une usine de plus à Berrechid

© 2025 Gazette du port. Tous droits réservés."""
FRENCH_LEFT = """Le port sec de Fès ouvre aux exportateurs

Le port sec de Fès accueille désormais les conteneurs des exportateurs de la région.

Les transporteurs y trouvent un guichet unique et un entrepôt de 4 000 mètres carrés."""
ARABIC_PAGE = """تابعونا على فيسبوك

اقتصاد

افتتاح الميناء الجاف بفاس أمام المصدرين

نشر في

يستقبل الميناء الجاف بفاس حاويات المصدرين القادمين من كل أقاليم الجهة.

شارك المقال

يجد الناقلون هناك شباكا وحيدا ومستودعا مساحته 4000 متر مربع.

جاري التحميل

بورصة الدار البيضاء

١٢٣٤٥٫٦٧

٠٫٤٢٪

اترك تعليقا

لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *

اقرأ أيضا

تراجع أسعار الشحن

جميع الحقوق محفوظة © 2025"""
ARABIC_LEFT = """افتتاح الميناء الجاف بفاس أمام المصدرين

يستقبل الميناء الجاف بفاس حاويات المصدرين القادمين من كل أقاليم الجهة.

يجد الناقلون هناك شباكا وحيدا ومستودعا مساحته 4000 متر مربع."""


@pytest.mark.parametrize(
    ("page", "left"), [(FRENCH_PAGE, FRENCH_LEFT), (ARABIC_PAGE, ARABIC_LEFT)], ids=["fr", "ar"]
)
def test_a_page_is_reduced_to_its_article(page: str, left: str) -> None:
    assert clean(page).text == left


@pytest.mark.parametrize("page", [FRENCH_PAGE, ARABIC_PAGE], ids=["fr", "ar"])
def test_every_line_is_kept_or_recorded(page: str) -> None:
    cleaned = clean(page)
    lines = page.split("\n")
    assert all(lines[item.line - 1] == item.text for item in cleaned.removed)
    kept = [line for line in cleaned.text.split("\n") if line]
    assert sorted(kept + [item.text for item in cleaned.removed]) == sorted(filter(None, lines))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Accueil > Économie > Article", "navigation"),
        ("الرئيسية > اقتصاد", "navigation"),
        ("Facebook | Twitter | WhatsApp", "share"),
        ("Read more", "navigation"),
        ("اقرأ المزيد", "navigation"),
        ("3 min de lecture", "label"),
        ("3 دقائق للقراءة", "label"),
        ("1 204 vues", "label"),
        ("dans Politique", "rubric"),
        ("- in Sports", "rubric"),
        ("Nous utilisons des cookies pour mesurer l'audience.", "cookies"),
        ("نستخدم ملفات تعريف الارتباط لتحسين تجربتك.", "cookies"),
        ("Lire aussi : un autre article du journal", "related"),
        ("Copyright 2024 Journal du fret", "copyright"),
        ("42,10", "ticker"),
    ],
)
def test_furniture(line: str, reason: str) -> None:
    text = f"Titre du jour\n\nUn paragraphe qui dit quelque chose d'utile aux lecteurs.\n\n{line}"
    assert [(item.text, item.reason) for item in clean(text).removed] == [(line, reason)]


@pytest.mark.parametrize(
    "line",
    [
        "Le ministère publie les chiffres du commerce extérieur en janvier.",
        "Les entreprises partagent leurs données sur la plateforme nationale.",
        "يشارك المصدرون في معرض الدار البيضاء كل سنة.",
        "La bourse de Casablanca progresse de 0,42 % cette semaine.",
        "| 12 | 13 |",
        "- facture",
        "Home textiles are exported to Spain.",
        "Le droit d'auteur protège les dessins de tapis pendant de longues années.",
    ],
)
def test_text_stays(line: str) -> None:
    text = f"Titre du jour\n\nUn paragraphe qui dit quelque chose d'utile aux lecteurs.\n\n{line}"
    assert clean(text).removed == ()


def contacts(text: str) -> tuple[list[str], list[str]]:
    """What is left of the contact lines, and which of them were set apart."""
    cleaned = clean(text)
    left = [line for line in cleaned.text.split("\n") if "053" in line]
    return left, [item.text for item in cleaned.unattributed]


def test_only_the_first_contact_block_below_a_description_is_its_own() -> None:
    text = """- Direction du fret

Le service des transports suit les dossiers des transporteurs de la région.

Tél : 0537000001

Fax : 0537000002

Tél : 0537000003

Fax : 0537000004

- Direction des ports

Téléphone : 0537000005

Le service des ports accueille les armateurs et leurs agents chaque matin.
Tél : 0537000006"""
    assert contacts(text) == (
        ["Tél : 0537000001", "Fax : 0537000002", "Tél : 0537000006"],
        ["Tél : 0537000003", "Fax : 0537000004", "Téléphone : 0537000005"],
    )


def test_arabic_contact_blocks() -> None:
    text = """مديرية النقل

تتتبع مصلحة النقل ملفات الناقلين في الجهة وتوجههم نحو المكاتب المختصة.

الهاتف: 0537000001
الفاكس: 0537000002

الهاتف: ٠٥٣٧٠٠٠٠٠٣

مديرية الموانئ
هاتف : 0537000005"""
    left, apart = contacts(text)
    assert left == ["الهاتف: 0537000001", "الفاكس: 0537000002"]
    assert apart == ["الهاتف: ٠٥٣٧٠٠٠٠٠٣", "هاتف : 0537000005"]


def test_a_number_inside_a_sentence_stays() -> None:
    text = "Titre\n\nPour toute question, appelez le service au 0537000001 avant midi."
    assert contacts(text)[1] == []


PIECES = [*FRENCH_PAGE.split("\n\n"), *ARABIC_PAGE.split("\n\n"), "Tél : 0537000001", "", "| a |"]


@given(st.lists(st.sampled_from(PIECES)).map("\n".join))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text).text
    assert clean(once).text == once


@given(st.text(max_size=300))
def test_any_text_can_be_cleaned(text: str) -> None:
    cleaned = clean(text)
    lines = text.split("\n")
    assert all(lines[item.line - 1] == item.text for item in cleaned.removed)
