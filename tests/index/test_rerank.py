"""Reranking by a model that exists only here: the numbers are its own, the wiring is ours."""

from pathlib import Path

import numpy as np
import pytest

from index.rerank import CrossEncoderReranker
from ingest.errors import ModelMissingError, SettingsError
from tests.index.tinycrossencoder import write_cross_encoder, write_encoder

QUESTIONS = ("Quel délai pour rapatrier ?", "ما هو أجل استرجاع العائدات؟")
TEXTS = ["Le délai est de 150 jours.", "الأجل هو 150 يوما.", "", "Le safran. " * 40, "نص"]


@pytest.fixture(scope="module")
def reranker(tmp_path_factory: pytest.TempPathFactory) -> CrossEncoderReranker:
    folder = tmp_path_factory.mktemp("rerank") / "petit"
    return CrossEncoderReranker(write_cross_encoder(folder, ["score"]), batch_size=2)


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_text_has_its_own_score_whatever_stands_beside_it(
    reranker: CrossEncoderReranker, question: str
) -> None:
    together = reranker.scores(question, TEXTS)
    alone = np.concatenate([reranker.scores(question, [text]) for text in TEXTS])
    assert together.dtype == np.float32
    assert together.shape == (len(TEXTS),)
    assert len(set(together.tolist())) == len(TEXTS)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_the_question_is_read_too(reranker: CrossEncoderReranker) -> None:
    french, arabic = (reranker.scores(question, TEXTS) for question in QUESTIONS)
    assert float(np.abs(french - arabic).max()) > 1e-3


def test_scores_are_not_squeezed_into_shares(tmp_path: Path) -> None:
    """Far from 0 a sigmoid gives equal float32 numbers, and the order would be lost."""
    wide = CrossEncoderReranker(write_cross_encoder(tmp_path / "m", ["score"], spread=1e3))
    scores = wide.scores(QUESTIONS[0], TEXTS)
    assert float(np.abs(scores).max()) > 100
    assert len(set(scores.tolist())) == len(TEXTS)


def test_no_texts_have_no_scores(reranker: CrossEncoderReranker) -> None:
    assert reranker.scores(QUESTIONS[0], []).shape == (0,)


def test_a_model_of_several_outputs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"SANAD_RERANK_MODEL.*3 outputs"):
        CrossEncoderReranker(write_cross_encoder(tmp_path / "m", ["a", "b", "c"]))


def test_a_model_without_a_trained_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"SANAD_RERANK_MODEL.*BertModel"):
        CrossEncoderReranker(write_encoder(tmp_path / "m"))


def test_a_missing_folder_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="SANAD_RERANK_MODEL"):
        CrossEncoderReranker(tmp_path / "absent")
