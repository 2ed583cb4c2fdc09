import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.contact import is_contact_line
from ingest.outline import outline

PARAGRAPH = "Le service des ports accueille les armateurs et leurs agents chaque matin."
ARABIC = "تستقبل مصلحة الموانئ أرباب السفن ووكلاءهم كل صباح في مقرها بالدار البيضاء."


def sections(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(item.path, text[item.start : item.end]) for item in outline(text).sections]


def test_markdown_headings_nest() -> None:
    text = f"# Guide\n\nIntro courte.\n\n## Ports\n\n{PARAGRAPH}"
    text += f"\n\n### موانئ\n\n{ARABIC}\n\n## Rail\n\nFin."
    assert outline(text).title == "Guide"
    assert sections(text) == [
        ((), "Intro courte."),
        (("Ports",), PARAGRAPH),
        (("Ports", "موانئ"), ARABIC),
        (("Rail",), "Fin."),
    ]


def test_a_short_line_alone_above_a_paragraph_is_a_heading() -> None:
    text = f"Titre\n\n- Direction des ports\n\n{PARAGRAPH}\n\nمديرية الموانئ\n\n{ARABIC}"
    assert sections(text) == [
        (("Direction des ports",), PARAGRAPH),
        (("مديرية الموانئ",), ARABIC),
    ]


def test_a_description_with_its_contacts_is_a_section_named_by_its_first_words() -> None:
    text = (
        f"Titre\n\n{PARAGRAPH}\nTél : 0537000001\n\n{ARABIC}\nالهاتف: 0537000002\n\nFin du texte."
    )
    assert sections(text) == [
        ((PARAGRAPH,), f"{PARAGRAPH}\nTél : 0537000001"),
        ((ARABIC,), f"{ARABIC}\nالهاتف: 0537000002"),
        ((), "Fin du texte."),
    ]


LAW = """# Loi 91-14 relative au commerce extérieur

Titre premier
Dispositions générales

Chapitre II : Des importations

Article 3.- L'importation est libre, sous réserve de
l'article 4 de la présente loi.

Article 4 : Licence

La licence est délivrée dans les conditions de l'article 5.

Titre II

Article 5

Le titre reste valable six mois."""
ARABIC_LAW = """قانون رقم 91.14 يتعلق بالتجارة الخارجية

الباب الأول
أحكام عامة

الفصل الأول: الواردات

المادة الأولى

الاستيراد حر مع مراعاة أحكام
المادة 2 من هذا القانون.

الفصل الثاني: الصادرات

المادة 2: يسلم الترخيص بقرار من الإدارة."""


def test_the_headings_of_a_law_are_its_path() -> None:
    titre, chapter = "Titre premier : Dispositions générales", "Chapitre II : Des importations"
    assert sections(LAW) == [
        (
            (titre, chapter, "Article 3"),
            "L'importation est libre, sous réserve de\nl'article 4 de la présente loi.",
        ),
        (
            (titre, chapter, "Article 4 : Licence"),
            "La licence est délivrée dans les conditions de l'article 5.",
        ),
        (("Titre II", "Article 5"), "Le titre reste valable six mois."),
    ]


def test_the_headings_of_an_arabic_law_are_its_path() -> None:
    bab = "الباب الأول : أحكام عامة"
    assert sections(ARABIC_LAW) == [
        (
            (bab, "الفصل الأول: الواردات", "المادة الأولى"),
            "الاستيراد حر مع مراعاة أحكام\nالمادة 2 من هذا القانون.",
        ),
        ((bab, "الفصل الثاني: الصادرات", "المادة 2"), "يسلم الترخيص بقرار من الإدارة."),
    ]


@pytest.mark.parametrize(
    "place", ["Rabat, le 4 mars 2026", "الرباط، 4 مارس 2026", "الدار البيضاء في فاتح مارس 2026"]
)
def test_where_and_when_a_text_was_made_heads_nothing(place: str) -> None:
    body = "Le ministère annonce une mesure nouvelle pour tous les exportateurs de la région."
    [section] = outline(f"# Titre\n\n{place}\n\n{body}").sections
    assert section.path == ()
    [_, named] = outline(f"# Titre\n\n{body}\n\nMesures du 4 mars 2026\n\n{body}").sections
    assert named.path == ("Mesures du 4 mars 2026",)


@pytest.mark.parametrize("line", ["(ملغى)", "(Abrogé)", "ت)", "12"])
def test_what_stands_alone_and_heads_nothing(line: str) -> None:
    text = f"Titre\n\n{line}\n\n{PARAGRAPH}\n\n{ARABIC}"
    assert sections(text) == [((), f"{line}\n\n{PARAGRAPH}\n\n{ARABIC}")]


def test_fasl_heads_the_articles_of_older_texts() -> None:
    text = "ظهير\n\nالفصل الأول\n\nتطبق أحكام هذا الظهير.\n\nالفصل 2\n\nينشر هذا الظهير."
    assert [path for path, _ in sections(text)] == [("الفصل الأول",), ("الفصل 2",)]


def test_an_article_named_at_a_line_break_heads_nothing() -> None:
    text = (
        "Titre\n\nLes exportateurs de tapis sont soumis aux obligations de\n"
        "Article 12\nde la loi sur les tapis."
    )
    assert [path for path, _ in sections(text)] == [()]


def test_marked_headings_of_a_law_nest_by_what_they_head() -> None:
    text = f"# Loi\n\n## Titre II\n\n## Article 3 Objet\n\n{PARAGRAPH}\n\n## Contacts\n\nFin."
    assert sections(text) == [(("Titre II", "Article 3 Objet"), PARAGRAPH), (("Contacts",), "Fin.")]


def test_the_first_line_of_a_paragraph_is_no_title() -> None:
    text = "تشمل حماية الملكية الصناعية حسب مدلول هذا القانون براءات الاختراع\nوالرسوم."
    assert sections(text) == [((), text)]


def test_a_title_that_is_known_takes_no_line_but_its_own() -> None:
    text = f"Guide\n\n{PARAGRAPH}"
    assert [path for path, _ in sections(text)] == [()]
    assert outline(text, "guide").sections == outline(text).sections
    (section,) = outline(text, "Autre titre").sections
    assert section.path == ("Guide",)
    assert outline(text, "Autre titre").title == "Autre titre"
    assert outline("", "Autre titre").title == "Autre titre"


def test_one_line_is_title_and_text() -> None:
    assert outline("Une seule ligne").title == "Une seule ligne"
    assert sections("Une seule ligne") == [((), "Une seule ligne")]


def test_a_first_paragraph_gives_the_title_and_stays_text() -> None:
    long = "mot " * 80 + "fin."
    assert len(outline(long).title) <= 200
    assert sections(long) == [((), long)]


def test_nothing() -> None:
    assert outline("").sections == ()


LINES = [
    "Article 3",
    "Article 4.- Le tapis est exonéré.",
    "الباب الأول",
    "# A",
    "## ب",
    "Titre court",
    PARAGRAPH,
    ARABIC,
    "",
    "Tél : 0537000001",
    "- point",
    "| a |",
]


@given(st.lists(st.sampled_from(LINES)).map("\n".join))
def test_sections_are_in_order_and_apart(text: str) -> None:
    found = outline(text).sections
    assert all(item.start < item.end for item in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert len({item.anchor for item in found}) == len(found)


@given(st.lists(st.sampled_from(LINES)).map("\n".join))
def test_no_section_goes_on_after_contact_lines(text: str) -> None:
    for item in outline(text).sections:
        kinds = [is_contact_line(line) for line in text[item.start : item.end].split("\n") if line]
        assert kinds == sorted(kinds)
