"""`sanad eval peers`, from a corpus and a gold file to the page."""

import json
import sys
from pathlib import Path

import pytest

from assistant.settings import Settings
from evals.peers import bench
from evals.peers.install import Installed, PeerFailedError
from evals.peers.roster import Peer
from index.embedding import LocatedModel
from ingest.corpus import load_corpus
from tests.api.command import Run

PEERS = (
    Peer("sanad", "tests.wordpeer", ("pytest",), Path("sanad.txt")),
    Peer("broken", "tests.nobody", (), Path("broken.txt")),
    Peer("unfound", "tests.wordpeer", (), Path("unfound.txt")),
)


def installed(peer: Peer, root: Path) -> Installed:
    if peer.name == "unfound":
        raise PeerFailedError("not installed: ERROR: No matching distribution")
    return Installed(Path(sys.executable), 5_000_000)


@pytest.fixture
def gold(trade_corpus: Path, tmp_path: Path) -> Path:
    """The first statement of each sheet, asked for in its own words, in French and Arabic."""
    items = [
        {
            "id": document.id, "language": document.language, "kind": "lookup",
            "question": document.text[statement.start : statement.end],
            "expect": ["answered"], "best": "answered", "sheets": [document.family],
            "evidence": [
                {
                    "document": document.id, "statement": statement.anchor,
                    "start": statement.start, "end": statement.end,
                }
            ],
        }
        for document in load_corpus(trade_corpus).documents
        if document.language in {"fr", "ar"}
        for statement in document.statements[:1]
    ]  # fmt: skip
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(f"{json.dumps(item)}\n" for item in items), encoding="utf-8")
    return path


def test_the_page_holds_who_was_measured_and_who_failed(
    gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(bench, "install", installed)
    monkeypatch.setattr("api.commands.peers.choose", lambda names: PEERS)
    located = LocatedModel("words", tmp_path, "0" * 64, "query: ", "passage: ")

    def configured(settings: Settings, *, optimised: bool) -> LocatedModel:
        assert not optimised
        return located

    monkeypatch.setattr("api.commands.peers.configured_model", configured)
    out = tmp_path / "docs" / "peers.md"
    ran = run(
        "eval", "peers", "--gold", str(gold), "--out", str(out), "--root", str(tmp_path / "peers"),
        "--rounds", "2", "--threads", "1",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.out.strip() == str(out)
    text = out.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0].strip("| ") for row in rows[:5]] == [
        "system", "---", "sanad", "broken", "unfound",
    ]  # fmt: skip
    assert "**5 MB**" in rows[2]
    assert "- broken, round 1: load: ModuleNotFoundError" in text
    assert "- broken, round 2: load: ModuleNotFoundError" in text
    assert "- unfound, installation: not installed: ERROR: No matching distribution" in text


def test_an_unknown_peer_is_an_error_that_names_the_known(run: Run) -> None:
    ran = run("eval", "peers", "nobody")
    assert ran.code == 2
    assert "langchain" in ran.err
