"""Which of the ways to run an embedding model is taken."""

import logging
from typing import TYPE_CHECKING

from index.embedding import LocatedModel, SentenceTransformerEmbedder
from index.onnxmodel import MODEL

if TYPE_CHECKING:
    from index.onnxembedder import OnnxEmbedder

_LOG = logging.getLogger("sanad")


def is_optimised(model: LocatedModel) -> bool:
    """Whether the located form is the one for ONNX Runtime."""
    return (model.folder / MODEL).is_file()


def open_embedder(
    model: LocatedModel, *, device: str = "cpu", threads: int = 2
) -> "OnnxEmbedder | SentenceTransformerEmbedder":
    """The model as ONNX Runtime runs it where it was optimised, else with sentence-transformers.

    The slower way is told as a warning, on standard error unless logging is set up otherwise.
    """
    if is_optimised(model):
        from index.onnxembedder import OnnxEmbedder  # noqa: PLC0415  (only what is used)

        return OnnxEmbedder(model, threads=threads)
    if device == "cpu":
        _LOG.warning(
            "notice: %s runs with sentence-transformers, slower and in more memory; "
            "`sanad models optimise` makes it fast or says why not.",
            model.name,
        )
    return SentenceTransformerEmbedder(model, device=device)
