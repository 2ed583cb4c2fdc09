"""Is there an answer: by the fit, by what the documents admit, by the kind of figure asked for."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.answer import Citation
from assistant.decide import Decide
from assistant.evidence import Evidence
from assistant.expectation import Expectations
from assistant.question import Question
from assistant.state import EventKind, State
from index.retriever import Query
from ingest.document import Statement
from tests.assistant.evidences import evidence

CHANCE = Query("x", np.ones(1, dtype=np.float32), (), level=0.5, spread=0.01)


def state(question: str, *pieces: Evidence) -> State:
    return State(
        Question(question=question),
        text=question,
        standalone=question,
        query=CHANCE,
        evidence=pieces,
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


def decide(question: str, *pieces: Evidence) -> tuple[str, State]:
    decided = Decide().run(state(question, *pieces))
    assert decided.outcome is not None
    return decided.outcome.status, decided


FEE = ("Le permis coûte 450 dirhams.", "تكلف الرخصة 450 درهما.")
TOLD = ("Le permis est délivré.", "تسلم الرخصة.")
GAP = ("Les sources ne donnent pas le téléphone.", "لا تذكر المصادر الهاتف.")
ASKED = ("Combien coûte le permis ?", "كم تبلغ كلفة الرخصة؟")
CALLED = ("Quel est le téléphone ?", "ما هو رقم الهاتف؟")


@pytest.mark.parametrize(("question", "quote"), list(zip(ASKED, FEE, strict=True)))
def test_a_good_fit_of_the_right_kind_is_an_answer(question: str, quote: str) -> None:
    assert decide(question, *scored(1.1, quote))[0] == "answered"


@pytest.mark.parametrize(("question", "quote"), list(zip(ASKED, FEE, strict=True)))
def test_a_poor_fit_is_none_and_shows_nothing(question: str, quote: str) -> None:
    status, decided = decide(question, *scored(0.3, quote))
    assert (status, decided.evidence, decided.closed) == ("unanswerable", (), True)


@pytest.mark.parametrize("question", ASKED)
def test_no_evidence_is_no_answer(question: str) -> None:
    assert decide(question)[0] == "unanswerable"


@pytest.mark.parametrize(("question", "quote"), list(zip(ASKED, TOLD, strict=True)))
def test_without_the_kind_of_figure_asked_for_it_is_a_part(question: str, quote: str) -> None:
    assert decide(question, *scored(1.1, quote))[0] == "partial"


@pytest.mark.parametrize(("question", "quote"), list(zip(CALLED, TOLD, strict=True)))
def test_a_contact_is_all_or_nothing(question: str, quote: str) -> None:
    assert decide(question, *scored(1.1, quote))[0] == "unanswerable"


@pytest.mark.parametrize(("question", "quote"), list(zip(CALLED, GAP, strict=True)))
def test_what_documents_admit_not_to_know_is_kept_as_the_reason(question: str, quote: str) -> None:
    status, decided = decide(question, *scored(1.1, quote, status="unknown"))
    assert status == "unanswerable"
    assert [item.quote for item in decided.evidence] == [quote]


def test_citations_are_announced_even_when_there_are_none() -> None:
    told: list[tuple[EventKind, object]] = []
    for pieces in (scored(1.1, FEE[0]), ()):
        asked = replace(
            state(ASKED[0], *pieces), emit=lambda kind, payload: told.append((kind, payload))
        )
        Decide().run(asked)
    assert [kind for kind, _ in told] == ["citations", "citations"]
    (_, some), (_, none) = told
    assert isinstance(some, tuple)
    assert [type(citation) for citation in some] == [Citation]
    assert none == ()
