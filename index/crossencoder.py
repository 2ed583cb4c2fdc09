"""Cross-encoders: models that read two texts together, from a local folder with safetensors.

They are optional, so a setting names the folder and every error names that setting.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from index.files import seal
from ingest.errors import ModelMissingError, SettingsError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Floats = NDArray[np.float32]
Pair = tuple[str, str]

_HASH_DIGITS = 12


def load(folder: Path, setting: str) -> "CrossEncoder":
    """The cross-encoder in `folder`, on the CPU; `setting` is the variable that named it.

    Nothing is downloaded, and neither pickled weights nor code that came with a model is run.
    Raises ModelMissingError when the folder holds no such weights, SettingsError when they are
    those of another kind of model: its untrained head would give scores all the same.
    """
    if not folder.is_dir():
        raise ModelMissingError(
            f"There is no model in {folder}. Set {setting} to a folder that holds one, or unset it."
        )
    for pickled in folder.rglob("pytorch_model.bin"):
        if not any(pickled.parent.glob("*.safetensors")):
            raise ModelMissingError(
                f"{pickled} is pickled and not read. Save the model with safetensors weights, or "
                f"unset {setting}."
            )
    try:
        architectures = json.loads((folder / "config.json").read_text("utf-8"))["architectures"]
        if any(name.endswith("ForSequenceClassification") for name in architectures):
            return _load(folder)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelMissingError(
            f"The model in {folder} could not be loaded: {error}. Set {setting} to a folder with a "
            "cross-encoder in safetensors, or unset it."
        ) from error
    raise SettingsError(
        f"{setting}: {folder} holds {', '.join(architectures)}, which is no cross-encoder. "
        "Choose a model for sequence classification, or unset it."
    )


def labels(model: "CrossEncoder") -> dict[int, str]:
    """What the outputs of the model mean, by their position."""
    config = model.config
    named = (config.id2label if config else None) or {}
    return {int(position): str(label) for position, label in named.items()}


def name(folder: Path) -> str:
    """The folder's name and the hash of its weights: what to print beside its scores."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")):
        digest.update(seal(path).sha256.encode())
    return f"{folder.name}@{digest.hexdigest()[:_HASH_DIGITS]}"


def logits(model: "CrossEncoder", pairs: Sequence[Pair], batch_size: int = 32) -> Floats:
    """What the head says of each pair, float32 of shape (pairs, labels)."""
    from torch.nn import Identity  # noqa: PLC0415  (seconds to import)

    if not pairs:
        return np.empty((0, model.num_labels), dtype=np.float32)
    scores = model.predict(
        list(pairs),
        prompt="",
        batch_size=batch_size,
        activation_fn=Identity(),
        show_progress_bar=False,
        convert_to_numpy=True,
    )
    return np.asarray(scores, dtype=np.float32).reshape(len(pairs), -1)


def _load(folder: Path) -> "CrossEncoder":
    from sentence_transformers import CrossEncoder  # noqa: PLC0415  (seconds to import)
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    disable_progress_bar()  # type: ignore[no-untyped-call]
    model: CrossEncoder = CrossEncoder(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )
    return model
