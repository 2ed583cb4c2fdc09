"""Scores of questions whose gold is a short answer and, at best, the document that holds it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from assistant.answer import ANSWERING, Answer
from evals import metrics
from evals.citations import Support
from evals.gold import GoldItem
from evals.metrics import mean, share
from evals.score import Library, Result, Scorer, Scores
from evals.summary import slices
from evals.system import Observation
from index.tokens import stems
from ingest.document import Document

Documents = Mapping[str, Document]

F1 = 0.8
"""A text is said when a sentence has this token F1 with one of its alternatives."""


class QaScorer(Scorer):
    """The same measures, with two rules of their own for what such questions can tell.

    A text is also said when a sentence has a token F1 of F1 with it. What is found and cited is a
    whole document, in any of its languages: `gold_document_recall` is whether the answer cites it,
    `gold_document_precision` the share of citations that do; `recall_k` and `hit_10` are whether
    a passage of it is among the best, `mrr_10` how early.
    """

    def __init__(self, library: Library, support: Support) -> None:
        super().__init__(library, support)
        self._documents = library.documents

    def score(self, item: GoldItem, seen: Observation) -> Result:
        """The scores of one answer."""
        result = super().score(item, seen)
        changed = {
            **_said_alike(item, seen.answer, result.scores),
            **_found(item, seen, self._documents),
            **_cited(item, seen.answer, self._documents),
        }
        if seen.unguarded is not None:
            forced = self.score(item, Observation(seen.unguarded)).scores
            changed["unguarded_wrong"] = float(not item.answerable or forced.crag < 1)
        scores = result.scores.model_copy(update=changed)
        facts = (True,) if changed.get("fact_recall") == 1 else result.facts
        return result.model_copy(update={"scores": scores, "facts": facts})

    def fail(self, item: GoldItem, error: str) -> Result:
        """The scores of an error: the worst there are."""
        result = super().fail(item, error)
        asked = dict.fromkeys((*_FOUND, *_CITED), 0.0) if _has_document(item) else {}
        return result.model_copy(update={"scores": result.scores.model_copy(update=asked)})


_FOUND = ("recall_5", "recall_10", "recall_20", "hit_10", "mrr_10")
_CITED = ("gold_document_recall", "gold_document_precision")


def token_f1(text: str, alternative: str) -> float:
    """`2 P R / (P + R)` of the words that two texts share (Rajpurkar et al., *SQuAD*, 2016).

    Words are folded and stemmed, stop words left out; repeated ones count as often as in both.
    0 when either has none.
    """
    said, wanted = _bag(text), _bag(alternative)
    common = (said & wanted).total()
    return share(2 * common, said.total() + wanted.total())


def best_f1(item: GoldItem, answer: Answer) -> float:
    """The highest token F1 of a sentence of the answer with an alternative of a fact."""
    alternatives = [form for fact in item.facts for form in fact.any]
    return max(
        (token_f1(one.text, form) for one in answer.sentences for form in alternatives), default=0.0
    )


def f1_means(results: Sequence[Result]) -> dict[str, float]:
    """The mean of `best_f1` by slice, as `evals.summary` names them; no answer counts as 0."""
    return {
        name: round(value, 4)
        for name, members in slices(results).items()
        if (value := mean(_f1(one) for one in members if one.item.answerable)) is not None
    }


def _has_document(item: GoldItem) -> bool:
    return item.answerable and bool(item.sheets)


def _bag(text: str) -> Counter[str]:
    return Counter(forms[-1] for forms in stems(text))


def _f1(result: Result) -> float:
    return best_f1(result.item, result.answer) if result.answer else 0.0


def _said_alike(item: GoldItem, answer: Answer, scores: Scores) -> dict[str, float]:
    """What changes when the answer is said in nearly the same words."""
    if not (scores.fact_recall == 0 and answer.status in ANSWERING):
        return {}
    if item.facts[0].type != "text" or best_f1(item, answer) < F1:
        return {}
    crag = metrics.crag(
        item,
        answer.status,
        accepted=bool(scores.status_ok),
        recall=1,
        precision=scores.figure_precision,
        spoiled=False,
    )
    exact = float(scores.figure_precision == 1)
    return {"crag": crag, "fact_recall": 1.0, "fact_recall_all": 1.0, "answer_em_all": exact}


def _found(item: GoldItem, seen: Observation, documents: Documents) -> dict[str, float]:
    if seen.passages is None or not _has_document(item):
        return {}
    right = _right(item, [passage.document for passage in seen.passages], documents)
    rank = right.index(True) + 1 if True in right else None
    hits = {k: float(rank is not None and rank <= k) for k in (5, 10, 20)}
    return {
        **{f"recall_{k}": hit for k, hit in hits.items()},
        "hit_10": hits[10],
        "mrr_10": 1 / rank if rank is not None and rank <= 10 else 0.0,
    }


def _cited(item: GoldItem, answer: Answer, documents: Documents) -> dict[str, float]:
    if not _has_document(item):
        return {}
    answers = answer.status in ANSWERING
    right = _right(item, [citation.document_id for citation in answer.citations], documents)
    return {
        "gold_document_recall": float(answers and any(right)),
        "gold_document_precision": answers * share(sum(right), len(right)),
    }


def _right(item: GoldItem, names: Sequence[str], documents: Documents) -> list[bool]:
    found = [documents.get(name) for name in names]
    return [document is not None and document.family in item.sheets for document in found]
