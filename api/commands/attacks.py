"""`sanad eval attacks`: which altered sentences the verification stops, and at what price."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json
from assistant.settings import load_settings
from evals.attacks import Result, read_attacks, run_attacks, share, table
from evals.gold import Split
from ingest.corpus import load_corpus

ATTACKS = Path("evals/attacks/verification.jsonl")


def attacks(
    file: Annotated[Path, typer.Argument(help="Drafts, altered and faithful ones.")] = ATTACKS,
    split: Annotated[Split | None, typer.Option(help="Only this part of them.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Hold drafts against the words of the corpus that they cite; needs no model and no index."""
    documents = load_corpus(load_settings().corpus).documents
    tried = run_attacks(read_attacks(file), documents)
    results = [one for one in tried if split in {None, one.split}]
    if as_json:
        shares = {
            "altered": _share(results, altered=True),
            "faithful": _share(results, altered=False),
        }
        print_json({**shares, "results": results})
    else:
        console().print(table(results), markup=False)


def _share(results: Sequence[Result], *, altered: bool) -> dict[str, float]:
    """How many of the altered drafts, or of the faithful ones, were stopped; with the interval."""
    chosen = share(one for one in results if one.attack.stopped is altered)
    low, high = chosen.interval
    return {"stopped": chosen.stopped, "n": chosen.n, "low": low, "high": high}
