import pytest

from ingest.lawheading import ARTICLE, law_heading


@pytest.mark.parametrize(
    ("line", "label", "rest"),
    [
        ("Article 12", "Article 12", ""),
        ("Article premier", "Article premier", ""),
        ("Article 1er.- Objet", "Article 1er", "Objet"),
        ("ARTICLE 12 – Objet de la loi", "ARTICLE 12", "Objet de la loi"),
        ("Article 12. Les exportateurs", "Article 12", "Les exportateurs"),
        ("Article 5 bis.- Les", "Article 5 bis", "Les"),
        ("Article 247-1", "Article 247-1", ""),
        ("المادة 12", "المادة 12", ""),
        ("المادة الأولى", "المادة الأولى", ""),
        ("المادة الثانية والعشرون :", "المادة الثانية والعشرون", ""),
        ("المادة 12 مكررة", "المادة 12 مكررة", ""),
        ("المادّة ١٢: يلزم", "المادّة ١٢", "يلزم"),
    ],
)
def test_articles(line: str, label: str, rest: str) -> None:
    heading = law_heading(line)
    assert heading is not None
    assert heading.level == ARTICLE
    assert (line[: heading.end], line[heading.rest :]) == (label, rest)
    assert heading.label == label


@pytest.mark.parametrize(
    ("line", "label", "rest"),
    [
        ("المـــادة   1", "المادة 1", ""),
        ("الـمـادة  الأولى", "المادة الأولى", ""),
        ("ا ل م ا د ة   7 : يلزم", "المادة 7", "يلزم"),
        ("ا لــمــا د ة   12", "المادة 12", ""),
        ("الماد ة 4", "المادة 4", ""),
        ("البـاب  الثـالـث :المسـافـنـة", "الباب الثالث", "المسـافـنـة"),
        ("ا ل ف ص ل  2", "الفصل 2", ""),
        ("A r t i c l e   3 : Droits", "Article 3", "Droits"),
        ("Article   3.- Droits", "Article 3", "Droits"),
    ],
)
def test_headings_whose_letters_stand_apart(line: str, label: str, rest: str) -> None:
    heading = law_heading(line)
    assert heading is not None
    assert (heading.label, line[heading.rest :]) == (label, rest)


def test_levels_go_from_the_parts_down_to_the_articles() -> None:
    for lines in (
        "Annexe I|Première partie|Livre II|Titre II|Chapitre premier|Section 2|Article 3",
        "الملحق رقم 1|الكتاب الأول|القسم الثاني|الباب الأول: أحكام|الفرع الأول|المبحث 2|المادة 3",
        "Annex 1|Part 2|Book I|Title IV|Chapter 3|Section 1|Article 3",
    ):
        levels = [found.level for line in lines.split("|") if (found := law_heading(line))]
        assert levels == sorted(set(levels))
        assert len(levels) == 7


def test_marks_that_extraction_put_before_the_number() -> None:
    line = "القسم :4نشر المكافآت"
    heading = law_heading(line)
    assert heading is not None
    assert line[heading.rest :] == "نشر المكافآت"


@pytest.mark.parametrize(
    "line",
    [
        "l'article 12 de la loi 91-14",
        "article 12",
        "Article 12 de la loi 91-14",
        "Article 12, alinéa 3, de la loi",
        "Article 3.2 de l'accord",
        "Les articles 3 et 4",
        "Titre foncier",
        "Section commerciale",
        "المادة 12 من هذا القانون",
        "ا ل م ا د ة   12   من هذا القانون",
        "المادة 12، الفقرة 2",
        "المادة ( 4البند",
        "ملحق بالمرسوم رقم 2.04.764",
        "الكتاب.",
        "",
    ],
)
def test_what_only_speaks_of_an_article(line: str) -> None:
    assert law_heading(line) is None
