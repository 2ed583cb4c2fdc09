"""A transformer in an ONNX file, run on a processor: texts, or pairs of texts, to rows of floats.

What a row means is the file's affair: a vector of an embedding model, or the scores of a
cross-encoder. Neither torch nor transformers is needed.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from index.onnxsession import open_session
from index.processor import fast_integers
from index.wordpieces import Text, WordPieces
from ingest.errors import ModelDamagedError, ModelUnsupportedError
from ingest.schema import reason

Floats = NDArray[np.float32]

MODEL, SETTINGS = "model.onnx", "encoder.json"


class EncoderSettings(BaseModel):
    """What `encoder.json` says of the model beside it.

    `made_from` is the fingerprint of the weights that it was exported from. `against` names what it
    was checked against, `least` and `mean` are its cosines with that, `why` is the reason for 32
    bits where eight were tried first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    made_from: str
    precision: Literal["int8", "float32"]
    width: int
    padding: int
    max_length: int
    against: str = ""
    least: float = 1.0
    mean: float = 1.0
    why: str = ""


class OnnxModel:
    """Safe to share between threads; `threads` is how many one call may use.

    Session and vocabulary are read side by side: neither holds the interpreter meanwhile, and a
    command that asks one question waits for both.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        self.settings = read_settings(folder)
        if self.settings.precision == "int8" and not fast_integers():
            raise ModelUnsupportedError(
                f"{folder} was made for a processor that multiplies small integers (VNNI), which "
                "this one does not. Run `sanad models optimise` on this machine."
            )
        with ThreadPoolExecutor(1) as aside:
            session = aside.submit(open_session, folder / MODEL, threads=threads)
            self._pieces = WordPieces(folder, self.settings.max_length)
        self._session = session.result()

    def rows(self, texts: Sequence[Text], batch_size: int = 32) -> Floats:
        """A row for each text, float32 of shape (texts, width), in batches as they come."""
        rows = np.empty((len(texts), self.settings.width), dtype=np.float32)
        for begin in range(0, len(texts), batch_size):
            batch = texts[begin : begin + batch_size]
            rows[begin : begin + len(batch)] = self._run(batch)
        return rows

    def _run(self, texts: Sequence[Text]) -> Floats:
        pieces = self._pieces.ids(texts)
        shape = (len(pieces), max(map(len, pieces)))
        ids = np.full(shape, self.settings.padding, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        for row, one in enumerate(pieces):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        (rows,) = self._session.run(None, {"ids": ids, "mask": mask})
        return np.asarray(rows, dtype=np.float32)


def read_settings(folder: Path) -> EncoderSettings:
    """What the model in `folder` is; ModelDamagedError if that cannot be read."""
    path = folder / SETTINGS
    try:
        return EncoderSettings.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        why = reason(error, "the file") if isinstance(error, ValidationError) else error
        raise ModelDamagedError(
            f"{path} cannot be read: {why}. Run `sanad models optimise`."
        ) from error
