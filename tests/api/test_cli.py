"""The `sanad` command: exit codes, one line for an error, JSON alone on standard output."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api.memory.database import VERSIONS
from index.build import build_index
from index.modelregistry import read_registry
from index.retriever import ASKED, MEAN, NEAREST
from ingest.pipeline import ingest_folder
from tests.api.command import Run
from tests.fakes import FakeEmbedder
from tests.index.tinycrossencoder import write_cross_encoder
from tests.tradecorpus import SHEETS, write_trade_corpus

QUESTION = "Combien coûte le permis d'huile d'olive ?"
QUESTION_AR = "كم تكلف رخصة زيت الزيتون؟"


def test_help_names_every_command(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    for command in ("serve", "ask", "search", "ingest", "index", "corpus", "models", "doctor"):
        assert command in ran.out


@pytest.mark.parametrize("arguments", [["nothing"], ["ask"], ["search", "safran", "-k", "0"]])
def test_wrong_usage_is_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).code == 2


@pytest.mark.parametrize(
    ("question", "status"),
    [(QUESTION, "answered"), (QUESTION_AR, "answered"), ("comment frauder la douane ?", "refused")],
)
def test_ask_gives_json_alone(served: Run, question: str, status: str) -> None:
    ran = served("ask", question, "--json")
    assert ran.code == 0
    assert ran.json["status"] == status
    assert ran.err == ""


@pytest.mark.parametrize("question", [QUESTION, QUESTION_AR])
def test_ask_shows_the_words_and_their_source(served: Run, question: str) -> None:
    ran = served("ask", question)
    assert ran.code == 0
    assert "450" in ran.out
    assert "Guichet des huiles" in ran.out
    assert "permit.fr ›" in ran.out or "permit.ar ›" in ran.out
    assert "2025-09" in ran.out


@pytest.mark.parametrize("question", ["", "?!", "s" * 1001, "safran\x07"])
def test_a_question_that_cannot_be_read_is_2(served: Run, question: str) -> None:
    ran = served("ask", question)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("sanad: ")
    assert ran.err.count("\n") == 1


def test_bytes_that_are_no_text_are_2(served: Run) -> None:
    ran = served("ask", b"safran \xff\xfe".decode("utf-8", "surrogateescape"))
    assert ran.code == 2
    assert ran.err.startswith("sanad: ")


@pytest.mark.parametrize("query", ["safran", "الزعفران", "0537000111"])
def test_search_gives_json_alone(served: Run, query: str) -> None:
    ran = served("search", query, "-k", "3", "--json")
    assert ran.code == 0
    assert len(ran.json["hits"]) == 3
    assert ran.json["hits"][0]["quote"]
    fields = "document_id title section language quote start end score url"
    assert ran.json["hits"][0].keys() == set(fields.split())


@pytest.mark.parametrize("query", [QUESTION, QUESTION_AR])
def test_search_explains_what_speaks_for_a_statement(served: Run, query: str) -> None:
    found = served("search", query, "-k", "4", "--explain", "--json").json["statements"]
    assert len(found) == 4
    assert "cost" in {one["anchor"] for one in found}
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    for one in found:
        dense = NEAREST * one["nearest"] + MEAN * one["mean"] + ASKED * one["asked"]
        assert one["score"] == pytest.approx(dense + one["weight"] * one["lexical"], abs=1e-3)
        assert 0 <= one["coverage"] <= 1
    shown = served("search", query, "-k", "4", "--explain").out
    for word in ("nearest", "mean", "asked", "lexical", "#cost"):
        assert word in shown


def test_ingest_publishes_and_says_what_it_did(
    run: Run, embedder: FakeEmbedder, trade_corpus: Path, tmp_path: Path
) -> None:
    ran = run("ingest", trade_corpus, "--index", tmp_path / "own", "--json")
    assert ran.code == 0
    assert ran.json["build"]["documents"] == len(SHEETS)
    assert ran.json["report"]["failures"] == []
    again = run("ingest", trade_corpus, "--index", tmp_path / "own", "--json")
    assert again.json["build"]["embedded"] == 0
    assert again.json["build"]["generation"] == ran.json["build"]["generation"]
    [row] = run("index", "list", "--index", tmp_path / "own", "--json").json
    assert row["current"]
    assert run("index", "verify", "--index", tmp_path / "own").code == 0


def test_ingest_of_a_folder_that_is_not_there_is_2(
    run: Run, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    ran = run("ingest", tmp_path / "nowhere")
    assert ran.code == 2
    assert "nowhere" in ran.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good file in French, one in Arabic, and one that is no text."""
    path = tmp_path / "folder"
    path.mkdir()
    (path / "bon.txt").write_text("Le quai nord ouvre le 3 mai 2026.\n", encoding="utf-8")
    (path / "جيد.txt").write_text("يفتح الرصيف الشمالي يوم 3 ماي 2026.\n", encoding="utf-8")
    (path / "mauvais.txt").write_bytes("الرصيف".encode("cp1256"))
    return path


def test_one_unreadable_file_is_3_and_the_others_are_in(
    run: Run, embedder: FakeEmbedder, folder: Path
) -> None:
    ran = run("ingest", folder, "--json")
    assert ran.code == 3
    assert ran.json["build"]["documents"] == 2
    [failure] = ran.json["report"]["failures"]
    assert failure["file"] == "mauvais.txt"
    found = run("search", "quai nord", "--json")
    assert found.json["hits"][0]["document_id"] == "bon.txt"


def test_a_failed_file_is_named_to_people_too(
    run: Run, embedder: FakeEmbedder, folder: Path
) -> None:
    ran = run("ingest", folder)
    assert ran.code == 3
    assert "failed: mauvais.txt" in ran.out


@pytest.fixture
def broken_corpus(tmp_path: Path) -> Path:
    """The small corpus with a statement whose source nobody knows."""
    folder = write_trade_corpus(tmp_path / "broken")
    sheet = folder / "sheets" / "trade" / "olive-permit.ar.md"
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(text.replace("src=olive-guide-2025", "src=nobody", 1), encoding="utf-8")
    return folder


def test_a_broken_corpus_is_4(run: Run, embedder: FakeEmbedder, broken_corpus: Path) -> None:
    assert run("ingest", broken_corpus).code == 4
    ran = run("corpus", "check", broken_corpus, "--json")
    assert ran.code == 4
    assert any("olive-permit.ar.md" in problem["file"] for problem in ran.json)
    assert "nobody" in run("corpus", "check", broken_corpus).out


def test_a_whole_corpus_is_0(run: Run, trade_corpus: Path) -> None:
    ran = run("corpus", "check", trade_corpus, "--json")
    assert ran.code == 0
    assert ran.json == []


def test_stale_lists_by_topic_and_owner(run: Run, trade_corpus: Path) -> None:
    ran = run("corpus", "stale", trade_corpus, "--today", "2027-04-01", "--json")
    assert ran.code == 0
    found = {(one["sheet"], one["anchor"], one["kind"], one["date"]) for one in ran.json}
    assert ("saffron-programme", "fair", "overdue", "2027-03-14") in found
    assert ("saffron-programme", "old-fee", "superseded", None) in found
    assert ("saffron-programme", "sales-15", "undated-source", None) in found
    assert ("olive-permit", None, "review", "2026-09-28") in found
    assert {one["owner"] for one in ran.json} == {"carpet-desk", "regional-offices"}
    chosen = ("--kind", "overdue", "--today", "2027-04-01")
    some = run("corpus", "stale", trade_corpus, *chosen, "--json").json
    assert [one["anchor"] for one in some] == ["fair"]
    text = run("corpus", "stale", trade_corpus, "--today", "2027-04-01").out
    assert "trade-programme · regional-offices" in text
    assert "saffron-programme: overdue 2027-03-14: #fair" in text


def test_stale_reads_the_present_day_unless_told(run: Run, trade_corpus: Path) -> None:
    assert run("corpus", "stale", trade_corpus).code == 0
    assert run("corpus", "stale", trade_corpus, "--today", "demain").code == 2
    assert run("corpus", "stale", trade_corpus, "--kind", "vieux").code == 2
    early = run("corpus", "stale", trade_corpus, "--today", "2026-04-01", "--json").json
    assert {one["kind"] for one in early} == {"superseded", "undated-source"}


@pytest.fixture
def two_generations(run: Run, trade_embedder: FakeEmbedder, tmp_path: Path) -> tuple[str, str]:
    """The small corpus, and the same after a dearer permit and a reworded task, in Arabic."""
    folder = write_trade_corpus(tmp_path / "moving")
    before = build_index(tmp_path / "index", ingest_folder(folder), trade_embedder, {})
    sheets = folder / "sheets" / "trade"
    for name, old, new in (
        ("olive-permit.ar.md", "450 درهما", "500 درهم"),
        ("carpet-desk.ar.md", "يفحص شباك الزرابي", "يقوم شباك الزرابي بفحص"),
    ):
        text = (sheets / name).read_text(encoding="utf-8")
        (sheets / name).write_text(text.replace(old, new), encoding="utf-8")
    after = build_index(tmp_path / "index", ingest_folder(folder), trade_embedder, {})
    return before.generation, after.generation


def test_diff_tells_meaning_from_words(run: Run, two_generations: tuple[str, str]) -> None:
    ran = run("corpus", "diff", *two_generations, "--json")
    assert ran.code == 0
    [changed] = ran.json["statements"]
    assert (changed["family"], changed["language"]) == ("olive-permit", "ar")
    assert changed["anchor"] == "cost"
    assert changed["figures_gone"] == [["amount", "450", "MAD"]]
    assert changed["figures_new"] == [["amount", "500", "MAD"]]
    [reworded] = ran.json["wording"]
    assert (reworded["family"], reworded["anchor"]) == ("carpet-desk", "task")
    text = run("corpus", "diff", *two_generations).out
    assert "~ olive-permit [ar] #cost: amount 450 MAD → amount 500 MAD" in text
    assert "= carpet-desk [ar] #task" in text


def test_diff_needs_two_generations(run: Run, two_generations: tuple[str, str]) -> None:
    ran = run("corpus", "diff", two_generations[0], "nowhere")
    assert ran.code == 5
    assert "sanad index list" in ran.err
    assert run("corpus", "diff", two_generations[0]).code == 2


@pytest.mark.parametrize(
    "arguments",
    [["ask", QUESTION], ["search", "safran"], ["serve", "--port", "0"], ["index", "list"]],
)
def test_no_index_is_5_and_names_the_remedy(
    run: Run, embedder: FakeEmbedder, arguments: list[str]
) -> None:
    ran = run(*arguments)
    assert ran.code == 5
    assert "sanad ingest" in ran.err


@pytest.mark.parametrize("name", ["passages.sqlite", "faiss.index"])
def test_a_damaged_index_is_5_and_names_the_file(
    run: Run, embedder: FakeEmbedder, trade_corpus: Path, tmp_path: Path, name: str
) -> None:
    generation = run("ingest", trade_corpus, "--json").json["build"]["generation"]
    path = tmp_path / "index" / generation / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    ran = run("ask", QUESTION)
    assert ran.code == 5
    assert name in ran.err
    assert run("index", "verify").code == 5


def test_an_index_of_another_model_is_5(
    run: Run, trade_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_INDEX", str(trade_index))
    monkeypatch.setattr(
        "assistant.assistant.open_configured_embedder", lambda _settings: FakeEmbedder(name="other")
    )
    assert run("ask", QUESTION).code == 5


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["serve", "--port", "0"], ["ingest"]])
def test_no_model_is_6_and_names_the_remedy(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 6
    assert "sanad models pull" in ran.err


def test_a_language_model_asked_for_and_missing_is_6(
    served: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_LLM", "local")
    ran = served("ask", QUESTION)
    assert ran.code == 6
    assert "sanad models pull" in ran.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANAD_LLM", "gpt"),
        ("SANAD_LLM_TIMEOUT", "0"),
        ("SANAD_LLM_TIMEOUT", "bientôt"),
        ("SANAD_PASSAGE_TOKENS", "1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_2_and_named(
    served: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    ran = served("ask", QUESTION)
    assert ran.code == 2
    assert name in ran.err


def test_models_are_listed_without_being_there(run: Run) -> None:
    ran = run("models", "list", "--json")
    assert ran.code == 0
    assert [row["entry"]["id"] for row in ran.json] == [m.id for m in read_registry().models]
    assert {row["state"] for row in ran.json} == {"absent"}


def test_doctor_says_what_is_wrong_and_ends_with_1(run: Run) -> None:
    ran = run("doctor", "--json")
    assert ran.code == 1
    findings = {finding["name"]: finding["ok"] for finding in ran.json["findings"]}
    assert findings["program"]
    assert not findings["index"]


def test_doctor_names_the_optional_models(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_RERANK_MODEL", str(write_cross_encoder(tmp_path / "tri", ["score"])))
    monkeypatch.setenv("SANAD_NLI_MODEL", str(tmp_path / "absent"))
    findings = {one["name"]: one for one in run("doctor", "--json").json["findings"]}
    assert findings["reranker"]["ok"]
    assert findings["reranker"]["detail"].startswith("tri@")
    assert not findings["proof in evals"]["ok"]
    assert "SANAD_NLI_MODEL" in findings["proof in evals"]["detail"]
    monkeypatch.delenv("SANAD_RERANK_MODEL")
    monkeypatch.delenv("SANAD_NLI_MODEL")
    findings = {one["name"]: one for one in run("doctor", "--json").json["findings"]}
    assert findings["reranker"]["ok"]
    assert findings["proof in evals"]["ok"]
    assert "SANAD_RERANK_MODEL" in findings["reranker"]["detail"]


def test_doctor_names_a_setting_that_is_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_INDEKS", "/فهرس")
    findings = {one["name"]: one for one in run("doctor", "--json").json["findings"]}
    assert "SANAD_INDEKS" in str(findings["settings"]["detail"])


def test_doctor_looks_at_the_records(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "سجلات.sqlite"
    monkeypatch.setenv("SANAD_DATABASE_URL", f"sqlite:///{place}")

    def found() -> tuple[bool, str]:
        findings = {one["name"]: one for one in run("doctor", "--json").json["findings"]}
        return bool(findings["records"]["ok"]), str(findings["records"]["detail"])

    assert found()[0]
    assert not place.exists()
    assert run("db", "migrate").code == 0
    assert found()[0]
    for revision, remedy in (("0000", "sanad db migrate"), ("9999", "newer version")):
        with closing(sqlite3.connect(place)) as database, database:
            database.execute(f"UPDATE {VERSIONS} SET version_num = ?", [revision])
        works, told = found()
        assert not works
        assert remedy in told


def test_doctor_never_prints_a_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_LLM_API_KEY", "canary-7f3a")
    ran = run("doctor", "--json")
    assert "canary-7f3a" not in ran.out + ran.err


def test_the_endpoint_needs_an_address(served: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_LLM", "endpoint")
    ran = served("ask", QUESTION)
    assert ran.code == 2
    assert "SANAD_LLM_BASE_URL" in ran.err


def test_a_port_that_is_taken_is_8_and_told_before_anything_is_loaded(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ran = run("serve", "--port", other.getsockname()[1])
    assert ran.code == 8
    assert "--port" in ran.err


@pytest.mark.parametrize("port", ["-1", "65536", "huit"])
def test_a_port_that_cannot_be_is_2(run: Run, port: str) -> None:
    assert run("serve", "--port", port).code == 2
