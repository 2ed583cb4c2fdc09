"""A BERT-like encoder in a sentence-transformers folder, read without its framework."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from ingest.errors import ModelUnsupportedError

Floats = NDArray[np.float32]

_WORDS: Final = "embeddings.word_embeddings.weight"
_OFFSET: Final = {"bert": False, "roberta": True, "xlm-roberta": True, "camembert": True}
"""Families of one architecture; the later ones count positions from the padding's id on."""
_MODULES: Final = ("Transformer", "Pooling", "Dense", "Normalize")
"""What a folder may be made of, in this order."""
_POOLINGS: Final = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}


@dataclass(frozen=True, slots=True)
class Dense:
    """A linear map between pooling and normalisation, residual included."""

    weight: Floats
    bias: Floats | None


@dataclass(frozen=True, slots=True)
class BertFolder:
    """Weights under their names in `BertModel`, and what else decides what the encoder computes.

    `first` is the row of the first position; `max_length` is in tokens, special ones included.
    """

    weights: dict[str, Floats]
    layers: int
    heads: int
    epsilon: float
    first: int
    padding: int
    max_length: int
    pooling: str
    dense: tuple[Dense, ...]

    @property
    def width(self) -> int:
        """Length of a row."""
        return len(self.dense[-1].weight) if self.dense else self.weights[_WORDS].shape[1]


def read(folder: Path) -> BertFolder:
    """Read the model in `folder`; ModelUnsupportedError says what of it has no graph here."""
    try:
        return _read(folder)
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise _unsupported(folder, f"it lacks something: {error}") from error


def _read(folder: Path) -> BertFolder:
    config = _json(folder / "config.json")
    family = config["model_type"]
    if family not in _OFFSET:
        raise _unsupported(folder, f"models of the family {family!r} have no graph here")
    odd = {
        "activation": config.get("hidden_act") != "gelu",
        "position embedding": config.get("position_embedding_type", "absolute") != "absolute",
        "decoder": bool(config.get("is_decoder")),
    }
    if any(odd.values()):
        names = ", ".join(name for name, is_odd in odd.items() if is_odd)
        raise _unsupported(folder, f"its {names}")
    modules = [(one["type"].rpartition(".")[2], folder / one["path"]) for one in _modules(folder)]
    kinds = [kind for kind, _ in modules]
    if unknown := set(kinds) - set(_MODULES):
        raise _unsupported(folder, f"its module {', '.join(sorted(unknown))}")
    if kinds != sorted(kinds, key=_MODULES.index):
        raise _unsupported(folder, f"the order of its modules, {', '.join(kinds)}")
    first = config["pad_token_id"] + 1 if _OFFSET[family] else 0
    return BertFolder(
        weights=_weights(folder / "model.safetensors"),
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config["layer_norm_eps"],
        first=first,
        padding=config["pad_token_id"],
        max_length=_max_length(folder, config["max_position_embeddings"] - first),
        pooling=_pooling(folder, dict(modules)["Pooling"]),
        dense=tuple(_dense(folder, path) for kind, path in modules if kind == "Dense"),
    )


def _modules(folder: Path) -> list[dict[str, str]]:
    return list(json.loads((folder / "modules.json").read_text(encoding="utf-8")))


def _weights(path: Path) -> dict[str, Floats]:
    """All tensors in float32, without the prefix under which a task model keeps its encoder."""
    tensors = load_file(path)
    found = next((name for name in tensors if name.endswith(_WORDS)), None)
    if found is None:
        raise KeyError(_WORDS)
    prefix = found.removesuffix(_WORDS)
    return {
        name.removeprefix(prefix): np.asarray(tensor, dtype=np.float32)
        for name, tensor in tensors.items()
    }


def _max_length(folder: Path, positions: int) -> int:
    limits: list[int | None] = [
        _json(folder / "sentence_bert_config.json").get("max_seq_length"),
        _json(folder / "tokenizer_config.json").get("model_max_length"),
    ]
    return min([positions, *(limit for limit in limits if limit)])


def _pooling(folder: Path, path: Path) -> str:
    config = _json(path / "config.json")
    older = [
        _POOLINGS.get(key, key) for key, on in config.items() if on is True and "_mode_" in key
    ]
    mode = config.get("pooling_mode") or "+".join(older)
    if mode not in {"mean", "cls"}:
        raise _unsupported(folder, f"its pooling {mode!r}")
    return str(mode)


def _dense(folder: Path, path: Path) -> Dense:
    config, tensors = _json(path / "config.json"), load_file(path / "model.safetensors")
    if not config["activation_function"].endswith("Identity"):
        raise _unsupported(folder, f"the activation of {path.name}")
    weight = tensors["linear.weight"].astype(np.float32)
    if config.get("use_residual"):
        weight = weight + np.eye(*weight.shape, dtype=np.float32)
    return Dense(weight, tensors.get("linear.bias"))


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _unsupported(folder: Path, why: str) -> ModelUnsupportedError:
    return ModelUnsupportedError(
        f"The model in {folder} cannot be optimised: {why}. It runs with sentence-transformers, "
        "more slowly."
    )
