from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.retriever import (
    ASKED,
    MEAN,
    NAMED,
    NEAREST,
    HybridRetriever,
    Match,
    Query,
)
from index.tokens import LEGAL
from ingest.document import Document
from tests.fakes import FakeEmbedder
from tests.index.library import SHELF, PlannedEmbedder, asked, built, document

QUESTIONS = (
    "Quel certificat pour exporter le safran ?",
    "ما هي الشهادة المطلوبة لتصدير الزعفران؟",
    "chno khass bach nexporter zrabi",
    "olive oil permit",
    "٠٥٣٧٧٣٦٠٧٤",
    "13-89",
    "article 2 de la loi n° 13-89",
    "المادة 2 من القانون رقم 13.89",
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


class Naive:
    """Every statement of a generation, scored with loops by the formula of `Match`."""

    def __init__(self, retriever: HybridRetriever, query: Query) -> None:
        generation = retriever.generation
        count = generation.manifest.sentences
        places = generation.store.places()
        self.weight = query.lexical_weight
        self.cosines = [float(one) for one in generation.vectors[:] @ query.vector]
        self.words = [float(one) for one in generation.lexical.scores(query.tokens)][:count]
        legal = [token for token in query.tokens if token.startswith(LEGAL)]
        self.named = [float(one) for one in generation.lexical.scores(legal)][:count]
        self.passages = places.passages
        self.groups: dict[tuple[str, str | int], list[int]] = {}
        for row in range(count):
            key = (places.families[row], places.statements[row] or row)
            self.groups.setdefault(key, []).append(row)
        self.key = {row: key for key, rows in self.groups.items() for row in rows}
        self.questions = {
            key: [
                row
                for row in range(count, len(places.families))
                if places.families[row] == key[0] and places.statements[row] in (None, key[1])
            ]
            for key in self.groups
        }

    def match(self, row: int) -> Match:
        """The statement that a sentence belongs to."""
        rows = self.groups[self.key[row]]
        nearest = max(self.cosines[one] for one in rows)
        mean = sum(self.cosines[one] for one in rows) / len(rows)
        asked = max((self.cosines[q] for q in self.questions[self.key[row]]), default=nearest)
        lexical = max(self.words[one] for one in rows)
        score = NEAREST * nearest + MEAN * mean + ASKED * asked + self.weight * lexical
        score += NAMED * self.weight * max(self.named[one] for one in rows)
        return Match(row, score, nearest, mean, asked, lexical)

    def scores(self) -> list[float]:
        """Of all statements, best first."""
        return sorted((self.match(rows[0]).score for rows in self.groups.values()), reverse=True)


def parts(match: Match) -> list[float]:
    return [match.score, match.nearest, match.mean, match.asked, match.lexical]


def assert_ranked(retriever: HybridRetriever, text: str, k: int) -> None:
    """The matches are the first k statements by the documented formula, each with its parts."""
    query = retriever.encode(text)
    naive = Naive(retriever, query)
    matches = retriever.match(query, k)
    assert len({naive.key[one.row] for one in matches}) == len(matches)
    np.testing.assert_allclose([one.score for one in matches], naive.scores()[:k], atol=1e-5)
    for match in matches:
        np.testing.assert_allclose(parts(match), parts(naive.match(match.row)), atol=1e-5)
        assert naive.cosines[match.row] == pytest.approx(match.nearest, abs=1e-5)
        assert 0 <= match.lexical <= 1
    assert all(one.score >= two.score for one, two in pairwise(matches))
    assert_hits(retriever, query, k)


def assert_hits(retriever: HybridRetriever, query: Query, k: int) -> None:
    """Each passage is there for a statement that none before it holds, and none is left out."""
    naive = Naive(retriever, query)
    hits = retriever.search(query, k)
    matches = retriever.match(query, k * 8)
    held: list[set[tuple[str, str | int]]] = [
        {naive.key[row] for row, its in enumerate(naive.passages) if its == hit.stored.row}
        for hit in hits
    ]
    assert len({hit.stored.row for hit in hits}) == len(hits) <= k
    for at, hit in enumerate(hits):
        assert hit.match in matches
        assert hit.score == hit.match.score
        assert naive.passages[hit.match.row] == hit.stored.row
        assert not any(naive.key[hit.match.row] in before for before in held[:at])
    if len(hits) < k:
        assert {naive.key[one.row] for one in matches} <= set().union(*held)
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
    assert retriever.search(retriever.encode(question), 4)


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
            assert retriever.match(retriever.encode(question), 10) == ()
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
    """More passages than either list holds repeat the question; one says it otherwise."""
    embedder = PlannedEmbedder({"؟؟": (1, 0), "near": (0.9, np.sqrt(0.19)), "far": (0.7, 0.7)})
    near = document("near", "ar", "near", words)
    shelf = [near, *(document(f"far-{n}", "fr", "far", f"{far} far {n}") for n in range(300))]
    with closing(built(tmp_path, shelf, embedder)) as generation:
        retriever = HybridRetriever(generation, embedder)
        hits = retriever.search(retriever.encode(f"{question} ؟؟"), 10)
        assert hits[0].stored.passage.document_id == "near.ar"
        assert hits[0].match.lexical == 0
        assert len(hits) == 10
        assert all(hit.match.lexical > 0.3 for hit in hits[1:])


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


def test_the_variants_of_a_statement_count_as_one_in_the_nearest_language(
    retriever: HybridRetriever,
) -> None:
    for question, language in (
        ("certificat phytosanitaire du safran", "fr"),
        ("شهادة الصحة النباتية للزعفران", "ar"),
    ):
        matches = retriever.match(retriever.encode(question), 100)
        found = retriever.generation.store.sentences(one.row for one in matches)
        keys = [(one.family, one.anchor) for one in found]
        assert (
            len(keys)
            == len(set(keys))
            == len({(d.family, s.anchor) for d in SHELF for s in d.statements})
        )
        assert (found[0].family, found[0].anchor, found[0].language) == ("saffron", "s0", language)
        assert matches[0].nearest > matches[0].mean


PAPERS = (
    document("papers", "fr", "Pièces", "alpha document", "beta document"),
    document("papers", "ar", "وثائق", "ألفا وثيقة", "بيتا وثيقة"),
    document("other", "fr", "Divers", "gamma document"),
)
PLAN = {
    "QUESTION": (1.0, 0.0, 0.0),
    "ASKED": (0.9, 0.1, 0.0),
    **dict.fromkeys(("alpha", "beta", "ألفا", "بيتا"), (0.2, 0.0, 1.0)),
    "gamma": (0.4, 0.0, 1.0),
}


def ranked(root: Path, shelf: Sequence[Document]) -> list[tuple[str, str | None, float]]:
    """Statements with their `asked`, best first, for the question that PLAN has a vector for."""
    embedder = PlannedEmbedder(PLAN)
    with closing(built(root, shelf, embedder)) as generation:
        retriever = HybridRetriever(generation, embedder)
        assert_ranked(retriever, "QUESTION", 10)
        matches = retriever.match(retriever.encode("QUESTION"), 10)
        found = generation.store.sentences(one.row for one in matches)
        return [(s.family, s.anchor, m.asked) for s, m in zip(found, matches, strict=True)]


@pytest.mark.parametrize("variant", [0, 1])
def test_a_question_filed_with_a_statement_brings_it_up(tmp_path: Path, variant: int) -> None:
    """Whichever language it was filed in."""
    without = ranked(tmp_path / "without", PAPERS)
    assert without[0][:2] == ("other", "s0")
    shelf = [*PAPERS]
    shelf[variant] = asked(shelf[variant], {"s1": ["ASKED شحال"]})
    (family, anchor, near), *rest = ranked(tmp_path / "with", shelf)
    assert (family, anchor) == ("papers", "s1")
    assert near > 0.9
    assert rest[0][:2] == ("other", "s0")
    assert all(one[2] < 0.5 for one in rest)


@pytest.mark.parametrize("variant", [0, 1])
def test_a_question_about_a_sheet_brings_up_all_of_it(tmp_path: Path, variant: int) -> None:
    shelf = [*PAPERS]
    shelf[variant] = asked(shelf[variant], {}, "ASKED هنا")
    first, second, last = ranked(tmp_path, shelf)
    assert {first[:2], second[:2]} == {("papers", "s0"), ("papers", "s1")}
    assert first[2] > 0.9
    assert first[2] == second[2]
    assert last[0] == "other"


def test_only_its_filed_question_finds_a_statement_that_is_far(tmp_path: Path) -> None:
    """Neither its vector nor its words are among the lists' best; its question is."""
    crowd = [document(f"crowd-{n}", "fr", "Divers", f"gamma {n}") for n in range(300)]
    shelf = [*crowd, asked(PAPERS[1], {"s1": ["ASKED"]})]
    assert ranked(tmp_path, shelf)[0][:2] == ("papers", "s1")


@pytest.mark.parametrize("question", QUESTIONS)
def test_dense_alone_knows_no_words(retriever: HybridRetriever, question: str) -> None:
    dense = HybridRetriever(retriever.generation, FakeEmbedder(), mode="dense")
    assert dense.encode(question).tokens == ()
    assert_ranked(dense, question, 4)
    assert all(one.lexical == 0 for one in dense.match(dense.encode(question), 10))


@pytest.mark.parametrize("question", QUESTIONS)
def test_words_alone_know_no_vector(retriever: HybridRetriever, question: str) -> None:
    lexical = HybridRetriever(retriever.generation, FakeEmbedder(), mode="lexical")
    query = lexical.encode(question)
    naive = Naive(lexical, query)
    matches = lexical.match(query, 10)
    expected = [score for score in naive.scores() if score > 0]
    np.testing.assert_allclose([one.score for one in matches], expected, atol=1e-6)
    for one in matches:
        assert (one.nearest, one.mean, one.asked) == (0, 0, 0)
        assert one.lexical > 0
    assert_hits(lexical, query, 3)


def test_words_alone_find_nothing_without_a_word(retriever: HybridRetriever) -> None:
    lexical = HybridRetriever(retriever.generation, FakeEmbedder(), mode="lexical")
    for question in ("", "le la les", "🙂", "لا كلمة مشتركة هنا قط"):
        assert lexical.search(lexical.encode(question), 5) == ()


def test_chance_is_measured_over_sentences_not_over_questions(tmp_path: Path) -> None:
    shelf = [
        asked(document(f"d{n}", "ar", "بطاقة", f"الرقم {n} من الزعفران."), {"s0": ["زعفران؟"]})
        for n in range(40)
    ]
    embedder = FakeEmbedder()
    with closing(built(tmp_path, shelf, embedder)) as generation:
        query = HybridRetriever(generation, embedder).encode("الزعفران")
        cosines = generation.vectors[:40] @ query.vector
        assert query.level == pytest.approx(float(cosines.mean()), abs=1e-5)
        assert query.spread == pytest.approx(float(cosines.std()), abs=1e-5)
        assert query.strength(query.level + 2 * query.spread) == pytest.approx(2)


def test_a_collection_of_a_few_sentences_shows_no_chance(retriever: HybridRetriever) -> None:
    for question in QUESTIONS:
        query = retriever.encode(question)
        best = retriever.match(query, 1)[0]
        assert query.strength(best.score) > 10


def test_bare_search_gives_the_nearest_rows(retriever: HybridRetriever) -> None:
    for question in QUESTIONS:
        vector = retriever.encode(question).vector
        similarity = retriever.generation.vectors[:] @ vector
        for k in (1, 4, 1000):
            rows = retriever.bare_search(question, k)
            assert len(set(rows.tolist())) == len(rows) == min(k, len(similarity))
            np.testing.assert_allclose(similarity[rows], np.sort(similarity)[::-1][:k], atol=1e-5)


@pytest.mark.parametrize(
    "question",
    ["loi 91-14, article 15", "قانون التجارة الخارجية 91.14 المادة 15", "law 91/14 art. 15"],
)
def test_the_article_that_is_named_comes_first_in_whatever_language(
    tmp_path: Path, question: str
) -> None:
    law = "القانون رقم 91.14 المتعلق بالتجارة الخارجية — المادة {}"
    french = "Loi n° 17-97 relative à la propriété industrielle — Article {}"
    shelf = [
        *(document(f"l{n}", "ar", law.format(n), "تعتبر العمليات حرة.") for n in (14, 15, 16)),
        *(
            document(f"f{n}", "fr", french.format(n), "Le titre confère un droit.")
            for n in (14, 15)
        ),
    ]
    embedder = FakeEmbedder()
    with closing(built(tmp_path, shelf, embedder)) as generation:
        retriever = HybridRetriever(generation, embedder)
        [hit] = retriever.search(retriever.encode(question), 1)
    assert hit.stored.passage.document_id == "l15.ar"
