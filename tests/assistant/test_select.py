"""From statements to evidence: one language, both sides of a disagreement, numbered to be read."""

import pytest

from assistant.expectation import Expectations
from assistant.normalise import Normalise
from assistant.question import Question
from assistant.relevance import LIMIT, Relevance
from assistant.retrieve import Retrieve
from assistant.select import SelectEvidence, with_wanted
from assistant.state import State
from assistant.wishes import Wishes
from index.generation import Generation
from index.retriever import HybridRetriever
from tests.assistant.candidates import candidate
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
    return selecting(retriever).run(Retrieve(retriever, Wishes.load()).run(state))


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
    assert len(evidence) <= LIMIT + 2


@pytest.mark.parametrize("question", [DELAY, DELAY_AR, SALES, "safran", "الزعفران", "D-12"])
def test_the_most_relevant_is_read_first_and_gaps_come_last(
    retriever: HybridRetriever, question: str
) -> None:
    evidence = select(retriever, question=question).evidence
    facts = [item for item in evidence if not item.is_gap]
    gaps = [item for item in evidence if item.is_gap]
    assert evidence == (*facts, *gaps)
    for group in (facts, gaps):
        scores = [item.score for item in group]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(("question", "told"), [(DELAY, "10 jours"), (DELAY_AR, "10 أيام")])
def test_a_deadline_that_is_asked_for_is_read_first(
    retriever: HybridRetriever, question: str, told: str
) -> None:
    assert told in select(retriever, question=question).evidence[0].quote


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


@pytest.mark.parametrize(
    ("question", "price"),
    [
        ("Combien coûte l'ouverture d'un compte ?", "L'abonnement coûte 3 600 dirhams par an."),
        ("كم يكلف فتح حساب؟", "يكلف الاشتراك 3.600 درهم في السنة."),
    ],
)
def test_a_price_that_stands_a_few_lines_below_is_kept(question: str, price: str) -> None:
    wanted = Expectations.load().of(question)
    opened = candidate("Le compte s'ouvre sur le portail.", relevance=0.8)
    told = candidate(price, relevance=0.15)
    elsewhere = candidate("Le tapis coûte 900 dirhams.", relevance=0.3, family="carpets")
    faint = candidate("La poste prend 9 dirhams.", relevance=0.01)
    assert with_wanted([opened], [opened, elsewhere, told], wanted) == [opened, told]
    assert with_wanted([opened], [opened, elsewhere, faint], wanted) == [opened]
    assert with_wanted([told], [told, opened], wanted) == [told]
    assert with_wanted([opened], [opened, told], ()) == [opened]


def test_a_number_to_call_is_not_looked_for_a_few_lines_below() -> None:
    wanted = Expectations.load().of("Quel est le numéro de téléphone du guichet ?")
    desk = candidate("Le guichet ouvre à 9 heures.", relevance=0.8)
    neighbour = candidate("Téléphone de la direction : 0537736074.", relevance=0.3)
    assert any(kind.strict for kind in wanted)
    assert with_wanted([desk], [desk, neighbour], wanted) == [desk]
