"""Does one text follow from another? A cross-encoder trained on natural language inference."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index import crossencoder
from index.crossencoder import Floats, Pair
from ingest.errors import SettingsError

SETTING = "SANAD_NLI_MODEL"

_ENTAILMENT = "entailment"


class CrossEncoderEntailment:
    """Any local model for sequence classification that has a label `entailment`.

    Which of its outputs that is follows from the model's own `id2label`, for models differ in
    their order. Loading takes seconds; raises ModelMissingError or SettingsError.
    """

    def __init__(self, folder: Path, *, batch_size: int = 32) -> None:
        self._model = crossencoder.load(folder, SETTING)
        self._label = _entailment(crossencoder.labels(self._model), folder)
        self._batch_size = batch_size
        self._name = crossencoder.name(folder)

    @property
    def name(self) -> str:
        """Folder and hash of the weights, to be printed beside what the model judged."""
        return self._name

    def probability(self, pairs: Sequence[Pair]) -> Floats:
        """P(entailment) of each pair of premise and claim, float32 of shape (pairs,).

        The softmax over all labels. Of a pair that is too long, the longer text loses its end.
        """
        scores = crossencoder.logits(self._model, pairs, self._batch_size)
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
        return shares[:, self._label]


def _entailment(labels: dict[int, str], folder: Path) -> int:
    for number, label in labels.items():
        if label.lower() == _ENTAILMENT:
            return int(number)
    raise SettingsError(
        f"{SETTING}: the model in {folder} has the labels {', '.join(labels.values())}, and none "
        f"is {_ENTAILMENT!r}. Choose a model for natural language inference, or unset it."
    )
