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
        ("Tout refuser", "cookies"),
        ("Continuer sans accepter", "cookies"),
        ("Gérer mes cookies", "cookies"),
        ("رفض الكل", "cookies"),
        ("إعدادات ملفات تعريف الارتباط", "cookies"),
        ("Envoyer à un ami", "share"),
        ("Imprimer cette page", "share"),
        ("طباعة هذه الصفحة", "share"),
        ("حجم الخط", "share"),
        ("Vous êtes ici : Accueil > Exporter", "navigation"),
        ("أنت هنا : الرئيسية > التصدير", "navigation"),
        ("Français | العربية | English", "navigation"),
        ("Page 3/12", "page-furniture"),
        ("صفحة 3 من 12", "page-furniture"),
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
        "| Maroc |",
        "- France\n- Maroc\n- Espagne",
        "Les tapis noués à la main restent exonérés sur tout le territoire du\nMaroc.",
        "تعفى الزرابي المعقودة يدويا من الرسوم على الواردات في كامل تراب\nالمغرب.",
    ],
)
def test_text_stays(line: str) -> None:
    text = f"Titre du jour\n\nUn paragraphe qui dit quelque chose d'utile aux lecteurs.\n\n{line}"
    assert clean(text).removed == ()


@pytest.mark.parametrize(
    "law",
    [
        "Est interdit :\n1° l'export de safran en vrac ;\n2° celui de plants de safran.",
        "يمنع :\n1- تصدير الزعفران غير المعبأ؛\n2- تصدير شتلات الزعفران.",
        "Le taux du droit est fixé, pour les produits des positions suivantes, à\n2,5\n10\n17,5",
    ],
)
def test_the_lines_of_a_law_stay_wherever_they_break(law: str) -> None:
    assert clean(law).text == law


def test_a_table_whose_columns_came_apart_stays() -> None:
    column = "\n\n".join(str(1200 + 35 * row) for row in range(20))
    text = f"Valeur des exportations\n\n{column}"
    assert clean(text).text == text


def test_what_two_procedures_have_in_common_is_no_repetition() -> None:
    delay = "Le délai de réponse est de 15 jours ouvrables."
    text = f"## Tapis\n\n{delay}\n\n## Safran\n\n{delay}"
    assert clean(text).text == text


def test_a_record_is_text_and_nothing_else() -> None:
    text = "Maroc\n\n12\n\nPartager\n\nTél : 0537000001"
    assert clean(text, is_record=True).text == text
    assert clean(text).text == ""


@pytest.mark.parametrize("number", ["- 13 -", "-9-", "– ١٣ –", "Page 3/12", "صفحة 3 من 12"])
@pytest.mark.parametrize("is_record", [True, False])
def test_the_number_of_a_page_is_no_text(number: str, *, is_record: bool) -> None:
    first = "يستفيد من هذا الإعفاء كل مصدر أودع طلبه لدى الإدارة المختصة طبقا"
    second = "لأحكام المادة 15 من هذا القانون."
    cleaned = clean(f"{first}\n\n{number}\n\n{second}", is_record=is_record)
    assert cleaned.text == f"{first}\n{second}"
    assert [(one.line, one.text, one.reason) for one in cleaned.removed] == [
        (3, number, "page-furniture")
    ]
    ended = f"{first}.\n\n{number}\n\n{second}"
    assert clean(ended, is_record=is_record).text == f"{first}.\n\n{second}"


@pytest.mark.parametrize("line", ["- 13", "13", "- 13 %", "page 12", "- 2024-2025 -", "1-"])
def test_figures_and_pages_inside_a_paragraph_of_a_record_stay(line: str) -> None:
    text = f"Voir le bulletin officiel, au même endroit,\n{line}\net les suivantes."
    assert clean(text, is_record=True).text == text


def test_a_widget_of_several_lines_goes_as_a_whole_or_stays() -> None:
    widget = "Facebook\nTwitter\nWhatsApp"
    text = f"Titre du jour\n\nUn paragraphe qui dit quelque chose d'utile.\n\n{widget}"
    assert [item.text for item in clean(text).removed] == widget.split("\n")
    assert clean(text + "\nvendent des tapis en ligne").removed == ()


PRINTED = [
    [
        "Bulletin officiel n° 7000 — page 1/3",
        "",
        "Les tapis noués à la main par les artisanes sont exonérés de la",
    ],
    ["Bulletin officiel n° 7000 — page 2/3", "", "taxe à l'exportation.", "", "12", "", "17,5"],
    ["Bulletin officiel n° 7000 — page 3/3", "", "تعفى الزرابي من الرسم."],
]


def printed(pages: list[list[str]]) -> tuple[str, tuple[int, ...]]:
    """The text of some pages, a blank line between them, and the lines on which they begin."""
    lines: list[str] = []
    starts = []
    for page in pages:
        starts.append(len(lines))
        lines += [*page, ""]
    return "\n".join(lines[:-1]), tuple(starts)


def test_a_paragraph_runs_on_over_the_head_of_a_page() -> None:
    cleaned = clean(*printed(PRINTED))
    assert cleaned.text == (
        "Les tapis noués à la main par les artisanes sont exonérés de la\ntaxe à l'exportation."
        "\n\n12\n\n17,5\n\nتعفى الزرابي من الرسم."
    )
    assert [item.reason for item in cleaned.removed] == ["page-furniture"] * 3


def test_a_paragraph_that_ended_does_not_run_on() -> None:
    pages = [["Le tapis est exonéré de toute taxe à l'exportation."], ["la taxe est nulle."]]
    text, starts = printed(pages)
    assert clean(text, starts).text == text


@pytest.mark.parametrize("page", [FRENCH_PAGE, ARABIC_PAGE], ids=["fr", "ar"])
def test_every_line_left_knows_where_it_came_from(page: str) -> None:
    cleaned = clean(page)
    lines = page.split("\n")
    assert [lines[number - 1] for number in cleaned.lines] == cleaned.text.split("\n")


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


@given(st.text(max_size=300), st.booleans())
def test_any_text_can_be_cleaned(text: str, is_record: bool) -> None:
    cleaned = clean(text, is_record=is_record)
    lines = text.split("\n")
    left = [lines[number - 1] for number in cleaned.lines]
    assert left == (cleaned.text.split("\n") if cleaned.text else [])
    assert list(cleaned.lines) == sorted(set(cleaned.lines))
    assert all(lines[item.line - 1] == item.text for item in cleaned.removed)


@pytest.mark.parametrize("words", ["Commentaires", "3 تعليقات", "Partager cet article"])
def test_the_heading_of_a_widget_goes_with_it(words: str) -> None:
    text = "# Titre\n\nUne phrase entière du texte.\n\n"
    form = "Laisser un commentaire"
    assert clean(f"{text}### {words}\n\n{form}").text == text.strip()
    kept = f"{text}## {words}\n\nLe comité a reçu trois commentaires sur le projet de décret."
    assert clean(kept).text == kept
    nested = f"{text}## Régions\n\n### Nord\n\nLe nord exporte des agrumes et des tapis."
    assert clean(nested).text == nested
