"""What the program that answers leaves unloaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.embedding import locate
from index.optimise import optimise
from tests.index.tinybert import tiny

HEAVY = {"torch", "transformers", "sentence_transformers", "onnx"}
SERVING = {"fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "argon2", "limits", "mcp"}
WATCHING = {"prometheus_client", "opentelemetry"}
PROGRAM = """
import sys
from api.cli import main
sys.argv = ["sanad", *sys.argv[1:]]
try:
    main()
finally:
    print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("question", ["Quel est le délai ?", "ما هو الأجل؟"])
def test_ingesting_and_asking_load_no_framework(
    question: str, tmp_path: Path, trade_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny(tmp_path / "tiny-e5")
    monkeypatch.setattr("index.optimise._BARS", {"int8": (-1, -1), "float32": (-1, -1)})
    optimise(tmp_path, locate(tmp_path, str(source), optimised=False), lambda _: None)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SANAD_")},
        "SANAD_LLM": "none",
        "SANAD_CORPUS": str(trade_corpus),
        "SANAD_MODELS": str(tmp_path),
        "SANAD_INDEX": str(tmp_path / "index"),
        "SANAD_EMBEDDING_MODEL": str(source),
    }
    for arguments in (["ingest"], ["ask", question, "--json"]):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        loaded = set(done.stdout.rpartition("LOADED")[2].split())
        assert "onnxruntime" in loaded
        assert not loaded & (HEAVY | SERVING | WATCHING)
