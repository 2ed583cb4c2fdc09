"""Answers are recorded behind the answer: whatever the database does, nobody notices."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from api.access.caller import PUBLIC, Caller
from api.memory import audit, conversations, gaps
from api.memory.database import Database
from api.memory.recorder import Recorder
from assistant.answer import Answer, Citation, Engine, Notice, Sentence, Status
from assistant.question import Profile, Question
from tests.api.memory.populated import NOW
from tests.postgresql import PostgreSQL

PHONE = "0661234567"


def answer(status: Status = "answered", **changes: object) -> Answer:
    quote = "Appelez le 05 37 00 00 00."
    citation = Citation(
        n=1, document_id="doc", title="t", publisher=None, url=None, source_date=None,
        as_of=None, language="fr", section="s", quote=quote, start=10, end=10 + len(quote),
    )  # fmt: skip
    whole = Answer(
        id="a1", status=status, reason=None, language="fr", text=quote,
        sentences=(Sentence(text=quote, citations=(1,), mode="quote"),), citations=(citation,),
        conflicts=(), notices=(), handoff=None, follow_ups=(),
        engine=Engine(composer="llm", model="qwen", generation="g1", prompt="draft:12"),
        timings_ms={"total": 1.0},
    )  # fmt: skip
    return whole.model_copy(update=changes)


def entries(database: Database) -> tuple[audit.Entry, ...]:
    with database.session(readonly=True) as session:
        return audit.listed(session, limit=1_000)


def eventually(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.memory.recorder._PAUSES", (0.05,))


@contextmanager
def recording(database: Database, **options: int) -> Iterator[Recorder]:
    recorder = Recorder(database, **options)
    try:
        yield recorder
    finally:
        recorder.close(30)


def test_an_answer_leaves_who_and_how_but_not_what(database: Database) -> None:
    with recording(database) as recorder:
        recorder.answered(
            Question(question="Quel délai ?"), answer(), Caller("agent", "key", "crm")
        )
        recorder.answered(Question(question="ما هو الأجل؟"), answer(), PUBLIC)
    public, crm = entries(database)
    assert (crm.actor, public.actor) == ("key:crm", "public")
    assert (crm.action, crm.answer_id, crm.status) == ("answered", "a1", "answered")
    assert (crm.generation, crm.model, crm.prompt) == ("g1", "qwen", "draft:12")
    assert crm.evidence == ("doc:10-36",)
    assert crm.detail is None
    with database.session(readonly=True) as session:
        assert gaps.listed(session) == ()
    assert recorder.dropped == 0


@pytest.mark.parametrize(
    ("status", "counted"),
    [
        ("unanswerable", True), ("partial", True), ("out_of_scope", True), ("conflict", False),
        ("clarify", False), ("refused", False),
    ],
)  # fmt: skip
def test_what_was_not_answered_is_a_gap(status: Status, counted: bool, database: Database) -> None:
    profile = Profile(region="سوس ماسة")
    with recording(database) as recorder:
        for text in ("Quel délai au port ?", "quel delai au  port ?"):
            question = Question(question=text, profile=profile)
            recorder.answered(question, answer(status), PUBLIC)
    with database.session(readonly=True) as session:
        found = gaps.listed(session)
    assert [(gap.count, gap.status, gap.region) for gap in found] == (
        [(2, status, "سوس ماسة")] if counted else []
    )


def test_what_staff_ask_from_their_desk_is_no_gap(database: Database) -> None:
    question = Question(question="ما هو الأجل؟")
    with recording(database) as recorder:
        recorder.answered(question, answer("unanswerable"), Caller("agent", "user", "amina"))
        recorder.answered(question, answer("unanswerable"), Caller("agent", "key", "crm"))
        recorder.answered(question, answer("unanswerable"), PUBLIC)
    with database.session(readonly=True) as session:
        (gap,) = gaps.listed(session)
    assert gap.count == 2
    assert {entry.actor for entry in entries(database)} == {"user:amina", "key:crm", "public"}


def test_identifiers_are_masked_and_published_numbers_stay(database: Database) -> None:
    with database.session() as session:
        token = conversations.start(session, now=NOW)
    arabic = "٠٦٦١٢٣٤٥٦٧"
    repeated = answer(
        "unanswerable",
        text=f"Rien sur {PHONE}.",
        notices=(Notice(kind="rewritten", text=f"Compris : {arabic}"),),
        follow_ups=(f"Et {PHONE} ?",),
    )
    question = Question(question=f"Appelez-moi au {PHONE}", profile=Profile(region=f"tél {arabic}"))
    with recording(database) as recorder:
        recorder.answered(question, repeated, PUBLIC, conversation=token)
    with database.session(readonly=True) as session:
        told = f"{gaps.listed(session)} {conversations.read(session, token)}"
    assert PHONE not in told
    assert arabic not in told
    assert "[phone]" in told
    assert "Appelez le 05 37 00 00 00." in told


@pytest.mark.parametrize("hidden", ["\0", "\0\0", "Sou\0ss", "\u202eسوس\0"])
def test_nothing_unseen_keeps_an_answer_out_of_the_audit_log(
    hidden: str, database: Database
) -> None:
    asked = Question(question="Quel délai ?\u200b", profile=Profile(region=hidden))
    with recording(database) as recorder:
        recorder.answered(asked, answer("unanswerable"), PUBLIC)
    assert recorder.dropped == 0
    assert len(entries(database)) == 1
    with database.session(readonly=True) as session:
        (gap,) = gaps.listed(session)
    assert gap.question == "Quel délai ?"
    assert gap.region in {None, "Souss", "سوس"}


def test_what_was_said_is_kept_only_where_somebody_asked_for_it(database: Database) -> None:
    with database.session() as session:
        token = conversations.start(session, now=NOW)
        gone = conversations.start(session, now=NOW)
        conversations.forget(session, gone)
    with recording(database) as recorder:
        recorder.answered(Question(question="سؤال"), answer(), PUBLIC, conversation=token)
        recorder.answered(Question(question="oublié"), answer(), PUBLIC, conversation=gone)
        recorder.answered(Question(question="sans"), answer(), PUBLIC)
        recorder.answered(Question(question="suite"), answer(), PUBLIC, conversation=token)
    with database.session(readonly=True) as session:
        turns = conversations.read(session, token).turns
    assert [turn.question for turn in turns] == ["سؤال", "suite"]
    assert turns[0].answer == answer().model_dump(mode="json")
    assert len(entries(database)) == 4
    assert recorder.dropped == 0


def test_a_database_that_is_down_at_the_start_gets_all_when_it_comes(
    postgresql: PostgreSQL,
) -> None:
    database = Database(postgresql.database(), timeout=10)
    postgresql.stop()
    try:
        recorder = Recorder(database)
        for n in range(250):
            recorder.answered(Question(question="q"), answer(id=f"a{n}"), PUBLIC)
        assert recorder.waiting == 250
    finally:
        postgresql.start()
    recorder.close(60)
    assert {entry.answer_id for entry in entries(database)} == {f"a{n}" for n in range(250)}
    assert recorder.dropped == 0
    database.close()


def test_a_database_that_goes_away_in_between_gets_all_when_it_is_back(
    postgresql: PostgreSQL,
) -> None:
    database = Database(postgresql.database(), timeout=10)
    recorder = Recorder(database)
    for n in range(300):
        recorder.answered(Question(question="q"), answer(id=f"a{n}"), PUBLIC)
        if n in {100, 200}:
            postgresql.restart()
    recorder.close(60)
    assert {entry.answer_id for entry in entries(database)} == {f"a{n}" for n in range(300)}
    database.close()


def test_a_locked_database_is_waited_for_behind_the_answer(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/r.sqlite", timeout=1)
    database.check()
    with closing(sqlite3.connect(tmp_path / "r.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder = Recorder(database)
        recorder.answered(Question(question="q"), answer(), PUBLIC)
        time.sleep(1.2)
        assert recorder.waiting == 1
        other.execute("ROLLBACK")
    eventually(lambda: recorder.waiting == 0)
    assert len(entries(database)) == 1
    recorder.close()
    database.close()


def test_a_full_disk_is_waited_for_too(tmp_path: Path) -> None:
    class Full(Database):
        pages = 1

        def session(self, *, readonly: bool = False):  # type: ignore[no-untyped-def]  # noqa: ANN202
            opened = super().session(readonly=readonly)

            @contextmanager
            def bounded():  # type: ignore[no-untyped-def]  # noqa: ANN202
                with opened as session:
                    session.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")
                    yield session

            return bounded()

    database = Full(f"sqlite:///{tmp_path}/r.sqlite", timeout=1)
    database.check()
    recorder = Recorder(database)
    for n in range(400):
        recorder.answered(Question(question="q"), answer(id=f"a{n}"), PUBLIC)
    eventually(lambda: recorder.waiting > 0)
    time.sleep(0.3)
    assert recorder.waiting > 0
    database.pages = 100_000
    recorder.close(60)
    assert len(entries(database)) == 400
    assert recorder.dropped == 0
    database.close()


def test_what_waits_is_bounded_and_what_is_dropped_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    database = Database(f"sqlite:///{tmp_path}/file/r.sqlite", timeout=1)
    recorder = Recorder(database, limit=20)
    for _ in range(50):
        recorder.answered(Question(question=f"Mon numéro : {PHONE}"), answer(), PUBLIC)
    assert (recorder.waiting, recorder.dropped) == (20, 30)
    recorder.close(0.1)
    assert (recorder.waiting, recorder.dropped) == (0, 50)
    recorder.answered(Question(question="q"), answer(), PUBLIC)
    assert recorder.dropped == 51
    assert PHONE not in caplog.text
    assert "20 answers" in caplog.text


def test_one_that_cannot_be_kept_does_not_take_others_along(database: Database) -> None:
    with recording(database) as recorder:
        recorder.answered(Question(question="q"), answer(id="before"), PUBLIC)
        recorder.answered(Question(question="q"), answer(id="nul\0"), PUBLIC)
        recorder.answered(Question(question="q"), answer(id="after"), PUBLIC)
    assert [entry.answer_id for entry in entries(database)] == ["after", "before"]
    assert recorder.dropped == 1


def test_many_who_are_answered_at_once_are_all_recorded(database: Database) -> None:
    with recording(database) as recorder:

        def answered() -> None:
            for _ in range(40):
                recorder.answered(Question(question="q"), answer(), PUBLIC)

        threads = [threading.Thread(target=answered) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(entries(database)) == 320


def test_nothing_is_begun_before_the_first_answer(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/r.sqlite")
    Recorder(database).close()
    assert not database.exists
