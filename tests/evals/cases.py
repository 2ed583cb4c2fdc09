"""Every metric on a handful of inputs whose value was worked out by hand.

The unit tests run these cases on the real modules, the mutation tests on altered ones; so a case
builds all it needs from the module that it is given.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose, log2
from types import ModuleType
from typing import Any

import numpy as np

from assistant.answer import Citation
from evals.claims import Claim
from evals.gold import Fact, GoldItem
from evals.spans import GoldSpan, Span
from ingest.document import Document

TEXTS = {
    "delay.fr": "Le délai est de 150 jours. Il court à partir de l'exportation des biens.",
    "delay.ar": "الأجل هو 150 يوما. يسري ابتداء من تاريخ تصدير السلع إلى الخارج.",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What `metric` of a module makes of some input."""

    metric: str
    given: Callable[[ModuleType], object]
    value: object

    def holds(self, module: ModuleType) -> bool:
        """Whether the module gives the value, to nine digits."""
        return same(self.given(module), self.value)


class Subset:
    """A premise proves the claims made of its words."""

    name = "subset"

    def entails(self, premise: str, claim: str) -> bool:
        return set(claim.split()) <= set(premise.split())


def quote(words: str, document: str = "delay.fr", start: int = 0, end: int = 0) -> Citation:
    """A citation of these words at that place."""
    return Citation(
        n=1, document_id=document, title="", publisher=None, url=None, source_date=None,
        as_of=None, language="fr", section="", quote=words, start=start, end=end,
    )  # fmt: skip


def spans(m: ModuleType, *places: tuple[str, int, int]) -> list[Any]:
    """Spans of the module."""
    return [m.Span(*place) for place in places]


def golds(m: ModuleType, *pieces: tuple[int, Sequence[tuple[str, int, int]]]) -> list[Any]:
    """Gold spans of the module: grade, and the places of the alternatives."""
    return [m.GoldSpan(tuple(spans(m, *places)), grade) for grade, places in pieces]


def outcomes(m: ModuleType, *pairs: tuple[bool, bool | None]) -> list[Any]:
    """Outcomes of the module: answerable, answered."""
    return [m.Outcome(*pair) for pair in pairs]


def cited(m: ModuleType, *sentences: tuple[str, tuple[str, ...]]) -> list[Any]:
    """Sentences of the module with their quotes."""
    return [m.Cited(*sentence) for sentence in sentences]


def same(found: object, value: object) -> bool:
    """Equal numbers to nine digits, within sequences of any kind too; anything else by `==`."""
    if isinstance(found, np.ndarray | list | tuple) and isinstance(value, list | tuple):
        pairs = zip(found, value, strict=False)
        return len(found) == len(value) and all(same(*pair) for pair in pairs)
    if isinstance(found, float | int) and isinstance(value, float | int):
        return isclose(found, value, rel_tol=1e-9, abs_tol=1e-9)
    return bool(found == value)


# Two statements in French (A, B), A in Arabic too, and one of lesser weight (C)
A = (("a.fr", 0, 10), ("a.ar", 0, 8))
B = (("a.fr", 10, 20),)
C = (("c.fr", 0, 10),)
ONE_A, ARABIC_A, ONE_B, ONE_C, MISS = A[0], A[1], B[0], C[0], ("x.fr", 0, 99)
BOTH = ("a.fr", 0, 20)
OVERLAP = ("a.fr", 0, 14)

SPANS = (
    Case("covers", lambda m: m.covers(*spans(m, ("a", 0, 5), ("a", 0, 10))), True),
    Case("covers", lambda m: m.covers(*spans(m, ("a", 6, 50), ("a", 0, 10))), False),
    Case("covers", lambda m: m.covers(*spans(m, ("a", 0, 50), ("a", 10, 20))), True),
    Case("covers", lambda m: m.covers(*spans(m, ("a", 12, 14), ("a", 10, 20))), False),
    Case("covers", lambda m: m.covers(*spans(m, ("b", 0, 10), ("a", 0, 10))), False),
    Case("covers", lambda m: m.covers(*spans(m, ("a", 0, 10), ("a", 4, 4))), False),
    Case("covers", lambda m: m.covers(*spans(m, ("a", 0, 9), ("a", 0, 10)), share=0.95), False),
    Case("recall", lambda m: m.recall_at(spans(m, MISS), golds(m, (2, A)), 5), 0),
    Case("recall", lambda m: m.recall_at(spans(m, ARABIC_A), golds(m, (2, A)), 5), 1),
    Case("recall", lambda m: m.recall_at(spans(m, ONE_A, MISS), golds(m, (2, A), (1, C)), 5), 0.5),
    Case("recall", lambda m: m.recall_at(spans(m, MISS, ONE_A), golds(m, (2, A)), 1), 0),
    Case("recall", lambda m: m.recall_at(spans(m, BOTH), golds(m, (2, A), (2, B)), 1), 1),
    Case("recall", lambda m: m.recall_at(spans(m, MISS), [], 5), 0),
    Case("hit", lambda m: m.hit_at(spans(m, MISS), golds(m, (2, A)), 5), 0),
    Case("hit", lambda m: m.hit_at(spans(m, MISS, ONE_C), golds(m, (2, A), (1, C)), 2), 1),
    Case("hit", lambda m: m.hit_at(spans(m, MISS, ONE_C), golds(m, (2, A), (1, C)), 1), 0),
    Case("mrr", lambda m: m.reciprocal_rank(spans(m, ARABIC_A), golds(m, (2, A))), 1),
    Case(
        "mrr",
        lambda m: m.reciprocal_rank(spans(m, MISS, MISS, ONE_C, ONE_A), golds(m, (2, A), (1, C))),
        1 / 3,
    ),
    Case("mrr", lambda m: m.reciprocal_rank(spans(m, *[MISS] * 9, ONE_A), golds(m, (2, A))), 0.1),
    Case("mrr", lambda m: m.reciprocal_rank(spans(m, *[MISS] * 10, ONE_A), golds(m, (2, A))), 0),
    Case("ndcg", lambda m: m.ndcg_at(spans(m, ONE_A, ONE_C), golds(m, (2, A), (1, C))), 1),
    Case("ndcg", lambda m: m.ndcg_at(spans(m, MISS), golds(m, (2, A))), 0),
    Case("ndcg", lambda m: m.ndcg_at(spans(m, MISS), []), 0),
    Case("ndcg", lambda m: m.ndcg_at(spans(m, *[MISS] * 10, ONE_A), golds(m, (2, A))), 0),
    Case(
        "ndcg",
        lambda m: m.ndcg_at(spans(m, ONE_C, ONE_A), golds(m, (2, A), (1, C))),
        (1 + 3 / log2(3)) / (3 + 1 / log2(3)),
    ),
    Case(  # the second language gains nothing
        "ndcg",
        lambda m: m.ndcg_at(spans(m, ONE_A, ARABIC_A), golds(m, (2, A), (2, C))),
        3 / (3 + 3 / log2(3)),
    ),
    Case("ndcg", lambda m: m.ndcg_at(spans(m, BOTH), golds(m, (2, A), (1, B))), 1),
    Case(
        "ndcg",
        lambda m: m.ndcg_at(spans(m, BOTH), golds(m, (2, A), (1, B), (2, C))),
        3 / (3 + 3 / log2(3)),
    ),
    Case(  # 3 + 0 + 3 / log2 4, where an overlap would gain 3 / log2 3 more
        "ndcg",
        lambda m: m.ndcg_at(spans(m, ONE_A, OVERLAP, ONE_B), golds(m, (2, A), (2, B))),
        4.5 / (3 + 3 / log2(3)),
    ),
)

ANSWERED = ((True, True), (True, False), (False, True), (False, False), (False, False))
ABSTENTION = (
    Case("refusal_precision", lambda m: m.refusal_precision(outcomes(m, *ANSWERED)), 2 / 3),
    Case(
        "refusal_precision",
        lambda m: m.refusal_precision(outcomes(m, (True, None), (False, False))),
        1 / 2,
    ),
    Case("refusal_precision", lambda m: m.refusal_precision(outcomes(m, (True, False))), 0),
    Case("refusal_precision", lambda m: m.refusal_precision(outcomes(m, (False, False))), 1),
    Case("refusal_precision", lambda m: m.refusal_precision(outcomes(m, (True, True))), 0),
    Case("refusal_recall", lambda m: m.refusal_recall(outcomes(m, *ANSWERED)), 2 / 3),
    Case(
        "refusal_recall",
        lambda m: m.refusal_recall(outcomes(m, (False, True), (False, False))),
        1 / 2,
    ),
    Case("refusal_recall", lambda m: m.refusal_recall(outcomes(m, (False, None))), 0),
    Case("refusal_recall", lambda m: m.refusal_recall(outcomes(m, (False, False))), 1),
    Case("refusal_recall", lambda m: m.refusal_recall(outcomes(m, (True, False))), 0),
    Case(
        "risk_coverage",
        lambda m: m.risk_coverage([3, 4, 1, 2], [1, 0, 1, 0]),
        [0, 0.5, 1 / 3, 0.5],
    ),
    Case("risk_coverage", lambda m: m.risk_coverage([5, 9, 5], [1, 0, 0]), [0, 0.25, 1 / 3]),
    Case("aurc", lambda m: m.aurc([3, 4, 1, 2], [1, 0, 1, 0]), 1 / 3),
    Case("aurc", lambda m: m.aurc([1, 2], [0, 0]), 0),
    Case("aurc", lambda m: m.aurc([1, 2], [1, 1]), 1),
    Case("coverage_at_risk", lambda m: m.coverage_at_risk([3, 4, 1, 2], [1, 0, 1, 0]), 0.25),
    Case("coverage_at_risk", lambda m: m.coverage_at_risk([3, 4, 1, 2], [1, 0, 1, 0], 1 / 3), 0.75),
    Case("coverage_at_risk", lambda m: m.coverage_at_risk([5, 9, 5], [1, 0, 0], 0.3), 1 / 3),
    Case("coverage_at_risk", lambda m: m.coverage_at_risk([1, 2], [0, 0]), 1),
    Case("coverage_at_risk", lambda m: m.coverage_at_risk([1, 2], [0, 1]), 0),
    Case("coverage_at_risk", lambda m: m.coverage_at_risk(range(20), [1] + [0] * 19), 1),
    Case(
        "reliability",
        lambda m: [
            (b.low, b.high, b.n, b.score, b.right)
            for b in m.reliability([0.05, 0.95, 0.96, 1.0, 0.5], [0, 1, 1, 0, 1])
        ],
        [(0, 0.1, 1, 0.05, 0), (0.5, 0.6, 1, 0.5, 1), (0.9, 1, 3, 0.97, 2 / 3)],
    ),
    Case(
        "ece", lambda m: m.expected_calibration_error([0.05, 0.95, 0.95, 1], [0, 1, 1, 0]), 0.2375
    ),
    Case("ece", lambda m: m.expected_calibration_error([0, 1], [0, 1]), 0),
    Case("ece", lambda m: m.expected_calibration_error([0, 1], [1, 0]), 1),
)

UP = [1.0] * 5
APART = ["a", "b", "c", "d", "e"]
STATISTICS = (
    Case("wilson", lambda m: m.wilson(8, 10), [0.49016247153664183, 0.9433178485456247]),
    Case("wilson", lambda m: m.wilson(0, 10), [0, 0.277532799862889]),
    Case("wilson", lambda m: m.wilson(10, 10), [0.722467200137111, 1]),
    Case("wilson", lambda m: m.wilson(0, 0), [0, 1]),
    Case("bootstrap", lambda m: m.cluster_bootstrap([0, 1], ["a", "b"]), [0, 1]),
    Case("bootstrap", lambda m: m.cluster_bootstrap([0, 1, 1], ["a", "a", "a"]), [2 / 3, 2 / 3]),
    Case("bootstrap", lambda m: m.cluster_bootstrap([1] * 9, ["a", "b", "c"] * 3), [1, 1]),
    Case(  # 1, 1/4 and 0 with chances of 1/4, 1/2 and 1/4: the middle fills 30 % to 70 %
        "bootstrap",
        lambda m: m.cluster_bootstrap([1, 0, 0, 0], ["a", "b", "b", "b"], confidence=0.4),
        [0.25, 0.25],
    ),
    Case("bootstrap", lambda m: m.cluster_bootstrap([1, 0, 0, 0], ["a", "b", "b", "b"]), [0, 1]),
    Case("bootstrap", lambda m: m.cluster_bootstrap([0, 1], ["a", "b"], confidence=0.6), [0, 1]),
    Case(
        "bootstrap",
        lambda m: m.mean_interval([1] * 4, ["a", "a", "b", "b"]),
        [0.34238022750665303, 1],
    ),
    Case("bootstrap", lambda m: m.mean_interval([0.5, 1], ["a", "a"]), [0.75, 0.75]),
    Case("bootstrap", lambda m: m.mean_interval([0, 1] * 5, ["a"] * 10), [0.5, 0.5]),
    Case("randomisation", lambda m: m.paired_randomisation([0.0, 0.0], ["a", "b"]), 1),
    Case("randomisation", lambda m: m.paired_randomisation([1.0] * 60, ["a"] * 60), 1),
    Case(
        "randomisation",
        lambda m: m.paired_randomisation([1.0] * 60, [str(i) for i in range(60)], resamples=99),
        0.01,
    ),
    Case("randomisation", lambda m: m.paired_randomisation(UP, APART, alternative="less"), 1),
    Case(  # two of 32 sign patterns are as extreme
        "randomisation",
        lambda m: abs(m.paired_randomisation(UP, APART) - 2 / 32) < 0.01,
        True,
    ),
    Case(
        "randomisation",
        lambda m: abs(m.paired_randomisation(UP, APART, alternative="greater") - 1 / 32) < 0.01,
        True,
    ),
    Case("mcnemar", lambda m: m.mcnemar_exact(0, 0), 1),
    Case("mcnemar", lambda m: m.mcnemar_exact(5, 5), 1),
    Case("mcnemar", lambda m: m.mcnemar_exact(1, 9), 22 / 1024),
    Case("mcnemar", lambda m: m.mcnemar_exact(5, 0), 2 / 32),
    Case(
        "holm",
        lambda m: [(h.adjusted, h.rejected) for h in m.holm([0.01, 0.04, 0.03])],
        [(0.03, True), (0.06, False), (0.06, False)],
    ),
    Case("holm", lambda m: [h.rejected for h in m.holm([0.025, 0.05])], [True, True]),
    Case("holm", lambda m: [h.adjusted for h in m.holm([0.012, 0.01])], [0.02, 0.02]),
    Case("holm", lambda m: [h.adjusted for h in m.holm([0.04, 0.01])], [0.04, 0.02]),
    Case("holm", lambda m: [h.adjusted for h in m.holm([0.6, 0.9])], [1, 1]),
    Case("holm", lambda m: list(m.holm([])), []),
    Case("mde", lambda m: round(m.minimum_detectable_effect(0.15, 200), 3), 0.077),
    Case("mde", lambda m: round(m.minimum_detectable_effect(0.15, 600), 3), 0.044),
    Case("kappa", lambda m: m.cohen_kappa(*raters(20, 5, 10, 15)).value, 0.4),
    Case("kappa", lambda m: m.cohen_kappa(*raters(30, 0, 0, 20)), [1, [1, 1]]),
    Case("kappa", lambda m: m.cohen_kappa(*raters(0, 2, 2, 0)).value, -1),
    Case("kappa", lambda m: m.cohen_kappa(*raters(1, 1, 1, 1)).value, 0),
    Case("kappa", lambda m: m.cohen_kappa(*raters(4, 0, 0, 0)), [0, [0, 0]]),
    Case(  # mean 0.75, bias 0.25, half-width z √(0.1875 / 4 + 0.1875 / 4)
        "prediction_powered",
        lambda m: m.prediction_powered([1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]),
        [0.5, [0.5 - 0.6001139595444136, 0.5 + 0.6001139595444136]],
    ),
    Case("prediction_powered", lambda m: m.prediction_powered([1, 1], [1], [1]), [1, [1, 1]]),
    Case("prediction_powered", lambda m: m.prediction_powered([1, 1], [1], [0]), [0, [0, 0]]),
)


def raters(both: int, first: int, second: int, neither: int) -> tuple[list[str], list[str]]:
    """Labels of two raters: both say yes, only the first, only the second, neither."""
    one = ["oui"] * (both + first) + ["non"] * (second + neither)
    other = ["oui"] * both + ["non"] * first + ["oui"] * second + ["non"] * neither
    return one, other


FR, AR = TEXTS["delay.fr"], TEXTS["delay.ar"]
GOLD_A = GoldSpan((Span("a.fr", 0, 10), Span("a.ar", 0, 8)))
GOLD_B = GoldSpan((Span("a.fr", 10, 20), Span("a.ar", 8, 16)))
GOLD_C = GoldSpan((Span("c.fr", 0, 10),))


def recall_of(*sentences: tuple[str, tuple[str, ...]]) -> Callable[[ModuleType], object]:
    return lambda m: m.cit_recall(cited(m, *sentences), Subset())


def precision_of(*sentences: tuple[str, tuple[str, ...]]) -> Callable[[ModuleType], object]:
    return lambda m: m.cit_precision(cited(m, *sentences), Subset())


def words(premise: str, claim: str) -> Callable[[ModuleType], object]:
    return lambda m: m.WordSupport().entails(premise, claim)


def class_of(
    said: str, start: int = 0, end: int = 0, document: str = "delay.fr", **texts: str
) -> Callable[[ModuleType], object]:
    held: Mapping[str, str] = {**TEXTS, **texts}
    return lambda m: m.quote_class(quote(said, document, start, end), held)


TEN = "safran miel argan olive tomate agrume sardine phosphate textile câble"
CITATIONS = (
    Case("cit_recall", recall_of(("a b", ("a", "b"))), 1),
    Case("cit_recall", recall_of(("a b", ("c",))), 0),
    Case("cit_recall", recall_of(("a b", ())), 0),
    Case("cit_recall", recall_of(("a b", ("a b", ""))), 0),
    Case("cit_recall", recall_of(("a b", ("a b",)), ("a c", ("a",))), 0.5),
    Case("cit_recall", recall_of(("a b", ("a b",)), ("…", ()), ("", ()), (" - ", ())), 1),
    Case("cit_recall", recall_of(), 0),
    Case("cit_precision", precision_of(("a b", ("a", "b"))), 1),
    Case("cit_precision", precision_of(("a b", ("a b", "c"))), 0.5),
    Case("cit_precision", precision_of(("a b", ("a b", "b a"))), 1),
    Case("cit_precision", precision_of(("a b", ("a", "b", "c"))), 2 / 3),
    Case("cit_precision", precision_of(("a b", ("a b", ""))), 0),
    Case("cit_precision", precision_of(("a b", ("c",)), ("…", ("c",))), 0),
    Case("cit_precision", precision_of(("a", ("a",)), ("…", ("c",))), 1),
    Case("cit_precision", precision_of(("a", ("a",)), ("b", ("c", "c", "c"))), 0.25),
    Case("cit_precision", precision_of(("a", ())), 0),
    Case("cit_f1", lambda m: m.cit_f1(1, 0.5), 2 / 3),
    Case("cit_f1", lambda m: m.cit_f1(1, 1), 1),
    Case("cit_f1", lambda m: m.cit_f1(0, 0), 0),
    Case("words", words(FR, "Le délai est de 150 jours."), True),
    Case("words", words(FR, "Le délai est de 90 jours."), False),
    Case("words", words(AR, "الأجل هو ١٥٠ يوما."), True),
    Case("words", words(AR, "الأجل هو ٩٠ يوما."), False),
    Case("words", words(" ".join(TEN.split()[:7]), TEN), True),
    Case("words", words(" ".join(TEN.split()[:6]), TEN), False),
    Case("words", words("80 000 000 000 MAD", "80 milliards de dirhams"), True),
    Case("words", words("150 jours", "150 jours après exportation du miel"), False),
    Case("words", words("taux de 80", "taux de 80 %"), False),
    Case("words", words("publié le 12 juin 2025", "publié en juin 2025"), True),
    Case("words", words("de la", "de la"), False),
    Case("gold_cite_recall", lambda m: m.gold_cite_recall([Span(*ARABIC_A)], [GOLD_A]), 1),
    Case("gold_cite_recall", lambda m: m.gold_cite_recall([Span(*ONE_A)], [GOLD_A, GOLD_B]), 0.5),
    Case("gold_cite_recall", lambda m: m.gold_cite_recall([Span(*MISS)], [GOLD_A]), 0),
    Case("gold_cite_recall", lambda m: m.gold_cite_recall([Span(*ONE_A)], []), 0),
    Case(
        "gold_cite_recall",
        lambda m: m.gold_cite_recall([Span("a.ar", 90, 99)], [GOLD_A, GOLD_B, GOLD_C], "document"),
        0.5,
    ),
    Case(
        "gold_cite_precision",
        lambda m: m.gold_cite_precision(
            [Span(*ARABIC_A), Span(*MISS), Span(*MISS)], [GOLD_A, GOLD_B]
        ),
        1 / 3,
    ),
    Case("gold_cite_precision", lambda m: m.gold_cite_precision([Span(*ONE_B)], [GOLD_B]), 1),
    Case("gold_cite_precision", lambda m: m.gold_cite_precision([Span(*ONE_A)], [GOLD_B]), 0),
    Case("gold_cite_precision", lambda m: m.gold_cite_precision([], [GOLD_B]), 0),
    Case(
        "gold_cite_precision",
        lambda m: m.gold_cite_precision(
            [Span("a.ar", 90, 99), Span(*MISS), Span(*MISS)], [GOLD_A], "document"
        ),
        1 / 3,
    ),
    Case("quote_class", class_of(FR[:26], 0, 26), "supported"),
    Case("quote_class", class_of(AR[:18], 0, 18, "delay.ar"), "supported"),
    Case("quote_class", class_of(FR[:26], 1, 27), "misattributed"),
    Case("quote_class", class_of(FR[:26], 0, 26, "delay.ar"), "misattributed"),
    Case("quote_class", class_of(FR[:26], 0, 26, "absent.fr"), "misattributed"),
    Case("quote_class", class_of(FR[-5:], -5, len(FR)), "misattributed"),
    Case("quote_class", class_of(f"… {FR[:20]} …"), "misattributed"),
    Case("quote_class", class_of("Le délai est de l'exportation des biens."), "frankenquote"),
    Case("quote_class", class_of("Le délai est […] partir de l'exportation"), "frankenquote"),
    Case("quote_class", class_of("الأجل هو 150 تصدير السلع إلى الخارج."), "frankenquote"),
    Case("quote_class", class_of("Le délai est tomate exportation des biens"), "fabricated"),
    Case("quote_class", class_of("Le délai est de 90 jours."), "fabricated"),
    Case("quote_class", class_of("الأجل هو 90 يوما."), "fabricated"),
    Case("quote_class", class_of("Le délai … des biens."), "fabricated"),
    Case("quote_class", class_of("Le délai est … tomate cerise fraîche"), "fabricated"),
    Case(
        "quote_class",
        class_of("un deux trois quatre cinq", x="un deux trois", y="trois quatre cinq"),
        "fabricated",
    ),
    Case(
        "quote_class",
        class_of("un deux trois quatre cinq six", x="un deux trois quatre", y="quatre cinq six"),
        "frankenquote",
    ),
    Case("quote_class", class_of("", 0, 0), "fabricated"),
    Case("quote_class", class_of(" … ", 0, 0), "fabricated"),
)

RANKING = (
    Case("dcg", lambda m: m.dcg([3, 2]), 3 + 2 / log2(3)),
    Case("dcg", lambda m: m.dcg([]), 0),
    Case("graded_ndcg", lambda m: m.ndcg(["a", "b"], {"a": 2, "b": 1}), 1),
    Case("graded_ndcg", lambda m: m.ndcg(["x"], {"a": 2}), 0),
    Case("graded_ndcg", lambda m: m.ndcg(["a"], {}), 0),
    Case("graded_ndcg", lambda m: m.ndcg(["x", "a"], {"a": 1, "x": 0}, 1), 0),
    Case("graded_ndcg", lambda m: m.ndcg(["a"], {"a": 1, "b": 1}, 1), 1),
    Case(
        "graded_ndcg",
        lambda m: m.ndcg(["x", "b", "a"], {"a": 2, "b": 1, "x": -1}, 3, m.exponential),
        (1 / log2(3) + 3 / 2) / (3 + 1 / log2(3)),
    ),
    Case("graded_recall", lambda m: m.recall(["a", "x"], {"a": 2, "b": 1, "x": 0}, 2), 0.5),
    Case("graded_recall", lambda m: m.recall(["x", "a"], {"a": 1}, 1), 0),
    Case("graded_recall", lambda m: m.recall(["a"], {"a": 1}, 5), 1),
    Case("graded_recall", lambda m: m.recall(["a"], {}, 5), 0),
    Case("graded_mrr", lambda m: m.reciprocal_rank(["x", "y", "a"], {"a": 1, "x": 0}), 1 / 3),
    Case("graded_mrr", lambda m: m.reciprocal_rank(["a"], {"a": 1}), 1),
    Case("graded_mrr", lambda m: m.reciprocal_rank(["x", "a"], {"a": 1}, 1), 0),
)

DAYS = Fact(type="number", any=("150 jours", "150 يوما"))
LAW = Fact(type="code", any=("91-14",))
SOURCE = Document(id="delay.fr", family="delay", language="fr", title="", text=FR)
ITEM = GoldItem(
    id="q", language="fr", question="?", kind="number", expect=("answered",), best="answered"
)
GAP = ITEM.model_copy(update={"best": "unanswerable"})


def crag_of(
    item: GoldItem,
    status: str,
    recall: float,
    *,
    precision: float = 1,
    accepted: bool = True,
    spoiled: bool = False,
) -> Callable[[ModuleType], object]:
    return lambda m: m.crag(
        item, status, accepted=accepted, recall=recall, precision=precision, spoiled=spoiled
    )


METRICS = (
    Case("fact_recall", lambda m: m.fact_recall([DAYS, LAW], "الأجل ١٥٠ يوما."), 0.5),
    Case("fact_recall", lambda m: m.fact_recall([DAYS], FR), 1),
    Case("fact_recall", lambda m: m.fact_recall([LAW], FR), 0),
    Case("fact_recall", lambda m: m.fact_recall([], FR), 1),
    Case("figure_precision", lambda m: m.figure_precision([Claim(FR, (FR,)), Claim(AR)]), 0.5),
    Case("figure_precision", lambda m: m.figure_precision([Claim("90 jours", (FR,))]), 0),
    Case("figure_precision", lambda m: m.figure_precision([Claim("150 jours", ("150",))]), 0),
    Case("figure_precision", lambda m: m.figure_precision([Claim("150", (AR, "90"))]), 1),
    Case("figure_precision", lambda m: m.figure_precision([Claim("Bonjour")]), 1),
    Case(
        "quotes_exact",
        lambda m: m.quotes_exact([quote(FR[:9], end=9), quote(FR[:9])], {SOURCE.id: SOURCE}.get),
        0.5,
    ),
    Case(
        "quotes_exact", lambda m: m.quotes_exact([quote(FR, end=len(FR) + 1)], lambda _: SOURCE), 0
    ),
    Case("quotes_exact", lambda m: m.quotes_exact([quote(FR, end=len(FR))], lambda _: SOURCE), 1),
    Case("quotes_exact", lambda m: m.quotes_exact([quote("")], lambda _: SOURCE), 0),
    Case("quotes_exact", lambda m: m.quotes_exact([quote(FR[:9], "", 1, 10)], lambda _: SOURCE), 0),
    Case("quotes_exact", lambda m: m.quotes_exact([], lambda _: SOURCE), 0),
    Case("crag", crag_of(ITEM, "answered", 1), 1),
    Case("crag", crag_of(ITEM, "partial", 0.5), 0.5),
    Case("crag", crag_of(ITEM, "answered", 0), -1),
    Case("crag", crag_of(ITEM, "answered", 1, precision=0.5), -1),
    Case("crag", crag_of(ITEM, "answered", 1, spoiled=True), -1),
    Case("crag", crag_of(ITEM, "refused", 0, accepted=False), 0),
    Case("crag", crag_of(GAP, "unanswerable", 0), 1),
    Case("crag", crag_of(GAP, "unanswerable", 0, precision=0), -1),
    Case("crag", crag_of(GAP, "answered", 1, accepted=False), -1),
    Case("percentile", lambda m: m.percentile([40, 15, 35, 20, 50], 30), 20),
    Case("percentile", lambda m: m.percentile([1, 2], 0), 1),
    Case("percentile", lambda m: m.percentile([1, 2], 100), 2),
    Case("percentile", lambda m: m.percentile([], 95), 0),
)

CASES: Mapping[str, tuple[Case, ...]] = {
    "evals.spans": SPANS,
    "evals.citations": CITATIONS,
    "evals.abstention": ABSTENTION,
    "evals.statistics": STATISTICS,
    "evals.ranking": RANKING,
    "evals.metrics": METRICS,
}
