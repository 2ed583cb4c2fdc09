"""Which kind of thing would answer a question, and whether a text holds one."""

from collections import Counter

import pytest

from assistant.expectation import Expectations
from ingest.corpus import Corpus

EXPECTATIONS = Expectations.load()


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Quel est le téléphone du guichet ?", "contact number"),
        ("Qui contacter pour le permis ?", "contact"),
        ("What is the phone number of the desk?", "contact number"),
        ("ما هو رقم هاتف المكتب؟", "contact number"),
        ("عطيني النمرة ديال المكتب", "contact number"),
        ("3tini nemra dyal lmaktab", "contact number"),
        ("Combien coûte le permis ?", "money"),
        ("How much does it cost?", "money"),
        ("كم تبلغ كلفة الرخصة؟", "money"),
        ("بشحال الرخصة؟", "money"),
        ("bchhal rokhsa?", "money"),
        ("Quelle part des permis est refusée ?", "share"),
        ("What percentage is refused?", "share"),
        ("ما نسبة الرخص المرفوضة؟", "share"),
        ("Au bout de combien d'années le renouveler ?", "duration"),
        ("بعد كم سنة تجدد الرخصة؟", "duration"),
        ("Combien de permis ?", "amount"),
        ("How many permits?", "amount"),
        ("شحال من رخصة؟", "amount"),
        ("Depuis quand le permis existe-t-il ?", "date"),
        ("Since when does it exist?", "date"),
        ("في أي تاريخ صدر المرسوم؟", "date"),
        ("فوقاش خرج القانون؟", "date"),
    ],
)
def test_what_a_question_asks_for(question: str, kinds: str) -> None:
    assert {expectation.name for expectation in EXPECTATIONS.of(question)} == set(kinds.split())


def test_a_strict_kind_is_one_that_answers_hold(real_corpus: Corpus) -> None:
    facts, gaps = Counter[bool](), Counter[bool]()
    for document in real_corpus.documents:
        for one in document.statements:
            words = document.text[one.start : one.end]
            for question in one.questions:
                for kind in EXPECTATIONS.of(question):
                    if kind.strict:
                        (gaps if one.is_gap else facts)[kind.met_by(words)] += 1
    assert facts.total() > 100
    assert facts[True] / facts.total() > 0.95
    assert gaps.total() > 200
    assert gaps[False] / gaps.total() > 0.95


@pytest.mark.parametrize(
    "question",
    [
        "Qui supporte le coût du transport ?",
        "À quel prix la douane évalue-t-elle ?",
        "Who bears court costs?",
        "Can an email prove a deal?",
        "هل يشمل العقد ثمن البضاعة؟",
        "wach diwana t9bel taman bayn filiales?",
    ],
)
def test_speaking_of_a_price_is_not_asking_for_one(question: str) -> None:
    assert not any(kind.strict for kind in EXPECTATIONS.of(question))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Combien coûte le permis ?", "Le permis est gratuit."),
        ("How much does it cost?", "The permit is free of charge."),
        ("كم تبلغ كلفة الرخصة؟", "تسلم الرخصة مجانا."),
    ],
)
def test_what_costs_nothing_is_said_in_words(question: str, words: str) -> None:
    [expectation] = EXPECTATIONS.of(question)
    assert expectation.strict
    assert expectation.met_by(words)
    assert not expectation.met_by("Free trade, libre-échange, التبادل الحر")


@pytest.mark.parametrize(
    "question",
    [
        "Que fait le guichet ?",
        "ماذا يفعل المكتب؟",
        "What is a permit?",
        "شنو هي الرخصة؟",
        "ماذا يقال بالنسبة للرخصة؟",
    ],
)
def test_most_questions_ask_for_none(question: str) -> None:
    assert EXPECTATIONS.of(question) == ()


@pytest.mark.parametrize(
    ("question", "met", "unmet"),
    [
        ("téléphone ?", "Le 0537000111.", "Le guichet, 3 mai 2026, 10 jours."),
        ("هاتف ؟", "الرقم ٠٥٣٧٠٠٠١١١.", "المكتب، 10 أيام."),
        ("Combien coûte ?", "450 dirhams.", "Le permis est délivré."),
        ("كم تبلغ كلفة الرخصة؟", "450 درهما.", "تسلم الرخصة."),
        ("Depuis quand ?", "Depuis mars 2024.", "Depuis toujours."),
        ("منذ متى؟", "منذ مارس 2024.", "منذ زمن."),
    ],
)
def test_what_meets_it(question: str, met: str, unmet: str) -> None:
    [expectation] = EXPECTATIONS.of(question)
    assert expectation.met_by(met)
    assert not expectation.met_by(unmet)
