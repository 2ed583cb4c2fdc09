"""Texts to the numbers of their pieces, as a transformer takes them.

A SentencePiece vocabulary is held by `sentencepiece`: as `tokenizers` holds it, 250,000 pieces take
300 MB of memory, here 60, and the same pieces come out. Characters are still mapped by the model's
own normaliser, which `tokenizers` reads. Written `<s>` or `</s>` stay words: a text cannot give
itself a beginning or an end.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer

from ingest.errors import ModelUnsupportedError

Text = str | tuple[str, str]
"""One text, or two that are read together."""
Ids = list[int]
_Json = dict[str, Any]

FRAME, WHOLE, PIECES, NORMALISER = "frame.json", "tokenizer.json", "pieces.model", "normaliser.json"
_PROBES: Final = ("a", "e")


class Splitter(Protocol):
    """Cuts texts into pieces, without any special ones."""

    def __call__(self, texts: Sequence[str]) -> list[Ids]:
        """The pieces of each text."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """The special pieces around one text, and around and between two."""

    single: tuple[Ids, Ids]
    pair: tuple[Ids, Ids, Ids]

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> "Frame":
        """What a tokeniser puts around and between pieces."""
        one, other = (tokenizer.encode(text, add_special_tokens=False).ids for text in _PROBES)
        before, after = _around(tokenizer.encode(_PROBES[0]).ids, one)
        head, rest = _around(tokenizer.encode(*_PROBES).ids, one)
        between, tail = _around(rest, other)
        return cls((before, after), (head, between, tail))


class WordPieces:
    """The tokeniser of one model folder; safe to share between threads.

    What is longer than `max_length` loses its end: of two texts the second one, down to half.
    """

    def __init__(self, folder: Path, max_length: int) -> None:
        self._split = _splitter(folder)
        saved = json.loads((folder / FRAME).read_text(encoding="utf-8"))
        self._single, self._pair = saved["single"], saved["pair"]
        self._max_length = max_length

    def ids(self, texts: Sequence[Text]) -> list[Ids]:
        """The numbers of each text's pieces, special ones included."""
        firsts = self._split([text if isinstance(text, str) else text[0] for text in texts])
        seconds = self._split(["" if isinstance(text, str) else text[1] for text in texts])
        return [
            self._framed(first) if isinstance(text, str) else self._framed_pair(first, second)
            for text, first, second in zip(texts, firsts, seconds, strict=True)
        ]

    def _framed(self, ids: Ids) -> Ids:
        before, after = self._single
        return [*before, *ids[: self._max_length - len(before) - len(after)], *after]

    def _framed_pair(self, first: Ids, second: Ids) -> Ids:
        before, between, after = self._pair
        room = self._max_length - len(before) - len(between) - len(after)
        first = first[: max(room - len(second), room // 2)]
        return [*before, *first, *between, *second[: room - len(first)], *after]


def write(tokenizer: Path, folder: Path) -> None:
    """Make of a `tokenizer.json` the files that `WordPieces` reads.

    Raises ModelUnsupportedError without one, as a model with a slow tokeniser comes.
    """
    if not tokenizer.is_file():
        raise ModelUnsupportedError(
            f"The model cannot be optimised: {tokenizer} is missing. Save the model anew with "
            "sentence-transformers and a fast tokeniser."
        )
    whole = _unpadded(tokenizer)
    frame = Frame.of(whole)
    saved = {"single": frame.single, "pair": frame.pair}
    (folder / FRAME).write_text(json.dumps(saved) + "\n", encoding="utf-8")
    settings = json.loads(tokenizer.read_text(encoding="utf-8"))
    if _is_sentencepiece(settings):
        (folder / PIECES).write_bytes(_sentencepiece(settings))
        settings["model"]["vocab"] = settings["model"]["vocab"][: settings["model"]["unk_id"] + 1]
        settings |= {"added_tokens": [], "post_processor": None, "decoder": None}
        (folder / NORMALISER).write_text(json.dumps(settings), encoding="utf-8")
    else:
        (folder / WHOLE).write_bytes(tokenizer.read_bytes())


def _splitter(folder: Path) -> Splitter:
    if not (folder / PIECES).is_file():
        return _Whole(folder / WHOLE)
    return _SentencePiece(folder)


class _Whole:
    def __init__(self, path: Path) -> None:
        self._tokenizer = _unpadded(path)

    def __call__(self, texts: Sequence[str]) -> list[Ids]:
        found = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [one.ids for one in found]


class _SentencePiece:
    def __init__(self, folder: Path) -> None:
        self._normaliser = Tokenizer.from_file(str(folder / NORMALISER)).normalizer
        self._pieces = SentencePieceProcessor(model_file=str(folder / PIECES))

    def __call__(self, texts: Sequence[str]) -> list[Ids]:
        normalise = self._normaliser.normalize_str
        ids: list[Ids] = self._pieces.encode([normalise(text) for text in texts])
        return ids


def _unpadded(path: Path) -> Tokenizer:
    """The tokeniser, without the length that texts were cut or filled up to when it was saved."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _is_sentencepiece(settings: _Json) -> bool:
    """Whether the pieces are unigrams over words that start with `▁`."""
    model, words = settings["model"], settings["pre_tokenizer"] or {}
    return (
        (model["type"], model.get("byte_fallback", False)) == ("Unigram", False)
        and settings["normalizer"] is not None
        and (words.get("type"), words.get("replacement")) == ("Metaspace", "▁")
        and (words.get("prepend_scheme"), words.get("split")) == ("always", True)
    )


def _sentencepiece(settings: _Json) -> bytes:
    """The vocabulary as SentencePiece keeps it; texts come normalised."""
    from sentencepiece import sentencepiece_model_pb2 as schema  # noqa: PLC0415  (export only)

    model: Any = schema.ModelProto()  # type: ignore[attr-defined]
    kinds = model.SentencePiece
    special = {token["content"] for token in settings["added_tokens"]}
    vocabulary: list[tuple[str, float]] = settings["model"]["vocab"]
    unknown: int = settings["model"]["unk_id"]
    for number, (piece, score) in enumerate(vocabulary):
        kind = kinds.CONTROL if piece in special else kinds.NORMAL
        model.pieces.add(
            piece=piece, score=score, type=kinds.UNKNOWN if number == unknown else kind
        )
    trainer, normaliser = model.trainer_spec, model.normalizer_spec
    trainer.model_type, trainer.vocab_size = trainer.UNIGRAM, len(vocabulary)
    trainer.unk_id, trainer.unk_piece = unknown, vocabulary[unknown][0]
    trainer.bos_id = trainer.eos_id = trainer.pad_id = -1
    normaliser.name, normaliser.precompiled_charsmap = "identity", b""
    normaliser.add_dummy_prefix = normaliser.escape_whitespaces = True
    normaliser.remove_extra_whitespaces = False
    return bytes(model.SerializeToString(deterministic=True))


def _around(ids: Ids, inner: Ids) -> tuple[Ids, Ids]:
    """What stands before and after `inner` in `ids`."""
    at = next(at for at in range(len(ids)) if ids[at : at + len(inner)] == inner)
    return ids[:at], ids[at + len(inner) :]
