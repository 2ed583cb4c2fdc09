"""The judge of proof is the one that the settings name."""

from pathlib import Path

import pytest

from assistant.settings import Settings
from evals.citations import WordSupport
from evals.support import ENTAILED, open_support
from index.entailment import CrossEncoderEntailment
from ingest.errors import ModelMissingError, SettingsError
from tests.index.tinycrossencoder import write_cross_encoder

LABELS = ["contradiction", "entailment", "neutral"]
PAIRS = (
    ("Le délai est de 150 jours.", "Le délai est de 150 jours."),
    ("الأجل هو 150 يوما.", "الأجل هو 60 يوما."),
    ("Le safran.", "السكر يخضع للترخيص."),
    ("La licence coûte 450 dirhams.", "نص"),
)


def test_without_a_model_words_judge() -> None:
    assert isinstance(open_support(Settings(nli_model=None)), WordSupport)


@pytest.mark.parametrize("seed", range(3))
def test_a_model_judges_by_its_own_probability_and_is_named(tmp_path: Path, seed: int) -> None:
    folder = write_cross_encoder(tmp_path / "juge", LABELS, seed=seed)
    support, model = open_support(Settings(nli_model=folder)), CrossEncoderEntailment(folder)
    assert support.name == f"{model.name} at {ENTAILED}"
    assert [support.entails(*pair) for pair in PAIRS] == [
        probability >= ENTAILED for probability in model.probability(PAIRS).tolist()
    ]


def test_a_folder_without_a_judge_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="SANAD_NLI_MODEL"):
        open_support(Settings(nli_model=tmp_path / "absent"))
    with pytest.raises(SettingsError, match="SANAD_NLI_MODEL"):
        open_support(Settings(nli_model=write_cross_encoder(tmp_path / "m", ["score"])))
