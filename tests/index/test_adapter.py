import json
from pathlib import Path

import numpy as np
import pytest

from index import adapter
from index.embedding import LocatedModel, SentenceTransformerEmbedder
from ingest.errors import ModelDamagedError
from tests.index.plainmodel import MODULES, plain

TEXTS = ["Quel est le délai de rapatriement ?", "ما هو أجل استرجاع العائدات؟", "An olive tree."]


def a_map(dimension: int = 384) -> adapter.Matrix:
    noise = np.random.default_rng(1).normal(0, 0.02, (dimension, dimension))
    return np.eye(dimension, dtype=np.float32) + noise.astype(np.float32)


def embedded(folder: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    model = LocatedModel("e5", folder, "x", "query: ", "passage: ")
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]] = SentenceTransformerEmbedder(
        model
    ).embed_queries(TEXTS)
    return vectors


def test_an_adapted_model_maps_and_then_normalises(e5_folder: Path, tmp_path: Path) -> None:
    folder, file = plain(e5_folder, tmp_path / "e5"), tmp_path / "map.safetensors"
    before = embedded(folder)
    adapter.save(a_map(), file)
    adapter.attach(file, folder)
    expected = before @ a_map().T
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.abs(embedded(folder) - expected).max() < 1e-3
    assert np.abs(before - expected).max() > 1e-2


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        modules = [{"idx": 0, "name": "0", "path": path, "type": kind} for path, kind in MODULES]
        (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
        adapter.save(a_map(8), tmp_path / f"{name}.safetensors")
        adapter.attach(tmp_path / f"{name}.safetensors", folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        contents.append([(path.relative_to(folder), path.read_bytes()) for path in files])
    assert contents[0] == contents[1]
    order = [module["path"] for module in json.loads(contents[0][-1][1])]
    assert order == ["", "1_Pooling", "2_Dense", "2_Normalize"]


@pytest.mark.parametrize("data", [b"", b"{}", b"\x80\x04N."])
def test_what_is_no_map_is_refused_by_name(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "map.safetensors"
    file.write_bytes(data)
    with pytest.raises(ModelDamagedError, match=r"map\.safetensors"):
        adapter.attach(file, tmp_path)
