"""Entailment by a model that exists only here: the numbers are its own, the wiring is ours."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from index.entailment import CrossEncoderEntailment
from ingest.errors import ModelMissingError, SettingsError
from tests.index.tinycrossencoder import write_cross_encoder, write_encoder

LABELS = ("contradiction", "neutral", "entailment")
PAIRS = [
    ("Le délai est de 150 jours.", "Le délai est de 150 jours."),
    ("الأجل هو 150 يوما.", "Le délai est de 60 jours."),
    ("Le permis prend trente jours. " * 9, "نعم"),
    ("a", ""),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cross_encoder(tmp_path_factory.mktemp("nli") / "petit-nli", LABELS)


@pytest.fixture(scope="module")
def judge(folder: Path) -> CrossEncoderEntailment:
    return CrossEncoderEntailment(folder, batch_size=2)


def test_the_probability_is_the_softmax_of_the_entailment_label(
    judge: CrossEncoderEntailment, folder: Path
) -> None:
    """Worked out a second time with the plain model, pair by pair."""
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    expected = []
    for premise, claim in PAIRS:
        features = tokenizer([premise], [claim], truncation=True, return_tensors="pt")
        with torch.inference_mode():
            scores = model(**features).logits[0]
        expected.append(float(torch.softmax(scores, dim=0)[LABELS.index("entailment")]))
    found = judge.probability(PAIRS)
    assert found.dtype == np.float32
    assert found.shape == (len(PAIRS),)
    assert len(set(expected)) == len(PAIRS)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_no_pairs_have_no_probabilities(judge: CrossEncoderEntailment) -> None:
    assert judge.probability([]).shape == (0,)


def test_the_label_is_found_wherever_the_model_has_it(
    judge: CrossEncoderEntailment, tmp_path: Path
) -> None:
    renamed = ("Entailment", "neutral", "contradiction")
    other = CrossEncoderEntailment(write_cross_encoder(tmp_path / "autre", renamed))
    assert float(np.abs(other.probability(PAIRS) - judge.probability(PAIRS)).max()) > 1e-3


def test_a_model_is_known_by_its_folder_and_its_weights(
    judge: CrossEncoderEntailment, tmp_path: Path
) -> None:
    same = write_cross_encoder(tmp_path / "a" / "petit-nli", LABELS)
    other = write_cross_encoder(tmp_path / "b" / "petit-nli", LABELS, seed=8)
    assert CrossEncoderEntailment(same).name == judge.name
    assert CrossEncoderEntailment(other).name != judge.name
    assert judge.name.startswith("petit-nli@")


@pytest.mark.parametrize("labels", [("low", "high"), ("not_entailment", "unknown")])
def test_a_model_without_the_label_is_refused(tmp_path: Path, labels: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError, match=rf"SANAD_NLI_MODEL.*{labels[0]}"):
        CrossEncoderEntailment(write_cross_encoder(tmp_path / "m", labels))


def test_a_model_without_a_trained_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"SANAD_NLI_MODEL.*BertModel"):
        CrossEncoderEntailment(write_encoder(tmp_path / "m"))


def nothing(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickled(folder: Path) -> None:
    without_weights(folder)
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04N.")


def scrambled(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"not a tensor")


def without_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def nameless(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    del config["architectures"]
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def of_another_shape(folder: Path) -> None:
    """Weights of two outputs under a configuration of three."""
    other = write_cross_encoder(folder.parent / "other", LABELS[:2])
    (other / "model.safetensors").replace(folder / "model.safetensors")


DAMAGES = [
    nothing, empty, without_weights, pickled, scrambled, without_config, nameless, of_another_shape,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_model_names_the_setting(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = write_cross_encoder(tmp_path / "m", LABELS)
    damage(folder)
    with pytest.raises(ModelMissingError, match="SANAD_NLI_MODEL"):
        CrossEncoderEntailment(folder)
