"""Fitting on made-up samples: what can be learnt is learnt, and never measured where it was."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from assistant.assistant import Assistant, assemble
from assistant.compose import ExtractiveComposer
from assistant.question import Question
from assistant.relevance import Ground, Logistic, Relevance, Signals
from assistant.state import State
from evals.fit import FOLDS, READ, Fitted, Sample, collect, fit
from evals.gold import Evidence, GoldItem
from index.generation import Generation
from index.retriever import Query
from tests.assistant.candidates import NOTHING, candidate
from tests.fakes import FakeEmbedder

SHEETS = [f"sheet-{number}" for number in range(2 * FOLDS)]
NAME = "made-up 0123456789ab"


def item(name: str, sheet: str, *, answerable: bool = True, question: str = "x") -> GoldItem:
    best = "answered" if answerable else "unanswerable"
    return GoldItem.model_validate(
        {
            "id": name, "language": "fr", "question": question, "kind": "lookup",
            "expect": (best,), "best": best, "sheets": (sheet,),
        }
    )  # fmt: skip


def sample(
    name: str, sheet: str, signals: Sequence[Signals], *, answerable: bool, level: float = 0.0
) -> Sample:
    """The first of the signals is that of the statement which the gold names, if it names one."""
    query = Query("x", np.ones(1, dtype=np.float32), (), level, spread=0.01)
    return Sample(
        item(name, sheet, answerable=answerable),
        State(Question(question="x"), query=query),
        tuple(candidate(f"Fait {n}.", relevance=0.5, signals=s) for n, s in enumerate(signals)),
        tuple(answerable and n == 0 for n in range(len(signals))),
    )


def separable(sheets: Sequence[str] = SHEETS) -> list[Sample]:
    """Strong and near where there is an answer, weak and far where there is none."""
    rng = np.random.default_rng(3)
    strong, weak = replace(NOTHING, strength=6.0, cosine=0.9), replace(NOTHING, cosine=0.7)

    def noisy(signals: Signals) -> Signals:
        by = rng.normal(0.0, 0.3, 2)
        return replace(
            signals, strength=signals.strength + by[0], cosine=signals.cosine + by[1] / 30
        )

    return [
        sample(
            f"{sheet}-{answerable}",
            sheet,
            [noisy(strong if answerable else weak), *(noisy(weak) for _ in range(3))],
            answerable=answerable,
        )
        for sheet in sheets
        for answerable in (True, False)
    ]


def relevance(fitted: Fitted) -> Relevance:
    return Relevance(
        Logistic(**fitted.statement),
        Logistic(**fitted.answer),
        fitted.threshold,
        embedder=fitted.embedder,
    )


def test_what_can_be_told_apart_is_told_apart_on_unseen_sheets() -> None:
    fitted, held = fit(separable(), NAME)
    assert held.answerable == tuple(one.item.answerable for one in separable())
    answered = tuple(support >= fitted.threshold for support in held.support)
    assert answered == held.answerable
    assert all(0 <= support <= 1 for support in held.support)


def test_the_weights_serve_the_assistant_as_they_are() -> None:
    fitted, _ = fit(separable(), NAME)
    assert Fitted.model_validate_json(fitted.model_dump_json()) == fitted
    assert set(fitted.statement["weights"]) == set(Signals.__dataclass_fields__)
    assert set(fitted.answer["weights"]) == set(Ground.__dataclass_fields__)
    learnt = relevance(fitted)
    assert learnt.embedder == NAME
    right, wrong = (replace(NOTHING, strength=s, cosine=c) for s, c in ((6.0, 0.9), (0.0, 0.7)))
    assert learnt.of(right) > 0.5 > learnt.of(wrong)


def test_a_signal_that_never_varies_weighs_nothing() -> None:
    fitted, _ = fit(separable(), NAME)
    assert fitted.statement["weights"]["past"] == 0.0
    assert fitted.answer["weights"]["level"] == 0.0


def test_nothing_is_measured_on_the_sheet_it_was_learnt_from() -> None:
    """What only one sheet shows cannot be known before that sheet was seen."""
    alike = [replace(NOTHING, strength=3.0, cosine=0.8)]
    odd = [
        sample(f"odd-{n}", "odd", alike, answerable=bool(n % 2), level=float(n % 2))
        for n in range(10)
    ]
    samples = [*separable(), *odd]
    fitted, held = fit(samples, NAME)
    supports = {
        support
        for one, support in zip(samples, held.support, strict=True)
        if one.item.sheets == ("odd",)
    }
    assert max(supports) - min(supports) < 1e-9
    assert fitted.answer["weights"]["level"] > 0.5


def test_the_order_of_the_samples_does_not_matter_to_the_weights() -> None:
    there, back = fit(separable(), NAME)[0], fit(separable()[::-1], NAME)[0]
    for one, other in ((there.statement, back.statement), (there.answer, back.answer)):
        assert one["weights"] == pytest.approx(other["weights"], abs=1e-3)


def test_the_threshold_rises_where_wrong_answers_abound() -> None:
    """A wrong answer costs more than a right one gains: among many of them, be careful."""
    samples = separable()
    liars = [
        replace(one, item=item(f"liar-{one.item.id}-{n}", one.item.sheets[0], answerable=False))
        for one in samples
        if one.item.answerable
        for n in range(2)
    ]
    trusting, (careful, held) = fit(samples, NAME)[0], fit([*samples, *liars], NAME)
    wrong = [
        support
        for support, answerable in zip(held.support, held.answerable, strict=True)
        if not answerable
    ]
    refused = sum(support < careful.threshold for support in wrong) / len(wrong)
    assert refused > 0.9
    assert 0 < trusting.threshold <= 1


@pytest.fixture(scope="module")
def bold(trade_generation: Generation, trade_embedder: FakeEmbedder) -> Assistant:
    return assemble(
        trade_generation,
        trade_embedder,
        ExtractiveComposer(),
        bold=True,
        relevance=Relevance.unfitted(),
    )


@pytest.mark.parametrize(
    "question", ["Quel est le délai du permis d'huile d'olive ?", "ما هو أجل رخصة زيت الزيتون؟"]
)
def test_samples_know_which_candidates_the_gold_names(bold: Assistant, question: str) -> None:
    """The unfitted start ranks nothing; whatever was found is there, in any language."""
    told: list[tuple[int, int]] = []
    named = Evidence(document="olive-permit.en", statement="delay", start=0, end=1)
    asked = item("q", "olive-permit", question=question).model_copy(update={"evidence": (named,)})
    refused = asked.model_copy(update={"id": "r", "kind": "injection"})
    [found] = collect([asked, refused], bold, lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert found.item == asked
    assert 0 < len(found.candidates) == len(found.relevant) <= READ
    [named_one] = [one for one, yes in zip(found.candidates, found.relevant, strict=True) if yes]
    assert (named_one.found.family, named_one.found.anchor) == ("olive-permit", "delay")
    assert {one.relevance for one in found.candidates} == {0.5}
