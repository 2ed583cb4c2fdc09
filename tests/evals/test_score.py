"""One question measured: every measure that is asked of it, and no other."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Status
from evals.citations import WordSupport
from evals.gold import GoldItem
from evals.score import SHOWN, Library, Result, Scorer, Scores
from evals.spans import Span
from evals.system import Observation
from ingest.document import Document

MakeAnswer = Callable[..., Answer]
MakeItem = Callable[..., GoldItem]
Cite = Callable[..., Citation]

EVIDENCE = {"document": "delay.fr", "statement": "now", "start": 0, "end": 26}
HOLDS, BESIDE = Span("delay.fr", 0, 26), Span("delay.fr", 27, 60)
STATUSES: list[Status] = [
    "answered", "partial", "conflict", "clarify", "unanswerable", "out_of_scope", "refused",
]  # fmt: skip


def asked(scores: Scores) -> dict[str, float]:
    """The measures that were asked, by name."""
    return {name: value for name, value in scores if value is not None}


def worst(scores: Scores) -> dict[str, float]:
    """The worst value of each of these measures."""
    high = {"crag": -1.0, "false_answer": 1.0, "false_refusal": 1.0, "unguarded_wrong": 1.0}
    return {name: high.get(name, 0.0) for name in asked(scores)}


def test_a_right_answer_is_right_in_every_measure(
    make_item: MakeItem, right: Answer, scorer: Scorer
) -> None:
    result = scorer.score(
        make_item(evidence=[EVIDENCE]), Observation(right, (HOLDS,), 5.0, unguarded=right)
    )
    found = asked(result.scores)
    assert found.pop("false_refusal") == 0
    assert found.pop("unguarded_wrong") == 0
    assert set(found) == set(Scores.model_fields) - {
        "false_refusal", "unguarded_wrong", "false_answer",
    }  # fmt: skip
    assert set(found.values()) == {1}
    assert (result.facts, result.quotes, result.outcome) == ((True,), ("supported",), "answered")
    assert (result.missing, result.forbidden, result.unsupported, result.error) == (
        (),
        (),
        (),
        None,
    )


def test_what_varies_between_equal_runs_is_not_kept(
    make_item: MakeItem, right: Answer, scorer: Scorer
) -> None:
    varied = right.model_copy(update={"id": "another", "timings_ms": {"total": 3.0}})
    kept = [scorer.score(make_item(), Observation(answer)) for answer in (right, varied)]
    assert kept[0].model_dump_json() == kept[1].model_dump_json()


def test_a_result_is_read_as_it_was_written(
    make_item: MakeItem, right: Answer, scorer: Scorer
) -> None:
    seen = Observation(right, (BESIDE, HOLDS), 5.0, unguarded=right)
    for result in (
        scorer.score(make_item(evidence=[EVIDENCE]), seen),
        scorer.fail(make_item(evidence=[EVIDENCE]), "internal: سقط"),
    ):
        line = result.model_dump_json()
        assert Result.model_validate_json(line) == result
        assert Result.model_validate_json(line).model_dump_json() == line


def test_withholding_an_answer_scores_0_and_stays(
    make_item: MakeItem, silent: Answer, scorer: Scorer
) -> None:
    result = scorer.score(make_item(evidence=[EVIDENCE]), Observation(silent))
    scores = result.scores
    assert scores.crag == 0
    assert (scores.fact_recall, scores.cit_recall, scores.quote_exact) == (0, 0, 0)
    assert (scores.gold_cite_recall, scores.answer_em_all) == (0, 0)
    assert scores.figure_precision == 1
    assert scores.false_refusal == 1
    assert result.missing == ("150 jours",)


@pytest.mark.parametrize(("order", "lead"), [((0, 26), 1.0), ((27, 50), 0.0)])
def test_only_the_first_sentence_leads(
    make_item: MakeItem,
    make_answer: MakeAnswer,
    cite: Cite,
    scorer: Scorer,
    *,
    order: tuple[int, int],
    lead: float,
) -> None:
    places = ((0, 26), (27, 50))
    first, second = sorted(places, key=lambda place: place != order)
    shown = [cite(1, *first), cite(2, *second)]
    answer = make_answer([(one.quote, (one.n,)) for one in shown], shown)
    scores = scorer.score(make_item(evidence=[EVIDENCE]), Observation(answer)).scores
    assert scores.lead == lead
    assert scores.gold_cite_recall == 1


def test_a_fact_that_is_told_while_withholding_is_not_recalled(
    make_item: MakeItem, right: Answer, scorer: Scorer
) -> None:
    refused = right.model_copy(update={"status": "refused"})
    result = scorer.score(make_item(), Observation(refused))
    assert result.facts == (True,)
    assert result.scores.fact_recall == 0
    assert result.scores.crag == 0


def test_an_invented_figure_and_an_altered_quote_are_named(
    make_item: MakeItem, make_answer: MakeAnswer, cite: Cite, scorer: Scorer
) -> None:
    citation = cite(1, 0, 26, quote="Le délai est de 151 jours.")
    answer = make_answer([("Le délai est de 150 jours.", (1,))], [citation])
    result = scorer.score(make_item(), Observation(answer))
    assert result.unsupported == ("150 jours",)
    assert result.quotes == ("fabricated",)
    assert result.scores.crag == -1
    assert result.scores.quote_exact == 0


def test_a_quote_of_a_document_that_does_not_exist_proves_nothing(
    make_item: MakeItem, make_answer: MakeAnswer, cite: Cite, scorer: Scorer
) -> None:
    citation = cite(1, 0, 26).model_copy(update={"document_id": "nowhere.fr"})
    result = scorer.score(
        make_item(evidence=[EVIDENCE]),
        Observation(make_answer([(citation.quote, (1,))], [citation])),
    )
    assert result.quotes == ("misattributed",)
    assert (result.scores.quote_exact, result.scores.gold_cite_recall) == (0, 0)


def test_a_forbidden_number_in_the_hand_off_spoils_a_refusal(
    make_item: MakeItem, make_answer: MakeAnswer, scorer: Scorer
) -> None:
    item = make_item(
        expect=["unanswerable"], best="unanswerable", facts=[], forbidden=["0537739327"]
    )
    contact = {"kind": "phone", "value": "05 37 73 93 27", "source": "s"}
    handoff = {"body": "Ministère", "why": "", "contacts": [contact]}
    answer = make_answer(status="unanswerable", lead="Non.", handoff=handoff)
    result = scorer.score(item, Observation(answer))
    assert result.forbidden == ("0537739327",)
    assert result.scores.crag == -1


def test_a_past_rule_told_as_what_holds_spoils_an_answer(
    make_item: MakeItem, make_answer: MakeAnswer, cite: Cite, scorer: Scorer
) -> None:
    item = make_item(forbidden_as_current=["60 jours"])
    sentences = [("Le délai est de 150 jours.", (1,)), ("Il est de 60 jours.", (1,))]
    told = make_answer(sentences, [cite(1, 0, 60)])
    assert scorer.score(item, Observation(told)).forbidden == ("60 jours",)


@pytest.mark.parametrize(("cited", "crag", "false_answer"), [(True, 1, 0), (False, -1, 1)])
def test_a_partial_answer_to_the_unanswerable_must_cite_what_the_documents_say(
    make_item: MakeItem,
    make_answer: MakeAnswer,
    cite: Cite,
    scorer: Scorer,
    *,
    cited: bool,
    crag: float,
    false_answer: float,
) -> None:
    item = make_item(
        expect=["unanswerable"], best="unanswerable", facts=[], partial_if=True, evidence=[EVIDENCE]
    )
    citation = cite(1, 0, 26) if cited else cite(1, 27, 60)
    answer = make_answer([(citation.quote, (1,))], [citation], status="partial")
    scores = scorer.score(item, Observation(answer)).scores
    assert (scores.crag, scores.false_answer) == (crag, false_answer)


@pytest.mark.parametrize(
    ("languages", "text", "right"),
    [
        ((), "الأجل هو 150 يوما من تاريخ التصدير.", 0),
        (("ar",), "الأجل هو 150 يوما من تاريخ التصدير.", 1),
        (("ar",), "Le délai est de 150 jours.", 1),
    ],
)
def test_replies_are_languages_that_also_suit(
    make_item: MakeItem,
    make_answer: MakeAnswer,
    scorer: Scorer,
    *,
    languages: tuple[str, ...],
    text: str,
    right: float,
) -> None:
    item = make_item(replies=languages)
    assert scorer.score(item, Observation(make_answer(lead=text))).scores.language_ok == right


@pytest.mark.parametrize(
    ("passages", "recall_5", "mrr"), [((HOLDS,), 1, 1), ((BESIDE, HOLDS), 1, 0.5), ((), 0, 0)]
)
def test_retrieval_is_measured_where_passages_are_shown(
    make_item: MakeItem,
    silent: Answer,
    scorer: Scorer,
    *,
    passages: tuple[Span, ...],
    recall_5: float,
    mrr: float,
) -> None:
    scores = scorer.score(make_item(evidence=[EVIDENCE]), Observation(silent, passages)).scores
    assert (scores.recall_5, scores.mrr_10) == (recall_5, mrr)
    hidden = scorer.score(make_item(evidence=[EVIDENCE]), Observation(silent)).scores
    assert not SHOWN.intersection(asked(hidden))


@pytest.mark.parametrize(
    ("language", "variants", "pair"),
    [
        ("fr", ("fr",), "fr-fr"),
        ("ar", ("fr",), "ar-fr"),
        ("ar", ("fr", "ar"), "ar-ar"),
        ("ary", ("fr", "ar"), "ary-fr"),
    ],
)
def test_answers_and_errors_tell_the_languages_of_question_and_evidence(
    make_item: MakeItem,
    document: Document,
    silent: Answer,
    *,
    language: str,
    variants: tuple[str, ...],
    pair: str,
) -> None:
    documents = [replace(document, id=f"delay.{one}", language=one) for one in variants]
    scorer = Scorer(Library.of(documents), WordSupport())
    asked = make_item(language=language, evidence=[EVIDENCE])
    assert scorer.score(asked, Observation(silent)).pair == pair
    assert scorer.fail(asked, "internal: سقط").pair == pair
    assert scorer.score(make_item(language=language), Observation(silent)).pair is None


@pytest.mark.parametrize(("best", "wrong"), [("answered", 0), ("unanswerable", 1)])
def test_a_forced_answer_to_the_unanswerable_is_always_wrong(
    make_item: MakeItem, right: Answer, silent: Answer, scorer: Scorer, *, best: str, wrong: float
) -> None:
    item = make_item(best=best, expect=[best])
    assert scorer.score(item, Observation(silent, unguarded=right)).scores.unguarded_wrong == wrong


@pytest.mark.parametrize("best", ["answered", "unanswerable"])
@pytest.mark.parametrize("evidence", [[EVIDENCE], []])
@pytest.mark.parametrize("facts", [[{"type": "number", "any": ["150 jours"]}], []])
def test_an_error_is_the_worst_in_every_measure_that_is_asked(
    make_item: MakeItem,
    right: Answer,
    scorer: Scorer,
    *,
    best: str,
    evidence: list[Mapping[str, object]],
    facts: list[Mapping[str, object]],
) -> None:
    item = make_item(best=best, expect=[best], evidence=evidence, facts=facts)
    answered = scorer.score(item, Observation(right, (HOLDS,), 5.0, unguarded=right))
    failed = scorer.fail(item, "language_model_failed: away")
    assert asked(failed.scores) == worst(answered.scores)
    assert failed.outcome == "error"
    assert failed.missing == tuple(fact.any[0] for fact in item.facts)


@given(
    status=st.sampled_from(STATUSES),
    best=st.sampled_from(STATUSES),
    forbidden=st.sampled_from([[], ["150 jours"], ["9 jours"]]),
    partial_if=st.booleans(),
    passages=st.sampled_from([None, (), (BESIDE, HOLDS)]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_all_scores_are_bounded_and_errors_are_never_better(
    make_item: MakeItem,
    right: Answer,
    scorer: Scorer,
    *,
    status: Status,
    best: Status,
    forbidden: list[str],
    partial_if: bool,
    passages: tuple[Span, ...] | None,
) -> None:
    item = make_item(
        best=best, expect=[best], forbidden=forbidden, partial_if=partial_if, evidence=[EVIDENCE]
    )
    answer = right.model_copy(update={"status": status})
    scores = scorer.score(item, Observation(answer, passages, unguarded=right)).scores
    failed = asked(scorer.fail(item, "x").scores)
    for name, value in asked(scores).items():
        low = -1 if name == "crag" else 0
        assert low <= value <= 1, name
        is_cost = name in {"false_answer", "false_refusal", "unguarded_wrong"}
        assert failed[name] >= value if is_cost else failed[name] <= value, name
