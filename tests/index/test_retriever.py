from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.retriever import LEXICAL_WEIGHT, HybridRetriever
from index.tokens import tokenize
from tests.fakes import FakeEmbedder
from tests.index.library import SHELF, PlannedEmbedder, built, document

QUESTIONS = (
    "Quel certificat pour exporter le safran ?",
    "ما هي الشهادة المطلوبة لتصدير الزعفران؟",
    "chno khass bach nexporter zrabi",
    "olive oil permit",
    "٠٥٣٧٧٣٦٠٧٤",
    "13-89",
)
ODD = (
    "",
    " \n\t",
    "؟!…؛،.-_/\\'\"",
    "🙂" * 1000,
    "le la les",
    "\0\x01\u202e\u2066",
    "é" * 5000,
    "0" * 400,
    "' OR 1=1 --",
    "a\u0301\u0301\u0301",
)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HybridRetriever]:
    embedder = FakeEmbedder()
    generation = built(tmp_path_factory.mktemp("shelf"), SHELF, embedder)
    with closing(generation):
        yield HybridRetriever(generation, embedder)


def assert_ranked(retriever: HybridRetriever, text: str, k: int) -> None:
    """The hits are the first k rows by the documented formula, each with its parts."""
    generation = retriever.generation
    query = retriever.encode(text)
    dense = generation.vectors @ query.vector
    lexical = generation.lexical.scores(query.tokens)
    scores = dense + LEXICAL_WEIGHT * lexical
    hits = retriever.search(query, k)
    rows = [hit.stored.row for hit in hits]
    assert len(set(rows)) == len(rows) == min(k, len(generation.vectors))
    np.testing.assert_allclose([hit.score for hit in hits], np.sort(scores)[::-1][:k], atol=1e-5)
    for hit in hits:
        assert hit.dense == pytest.approx(float(dense[hit.stored.row]), abs=1e-5)
        assert hit.lexical == pytest.approx(float(lexical[hit.stored.row]), abs=1e-6)
        assert hit.score == pytest.approx(hit.dense + LEXICAL_WEIGHT * hit.lexical, abs=1e-5)
    assert all(one.score >= two.score for one, two in pairwise(hits))


@pytest.mark.parametrize("k", [1, 3, 10, 1000])
@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_are_ranked_by_the_documented_formula(
    retriever: HybridRetriever, question: str, k: int
) -> None:
    assert_ranked(retriever, question, k)


@pytest.mark.parametrize("question", ODD, ids=range(len(ODD)))
def test_an_odd_question_gives_hits_not_errors(retriever: HybridRetriever, question: str) -> None:
    assert_ranked(retriever, question, 4)
    for hit in retriever.search(retriever.encode(question), 4):
        assert retriever.score_sentences(retriever.encode(question), hit)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60), k=st.integers(0, 20))
def test_any_text_and_any_k_hold_to_the_formula(
    retriever: HybridRetriever, text: str, k: int
) -> None:
    assert_ranked(retriever, text, k)


@pytest.mark.parametrize(
    ("question", "document_id"),
    [
        ("certificat phytosanitaire du safran", "saffron.fr"),
        ("شهادة الصحة النباتية للزعفران", "saffron.ar"),
        ("étiquette de laine des tapis", "carpets.fr"),
        ("بطاقة الصوف للزربية", "carpets.ar"),
        ("how long does the olive oil permit take", "olives.en"),
        ("loi ١٣-٨٩", "saffron.fr"),
    ],
)
def test_a_question_finds_its_document(
    retriever: HybridRetriever, question: str, document_id: str
) -> None:
    best = retriever.search(retriever.encode(question), 1)[0]
    assert best.stored.passage.document_id == document_id


def test_an_empty_collection_has_no_hits(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    with closing(built(tmp_path, [], embedder)) as generation:
        retriever = HybridRetriever(generation, embedder)
        for question in (*QUESTIONS, *ODD):
            assert retriever.search(retriever.encode(question), 10) == ()
            assert len(retriever.bare_search(question, 10)) == 0


def test_more_hits_than_the_pool_are_given_when_asked_for(tmp_path: Path) -> None:
    shelf = [
        document(f"sheet-{n}", "ar", "بطاقة", f"الرقم {n} من الزعفران.", f"رخصة {n}.")
        for n in range(150)
    ]
    embedder = FakeEmbedder(dimension=16)
    with closing(built(tmp_path, shelf, embedder)) as generation:
        retriever = HybridRetriever(generation, embedder)
        for question in ("الزعفران 77", "???"):
            assert_ranked(retriever, question, 120)


@pytest.mark.parametrize(
    ("question", "words", "far"),
    [
        ("certificat du safran", "زعفران وشهادة", "certificat du safran"),
        ("شهادة الزعفران", "saffron and its paper", "شهادة الزعفران"),
    ],
)
def test_words_of_another_language_cannot_push_out_what_is_near(
    tmp_path: Path, question: str, words: str, far: str
) -> None:
    """Eighty passages repeat the question word for word; one says it in another language."""
    embedder = PlannedEmbedder({"؟؟": (1, 0), "near": (0.9, np.sqrt(0.19)), "far": (0.7, 0.7)})
    near = document("near", "ar", "near", words)
    shelf = [near, *(document(f"far-{n}", "fr", "far", f"{far} far {n}") for n in range(80))]
    with closing(built(tmp_path, shelf, embedder)) as generation:
        retriever = HybridRetriever(generation, embedder)
        hits = retriever.search(retriever.encode(f"{question} ؟؟"), 10)
        assert hits[0].stored.passage.document_id == "near.ar"
        assert hits[0].lexical == 0
        assert all(hit.lexical > 0.3 for hit in hits[1:])


def test_words_decide_between_passages_that_are_equally_near(tmp_path: Path) -> None:
    embedder = PlannedEmbedder({"office": (1, 0), "مكتب": (1, 0)})
    shelf = [
        document("a", "ar", "مكتب", "مكتب الرقم 0537111111"),
        document("b", "ar", "مكتب", "مكتب الرقم 0537222222"),
        document("c", "en", "office", "office number 0537333333"),
    ]
    with closing(built(tmp_path, shelf, embedder)) as generation:
        retriever = HybridRetriever(generation, embedder)
        for number, name in (("٠٥٣٧٢٢٢٢٢٢", "b.ar"), ("+212537333333", "c.en")):
            best = retriever.search(retriever.encode(f"مكتب {number}"), 3)[0]
            assert best.stored.passage.document_id == name


def test_equal_scores_keep_the_order_of_the_index(tmp_path: Path) -> None:
    embedder = PlannedEmbedder({"نص": (1, 0)})
    shelf = [document(f"d{n:02}", "ar", "نص", "نص واحد") for n in range(20)]
    with closing(built(tmp_path, shelf, embedder)) as generation:
        retriever = HybridRetriever(generation, embedder)
        hits = retriever.search(retriever.encode("نص"), 20)
        assert [hit.stored.row for hit in hits] == list(range(20))


@pytest.mark.parametrize("question", QUESTIONS)
def test_sentences_are_scored_on_the_same_scale(retriever: HybridRetriever, question: str) -> None:
    query = retriever.encode(question)
    for hit in retriever.search(query, 3):
        scored = retriever.score_sentences(query, hit)
        assert tuple(one.sentence for one in scored) == hit.stored.passage.sentences
        text = retriever.generation.store.document(hit.stored.passage.document_id).text
        for number, one in enumerate(scored):
            vector = retriever.generation.sentence_vectors[hit.stored.first_sentence + number]
            assert one.dense == pytest.approx(float(vector @ query.vector), abs=1e-5)
            assert one.score == pytest.approx(one.dense + LEXICAL_WEIGHT * one.lexical, abs=1e-5)
            shared = set(query.tokens) & set(tokenize(text[one.sentence.start : one.sentence.end]))
            assert (one.lexical > 0) == bool(shared)
            assert one.lexical <= 1


def test_bare_search_gives_the_nearest_rows(retriever: HybridRetriever) -> None:
    for question in QUESTIONS:
        vector = retriever.encode(question).vector
        similarity = retriever.generation.vectors @ vector
        for k in (1, 4, 1000):
            rows = retriever.bare_search(question, k)
            assert len(set(rows.tolist())) == len(rows) == min(k, len(similarity))
            np.testing.assert_allclose(similarity[rows], np.sort(similarity)[::-1][:k], atol=1e-5)
