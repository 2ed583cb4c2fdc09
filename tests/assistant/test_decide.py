"""Is there an answer: by relevance, by what documents admit, by the kind of figure asked for."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.answer import Citation
from assistant.decide import EXPLAINS, LEVEL, SPEAKS, Decide
from assistant.evidence import Evidence
from assistant.expectation import Expectations
from assistant.question import Question
from assistant.relevance import Logistic, Relevance
from assistant.state import EventKind, State
from index.retriever import Query
from ingest.document import Conflict, Position, Statement
from tests.assistant.candidates import candidate
from tests.assistant.evidences import evidence

CHANCE = Query("x", np.ones(1, dtype=np.float32), (), level=0.5, spread=0.01)


def state(question: str, *pieces: Evidence) -> State:
    return State(
        Question(question=question),
        text=question,
        standalone=question,
        query=CHANCE,
        evidence=pieces,
        candidates=tuple(
            candidate(item.quote, relevance=item.score, gap=item.is_gap) for item in pieces
        ),
        wanted=Expectations.load().of(question),
    )


def scored(score: float, *quotes: str, status: str = "current") -> tuple[Evidence, ...]:
    return tuple(
        replace(
            item,
            score=score,
            statement=Statement("a", 0, len(item.quote), (), status),  # type: ignore[arg-type]
        )
        for item in evidence(*quotes)
    )


def disagreeing(*scores: float) -> tuple[Evidence, ...]:
    """Pieces of one document, each a side of the same disagreement."""
    quotes = [f"Le permis coûte {number}00 dirhams." for number in range(len(scores))]
    (whole,) = evidence(" ".join(quotes))
    starts = [whole.quote.index(quote) for quote in quotes]
    statements = tuple(
        Statement(f"side-{start}", start, start + len(quote), ())
        for start, quote in zip(starts, quotes, strict=True)
    )
    positions = tuple(Position(s.anchor, (s.anchor,)) for s in statements)
    document = replace(
        whole.document,
        id="sides",
        statements=statements,
        conflicts=(Conflict("fee", "Le prix", positions),),
    )
    return tuple(
        Evidence(number, document, s.start, s.end, section="", score=score, statement=s)
        for number, (s, score) in enumerate(zip(statements, scores, strict=True), start=1)
    )


def unsure() -> Relevance:
    """Finds every answer improbable."""
    return Relevance(Logistic(0.0, {}), Logistic(-9.0, {}), 0.5, embedder=None)


def sure() -> Relevance:
    """Finds every answer probable."""
    return Relevance(Logistic(0.0, {}), Logistic(9.0, {}), 0.5, embedder=None)


def decide(question: str, *pieces: Evidence, bold: bool = False) -> tuple[str, State]:
    decided = Decide(Relevance.by_strength(), bold=bold).run(state(question, *pieces))
    assert decided.outcome is not None
    return decided.outcome.status, decided


FEE = ("Le permis coûte 450 dirhams.", "تكلف الرخصة 450 درهما.")
TOLD = ("Le permis est délivré.", "تسلم الرخصة.")
GAP = ("Les sources ne donnent pas le téléphone.", "لا تذكر المصادر الهاتف.")
ASKED = ("Combien coûte le permis ?", "كم تبلغ كلفة الرخصة؟")
DATED = ("Quel est le délai du permis ?", "ما هي المدة؟")
CALLED = ("Quel est le téléphone ?", "ما هو رقم الهاتف؟")


@pytest.mark.parametrize(("question", "quote"), list(zip(ASKED, FEE, strict=True)))
def test_a_good_fit_of_the_right_kind_is_an_answer(question: str, quote: str) -> None:
    assert decide(question, *scored(0.9, quote))[0] == "answered"


@pytest.mark.parametrize(("question", "quote"), list(zip(ASKED, FEE, strict=True)))
def test_a_poor_fit_is_none_and_shows_nothing(question: str, quote: str) -> None:
    status, decided = decide(question, *scored(0.3, quote))
    assert (status, decided.evidence, decided.closed) == ("unanswerable", (), True)


@pytest.mark.parametrize(("question", "quote"), list(zip(ASKED, FEE, strict=True)))
def test_support_is_how_probable_an_answer_is(question: str, quote: str) -> None:
    poor, good = (decide(question, *scored(score, quote))[1].support for score in (0.3, 0.9))
    assert poor is not None
    assert good is not None
    assert poor < 0.5 <= good
    assert decide(question)[1].support == 0.0


@pytest.mark.parametrize(("question", "quote"), list(zip(ASKED, FEE, strict=True)))
def test_a_bold_one_answers_whatever_it_found(question: str, quote: str) -> None:
    status, decided = decide(question, *scored(0.1, quote), bold=True)
    assert (status, len(decided.evidence), decided.closed) == ("answered", 1, False)
    assert decide(question, bold=True)[0] == "unanswerable"


@pytest.mark.parametrize("question", ASKED)
def test_no_evidence_is_no_answer(question: str) -> None:
    assert decide(question)[0] == "unanswerable"


@pytest.mark.parametrize(("question", "quote"), list(zip(DATED, TOLD, strict=True)))
def test_without_the_kind_of_figure_asked_for_it_is_a_part(question: str, quote: str) -> None:
    assert decide(question, *scored(0.9, quote))[0] == "partial"


@pytest.mark.parametrize(("question", "quote"), list(zip(CALLED + ASKED, TOLD + TOLD, strict=True)))
def test_a_contact_or_a_price_is_all_or_nothing(question: str, quote: str) -> None:
    assert decide(question, *scored(0.9, quote))[0] == "unanswerable"


@pytest.mark.parametrize(("question", "quote"), list(zip(CALLED, GAP, strict=True)))
def test_what_documents_admit_not_to_know_is_kept_as_the_reason(question: str, quote: str) -> None:
    status, decided = decide(question, *scored(0.9, quote, status="unknown"))
    assert status == "unanswerable"
    assert [item.quote for item in decided.evidence] == [quote]


@pytest.mark.parametrize(("question", "quote"), list(zip(CALLED, GAP, strict=True)))
def test_a_gap_about_something_else_explains_no_refusal(question: str, quote: str) -> None:
    near, far = scored(EXPLAINS, quote, status="unknown") + scored(
        EXPLAINS - 0.01, f"{quote} (2)", status="unknown"
    )
    status, decided = decide(question, far, replace(near, number=2))
    assert status == "unanswerable"
    assert [(item.number, item.quote) for item in decided.evidence] == [(1, quote)]


@pytest.mark.parametrize(("question", "cost"), list(zip(ASKED, FEE, strict=True)))
def test_one_of_two_kinds_is_a_part(question: str, cost: str) -> None:
    both = f"{question} Quel délai ?"
    assert decide(both, *scored(0.9, cost))[0] == "partial"


@pytest.mark.parametrize(
    ("question", "quotes"), list(zip(CALLED, zip(GAP, TOLD, strict=True), strict=True))
)
def test_a_gap_does_not_silence_a_fact_that_is_what_was_asked_for(
    question: str, quotes: tuple[str, str]
) -> None:
    gap, told = quotes
    asked = question.replace("téléphone", "délai").replace("رقم الهاتف", "هي المدة")
    cases = (
        (unsure(), SPEAKS + 0.1, 0.5, "partial", [gap, told]),
        (unsure(), SPEAKS + 0.1, (SPEAKS + 0.2) / LEVEL, "unanswerable", [gap]),
        (unsure(), SPEAKS - 0.1, 0.3, "unanswerable", [gap]),
        (sure(), SPEAKS - 0.1, 0.9, "partial", [gap, told]),
    )
    for relevance, score, lead, status, shown in cases:
        pieces = (*scored(lead, gap, status="unknown"), *scored(score, told))
        numbered = (replace(piece, number=n) for n, piece in enumerate(pieces, start=1))
        decided = Decide(relevance).run(state(asked, *numbered))
        assert decided.outcome is not None
        assert decided.outcome.status == status
        assert [item.quote for item in decided.evidence] == shown


CONTACTS = (
    ("Quel est le téléphone du guichet ?", "Téléphone du guichet : 0537000001.", GAP[0]),
    ("ما رقم هاتف الشباك؟", "هاتف الشباك: 0537000001.", GAP[1]),
)


@pytest.mark.parametrize(("question", "number", "gap"), CONTACTS)
@pytest.mark.parametrize(("lead", "status"), [(0.9, "unanswerable"), (0.3, "partial")])
def test_a_number_is_given_unless_what_fits_best_says_that_there_is_none(
    question: str, number: str, gap: str, lead: float, status: str
) -> None:
    pieces = (*scored(0.7, number), *scored(lead, gap, status="unknown"))
    numbered = (replace(piece, number=n) for n, piece in enumerate(pieces, start=1))
    decided = Decide(sure()).run(state(question, *numbered))
    assert decided.outcome is not None
    assert decided.outcome.status == status


@pytest.mark.parametrize(
    ("scores", "status"),
    [((0.9, 0.1), "conflict"), ((0.1, 0.9), "conflict"), ((0.3, 0.3), "answered")],
)
@pytest.mark.parametrize(("question", "quote"), list(zip(ASKED, FEE, strict=True)))
def test_only_a_disagreement_on_what_was_asked_is_the_answer(
    question: str, quote: str, scores: tuple[float, float], status: str
) -> None:
    (first, *_) = pieces = disagreeing(*scores)
    (best,) = scored(0.9, quote)
    asked = state(question, *pieces, replace(best, number=len(pieces) + 1))
    decided = Decide(Relevance.by_strength()).run(asked)
    assert first.document.conflicts
    assert decided.outcome is not None
    assert decided.outcome.status == status


def test_citations_are_announced_even_when_there_are_none() -> None:
    told: list[tuple[EventKind, object]] = []
    for pieces in (scored(0.9, FEE[0]), ()):
        asked = replace(
            state(ASKED[0], *pieces), emit=lambda kind, payload: told.append((kind, payload))
        )
        Decide(Relevance.by_strength()).run(asked)
    assert [kind for kind, _ in told] == ["citations", "citations"]
    (_, some), (_, none) = told
    assert isinstance(some, tuple)
    assert [type(citation) for citation in some] == [Citation]
    assert none == ()
