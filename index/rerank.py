"""Reranking: question and passage read together, slower and finer than comparing vectors."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from index import crossencoder
from index.crossencoder import Floats
from ingest.errors import SettingsError

SETTING = "SANAD_RERANK_MODEL"


class CrossEncoderReranker:
    """Any local cross-encoder with a single output.

    Loading takes seconds; raises ModelMissingError or SettingsError. May be shared between threads,
    which wait for each other: its tokenizer can serve only one.
    """

    def __init__(self, folder: Path, *, batch_size: int = 32) -> None:
        self._model = crossencoder.load(folder, SETTING)
        self._batch_size = batch_size
        self._lock = Lock()
        self._name = crossencoder.name(folder)
        if self._model.num_labels != 1:
            raise SettingsError(
                f"{SETTING}: the model in {folder} has {self._model.num_labels} outputs, and a "
                "reranker has one. Choose another model, or unset it."
            )

    @property
    def name(self) -> str:
        """Folder and hash of the weights, to be printed beside what the model ranked."""
        return self._name

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """How well each text answers the question, float32 of shape (texts,); higher is better.

        Logits: they order the texts of one question, and mean nothing beside another question's.
        """
        pairs = [(question, text) for text in texts]
        with self._lock:
            return crossencoder.logits(self._model, pairs, self._batch_size)[:, 0]
