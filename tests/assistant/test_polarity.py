"""Yes or no, and the names that only look like a no."""

import pytest

from assistant.polarity import bounds, negated, qualified


@pytest.mark.parametrize(
    "text",
    [
        "Le permis n'est pas exigé.",
        "Le permis n’est pas exigé.",
        "Aucun document ne le dit.",
        "Il exporte sans licence.",
        "The permit is not required.",
        "The permit isn't required.",
        "No source tells.",
        "It cannot be exported.",
        "لا تطلب الرخصة.",
        "لم يحدد المصدر الأجل.",
        "الرخصة ليست مطلوبة.",
        "ولا تطلب الشهادة.",
        "الرخصة غير مطلوبة.",
        "ما كاينش شي أجل.",
        "ماكاينش شي أجل.",
        "مكاينش شي أجل.",
        "الرخصة ماشي ضرورية.",
        "ماعنديش الرخصة.",
        "معندوش الحق.",
        "makaynch chi delay",
        "ma3ndich rokhsa",
        "machi darouri",
    ],
)
def test_a_denial(text: str) -> None:
    assert negated(text)


@pytest.mark.parametrize(
    "text",
    [
        "Le permis est exigé.",
        "Le bureau est à Marrakech.",
        "Le match a lieu en mars.",
        "The fair opens on 3 March 2026.",
        "Le notaire nomme la nation.",
        "The note names the nation.",
        "تطلب الرخصة.",
        "المكتب في مراكش.",
        "يراقب مفتش الجمارك السلع.",
        "يصدر المغرب المشمش.",
        "يستفيد من معاش.",
        "تصدر السلع إلى مالي.",
    ],
)
def test_no_denial(text: str) -> None:
    assert not negated(text)


@pytest.mark.parametrize("text", ["law no. 91-14", "Law No. 15-09 on trade defence"])
def test_the_number_of_a_law_denies_nothing(text: str) -> None:
    assert not negated(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dès 2024", {"depuis"}),
        ("des olives", set()),
        ("au plus 10 jours, sauf avis", {"plus", "sauf"}),
        ("may not exceed 10 days", {"may", "exceed"}),
        ("يجب الأداء قبل الشحن", {"يجب", "قبل"}),
    ],
)
def test_bounds(text: str, expected: set[str]) -> None:
    assert bounds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "s'il est agréé",
        "ce texte a été remplacé",
        "if customs agree",
        "it is past",
        "إذا وافقت الإدارة",
        "وقد ألغي القانون",
    ],
)
def test_what_qualifies(text: str) -> None:
    assert qualified(text)


@pytest.mark.parametrize(
    "text",
    ["le marquage CE", "article 3 de la loi", "the desk opens", "يفتح الشباك", "عند التصدير"],
)
def test_what_does_not_qualify(text: str) -> None:
    assert not qualified(text)
