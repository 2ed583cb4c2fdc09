"""Multilingual E5 small in four bits: from the container `E5S1` to a SentenceTransformer folder.

The container holds, little-endian and one after the other:

    magic `E5S1`, version u32
    hidden, layers, heads, intermediate, vocabulary, positions, types i32; epsilon f32; block i32
    pieces, <s>, </s>, <pad>, <unk> i32; bytes of all pieces u64
    offsets u32[pieces + 1]; scores f32[pieces]; the pieces in UTF-8
    mapped characters i32; bytes u32; for each: code point u32, length u8, code points u32[length]
    tensors i32; for each: name (u16 length first), type u8, elements u32, offset u64, bytes u64
    the tensors, each at its offset from the start of the file

Tensors are row-major; type 0 is float32, type 1 is Q4_0 (see `dequantise`). The vocabulary is that
of XLM-RoBERTa, whose tokeniser is rebuilt here: SentencePiece unigram, its character map, and
`<s> … </s>` around each text. The network is a BERT encoder with mean pooling and unit vectors
(Wang et al., *Multilingual E5 Text Embeddings*, 2024, arXiv:2402.05672). The container has no
pooler, and none is made up: mean pooling does not read it.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

from index.charsmap import charsmap
from ingest.errors import ModelDamagedError

Floats = NDArray[np.float32]

_MAGIC: Final = b"E5S1"
_VERSION: Final = 1
_BLOCK: Final = 32
_Q4_0: Final = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])
_FLOAT32: Final = np.dtype("<f4")
_MASK: Final = "<mask>"
_PROMPTS: Final = {"query": "query: ", "passage": "passage: ", "document": "passage: "}


@dataclass(frozen=True, slots=True)
class Shape:
    """The dimensions of the encoder; `epsilon` is that of its layer normalisations."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Unigrams:
    """The tokeniser's data: pieces with log probabilities, special ids, and the character map."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int
    replacements: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Container:
    """Everything that the file holds, tensors in float32 under their names in `BertModel`."""

    shape: Shape
    unigrams: Unigrams
    tensors: Mapping[str, Floats]


def dequantise(data: bytes) -> Floats:
    """Turn Q4_0 blocks into float32, 32 weights per block of 18 bytes.

    A block is a scale d (float16) and 16 bytes; byte j holds weight j in its low and weight j + 16
    in its high nibble, and weight = d * (nibble - 8), as in the `block_q4_0` of GGML.
    """
    blocks = np.frombuffer(data, dtype=_Q4_0)
    nibbles = blocks["nibbles"]
    levels = np.concatenate((nibbles & 0x0F, nibbles >> 4), axis=1).astype(np.float32) - 8
    weights: Floats = levels * blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def read(path: Path) -> Container:
    """Read the container at `path`.

    Raises `ModelDamagedError` where the bytes contradict the format: nothing is guessed.
    """
    reader = _Reader(path)
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise reader.damaged("does not start with the mark E5S1")
    (version,) = reader.unpack("<I")
    if version != _VERSION:
        raise reader.damaged(f"has format version {version}, known is {_VERSION}")
    shape = _read_shape(reader)
    unigrams = _read_unigrams(reader)
    if len(unigrams.pieces) > shape.vocabulary:
        raise reader.damaged("names more pieces than it has word vectors")
    return Container(shape, unigrams, _read_tensors(reader, shape))


class _Reader:
    """A cursor over the file that refuses to leave it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._data = path.read_bytes()
        self._at = 0

    def damaged(self, what: str) -> ModelDamagedError:
        return ModelDamagedError(
            f"{self._path} {what}. Run `sanad models pull` to fetch the model again."
        )

    def slice(self, start: int, size: int) -> bytes:
        if size < 0 or start < 0 or start + size > len(self._data):
            raise self.damaged(f"ends before byte {start + size}")
        return self._data[start : start + size]

    def take(self, size: int) -> bytes:
        part = self.slice(self._at, size)
        self._at += size
        return part

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        kind = np.dtype(dtype)
        return np.frombuffer(self.take(kind.itemsize * count), dtype=kind)


def _read_shape(reader: _Reader) -> Shape:
    dimensions = reader.unpack("<7i")
    (epsilon,) = struct.unpack("<f", reader.take(4))
    (block,) = reader.unpack("<i")
    hidden, layers, heads, intermediate, vocabulary, positions, types = dimensions
    if min(dimensions) < 1 or block != _BLOCK or hidden % heads or not 0 < epsilon < 1:
        raise reader.damaged(f"has impossible dimensions {dimensions}")
    return Shape(
        hidden=hidden,
        layers=layers,
        heads=heads,
        intermediate=intermediate,
        vocabulary=vocabulary,
        positions=positions,
        types=types,
        epsilon=float(f"{epsilon:.6g}"),
    )


def _read_unigrams(reader: _Reader) -> Unigrams:
    count, *special = reader.unpack("<5i")
    (size,) = reader.unpack("<Q")
    if count < 1 or not all(0 <= token < count for token in special):
        raise reader.damaged(f"has special tokens {special} outside its {count} pieces")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    text = reader.take(size)
    try:
        pieces = tuple(text[start:end].decode() for start, end in pairwise(offsets))
    except UnicodeDecodeError as error:
        raise reader.damaged("has a piece that is not UTF-8") from error
    if (offsets[0], offsets[-1]) != (0, size) or not all(pieces) or len(set(pieces)) != count:
        raise reader.damaged("has a vocabulary that overlaps or repeats itself")
    bos, eos, pad, unk = special
    return Unigrams(pieces, tuple(scores), bos, eos, pad, unk, _read_replacements(reader))


def _read_replacements(reader: _Reader) -> dict[str, str]:
    count, size = reader.unpack("<iI")
    table = reader.take(size)
    replacements: dict[str, str] = {}
    at = 0
    try:
        for _ in range(count):
            point, length = struct.unpack_from("<IB", table, at)
            points = struct.unpack_from(f"<{length}I", table, at + 5)
            replacements[chr(point)] = "".join(map(chr, points))
            at += 5 + 4 * length
    except (struct.error, ValueError, OverflowError) as error:
        raise reader.damaged("has an unreadable character map") from error
    if at != size or "\0" in replacements:
        raise reader.damaged("has a character map of another length than it says")
    return replacements


def _read_tensors(reader: _Reader, shape: Shape) -> dict[str, Floats]:
    """Read the directory of tensors, and each tensor that the encoder needs, no more, no less."""
    (count,) = reader.unpack("<i")
    entries: dict[str, tuple[int, ...]] = {}
    for _ in range(count):
        (length,) = reader.unpack("<H")
        name = reader.take(length).decode("ascii", errors="replace")
        entries[name] = reader.unpack("<BIQQ")
    wanted = {short: (long, dims) for short, long, dims in _layout(shape)}
    if entries.keys() != wanted.keys():
        odd = sorted(entries.keys() ^ wanted.keys())
        raise reader.damaged(f"has missing or unknown tensors: {', '.join(odd[:5])}")
    return {
        long: _read_tensor(reader, short, entries[short], dims)
        for short, (long, dims) in wanted.items()
    }


def _read_tensor(
    reader: _Reader, name: str, entry: tuple[int, ...], dims: tuple[int, ...]
) -> Floats:
    kind, elements, offset, size = entry
    if kind not in {0, 1} or elements != int(np.prod(dims)):
        raise reader.damaged(f"has a tensor {name} of unknown type or other than {dims}")
    data = reader.slice(offset, size)
    unit, per = (_FLOAT32, 1) if kind == 0 else (_Q4_0, _BLOCK)
    if size * per != elements * unit.itemsize:
        raise reader.damaged(f"has a tensor {name} of {size} bytes for {elements} elements")
    values = np.frombuffer(data, dtype=_FLOAT32) if kind == 0 else dequantise(data)
    return np.ascontiguousarray(values, dtype=np.float32).reshape(dims)


def _layout(shape: Shape) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yield for each tensor its name here, its name in `BertModel`, and its dimensions."""
    hidden, wide = (shape.hidden,), (shape.intermediate,)
    square = hidden + hidden
    yield "emb.word", "embeddings.word_embeddings.weight", (shape.vocabulary, *hidden)
    yield "emb.pos", "embeddings.position_embeddings.weight", (shape.positions, *hidden)
    yield "emb.type", "embeddings.token_type_embeddings.weight", (shape.types, *hidden)
    parts: list[tuple[str, str, tuple[int, ...]]] = [("emb.ln", "embeddings.LayerNorm", hidden)]
    for layer in range(shape.layers):
        here, there = f"l{layer}", f"encoder.layer.{layer}"
        parts += [
            (f"{here}.q", f"{there}.attention.self.query", square),
            (f"{here}.k", f"{there}.attention.self.key", square),
            (f"{here}.v", f"{there}.attention.self.value", square),
            (f"{here}.ao", f"{there}.attention.output.dense", square),
            (f"{here}.aln", f"{there}.attention.output.LayerNorm", hidden),
            (f"{here}.fi", f"{there}.intermediate.dense", wide + hidden),
            (f"{here}.fo", f"{there}.output.dense", hidden + wide),
            (f"{here}.oln", f"{there}.output.LayerNorm", hidden),
        ]
    for short, long, dims in parts:
        yield f"{short}.w", f"{long}.weight", dims
        yield f"{short}.b", f"{long}.bias", dims[:1]


def tokenizer(unigrams: Unigrams) -> Tokenizer:
    """Build the tokeniser: map characters, join spaces, mark word starts, segment by Viterbi.

    As in SentencePiece, outer spaces are dropped and a run of unknown characters is one `<unk>`.
    The character map knows single code points, so callers pass text in a composed form (NFC or
    NFKC).
    """
    result = Tokenizer(
        models.Unigram(
            list(zip(unigrams.pieces, unigrams.scores, strict=True)),
            unk_id=unigrams.unk,
            byte_fallback=False,
        )
    )
    result.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(charsmap(unigrams.replacements)),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(left=True, right=True),
        ]
    )
    result.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    result.decoder = decoders.Metaspace(prepend_scheme="always", split=True)
    special = _specials(unigrams)
    result.add_special_tokens(
        [AddedToken(piece, normalized=False, special=True) for piece in special.values()]
    )
    bos, eos = (special["bos_token"], unigrams.bos), (special["eos_token"], unigrams.eos)
    result.post_processor = processors.TemplateProcessing(
        single=f"{bos[0]} $A {eos[0]}",
        pair=f"{bos[0]} $A {eos[0]} {eos[0]} $B {eos[0]}",
        special_tokens=[bos, eos],
    )
    return result


def _specials(unigrams: Unigrams) -> dict[str, str]:
    """Name the special pieces; the mask token is not in the header but has its usual name."""
    special = {
        "bos_token": unigrams.pieces[unigrams.bos],
        "pad_token": unigrams.pieces[unigrams.pad],
        "eos_token": unigrams.pieces[unigrams.eos],
        "unk_token": unigrams.pieces[unigrams.unk],
    }
    if _MASK in unigrams.pieces:
        special["mask_token"] = _MASK
    return special


def unpack(container: Path, folder: Path) -> None:
    """Write the model in `container` into the existing `folder`, ready for sentence-transformers.

    Two runs give the same bytes: the files name no time and no library version.
    """
    model = read(container)
    weights = folder / "model.safetensors"
    save_file(dict(model.tensors), weights, metadata={"format": "pt"})
    weights.chmod(0o644)
    tokenizer(model.unigrams).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _settings(model).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8")


def _settings(model: Container) -> dict[str, object]:
    """The JSON files of the folder, by name, as sentence-transformers 6 and transformers 5 read."""
    shape, unigrams = model.shape, model.unigrams
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "attention_probs_dropout_prob": 0.1,
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": shape.hidden,
            "intermediate_size": shape.intermediate,
            "layer_norm_eps": shape.epsilon,
            "max_position_embeddings": shape.positions,
            "model_type": "bert",
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": unigrams.pad,
            "type_vocab_size": shape.types,
            "vocab_size": shape.vocabulary,
        },
        "tokenizer_config.json": {
            "model_max_length": shape.positions,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "cls_token": unigrams.pieces[unigrams.bos],
            "sep_token": unigrams.pieces[unigrams.eos],
            **_specials(unigrams),
        },
        "modules.json": [
            {
                "idx": index,
                "name": str(index),
                "path": path,
                "type": f"sentence_transformers.{kind}",
            }
            for index, (path, kind) in enumerate(
                [
                    ("", "base.modules.transformer.Transformer"),
                    ("1_Pooling", "sentence_transformer.modules.pooling.Pooling"),
                    ("2_Normalize", "base.modules.normalize.Normalize"),
                ]
            )
        ],
        "sentence_bert_config.json": {
            "modality_config": {
                "text": {"method": "forward", "method_output_name": "last_hidden_state"}
            },
            "model_kwargs": {"add_pooling_layer": False},
            "module_output_name": "token_embeddings",
            "transformer_task": "feature-extraction",
        },
        "1_Pooling/config.json": {
            "embedding_dimension": shape.hidden,
            "include_prompt": True,
            "pooling_mode": "mean",
        },
        "2_Normalize/config.json": {
            "module_input_name": "sentence_embedding",
            "module_output_name": "sentence_embedding",
        },
        "config_sentence_transformers.json": {
            "default_prompt_name": None,
            "model_type": "SentenceTransformer",
            "prompts": _PROMPTS,
            "similarity_fn_name": "cosine",
        },
    }
