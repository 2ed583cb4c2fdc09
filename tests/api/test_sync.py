"""`sanad ingest` again and again, and what `sanad index` and `sanad doctor` make of it."""

import os
import time
from pathlib import Path

import pytest

from index.generation import current
from index.manifest import MANIFEST
from tests.api.command import Run
from tests.fakes import FakeEmbedder
from tests.tradecorpus import SHEETS

QUESTION, QUESTION_AR = "Quand ouvre le quai nord ?", "متى يفتح الرصيف الشمالي؟"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "circulaires"
    path.mkdir()
    (path / "quai.txt").write_text(
        "Le quai nord ouvre le 3 mai 2026. Le quai sud ferme à midi.\n", encoding="utf-8"
    )
    (path / "رصيف.txt").write_text("يفتح الرصيف الشمالي يوم 3 ماي 2026.\n", encoding="utf-8")
    return path


def test_passages_and_files_are_compared_with_what_serves(
    run: Run, embedder: FakeEmbedder, folder: Path
) -> None:
    first = run("ingest", folder, "--json").json
    assert first["report"]["new"] == 2
    assert first["build"]["changes"] == {"added": 2, "replaced": 0, "kept": 0, "deleted": 0}
    again = run("ingest", folder, "--json").json
    assert again["report"]["unchanged"] == 2
    assert again["build"]["changes"] == {"added": 0, "replaced": 0, "kept": 2, "deleted": 0}
    (folder / "quai.txt").write_text("Le quai nord ouvre le 4 mai 2026.\n", encoding="utf-8")
    (folder / "رصيف.txt").unlink()
    (folder / "neuf.txt").write_text("Le quai est ferme à minuit.\n", encoding="utf-8")
    moved = run("ingest", folder, "--json").json
    assert (moved["report"]["new"], moved["report"]["changed"]) == (1, 1)
    assert moved["report"]["vanished"] == ["رصيف.txt"]
    assert moved["build"]["changes"] == {"added": 1, "replaced": 1, "kept": 0, "deleted": 1}
    assert moved["build"]["embedded"] == 2
    shown = run("ingest", folder).out
    for line in ("skipped, unchanged", "near-duplicates", "seconds, load", "kept, deleted"):
        assert line in shown


def test_a_file_that_broke_keeps_serving_and_is_told(
    run: Run, embedder: FakeEmbedder, folder: Path
) -> None:
    before = run("ingest", folder, "--json").json["build"]["generation"]
    (folder / "رصيف.txt").write_bytes("الرصيف".encode("cp1256"))
    ran = run("ingest", folder, "--json")
    assert ran.code == 3
    assert ran.json["report"]["kept_old"] == ["رصيف.txt"]
    assert ran.json["build"]["generation"] == before
    assert "رصيف.txt" in run("search", QUESTION_AR, "--json").out
    shown = run("ingest", folder)
    assert "kept as it was read before: رصيف.txt" in shown.out
    finding = {one["name"]: one for one in run("doctor", "--json").json["findings"]}["last ingest"]
    assert not finding["ok"]


def test_a_lost_shelf_does_not_lose_the_last_good_version(
    run: Run, embedder: FakeEmbedder, folder: Path, tmp_path: Path
) -> None:
    before = run("ingest", folder, "--json").json["build"]["generation"]
    (folder / "رصيف.txt").write_bytes("الرصيف".encode("cp1256"))
    (tmp_path / "index" / "reading.sqlite").unlink()
    ran = run("ingest", folder, "--json")
    assert ran.json["report"]["kept_old"] == ["رصيف.txt"]
    assert ran.json["build"]["generation"] == before


def test_where_nothing_can_be_read_nothing_is_published(
    run: Run, embedder: FakeEmbedder, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("ingest", tmp_path / "empty", "--json")
    assert (ran.code, ran.json["build"]) == (3, None)
    assert run("search", "quai").code == 5
    before = run("ingest", folder, "--json").json["build"]["generation"]
    assert run("ingest", tmp_path / "empty").code == 3
    assert current(tmp_path / "index") == before


def test_the_corpus_and_a_folder_answer_together(
    run: Run, embedder: FakeEmbedder, folder: Path, trade_corpus: Path
) -> None:
    ran = run("ingest", trade_corpus, "--with", folder, "--json")
    assert ran.code == 0
    assert ran.json["build"]["documents"] == len(SHEETS) + 2
    for question, document_id in (
        ("quai nord", "circulaires/quai.txt"),
        ("الرصيف الشمالي", "circulaires/رصيف.txt"),
    ):
        hits = run("search", question, "--json").json["hits"]
        assert hits[0]["document_id"] == document_id
    for question in ("Combien coûte le permis d'huile d'olive ?", "كم تكلف رخصة زيت الزيتون؟"):
        answer = run("ask", question, "--json").json
        assert any(one["document_id"].startswith("olive-permit") for one in answer["citations"])
    for question, quote in ((QUESTION, "quai nord"), (QUESTION_AR, "الرصيف الشمالي")):
        answer = run("ask", question, "--json").json
        assert any(quote in one["quote"] for one in answer["citations"]), answer
    assert run("ingest", folder, "--with", trade_corpus).code == 2


def generations_of(run: Run, folder: Path, count: int) -> list[str]:
    names = []
    for number in range(count):
        (folder / "quai.txt").write_text(f"Le quai nord a {number} grues.\n", encoding="utf-8")
        names.append(run("ingest", folder, "--json").json["build"]["generation"])
    return names


def test_old_generations_are_listed_and_go_by_rule(
    run: Run, embedder: FakeEmbedder, folder: Path, tmp_path: Path
) -> None:
    names = generations_of(run, folder, 5)
    rows = run("index", "list", "--json").json
    assert [row["generation"] for row in rows] == names
    assert [row["current"] for row in rows] == [False] * 4 + [True]
    assert all(row["bytes"] > 0 and row["state"] == "whole" for row in rows)
    old = time.time() - 30 * 86_400
    for at, name in enumerate(names[:4]):
        for path in (tmp_path / "index" / name / MANIFEST, tmp_path / "index" / name):
            os.utime(path, (old + at, old + at))
    told = run("index", "prune", "--dry-run", "--json").json
    assert told["pruned"]["generations"] == names[:2]
    assert len(run("index", "list", "--json").json) == 5
    assert names[2] in run("index", "prune", "--keep", "1", "--dry-run").out
    assert run("ingest", folder, "--json").json["pruned"]["generations"] == names[:2]
    assert [row["generation"] for row in run("index", "list", "--json").json] == names[2:]
    told = run("index", "prune", "--keep", "0", "--days", "0", "--vectors", "--json").json
    assert told["pruned"]["generations"] == names[2:4]
    assert told["unused_vectors"]["vectors"] == 4
    assert run("index", "use", names[0]).code == 5
    assert run("index", "use", "nowhere").code == 5


def test_doctor_tells_of_documents_vectors_and_damage(
    run: Run, embedder: FakeEmbedder, folder: Path, tmp_path: Path
) -> None:
    first, _ = generations_of(run, folder, 2)
    findings = {one["name"]: one for one in run("doctor", "--json").json["findings"]}
    assert findings["generations"]["ok"]
    assert "2 without date" in findings["documents"]["detail"]
    assert "quai.txt" in findings["documents"]["detail"]
    assert "0 missing" in findings["vectors"]["detail"]
    assert findings["last ingest"]["ok"]
    (tmp_path / "index" / first / "faiss.index").write_bytes(b"")
    findings = {one["name"]: one for one in run("doctor", "--json").json["findings"]}
    assert first in findings["generations"]["detail"]
    assert not findings["generations"]["ok"]
    row = run("index", "list", "--json").json[0]
    assert row["state"] == "damaged"
    assert "faiss.index" in run("index", "list").out
