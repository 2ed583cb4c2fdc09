"""Every measure at 0, at 1 and between."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Citation, Status
from assistant.question import Language
from evals import metrics
from evals.claims import Claim
from evals.gold import Fact, GoldItem
from ingest.document import Document

MakeItem = Callable[..., GoldItem]
Cite = Callable[..., Citation]

TWO_FACTS = (
    Fact(type="number", any=("150 jours",)),
    Fact(type="name", any=("BADR", "بدر")),
)
FIGURES = st.lists(st.integers(min_value=0, max_value=10**6), max_size=6)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rien", (False, False)),
        ("150 jours", (True, False)),
        ("نظام بدر", (False, True)),
        ("150 يوما عبر بدر", (True, True)),
    ],
)
def test_fact_recall(text: str, found: tuple[bool, bool]) -> None:
    assert metrics.found_facts(TWO_FACTS, text) == found
    assert metrics.fact_recall(TWO_FACTS, text) == sum(found) / 2


def test_without_facts_nothing_is_missing() -> None:
    assert metrics.fact_recall((), "x") == 1
    assert metrics.found_facts((), "x") == ()


@pytest.mark.parametrize(
    ("said", "quotes", "precision"),
    [
        ("150 jours, 80 %", ("150 jours", "80 %"), 1),
        ("150 jours, 80 %", ("150 يوما",), 0.5),
        ("150 jours, 80 %", ("jours",), 0),
        ("150 jours", (), 0),
        ("aucun chiffre", (), 1),
        ("depuis 2024", ("le 31 décembre 2024",), 1),
        ("150 dirhams", ("150",), 0),
    ],
)
def test_figure_precision(said: str, quotes: tuple[str, ...], precision: float) -> None:
    assert metrics.figure_precision([Claim(said, quotes)]) == precision


def test_a_figure_cited_elsewhere_does_not_count() -> None:
    pieces = [Claim("80 %", ("150 jours",)), Claim("150 jours", ("150 jours", "80 %"))]
    assert metrics.unsupported_figures(pieces) == ("80 %",)
    assert metrics.figure_precision(pieces) == 0.5


@given(FIGURES, FIGURES)
def test_figure_precision_is_bounded_and_a_wrong_figure_never_raises_it(
    said: list[int], quoted: list[int]
) -> None:
    quotes = tuple(f"{number} MAD." for number in quoted)
    pieces = [Claim(f"{number} MAD.", quotes) for number in said]
    before = metrics.figure_precision(pieces)
    after = metrics.figure_precision([*pieces, Claim("7777777 MAD.", quotes)])
    assert 0 <= after <= before <= 1


@given(FIGURES, FIGURES, st.randoms(use_true_random=False))
def test_the_order_of_claims_and_facts_does_not_matter(
    said: list[int], quoted: list[int], chance: random.Random
) -> None:
    quotes = tuple(f"{number} MAD." for number in quoted)
    pieces = [Claim(f"{number} MAD.", quotes) for number in said]
    facts = [Fact(type="number", any=(f"{number} MAD",)) for number in said]
    before = metrics.figure_precision(pieces), metrics.fact_recall(facts, " ".join(quotes))
    for things in (pieces, facts):
        chance.shuffle(things)
    assert before == (
        metrics.figure_precision(pieces),
        metrics.fact_recall(facts, " ".join(quotes)),
    )


def test_quotes_exact(document: Document, cite: Cite) -> None:
    find = {document.id: document}.get
    exact, shifted = cite(1, 0, 26), cite(2, 1, 27, quote=document.text[0:26])
    assert metrics.quotes_exact([exact], find) == 1
    assert metrics.quotes_exact([exact, shifted], find) == 0.5
    assert metrics.quotes_exact([shifted], find) == 0
    assert metrics.quotes_exact([], find) == 0
    assert metrics.quotes_exact([exact], lambda _: None) == 0


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-5, 60), (60, 70)])
def test_an_impossible_span_is_not_exact(
    document: Document, cite: Cite, start: int, end: int
) -> None:
    citation = cite(1, start, end, quote=document.text[start:end])
    assert metrics.quotes_exact([citation], {document.id: document}.get) == 0


@pytest.mark.parametrize(
    ("status", "spoiled", "explained", "right"),
    [
        ("unanswerable", True, False, True),
        ("partial", False, True, True),
        ("partial", True, True, False),
        ("partial", False, False, False),
        ("answered", False, True, False),
    ],
)
def test_status_ok_takes_what_is_expected_and_a_partial_that_explains_itself(
    make_item: MakeItem, *, status: Status, spoiled: bool, explained: bool, right: bool
) -> None:
    item = make_item(expect=["unanswerable"], best="unanswerable", partial_if=True)
    assert metrics.status_ok(item, status, spoiled=spoiled, explained=explained) is right
    strict = item.model_copy(update={"partial_if": False})
    accepted = metrics.status_ok(strict, status, spoiled=spoiled, explained=explained)
    assert accepted is (status == "unanswerable")


@pytest.mark.parametrize(
    ("best", "status", "false_answer", "false_refusal"),
    [
        ("answered", "answered", False, False),
        ("answered", "unanswerable", False, True),
        ("partial", "refused", False, True),
        ("refused", "refused", False, False),
        ("refused", "partial", True, False),
        ("clarify", "answered", True, False),
    ],
)
def test_false_answers_and_refusals(
    make_item: MakeItem, best: str, status: Status, false_answer: bool, false_refusal: bool
) -> None:
    item = make_item(best=best, expect=[best])
    accepted = metrics.status_ok(item, status, spoiled=False, explained=True)
    assert metrics.false_answer(item, status, accepted=accepted) is false_answer
    assert metrics.false_refusal(item, status, accepted=accepted) is false_refusal


def test_forbidden_values_are_named(make_item: MakeItem) -> None:
    item = make_item(forbidden=["0537739327", "le textile est concerné"])
    assert metrics.forbidden_hits(item, "Appelez le 05 37 73 93 27.") == ("0537739327",)
    assert metrics.forbidden_hits(item, "Appelez le 0537736074.") == ()


@pytest.mark.parametrize(
    ("claim", "hits"),
    [
        (Claim("Le délai est de 60 jours."), 1),
        (Claim("الأجل هو 60 يوما."), 1),
        (Claim("Le délai est de 60 jours.", is_current=False), 0),
        (Claim("L'ancien délai était de 60 jours."), 0),
        (Claim("كان الأجل السابق 60 يوما."), 0),
        (Claim("It was 60 days until 2020."), 0),
        (Claim("Le délai est de 90 jours."), 0),
    ],
)
def test_a_past_value_may_only_be_told_as_past(
    make_item: MakeItem, claim: Claim, hits: int
) -> None:
    assert len(metrics.stale_hits(make_item(forbidden_as_current=["60 jours"]), [claim])) == hits


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("fr", "Le délai est de 150 jours. [1]", True),
        ("fr", "الأجل هو 150 يوما من تاريخ التصدير.", False),
        ("ar", "الأجل هو 150 يوما من تاريخ التصدير.", True),
        ("ary", "الأجل هو 150 يوما من تاريخ التصدير.", True),
        ("ary-latn", "الأجل هو 150 يوما من تاريخ التصدير.", True),
        ("ary-latn", "3ndek 150 nhar bach trje3 lflous dyalek", True),
        ("ary-latn", "Le délai est de 150 jours pour les exportateurs.", False),
        ("en", "The limit is 150 days from the export date.", True),
        ("en", "Le délai est de 150 jours.", False),
        ("en", "PortNet 0537736074 [1]", True),
        ("ar", "PortNet 0537736074 [1]", False),
        ("fr", "[1]", False),
        ("fr", "", False),
    ],
)
def test_language_ok(language: Language, text: str, right: bool) -> None:
    assert metrics.language_ok((language,), text) is right


@pytest.mark.parametrize(
    ("languages", "text", "right"),
    [
        (("fr", "ar"), "الأجل هو 150 يوما من تاريخ التصدير.", True),
        (("fr", "ar"), "Le délai est de 150 jours.", True),
        (("fr", "ar"), "The limit is 150 days from the export date.", False),
        (("ary-latn", "fr"), "Le délai est de 150 jours pour les exportateurs.", True),
        (("ar", "fr"), "PortNet 0537736074 [1]", True),
        ((), "Le délai est de 150 jours.", False),
    ],
)
def test_any_language_that_suits_will_do(
    languages: tuple[Language, ...], text: str, right: bool
) -> None:
    assert metrics.language_ok(languages, text) is right


@pytest.mark.parametrize(
    ("best", "status", "accepted", "recall", "precision", "spoiled", "score"),
    [
        ("answered", "answered", True, 1, 1, False, 1),
        ("answered", "answered", True, 0.5, 1, False, 0.5),
        ("answered", "answered", True, 1, 0.5, False, -1),
        ("answered", "answered", True, 0, 1, False, -1),
        ("answered", "answered", True, 1, 1, True, -1),
        ("answered", "unanswerable", False, 0, 1, False, 0),
        ("refused", "refused", True, 1, 1, False, 1),
        ("refused", "answered", False, 1, 1, False, -1),
        ("unanswerable", "unanswerable", True, 1, 0, False, -1),
    ],
)
def test_crag(
    make_item: MakeItem,
    *,
    best: str,
    status: Status,
    accepted: bool,
    recall: float,
    precision: float,
    spoiled: bool,
    score: float,
) -> None:
    item = make_item(best=best)
    found = metrics.crag(
        item, status, accepted=accepted, recall=recall, precision=precision, spoiled=spoiled
    )
    assert found == score


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 100))
def test_a_percentile_is_one_of_the_values(values: list[float], percent: float) -> None:
    assert metrics.percentile(values, percent) in values
    assert metrics.percentile(values, 100) == max(values)
    assert metrics.percentile(values, 0) == min(values)


def test_nearest_rank_percentiles() -> None:
    assert metrics.percentile([15, 20, 35, 40, 50], 30) == 20
    assert metrics.percentile([15, 20, 35, 40, 50], 50) == 35
    assert metrics.percentile([], 95) == 0


def test_means_and_shares_of_nothing() -> None:
    assert metrics.mean([]) is None
    assert metrics.mean([0, 1]) == 0.5
    assert metrics.share(0, 0) == 0
