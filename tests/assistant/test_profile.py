"""A profile reorders what is nearly as good, and never hides nor adds anything."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from assistant.normalise import Normalise
from assistant.profile import BEGINNING, BONUS, NEWCOMER, Profiled
from assistant.question import Profile, Question
from assistant.retrieve import Retrieve
from assistant.state import State
from assistant.wishes import Wishes
from index.generation import Generation
from index.retriever import HybridRetriever
from index.store import Store, StoredSentence
from ingest.document import Document
from ingest.glossary import Term
from ingest.regions import Gazetteer
from tests.fakes import FakeEmbedder

TERMS = (
    Term(id="saffron", kind="product", names={"fr": "safran", "ar": "الزعفران", "en": "saffron"}),
    Term(
        id="taliouine", kind="place",
        names={"fr": "Taliouine", "ar": "تالوين", "en": "Taliouine"},
    ),
)  # fmt: skip
QUESTIONS = ("Le safran, l'huile et le tapis ?", "الزعفران والزيت والزرابي؟")


@pytest.fixture(scope="module")
def retriever(trade_generation: Generation, trade_embedder: FakeEmbedder) -> HybridRetriever:
    return HybridRetriever(trade_generation, trade_embedder)


def found(
    retriever: HybridRetriever, question: str, profile: Profile | None
) -> tuple[State, State]:
    state = Normalise().run(State(Question(question=question, profile=profile)))
    before = Retrieve(retriever, Wishes.load()).run(state)
    return before, Profiled(retriever.generation.store, TERMS).run(before)


def families(retriever: HybridRetriever, rows: Sequence[int]) -> list[str]:
    return [one.family for one in retriever.generation.store.sentences(rows)]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("sector", ["saffron", "safran", "الزعفران", "Saffron"])
def test_what_concerns_the_sector_comes_forward(
    retriever: HybridRetriever, question: str, sector: str
) -> None:
    before, after = found(retriever, question, Profile(sector=sector))
    rows = [match.row for match in after.matches]
    assert sorted(rows) == sorted(match.row for match in before.matches)
    scores = {match.row: match.score for match in before.matches}
    assert before.query is not None
    lifted = {m.row for m in after.matches if m.score > scores[m.row]}
    assert set(families(retriever, sorted(lifted))) == {"saffron-programme"}
    assert all(
        match.score - scores[match.row] <= BONUS * before.query.spread + 1e-9
        for match in after.matches
    )
    assert [m.score for m in after.matches] == sorted(
        (m.score for m in after.matches), reverse=True
    )


@pytest.mark.parametrize("market", ["Taliouine", "تالوين"])
def test_a_market_lifts_the_statements_that_name_it(
    retriever: HybridRetriever, market: str
) -> None:
    before, after = found(retriever, QUESTIONS[0], Profile(market=market))
    scores = {match.row: match.score for match in before.matches}
    lifted = [match.row for match in after.matches if match.score > scores[match.row]]
    words = [one.words for one in retriever.generation.store.sentences(lifted)]
    assert words
    assert all("Taliouine" in text or "تالوين" in text for text in words)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("profile", [None, Profile(), Profile(sector="fishing", market="Mars")])
def test_without_anything_to_lift_the_order_stays(
    retriever: HybridRetriever, question: str, profile: Profile | None
) -> None:
    before, after = found(retriever, question, profile)
    assert after.matches == before.matches


class Marked:
    """A store whose documents of one family are for newcomers, in one of three ways."""

    def __init__(self, store: Store, family: str, way: str) -> None:
        self._store, self._family, self._way = store, family, way

    @property
    def gazetteer(self) -> Gazetteer:
        return self._store.gazetteer

    def sentences(self, rows: Iterable[int]) -> list[StoredSentence]:
        return list(self._store.sentences(rows))

    def document(self, document_id: str) -> Document:
        document = self._store.document(document_id)
        if document.family != self._family:
            return document
        title = {"fr": "L'appui aux débutants", "ar": "دعم المبتدئين"}.get(
            document.language, "Help"
        )
        return {
            "definition": replace(document, kind="definition"),
            "topic": replace(document, topics=("permits", BEGINNING)),
            "title": replace(document, title=title),
        }[self._way]


NEWCOMERS = Term(
    id=NEWCOMER, kind="term", names={"fr": "débutants", "ar": "المبتدئين", "en": "help"}
)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("way", ["definition", "topic", "title"])
def test_a_newcomer_gets_the_first_steps_first_when_they_are_near(
    retriever: HybridRetriever, question: str, way: str
) -> None:
    before, _ = found(retriever, question, None)
    assert before.query is not None
    marked = Marked(retriever.generation.store, "carpet-desk", way)
    step = Profiled(marked, (*TERMS, NEWCOMERS))  # type: ignore[arg-type]
    state = replace(
        before, question=Question(question=question, profile=Profile(first_export=True))
    )
    after = step.run(state)
    scores = {match.row: match.score for match in before.matches}
    assert sorted(scores) == sorted(match.row for match in after.matches)
    lifts = {match.row: match.score - scores[match.row] for match in after.matches}
    lifted = [row for row, lift in lifts.items() if lift]
    assert set(families(retriever, lifted)) == {"carpet-desk"}
    assert max(lifts.values()) == pytest.approx(BONUS * before.query.spread)
    both = Profile(first_export=True, market="Taliouine")
    twice = step.run(replace(state, question=Question(question=question, profile=both)))
    highest = max(match.score - scores[match.row] for match in twice.matches)
    assert highest == pytest.approx(BONUS * before.query.spread)  # no reason counts on top


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("first", [False, None])
def test_who_has_exported_before_gets_nothing_moved(
    retriever: HybridRetriever, question: str, first: bool | None
) -> None:
    before, _ = found(retriever, question, None)
    marked = Marked(retriever.generation.store, "carpet-desk", "topic")
    state = replace(
        before, question=Question(question=question, profile=Profile(first_export=first))
    )
    assert Profiled(marked, TERMS).run(state).matches == before.matches  # type: ignore[arg-type]
