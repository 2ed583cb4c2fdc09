import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.figures import Figure, FigureKind, find_figures, supports

SAME = [
    (
        ("amount", "80000000000", "MAD"),
        ["80 milliards de dirhams", "80 مليار درهم", "80 billion dirhams", "MAD 80 billion"],
    ),
    (("amount", "80000000000", "MAD"), ["80 MMDH", "80.000.000.000 DH", "80 ملياراً درهم"]),
    (("number", "80000000000", ""), ["80 milliards", "80 مليار", "80 billion", "80 Mds"]),
    (("number", "76000", ""), ["76 000", "76,000", "76.000", "76\u202f000", "٧٦٬٠٠٠", "76 ألف"]),
    (("number", "1.1", ""), ["1,1", "1.1", "١٫١", "1،1"]),
    (("number", "9209.87", ""), ["9 209,87", "9,209.87", "9.209,87"]),
    (("amount", "1100000000", "MAD"), ["1,1 milliard de dirhams", "1.1 مليار درهم"]),
    (("amount", "30000000", "MAD"), ["30 millions de dirhams", "30 مليون درهم", "30 MDH"]),
    (("amount", "500", "EUR"), ["500 euros", "500 €", "€500", "500 أورو", "500 يورو"]),
    (("amount", "50", "USD"), ["50 dollars", "$50", "US$ 50", "50 دولارا"]),
    (("percent", "85", "%"), ["85 %", "85%", "85 pour cent", "85 percent", "85 per cent"]),
    (("percent", "85", "%"), ["85 في المائة", "85 بالمائة", "٨٥٪", "%85", "85 في المئة"]),
    (("percent", "-3.2", "%"), ["-3,2 %", "−3.2%"]),
    (("duration", "150", "day"), ["150 jours", "150 days", "150 يوما", "150 يومًا", "150-day"]),
    (("duration", "6", "month"), ["6 mois", "6 months", "6 أشهر", "6 شهور"]),
    (("duration", "5", "year"), ["5 ans", "5 years", "5 سنوات", "5 années"]),
    (("duration", "24", "hour"), ["24 heures", "24 h", "24 hours", "24 ساعة"]),
    (
        ("date", "2026-01-01", ""),
        ["1er janvier 2026", "1 يناير 2026", "January 1, 2026", "2026-01-01", "01/01/2026"],
    ),
    (("date", "2026-01-01", ""), ["فاتح يناير 2026", "1 كانون الثاني 2026", "1 January 2026"]),
    (("date", "2025-06-11", ""), ["11 juin 2025", "11 يونيو 2025", "11 حزيران 2025"]),
    (("date", "2025-07-30", ""), ["30 juillet 2025", "30 يوليوز 2025", "30 تموز 2025"]),
    (("date", "2024-12-31", ""), ["31 décembre 2024", "31 دجنبر 2024", "Dec. 31, 2024"]),
    (("date", "2025-05-28", ""), ["28 mai 2025", "28 ماي 2025", "28 May 2025", "28 أيار 2025"]),
    (("date", "2025-08-20", ""), ["20 août 2025", "20 غشت 2025", "20 August 2025"]),
    (("date", "2025-06", ""), ["juin 2025", "يونيو 2025", "June 2025", "06/2025"]),
    (("date", "--06-16", ""), ["16 juin", "16 يونيو", "June 16", "16th of June"]),
    (
        ("phone", "0537736074", ""),
        ["+212 537 736 074", "0537736074", "05 37 73 60 74", "00212537736074", "٠٥٣٧٧٣٦٠٧٤"],
    ),
    (("phone", "0537736074", ""), ["+212 (0) 537-736-074", "\u200e+212537736074\u200e"]),
    (("phone", "+33123456789", ""), ["+33 1 23 45 67 89"]),
    (("code", "47-18", ""), ["loi n° 47-18", "القانون رقم 47.18", "Law No. 47-18"]),
    (("code", "15-09", ""), ["la loi 15-09", "بالقانون 15-09", "للقانون 15.09", "law 15-09"]),
    (
        ("code", "141-18", ""),
        ["arrêté marocain 141-18", "arrêté ministériel n° 141-18", "القرار المغربي 141-18"],
    ),
    (("code", "2-22-312", ""), ["décret n° 2-22-312", "المرسوم رقم 2.22.312"]),
    (
        ("code", "6574-233", ""),
        ["circulaire 6574/233", "الدورية 6574/233", "circular No. 6574/233"],
    ),
    (("code", "1-2025", ""), ["décision 1/2025", "القرار 1/2025", "القرار رقم 1/2025"]),
    (("code", "EUR1", ""), ["EUR.1", "eur1", "EUR-1"]),
    (("code", "690721", ""), ["code SH 6907.21", "HS code 690721"]),
    (("time", "14:30", ""), ["14h30", "14:30", "2:30 pm"]),
    (("url", "douane.gov.ma/adil", ""), ["https://www.douane.gov.ma/adil.", "douane.gov.ma/adil"]),
    (("email", "a.b@exemple.ma", ""), ["A.b@exemple.ma", "<a.b@exemple.ma>,"]),
]
SPELLINGS = [(key, spelling) for key, spellings in SAME for spelling in spellings]
SENTENCES = ["{}", "Voir ({}) ici", "حسب {} فقط", "from {} on; then", "و{} أيضا"]


@pytest.mark.parametrize(("key", "spelling"), SPELLINGS)
def test_one_figure_has_one_key_in_every_language(key: tuple[str, str, str], spelling: str) -> None:
    assert [figure.key for figure in find_figures(spelling)] == [key]


@pytest.mark.parametrize("sentence", SENTENCES[:4])
@pytest.mark.parametrize(("key", "spelling"), SPELLINGS)
def test_a_sentence_around_changes_nothing(
    key: tuple[str, str, str], spelling: str, sentence: str
) -> None:
    text = sentence.format(spelling)
    assert [figure.key for figure in find_figures(text)] == [key]


@pytest.mark.parametrize(("key", "spelling"), SPELLINGS)
def test_the_span_is_the_figure_as_written(key: tuple[str, str, str], spelling: str) -> None:
    text = f"Note : {spelling} ; fin"
    (figure,) = find_figures(text)
    assert text[figure.start : figure.end] in spelling


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("le programme 2025-2027", ["2025", "2027"]),
        ("برنامج 2025-2027", ["2025", "2027"]),
        ("12 régions, 400 par an", ["12", "400"]),
        ("12جهة و12 مكتبا", ["12", "12"]),
        ("85 % et 75 %", ["85", "75"]),
        ("la 3e région et la 12ème", ["3", "12"]),
        ("0,500 kg", ["0.5"]),
        ("en 2025 120 entreprises", ["2025", "120"]),
        ("G20 B2B", ["G20", "B2B"]),
        ("ouvert 24/7", ["24", "7"]),
        ("campagne 2024/2025", ["2024", "2025"]),
        ("196 مليون سنة 2025", ["196000000", "2025"]),
        ("5 سنة 2025", ["5", "2025"]),
        ("la loi 15-09, puis la loi 24-09.", ["15-09", "24-09"]),
        ("القانون 15-09، ثم القرار 141.18.", ["15-09", "141-18"]),
        ("loi 15-09,5", ["15", "9.5"]),
        ("décret n° 2-23-1055, puis 3", ["2-23-1055", "3"]),
    ],
)
def test_several_figures(text: str, values: list[str]) -> None:
    assert [figure.value for figure in find_figures(text)] == values


@pytest.mark.parametrize(
    "text",
    ["wach 3ndi lwe9t", "aucun chiffre ici", "لا أرقام هنا", "", "may help", "BADR et PORTNET"],
)
def test_no_figure(text: str) -> None:
    assert find_figures(text) == ()


@pytest.mark.parametrize(
    "text", ["الإنكوترمز 2020", "إنكوترمز 2020", "بالإنكوترمز 2020", "استقرار 2020", "cohs 2020"]
)
def test_a_mark_inside_a_word_marks_no_code(text: str) -> None:
    assert [figure.key for figure in find_figures(text)] == [("number", "2020", "")]


@pytest.mark.parametrize("text", ["الرمز 6907", "بالرمز 6907", "للبند 6907", "code SH 6907"])
def test_a_mark_with_article_or_prefix_still_marks(text: str) -> None:
    assert [figure.key for figure in find_figures(text)] == [("code", "6907", "")]


@pytest.mark.parametrize("text", ["31/02/2025", "45 juin", "2025-13-40"])
def test_a_day_that_does_not_exist_is_no_date(text: str) -> None:
    assert all(figure.kind != "date" for figure in find_figures(text))


@given(st.text(alphabet=st.sampled_from("0123456789 ,.%-+/:()٣٧kKnN°EUR.1milardhjourيونيوdeé\n\0")))
def test_figures_are_ordered_and_never_overlap(text: str) -> None:
    figures = find_figures(text)
    assert all(0 <= figure.start < figure.end <= len(text) for figure in figures)
    assert all(a.end <= b.start for a, b in itertools.pairwise(figures))


@given(st.integers(0, 10**12), st.sampled_from([" ", ",", ".", "\u202f", "'"]))
def test_thousands_may_be_grouped_with_any_separator(number: int, separator: str) -> None:
    grouped = f"{number:,}".replace(",", separator)
    assert [figure.value for figure in find_figures(grouped)] == [str(number)]


@given(st.dates())
def test_iso_and_written_dates_agree(day: object) -> None:
    text = str(day)
    figures = find_figures(text)
    if text >= "1800" and text < "2100":
        assert [figure.value for figure in figures] == [text]


@given(st.text(alphabet="0123456789", min_size=1, max_size=400))
def test_long_runs_of_digits_keep_their_value(digits: str) -> None:
    (figure,) = find_figures(f"x= {digits} fin")
    if figure.kind == "number":
        assert figure.value == (digits.lstrip("0") or "0")


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "1,",
        "a.",
        "A1-",
        "+1 ",
        "0537 ",
        "مارس ",
        "n°",
        "http://",
        "a@b.",
        "-",
        "\0",
        "1er ",
    ],
)
def test_no_text_makes_it_stall(piece: str) -> None:
    """Bounded by the timeout of the test run: quadratic patterns would take minutes."""
    text = piece * (100_000 // len(piece))
    assert all(figure.end <= len(text) for figure in find_figures(text))


def figure(kind: FigureKind, value: str, unit: str = "") -> Figure:
    return Figure(kind, value, unit, 0, 1)


@pytest.mark.parametrize(
    ("evidence", "claim", "expected"),
    [
        (figure("date", "2025-06-11"), figure("date", "2025-06"), True),
        (figure("date", "2025-06-11"), figure("number", "2025"), True),
        (figure("date", "2025-06-11"), figure("date", "--06-11"), True),
        (figure("date", "2025-06"), figure("date", "2025-06-11"), False),
        (figure("date", "--06-11"), figure("date", "2025-06-11"), False),
        (figure("date", "2025-06-11"), figure("date", "--06-12"), False),
        (figure("amount", "80", "MAD"), figure("number", "80"), True),
        (figure("number", "80"), figure("amount", "80", "MAD"), False),
        (figure("percent", "80", "%"), figure("amount", "80", "MAD"), False),
        (figure("duration", "30", "day"), figure("duration", "30", "month"), False),
        (figure("phone", "0537736074"), figure("number", "0537736074"), False),
    ],
)
def test_supports(evidence: Figure, claim: Figure, expected: bool) -> None:
    assert supports(evidence, claim) is expected


@given(st.sampled_from(SPELLINGS))
def test_a_figure_supports_itself(case: tuple[tuple[str, str, str], str]) -> None:
    (found,) = find_figures(case[1])
    assert supports(found, found)
