"""`sanad eval qa`: an evaluator's own questions over an index of their own."""

import json
from pathlib import Path

import pytest

from evals.runfolder import RunFolder
from index.embedding import Embedder
from tests.api.command import Run
from tests.index.tinycrossencoder import write_cross_encoder

ROWS: list[dict[str, object]] = [
    {"id": "d", "question": "Quel est le délai du permis d'huile d'olive ?",
     "answers": ["10 jours"],
     "document": "olive-permit"},
    {"id": "p", "question": "ما هو هاتف شباك الزرابي؟", "answer": "0537000111",
     "document": "carpet-desk.ar"},
    {"id": "w", "question": "Quel est le délai du permis d'huile d'olive, en jours ?",
     "answers": ["99 jours"], "document": "carpet-desk"},
    {"id": "n", "question": "Qui a gagné le match de football hier soir ?", "answers": []},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.baselines.commit", lambda: "c")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "ours.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS), encoding="utf-8")
    return path


def test_questions_are_asked_scored_and_kept(served: Run, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    ran = served("eval", "qa", questions, "--out", out)
    assert (ran.code, ran.err) == (0, "")
    total = next(line for line in ran.out.splitlines() if line.startswith("all"))
    assert total.split()[:3] == ["all", "4", "1"]
    assert "missing 99 jours" in ran.out
    assert "does not cite carpet-desk" in ran.out
    results = {result.id: result for result in RunFolder(out).results()}
    assert [results[name].scores.crag for name in "dpwn"] == [1, 1, -1, 1]
    assert [results[name].scores.gold_document_recall for name in "dpwn"] == [1, 1, 0, None]
    assert results["d"].scores.hit_10 == 1
    found = served("eval", "qa", questions, "--out", out, "--json").json
    assert found["groups"]["all"]["n"] == 4
    assert found["token_f1"]["all"] > 0


def test_the_run_names_the_model_that_reranked_it(
    served: Run, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_RERANK_MODEL", str(write_cross_encoder(tmp_path / "tri", ["score"])))
    assert served("eval", "qa", questions, "--out", tmp_path / "run").code == 0
    assert str(RunFolder(tmp_path / "run").config().reranker).startswith("tri@")


def test_an_index_of_their_own_is_asked(
    run: Run, embedder: Embedder, questions: Path, tmp_path: Path
) -> None:
    docs, index = tmp_path / "docs", tmp_path / "own"
    docs.mkdir()
    (docs / "miel.txt").write_text("Le miel exporté paie 3 % de taxe.\n", encoding="utf-8")
    assert run("ingest", docs, "--index", index).code == 0
    row = {"id": "m", "question": "Quelle taxe le miel exporté paie ?", "answers": ["3 %"]}
    questions.write_text(json.dumps({**row, "document": "miel.txt"}), encoding="utf-8")
    ran = run("eval", "qa", questions, "--index", index, "--out", tmp_path / "run")
    assert (ran.code, ran.err) == (0, "")
    [result] = RunFolder(tmp_path / "run").results()
    assert result.scores.hit_10 == 1
    missing = run("eval", "qa", questions, "--index", tmp_path / "none", "--out", tmp_path / "no")
    assert missing.code == 5


def test_unusable_questions_are_2_before_anything_is_asked(
    served: Run, questions: Path, tmp_path: Path
) -> None:
    with questions.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**ROWS[0], "id": "x", "document": "olives"}))
    ran = served("eval", "qa", questions, "--out", tmp_path / "run")
    assert ran.code == 2
    assert "ours.jsonl:5: document: the index holds no 'olives'" in ran.err
    assert not (tmp_path / "run").exists()
    ran = served("eval", "qa", tmp_path / "no.csv", "--out", tmp_path / "run")
    assert ran.code == 2
    ran = served("eval", "qa", questions, "--system", "oracle")
    assert ran.code == 2
    assert "bm25" in ran.err
