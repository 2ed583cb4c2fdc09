"""`sanad eval stream`, whose model is a scripted endpoint."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant import composers
from assistant.compose import Composer
from assistant.settings import Settings
from tests.api.command import Run
from tests.misbehaviour import DELAY, DELAY_AR
from tests.scriptedserver import Reply, Seen, scripted_endpoint, sentences
from tests.tinygguf import tiny_gguf


def _verbatim(seen: Seen) -> Reply:
    return sentences(*((text, [n]) for n, text in seen.evidence.items()))


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "أسئلة.jsonl"
    rows = [
        {"id": language, "language": language, "question": question, "kind": "number",
         "expect": ["answered", "partial"], "best": "answered",
         "facts": [{"type": "number", "any": ["10"]}]}
        for language, question in (("fr", DELAY), ("ar", DELAY_AR))
    ]  # fmt: skip
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.usefixtures("embedder")
def test_the_page_is_written_and_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch, trade_index: Path, gold: Path, tmp_path: Path
) -> None:
    named: list[str | None] = []
    own = tmp_path / "نموذج.gguf"
    own.write_bytes(tiny_gguf())

    @contextmanager
    def scripted(settings: Settings) -> Iterator[Composer]:
        named.append(settings.llm_model)
        with scripted_endpoint(_verbatim) as endpoint:
            there = {"llm": "endpoint", "llm_base_url": endpoint.base_url}
            with composers.choose_composer(settings.model_copy(update=there)) as composer:
                yield composer

    monkeypatch.setattr("api.commands.streamspeed.choose_composer", scripted)
    out = tmp_path / "stream.md"
    options = ("--questions", 2, "--gold", gold, "--index", trade_index)
    ran = run("eval", "stream", own, *options, "--out", out)
    assert ran.code == 0
    assert named == [str(own)] * 2
    assert "| cold | 2 | 0 | 0 |" in out.read_text(encoding="utf-8")
    assert "## In Arabic" in ran.out
    told = run("eval", "stream", own, *options, "--json").json
    assert [one["way"] for one in told] == ["quotes", "cold", "warm"] * 2


@pytest.mark.usefixtures("embedder")
def test_a_model_that_is_not_here_names_the_remedy(run: Run, trade_index: Path, gold: Path) -> None:
    ran = run("eval", "stream", "--questions", 2, "--gold", gold, "--index", trade_index)
    assert ran.code == 6
    assert "sanad models pull qwen2.5-coder-0.5b-instruct-q4_k_m" in ran.err
    assert DELAY not in ran.err
