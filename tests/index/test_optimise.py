import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from index import bertfolder, optimise
from index.embedding import LocatedModel, SentenceTransformerEmbedder, Vectors, locate
from index.encoder import is_optimised, open_embedder
from index.onnxembedder import OnnxEmbedder
from index.onnxgraph import Graph
from index.onnxmodel import OnnxModel, read_settings
from index.processor import fast_integers
from ingest.errors import ModelDamagedError, ModelUnsupportedError
from tests.index.tinybert import tiny

TEXTS = [
    "Le permis prend trente jours.", "ما هو أجل استرجاع العائدات؟", "wach kayn chi da3m ?", "",
    "a", "les droits et taxes sont suspendus " * 20, "شنو خاصني باش نصدر",
]  # fmt: skip
Module = dict[str, str]
Bars = dict[str, tuple[float, float]]
ANYTHING: Bars = {"int8": (-1, -1), "float32": (-1, -1)}
ONLY_EXACT: Bars = {"int8": (2, 2), "float32": (0.9999, 0.9999)}
NOTHING: Bars = {"int8": (2, 2), "float32": (2, 2)}
needs_vnni = pytest.mark.skipif(not fast_integers(), reason="this processor takes 32 bits")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("models") / "tiny-e5")


def located(folder: Path, models: Path, *, optimised: bool = True) -> LocatedModel:
    return locate(models, str(folder), optimised=optimised)


def make(folder: Path, models: Path, bars: Bars, monkeypatch: pytest.MonkeyPatch) -> OnnxEmbedder:
    monkeypatch.setattr(optimise, "_BARS", bars)
    optimise.optimise(
        models, located(folder, models, optimised=False), lambda _: None, eight_bits=True
    )
    made = open_embedder(located(folder, models))
    assert isinstance(made, OnnxEmbedder)
    return made


def _change_modules(source: Path, change: Callable[[list[Module]], list[Module]]) -> None:
    path = source / "modules.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))


def cosines(one: Vectors, other: Vectors) -> Vectors:
    return np.asarray((one * other).sum(axis=1), dtype=np.float32)


@pytest.mark.parametrize("family", ["bert", "xlm-roberta"])
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_32_bits_are_the_model(
    family: str, pooling: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny(tmp_path / f"{family}-e5", family=family, pooling=pooling)
    made = make(source, tmp_path, ONLY_EXACT, monkeypatch)
    original = SentenceTransformerEmbedder(located(source, tmp_path, optimised=False))
    assert made.identity == original.identity
    assert made.encoder == "onnxruntime float32"
    for work in ("embed_queries", "embed_passages"):
        right, found = getattr(original, work)(TEXTS), getattr(made, work)(TEXTS)
        np.testing.assert_allclose(found, right, atol=5e-3)
        assert cosines(found, right).min() > 0.9999


@needs_vnni
def test_8_bits_stay_near_and_know_no_neighbours(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(folder, tmp_path, ANYTHING, monkeypatch)
    assert made.encoder == "onnxruntime int8"
    original = SentenceTransformerEmbedder(located(folder, tmp_path, optimised=False))
    together = made.embed_passages(TEXTS)
    near = cosines(together, original.embed_passages(TEXTS))
    assert 0.98 < near.min() < 0.999999
    alone = np.concatenate([made.embed_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    again = made.embed_bare(TEXTS)
    longest_first = sorted(range(len(TEXTS)), key=lambda at: -len(TEXTS[at]))
    np.testing.assert_allclose(again, together[longest_first], atol=1e-5)


def test_8_bits_are_for_who_asks(folder: Path, tmp_path: Path) -> None:
    source = located(folder, tmp_path, optimised=False)
    kept = read_settings(optimise.optimise(tmp_path, source, lambda _: None))
    assert (kept.precision, kept.why) == ("float32", "")


@needs_vnni
def test_8_bits_that_disagree_give_way_and_say_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(folder, tmp_path, ONLY_EXACT, monkeypatch)
    kept = read_settings(located(folder, tmp_path).folder)
    assert (kept.precision, kept.against) == ("float32", "sentence-transformers")
    assert kept.why.startswith("int8")
    assert kept.least > 0.9999


def test_a_processor_without_fast_integers_gets_32_bits(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimise, "fast_integers", lambda: False)
    assert make(folder, tmp_path, ANYTHING, monkeypatch).encoder == "onnxruntime float32"


@needs_vnni
def test_8_bits_made_elsewhere_are_refused_here(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(folder, tmp_path, ANYTHING, monkeypatch)
    monkeypatch.setattr("index.onnxmodel.fast_integers", lambda: False)
    with pytest.raises(ModelUnsupportedError, match="sanad models optimise"):
        open_embedder(located(folder, tmp_path))


def test_what_never_agrees_is_not_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelUnsupportedError, match="float32 against sentence-transformers"):
        make(folder, tmp_path, NOTHING, monkeypatch)
    assert not [path for path in (tmp_path / "optimised").rglob("*") if path.is_file()]
    assert not is_optimised(located(folder, tmp_path))


def test_the_slower_way_is_told(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opened = open_embedder(located(folder, tmp_path))
    assert isinstance(opened, SentenceTransformerEmbedder)
    assert "sanad models optimise" in caplog.text


def test_without_the_framework_its_32_bits_are_the_yardstick(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    make(folder, tmp_path, ANYTHING, monkeypatch)
    assert "32-bit" in read_settings(located(folder, tmp_path).folder).against


def test_too_little_memory_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimise, "free_memory", lambda: 1)
    where = re.escape(str(tmp_path / "optimised"))
    with pytest.raises(ModelUnsupportedError, match=f"memory.*{where}"):
        make(folder, tmp_path, ANYTHING, monkeypatch)


def test_an_old_processor_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimise, "has_avx2", lambda: False)
    with pytest.raises(ModelUnsupportedError, match="AVX2"):
        make(folder, tmp_path, ANYTHING, monkeypatch)


@pytest.mark.parametrize(
    ("file", "key", "value"),
    [
        ("config.json", "model_type", "modernbert"),
        ("config.json", "hidden_act", "relu"),
        ("config.json", "num_hidden_layers", 3),
        ("1_Pooling/config.json", "pooling_mode", "max"),
        ("1_Pooling/config.json", "pooling_mode", None),
        ("2_Dense/config.json", "activation_function", "torch.nn.Tanh"),
    ],
)
def test_what_has_no_graph_is_named(file: str, key: str, value: object, tmp_path: Path) -> None:
    source = tiny(tmp_path / "odd-e5")
    path = source / file
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(ModelUnsupportedError, match="sentence-transformers"):
        optimise.optimise(tmp_path, located(source, tmp_path, optimised=False), lambda _: None)
    assert not is_optimised(located(source, tmp_path))


@pytest.mark.parametrize(
    ("mode", "read"), [("mean_tokens", True), ("cls_token", True), ("mean_sqrt_len_tokens", False)]
)
def test_a_pooling_is_known_under_its_older_name(mode: str, read: bool, tmp_path: Path) -> None:
    source = tiny(tmp_path / "old-e5")
    older = {"pooling_mode_max_tokens": False, f"pooling_mode_{mode}": True}
    (source / "1_Pooling" / "config.json").write_text(json.dumps(older))
    if read:
        assert bertfolder.read(source).pooling == mode.partition("_")[0]
    else:
        with pytest.raises(ModelUnsupportedError, match="sqrt"):
            bertfolder.read(source)


def test_a_model_that_does_not_normalise_still_gives_unit_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny(tmp_path / "long-e5")
    _change_modules(
        source, lambda modules: [one for one in modules if one["path"] != "2_Normalize"]
    )
    made = make(source, tmp_path, ONLY_EXACT, monkeypatch)
    np.testing.assert_allclose(np.linalg.norm(made.embed_passages(TEXTS), axis=1), 1, atol=1e-5)


def test_modules_in_another_order_have_no_graph(tmp_path: Path) -> None:
    source = tiny(tmp_path / "odd-e5")
    _change_modules(source, lambda modules: [*modules[:2], *modules[:1:-1]])
    with pytest.raises(ModelUnsupportedError, match="order"):
        bertfolder.read(source)


def test_a_tokeniser_that_was_saved_with_padding_pads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny(tmp_path / "padded-e5")
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_padding(length=32, pad_id=1, pad_token="<pad>")
    tokenizer.enable_truncation(32)
    tokenizer.save(str(source / "tokenizer.json"))
    made = make(source, tmp_path, ONLY_EXACT, monkeypatch)
    original = SentenceTransformerEmbedder(located(source, tmp_path, optimised=False))
    right = original.embed_passages(TEXTS)
    np.testing.assert_allclose(made.embed_passages(TEXTS), right, atol=5e-3)


def test_a_missing_tokeniser_is_named(tmp_path: Path) -> None:
    source = tiny(tmp_path / "odd-e5")
    (source / "tokenizer.json").unlink()
    with pytest.raises(ModelUnsupportedError, match=r"tokenizer\.json is missing"):
        optimise.optimise(tmp_path, located(source, tmp_path, optimised=False), lambda _: None)


def test_missing_words_are_named(tmp_path: Path) -> None:
    source = tiny(tmp_path / "odd-e5")
    weights = load_file(source / "model.safetensors")
    words = next(name for name in weights if name.endswith("word_embeddings.weight"))
    del weights[words]
    save_file(weights, source / "model.safetensors")
    with pytest.raises(ModelUnsupportedError, match="word_embeddings"):
        bertfolder.read(source)


def test_two_at_a_time_wait_for_each_other(folder: Path, tmp_path: Path) -> None:
    source, inside, most = located(folder, tmp_path, optimised=False), [0], []

    def tell(_: str) -> None:
        inside[0] += 1
        most.append(inside[0])
        sleep(0.1)
        inside[0] -= 1

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: optimise.optimise(tmp_path, source, tell), range(2)))
    assert most == [1, 1]
    assert is_optimised(located(folder, tmp_path))


def test_a_file_that_the_runtime_cannot_read_names_the_remedy(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(folder, tmp_path, ANYTHING, monkeypatch)
    made = located(folder, tmp_path).folder
    (made / "model.onnx").write_bytes("لا شيء".encode())
    with pytest.raises(ModelDamagedError, match="sanad models optimise"):
        OnnxModel(made, threads=1)


@pytest.mark.parametrize("name", ["model.onnx", "model.weights", "pieces.model", "encoder.json"])
def test_a_changed_file_is_refused_and_another_model_is_not_taken_for_it(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(folder, tmp_path, ANYTHING, monkeypatch)
    path = located(folder, tmp_path).folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelDamagedError, match=re.escape(name)):
        located(folder, tmp_path)
    other = tiny(tmp_path / "tiny-e5", family="xlm-roberta")
    assert located(other, tmp_path).folder == other


def test_two_exports_are_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seals = []
    for name in ("one", "two"):
        make(folder, tmp_path / name, ANYTHING, monkeypatch)
        seals.append((located(folder, tmp_path / name).folder / "sanad-model.json").read_bytes())
    assert seals[0] == seals[1]


def test_another_head_scores_pairs(folder: Path, tmp_path: Path) -> None:
    """What a cross-encoder needs: two texts together, one score."""
    weight = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]

    def score(graph: Graph, _: object, hidden: str) -> str:
        first = graph.node("Gather", hidden, graph.constant(0, np.int64), axis=1)
        return graph.node("MatMul", first, graph.constant(weight))

    out = tmp_path / "scorer"
    out.mkdir()
    source = located(folder, tmp_path, optimised=False)
    optimise.export(source, out, score, width=1, precision="float32")
    model = OnnxModel(out, threads=1)
    pairs = [
        ("quel délai", "trente jours"),
        ("كم من يوم", "ثلاثون"),
        ("quel délai", "un lion " * 60),
    ]
    scores = model.rows(pairs)
    assert scores.shape == (3, 1)
    np.testing.assert_allclose(scores[0], model.rows(pairs[:1])[0], atol=1e-5)
    assert len({round(float(one), 4) for one in scores[:, 0]}) == 3
