"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

IndexOption = Annotated[Path | None, typer.Option("--index", help="Folder of the index.")]
IndexesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--index", help="Index to ask; repeat it to compare collections. That of the settings."
    ),
]
