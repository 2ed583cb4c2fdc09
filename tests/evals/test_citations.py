"""Citations: by hand, then judged by a model that is played here."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.answer import Answer, Citation
from evals import citations
from evals.citations import Cited, ModelSupport, WordSupport
from tests.evals.cases import CITATIONS, TEXTS, Case, Subset, quote

WORD = st.sampled_from(["délai", "export", "150 jours", "أجل", "تصدير", "miel"])
TEXT = st.lists(WORD, max_size=4).map(" ".join)
SENTENCES = st.lists(st.builds(Cited, TEXT, st.lists(TEXT, max_size=3).map(tuple)), max_size=4)


@pytest.mark.parametrize("case", CITATIONS, ids=lambda case: case.metric)
def test_by_hand(case: Case) -> None:
    assert case.holds(citations)


@given(SENTENCES)
def test_bounds_and_indifference_to_order(sentences: list[Cited]) -> None:
    for support in (Subset(), WordSupport()):
        recall = citations.cit_recall(sentences, support)
        precision = citations.cit_precision(sentences, support)
        assert 0 <= recall <= 1
        assert 0 <= precision <= 1
        assert min(recall, precision) <= citations.cit_f1(recall, precision) + 1e-9
        assert citations.cit_f1(recall, precision) <= max(recall, precision) + 1e-9
        assert recall == citations.cit_recall(sentences[::-1], support)
        assert precision == citations.cit_precision(sentences[::-1], support)


@given(st.text(min_size=1))
def test_a_figure_or_word_is_proved_by_itself_and_by_nothing_else(text: str) -> None:
    support = WordSupport()
    assert not support.entails("", text)
    if support.entails(text, text):
        assert support.entails(f"{text}\nmiel", text)


@pytest.mark.parametrize("text", [*TEXTS.values(), "The limit is 150 days."])
def test_words_quoted_whole_are_proved(text: str) -> None:
    assert WordSupport().entails(text, text)


class Oracle:
    """Gives each pair the probability it was told, and counts what it was asked."""

    def __init__(self, known: dict[tuple[str, str], float]) -> None:
        self.known = known
        self.asked: list[tuple[str, str]] = []

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.asked += pairs
        return np.array([self.known[pair] for pair in pairs], dtype=np.float32)


def test_a_model_decides_at_its_threshold_and_is_asked_once() -> None:
    oracle = Oracle({("الأجل 150 يوما", "150 jours"): 0.5, ("miel", "150 jours"): 0.25})
    support = ModelSupport(oracle, 0.5, "petit-nli@1")
    for _ in range(2):
        assert support.entails("الأجل 150 يوما", "150 jours")
        assert not support.entails("miel", "150 jours")
    assert len(oracle.asked) == 2
    assert support.name == "petit-nli@1"


def test_a_model_reads_all_quotes_of_a_sentence_together() -> None:
    oracle = Oracle({("a\nb", "a b"): 1.0, ("a", "a b"): 0.0, ("b", "a b"): 0.0})
    sentences = [Cited("a b", ("a", "b"))]
    support = ModelSupport(oracle, 0.9, "oracle")
    assert citations.cit_recall(sentences, support) == 1
    assert citations.cit_precision(sentences, support) == 1


def test_sentences_of_an_answer_keep_their_quotes_and_invented_numbers_are_empty(
    cite: Callable[..., Citation], make_answer: Callable[..., Answer]
) -> None:
    now = cite(1, 0, 26)
    answer = make_answer([(now.quote, (1,)), ("Autre.", (1, 9)), ("Rien.", ())], [now])
    assert citations.cited(answer) == (
        Cited(now.quote, (now.quote,)),
        Cited("Autre.", (now.quote, "")),
        Cited("Rien.", ()),
    )


@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_every_span_is_supported_in_its_place_and_misattributed_elsewhere(
    name: str, data: st.DataObject
) -> None:
    text = TEXTS[name]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    words = text[start:end]
    assert citations.quote_class(quote(words, name, start, end), TEXTS) == "supported"
    if words.strip():
        elsewhere = citations.quote_class(quote(words, "absent.fr", start, end), TEXTS)
        assert elsewhere == "misattributed"


@given(st.lists(st.sampled_from(["tomate", "الطماطم", "tomato"]), min_size=1).map(" ".join))
def test_words_of_no_document_are_fabricated(words: str) -> None:
    assert citations.quote_class(quote(words, end=len(words)), TEXTS) == "fabricated"
