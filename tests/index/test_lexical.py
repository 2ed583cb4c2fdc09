from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import LexicalIndex
from index.postings import Postings
from index.tokens import tokenize

TEXTS = [
    "L'exportation du safran demande un certificat phytosanitaire.",
    "L'exportation des tapis demande une étiquette.",
    "L'exportation de l'huile demande un permis. Le guichet répond au 0537736074.",
    "يتطلب تصدير الزعفران شهادة الصحة النباتية.",
    "يتطلب تصدير الزرابي بطاقة الصوف.",
    "يتطلب تصدير الزيت رخصة. ينظم القانون رقم 2-22-312 الآجال.",
]
WORDS = [
    "safran",
    "tapis",
    "exportation",
    "تصدير",
    "زعفران",
    "رخصة",
    "0537736074",
    "12 %",
    "le",
    "!",
]
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build(TEXTS)


def best(index: LexicalIndex, question: str) -> int:
    return int(np.argmax(index.scores(tokenize(question))))


@settings(max_examples=60, deadline=None)
@given(st.lists(SENTENCES, max_size=8), SENTENCES)
def test_a_score_is_a_share_and_only_of_rows_that_hold_a_word(
    texts: list[str], question: str
) -> None:
    query = tokenize(question)
    scores = LexicalIndex.build(texts).scores(query)
    assert scores.dtype == np.float32
    assert len(scores) == len(texts)
    assert np.all((scores >= 0) & (scores <= 1))
    for text, score in zip(texts, scores, strict=True):
        assert (score > 0) == bool(set(query) & set(tokenize(text)))


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("certificat phytosanitaire du safran à l'exportation", 0),
        ("étiquette des tapis à l'exportation", 1),
        ("شهادة الصحة النباتية عند تصدير الزعفران", 3),
        ("بطاقة الصوف عند تصدير الزرابي", 4),
    ],
)
def test_all_the_rare_words_beat_one_common_word(
    index: LexicalIndex, question: str, row: int
) -> None:
    scores = index.scores(tokenize(question))
    others = np.delete(scores, row)
    assert scores[row] > others.max() > 0
    assert scores[row] > 2 * others.max()


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("0537736074", 2),
        ("٠٥٣٧٧٣٦٠٧٤", 2),
        ("+212 5 37 73 60 74", 2),
        ("شكون كيجاوب على ٠٥٣٧٧٣٦٠٧٤", 2),
        ("décret 2-22-312", 5),
        ("المرسوم ٢-٢٢-٣١٢", 5),
    ],
)
def test_phones_and_laws_are_found_in_any_digits(
    index: LexicalIndex, question: str, row: int
) -> None:
    assert best(index, question) == row


@pytest.mark.parametrize(("known", "unknown"), [("safran", "cobalt"), ("الزعفران", "الكوبالت")])
def test_an_unknown_word_lowers_every_score(index: LexicalIndex, known: str, unknown: str) -> None:
    alone = index.scores(tokenize(known))
    both = index.scores(tokenize(f"{known} {unknown}"))
    assert np.all(both[alone > 0] < alone[alone > 0])
    assert not index.scores(tokenize(unknown)).any()


def test_rare_words_weigh_more_and_unknown_ones_most(index: LexicalIndex) -> None:
    common, rare = (index.idf(tokenize(word)[0]) for word in ("exportation", "tapis"))
    assert 0 < common < rare < index.idf("never-seen")
    assert common == pytest.approx(np.log1p((6 - 3 + 0.5) / (3 + 0.5)))


def test_a_query_without_words_scores_nothing(index: LexicalIndex) -> None:
    assert not index.scores([]).any()
    assert index.coverage([], tokenize(TEXTS[0])) == 0


def test_coverage_weighs_a_word_by_its_rarity(index: LexicalIndex) -> None:
    common, rare = tokenize("exportation"), tokenize("tapis")
    whole = common + rare
    weights = [sum(map(index.idf, part)) for part in (common, rare)]
    assert index.coverage(whole, rare) == pytest.approx(weights[1] / sum(weights))
    assert index.coverage(whole, common) < index.coverage(whole, rare)


def test_saying_a_word_twice_changes_nothing(index: LexicalIndex) -> None:
    once, twice = tokenize("safran"), tokenize("safran safran")
    np.testing.assert_array_equal(index.scores(once), index.scores(twice))


class Numbered:
    """Tokens as bm25s takes them."""

    def __init__(self, rows: list[list[str]]) -> None:
        self.vocab = {
            token: number
            for number, token in enumerate(sorted({"", *(one for row in rows for one in row)}))
        }
        self.ids = [[self.vocab[token] for token in row or [""]] for row in rows]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9), min_size=1, max_size=12))
def test_weights_are_those_of_bm25s_to_the_bit(rows: list[list[str]]) -> None:
    peer = bm25s.BM25(method="lucene")
    peer.index(Numbered(rows), show_progress=False)
    index = LexicalIndex.of(Postings.of(rows))
    for ours, theirs in (
        (index.weights, "data"),
        (index.postings.rows, "indices"),
        (index.postings.starts, "indptr"),
    ):
        np.testing.assert_array_equal(ours, peer.scores[theirs])


@pytest.mark.parametrize("text", [TEXTS[0], TEXTS[3]])
def test_coverage_is_whole_for_the_text_itself_and_a_part_for_a_part(
    index: LexicalIndex, text: str
) -> None:
    query = tokenize(text)
    half = tokenize(" ".join(text.split()[:3]))
    assert index.coverage(query, set(query)) == pytest.approx(1)
    assert 0 < index.coverage(query, half) < 1
    assert index.coverage(query, tokenize("Rien à voir. لا علاقة.")) == 0


@pytest.mark.parametrize("texts", [[], [""], ["le la les", "؟!"], TEXTS])
def test_a_saved_index_scores_as_before(texts: list[str], tmp_path: Path) -> None:
    index = LexicalIndex.build(texts)
    index.save(tmp_path / "lexical")
    opened = LexicalIndex.load(tmp_path / "lexical")
    assert opened.rows == index.rows == len(texts)
    for question in ("safran", "تصدير الزعفران", "0537736074", ""):
        query = tokenize(question)
        np.testing.assert_array_equal(opened.scores(query), index.scores(query))
        present = tokenize(TEXTS[3])
        assert opened.coverage(query, present) == index.coverage(query, present)
