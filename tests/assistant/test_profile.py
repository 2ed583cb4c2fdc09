"""A profile reorders what is nearly as good, and never hides nor adds anything."""

from collections.abc import Sequence

import pytest

from assistant.normalise import Normalise
from assistant.profile import BONUS, Profiled
from assistant.question import Profile, Question
from assistant.retrieve import Retrieve
from assistant.state import State
from index.generation import Generation
from index.retriever import HybridRetriever
from ingest.glossary import Term
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
    before = Retrieve(retriever).run(state)
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
