"""What a reranker may change: the order and the scores of the best matches, and nothing else."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.assistant import Assistant, assemble, open_assistant
from assistant.compose import ExtractiveComposer
from assistant.retrieve import RERANKED, blend
from assistant.settings import Settings
from index.generation import Generation
from index.rerank import CrossEncoderReranker
from index.retriever import Match
from ingest.errors import ModelMissingError
from tests.fakes import FakeEmbedder
from tests.index.tinycrossencoder import write_cross_encoder

DELAY = "Quel est le délai du permis d'huile d'olive ?"
DELAY_AR = "ما هو أجل رخصة زيت الزيتون؟"

Numbers = st.floats(-50, 50, width=32)


class Reversing:
    """Finds each text worse than the next one, and keeps what it read."""

    name = "reversing"

    def __init__(self) -> None:
        self.question = ""
        self.texts: tuple[str, ...] = ()

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.question, self.texts = question, tuple(texts)
        return np.arange(len(texts), dtype=np.float32)


def matches(*scores: float) -> tuple[Match, ...]:
    return tuple(Match(row, score, 0.9, 0.8, 0.7, 0.1) for row, score in enumerate(scores))


def found(sanad: Assistant, question: str) -> tuple[Match, ...]:
    return sanad.trace(question).state.matches


@pytest.fixture
def reversing() -> Reversing:
    return Reversing()


@pytest.fixture
def reranked(
    trade_generation: Generation, trade_embedder: FakeEmbedder, reversing: Reversing
) -> Assistant:
    return assemble(trade_generation, trade_embedder, ExtractiveComposer(), reranker=reversing)


@given(st.lists(st.tuples(st.floats(0.5, 1), Numbers), min_size=1, max_size=40))
def test_the_mean_of_the_scores_stays_and_their_spread_grows_no_wider(
    pairs: list[tuple[float, float]],
) -> None:
    before = matches(*(score for score, _ in pairs))
    after = blend(before, np.array([opinion for _, opinion in pairs], dtype=np.float32))
    old, new = ([match.score for match in group] for group in (before, after))
    assert np.mean(new) == pytest.approx(np.mean(old), abs=1e-9)
    assert np.std(new) <= np.std(old) + 1e-9


def test_an_opinion_counts_by_its_place_among_the_others_whatever_its_scale() -> None:
    before = matches(0.90, 0.86, 0.82)
    opinions = np.array([-3, 0, 3], dtype=np.float32)
    small, large = blend(before, opinions), blend(before, 100 * opinions + 7)
    assert [one.score for one in small] == pytest.approx([one.score for one in large])
    assert [one.score for one in small] == pytest.approx([0.86, 0.86, 0.86])
    agreeing = blend(before, -opinions)
    assert [one.score for one in agreeing] == pytest.approx([0.90, 0.86, 0.82])


def test_only_the_score_is_blended() -> None:
    [first, *_] = blend(matches(0.9, 0.8), np.array([0, 1], dtype=np.float32))
    assert (first.row, first.nearest, first.mean, first.asked, first.lexical) == (
        0, 0.9, 0.8, 0.7, 0.1,
    )  # fmt: skip


def test_opinions_that_are_all_the_same_change_nothing() -> None:
    before = matches(0.9, 0.8, 0.7)
    assert blend(before, np.full(3, 2.5, dtype=np.float32)) == before
    assert blend((), np.empty(0, dtype=np.float32)) == ()


@pytest.mark.parametrize("question", [DELAY, DELAY_AR])
def test_the_reranker_reads_the_best_matches_with_the_titles_of_their_sheets(
    sanad: Assistant, reranked: Assistant, reversing: Reversing, question: str
) -> None:
    plain = found(sanad, question)
    best = list(sanad.store.sentences(match.row for match in plain[:RERANKED]))
    after = found(reranked, question)
    assert reversing.question == question
    assert len(reversing.texts) == len(best) > 1
    for text, sentence in zip(reversing.texts, best, strict=True):
        assert sentence.title in text
        assert sentence.words in text
    assert {match.row for match in after} == {match.row for match in plain}
    assert [m.score for m in after] == sorted((m.score for m in after), reverse=True)
    assert [match.row for match in after] != [match.row for match in plain]


def test_what_lies_behind_the_best_keeps_its_score(
    sanad: Assistant,
    reranked: Assistant,
    reversing: Reversing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.retrieve.RERANKED", 4)
    plain = found(sanad, DELAY)
    rest = {match.row: match for match in plain[4:]}
    assert rest
    after = {match.row: match for match in found(reranked, DELAY)}
    assert len(reversing.texts) == 4
    assert {row: after[row] for row in rest} == rest


def test_a_cross_encoder_of_the_settings_reranks(
    trade_index: Path,
    trade_embedder: FakeEmbedder,
    sanad: Assistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.assistant.open_configured_embedder", lambda _: trade_embedder)
    folder = write_cross_encoder(tmp_path / "petit", ["score"])
    plain = found(sanad, DELAY_AR)
    read = list(sanad.store.sentences(match.row for match in plain[:RERANKED]))
    texts = [f"{one.title}\n{one.words}" for one in read]
    expected = blend(plain[:RERANKED], CrossEncoderReranker(folder).scores(DELAY_AR, texts))
    with open_assistant(Settings(llm="none", index=trade_index, rerank_model=folder)) as opened:
        after = {match.row: match.score for match in found(opened, DELAY_AR)}
    assert {match.row: after[match.row] for match in expected} == pytest.approx(
        {match.row: match.score for match in expected}, abs=1e-5
    )
    missing = Settings(llm="none", index=trade_index, rerank_model=tmp_path / "absent")
    with pytest.raises(ModelMissingError, match="SANAD_RERANK_MODEL"), open_assistant(missing):
        pass
