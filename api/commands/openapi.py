"""`sanad openapi`: the description of the HTTP interface, for programs that are made from it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.app import routed
from ingest.errors import StorageError


def openapi(
    out: Annotated[Path | None, typer.Option(help="Write it into this file.")] = None,
) -> None:
    """Print the interface as OpenAPI 3.1, without starting anything."""
    text = description()
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror}.") from error
    typer.echo(f"Wrote {out}")


def description() -> str:
    """The same text for the same version: `docs/openapi.json` holds it."""
    return json.dumps(routed().openapi(), ensure_ascii=False, indent=2) + "\n"
