"""Each system under its name: ready to be asked, and made of what it says."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from assistant.question import Question
from assistant.settings import Settings
from evals.baselines import SYSTEMS, Subject, SystemUnknownError, open_subject
from evals.system import Observation
from index.embedding import Embedder
from ingest.errors import SettingsError
from tests.fakes import FakeEmbedder
from tests.scriptedserver import Seen, pieces, scripted_endpoint, sentences

QUESTIONS = (
    "Quel est le délai du permis d'huile d'olive ?",
    "ما هو هاتف شباك الزرابي؟",
    "Which saffron sales does the programme aim at?",
    "Quel est le salaire des cueilleuses de safran ?",
)
Open = Callable[..., AbstractContextManager[Subject]]


@pytest.fixture
def opened(
    trade_index: Path, trade_embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Open:
    def embedder(_settings: Settings) -> Embedder:
        return trade_embedder

    monkeypatch.setattr("evals.baselines.open_configured_embedder", embedder)

    def build(name: str, **fields: object) -> AbstractContextManager[Subject]:
        values = {"llm": "none", "index": trade_index, "models": tmp_path, "llm_base_url": None}
        return open_subject(name, Settings.model_validate({**values, **fields}))

    return build


def without_times(seen: Observation) -> object:
    bare = {"id": "", "timings_ms": {}}
    unguarded = seen.unguarded and seen.unguarded.model_copy(update=bare)
    return seen.answer.model_copy(update=bare), seen.passages, seen.support, unguarded


def test_a_system_that_is_not_there_is_named_with_those_that_are(opened: Open) -> None:
    with pytest.raises(SystemUnknownError) as caught, opened("ragas"):
        pass
    assert all(name in str(caught.value) for name in (*SYSTEMS, "ragas"))


@pytest.mark.parametrize("name", ["langchain", "closed-book"])
def test_what_needs_a_model_says_so(opened: Open, name: str) -> None:
    with pytest.raises(SettingsError, match="SANAD_LLM"), opened(name):
        pass


def test_unverified_quotes_are_sanad(opened: Open) -> None:
    with opened("sanad") as sanad, opened("unverified") as unverified:
        for text in QUESTIONS:
            question = Question(question=text)
            seen = (sanad.system.observe(question), unverified.system.observe(question))
            assert without_times(seen[0]) == without_times(seen[1])


@contextmanager
def endpoint(opened: Open, name: str, text: str) -> Iterator[Subject]:
    """The system with a model that drafts, or writes, `text`, whatever it is asked."""

    def script(seen: Seen) -> object:
        drafts = "response_format" in seen.body
        return sentences((text, [min(seen.evidence)])) if drafts else pieces(text)

    with (
        scripted_endpoint(script) as scripted,  # type: ignore[arg-type]
        opened(name, llm="endpoint", llm_base_url=scripted.base_url, llm_model="scripted") as made,
    ):
        yield made


@pytest.mark.parametrize(
    ("question", "lie"),
    [
        ("Quel est le téléphone du guichet du tapis ?", "Le guichet du tapis répond en 99 jours."),
        ("ما هو هاتف شباك الزرابي؟", "يجيب شباك الزرابي داخل 99 يوما."),
    ],
)
def test_unverified_lets_out_what_sanad_drops(opened: Open, question: str, lie: str) -> None:
    asked = Question(question=question)
    with endpoint(opened, "sanad", lie) as sanad:
        kept = sanad.system.observe(asked).unguarded
    with endpoint(opened, "unverified", lie) as unverified:
        let_out = unverified.system.observe(asked).unguarded
    assert kept
    assert kept.sentences
    assert "99" not in kept.text
    assert let_out
    assert [(one.text, one.mode) for one in let_out.sentences] == [(lie, "generated")]
    assert let_out.citations


@pytest.mark.parametrize("name", ["langchain", "closed-book"])
def test_a_plain_model_tells_what_it_is_made_of(opened: Open, name: str) -> None:
    with endpoint(opened, name, "Sous 10 jours.") as subject:
        assert subject.system.observe(Question(question=QUESTIONS[0])).answer.text
        assert (subject.name, subject.composer, subject.model) == (name, "llm", "scripted")
        assert subject.prompt
        assert (subject.embedder is None) == (name == "closed-book")


@pytest.mark.parametrize("name", ["sanad", "bm25", "dense", "langchain-extractive"])
@pytest.mark.parametrize("text", QUESTIONS)
def test_what_needs_no_model_answers_alike_each_time(opened: Open, name: str, text: str) -> None:
    question = Question(question=text)
    with opened(name) as first, opened(name) as second:
        assert (first.composer, first.model, first.prompt) == ("extractive", None, None)
        seen = (first.system.observe(question), second.system.observe(question))
        assert seen[0].passages
        assert all(span.document in first.library.texts for span in seen[0].passages)
    assert without_times(seen[0]) == without_times(seen[1])
