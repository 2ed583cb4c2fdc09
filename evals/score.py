"""One question measured: what came back, held against the gold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.answer import ANSWERING, Answer, Citation
from assistant.meter import Meter
from evals import citations, metrics, spans
from evals.claims import claims, said, shown
from evals.gold import GoldItem
from evals.record import Record
from evals.spans import Span
from evals.system import Observation
from ingest.document import Document


class Scores(Record):
    """The measures of one question, as `evals.metrics`, `citations` and `spans` define them.

    None means that a measure is not asked of this question. `false_answer` belongs to the
    unanswerable ones; `false_refusal`, facts and citations to the answerable ones, where
    withholding the answer scores 0; retrieval to those with gold spans, if the system shows its
    passages; `unguarded_wrong` to all, if the system shows what it would have said.
    """

    crag: float
    status_ok: float
    status_best: float
    language_ok: float
    figure_precision: float
    fact_recall: float | None = None
    fact_recall_all: float | None = None
    answer_em_all: float | None = None
    cit_recall: float | None = None
    cit_precision: float | None = None
    cit_f1: float | None = None
    quote_exact: float | None = None
    gold_cite_recall: float | None = None
    gold_cite_precision: float | None = None
    gold_document_recall: float | None = None
    gold_document_precision: float | None = None
    lead: float | None = None
    false_refusal: float | None = None
    false_answer: float | None = None
    recall_5: float | None = None
    recall_10: float | None = None
    recall_20: float | None = None
    hit_10: float | None = None
    mrr_10: float | None = None
    ndcg_10: float | None = None
    unguarded_wrong: float | None = None


class Drafted(Record):
    """A draft that a composer made, the numbers it cited, and why it was dropped if it was."""

    text: str
    evidence: tuple[int, ...]
    reason: str


class Result(Record):
    """One question, what came back, and its scores.

    `pair` are the languages of question and evidence (`evals.spans.meeting`). `answer` has no id
    and no times, so that equal runs give equal bytes. `error` is the code and message of what was
    raised, and then `answer` is None. `facts` says of each fact of the item whether it was said;
    `forbidden` what was said and must not be; `unsupported` the figures without a quote that says
    them; `quotes` what each citation's quote is (`evals.citations`). `drafts` and the tokens are
    those of a language model, if one was asked.
    """

    item: GoldItem
    pair: str | None = None
    answer: Answer | None = None
    error: str | None = None
    passages: tuple[Span, ...] | None = None
    support: float | None = None
    facts: tuple[bool, ...] = ()
    forbidden: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    quotes: tuple[citations.QuoteClass, ...] = ()
    drafts: tuple[Drafted, ...] = ()
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    scores: Scores

    @property
    def id(self) -> str:
        """The id of the item."""
        return self.item.id

    @property
    def outcome(self) -> str:
        """The status, or `error`."""
        return self.answer.status if self.answer else "error"

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that must be said and are not, by their first form."""
        said = self.facts or (False,) * len(self.item.facts)
        pairs = zip(self.item.facts, said, strict=True)
        return tuple(fact.any[0] for fact, found in pairs if fact.must and not found)


@dataclass(frozen=True, slots=True)
class Library:
    """The documents that citations are held against."""

    documents: Mapping[str, Document]
    texts: Mapping[str, str]
    families: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> "Library":
        """The library of these documents."""
        by_id = {document.id: document for document in documents}
        families: dict[str, dict[str, str]] = {}
        for document in by_id.values():
            families.setdefault(document.family, {})[document.language] = document.id
        return cls(by_id, {key: document.text for key, document in by_id.items()}, families)

    def document(self, document_id: str) -> Document | None:
        """A document by its id, None if there is none."""
        return self.documents.get(document_id)

    def golds(self, item: GoldItem) -> tuple[spans.GoldSpan, ...]:
        """The gold spans of an item, each in all its languages."""
        return spans.gold_spans(
            item.evidence, self.document, lambda family: self.families.get(family, {})
        )

    def pair(self, item: GoldItem) -> str | None:
        """The languages of a question and of its evidence, see `evals.spans.meeting`."""
        return spans.meeting(
            item.language,
            (
                [self.documents[span.document].language for span in gold.alternatives]
                for gold in self.golds(item)
            ),
        )


class Scorer:
    """Measures observations; `support` says when words prove a claim."""

    def __init__(self, library: Library, support: citations.Support) -> None:
        self._library = library
        self._support = support

    def score(self, item: GoldItem, seen: Observation) -> Result:
        """The scores of one answer."""
        answer, meter = seen.answer, seen.meter or Meter()
        judged = self._judge(item, answer)
        wrong = None if seen.unguarded is None else self._is_wrong(item, seen.unguarded)
        return Result(
            item=item,
            pair=self._library.pair(item),
            answer=answer.model_copy(update={"id": "", "timings_ms": {}}),
            passages=seen.passages,
            support=seen.support,
            facts=metrics.found_facts(item.facts, said(answer)),
            forbidden=judged.forbidden,
            unsupported=judged.unsupported,
            quotes=tuple(
                citations.quote_class(citation, self._library.texts)
                for citation in answer.citations
            ),
            drafts=_drafted(answer, meter),
            prompt_tokens=meter.prompt_tokens,
            output_tokens=meter.output_tokens,
            scores=judged.scores.model_copy(
                update={**self._retrieval(item, seen), "unguarded_wrong": wrong}
            ),
        )

    def fail(self, item: GoldItem, error: str) -> Result:
        """The scores of an error: the worst there are."""
        pair = self._library.pair(item)
        return Result(item=item, pair=pair, error=error, scores=_worst(item))

    def _judge(self, item: GoldItem, answer: Answer) -> "_Judged":
        pieces = claims(answer, self._library.document)
        words, status = said(answer), answer.status
        forbidden = metrics.forbidden_hits(item, shown(answer)) + metrics.stale_hits(item, pieces)
        precision = metrics.figure_precision(pieces)
        recall = metrics.fact_recall([fact for fact in item.facts if fact.must], words)
        cited = self._gold_cited(item, answer)
        accepted = metrics.status_ok(
            item,
            status,
            spoiled=bool(forbidden),
            explained=not item.evidence or cited["gold_cite_recall"] > 0,
        )
        scores = Scores(
            crag=metrics.crag(
                item,
                status,
                accepted=accepted,
                recall=recall,
                precision=precision,
                spoiled=bool(forbidden),
            ),
            status_ok=accepted,
            status_best=status == item.best,
            language_ok=metrics.language_ok((item.language, *item.replies), answer.text),
            figure_precision=precision,
        )
        unsupported = metrics.unsupported_figures(pieces)
        if not item.answerable:
            false_answer = metrics.false_answer(item, status, accepted=accepted)
            scores = scores.model_copy(update={"false_answer": float(false_answer)})
            return _Judged(scores, forbidden, unsupported)
        answers = status in ANSWERING
        update = {
            "fact_recall": answers * recall,
            "fact_recall_all": answers * metrics.fact_recall(item.facts, words),
            "answer_em_all": float(answers and recall == 1 and precision == 1),
            **{name: answers * value for name, value in self._cited(answer).items()},
            **({name: answers * value for name, value in cited.items()} if item.evidence else {}),
            "quote_exact": answers * metrics.quotes_exact(answer.citations, self._library.document),
            "false_refusal": float(metrics.false_refusal(item, status, accepted=accepted)),
        }
        return _Judged(scores.model_copy(update=update), forbidden, unsupported)

    def _is_wrong(self, item: GoldItem, answer: Answer) -> float:
        """Whether an answer that was forced is wrong; one to the unanswerable always is."""
        return float(not item.answerable or self._judge(item, answer).scores.crag < 1)

    def _cited(self, answer: Answer) -> dict[str, float]:
        sentences = citations.cited(answer)
        recall = citations.cit_recall(sentences, self._support)
        precision = citations.cit_precision(sentences, self._support)
        return {
            "cit_recall": recall,
            "cit_precision": precision,
            "cit_f1": citations.cit_f1(recall, precision),
        }

    def _gold_cited(self, item: GoldItem, answer: Answer) -> dict[str, float]:
        golds = self._library.golds(item)
        shown = [_span(citation) for citation in answer.citations]
        first = {n for sentence in answer.sentences[:1] for n in sentence.citations}
        lead = [_span(citation) for citation in answer.citations if citation.n in first]
        return {
            "gold_cite_recall": citations.gold_cite_recall(shown, golds),
            "gold_cite_precision": citations.gold_cite_precision(shown, golds),
            "gold_document_recall": citations.gold_cite_recall(shown, golds, "document"),
            "gold_document_precision": citations.gold_cite_precision(shown, golds, "document"),
            "lead": float(citations.gold_cite_precision(lead, golds) > 0),
        }

    def _retrieval(self, item: GoldItem, seen: Observation) -> dict[str, float]:
        if seen.passages is None or not item.evidence:
            return {}
        found, golds = seen.passages, self._library.golds(item)
        return {
            **{f"recall_{k}": spans.recall_at(found, golds, k) for k in (5, 10, 20)},
            "hit_10": spans.hit_at(found, golds, 10),
            "mrr_10": spans.reciprocal_rank(found, golds),
            "ndcg_10": spans.ndcg_at(found, golds),
        }


def _span(citation: Citation) -> Span:
    return Span(citation.document_id, citation.start, citation.end)


def _drafted(answer: Answer, meter: Meter) -> tuple[Drafted, ...]:
    """What a language model drafted; the quotes that are the drafts without one tell nothing."""
    judged = meter.judged if answer.engine.model else []
    return tuple(Drafted(text=one.text, evidence=one.evidence, reason=one.reason) for one in judged)


@dataclass(frozen=True, slots=True)
class _Judged:
    scores: Scores
    forbidden: tuple[str, ...]
    unsupported: tuple[str, ...]


_ANSWERED = (
    "fact_recall", "fact_recall_all", "answer_em_all", "cit_recall", "cit_precision", "cit_f1",
    "quote_exact",
)  # fmt: skip
_CITED = (
    "gold_cite_recall", "gold_cite_precision", "gold_document_recall", "gold_document_precision",
    "lead",
)  # fmt: skip
_FOUND = ("recall_5", "recall_10", "recall_20", "hit_10", "mrr_10", "ndcg_10")
SHOWN = frozenset({*_FOUND, "unguarded_wrong"})
"""Measures of systems that show their passages and what they would have said."""


def _worst(item: GoldItem) -> Scores:
    """The worst of every measure that is asked of the item, of a system that shows everything."""
    general = Scores(crag=-1, status_ok=0, status_best=0, language_ok=0, figure_precision=0)
    zeros = [
        *(_ANSWERED if item.answerable else ()),
        *(_CITED if item.answerable and item.evidence else ()),
        *(_FOUND if item.evidence else ()),
    ]
    wrong = "false_refusal" if item.answerable else "false_answer"
    return general.model_copy(
        update={**dict.fromkeys(zeros, 0.0), wrong: 1.0, "unguarded_wrong": 1.0}
    )
