"""Making an embedding model fast on processors, and keeping the result only if it agrees.

<models>/optimised/<name>-<fingerprint>/   the model as ONNX, its pieces, what was measured; sealed

What is exported is held against sentence-transformers where that is installed, else against its own
32-bit graph, on texts in the languages and scripts that people ask in.
"""

import importlib.util
import shutil
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import yaml
from filelock import FileLock

from index import bertfolder, bertgraph, modelfolder, wordpieces
from index.bertfolder import BertFolder
from index.bertgraph import Head, Precision
from index.embedding import LocatedModel, SentenceTransformerEmbedder, Vectors
from index.onnxmodel import MODEL, SETTINGS, EncoderSettings, OnnxModel
from index.processor import fast_integers, free_memory, has_avx2
from ingest.errors import ModelUnsupportedError

Tell = Callable[[str], None]

WEIGHTS: Final = "model.weights"
_PROMPTS: Final = "config_sentence_transformers.json"
_PRECISIONS: Final[tuple[Precision, ...]] = ("int8", "float32")
_BARS: Final[dict[Precision, tuple[float, float]]] = {
    "int8": (0.99, 0.997),
    "float32": (0.9999, 0.9999),
}
"""Least and mean cosine with the original."""
_MEMORY_PER_BYTE: Final = 4


def optimise(models: Path, source: LocatedModel, tell: Tell, *, eight_bits: bool = False) -> Path:
    """Export the model in `source.folder`, check it, keep it; gives its folder.

    With `eight_bits` they are tried first: half as fast again, at a price in quality that the
    default does not pay (docs/adr/0022). `tell` hears what is done and how near it came; a second
    process waits. Raises
    ModelUnsupportedError when the model has no graph here, memory is short, or not even 32 bits
    agree; nothing is kept then.
    """
    _check_machine(models, source)
    precisions = _PRECISIONS if eight_bits and fast_integers() else _PRECISIONS[-1:]
    bert = bertfolder.read(source.folder)
    target = modelfolder.optimised(models, source.name, source.fingerprint)
    lock = models / ".partial" / f"{target.name}.lock"
    for folder in (target.parent, lock.parent):
        folder.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):
        modelfolder.publish(
            target,
            lambda folder: _write(source, bert, folder, tell, precisions),
            source_sha256=source.fingerprint,
            work=target.with_name(f".{target.name}"),
        )
    return target


def sample() -> tuple[str, ...]:
    """The texts of the check: French, Arabic, English, Darija in both scripts."""
    text = files("index").joinpath("encodersample.yaml").read_text(encoding="utf-8")
    return tuple(one for texts in yaml.safe_load(text).values() for one in texts)


def _check_machine(models: Path, source: LocatedModel) -> None:
    if not has_avx2():
        raise ModelUnsupportedError(
            "This processor has no AVX2, which ONNX Runtime needs to be faster; the model runs "
            "with sentence-transformers."
        )
    size = sum(path.stat().st_size for path in source.folder.rglob("*.safetensors"))
    free = free_memory()
    if free is not None and free < _MEMORY_PER_BYTE * size:
        raise ModelUnsupportedError(
            f"Optimising {source.name} takes {_MEMORY_PER_BYTE * size / 1e6:.0f} MB of memory, "
            f"{free / 1e6:.0f} MB are free. Free some, or copy {models / 'optimised'} from a "
            "larger machine with the same processor."
        )


def export(
    source: LocatedModel, folder: Path, head: Head, *, width: int, precision: Precision
) -> None:
    """Write the encoder of `source` under any head into an existing folder, for `OnnxModel`.

    Nothing is checked: that is the caller's, who knows what the rows mean.
    """
    bert = bertfolder.read(source.folder)
    wordpieces.write(source.folder / "tokenizer.json", folder)
    made = _settings(source, bert, width).model_copy(update={"precision": precision})
    _save(bertgraph.build(bert, head, width, precision), made, folder)


def _write(
    source: LocatedModel,
    bert: BertFolder,
    folder: Path,
    tell: Tell,
    precisions: Sequence[Precision],
) -> None:
    """Try the precisions in turn; the first that agrees is what stays in `folder`."""
    wordpieces.write(source.folder / "tokenizer.json", folder)
    if (source.folder / _PROMPTS).is_file():
        shutil.copyfile(source.folder / _PROMPTS, folder / _PROMPTS)
    settings, texts = _settings(source, bert, bert.width), sample()
    against, right = _reference(source, bert, folder, settings, texts)
    why = ""
    for precision in precisions:
        tried = settings.model_copy(update={"precision": precision, "against": against, "why": why})
        found = _rows(bert, folder, tried, texts)
        cosines = (_unit(found) * _unit(right)).sum(axis=1)
        least, mean = float(cosines.min()), float(cosines.mean())
        told = f"{precision} against {against}: cosine {least:.4f} at least, {mean:.4f} on average"
        tell(told)
        least_allowed, mean_allowed = _BARS[precision]
        if least >= least_allowed and mean >= mean_allowed:
            _say(tried.model_copy(update={"least": least, "mean": mean}), folder)
            return
        why = told
    raise ModelUnsupportedError(
        f"{source.name} gives other vectors once it is exported ({why}); it runs with "
        "sentence-transformers."
    )


def _reference(
    source: LocatedModel,
    bert: BertFolder,
    folder: Path,
    settings: EncoderSettings,
    texts: Sequence[str],
) -> tuple[str, Vectors]:
    """What the vectors should be, and who says so."""
    if importlib.util.find_spec("sentence_transformers"):
        return "sentence-transformers", SentenceTransformerEmbedder(source).embed_exactly(texts)
    return "its own 32-bit graph", _rows(bert, folder, settings, texts)


def _settings(source: LocatedModel, bert: BertFolder, width: int) -> EncoderSettings:
    return EncoderSettings(
        made_from=source.fingerprint,
        precision="float32",
        width=width,
        padding=bert.padding,
        max_length=bert.max_length,
    )


def _rows(
    bert: BertFolder, folder: Path, settings: EncoderSettings, texts: Sequence[str]
) -> Vectors:
    """Export with these settings, and run the texts through it."""
    model = bertgraph.build(bert, bertgraph.sentence, bert.width, settings.precision)
    _save(model, settings, folder)
    return OnnxModel(folder, threads=1).rows(texts)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _save(model: onnx.ModelProto, settings: EncoderSettings, folder: Path) -> None:
    """Weights go to a file of their own, which is mapped: a word is read when it is first met."""
    weights = folder / WEIGHTS
    weights.unlink(missing_ok=True)
    onnx.save(
        model,
        str(folder / MODEL),
        save_as_external_data=True,
        location=WEIGHTS,
        size_threshold=1024,
    )
    if weights.is_file():
        weights.chmod(0o644)
    _say(settings, folder)


def _say(settings: EncoderSettings, folder: Path) -> None:
    text = settings.model_dump_json(indent=2) + "\n"
    (folder / SETTINGS).write_text(text, encoding="utf-8")
