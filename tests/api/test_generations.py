"""Generations are exchanged while people ask: none is mixed with another, none stays open."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.generations import Following, Serving
from assistant.answer import Answer
from assistant.assistant import Models, assemble
from assistant.compose import ExtractiveComposer
from assistant.question import Question
from assistant.settings import Settings
from index.build import build_index
from index.embedding import EmbedderIdentity
from index.generation import current, open_current, open_store, use
from index.store import Store
from ingest.pipeline import ingest_folder
from tests.fakes import FakeEmbedder
from tests.misbehaviour import DELAY, DELAY_AR
from tests.tradecorpus import write_trade_corpus

SLOWER = {"10 jours": "1100 jours", "10 أيام": "1100 أيام", "10 days": "1100 days"}
QUESTIONS = (DELAY, DELAY_AR, "How long does the olive oil permit take?")
SWAPS = 20


class _Published:
    """An index with two generations: the permit takes 10 days in one and 1100 in the other."""

    def __init__(self, root: Path, embedder: FakeEmbedder) -> None:
        self.root = self.origin = root
        self.models = Models(embedder, ExtractiveComposer(), None)
        self.names: list[str] = []

    def publish(self, corpus: Path, embedder: FakeEmbedder) -> None:
        build_index(self.root, ingest_folder(corpus), embedder, {"max_tokens": 256})
        self.names.append(current(self.root))

    def follow(self) -> Following:
        return Following(self.models, self.root, remembered=16)


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory, trade_corpus: Path, trade_embedder: FakeEmbedder
) -> _Published:
    folder = tmp_path_factory.mktemp("generations")
    slower = write_trade_corpus(folder / "slower")
    for sheet in slower.rglob("*.md"):
        text = sheet.read_text(encoding="utf-8")
        for before, after in SLOWER.items():
            text = text.replace(before, after)
        sheet.write_text(text, encoding="utf-8")
    published = _Published(folder / "index", trade_embedder)
    for corpus in (trade_corpus, slower):
        published.publish(corpus, trade_embedder)
    return published


@pytest.fixture
def published(built: _Published, tmp_path: Path, trade_embedder: FakeEmbedder) -> _Published:
    """The same, for a test of its own to break."""
    copy = _Published(tmp_path / "index", trade_embedder)
    shutil.copytree(built.root, copy.root)
    copy.origin, copy.names = built.root, list(built.names)
    use(copy.root, copy.names[0])
    return copy


@pytest.fixture
def following(published: _Published) -> Iterator[Following]:
    opened = published.follow()
    yield opened
    opened.close()


def days(answer: Answer) -> str:
    return "1100" if "1100" in answer.text else "10"


def test_a_generation_that_is_published_answers_from_then_on(
    published: _Published, following: Following
) -> None:
    with TestClient(create_app(following.serving)) as client:
        told = []
        for name in (published.names[0], published.names[1], published.names[0]):
            use(published.root, name)
            following.look()
            assert client.get("/readyz").json()["generation"] == name
            answer = Answer.model_validate(client.post("/v1/ask", json={"question": DELAY}).json())
            assert answer.engine.generation == name
            told.append(days(answer))
    assert told == ["10", "1100", "10"]


def test_answers_and_documents_are_of_one_generation_while_others_are_published(
    published: _Published, following: Following
) -> None:
    over = Event()
    with TestClient(create_app(following.serving, Settings(limit_address=0))) as client:

        def ask(question: str) -> list[Answer]:
            answers = []
            while not over.is_set():
                response = client.post("/v1/ask", json={"question": question})
                assert response.status_code == 200, response.text
                answers.append(Answer.model_validate(response.json()))
            return answers

        with ThreadPoolExecutor(len(QUESTIONS)) as people:
            asked = [people.submit(ask, question) for question in QUESTIONS]
            try:
                for turn in range(SWAPS):
                    use(published.root, published.names[turn % 2])
                    following.look()
            finally:
                over.set()
    stores = {name: open_store(published.root, name) for name in published.names}
    try:
        answers = [answer for one in asked for answer in one.result()]
        for answer in answers:
            assert_of(answer, stores[answer.engine.generation], published.names)
        assert {answer.engine.generation for answer in answers} == set(published.names)
    finally:
        for store in stores.values():
            store.close()


def assert_of(answer: Answer, store: Store, names: list[str]) -> None:
    """An answer is wholly of the generation that it names."""
    assert answer.citations
    assert days(answer) == ("10" if answer.engine.generation == names[0] else "1100")
    for citation in answer.citations:
        text = store.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_who_has_a_lease_keeps_the_generation_until_the_end(
    published: _Published, following: Following
) -> None:
    serving = following.serving
    with serving.edition() as before:
        use(published.root, published.names[1])
        following.look()
        with serving.edition() as after:
            asked = Question(question=DELAY)
            assert days(before.answers.ask(asked)) == "10"
            assert days(after.answers.ask(asked)) == "1100"
            assert before.sanad.store.document("olive-permit.fr").text
        assert serving.current is after.sanad


def test_a_generation_is_released_once_and_not_before_its_last_lease(
    published: _Published, trade_embedder: FakeEmbedder
) -> None:
    released: list[str] = []
    generations = [open_current(published.root, trade_embedder.identity) for _ in range(2)]
    first, second = (assemble(one, trade_embedder, ExtractiveComposer()) for one in generations)
    serving = Serving(first, remembered=1, release=lambda: released.append("first"))
    with serving.lease(), serving.lease():
        serving.swap(second, lambda: released.append("second"))
        assert released == []
    assert released == ["first"]
    serving.close()
    serving.close()
    assert released == ["first", "second"]
    for generation in generations:
        generation.close()


def test_a_generation_that_comes_when_all_is_closed_is_released(
    published: _Published, trade_embedder: FakeEmbedder
) -> None:
    released: list[str] = []
    with closing(open_current(published.root, trade_embedder.identity)) as generation:
        sanad = assemble(generation, trade_embedder, ExtractiveComposer())
        serving = Serving(sanad, remembered=1, release=lambda: released.append("first"))
        serving.close()
        serving.swap(sanad, lambda: released.append("late"))
    assert released == ["first", "late"]


def _cut_file(published: _Published) -> None:
    path = published.root / published.names[1] / "faiss.index"
    path.write_bytes(path.read_bytes()[:-1])


def _remove_folder(published: _Published) -> None:
    shutil.rmtree(published.root / published.names[1])


@pytest.mark.parametrize(
    ("harm", "code"), [(_cut_file, "index_damaged"), (_remove_folder, "index_missing")]
)
def test_a_generation_that_is_broken_is_not_taken_until_it_is_mended(
    published: _Published,
    following: Following,
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[_Published], None],
    code: str,
) -> None:
    use(published.root, published.names[1])
    harm(published)
    with TestClient(create_app(following.serving)) as client:
        for _ in range(3):
            following.look()
            ready = client.get("/readyz")
            assert ready.status_code == 200
            assert ready.json()["generation"] == published.names[0]
            assert (ready.json()["refused"], ready.json()["degraded"]) == (code, ["index"])
            assert str(published.root) not in ready.text
            assert client.post("/v1/ask", json={"question": DELAY_AR}).status_code == 200
        assert sum(published.names[0] in message for message in caplog.messages) == 1
        shutil.rmtree(published.root / published.names[1], ignore_errors=True)
        shutil.copytree(published.origin / published.names[1], published.root / published.names[1])
        use(published.root, published.names[1])
        following.look()
        ready = client.get("/readyz")
        assert ready.json()["generation"] == published.names[1]
        assert (ready.json()["refused"], ready.json()["degraded"]) == (None, [])


def test_a_generation_of_another_model_is_not_taken(
    published: _Published, following: Following, trade_corpus: Path
) -> None:
    other = FakeEmbedder(name="other", dimension=256, common=0.78)
    assert isinstance(other.identity, EmbedderIdentity)
    published.publish(trade_corpus, other)
    following.look()
    assert following.serving.refused
    assert following.serving.refused.code == "index_mismatch"
    assert following.serving.current.generation.name == published.names[0]


def test_an_index_that_is_taken_away_answers_on(
    published: _Published, following: Following
) -> None:
    shutil.rmtree(published.root)
    following.look()
    assert following.serving.refused
    assert following.serving.refused.code == "index_missing"
    with following.serving.lease() as sanad:
        assert days(sanad.ask(DELAY)) == "10"


def test_it_is_seen_without_being_told(published: _Published, following: Following) -> None:
    with ThreadPoolExecutor(1) as looking:
        looking.submit(following.run, 0.01)
        use(published.root, published.names[1])
        while following.serving.current.generation.name != published.names[1]:
            assert following.serving.refused is None
        following.close()


def test_nothing_stays_open_after_fifty_exchanges(
    published: _Published, following: Following
) -> None:
    def exchange(times: int) -> int:
        for turn in range(times):
            use(published.root, published.names[(turn + 1) % 2])
            following.look()
            with following.serving.lease() as sanad:
                assert sanad.search("permis", 1)
        return len(list(Path("/proc/self/fd").iterdir()))

    before = exchange(2)
    assert exchange(50) <= before
