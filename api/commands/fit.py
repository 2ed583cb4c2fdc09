"""`sanad eval fit`: set the probabilities that decide what is answered."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import console, progress
from assistant.assistant import assemble, open_configured_embedder
from assistant.compose import ExtractiveComposer
from assistant.relevance import Relevance, made_for
from assistant.settings import load_settings
from evals.abstention import expected_calibration_error
from evals.gold import read_gold
from evals.statistics import wilson
from index.generation import open_current
from index.retriever import Mode
from ingest.errors import SanadError

GOLD = Path("evals/gold")
DEV = tuple(GOLD / f"{name}.jsonl" for name in ("dev", "blind", "trial", "guides", "offtopic"))
FILE = Path("assistant/relevance.json")
PLOT = Path("docs/reliability.svg")
_LIBRARIES = frozenset({"sklearn", "matplotlib"})


class FitExtraMissingError(SanadError):
    """The libraries that fit and draw are not installed; answering needs neither."""

    code = "fit_extra_missing"
    exit_code = 6


def fit(
    gold: Annotated[
        list[Path] | None,
        typer.Argument(help="The dev questions, blind ones and ones about anything else."),
    ] = None,
    out: Annotated[Path, typer.Option(help="File of the fitted weights.")] = FILE,
    plot: Annotated[Path, typer.Option(help="Reliability diagram, SVG.")] = PLOT,
    mode: Annotated[Mode, typer.Option(help="Half of the search; a baseline has its own.")] = (
        "hybrid"
    ),
) -> None:
    """Fit relevance and answerability on dev, and show how they hold on sheets not seen.

    For a baseline: `--mode lexical --out evals/relevance.lexical.json`; it is not drawn.
    """
    try:
        from api.report.charts import reliability_picture  # noqa: PLC0415  (an extra)
        from evals import fit as fitting  # noqa: PLC0415  (an extra, and slow to import)
    except ModuleNotFoundError as missing:
        if missing.name not in _LIBRARIES:
            raise
        raise FitExtraMissingError(
            f"Fitting needs {missing.name}; install it with `pip install 'sanad[dev]'`."
        ) from missing
    settings = load_settings(llm="none")
    items = [item for path in gold or DEV for item in read_gold(path).items]
    embedder = open_configured_embedder(settings)
    with closing(open_current(settings.index, embedder.identity)) as generation:
        bold = assemble(
            generation,
            embedder,
            ExtractiveComposer(),
            mode=mode,
            bold=True,
            relevance=Relevance.unfitted(),
        )
        with progress() as report:
            samples = fitting.collect(
                items, bold, lambda done, total: report("asking", done, total)
            )
    fitted, held = fitting.fit(samples, made_for(embedder.identity))
    out.write_text(fitted.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if mode == "hybrid":
        plot.write_text(reliability_picture(held.support, held.answerable), encoding="utf-8")
    show = console()
    error = expected_calibration_error(held.support, held.answerable)
    show.print(f"{len(samples)} questions; calibration error {error:.3f} on unseen sheets")
    for name, is_answer in (("false answers", False), ("false refusals", True)):
        chosen = [s for s, a in zip(held.support, held.answerable, strict=True) if a == is_answer]
        wrong = sum((s >= fitted.threshold) != is_answer for s in chosen)
        low, high = wilson(wrong, len(chosen))
        show.print(
            f"{name}: {wrong} of {len(chosen)} [{low:.2f}, {high:.2f}] at {fitted.threshold:.2f}"
        )
