"""The gap loop once through: asked, not answered, written, asked again, answered, shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import enumerate as enumerate_threads

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.generations import Following
from api.memory import audit, gaps, handoffs, keys, leases
from api.memory.database import Database
from api.memory.recorder import Recorder
from api.reask import LEASE, Asked, Reasking
from assistant.assistant import Models
from assistant.compose import ExtractiveComposer
from assistant.settings import Settings
from index.build import build_index
from ingest.check import check_corpus
from ingest.errors import DatabaseDownError
from ingest.pipeline import ingest_folder
from tests.api.gaploop import OTHERWISE, UNKNOWN, write_sheet
from tests.fakes import FakeEmbedder
from tests.tradecorpus import write_trade_corpus

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Town:
    """A Sanad that is served while its documents grow."""

    root: Path
    corpus: Path
    following: Following
    database: Database
    recorder: Recorder
    client: TestClient
    embedder: FakeEmbedder

    @property
    def generation(self) -> str:
        return self.following.serving.current.generation.name

    def reasking(self) -> Reasking:
        return Reasking(self.database, self.following.serving)

    def publish(self) -> None:
        build_index(self.root, ingest_folder(self.corpus), self.embedder, {"max_tokens": 256})
        self.following.look()

    def ask(self, question: str) -> str:
        return str(self.client.post("/v1/ask", json={"question": question}).json()["status"])

    def gaps(self, *, open_only: bool = False) -> tuple[gaps.Gap, ...]:
        with self.database.session(readonly=True) as session:
            return gaps.listed(session, open_only=open_only)

    def key(self) -> dict[str, str]:
        with self.database.session() as session:
            made = keys.add(session, name="desk", role="agent", expires=None, now=NOW)
        return {"authorization": f"Bearer {made}"}


@pytest.fixture
def town(tmp_path: Path, database: Database, trade_embedder: FakeEmbedder) -> Iterator[Town]:
    corpus = write_trade_corpus(tmp_path / "corpus")
    root = tmp_path / "index"
    build_index(root, ingest_folder(corpus), trade_embedder, {"max_tokens": 256})
    models = Models(trade_embedder, ExtractiveComposer(), None)
    following = Following(models, root, remembered=16)
    recorder = Recorder(database)
    app = create_app(
        following.serving, Settings(limit_address=0), database=database, recorder=recorder
    )
    with TestClient(app) as client:
        yield Town(root, corpus, following, database, recorder, client, trade_embedder)
    recorder.close()
    following.close()


def test_a_question_that_nobody_could_answer_comes_back_answered(town: Town) -> None:
    asked = (*UNKNOWN.values(), *OTHERWISE.values())
    assert {town.ask(question) for question in asked} == {"unanswerable"}
    town.recorder.close()
    ticket = town.client.post(
        "/v1/handoffs", json={"question": UNKNOWN["ar"], "language": "ar", "consent": True}
    ).json()
    seen = {"Sanad-Ticket": ticket["secret"]}
    before = town.client.get(f"/v1/handoffs/{ticket['id']}", headers=seen).json()
    assert (before["status"], before["found"]) == ("open", None)

    desk = town.key()
    found = town.client.get("/v1/gaps/clusters", headers=desk).json()
    french = found["clusters"][0]
    questions = {gap["question"] for gap in french["gaps"]}
    assert questions >= {UNKNOWN["fr"], OTHERWISE["fr"]}
    assert {"value": "fr", "asked": 2} in french["languages"]
    assert sum(cluster["asked"] for cluster in found["clusters"]) == 4

    every = ",".join(gap["id"] for one in found["clusters"] for gap in one["gaps"])
    drawn = town.client.get("/v1/gaps/draft", params={"gap": every}, headers=desk).json()
    for file in drawn["files"]:
        assert UNKNOWN[file["language"]] in file["text"]
    write_sheet(town.corpus, {file["name"]: file["text"] for file in drawn["files"]})
    former = town.generation
    town.publish()
    assert town.generation != former

    assert town.reasking().once() == Asked(gaps=4, closed=4, handoffs=1, found=1)
    assert town.gaps(open_only=True) == ()
    assert {gap.generation for gap in town.gaps()} == {town.generation}
    assert town.client.get("/v1/gaps/clusters", headers=desk).json()["clusters"] == []
    after = town.client.get(f"/v1/handoffs/{ticket['id']}", headers=seen).json()
    assert after["status"] == "open"  # an office may still have more to say
    assert "40" in after["found"]["text"]
    assert after["found"]["citations"][0]["document_id"] == f"{drawn['id']}.ar"
    assert after["found"]["engine"]["generation"] == town.generation
    with town.database.session(readonly=True) as session:
        actions = [entry.action for entry in audit.listed(session) if entry.actor == "system"]
    assert sorted(actions) == ["gap.closed"] * 4 + ["handoff.found"]


def test_what_is_still_unknown_is_asked_once_of_each_generation(town: Town) -> None:
    town.ask(UNKNOWN["fr"])
    town.recorder.close()
    assert town.reasking().once() == Asked()  # this generation has just said that it does not know
    sheet = next(town.corpus.rglob("olive-permit.fr.md"))
    sheet.write_text(sheet.read_text("utf-8").replace("10 jours", "12 jours"), encoding="utf-8")
    town.publish()
    assert town.reasking().once() == Asked(gaps=1)
    assert town.reasking().once() == Asked()
    (gap,) = town.gaps()
    assert (gap.count, gap.answered, gap.generation) == (1, None, town.generation)


def test_a_gap_that_is_met_again_is_open_again(town: Town) -> None:
    with town.database.session() as session:
        for generation in ("old", "older"):
            note(session, UNKNOWN["fr"], generation)
        (gap,) = gaps.listed(session)
        gaps.asked_again(
            session, gap, status="answered", reason=None, generation="new",
            answered=NOW, answer_id="a",
        )  # fmt: skip
        assert gaps.listed(session, open_only=True) == ()
        note(session, UNKNOWN["fr"], "old")
        (again,) = gaps.listed(session, open_only=True)
    assert (again.count, again.answered, again.answer_id) == (3, None, None)


def note(session: object, question: str, generation: str) -> None:
    gaps.note(
        session,  # type: ignore[arg-type]
        question=question, language="fr", region=None, status="unanswerable", reason=None,
        generation=generation, now=NOW,
    )  # fmt: skip


def test_one_worker_asks_at_a_time_and_a_dead_one_holds_nobody_up_for_long(town: Town) -> None:
    with town.database.session() as session:
        note(session, UNKNOWN["fr"], "old")
        now = datetime.now(UTC)
        leases.take(session, LEASE, holder="other", until=now + timedelta(minutes=1), now=now)
    assert town.reasking().once() == Asked(finished=False)
    with town.database.session() as session:
        assert not leases.renew(session, LEASE, holder="me", until=now)
        assert leases.renew(session, LEASE, holder="other", until=now)
    assert town.reasking().once() == Asked(gaps=1)
    with town.database.session() as session:
        leases.take(session, LEASE, holder="other", until=now, now=datetime.now(UTC))
        leases.end(session, LEASE, holder="me")
        assert leases.renew(session, LEASE, holder="other", until=now)


def test_a_generation_that_is_published_wakes_it(town: Town) -> None:
    with town.database.session() as session:
        note(session, "Quel est le délai du permis d'huile d'olive ?", "old")
        handoffs.add(session, question="ما هو أجل رخصة زيت الزيتون؟", language="ar", now=NOW)
    reasking = town.reasking()
    reasking.start()
    sheet = next(town.corpus.rglob("olive-permit.fr.md"))
    sheet.write_text(sheet.read_text("utf-8").replace("10 jours", "12 jours"), encoding="utf-8")
    town.publish()
    try:
        while town.gaps(open_only=True):
            assert any(thread.name == "reask" for thread in enumerate_threads())
    finally:
        reasking.close()


def test_a_database_that_is_away_is_told(town: Town, tmp_path: Path) -> None:
    away = Database("postgresql://nobody@127.0.0.1:9/none", timeout=1)
    with pytest.raises(DatabaseDownError):
        Reasking(away, town.following.serving).once()


def test_a_draft_says_what_is_missing_and_cannot_be_published_as_it_is(town: Town) -> None:
    town.ask(UNKNOWN["ar"])
    town.recorder.close()
    (gap,) = town.gaps()
    desk = town.key()
    drawn = town.client.get("/v1/gaps/draft", params={"gap": gap.id}, headers=desk).json()
    texts = {file["language"]: file["text"] for file in drawn["files"]}
    assert f'- "{UNKNOWN["ar"]}"' in texts["ar"]
    assert f"(ar): {UNKNOWN['ar']}" in texts["fr"]
    sound = check_corpus(town.corpus)
    folder = town.corpus / "sheets" / "drafts"
    folder.mkdir()
    for file in drawn["files"]:
        (folder / file["name"]).write_text(file["text"], encoding="utf-8")
    problems = [one for one in check_corpus(town.corpus) if one not in sound]
    assert {one.file.rpartition("/")[2] for one in problems} == {f["name"] for f in drawn["files"]}
    assert any("to-add" in one.message for one in problems)
    assert not [one for one in problems if one.rule in {"front-matter", "statement", "yaml"}]


@pytest.mark.parametrize("gap", ["", "x", "4dc2b1c0-5f0e-4a41-9d1c-2f6a1b7c8d9e,"])
def test_what_is_no_list_of_gaps_is_told(town: Town, gap: str) -> None:
    desk = town.key()
    assert town.client.get("/v1/gaps/draft", params={"gap": gap}, headers=desk).status_code == 422


def test_gaps_that_are_gone_are_told(town: Town) -> None:
    gone = {"gap": "4dc2b1c0-5f0e-4a41-9d1c-2f6a1b7c8d9e"}
    told = town.client.get("/v1/gaps/draft", params=gone, headers=town.key())
    assert (told.status_code, told.json()["code"]) == (404, "record_missing")
