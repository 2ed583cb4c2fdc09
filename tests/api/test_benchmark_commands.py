"""`sanad eval run` of a baseline, of a sample, over HTTP; and the tables made of such runs."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from api.app import create_app
from api.cli import program
from api.client import RemoteError
from assistant.assistant import Assistant
from assistant.settings import Settings
from evals.benchmarkpage import BEGIN, END, MarkMissingError
from evals.runfolder import Config, RunFolder, RunMismatchError
from index.embedding import Embedder
from ingest.errors import InputError, PathMissingError, StorageError
from tests.fakes import FakeEmbedder

ITEMS = [
    {
        "id": f"{language}{at}",
        "language": language,
        "question": question,
        "kind": "number",
        "expect": ["answered", "partial", "conflict"],
        "best": "answered",
        "facts": [{"type": "number", "any": [figure]}],
    }
    for at in range(3)
    for language, question, figure in (
        ("fr", "Combien coûte le permis d'huile d'olive ?", "450"),
        ("ar", "ما هو أجل رخصة زيت الزيتون؟", "10"),
    )
]
Serving = Callable[[FastAPI], AbstractContextManager[str]]
Run = Callable[..., RunFolder]


def invoke(*arguments: str | Path) -> None:
    CliRunner().invoke(program(), [str(one) for one in arguments], catch_exceptions=False)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(f"{json.dumps(item)}\n" for item in ITEMS), encoding="utf-8")
    return path


@pytest.fixture
def run(
    trade_index: Path,
    trade_embedder: FakeEmbedder,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    gold: Path,
) -> Run:
    def embedder(_settings: Settings) -> Embedder:
        return trade_embedder

    monkeypatch.setattr("evals.baselines.open_configured_embedder", embedder)
    monkeypatch.setenv("SANAD_INDEX", str(trade_index))
    monkeypatch.setenv("SANAD_LLM", "none")

    def build(name: str, *options: str) -> RunFolder:
        folder = tmp_path / name
        invoke("eval", "run", gold, "--out", folder, "--day", "2026-11-22", *options)
        return RunFolder(folder)

    return build


@pytest.mark.parametrize("system", ["bm25", "langchain-extractive"])
def test_a_baseline_is_measured_under_its_name(run: Run, system: str) -> None:
    folder = run("a", "--system", system)
    assert folder.config().system == system
    results = folder.results()
    assert len(results) == len(ITEMS)
    assert not any(result.error for result in results)
    assert {kind for result in results for kind in result.quotes} <= {"supported"}
    if system == "langchain-extractive":
        assert all(len(result.quotes) == 4 for result in results)


def test_a_sample_is_recorded_as_one(run: Run) -> None:
    config = run("a", "--sample", "4").config()
    whole = run("b").config()
    assert config.gold == "gold.jsonl, 4 of 6"
    assert config.differing(whole) == ["gold", "gold_sha256"]
    assert [result.id for result in run("a", "--sample", "4").results()] == [
        result.id for result in run("c", "--sample", "4").results()
    ]


def test_over_http_it_scores_as_here(run: Run, sanad: Assistant, serving: Serving) -> None:
    with serving(create_app(sanad)) as url:
        there = run("there", "--url", url, "--jobs", "3")
    here = run("here")
    assert there.config().system == "remote"
    unseen = {"passages", "support", "scores"}
    for far, near in zip(there.results(), here.results(), strict=True):
        assert far.model_dump(exclude=unseen) == near.model_dump(exclude=unseen)
        assert far.scores.crag == near.scores.crag
        assert far.scores.recall_10 is None


def test_no_other_system_is_asked_over_http(run: Run) -> None:
    with pytest.raises(InputError, match="bm25"):
        run("a", "--url", "http://127.0.0.1:9", "--system", "bm25")


def test_a_server_that_is_away_costs_no_questions(run: Run, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="sanad serve"):
        run("a", "--url", "http://127.0.0.1:9")
    assert not (tmp_path / "a").exists()


def test_the_tables_are_written_from_runs(run: Run, tmp_path: Path) -> None:
    runs = [run(name, "--system", name).path for name in ("sanad", "dense")]
    out, readme = tmp_path / "docs" / "benchmarks.md", tmp_path / "README.md"
    readme.write_text(f"# Sanad · سند\n{BEGIN}\n{END}\n", encoding="utf-8")
    invoke("eval", "tables", *runs, "--out", out, "--readme", readme)
    assert "| dense |" in out.read_text(encoding="utf-8")
    assert "| dense |" in readme.read_text(encoding="utf-8")
    assert readme.read_text(encoding="utf-8").startswith("# Sanad · سند\n")


def test_a_readme_without_marks_stops_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    out, readme = tmp_path / "page.md", tmp_path / "README.md"
    readme.write_text("# سند\n", encoding="utf-8")
    with pytest.raises(MarkMissingError, match=BEGIN):
        invoke("eval", "tables", run("sanad").path, "--out", out, "--readme", readme)
    assert not out.exists()


def test_what_cannot_be_read_or_written_is_named(run: Run, tmp_path: Path) -> None:
    folder = run("sanad").path
    with pytest.raises(PathMissingError, match="no-such-run"):
        invoke("eval", "tables", folder, tmp_path / "no-such-run", "--out", tmp_path / "page.md")
    with pytest.raises(PathMissingError, match="README"):
        invoke("eval", "tables", folder, "--readme", tmp_path / "README.md")
    (tmp_path / "README").write_text("a file", encoding="utf-8")
    with pytest.raises(StorageError, match="README"):
        invoke("eval", "tables", folder, "--out", tmp_path / "README" / "page.md")


def test_runs_of_two_corpora_are_not_put_side_by_side(run: Run, tmp_path: Path) -> None:
    first, second = run("sanad"), run("dense", "--system", "dense")
    other = {**second.config().model_dump(), "generation": "0" * 16}
    text = Config.model_validate(other).model_dump_json()
    (second.path / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(RunMismatchError, match="generation"):
        invoke("eval", "tables", first.path, second.path, "--out", tmp_path / "page.md")
