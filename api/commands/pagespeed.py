"""`sanad eval page`: how soon the chat is there over a slow line, and its first proof."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.loadspeed import service
from api.commands.output import JsonOption, console, print_json, progress
from assistant.state import today
from evals.runfolder import commit, environment, write_whole
from ingest.errors import SettingsError

QUESTIONS = {
    "fr": "Sous quel délai faut-il rapatrier le produit d'une exportation ?",
    "ar": "ما هو أجل استرجاع عائدات التصدير؟",
}


def page_speed(
    rounds: Annotated[int, typer.Option(min=1, max=50, help="How often.")] = 5,
    *,
    url: Annotated[
        str | None, typer.Option(help="Visit the Sanad that serves there instead of one started.")
    ] = None,
    former: Annotated[
        str | None, typer.Option(help="Address of a former version, visited by turns.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File of the page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Open the chat in Chromium over a throttled line, cold and warm, and ask.

    Needs `playwright` and Debian's `chromium`.
    """
    try:
        from evals.pagereport import page  # noqa: PLC0415  (what it needs may not be installed)
        from evals.pagespeed import measure_page  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"Visiting needs {error.name}; install it with `pip install 'sanad[browser]'`."
        ) from error
    with progress() as report, service(url) as address:
        versions = {**({"before": former} if former else {}), "now": address}
        visits = list(measure_page(versions, QUESTIONS, rounds=rounds, report=report))
    if as_json:
        print_json(visits)
        return
    text = page(visits, QUESTIONS, environment(), day=str(today()), commit=commit())
    if out:
        write_whole(out, text)
    console().print(text, markup=False)
