"""What a command imports is what it works with; what ingests, measures or draws is not."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import program

REPOSITORY = Path(__file__).resolve().parents[2]
SLOW = (
    "alembic", "bm25s", "docx", "evals", "ftfy", "httpx2", "langchain_core", "langchain_openai",
    "lxml", "matplotlib", "mcp", "openpyxl", "psycopg", "pypdfium2", "scipy",
    "sentence_transformers", "sklearn", "tiktoken", "torch", "transformers", "wordfreq",
    "xllamacpp",
)  # fmt: skip
"""Packages that take long to import, and the room that measures."""
LINES_OF_GOLD = {"evals", "evals.gold", "evals.jsonl", "evals.record"}
"""All of that room that serving may need: an office proposes questions as lines of the gold."""

ONLY_SERVED = ("fastapi", "sqlalchemy", "starlette", "uvicorn")


def imported(command: str) -> set[str]:
    """The modules of a process that is about to run a command."""
    served = "import api.service; api.service.preload(); " if command == "serve" else ""
    script = (
        f"import sys; from api.cli import program; program({command!r}); {served}"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("command", "spared"),
    [("ask", SLOW + ONLY_SERVED), ("search", SLOW + ONLY_SERVED), ("serve", (*SLOW, "rich"))],
)
def test_a_command_imports_only_what_it_works_with(command: str, spared: tuple[str, ...]) -> None:
    served = LINES_OF_GOLD if command == "serve" else set()
    found = {module.partition(".")[0] for module in imported(command) - served}
    assert {"api", "assistant", "index"} <= found
    assert not found & set(spared)


def test_the_help_names_every_command() -> None:
    shown = CliRunner().invoke(program(), ["--help"], catch_exceptions=False)
    assert shown.exit_code == 0
    for name in ("serve", "ask", "search", "ingest", "doctor", "index", "corpus", "models", "eval"):
        assert f" {name} " in shown.output


def test_a_command_that_is_none_is_refused_with_the_nearest() -> None:
    refused = CliRunner().invoke(program("serv"), ["serv"])
    assert refused.exit_code == 2
    assert "serve" in refused.output
