"""Adapter: a linear map of a model's vectors, fitted on questions whose answers are known.

It takes its place in a sentence-transformers folder as one more module, between pooling and
normalisation, so that whatever reads such a folder reads the adapted model. What is stored is the
map less the identity, in 16 bits: its entries are small, and so is what rounding does to them.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from ingest.errors import ModelDamagedError

Matrix = NDArray[np.float32]

_TENSOR = "linear.weight"
_FOLDER = "2_Dense"
_KIND = "sentence_transformers.base.modules.dense.Dense"


def save(matrix: Matrix, path: Path) -> None:
    """Keep a map of shape (dimension, dimension), which takes a vector v to `matrix @ v`."""
    less = matrix - np.eye(len(matrix), dtype=np.float32)
    save_file({_TENSOR: less.astype(np.float16)}, path)


def attach(path: Path, folder: Path) -> None:
    """Make the model in `folder`, which has three modules, the adapted one.

    Raises ModelDamagedError when `path` is no map. Two runs give the same bytes.
    """
    try:
        less = load_file(path)[_TENSOR].astype(np.float32)
    except (OSError, KeyError, SafetensorError) as error:
        raise ModelDamagedError(
            f"{path} is not an adapter: {error}. Install Sanad anew."
        ) from error
    dense = folder / _FOLDER
    dense.mkdir()
    save_file({_TENSOR: less}, dense / "model.safetensors")
    out, size = less.shape
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
