"""Text to vectors: the `Embedder` port and its sentence-transformers adapter."""

import hashlib
import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from index import modelfolder
from index.modelstore import ModelStore
from ingest.errors import ModelMissingError, SettingsError

Vectors = NDArray[np.float32]
Advance = Callable[[int], None]

_FAMILY_PREFIXES = {
    "e5": ("query: ", "passage: "),
    "bge-m3": ("", ""),
}


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """What must agree between the model that built an index and the one that searches it.

    `fingerprint` stands for the weights: a model swapped under the same name is noticed. What runs
    them is no part of it: an optimised model is only kept if its vectors agree (docs/adr/0022).
    """

    name: str
    fingerprint: str
    dimension: int
    query_prefix: str
    passage_prefix: str


class Embedder(Protocol):
    """Turns texts into unit vectors, float32 of shape (texts, dimension)."""

    @property
    def identity(self) -> EmbedderIdentity:
        """Name, dimension and prefixes, as written into the manifest."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        ...

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """Vectors of passages; `advance(n)` is called after each batch of n texts."""
        ...


@dataclass(frozen=True, slots=True)
class LocatedModel:
    """An embedding model on this machine: known in all that decides an index, but not loaded.

    `folder` holds it for sentence-transformers, or as `sanad models optimise` made it.
    """

    name: str
    folder: Path
    fingerprint: str
    query_prefix: str
    passage_prefix: str

    def identity(self, dimension: int) -> EmbedderIdentity:
        """What an index remembers of it; only the loaded model knows its dimension."""
        return EmbedderIdentity(
            name=self.name,
            fingerprint=self.fingerprint,
            dimension=dimension,
            query_prefix=self.query_prefix,
            passage_prefix=self.passage_prefix,
        )


class SentenceTransformerEmbedder:
    """Any sentence-transformers model with safetensors weights, from a local folder.

    Loading takes seconds, most of them to import the framework, which is an extra: without it
    ModelMissingError says how to get it.
    """

    def __init__(self, model: LocatedModel, *, device: str = "cpu", batch_size: int = 32) -> None:
        if not importlib.util.find_spec("sentence_transformers"):
            raise ModelMissingError(
                f"{model.name} is not optimised, and sentence-transformers is not installed. Run "
                "`sanad models optimise`, or `pip install 'sanad[torch]'`."
            )
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  (seconds to import)
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(
                str(model.folder),
                device=device,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, SafetensorError) as error:
            raise ModelMissingError(
                f"The embedding model {model.name!r} could not be loaded from {model.folder}: "
                f"{error}. "
                "Run `sanad models pull`, or set SANAD_EMBEDDING_MODEL to a folder that holds one."
            ) from error
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise SettingsError(
                f"The model {model.name!r} does not tell its dimension; choose another."
            )
        self._identity = model.identity(dimension)
        self._batch_size = batch_size

    @property
    def identity(self) -> EmbedderIdentity:
        """Name, dimension and prefixes of the loaded model."""
        return self._identity

    def embed_exactly(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts that bring their own prefix."""
        return self._encode("", texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, float32 of shape (texts, dimension)."""
        return self._encode(self._identity.query_prefix, texts)

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """Unit vectors of passages; batches run from long to short so that padding is small."""
        return in_length_order(
            lambda batch: self._encode(self._identity.passage_prefix, batch),
            texts, self._identity.dimension, self._batch_size, advance,
        )  # fmt: skip

    def embed_bare(self, texts: Sequence[str]) -> Vectors:
        """The same vectors but for their last bits, by the model's own batching: the yardstick."""
        return self._encode(self._identity.passage_prefix, texts)

    def _encode(self, prefix: str, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode(
            [prefix + text for text in texts],
            prompt="",
            batch_size=self._batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def in_length_order(
    encode: Callable[[Sequence[str]], Vectors],
    texts: Sequence[str],
    dimension: int,
    batch_size: int,
    advance: Advance | None = None,
) -> Vectors:
    """Vectors of shape (texts, dimension), encoded in batches from the longest text on."""
    vectors = np.empty((len(texts), dimension), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    for begin in range(0, len(order), batch_size):
        rows = order[begin : begin + batch_size]
        vectors[rows] = encode([texts[i] for i in rows])
        if advance:
            advance(len(rows))
    return vectors


def locate(
    models: Path,
    model: str,
    *,
    query_prefix: str | None = None,
    passage_prefix: str | None = None,
    optimised: bool = True,
) -> LocatedModel:
    """The embedding model of the settings: an id of the registry, or a folder of one's own.

    `folder` is the optimised form where there is one and it is wanted; the model that it was made
    from is then not looked at, and need not be here. Prefixes come from the arguments, else from
    the prompts saved with the model, else from the family its name belongs to. A model of an
    unknown family without prompts needs them as settings (SettingsError): guessing would silently
    cost quality. Raises ModelMissingError, or ModelDamagedError for files that are not what they
    were.
    """
    own, store = Path(model), ModelStore(models)
    is_own = own.is_dir()
    name = own.name if is_own else model
    fingerprint = _weights_hash(own) if is_own else store.entry(model).made_from
    folder = modelfolder.optimised(models, name, fingerprint)
    if optimised and folder.is_dir():
        modelfolder.check(folder)
    else:
        folder = own if is_own else store.verify(model)
    query, passage = _prefixes(name, _prompts(folder), query_prefix, passage_prefix)
    return LocatedModel(name, folder, fingerprint, query, passage)


def _prompts(folder: Path) -> dict[str, str]:
    """The prompts saved with a model, which sentence-transformers keeps in a file of its own."""
    path = folder / "config_sentence_transformers.json"
    if not path.is_file():
        return {}
    saved = json.loads(path.read_text(encoding="utf-8")).get("prompts") or {}
    return {str(role): str(prompt) for role, prompt in saved.items()}


def _weights_hash(folder: Path) -> str:
    """Hash over all safetensors files of a model folder, in name order."""
    digest = hashlib.sha256()
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        raise ModelMissingError(
            f"{folder} holds no safetensors weights. Save the model with sentence-transformers, "
            "or unset SANAD_EMBEDDING_MODEL."
        )
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _prefixes(
    name: str, prompts: dict[str, str], query: str | None, passage: str | None
) -> tuple[str, str]:
    known = next((p for family, p in _FAMILY_PREFIXES.items() if family in name.lower()), None)
    saved_query = prompts.get("query")
    saved_passage = prompts.get("passage") or prompts.get("document")
    if saved_query and saved_passage:
        known = (saved_query, saved_passage)
    if known is None and (query is None or passage is None):
        raise SettingsError(
            f"The embedding model {name!r} carries no prompts and its family is unknown: set "
            "SANAD_EMBEDDING_QUERY_PREFIX and SANAD_EMBEDDING_PASSAGE_PREFIX (empty is allowed)."
        )
    fallback = known or ("", "")
    return (
        fallback[0] if query is None else query,
        fallback[1] if passage is None else passage,
    )
