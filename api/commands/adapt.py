"""`sanad eval adapt`: fit the map that makes an embedding model ours."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from api.commands.output import console, progress
from assistant.assistant import open_configured_embedder
from assistant.settings import load_settings
from index.adapter import save
from index.build import CACHE
from index.cache import EmbeddingCache
from index.files import seal
from ingest.corpus import load_corpus

FILE = Path("index/sanad-e5-small.safetensors")
BASE = "multilingual-e5-small"


def adapt(
    model: Annotated[str, typer.Option(help="The model as it is, id or folder.")] = BASE,
    out: Annotated[Path, typer.Option(help="File of the map.")] = FILE,
) -> None:
    """Fit the map on the questions of the corpus; print what it gives on sheets not seen.

    The hash it prints belongs into `index/models.yaml`; then `sanad models pull` and `sanad ingest`
    make model and index anew, and `sanad eval fit` the decision.
    """
    from evals import adapt as fitting  # noqa: PLC0415  (seconds to import)

    settings = load_settings(embedding_model=model, llm="none")
    taught = fitting.lesson(load_corpus(settings.corpus).documents)
    embedder = open_configured_embedder(settings)
    with progress() as report:
        settings.index.mkdir(parents=True, exist_ok=True)
        with closing(EmbeddingCache(settings.index / CACHE)) as cache:
            known = fitting.vectored(
                taught, lambda texts: cache.embed(embedder, texts)[0], embedder
            )
        held = fitting.held_out(taught)
        plain = np.eye(known.texts.shape[1], dtype=np.float32)
        tried = fitting.fit(known, ~held, lambda done, all_: report("trying", done, all_))
        before, after = (fitting.found(known, matrix, held) for matrix in (plain, tried))
        fitted = fitting.fit(
            known, np.ones_like(held), lambda done, all_: report("fitting", done, all_)
        )
    save(fitted, out)
    show = console()
    show.print(f"{before.questions} questions about {held.sum()} statements of unseen sheets")
    for name, found in (("as it is", before), ("adapted", after)):
        show.print(f"{name}: first {found.first:.3f}, among ten {found.among_ten:.3f}")
    show.print(f"{out}: sha256 {seal(out).sha256}")
