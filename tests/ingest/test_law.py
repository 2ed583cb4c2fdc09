"""Numbers, articles and standing of legal texts, in French and in Arabic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.law import (
    annexed_to,
    article_number,
    read_law,
    references,
)
from ingest.lawnumber import law_number, numbers_named
from ingest.repeal import noted_repeal, repealed_by


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Loi n° 91-14 relative au commerce extérieur", "91-14"),
        ("القانون رقم 91.14 المتعلق بالتجارة الخارجية", "91-14"),
        ("القانون رقم ٩١.١٤ المتعلق بالتجارة الخارجية", "91-14"),
        ("ظهير شريف بتنفيذ القانون رقم 91.14 المتعلق بالتجارة الخارجية", "91-14"),
        ("ظهير شريف رقم 1.16.152 بتنفيذ القانون رقم 91.14", "91-14"),
        ("Dahir n° 1-16-152 portant promulgation de la loi n° 91-14", "91-14"),
        ("مرسوم رقم 2.01.2322 بتغيير مبلغ الرسم الجمركي", "2-01-2322"),
        ("Décret n° 2-22-1075 du 5 mai 2022 fixant les conditions", "2-22-1075"),
        ("Arrêté du ministre de l'industrie n° 1234-22 fixant la liste", "1234-22"),
        ("CIRCULAIRE N° 6574/233", "6574-233"),
        ("دورية رقم 6574/233", "6574-233"),
        ("Law No. 91-14 on foreign trade", "91-14"),
    ],
)
def test_the_number_that_a_title_bears(title: str, number: str) -> None:
    assert law_number(title) == number


@pytest.mark.parametrize(
    "title",
    [
        "مرسوم بتطبيق القانون رقم 15.95 المتعلق بمدونة التجارة",
        "Décret pris pour l'application de la loi n° 15-95",
        "قانون يتعلق بمدونة التجارة",
        "Guide de l'exportateur n° 12-24",
        "Arrêté du 12.03.2024",
        "",
    ],
)
def test_a_number_of_another_text_is_not_its_own(title: str) -> None:
    assert law_number(title) is None


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("Article 15", "15"),
        ("Article premier", "1"),
        ("Article 1er", "1"),
        ("art. 12 bis", "12 bis"),
        ("Article 12bis", "12 bis"),
        ("Article 5 ter", "5 ter"),
        ("Article 3-1", "3-1"),
        ("Article unique", "unique"),
        ("المادة 15", "15"),
        ("المادة الأولى", "1"),
        ("المادة 15 مكررة", "15 bis"),
        ("المادة 31 المكررة مرتين", "31 ter"),
        ("الفصل 3", "3"),
        ("الفصل الثالث", "3"),
        ("المادة الفريدة", "unique"),
        ("المادة ١٥", "15"),
        ("Chapitre 3", None),
        ("القسم 3", None),
    ],
)
def test_articles_in_both_languages(label: str, number: str | None) -> None:
    assert article_number(label) == number


@pytest.mark.parametrize(
    ("title", "is_repealed"),
    [
        ("ظهير شريف بتنفيذ القانون رقم 13.89 المتعلق بالتجارة الخارجية (نسخ)", True),
        ("Loi n° 13-89 relative au commerce extérieur (abrogée)", True),
        ("القانون رقم 91.14 المتعلق بالتجارة الخارجية", False),
        ("قانون بشأن نسخ المصنفات", False),
    ],
)
def test_what_its_title_calls_repealed(title: str, is_repealed: bool) -> None:
    law = read_law(title)
    assert law is not None
    assert law.is_repealed is is_repealed


def test_what_is_no_legal_text_has_no_law() -> None:
    assert read_law("Guide du commerce extérieur") is None
    assert read_law("دليل المصدر") is None


def test_a_title_gives_its_date_and_not_that_of_a_text_it_names() -> None:
    own = read_law("Décret n° 2-01-2324 du 27 Hija 1422 (12 mars 2002) pris pour l'application")
    other = read_law("مرسوم بتطبيق القانون رقم 25.80 الصادر في 12 من محرم 1402 (10 نونبر 1981)")
    assert own is not None
    assert other is not None
    assert (own.date, other.date) == ("2002-03-12", None)


@pytest.mark.parametrize(
    "question",
    [
        "قانون التجارة الخارجية 91.14 المادة 15",
        "ماذا تقول المادة 15 من القانون رقم 91-14؟",
        "loi 91-14 sur le commerce extérieur, article 15",
        "Que dit l'article 15 de la loi n° 91.14 ?",
        "law 91/14 article 15",
    ],
)
def test_a_law_and_its_article_are_the_same_in_every_spelling(question: str) -> None:
    named = references(question)
    assert (named.numbers, named.articles) == (("91-14",), ("15",))
    assert numbers_named(question) == {"91-14"}


@pytest.mark.parametrize(
    "line",
    [
        "Le taux est de 12.50 % selon la loi",
        "حدد القانون المبلغ في 1.500 درهم",
        "La loi a coûté 12.50 DH",
        "91.14",
        "position 8703.21.10 de la loi de finances",
    ],
)
def test_a_figure_is_no_law(line: str) -> None:
    assert references(line).numbers == ()


def test_a_decree_does_not_pass_for_an_article_of_the_law_it_applies() -> None:
    applied = "مرسوم بتطبيق القانون رقم 15.95 المتعلق بمدونة التجارة — المادة 5"
    assert references(applied).numbers == ()
    assert numbers_named(applied) == {"15-95"}


def test_an_annex_names_the_text_it_belongs_to() -> None:
    text = "ملحق بالمرسوم رقم 2.14.566الصادر في 4من شوال 1435\n(فاتح أغسطس )2014بتغيير الرسم"
    assert annexed_to(text) == ("2-14-566", "2014-08-01")
    assert annexed_to("Annexe au décret n° 2-22-687 du 16 novembre 2022") == (
        "2-22-687",
        "2022-11-16",
    )
    assert annexed_to("يراجع الملحق في نشرة الترجمة الرسمية.") is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("تنسخ مقتضيات القانون رقم 13.89 المتعلق بالتجارة الخارجية.", ["13-89"]),
        ("تنسخ ابتداء من التاريخ الوارد في المادة 34 أسفله القانون رقم 13.89.", ["13-89"]),
        ("Est abrogée la loi n° 13-89 relative au commerce extérieur.", ["13-89"]),
        ("Article 2. - Le décret n° 2-10-050 du 5 janvier 2010 est abrogé.", ["2-10-050"]),
        ("Article 2\nLe décret n° 2-10-050\nest et demeure abrogé.", ["2-10-050"]),
        ("La loi n° 13-89 et le décret n° 2-93-415 sont abrogés.", ["13-89", "2-93-415"]),
        ("Les dispositions du décret n° 2-93-415 sont abrogées.", ["2-93-415"]),
        ("Conformément à la loi n° 11-22, le décret n° 2-33-444 est abrogé.", ["2-33-444"]),
        ("Decree No. 2-93-415 is hereby repealed.", ["2-93-415"]),
        ("L'article 5 de la loi n° 13-89 est abrogé.", []),
        ("Les textes pris pour l'application de la loi n° 13-89 sont abrogés.", []),
        ("Le décret n° 2-93-415 n'est pas abrogé.", []),
        ("تم نسخ وتعويض المادة 17 أعلاه بمقتضى القانون رقم 23.13.", []),
        ("تنسخ المادة 5 من القانون رقم 13.89.", []),
        ("Sont abrogés les articles 3 et 4 de la loi n° 13-89.", []),
        ("تسلم نسخة من القانون رقم 13.89.", []),
    ],
)
def test_only_whole_texts_are_repealed(text: str, numbers: list[str]) -> None:
    assert list(repealed_by(text)) == numbers


@pytest.mark.parametrize(
    ("lines", "is_repealed", "by"),
    [
        (["Décret", "(Abrogé par le décret n° 2-21-300 du 8 avril 2021)"], True, "2-21-300"),
        (["(منسوخ بالقانون رقم 91.14)"], True, "91-14"),
        (["(Abrogé)", "Article premier", "…"], True, None),
        (["Article 3", "(Abrogé)"], False, None),
        (["Le texte (abrogé par le décret n° 2-21-300) fixait le droit."], False, None),
    ],
)
def test_a_text_may_note_below_its_title_that_it_was_repealed(
    lines: list[str], is_repealed: bool, by: str | None
) -> None:
    law = read_law("Décret n° 2-10-050 du 5 janvier 2010")
    assert law is not None
    noted = noted_repeal(law, lines)
    assert (noted.is_repealed, noted.replaced_by) == (is_repealed, by)


@pytest.mark.parametrize(
    ("title", "number", "article", "is_repealed"),
    [
        ("المادة 5 من القانون رقم 77.19 (نسخ)", "77-19", "5", True),
        ("Article 9 bis de la loi n° 77-19", "77-19", "9 bis", False),
    ],
)
def test_a_title_may_name_the_article_before_its_text(
    title: str, number: str, article: str, is_repealed: bool
) -> None:
    law = read_law(title)
    assert law is not None
    assert (law.number, law.article, law.is_repealed) == (number, article, is_repealed)


@given(st.text(alphabet="0123456789.-/() م ادةقانونرقم n°loi\n", max_size=200))
def test_any_text_is_read(text: str) -> None:
    for number in numbers_named(text):
        assert set(number) <= set("0123456789-")
    assert references(text) == references(text)
    list(repealed_by(text))


@given(
    st.integers(1, 99),
    st.integers(10, 99),
    st.sampled_from("-./"),
    st.sampled_from(["loi n° {}", "القانون رقم {}", "law {}", "القانون {}"]),
)
def test_a_number_is_one_whatever_parts_it(first: int, year: int, mark: str, form: str) -> None:
    named = form.format(f"{first}{mark}{year}")
    assert numbers_named(named) == {f"{first}-{year}"}
    assert law_number(named) == f"{first}-{year}"
