"""`sanad eval redteam`: do attacks work, is poison shown, are harmless questions turned away."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from api.commands.output import JsonOption, Report, console, print_json, progress
from assistant.assistant import assemble, open_configured_embedder, open_configured_reranker
from assistant.composers import choose_composer
from assistant.settings import Settings, load_settings
from evals.gold import Split
from evals.redteam import RedTeam, build_poisoned, poisoned, read_redteam, render, run_redteam
from index.embedding import Embedder
from index.generation import Generation, open_current
from ingest.passages import PassageSettings
from ingest.pipeline import IngestSettings, ingest_folder

REDTEAM = Path("evals/redteam")


def redteam(
    folder: Annotated[Path, typer.Argument(help="Folder of the sets.")] = REDTEAM,
    split: Annotated[Split | None, typer.Option(help="Only this part of them.")] = None,
    *,
    smoke: Annotated[bool, typer.Option("--smoke", help="Only the small set of the gate.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Attack the index that answers, and a copy of it with poisoned documents beside the corpus."""
    team = read_redteam(folder, split=split, smoke=smoke)
    settings = load_settings()
    embedder, reranker = open_configured_embedder(settings), open_configured_reranker(settings)
    with (
        progress() as report,
        closing(open_current(settings.index, embedder.identity)) as clean,
        _poisoned(team, settings, embedder, report) as spoilt,
        choose_composer(settings) as composer,
    ):
        run = run_redteam(
            team,
            assemble(clean, embedder, composer, reranker=reranker),
            assemble(spoilt, embedder, composer, reranker=reranker),
            advance=lambda done, total: report("attacking", done, total),
        )
    if as_json:
        print_json(run)
    else:
        console().print(render(run), markup=False)


@contextmanager
def _poisoned(
    team: RedTeam, settings: Settings, embedder: Embedder, report: Report
) -> Iterator[Generation]:
    """The corpus with the poison beside it, in an index that is gone afterwards."""
    chunks = PassageSettings(max_tokens=settings.passage_tokens)
    reading = IngestSettings(passages=chunks)
    with TemporaryDirectory(prefix="sanad-redteam-") as folder:
        report("reading", 0, 0)
        both = poisoned(ingest_folder(settings.corpus, reading), team.poison, reading)
        report("embedding", 0, 0)
        build_poisoned(Path(folder), both, embedder, cache=settings.index, passages=chunks)
        with closing(open_current(Path(folder), embedder.identity)) as generation:
            yield generation
