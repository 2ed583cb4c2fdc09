"""Facts are found however they are written, and only where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.facts import mentions, occurs, read
from evals.gold import Fact

DAYS = Fact(
    type="number",
    any=("150", "150 jours", "cent cinquante jours", "مائة وخمسين يوما"),
    near=("jours", "يوم", "day", "nhar"),
)


@pytest.mark.parametrize(
    "text",
    [
        "Le délai est de 150 jours.",
        "أجل 150 يومًا من تاريخ التصدير",
        "الأجل هو ١٥٠ يوما",
        "في أجل 150 اليوم",
        "3ndek 150 nhar bach trje3 lflous",
        "A 150-day limit applies.",
        "150 (one hundred and fifty) days at most",
        "Cent cinquante jours au plus.",
        "مِائة وخمسين يوماً",
        "au plus 150\u202fjours",
    ],
)
def test_a_number_with_its_unit_is_found(text: str) -> None:
    assert occurs(DAYS, read(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Le délai est de 90 jours.",
        "1150 jours",
        "150 dirhams, dans 90 jours",
        "Une amende de 150. " + "Aucune autre précision ne suit dans ce texte. " + "Des jours.",
        "150 entreprises",
        "تسعون يوما",
    ],
)
def test_another_number_or_unit_is_not(text: str) -> None:
    assert not occurs(DAYS, read(text))


@pytest.mark.parametrize(
    ("fact", "yes", "no"),
    [
        (
            Fact(type="date", any=("31 décembre 2024",)),
            ["31/12/2024", "إلى غاية 31 دجنبر 2024", "December 31, 2024", "2024-12-31"],
            ["décembre 2024", "31 décembre", "31 décembre 2023"],
        ),
        (
            Fact(type="date", any=("octobre 2023",)),
            ["20 octobre 2023", "أكتوبر 2023"],
            ["octobre 2022", "2023"],
        ),
        (
            Fact(type="number", any=("80 %",)),
            ["80 %", "80% des frais", "80 في المائة", "80 percent", "٨٠٪"],
            ["80 dirhams", "180 %", "8 %", "80"],
        ),
        (
            Fact(type="number", any=("1,5 million",)),
            ["1,5 million de dirhams", "1.5 مليون درهم", "1 500 000 MAD"],
            ["1,5 milliard", "15 millions"],
        ),
        (Fact(type="number", any=("2023",)), ["depuis 2023", "le 1er janvier 2023"], ["12023"]),
        (
            Fact(type="phone", any=("0537736074",)),
            ["05 37 73 60 74", "+212 537-736-074", "٠٥٣٧٧٣٦٠٧٤"],
            ["0537736075", "37736074"],
        ),
        (
            Fact(type="code", any=("6907",)),
            ["SH 69.07", "code 6907"],
            ["SH 6908", "690721"],
        ),
        (
            Fact(type="name", any=("PortNet", "بورتنيت")),
            ["via PORTNET.", "l'outil PortNet", "منصة بورتنيت", "عبر بُورتنيت"],
            ["PortNetwork", "port", "بورت"],
        ),
        (
            Fact(type="name", any=("الإسمنت", "Émirats")),
            ["الحديد والإسمنت", "للاسمنت", "aux emirats arabes"],
            ["émirat"],
        ),
        (
            Fact(type="text", any=("abrog", "ألغي", "RC")),
            ["Cette exonération est abrogée.", "وقد أُلغيت", "un RC à jour"],
            ["غير موجود", "aggravé", "rconverti"],
        ),
        (
            Fact(type="text", any=("bureau régional", "المكتب الجهوي")),
            ["le Bureau-régional", "بالمكتب الجهوي", "bureaux régionaux, bureau regional"],
            ["bureau national", "الجهوي"],
        ),
        (
            Fact(type="text", any=("مكتب جهوي",)),
            ["12 مكتبًا جهويًا", "بمكتب جهوي"],
            ["مكتب وطني", "مكاتب"],
        ),
    ],
)
def test_each_type_is_matched_in_its_own_way(fact: Fact, yes: list[str], no: list[str]) -> None:
    assert [text for text in yes if not occurs(fact, read(text))] == []
    assert [text for text in no if occurs(fact, read(text))] == []


@pytest.mark.parametrize(
    ("value", "yes", "no"),
    [
        (
            "0537739327",
            ["0537739327", "05.37.73.93.27/28", "+212 (0)537 73 93 27", "00212537739327"],
            ["0537739328", "05377393271"],
        ),
        ("6907", ["6907", "69.07", "6907.21.00", "6907 21 00"], ["16907", "69071", "2024"]),
        ("17.5 %", ["17,5 %", "17.5 في المائة"], ["17.5", "117,5 %"]),
        ("60 jours", ["60 jours", "60 يوما"], ["160 jours", "60 dirhams"]),
        ("s'applique au textile", ["Il s’applique au Textile."], ["ne s'applique pas au textile"]),
    ],
)
def test_what_must_not_be_said_is_found_in_any_layout(
    value: str, yes: list[str], no: list[str]
) -> None:
    assert [text for text in yes if not mentions(value, read(text))] == []
    assert [text for text in no if mentions(value, read(text))] == []


@given(st.integers(min_value=0, max_value=10**9), st.text(max_size=30))
def test_a_number_is_found_in_what_repeats_it(number: int, before: str) -> None:
    fact = Fact(type="number", any=(f"{number} dirhams",))
    assert occurs(fact, read(f"{before}\nSoit {number} dirhams."))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert occurs(DAYS, read(text)) in {True, False}
    assert mentions("0537739327", read(text)) in {True, False}
