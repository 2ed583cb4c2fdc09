"""From statements to evidence: one language, both sides of a disagreement, numbered to be read."""

import pytest

from assistant.expectation import Expectations
from assistant.normalise import Normalise
from assistant.question import Question
from assistant.relevance import LIMIT, Relevance
from assistant.retrieve import Retrieve
from assistant.select import SelectEvidence
from assistant.state import State
from index.generation import Generation
from index.retriever import HybridRetriever
from tests.fakes import FakeEmbedder
from tests.misbehaviour import DELAY, DELAY_AR, SALES
from tests.tradecorpus import SHEETS


@pytest.fixture(scope="module")
def retriever(trade_generation: Generation, trade_embedder: FakeEmbedder) -> HybridRetriever:
    return HybridRetriever(trade_generation, trade_embedder)


def selecting(retriever: HybridRetriever) -> SelectEvidence:
    return SelectEvidence(retriever, Expectations.load(), Relevance.by_strength())


def select(retriever: HybridRetriever, **question: object) -> State:
    state = Normalise().run(State(Question.model_validate(question)))
    return selecting(retriever).run(Retrieve(retriever).run(state))


@pytest.mark.parametrize("question", [DELAY, DELAY_AR, SALES, "Le safran, l'huile et le tapis ?"])
@pytest.mark.parametrize("language", ["fr", "ar", "en", "ary", "ary-latn"])
def test_a_sheet_found_in_one_language_is_shown_in_the_users(
    retriever: HybridRetriever, question: str, language: str
) -> None:
    evidence = select(retriever, question=question, language=language).evidence
    shown = "ar" if language.startswith("ar") else language
    assert {item.document.language for item in evidence} == {shown}


@pytest.mark.parametrize("question", [DELAY, DELAY_AR, SALES, "safran", "الزعفران", "D-12"])
def test_evidence_is_numbered_in_reading_order_and_said_once(
    retriever: HybridRetriever, question: str
) -> None:
    evidence = select(retriever, question=question).evidence
    assert [item.number for item in evidence] == list(range(1, len(evidence) + 1))
    places = [(item.document.id, item.start) for item in evidence]
    assert len(set(places)) == len(places)
    for document in {item.document.id for item in evidence}:
        starts = [start for place, start in places if place == document]
        assert starts == sorted(starts)
    assert len(evidence) <= LIMIT + 2


@pytest.mark.parametrize(
    "question",
    [
        "Que vise l'office du safran comme ventes de safran ?",
        "ماذا يستهدف مكتب الزعفران من مبيعات للزعفران؟",
        "What saffron sales does the saffron board aim at?",
    ],
)
def test_both_sides_of_a_disagreement_are_there(retriever: HybridRetriever, question: str) -> None:
    evidence = select(retriever, question=question).evidence
    anchors = {item.statement.anchor for item in evidence if item.statement}
    assert {"sales-12", "sales-15"} <= anchors


@pytest.mark.parametrize("question", [DELAY, DELAY_AR])
def test_evidence_knows_where_it_stands_and_who_said_it(
    retriever: HybridRetriever, question: str
) -> None:
    for item in select(retriever, question=question).evidence:
        assert item.section in SHEETS[item.document.id]
        assert item.document.text[item.start : item.end] == item.quote
        assert item.source is not None
        assert item.source.key == "olive-guide-2025"


def test_without_hits_there_is_no_evidence(retriever: HybridRetriever) -> None:
    state = Normalise().run(State(Question(question="safran")))
    assert selecting(retriever).run(state).evidence == ()
