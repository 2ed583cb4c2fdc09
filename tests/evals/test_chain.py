"""The plain LangChain chain: LangChain's own parts, over our documents and models."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
import pytest

from assistant.composers import open_endpoint
from assistant.question import Question, Turn
from assistant.settings import Settings
from evals.chain import CHUNK, OVERLAP, ExtraMissingError, K, PlainChain, fill, split
from evals.chatmodel import ChatModel
from evals.closedbook import PROMPT, ClosedBook
from index.generation import Generation
from ingest.document import Document
from ingest.errors import LanguageModelError
from tests.fakes import FakeEmbedder
from tests.scriptedserver import Reply, ScriptedEndpoint, pieces, scripted_endpoint

DELAY = Question(question="Quel est le délai du permis d'huile d'olive ?")
DELAY_AR = Question(question="ما هو أجل رخصة زيت الزيتون؟")


@contextmanager
def chat(reply: Reply) -> Iterator[tuple[ChatModel, ScriptedEndpoint]]:
    with scripted_endpoint(lambda _seen: reply) as scripted:
        settings = Settings(llm="endpoint", llm_base_url=scripted.base_url, llm_model="scripted")
        with open_endpoint(settings) as endpoint:
            assert endpoint
            yield ChatModel(endpoint, settings), scripted


@pytest.fixture
def chain(
    trade_generation: Generation, trade_embedder: FakeEmbedder, tmp_path: Path
) -> Callable[[ChatModel | None], PlainChain]:
    documents = trade_generation.store.documents()
    store = fill(documents, trade_embedder, tmp_path / "vectors.sqlite")
    find = trade_generation.store.document
    return lambda model: PlainChain(store, find, trade_generation.name, model)


def long_document(words: str) -> Document:
    return Document(id="long.ar", family="long", language="ar", title="t", text=words * 400)


@pytest.mark.parametrize("words", ["تسلم رخصة زيت الزيتون داخل 10 أيام. ", "Le délai.\n\n", "é à "])
def test_chunks_stand_where_they_say(words: str) -> None:
    document = long_document(words)
    chunks = split([document])
    assert len(chunks) > 1
    for chunk in chunks:
        start = chunk.metadata["start_index"]
        assert document.text[start : start + len(chunk.page_content)] == chunk.page_content
        assert chunk.metadata["source"] == document.id
        assert len(chunk.page_content) <= CHUNK
    starts = [chunk.metadata["start_index"] for chunk in chunks]
    ends = [at + len(chunk.page_content) for at, chunk in zip(starts, chunks, strict=True)]
    assert all(0 <= end - at <= OVERLAP for end, at in zip(ends, starts[1:], strict=False))


def test_without_the_splitters_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_text_splitters", None)
    with pytest.raises(ExtraMissingError, match=r"sanad\[baselines\]"):
        split([long_document("a ")])


def test_a_chunk_is_embedded_once(trade_generation: Generation, tmp_path: Path) -> None:
    documents, embedder = trade_generation.store.documents(), FakeEmbedder(dimension=256)
    steps: list[tuple[int, int]] = []
    for _ in range(2):
        fill(documents, embedder, tmp_path / "v.sqlite", lambda *step: steps.append(step))
        total = len(split(documents))
        assert embedder.calls == total
        assert steps[-1] == (total, total)


def test_the_store_ranks_as_a_flat_faiss_index(
    trade_generation: Generation, trade_embedder: FakeEmbedder, tmp_path: Path
) -> None:
    documents = trade_generation.store.documents()
    store = fill(documents, trade_embedder, tmp_path / "vectors.sqlite")
    chunks = split(documents)
    index = faiss.IndexFlatL2(256)
    index.add(trade_embedder.embed_passages([chunk.page_content for chunk in chunks]))
    asked = [question for document in documents for question in document.questions]
    _, rows = index.search(trade_embedder.embed_queries(asked), K)
    for question, row in zip(asked, rows, strict=True):
        found = store.similarity_search(question, k=K)
        assert [chunk.page_content for chunk in found] == [chunks[i].page_content for i in row]
    assert len(np.unique(rows)) > K


@pytest.mark.parametrize("question", [DELAY, DELAY_AR])
def test_without_a_model_the_chunks_are_the_answer(
    chain: Callable[[ChatModel | None], PlainChain],
    trade_generation: Generation,
    question: Question,
) -> None:
    seen = chain(None).observe(question)
    answer = seen.answer
    assert (answer.status, answer.engine.composer, len(answer.sentences)) == (
        "answered", "extractive", K,
    )  # fmt: skip
    for sentence, citation in zip(answer.sentences, answer.citations, strict=True):
        text = trade_generation.store.document(citation.document_id).text
        assert sentence.citations == (citation.n,)
        assert sentence.text == citation.quote == text[citation.start : citation.end]
    assert "olive-permit" in answer.citations[0].document_id
    assert "10" in answer.sentences[0].text
    assert seen.unguarded == answer
    assert seen.support is not None
    assert seen.passages is not None
    assert len(seen.passages) > K
    first = seen.passages[0]
    assert (first.document, first.start) == (
        answer.citations[0].document_id, answer.citations[0].start,
    )  # fmt: skip


def test_the_model_gets_the_chunks_and_each_sentence_cites_all(
    chain: Callable[[ChatModel | None], PlainChain],
) -> None:
    with chat(pieces("تسلم الرخصة داخل 10 أيام. وتكلف 450 درهما.")) as (model, scripted):
        seen = chain(model).observe(DELAY_AR)
    task = scripted.seen[0].task
    assert DELAY_AR.question in task
    assert all(citation.quote in task for citation in seen.answer.citations)
    assert [sentence.text for sentence in seen.answer.sentences] == [
        "تسلم الرخصة داخل 10 أيام.", "وتكلف 450 درهما.",
    ]  # fmt: skip
    assert {sentence.citations for sentence in seen.answer.sentences} == {(1, 2, 3, 4)}
    assert (seen.answer.engine.composer, seen.answer.engine.model) == ("llm", "scripted")
    assert scripted.seen[0].body["temperature"] == 0
    assert "response_format" not in scripted.seen[0].body
    assert seen.support is None


def test_a_model_that_does_not_know_withholds(
    chain: Callable[[ChatModel | None], PlainChain],
) -> None:
    with chat(pieces("Je ne sais pas.")) as (model, _):
        seen = chain(model).observe(DELAY)
    assert (seen.answer.status, seen.answer.text) == ("unanswerable", "Je ne sais pas.")
    assert seen.answer.citations == ()
    assert seen.passages


@pytest.mark.parametrize("reply", [Reply(status=500), Reply(status=404)])
def test_a_model_that_fails_is_an_error(
    chain: Callable[[ChatModel | None], PlainChain], reply: Reply
) -> None:
    with chat(reply) as (model, _), pytest.raises(LanguageModelError, match="scripted"):
        chain(model).observe(DELAY)


def test_a_closed_book_reads_the_conversation_and_cites_nothing() -> None:
    earlier = (
        Turn(role="user", content="Parlons du safran."),
        Turn(role="assistant", content="Volontiers."),
    )
    question = Question(question="Combien de coopératives ?", history=earlier)
    with chat(pieces("Il en accueille 250. C'est beaucoup.")) as (model, scripted):
        seen = ClosedBook(model, "g").observe(question)
    assert [m["content"] for m in scripted.seen[0].body["messages"]] == [
        PROMPT.text, "Parlons du safran.", "Volontiers.", "Combien de coopératives ?",
    ]  # fmt: skip
    assert [sentence.citations for sentence in seen.answer.sentences] == [(), ()]
    assert (seen.answer.status, seen.answer.citations, seen.passages) == ("answered", (), None)


def test_a_closed_book_may_not_know() -> None:
    with chat(pieces("لا أعرف الجواب.")) as (model, _):
        assert ClosedBook(model, "g").observe(DELAY_AR).answer.status == "unanswerable"
