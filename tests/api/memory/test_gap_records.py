from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from api.memory import gaps
from api.memory.database import Database
from tests.api.memory.populated import NOW


def note(database: Database, question: str, now: datetime = NOW, **changes: str | None) -> None:
    noted = {
        "language": "fr", "region": None, "status": "unanswerable", "reason": None,
        "generation": "g1", **changes,
    }  # fmt: skip
    with database.session() as session:
        gaps.note(session, question=question, now=now, **noted)  # type: ignore[arg-type]


def listed(database: Database, **wanted: str) -> list[tuple[str, int]]:
    with database.session(readonly=True) as session:
        return [(gap.question, gap.count) for gap in gaps.listed(session, **wanted)]  # type: ignore[arg-type]


def test_spellings_that_read_alike_are_one_question(database: Database) -> None:
    for text in ("Quel délai à Agadir ?", "quel delai  a agadir ?", "QUEL DÉLAI À AGADIR ?"):
        note(database, text)
    for text in ("مَا هُوَ الأَجَل؟", "ما هو الاجل؟"):
        note(database, text, language="ar")
    assert sorted(listed(database)) == [("Quel délai à Agadir ?", 3), ("مَا هُوَ الأَجَل؟", 2)]


def test_of_one_that_comes_again_the_last_time_is_told(database: Database) -> None:
    note(database, "q")
    later = NOW + timedelta(days=3)
    note(database, "q", later, status="partial", reason="live_data", generation="g2")
    with database.session(readonly=True) as session:
        (gap,) = gaps.listed(session)
    assert (gap.first_seen, gap.last_seen, gap.count) == (NOW, later, 2)
    assert (gap.status, gap.reason, gap.generation) == ("partial", "live_data", "g2")


def test_who_asks_at_once_is_counted_each(database: Database) -> None:
    database.check()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: note(database, "ما هو الأجل؟"), range(40)))
    assert listed(database) == [("ما هو الأجل؟", 40)]


def test_gaps_are_told_by_language_region_and_status_the_last_first(database: Database) -> None:
    note(database, "a", NOW)
    note(database, "b", NOW + timedelta(1), language="ar", region="oriental")
    note(database, "a", NOW + timedelta(2), region="oriental")
    note(database, "c", NOW + timedelta(3), status="out_of_scope")
    assert listed(database) == [("c", 1), ("a", 1), ("b", 1), ("a", 1)]
    assert listed(database, region="oriental") == [("a", 1), ("b", 1)]
    assert listed(database, region="oriental", language="ar") == [("b", 1)]
    assert listed(database, status="out_of_scope") == [("c", 1)]
    with database.session(readonly=True) as session:
        first = gaps.listed(session, limit=2)
        rest = gaps.listed(session, before=first[-1].place)
    assert [gap.question for gap in (*first, *rest)] == ["c", "a", "b", "a"]
