"""`sanad search`: the passages that come nearest to a text."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json
from assistant.assistant import open_assistant
from assistant.settings import load_settings


def search(
    query: Annotated[str, typer.Argument(help="Words to look for, in any of the languages.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1_000, help="How many passages.")] = 10,
    index: Annotated[Path | None, typer.Option(help="Folder of the index.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Find passages; the same as GET /v1/search."""
    settings = load_settings(llm="none", **({"index": index} if index else {}))
    with open_assistant(settings) as sanad:
        hits = sanad.search(query, k)
    if as_json:
        print_json({"hits": hits})
        return
    out = console()
    for hit in hits:
        out.print(f"{hit.score:.3f}  {hit.document_id}  {hit.section}", markup=False)
        out.print(f"       {hit.quote}\n", markup=False)
