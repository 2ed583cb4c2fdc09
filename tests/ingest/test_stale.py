from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.check import check_corpus
from ingest.corpus import Corpus, load_corpus
from ingest.document import Document, Source, Statement, Status
from ingest.stale import REVIEW_DAYS, SOON_DAYS, Stale, StaleKind, stale
from tests.ingest.sheets import write_corpus

TODAY = date(2026, 11, 21)
FRESH = Source("fresh", "مكتب", "Une page", date="2026-11")


def corpus_of(*documents: Document) -> Corpus:
    return Corpus(documents, {}, (), ())


def sheet(
    text: str = "Le port ouvre.",
    *sources: Source,
    status: Status = "current",
    until: str | None = None,
    family: str = "port",
    language: str = "fr",
) -> Document:
    """A sheet of one statement, checked today."""
    return Document(
        id=f"{family}.{language}",
        family=family,
        language=language,
        title="Port",
        text=text,
        kind="fact",
        as_of=TODAY.isoformat(),
        topics=("ports", "autres"),
        contact="harbour",
        statements=(Statement("one", 0, len(text), sources or (FRESH,), status, until),),
    )


def dated(day: str | None, key: str = "aged") -> Source:
    return Source(key, "جريدة", "Un article", date=day)


def kinds(document: Document, today: date = TODAY) -> list[tuple[StaleKind, str | None]]:
    return [(one.kind, one.date) for one in stale(corpus_of(document), today)]


def test_what_was_written_today_from_fresh_sources_is_not_stale() -> None:
    assert stale(corpus_of(sheet()), TODAY) == ()


@pytest.mark.parametrize(
    ("until", "kind"),
    [
        ("2026-11-20", "expired"),
        ("2026-11-21", "expiring"),
        ((TODAY + timedelta(days=SOON_DAYS)).isoformat(), "expiring"),
        ((TODAY + timedelta(days=SOON_DAYS + 1)).isoformat(), None),
    ],
)
def test_the_last_day_still_holds(until: str, kind: StaleKind | None) -> None:
    expected = [(kind, until)] if kind else []
    assert kinds(sheet(until=until)) == expected
    assert kinds(replace(sheet(), valid_to=until)) == expected


def test_a_row_names_topic_owner_sheet_and_statement() -> None:
    [of_statement] = stale(corpus_of(sheet(until="2025-12-31")), TODAY)
    assert of_statement == Stale("ports", "harbour", "port", "one", "expired", "2025-12-31")
    [of_sheet] = stale(corpus_of(replace(sheet(), valid_to="2025-12-31", contact=None)), TODAY)
    assert of_sheet == Stale("ports", None, "port", None, "expired", "2025-12-31")


def test_a_sheet_is_to_be_read_again_after_its_review_day() -> None:
    last = TODAY + timedelta(days=REVIEW_DAYS)
    assert kinds(sheet(), last) == []
    assert kinds(sheet(), last + timedelta(days=1)) == [("review", last.isoformat())]


def test_a_sheet_may_name_its_own_review_day() -> None:
    own = replace(sheet(), review_after="2026-12-01")
    assert kinds(own, date(2026, 12, 1)) == []
    assert kinds(own, date(2026, 12, 2)) == [("review", "2026-12-01")]
    later = replace(sheet(), review_after="2027-12-01")
    assert kinds(later, TODAY + timedelta(days=REVIEW_DAYS + 1)) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("La foire ouvre le 14 mars 2026.", "2026-03-14"),
        ("يفتح المعرض يوم 20 نونبر 2026.", "2026-11-20"),
        ("يفتح المعرض يوم 21 نونبر 2026.", None),
        ("The fair opens in October 2026.", "2026-10"),
        ("تفتح المحطة في نونبر 2026.", None),
        ("Le quai est prévu pour 2025.", "2025"),
        ("من المقرر إنجاز الرصيف بحلول سنة 2025.", "2025"),
        ("Le quai est prévu pour 2026.", None),
        ("Le plan de mars 2024 prévoit un quai avant 2027.", None),
        ("Le quai recevra 2 000 navires par an.", None),
        ("Le quai ouvre chaque 14 mars.", None),
        ("Le quai ouvre le 29 février 2025.", "2025-02-29"),
        ("Le quai ouvrira un jour.", None),
    ],
)
def test_a_plan_is_overdue_when_its_last_date_is_past(text: str, day: str | None) -> None:
    expected = [("overdue", day)] if day else []
    assert kinds(sheet(text, status="announced")) == expected
    assert kinds(sheet(text)) == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2024-11-21"], []),
        (["2024-11-20"], [("old-source", "2024-11-20")]),
        (["2024-11"], []),
        (["2024-10"], [("old-source", "2024-10")]),
        (["2024"], []),
        (["2023"], [("old-source", "2023")]),
        ([None], [("undated-source", None)]),
        ([None, "2013-12-31", "2021"], [("old-source", "2021")]),
        ([None, "2013-12-31", "2026-01"], []),
        (["2013-13"], [("old-source", "2013-13")]),
    ],
)
def test_a_statement_is_as_fresh_as_its_youngest_source(
    days: list[str | None], expected: list[tuple[StaleKind, str | None]]
) -> None:
    sources = [dated(day, f"s{number}") for number, day in enumerate(days)]
    document = sheet("الميناء مفتوح.", *sources, language="ar")
    assert kinds(document) == expected
    keys = tuple(source.key for source in sources)
    assert all(one.sources == keys for one in stale(corpus_of(document), TODAY))


def test_a_leap_day_has_an_age_too() -> None:
    assert kinds(sheet("Le port ouvre.", dated("2022-02-28")), date(2024, 2, 29)) == [
        ("old-source", "2022-02-28")
    ]


def test_the_ends_of_the_calendar_are_days_like_others() -> None:
    endless = replace(sheet(until="9999-12-31"), as_of="9999-12-31")
    assert kinds(endless, date.max) == [("expiring", "9999-12-31"), ("old-source", "2026-11")]
    assert kinds(sheet(), date.min) == []


def test_what_is_settled_is_told_once() -> None:
    old = dated("2013-12-31")
    assert kinds(sheet("Port.", old, status="superseded", until="2025-12-31")) == [
        ("superseded", "2025-12-31")
    ]
    assert kinds(sheet("Port.", old, status="historical", until="2025-12-31")) == []
    assert kinds(sheet("Le 14 mars 2025.", old, status="announced", until="2025-12-31")) == [
        ("expired", "2025-12-31")
    ]
    assert kinds(replace(sheet("Port.", old), valid_to="2025-12-31")) == [("expired", "2025-12-31")]


def test_a_replaced_sheet_is_superseded() -> None:
    old = sheet("الميناء.", dated(None), family="old", language="ar")
    new = replace(sheet(family="new"), supersedes="old")
    [one] = stale(corpus_of(new, old), TODAY)
    assert (one.sheet, one.anchor, one.kind) == ("old", None, "superseded")


def test_rows_come_by_topic_owner_and_sheet_and_once_for_all_languages() -> None:
    late = [
        replace(
            sheet("بلا تاريخ", dated(None), family=family, language=language),
            topics=(topic,),
            contact=owner,
        )
        for topic, owner, family in (
            ("b", "x", "one"),
            ("a", "y", "two"),
            ("a", None, "three"),
            ("a", "x", "four"),
        )
        for language in ("ar", "en", "fr")
    ]
    found = [(one.topic, one.owner, one.sheet) for one in stale(corpus_of(*late), TODAY)]
    assert found == [("a", None, "three"), ("a", "x", "four"), ("a", "y", "two"), ("b", "x", "one")]


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 2_000))
def test_nothing_that_is_stale_grows_fresh_by_waiting(today: date, days: int) -> None:
    corpus = corpus_of(
        sheet("Le 14 mars 2026.", dated("2022-05"), status="announced", until="2027-12-31"),
        sheet("نص", dated(None), family="نص", language="ar"),
    )
    later = today + timedelta(days=days)
    ripe = {"expiring": "expired", "overdue": "expired", "old-source": "expired"}
    now = {(one.sheet, one.anchor, one.kind) for one in stale(corpus, today)}
    then = {(one.sheet, one.anchor, one.kind) for one in stale(corpus, later)}
    assert all(
        (name, anchor, kind) in then or (name, anchor, ripe.get(kind)) in then
        for name, anchor, kind in now
    )


def test_the_review_day_is_read_and_checked(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    set_review_day(folder, "2025-09-30")
    assert check_corpus(folder, TODAY) == []
    corpus = load_corpus(folder)
    assert {document.review_after for document in corpus.documents} == {"2025-09-30"}
    reviews = [one for one in stale(corpus, date(2025, 10, 1)) if one.kind == "review"]
    assert [one.sheet for one in reviews] == ["targets"]


@pytest.mark.parametrize("day", ["2025-06-30", "2125-06-30", "soon"])
def test_an_impossible_review_day_is_found(tmp_path: Path, day: str) -> None:
    folder = write_corpus(tmp_path)
    set_review_day(folder, day)
    problems = [one for one in check_corpus(folder, TODAY) if one.rule in {"date", "schema"}]
    assert {problem.file.rpartition(".md")[0][-2:] for problem in problems} == {"fr", "ar", "en"}


def test_variants_share_their_review_day(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    path = folder / "sheets" / "trade-programme" / "targets.ar.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("valid_to:\n", "review_after: 2025-09-30\n"), encoding="utf-8")
    [problem] = check_corpus(folder, TODAY)
    assert (problem.rule, problem.file[-5:]) == ("metadata", "ar.md")


def set_review_day(folder: Path, day: str) -> None:
    for path in (folder / "sheets").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("valid_to:\n", f"review_after: {day}\n"), encoding="utf-8")
