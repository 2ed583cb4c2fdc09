"""`sanad eval adapt`: fit what makes an embedding model ours."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from api.commands.output import console, progress
from assistant.assistant import configured_model
from assistant.settings import load_settings
from index.adapter import load, save
from index.files import seal
from ingest.corpus import load_corpus

FILE = Path("index/sanad-e5-small.safetensors")
BASE = "multilingual-e5-small"


def adapt(
    model: Annotated[str, typer.Option(help="The model as it is, id or folder.")] = BASE,
    out: Annotated[Path, typer.Option(help="File of the adapter.")] = FILE,
    start: Annotated[
        Path | None, typer.Option(help="Adapter to begin with; without one, the model as it is.")
    ] = None,
    *,
    trial: Annotated[
        bool, typer.Option(help="Fit without a fifth of the sheets, print what it gives on them.")
    ] = False,
) -> None:
    """Fit the adapter of the embedding model on the questions of the corpus: 40 minutes.

    The hash it prints belongs into `index/models.yaml`; then `sanad models pull` and `sanad ingest`
    make model and index anew, and `sanad eval fit` the decision. A trial writes nothing.
    """
    from evals import adapt as fitting  # noqa: PLC0415  (seconds to import)
    from evals.lowrank import Trainee  # noqa: PLC0415

    settings = load_settings(embedding_model=model, llm="none")
    taught = fitting.lesson(load_corpus(settings.corpus).documents)
    located = configured_model(settings, optimised=False)
    show = console()
    with progress() as report:
        trainee = Trainee(
            located.folder,
            taught.read_by(located),
            load(start) if start else None,
            fitting.SEED,
            lambda done, all_: report("reading", done, all_),
        )
        held = fitting.held_out(taught)
        before = fitting.found(taught, trainee, held) if trial else None
        use = ~held if trial else np.ones_like(held)
        fitting.fit(taught, trainee, use, lambda done, all_: report("fitting", done, all_))
    if not before:
        save(trainee.adaptation(), out)
        show.print(f"{out}: sha256 {seal(out).sha256}")
        return
    show.print(f"{before.questions} questions about {held.sum()} statements of unseen sheets")
    for name, found in (("before", before), ("after", fitting.found(taught, trainee, held))):
        show.print(
            f"{name}: first {found.first:.3f}, among ten {found.among_ten:.3f}, "
            f"first of its sheet {found.first_of_sheet:.3f}"
        )
