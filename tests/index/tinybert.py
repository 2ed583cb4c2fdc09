"""A small sentence-transformers model of random weights, of either family, in either vocabulary."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

from index.adapter import attach
from tests.index.plainmodel import MODULES

LETTERS = "abcdefghijklmnopqrstuvwxyzéèà:?أبتثجحخدذرزسشصضطظعغفقكلمنهويىةء"
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
_SIZE: dict[str, Any] = {
    "vocab_size": 200, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "intermediate_size": 128, "max_position_embeddings": 66, "pad_token_id": 1,
}  # fmt: skip


def tiny(folder: Path, *, family: str = "bert", pooling: str = "mean") -> Path:
    """Write the model, with a map between pooling and normalisation."""
    folder.mkdir(parents=True)
    torch.manual_seed(3)
    model = (
        BertModel(BertConfig(**_SIZE), add_pooling_layer=False)
        if family == "bert"
        else XLMRobertaModel(XLMRobertaConfig(**_SIZE), add_pooling_layer=False)
    )
    model.save_pretrained(folder)
    _tokenizer().save(str(folder / "tokenizer.json"))
    _write(
        folder / "tokenizer_config.json",
        {
            "model_max_length": 64, "tokenizer_class": "PreTrainedTokenizerFast",
            "cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>",
        },
    )  # fmt: skip
    modules = [
        {"idx": at, "name": str(at), "path": path, "type": kind}
        for at, (path, kind) in enumerate(MODULES)
    ]
    _write(folder / "modules.json", modules)
    _write(folder / "sentence_bert_config.json", {"model_kwargs": {"add_pooling_layer": False}})
    for name in ("1_Pooling", "2_Normalize"):
        (folder / name).mkdir()
    _write(
        folder / "1_Pooling" / "config.json", {"embedding_dimension": 64, "pooling_mode": pooling}
    )
    prompts = {"query": "query: ", "passage": "passage: "}
    _write(folder / "config_sentence_transformers.json", {"prompts": prompts})
    less = folder.with_suffix(".map")
    save_file({"linear.weight": torch.randn(64, 64).numpy() / 20}, less)
    attach(less, folder)
    return folder


def _tokenizer() -> Tokenizer:
    """Unigrams over words that start with `▁`, single letters and a few longer pieces."""
    pieces = [*_SPECIAL, "▁", *LETTERS, "▁le", "▁la", "er", "▁ال", "ات", "query", "▁passage"]
    scores = [(piece, -float(at % 17) - 1) for at, piece in enumerate(pieces)]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.add_special_tokens(_SPECIAL)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )  # fmt: skip
    return tokenizer


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")
