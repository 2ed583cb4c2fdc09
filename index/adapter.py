"""Adapter: what makes an embedding model ours, fitted on questions whose answers are known.

It changes some of the model's weights a little: each by a product of two narrow matrices (Hu et
al., *LoRA: Low-Rank Adaptation of Large Language Models*, 2021, arXiv:2106.09685). And it adds a
linear map of the vectors, which takes its place in a sentence-transformers folder as one more
module, between pooling and normalisation. Whatever reads such a folder thus reads the adapted
model. The map is stored less the identity, and everything in 16 bits: the entries are small, and
so is what rounding does to them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from ingest.errors import ModelDamagedError

Matrix = NDArray[np.float32]

_MAP = "linear.weight"
_UP, _DOWN = ".up", ".down"
_WEIGHTS = "model.safetensors"
_FOLDER = "2_Dense"
_KIND = "sentence_transformers.base.modules.dense.Dense"


@dataclass(frozen=True, slots=True)
class LowRank:
    """What is added to a weight of shape (outputs, inputs): `up @ down`.

    `up` has the shape (outputs, rank), `down` (rank, inputs).
    """

    up: Matrix
    down: Matrix

    def added_to(self, weight: Matrix) -> Matrix:
        """The changed weight, in the same bytes on every machine: no product of matrices is."""
        changed = weight.copy()
        for column, row in zip(self.up.T, self.down, strict=True):
            changed += column[:, None] * row[None, :]
        return changed


@dataclass(frozen=True, slots=True)
class Adaptation:
    """A map of shape (dimension, dimension), which takes a vector v to `matrix @ v`, and changes.

    `weights` are the changes by the name of the weight in `model.safetensors`.
    """

    matrix: Matrix
    weights: Mapping[str, LowRank] = field(default_factory=dict)


def save(adaptation: Adaptation, path: Path) -> None:
    """Keep an adaptation in a file."""
    matrix = adaptation.matrix
    tensors = {_MAP: matrix - np.eye(len(matrix), dtype=np.float32)}
    for name, change in adaptation.weights.items():
        tensors |= {name + _UP: change.up, name + _DOWN: change.down}
    save_file({name: tensor.astype(np.float16) for name, tensor in tensors.items()}, path)


def load(path: Path) -> Adaptation:
    """What `save` wrote; ModelDamagedError when the file is no adapter."""
    try:
        tensors = {name: part.astype(np.float32) for name, part in load_file(path).items()}
        less = tensors.pop(_MAP)
        names = sorted({name.removesuffix(_UP).removesuffix(_DOWN) for name in tensors})
        weights = {name: LowRank(tensors[name + _UP], tensors[name + _DOWN]) for name in names}
    except (OSError, KeyError, SafetensorError) as error:
        raise ModelDamagedError(
            f"{path} is not an adapter: {error}. Install Sanad anew."
        ) from error
    return Adaptation(less + np.eye(len(less), dtype=np.float32), weights)


def attach(path: Path, folder: Path) -> None:
    """Make the model in `folder`, which has three modules, the adapted one.

    Raises ModelDamagedError when `path` is no adapter, or that of another model. Two runs give the
    same bytes.
    """
    adaptation = load(path)
    if adaptation.weights:
        _change(folder / _WEIGHTS, adaptation.weights, path)
    _add_map(adaptation.matrix, folder)


def _change(file: Path, changes: Mapping[str, LowRank], adapter: Path) -> None:
    weights = load_file(file)
    for name, change in changes.items():
        fits = (len(change.up), change.down.shape[1]) == getattr(weights.get(name), "shape", None)
        if not fits or change.up.shape[1] != len(change.down):
            raise ModelDamagedError(
                f"{adapter} is not an adapter of the model in {file.parent}: its {name} does not "
                "fit. Install Sanad anew."
            )
        weights[name] = change.added_to(weights[name])
    mode = file.stat().st_mode
    file.unlink()
    save_file(weights, file, metadata={"format": "pt"})
    file.chmod(mode)


def _add_map(matrix: Matrix, folder: Path) -> None:
    dense = folder / _FOLDER
    dense.mkdir()
    out, size = matrix.shape
    save_file({_MAP: matrix - np.eye(size, dtype=np.float32)}, dense / _WEIGHTS)
    _write(
        dense / "config.json",
        {
            "in_features": size,
            "out_features": out,
            "bias": False,
            "activation_function": "torch.nn.modules.linear.Identity",
            "use_residual": True,
        },
    )
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    modules.insert(2, {"path": _FOLDER, "type": _KIND})
    numbered = [
        {"idx": at, "name": str(at), "path": module["path"], "type": module["type"]}
        for at, module in enumerate(modules)
    ]
    _write(folder / "modules.json", numbered)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
