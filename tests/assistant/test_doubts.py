"""What the user is told about the evidence: its dates, its end, its language."""

import re
from dataclasses import replace
from datetime import date

import pytest

from assistant.doubts import doubts
from assistant.evidence import Evidence
from assistant.phrases import Phrases
from assistant.question import Language
from ingest.document import Source, Statement, Status
from tests.assistant.evidences import evidence
from tests.assistant.invariants import LANGUAGES

DAY = date(2026, 11, 21)
PAST_AND_PRESENT: tuple[tuple[str, Status], ...] = (
    ("La taxe est de 5 %.", "current"),
    ("La taxe était de 7 %.", "superseded"),
    ("Le délai est d'un mois.", "current"),
    ("كان الأجل سنة.", "historical"),
)
DATED = Source("a", "Gazette", "Un article", date="2025-06")
UNDATED = Source("b", "Ministère", "Une page")


def stated(
    quote: str, source: Source = DATED, *, status: Status = "current", until: str | None = None
) -> Evidence:
    (item,) = evidence(quote)
    return replace(item, statement=Statement("s", 0, len(quote), (source,), status, until))


def kinds(item: Evidence, language: Language = "fr", day: date = DAY) -> list[str]:
    return [notice.kind for notice in doubts([item], language, day, Phrases.load())]


def test_dates_and_their_absence_are_told() -> None:
    assert kinds(stated("La taxe est de 5 %.")) == ["source_dates"]
    assert kinds(stated("الرسم هو 5%.", UNDATED), "ar") == ["undated"]


@pytest.mark.parametrize("quote", ["La taxe est de 5 %.", "الرسم هو 5%."])
def test_a_text_of_no_known_source_has_the_day_that_it_bears(quote: str) -> None:
    (item,) = evidence(quote)
    assert "undated" in kinds(item)
    dated = replace(item, document=replace(item.document, as_of="2024-03-14"))
    assert "undated" not in kinds(dated)
    assert (dated.dates, dated.citation.source_date) == (("2024-03-14",), "2024-03-14")


@pytest.mark.parametrize(
    ("until", "day", "kind"),
    [
        ("2026-11-21", DAY, "until"),
        ("2026-11-20", DAY, "expired"),
        ("2026-11-20", date(2024, 1, 1), "until"),
    ],
)
def test_an_end_is_told_as_seen_on_the_day_asked_about(until: str, day: date, kind: str) -> None:
    for quote, language in (("La mesure vaut encore.", "fr"), ("التدبير ساري المفعول.", "ar")):
        item = stated(quote, until=until)
        notices = doubts([item], "fr" if language == "fr" else "ar", day, Phrases.load())
        [told] = [notice for notice in notices if notice.kind in {"until", "expired"}]
        assert told.kind == kind
        assert until in told.text


@pytest.mark.parametrize(
    ("status", "kind"),
    [("announced", "announced"), ("superseded", "superseded"), ("historical", "superseded")],
)
def test_what_is_announced_or_past_is_told_once(status: Status, kind: str) -> None:
    items = [stated("Un projet.", status=status), stated("Un autre.", status=status)]
    notices = [notice.kind for notice in doubts(items, "fr", DAY, Phrases.load())]
    assert notices.count(kind) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_past_is_named_by_its_number(language: Language) -> None:
    items = [
        replace(stated(words, status=status), number=number)
        for number, (words, status) in enumerate(PAST_AND_PRESENT, start=1)
    ]
    [told] = [n for n in doubts(items, language, DAY, Phrases.load()) if n.kind == "superseded"]
    assert re.findall(r"\[\d\]", told.text) == ["[2]", "[4]"]


@pytest.mark.parametrize(("day", "end"), [(DAY, "expired"), (date(2024, 1, 1), "until")])
def test_what_has_an_end_is_not_called_past_as_well(day: date, end: str) -> None:
    item = stated("Le permis était exigé.", status="historical", until="2025-12-31")
    told = kinds(item, day=day)
    assert end in told
    assert "superseded" not in told


@pytest.mark.parametrize(
    ("quote", "language", "told"),
    [
        ("La taxe est de 5 %.", "fr", False),
        ("La taxe est de 5 %.", "ar", True),
        ("الرسم هو خمسة في المائة.", "ary", False),
        ("الرسم هو خمسة في المائة.", "ary-latn", True),
        ("الرسم هو خمسة في المائة.", "en", True),
    ],
)
def test_words_in_another_language_are_told(quote: str, language: Language, told: bool) -> None:
    assert ("language" in kinds(stated(quote), language)) is told
