"""When legal texts were signed and apply, in French and in Arabic, whole and badly extracted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lawtime import Period, find_dates, in_force_from, measure_period, signed_on


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("وحرر بالرباط في 23 من رجب 1418 (24 نونبر 1997).", "1997-11-24"),
        ("وحرر بالرباط في 11رجب 12( 1418نوفمبر .)1997", "1997-11-12"),
        ("وحرر بالرباط في 20من ربيع األول ( 1437فاتح يناير .)2016", "2016-01-01"),
        ("Fait à Rabat, le 9 ramadan 1417 (18 janvier 1997).", "1997-01-18"),
        ("وحرر بالرباط في 23 من رجب 1418.", None),
        ("يحرر محضر بالمخالفة.", None),
    ],
)
def test_the_day_of_signature(text: str, date: str | None) -> None:
    assert signed_on(text) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("ينشر بالجريدة الرسمية ويعمل به ابتداء من 27سبتمبر .2007", "2007-09-27"),
        ("ويعمل بأحكامه من 23رجب 24( 1418نوفمبر.)1997", "1997-11-24"),
        ("Le présent décret entre en vigueur le 1er juin 2022.", "2022-06-01"),
        ("يدخل هذا القانون حيز التنفيذ ابتداء من فاتح يناير 2025.", "2025-01-01"),
        ("يعمل به ابتداء من تاريخ نشره بالجريدة الرسمية.", None),
    ],
)
def test_the_day_from_which_it_applies(text: str, date: str | None) -> None:
    assert in_force_from(text) == date


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("يوقف إلى غاية 31 دجنبر 2024 استيفاء رسم الاستيراد.", Period(None, "2024-12-31")),
        ("يمدد إلى غاية 15يونيو 2020وقف استيفاء الرسم", Period(None, "2020-06-15")),
        (
            "يطبق الرسم بمقدار %75 من فاتح ماي إلى 31أكتوبر .2015",
            Period("2015-05-01", "2015-10-31"),
        ),
        ("يوقف الاستيفاء ابتداء من فاتح أبريل .2020", Period("2020-04-01", None)),
        (
            "قانون المالية رقم 25.00للفترة الممتدة من 1يوليو إلى 1ديسمبر 2000، يوقف إلى 1ماي 2024",
            Period(None, "2024-05-01"),
        ),
        (
            "La perception du droit est suspendue du 1er mai 2015 au 31 octobre 2015.",
            Period("2015-05-01", "2015-10-31"),
        ),
        ("Le droit est suspendu jusqu'au 31 décembre 2024.", Period(None, "2024-12-31")),
        (
            "Vu le décret n° 2-24-118 du 12 mars 2024, il est suspendu du 15 mars au 2 mai 2024.",
            Period("2024-03-15", "2024-05-02"),
        ),
        ("الجريدة الرسمية من 1 ماي 2015 إلى 31 ماي 2015", Period()),
    ],
)
def test_the_time_of_a_measure(text: str, period: Period) -> None:
    assert measure_period(text) == period


def test_hijri_dates_are_passed_over() -> None:
    assert find_dates("في 30 من رمضان 1434 (8 غشت 2013)") == ("2013-08-08",)
    assert find_dates("في 30 من رمضان 1434") == ()


@given(st.text(alphabet="0123456789./-() من إلى غاية يوقف يناير 2020", max_size=200))
def test_any_text_is_read(text: str) -> None:
    period = measure_period(text)
    assert all(day is None or day in find_dates(day) for day in (period.start, period.end))
