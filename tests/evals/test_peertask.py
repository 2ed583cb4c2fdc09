"""What the subjects are given, and that Sanad's own subjects can work with it."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from evals.gold import Gold, GoldItem
from evals.peers.subjects import sanad, sanadpassages
from evals.peers.subjects.loop import Job, Passage
from evals.peers.task import NothingToAskError, Task, make_task, quality, span_of
from evals.spans import Span
from ingest.collection import IngestResult
from ingest.pipeline import ingest_folder
from tests.fakes import FakeEmbedder


@pytest.fixture(scope="module")
def collection(trade_corpus: Path) -> IngestResult:
    return ingest_folder(trade_corpus)


def gold(collection: IngestResult) -> Gold:
    """What each statement says, asked in its own words, in French and Arabic."""
    items = [
        GoldItem.model_validate(
            {
                "id": f"{document.id}-{statement.anchor}",
                "language": document.language,
                "question": "et cela ?",
                "standalone": document.text[statement.start : statement.end],
                "kind": "lookup",
                "expect": ["answered"],
                "best": "answered",
                "sheets": [document.family],
                "evidence": [
                    {
                        "document": document.id,
                        "statement": statement.anchor,
                        "start": statement.start,
                        "end": statement.end,
                    }
                ],
            }
        )
        for document in collection.documents
        if document.language in {"fr", "ar"}
        for statement in document.statements[:2]
    ]
    silent = items[0].model_copy(update={"id": "silent", "evidence": ()})
    return Gold("made.jsonl", "0" * 64, (*items, silent))


@pytest.fixture(scope="module")
def task(collection: IngestResult) -> Task:
    return make_task(collection, gold(collection))


def test_a_passage_is_what_its_id_says_under_its_headings(
    task: Task, collection: IngestResult
) -> None:
    texts = {document.id: document for document in collection.documents}
    assert len(task.passages) == len(collection.passages)
    for passage in task.passages:
        span, document = span_of(passage.id), texts[passage.document]
        assert span.document == document.id
        assert passage.text.startswith(document.title)
        assert passage.text.endswith(document.text[span.start : span.end])


def test_questions_are_those_with_evidence_follow_ups_in_full(task: Task) -> None:
    assert "silent" not in {question.id for question in task.questions}
    assert all(question.text != "et cela ?" for question in task.questions)
    assert all(len(question.golds[0].alternatives) == 3 for question in task.questions)


def test_fewer_sheets_ask_only_what_they_answer(task: Task, collection: IngestResult) -> None:
    part = make_task(collection, gold(collection), 1)
    families = {one.family for one in collection.documents}
    assert part.documents == 3 < task.documents == 3 * len(families)
    assert 0 < len(part.questions) < len(task.questions)
    held = {passage.document for passage in part.passages}
    assert all(question.golds[0].alternatives[0].document in held for question in part.questions)


def test_gold_of_another_collection_is_refused(collection: IngestResult) -> None:
    made = gold(collection)
    with pytest.raises(NothingToAskError, match=r"made\.jsonl"):
        make_task(collection, Gold(made.name, made.sha256, made.items[-1:]))


def test_passages_are_written_one_a_line(task: Task, tmp_path: Path) -> None:
    task.write(tmp_path / "p.jsonl")
    lines = (tmp_path / "p.jsonl").read_text(encoding="utf-8").splitlines()
    assert tuple(Passage(**json.loads(line)) for line in lines) == task.passages
    assert any("\u0600" <= letter <= "\u06ff" for letter in lines[0] + lines[1])


def test_an_id_names_its_span_whatever_the_document_is_called() -> None:
    assert span_of("a:b-c.fr:10-25") == Span("a:b-c.fr", 10, 25)


@pytest.mark.parametrize("module", [sanad, sanadpassages], ids=["sanad", "passages"])
def test_sanad_finds_what_the_gold_asks(
    module: ModuleType, task: Task, trade_corpus: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    embedder = FakeEmbedder(dimension=256, common=0.78)
    monkeypatch.setattr(module, "open_configured_embedder", lambda settings: embedder)
    monkeypatch.setenv("SANAD_CORPUS", str(trade_corpus))
    subject = module.load(Job("unused", "", "", 32, str(tmp_path / "index")))
    subject.ingest(task.passages)
    found = {question.id: subject.query(question.text, 10) for question in task.questions}
    known = {passage.id for passage in task.passages}
    assert all(set(ids) <= known for ids in found.values())
    assert all(len(ids) == len(set(ids)) for ids in found.values())
    assert quality(task.questions, found)["recall@10"].value > 0.8
