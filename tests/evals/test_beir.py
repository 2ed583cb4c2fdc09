"""A collection in BEIR layout, from files to a run file."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from evals import beir
from index.embedding import Embedder
from index.generation import open_current
from index.retriever import HybridRetriever, Mode
from ingest.errors import DatasetError, PathMissingError, StorageError
from ingest.passages import PassageSettings

Write = Callable[[Path, Sequence[object]], Path]

DOCUMENTS: list[object] = [
    {"_id": "olive", "title": "Huile d'olive", "text": "L'exportation est soumise à licence."},
    {"_id": "rug", "title": "", "text": "Hand-knotted rugs need a quality stamp.", "metadata": {}},
    {"_id": "sugar", "title": None, "text": "السكر يخضع لدفتر التحملات عند التصدير"},
    {"_id": "blank", "title": "Formulaire D28", "text": ""},
]
QUERIES: list[object] = [
    {"_id": "1", "text": "licence exportation huile"},
    {"_id": "2", "text": "دفتر التحملات السكر"},
    {"_id": "3", "text": "D28"},
    {"_id": "4", "text": "never judged"},
]
QRELS = ["query-id\tcorpus-id\tscore", "1\tolive\t2", "1\trug\t0", "2\tsugar\t1", "3\tblank\t1"]


@pytest.fixture
def folder(tmp_path: Path, write_lines: Write) -> Path:
    write_lines(tmp_path / "c" / "corpus.jsonl", DOCUMENTS)
    write_lines(tmp_path / "c" / "queries.jsonl", QUERIES)
    write_lines(tmp_path / "c" / "qrels" / "test.tsv", QRELS)
    return tmp_path / "c"


Open = Callable[[Mode], HybridRetriever]


@pytest.fixture
def retriever(folder: Path, tmp_path: Path, embedder: Embedder) -> Iterator[Open]:
    """Opens a retriever of that mode over the collection."""
    collection = beir.read_collection(folder)
    beir.build(tmp_path / "index", collection, embedder, PassageSettings())
    generation = open_current(tmp_path / "index", embedder.identity)
    yield lambda mode: HybridRetriever(generation, embedder, mode)
    generation.close()


def test_a_collection_is_read_with_its_judged_queries(folder: Path) -> None:
    collection = beir.read_collection(folder)
    assert [document.id for document in collection.documents] == ["olive", "rug", "sugar", "blank"]
    assert [document.language for document in collection.documents][:3] == ["fr", "en", "ar"]
    assert collection.documents[3].text == "Formulaire D28"
    assert set(collection.queries) == {"1", "2", "3"}
    assert collection.grades["1"] == {"olive": 2, "rug": 0}


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_from_files_to_numbers(folder: Path, tmp_path: Path, retriever: Open, mode: Mode) -> None:
    collection = beir.read_collection(folder)
    told: list[tuple[int, int]] = []
    rankings, measured = beir.rank_all(
        collection, retriever(mode), lambda done, total: told.append((done, total))
    )
    assert measured.mode == mode
    assert measured.queries == 3
    assert measured.documents == 4
    assert set(measured.means) == {
        "ndcg@10", "ndcg_exp@10", "recall@5", "recall@10", "recall@20", "mrr@10",
    }  # fmt: skip
    assert set(measured.means.values()) == {1}
    assert told == [(1, 3), (2, 3), (3, 3)]
    beir.write_run(tmp_path / "run.trec", rankings, "sanad")
    rows = [line.split() for line in (tmp_path / "run.trec").read_text().splitlines()]
    assert rows[0][:4] == ["1", "Q0", "olive", "1"]
    assert rows[0][5] == "sanad"
    for query in ("1", "2", "3"):
        mine = [row for row in rows if row[0] == query]
        assert [int(row[3]) for row in mine] == list(range(1, len(mine) + 1))
        assert [float(row[4]) for row in mine] == sorted((float(r[4]) for r in mine), reverse=True)


def test_lexical_ranks_only_what_shares_a_word(retriever: Open) -> None:
    lexical = retriever("lexical")
    assert [document for document, _ in beir.rank(lexical, "السكر")] == ["sugar"]
    assert beir.rank(lexical, "zzz") == []


def test_dense_ranks_everything_whatever_its_words(retriever: Open) -> None:
    assert len(beir.rank(retriever("dense"), "zzz")) == len(DOCUMENTS)


def test_a_document_counts_once_and_ties_go_to_the_last_id(
    tmp_path: Path, write_lines: Write, embedder: Embedder
) -> None:
    long = " ".join(f"Sucre numéro {i}, une phrase assez longue pour remplir." for i in range(60))
    rows = [{"_id": name, "text": long} for name in ("a", "c", "b")]
    write_lines(tmp_path / "corpus.jsonl", rows)
    write_lines(tmp_path / "queries.jsonl", [{"_id": 1, "text": "sucre"}])
    write_lines(tmp_path / "qrels" / "test.tsv", ["1\tb\t1"])
    collection = beir.read_collection(tmp_path)
    report = beir.build(tmp_path / "index", collection, embedder, PassageSettings())
    assert report.passages > report.documents
    assert report.sentences == report.passages
    generation = open_current(tmp_path / "index", embedder.identity)
    ranked = beir.rank(HybridRetriever(generation, embedder), "sucre")
    generation.close()
    assert [document for document, _ in ranked] == ["c", "b", "a"]


def test_building_again_embeds_nothing(folder: Path, tmp_path: Path, embedder: Embedder) -> None:
    collection = beir.read_collection(folder)
    first = beir.build(tmp_path / "i", collection, embedder, PassageSettings())
    again = beir.build(tmp_path / "i", collection, embedder, PassageSettings())
    assert first.embedded == 4
    assert again.embedded == 0
    assert again.generation == first.generation


def test_a_query_without_ranking_counts_as_0() -> None:
    found = beir.means({"1": [("a", 1.0)]}, {"1": {"a": 1}, "2": {"a": 1}})
    assert set(found.values()) == {0.5}


@pytest.mark.parametrize(
    ("file", "rows", "line", "named"),
    [
        ("corpus.jsonl", ["{"], 1, "JSON"),
        ("corpus.jsonl", [DOCUMENTS[0], {"_id": "x"}], 2, "text"),
        ("corpus.jsonl", [{"text": "no id"}], 1, "_id"),
        ("corpus.jsonl", [{"_id": "a b", "text": "t"}], 1, "_id"),
        ("corpus.jsonl", [DOCUMENTS[0], DOCUMENTS[0]], 2, "olive"),
        ("corpus.jsonl", [""], 1, "document"),
        ("corpus.jsonl", [{"_id": "x", "text": " "}], 1, "text"),
        ("queries.jsonl", [""], 1, "query"),
        ("qrels/test.tsv", [*QRELS, "1\tnowhere\t1"], 6, "nowhere"),
        ("qrels/test.tsv", [*QRELS, "99\tolive\t1"], 6, "99"),
        ("qrels/test.tsv", [*QRELS, "1 olive 1"], 6, "fields"),
        ("qrels/test.tsv", [*QRELS, "1\tolive\thigh"], 6, "high"),
        ("qrels/test.tsv", ["1\tolive\thigh"], 1, "high"),
        ("qrels/test.tsv", [*QRELS, "1\tolive\t1"], 6, "grades"),
        ("qrels/test.tsv", QRELS[:1], 1, "judgement"),
    ],
)
def test_what_breaks_the_layout_is_named(
    folder: Path, write_lines: Write, *, file: str, rows: list[object], line: int, named: str
) -> None:
    write_lines(folder / file, rows)
    with pytest.raises(DatasetError) as caught:
        beir.read_collection(folder)
    assert f"{folder / file}:{line}:" in str(caught.value)
    assert named in str(caught.value)


@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(PathMissingError, match=Path(file).name):
        beir.read_collection(folder)


def test_a_run_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="--run"):
        beir.write_run(tmp_path / "absent" / "run.trec", {}, "sanad")
