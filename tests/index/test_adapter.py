import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from index import adapter
from index.embedding import LocatedModel, SentenceTransformerEmbedder
from ingest.errors import ModelDamagedError
from tests.index.plainmodel import MODULES, plain

TEXTS = ["Quel est le délai de rapatriement ?", "ما هو أجل استرجاع العائدات؟", "An olive tree."]


def a_map(dimension: int = 384) -> adapter.Matrix:
    noise = np.random.default_rng(1).normal(0, 0.02, (dimension, dimension))
    return np.eye(dimension, dtype=np.float32) + noise.astype(np.float32)


NAME = "encoder.layer.5.output.dense.weight"


def a_change(dimension: int) -> adapter.Adaptation:
    """Of a weight of six outputs, by two ranks."""
    random = np.random.default_rng(2)
    up = random.normal(size=(6, 2)).astype(np.float32)
    down = random.normal(size=(2, dimension)).astype(np.float32)
    return adapter.Adaptation(a_map(dimension), {NAME: adapter.LowRank(up, down)})


def embedded(folder: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    model = LocatedModel("e5", folder, "x", "query: ", "passage: ")
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]] = SentenceTransformerEmbedder(
        model
    ).embed_queries(TEXTS)
    return vectors


def test_an_adapted_model_maps_and_then_normalises(e5_folder: Path, tmp_path: Path) -> None:
    folder, file = plain(e5_folder, tmp_path / "e5"), tmp_path / "map.safetensors"
    before = embedded(folder)
    adapter.save(adapter.Adaptation(a_map()), file)
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
        save_file({NAME: a_map(8)[:6], "other": a_map(8)}, folder / "model.safetensors")
        adapter.save(a_change(8), tmp_path / f"{name}.safetensors")
        adapter.attach(tmp_path / f"{name}.safetensors", folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        contents.append([(path.relative_to(folder), path.read_bytes()) for path in files])
    assert contents[0] == contents[1]
    order = [module["path"] for module in json.loads(dict(contents[0])[Path("modules.json")])]
    assert order == ["", "1_Pooling", "2_Dense", "2_Normalize"]


def test_a_weight_is_changed_by_the_product_and_no_other_is(tmp_path: Path) -> None:
    modules = [{"idx": 0, "name": "0", "path": path, "type": kind} for path, kind in MODULES]
    (tmp_path / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    weights = {NAME: a_map(8)[:6], "other": a_map(8)}
    save_file(weights, tmp_path / "model.safetensors")
    adapter.save(a_change(8), tmp_path / "adapter.safetensors")
    adapter.attach(tmp_path / "adapter.safetensors", tmp_path)
    found, change = load_file(tmp_path / "model.safetensors"), a_change(8).weights[NAME]
    np.testing.assert_allclose(found[NAME], weights[NAME] + change.up @ change.down, atol=5e-3)
    np.testing.assert_array_equal(found["other"], weights["other"])


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    adapter.save(a_change(8), tmp_path / "adapter.safetensors")
    loaded, saved = adapter.load(tmp_path / "adapter.safetensors"), a_change(8)
    np.testing.assert_allclose(loaded.matrix, saved.matrix, atol=1e-3)
    assert loaded.weights.keys() == saved.weights.keys()
    np.testing.assert_allclose(loaded.weights[NAME].up, saved.weights[NAME].up, atol=2e-3)
    np.testing.assert_allclose(loaded.weights[NAME].down, saved.weights[NAME].down, atol=2e-3)


@pytest.mark.parametrize("weights", [{"other": (6, 8)}, {NAME: (6, 7)}, {NAME: (5, 8)}])
def test_the_adapter_of_another_model_is_refused_by_name(
    weights: dict[str, tuple[int, int]], tmp_path: Path
) -> None:
    whole = {name: np.ones(shape, dtype=np.float32) for name, shape in weights.items()}
    save_file(whole, tmp_path / "model.safetensors")
    before = (tmp_path / "model.safetensors").read_bytes()
    adapter.save(a_change(8), tmp_path / "adapter.safetensors")
    with pytest.raises(ModelDamagedError, match=rf"adapter\.safetensors.*{NAME}"):
        adapter.attach(tmp_path / "adapter.safetensors", tmp_path)
    assert (tmp_path / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"{}", b"\x80\x04N."])
def test_what_is_no_map_is_refused_by_name(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "map.safetensors"
    file.write_bytes(data)
    with pytest.raises(ModelDamagedError, match=r"map\.safetensors"):
        adapter.attach(file, tmp_path)
