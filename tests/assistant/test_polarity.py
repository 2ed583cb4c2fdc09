"""Yes or no, and the names that only look like a no."""

import pytest

from assistant.polarity import negated


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
