"""`sanad index`: the generations that were published."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json
from assistant.settings import load_settings
from index import generation as generations
from index.manifest import check_files, read_manifest

app = typer.Typer(help="Generations of the index: list, verify, use.", no_args_is_help=True)
IndexOption = Annotated[Path | None, typer.Option(help="Folder of the index.")]


@app.command("list")
def list_generations(index: IndexOption = None, *, as_json: JsonOption = False) -> None:
    """Show all generations, oldest first, and which one serves."""
    root = _root(index)
    serving = generations.current(root)
    rows = [
        {
            "generation": name,
            "current": name == serving,
            **read_manifest(root / name).model_dump(include={"documents", "passages", "sentences"}),
        }
        for name in generations.generations(root)
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        console().print(
            f"{'*' if row['current'] else ' '} {row['generation']}  {row['documents']} documents, "
            f"{row['passages']} passages, {row['sentences']} sentences",
            markup=False,
        )


@app.command("verify")
def verify(index: IndexOption = None) -> None:
    """Hash every file of the generation that serves."""
    root = _root(index)
    folder = root / generations.current(root)
    check_files(folder, read_manifest(folder))
    console().print(f"{folder.name}: whole", markup=False)


@app.command("use")
def use(name: str, index: IndexOption = None) -> None:
    """Make an earlier generation serve again."""
    generations.use(_root(index), name)
    console().print(f"{name} serves now", markup=False)


def _root(index: Path | None) -> Path:
    return index or load_settings().index
