"""What every subject is given: the same passages, the same questions, and what counts as found."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path

from evals import spans
from evals.gold import Gold
from evals.peers.subjects.loop import Passage
from evals.runfolder import write_whole
from evals.score import Library
from evals.spans import GoldSpan, Span
from evals.statistics import Estimate, mean_interval
from evals.summary import cluster
from ingest.collection import IngestResult
from ingest.errors import InputError
from ingest.passages import embedded_text

K = 10
MEASURES = {
    "recall@10": spans.recall_at,
    "nDCG@10": spans.ndcg_at,
    "MRR@10": spans.reciprocal_rank,
}


class NothingToAskError(InputError):
    """The gold has no question whose evidence is among the documents."""

    code = "nothing_to_ask"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its evidence, a follow-up in full; `cluster` is the sheet it is about."""

    id: str
    text: str
    golds: tuple[GoldSpan, ...]
    cluster: str


@dataclass(frozen=True, slots=True)
class Task:
    """Passages of so many documents, and questions that some of them answer."""

    documents: int
    passages: tuple[Passage, ...]
    questions: tuple[Asked, ...]

    def write(self, path: Path) -> None:
        """The passages as JSON lines."""
        lines = (dumps(asdict(passage), ensure_ascii=False) for passage in self.passages)
        write_whole(path, "".join(f"{line}\n" for line in lines))


def make_task(collection: IngestResult, gold: Gold, sheets: int | None = None) -> Task:
    """All passages and all questions with evidence, or those of so many sheets spread over all.

    Raises NothingToAskError.
    """
    kept = _spread(sorted({document.family for document in collection.documents}), sheets)
    library = Library.of(one for one in collection.documents if one.family in kept)
    questions = tuple(
        Asked(item.id, item.standalone or item.question, library.golds(item), cluster(item))
        for item in gold.items
        if item.evidence and all(library.document(piece.document) for piece in item.evidence)
    )
    if not questions:
        raise NothingToAskError(
            f"{gold.name} asks nothing that the documents answer; take more sheets, or the corpus "
            "that it was written for."
        )
    passages = tuple(
        Passage(
            id=f"{one.document_id}:{one.start}-{one.end}",
            document=one.document_id,
            text=embedded_text(one.heading, library.texts[one.document_id][one.start : one.end]),
        )
        for one in collection.passages
        if one.document_id in library.documents
    )
    return Task(len(library.documents), passages, questions)


def quality(questions: Sequence[Asked], found: Mapping[str, Sequence[str]]) -> dict[str, Estimate]:
    """The mean of each measure over all questions, with its interval; sheets are drawn whole."""
    clusters = [question.cluster for question in questions]
    ranked = [[span_of(name) for name in found[question.id]] for question in questions]
    estimates = {}
    for name, measure in MEASURES.items():
        values = [
            measure(places, question.golds, K)
            for places, question in zip(ranked, questions, strict=True)
        ]
        mean = sum(values) / len(values)
        estimates[name] = Estimate(mean, mean_interval(values, clusters))
    return estimates


def span_of(name: str) -> Span:
    """The span that the id of a passage names: `sheet.fr:0-180`."""
    document, _, place = name.rpartition(":")
    start, _, end = place.partition("-")
    return Span(document, int(start), int(end))


def _spread(families: Sequence[str], count: int | None) -> set[str]:
    step = max(1, len(families) // count) if count else 1
    return set(families[::step][:count])
