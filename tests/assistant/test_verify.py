"""What may leave: each check, in each language, and the answer when too little is left."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.answer import Engine
from assistant.phrases import Phrases
from assistant.question import Question
from assistant.state import Draft, EventKind, State
from assistant.verify import Verify, check, quotes
from ingest.errors import LanguageModelError
from tests.assistant.evidences import evidence

FR = "Le permis d'huile d'olive est délivré sous 10 jours à Marrakech."
AR = "تسلم رخصة زيت الزيتون داخل 10 أيام في مراكش."
EN = "The olive oil permit is issued within 10 days from 3 March 2026."
NOT_FR = "Le permis n'est pas exigé pour un envoi de moins de 5 kg."
NOT_AR = "لا تطلب الرخصة لإرسالية يقل وزنها عن 5 كيلوغرامات."
NOT_EN = "The permit is not required for a parcel under 5 kg."


@pytest.mark.parametrize(
    ("quote", "claim"),
    [
        (FR, "Un permis d'huile d'olive est délivré sous 10 jours, à Marrakech"),
        (AR, "تسلم رخصة زيت الزيتون داخل ١٠ أيام في مراكش"),
        (EN, "An olive oil permit is issued within 10 days from March 2026."),
        (NOT_FR, "Un permis n'est pas exigé pour un envoi de moins de 5 kg"),
        (NOT_AR, "لا تطلب رخصة لإرسالية يقل وزنها عن 5 كيلوغرامات"),
        (NOT_EN, "A permit is not required for parcels under 5 kg."),
    ],
)
def test_a_claim_in_the_words_of_its_evidence_may_leave(quote: str, claim: str) -> None:
    verdict = check(Draft(claim, (1,)), evidence(quote))
    assert (verdict.mode, verdict.reason) == ("generated", "")


@pytest.mark.parametrize(
    ("quote", "claim", "reason"),
    [
        (FR, "Le permis est délivré sous 11 jours.", "figure"),
        (FR, "Le permis est délivré sous 10 mois.", "figure"),
        (FR, "Le permis est délivré le 10 mars 2026.", "figure"),
        (FR, "Le permis est délivré au 0537000111.", "figure"),
        (FR, "Le permis est délivré sur permis.ma.", "figure"),
        (FR, "Le permis gratuit est délivré sous 10 jours.", "support"),
        (FR, "Le permis n'est pas délivré à Marrakech.", "polarity"),
        (FR, "", "support"),
        (FR, "…", "support"),
        (AR, "تسلم رخصة زيت الزيتون داخل 11 يوما.", "figure"),
        (AR, "تسلم رخصة زيت الزيتون مجانا.", "support"),
        (AR, "لا تسلم رخصة زيت الزيتون في مراكش.", "polarity"),
        (EN, "The permit is issued within 11 days.", "figure"),
        (EN, "The permit is issued from 4 March 2026.", "figure"),
        (EN, "The free permit is issued within 10 days.", "support"),
        (NOT_FR, "Le permis est exigé pour un envoi de moins de 5 kg.", "polarity"),
        (NOT_AR, "تطلب الرخصة لإرسالية يقل وزنها عن 5 كيلوغرامات.", "polarity"),
        (NOT_EN, "The permit is required for a parcel under 5 kg.", "polarity"),
        (FR, "Sous 10 jours, le permis est délivré.", "support"),
        (FR, "Le permis d'huile d'olive est délivré à Marrakech.", "support"),
        (FR, "The olive oil permit is issued within 10 days in Marrakech.", "language"),
        (
            "En 2024, les ventes de l'Espagne ont augmenté de 5 %, celles de la France de 3 %.",
            "En 2024, les ventes de la France ont augmenté de 5 %, celles de l'Espagne de 3 %.",
            "support",
        ),
        (
            "تؤدى 200 درهم عن الفاتورة و500 درهم عن الطرد.",
            "تؤدى 200 درهم عن الطرد و500 درهم عن الفاتورة.",
            "support",
        ),
        (
            "The delay is 150 days, except for sales on credit.",
            "The delay is 150 days for sales on credit.",
            "bounds",
        ),
        ("يقدم الطلب قبل 30 يوما من الإرسال.", "يقدم الطلب بعد 30 يوما من الإرسال.", "bounds"),
        ("Le taux est au plus de 10 %.", "Le taux est de 10 %.", "bounds"),
        ("The importer may ask for a refund.", "The importer must ask for a refund.", "bounds"),
        ("يمكن للمستورد طلب الاسترجاع.", "يجب على المستورد طلب الاسترجاع.", "bounds"),
    ],
)
def test_a_claim_that_says_something_else_is_held_back(quote: str, claim: str, reason: str) -> None:
    assert check(Draft(claim, (1,)), evidence(quote)).reason == reason


@pytest.mark.parametrize("numbers", [(), (0,), (2,), (-1,), (1, 2)])
def test_only_evidence_of_this_answer_may_be_cited(numbers: tuple[int, ...]) -> None:
    assert check(Draft(FR, numbers), evidence(FR)).reason == "citation"


@pytest.mark.parametrize("quote", [FR, AR, EN, NOT_FR, NOT_AR, NOT_EN])
def test_words_repeated_are_a_quote(quote: str) -> None:
    verdict = check(Draft(quote, (1, 2)), evidence("autre chose", quote))
    assert (verdict.mode, verdict.reason) == ("quote", "")


@pytest.mark.parametrize(
    ("claim", "first", "second"),
    [
        (
            "L'office vise 15 millions de dirhams.",
            "L'office vise 12 millions de dirhams.",
            "Le journal annonce 15 millions de dirhams.",
        ),
        (
            "يستهدف المكتب 15 مليون درهم.",
            "يستهدف المكتب 12 مليون درهم.",
            "تتحدث الجريدة عن 15 مليون درهم.",
        ),
        ("Le permis est exigé.", "Le permis n'est pas exigé.", "Le sac est délivré."),
        ("الرخصة مطلوبة.", "الرخصة غير مطلوبة.", "الكيس جاهز."),
    ],
)
def test_two_pieces_together_prove_nothing_that_neither_says(
    claim: str, first: str, second: str
) -> None:
    assert check(Draft(claim, (1, 2)), evidence(first, second)).reason


def test_the_title_may_stand_in_front() -> None:
    pieces = evidence("Il est délivré sous 10 jours.", title="Le permis d'huile d'olive")
    assert not check(Draft("Permis d'huile : il est délivré sous 10 jours.", (1,)), pieces).reason
    assert check(Draft("Le permis d'huile est délivré sous 10 jours.", (1,)), pieces).reason
    assert check(Draft("Le sac : il est délivré sous 10 jours.", (1,)), pieces).reason


def test_a_figure_of_the_title_alone_proves_nothing() -> None:
    pieces = evidence("Le permis est délivré.", title="Permis 2026")
    assert check(Draft("Le permis 2026 est délivré.", (1,)), pieces).reason == "figure"
    assert check(Draft("Permis 2027 : le permis est délivré.", (1,)), pieces).reason == "figure"


@given(st.sampled_from([FR, AR, EN]), st.integers(min_value=0, max_value=10**7))
def test_no_number_leaves_that_the_evidence_does_not_hold(quote: str, number: int) -> None:
    assume(str(number) not in {"10", "2026", "3"})
    claim = quote.replace("10", str(number))
    assert check(Draft(claim, (1,)), evidence(quote)).reason == "figure"


@given(st.lists(st.sampled_from([FR, AR, EN, NOT_FR, NOT_AR]), unique=True))
def test_quotes_always_pass(texts: list[str]) -> None:
    pieces = evidence(*texts)
    verdicts = [check(draft, pieces) for draft in quotes(pieces)]
    assert all((v.mode, v.reason) == ("quote", "") for v in verdicts)


GOOD = Draft("Un permis d'huile d'olive est délivré sous 10 jours à Marrakech.", (1,))
BAD = Draft("Un permis d'huile d'olive est délivré sous 11 jours à Marrakech.", (1,))
ENGINE = Engine(composer="llm", model="m", generation="g")


def run(*drafts: Draft, fails: bool = False) -> tuple[State, list[str]]:
    told: list[str] = []

    def emit(kind: EventKind, payload: object) -> None:
        told.append(kind)

    def stream() -> Iterator[Draft]:
        yield from drafts
        if fails:
            raise LanguageModelError("gone")

    state = State(
        Question(question="x"), emit=emit, evidence=evidence(FR), drafts=stream(), engine=ENGINE
    )
    return Verify(Phrases.load()).run(state), told


@pytest.mark.parametrize(
    ("drafts", "composer", "notices"),
    [
        ([GOOD], "llm", []),
        ([GOOD, BAD], "llm", []),
        ([GOOD, BAD, Draft("x 12", (1,))], "extractive", ["draft_dropped"]),
        ([BAD], "extractive", ["draft_dropped"]),
        ([], "extractive", ["draft_dropped"]),
    ],
)
def test_too_little_left_makes_the_evidence_the_answer(
    drafts: list[Draft], composer: str, notices: list[str]
) -> None:
    state, _ = run(*drafts)
    assert state.engine is not None
    assert state.engine.composer == composer
    assert [notice.kind for notice in state.notices] == notices
    expected = GOOD.text if composer == "llm" else FR
    assert [sentence.text for sentence in state.sentences] == [expected]


def test_a_model_that_fails_leaves_the_evidence() -> None:
    state, told = run(GOOD, fails=True)
    assert [sentence.text for sentence in state.sentences] == [FR]
    assert [notice.kind for notice in state.notices] == ["model_away"]
    assert told == ["sentence", "sentence"]


def test_a_sentence_said_twice_leaves_once() -> None:
    state, told = run(GOOD, GOOD, GOOD)
    assert [sentence.text for sentence in state.sentences] == [GOOD.text]
    assert told == ["sentence"]
