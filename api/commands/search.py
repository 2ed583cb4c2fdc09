"""`sanad search`: the passages that come nearest to a text, or the statements and why."""

from collections.abc import Sequence
from typing import Annotated

import typer

from api.commands.options import IndexOption
from api.commands.output import JsonOption, console, print_json
from assistant.assistant import open_assistant
from assistant.search import SearchHit, StatementMatch
from assistant.search import explain as explain_search
from assistant.settings import load_settings


def search(
    query: Annotated[str, typer.Argument(help="Words to look for, in any of the languages.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1_000, help="How many to show.")] = 10,
    index: IndexOption = None,
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Statements, and what speaks for each.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find passages, the same as GET /v1/search."""
    settings = load_settings(llm="none", index=index)
    with open_assistant(settings) as sanad:
        if explain:
            _show_statements(explain_search(sanad.retriever, query, k), as_json=as_json)
        else:
            _show_passages(sanad.search(query, k), as_json=as_json)


def _show_passages(hits: Sequence[SearchHit], *, as_json: bool) -> None:
    if as_json:
        print_json({"hits": hits})
        return
    out = console()
    for hit in hits:
        out.print(f"{hit.score:.3f}  {hit.document_id}  {hit.section}", markup=False)
        out.print(f"       {hit.quote}\n", markup=False)


def _show_statements(found: Sequence[StatementMatch], *, as_json: bool) -> None:
    if as_json:
        print_json({"statements": found})
        return
    out = console()
    for one in found:
        place = f"{one.document_id}#{one.anchor}" if one.anchor else one.document_id
        out.print(f"{one.score:.3f}  {place}", markup=False)
        out.print(
            f"       nearest {one.nearest:.3f}, mean {one.mean:.3f}, asked {one.asked:.3f}, "
            f"lexical {one.lexical:.3f} x {one.weight:.2f}, coverage {one.coverage:.2f}; "
            f"{one.strength:.1f} spreads above chance, crowd {one.crowd:.2f}",
            markup=False,
        )
        out.print(f"       {one.quote}\n", markup=False)
