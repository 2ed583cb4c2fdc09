"""Retrieval on any collection in the BEIR layout (Thakur et al., 2021).

corpus.jsonl     {"_id", "title", "text"} a line; further fields are left alone
queries.jsonl    {"_id", "text"} a line
qrels/test.tsv   query-id, corpus-id, score: tab-separated, under a header
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from evals.jsonl import distinct, read_jsonl
from evals.metrics import mean, percentile
from evals.ranking import Grades, exponential, ndcg, recall, reciprocal_rank
from index.build import BuildReport, build_index
from index.embedding import Embedder
from index.retriever import HybridRetriever, Mode
from ingest.collection import IngestReport, IngestResult
from ingest.document import Document, Passage, Sentence
from ingest.errors import DatasetError, StorageError
from ingest.language import written_language
from ingest.passages import PassageSettings, split
from ingest.textlines import read_lines

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels/test.tsv"
DEPTH = 100
_PASSAGES = 1_000
_DIGITS = 6

Advance = Callable[[int, int], None]
Ranking = Sequence[tuple[str, float]]

_Id = Annotated[str, StringConstraints(pattern=r"^\S+$")]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: _Id = Field(alias="_id")
    text: str


class _DocumentRow(_Row):
    title: str | None = None


_R = TypeVar("_R", bound=_Row)


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, the texts of the judged queries, and their grades by query and document."""

    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    grades: Mapping[str, Grades]


class Retrieval(BaseModel):
    """How well the judged queries find their documents.

    `means` are means over all judged queries: `ndcg@10` with the gain of trec_eval, which is what
    BEIR tables hold, `ndcg_exp@10` with `2^rel - 1`, `recall@5`, `@10`, `@20` and `mrr@10`, defined
    in `evals.ranking`. Latencies cover encoding and searching one query.
    """

    model_config = ConfigDict(frozen=True)

    mode: Mode
    queries: int
    documents: int
    passages: int
    embedder: str
    generation: str
    means: dict[str, float]
    p50_ms: float
    p95_ms: float


def read_collection(folder: Path) -> Collection:
    """Read and check a collection; queries that no one judged are left out, as BEIR does.

    Raises PathMissingError for a missing file, and DatasetError naming file and line for a line
    that breaks the layout, a repeated id, a judgement of an unknown id, or an empty file.
    """
    documents = {row.id: _document(row) for row in _rows(folder / CORPUS, _DocumentRow, "document")}
    queries = {row.id: row.text for row in _rows(folder / QUERIES, _Row, "query")}
    if not any(document.text for document in documents.values()):
        raise DatasetError(f"{folder / CORPUS}:1: no document holds any text")
    grades = _grades(folder / QRELS, queries, documents)
    judged = {query: text for query, text in queries.items() if query in grades}
    return Collection(tuple(documents.values()), judged, grades)


def build(
    root: Path,
    collection: Collection,
    embedder: Embedder,
    settings: PassageSettings,
    advance: Advance | None = None,
) -> BuildReport:
    """Publish the collection as a generation under `root`; vectors already there are kept.

    A passage counts as one sentence: only passages are ranked, and cutting them would cost more.
    """
    passages = tuple(_passages(collection.documents, settings))
    report = IngestReport(files=1, documents=len(collection.documents))
    result = IngestResult(collection.documents, passages, report)
    return build_index(root, result, embedder, settings.model_dump(), advance)


def rank_all(
    collection: Collection,
    retriever: HybridRetriever,
    advance: Advance | None = None,
) -> tuple[dict[str, Ranking], Retrieval]:
    """The DEPTH best documents of every judged query, and how good they are.

    `advance(done, total)` is called after each query.
    """
    rankings: dict[str, Ranking] = {}
    latencies: list[float] = []
    for query, text in collection.queries.items():
        started = perf_counter()
        rankings[query] = rank(retriever, text)
        latencies.append((perf_counter() - started) * 1000)
        if advance:
            advance(len(rankings), len(collection.queries))
    manifest = retriever.generation.manifest
    return rankings, Retrieval(
        mode=retriever.mode,
        queries=len(rankings),
        documents=manifest.documents,
        passages=manifest.passages,
        embedder=manifest.embedder.name,
        generation=retriever.generation.name,
        means=means(rankings, collection.grades),
        p50_ms=round(percentile(latencies, 50), 1),
        p95_ms=round(percentile(latencies, 95), 1),
    )


def rank(retriever: HybridRetriever, text: str) -> Ranking:
    """Documents for one query; a document scores as its best passage does.

    Ties go to the id that sorts last, as in trec_eval, so that a run file read there gives the
    numbers given here.
    """
    best: dict[str, float] = {}
    for hit in retriever.search(retriever.encode(text), _PASSAGES):
        document, score = hit.stored.passage.document_id, round(hit.score, _DIGITS)
        best[document] = max(score, best.get(document, score))
    ranked = sorted(best.items(), key=lambda entry: (entry[1], entry[0]), reverse=True)
    return ranked[:DEPTH]


def means(rankings: Mapping[str, Ranking], grades: Mapping[str, Grades]) -> dict[str, float]:
    """Means of all measures over the judged queries; one without a ranking counts as 0."""
    lists = [
        ([document for document, _ in rankings.get(query, ())], judged)
        for query, judged in grades.items()
    ]
    columns = {
        "ndcg@10": [ndcg(ranked, judged, 10) for ranked, judged in lists],
        "ndcg_exp@10": [ndcg(ranked, judged, 10, exponential) for ranked, judged in lists],
        **{
            f"recall@{k}": [recall(ranked, judged, k) for ranked, judged in lists]
            for k in (5, 10, 20)
        },
        "mrr@10": [reciprocal_rank(ranked, judged, 10) for ranked, judged in lists],
    }
    return {name: round(mean(values) or 0.0, 4) for name, values in columns.items()}


def write_run(path: Path, rankings: Mapping[str, Ranking], tag: str) -> None:
    """Write rankings as a TREC run file, `query Q0 document rank score tag` a line."""
    lines = (
        f"{query} Q0 {document} {place} {score:.{_DIGITS}f} {tag}\n"
        for query, ranking in rankings.items()
        for place, (document, score) in enumerate(ranking, 1)
    )
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
    except OSError as error:
        raise StorageError(
            f"Could not write {path}: {error.strerror}. Choose another file with --run."
        ) from error


def _rows(path: Path, model: type[_R], what: str) -> Iterator[_R]:
    return (row for _, row in distinct(path, read_jsonl(path, model), what, field="_id"))


def _document(row: _DocumentRow) -> Document:
    title = (row.title or "").strip()
    text = row.text if row.text.strip() else title
    return Document(
        id=row.id, family=row.id, language=written_language(text), title=title, text=text
    )


def _grades(
    path: Path, queries: Mapping[str, str], documents: Mapping[str, Document]
) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for number, (line, text) in enumerate(read_lines(path)):
        fields = text.split("\t")
        if number == 0 and fields[0] not in queries and not _is_whole(fields[-1]):
            continue
        query, document, grade = _judgement(fields, f"{path}:{line}")
        if query not in queries:
            raise DatasetError(f"{path}:{line}: query-id {query!r} is not in {QUERIES}")
        if document not in documents:
            raise DatasetError(f"{path}:{line}: corpus-id {document!r} is not in {CORPUS}")
        if grades.setdefault(query, {}).setdefault(document, grade) != grade:
            raise DatasetError(f"{path}:{line}: another line grades this pair differently")
    if not grades:
        raise DatasetError(f"{path}:1: holds no judgement; give query-id, corpus-id, score a line")
    return grades


def _judgement(fields: Sequence[str], place: str) -> tuple[str, str, int]:
    if len(fields) != 3:
        raise DatasetError(
            f"{place}: has {len(fields)} tab-separated fields instead of query-id, corpus-id, score"
        )
    if not _is_whole(fields[2]):
        raise DatasetError(f"{place}: score {fields[2]!r} is not a whole number")
    return fields[0].strip(), fields[1].strip(), int(fields[2])


def _is_whole(text: str) -> bool:
    return text.strip().removeprefix("-").isdecimal()


def _passages(documents: Sequence[Document], settings: PassageSettings) -> Iterator[Passage]:
    for document in documents:
        for passage in split(document, settings):
            yield replace(passage, sentences=(Sentence(passage.start, passage.end),))
