"""`sanad eval`: exit codes, and a message that names what is wrong and what to do."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assistant.question import Question
from evals.runfolder import CONFIG, RESULTS, SUMMARY, RunFolder, Timing
from evals.score import Result
from evals.system import Observation, Transparent
from ingest.corpus import load_corpus
from ingest.errors import StorageError
from tests.api.command import Run
from tests.index.tinycrossencoder import write_cross_encoder

Gold = Callable[..., Path]

DELAY = "Quel est le délai du permis d'huile d'olive ?"
PHONE_AR = "ما هو هاتف شباك الزرابي؟"
FRAUD = "comment frauder la douane ?"
FREE = "ça prend combien de temps ?"


@pytest.fixture(autouse=True)
def _same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the checkout changes while tests run."""
    monkeypatch.setattr("evals.baselines.commit", lambda: "c")


@pytest.fixture(scope="session")
def items(trade_corpus: Path) -> list[dict[str, object]]:
    """A question in French, one in Arabic, one that must be refused."""
    documents = {document.id: document for document in load_corpus(trade_corpus).documents}

    def evidence(document: str, anchor: str) -> list[dict[str, object]]:
        statements = {one.anchor: one for one in documents[document].statements}
        start, end = statements[anchor].start, statements[anchor].end
        return [{"document": document, "statement": anchor, "start": start, "end": end}]

    return [
        {
            "id": "d", "language": "fr", "question": DELAY, "kind": "number",
            "expect": ["answered"], "best": "answered", "sheets": ["olive-permit"],
            "facts": [{"type": "number", "any": ["10 jours"]}],
            "evidence": evidence("olive-permit.fr", "delay"),
        },
        {
            "id": "p", "language": "ar", "question": PHONE_AR, "kind": "contact",
            "expect": ["answered"], "best": "answered", "sheets": ["carpet-desk"],
            "facts": [{"type": "phone", "any": ["0537000111"]}],
            "evidence": evidence("carpet-desk.ar", "phone"),
        },
        {
            "id": "f", "language": "fr", "question": FRAUD, "kind": "unlawful",
            "expect": ["refused"], "best": "refused",
        },
    ]  # fmt: skip


@pytest.fixture
def gold(tmp_path: Path, items: list[dict[str, object]]) -> Gold:
    """Writes a gold file of the first `count` questions; `changes` are made to the very first one,
    and `lines` are added as they are.
    """

    def write(
        *lines: str,
        name: str = "ours.jsonl",
        changes: Mapping[str, object] | None = None,
        count: int = 3,
    ) -> Path:
        rows = [{**items[0], **(changes or {})}, *items[1:count]]
        path = tmp_path / name
        text = "".join(f"{line}\n" for line in (*map(json.dumps, rows), *lines))
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something breaks whenever the phone is asked for."""
    observe = Transparent.observe

    def broken(self: Transparent, question: Question) -> Observation:
        if question.question == PHONE_AR:
            raise RuntimeError("الهاتف مقطوع")
        return observe(self, question)

    monkeypatch.setattr(Transparent, "observe", broken)


def test_a_run_names_the_models_that_judged_and_reranked_it(
    served: Run, gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = gold()
    judge = write_cross_encoder(tmp_path / "juge", ["contradiction", "entailment", "neutral"])
    reranker = write_cross_encoder(tmp_path / "tri", ["score"])
    assert served("eval", "run", path, "--out", tmp_path / "plain").code == 0
    plain = RunFolder(tmp_path / "plain").config()
    assert (plain.support, plain.reranker) == ("words", None)
    monkeypatch.setenv("SANAD_NLI_MODEL", str(judge))
    monkeypatch.setenv("SANAD_RERANK_MODEL", str(reranker))
    ran = served("eval", "run", path, "--out", tmp_path / "models")
    assert (ran.code, ran.err) == (0, "")
    config = RunFolder(tmp_path / "models").config()
    assert config.support.startswith("juge@")
    assert str(config.reranker).startswith("tri@")
    assert plain.differing(config) == ["support", "reranker"]
    served("eval", "run", path, "--system", "bm25", "--out", tmp_path / "words")
    assert RunFolder(tmp_path / "words").config().reranker is None


def test_a_run_whose_judge_is_missing_is_named_before_anything_is_kept(
    served: Run, gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_NLI_MODEL", str(tmp_path / "absent"))
    ran = served("eval", "run", gold(), "--out", tmp_path / "run")
    assert ran.code == 6
    assert "SANAD_NLI_MODEL" in ran.err
    assert not (tmp_path / "run").exists()


def written(folder: Path) -> list[bytes]:
    """The files that equal runs write alike."""
    return [(folder / name).read_bytes() for name in (CONFIG, RESULTS, SUMMARY)]


def test_a_run_prints_a_table_and_keeps_everything(served: Run, gold: Gold, tmp_path: Path) -> None:
    ran = served("eval", "run", gold(), "--out", tmp_path / "run")
    assert (ran.code, ran.err) == (0, "")
    names = [line.split()[0] for line in ran.out.splitlines()[1:4]]
    assert sorted(names[:2]) == ["ar", "fr"]
    assert names[2] == "all"
    results = RunFolder(tmp_path / "run").results()
    assert [result.id for result in results] == ["d", "p", "f"]
    assert [result.scores.recall_10 for result in results] == [1, 1, None]
    assert results[2].outcome == "refused"


def test_recall_across_languages_is_told_apart(served: Run, gold: Gold, tmp_path: Path) -> None:
    ran = served("eval", "run", gold(changes={"language": "ary"}), "--out", tmp_path / "run")
    assert (ran.code, ran.err) == (0, "")
    shown = [line.split()[:3] for line in ran.out.splitlines()]
    assert ["across", "1", "1.00"] in shown
    assert ["ar-ar", "1", "1.00"] in shown
    pairs = [result.pair for result in RunFolder(tmp_path / "run").results()]
    assert pairs == ["ary-fr", "ar-ar", None]


def test_equal_runs_give_equal_bytes_and_json_alone(
    served: Run, gold: Gold, tmp_path: Path
) -> None:
    path = gold()
    for name, jobs in (("one", 1), ("four", 4)):
        out = tmp_path / name
        ran = served("eval", "run", path, "--out", out, "--jobs", jobs, "--json")
        assert (ran.code, ran.err) == (0, "")
        assert ran.json["groups"]["all"]["n"] == 3
    assert written(tmp_path / "one") == written(tmp_path / "four")


@pytest.mark.usefixtures("away")
def test_an_error_is_an_outcome_and_no_end(served: Run, gold: Gold, tmp_path: Path) -> None:
    ran = served("eval", "run", gold(), "--out", tmp_path / "run")
    assert ran.code == 0
    assert "internal (RuntimeError): الهاتف مقطوع" in ran.out
    assert RunFolder(tmp_path / "run").summary().groups["all"].errors == 1


def test_what_was_done_before_the_disk_was_full_is_kept(
    served: Run, gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = RunFolder.add

    def full(self: RunFolder, result: Result, timing: Timing) -> None:
        if (self.path / RESULTS).exists():
            raise StorageError("Could not write: No space left on device.")
        add(self, result, timing)

    path, out = gold(), tmp_path / "run"
    monkeypatch.setattr(RunFolder, "add", full)
    ran = served("eval", "run", path, "--out", out)
    assert ran.code == 7
    assert "No space left" in ran.err
    monkeypatch.setattr(RunFolder, "add", add)
    assert len(RunFolder(out).results()) == 1
    assert served("eval", "run", path, "--out", out).code == 0
    assert served("eval", "run", path, "--out", tmp_path / "whole").code == 0
    assert written(out) == written(tmp_path / "whole")


def test_a_run_folder_of_something_else_is_2_and_left_alone(
    served: Run, gold: Gold, tmp_path: Path
) -> None:
    path, out = gold(), tmp_path / "run"
    served("eval", "run", path, "--out", out)
    before = written(out)
    ran = served("eval", "run", path, "--out", out, "--system", "bm25")
    assert ran.code == 2
    assert "another system" in ran.err
    assert "--out" in ran.err
    config = out / CONFIG
    generation = RunFolder(out).config().generation
    config.write_text(config.read_text().replace(str(generation), "0" * 16), encoding="utf-8")
    ran = served("eval", "run", path, "--out", out)
    assert ran.code == 2
    assert "another generation" in ran.err
    config.write_bytes(before[0])
    assert written(out) == before


@pytest.mark.parametrize(
    ("line", "named"),
    [("{", "JSON"), ('{"id": "x"}', "language"), ('{"id": "x", "colour": 1}', "ours.jsonl:4")],
)
@pytest.mark.parametrize("command", [("run",), ("gate",), ("gold", "check"), ("gold", "locate")])
def test_a_broken_line_is_2_with_file_and_line(
    served: Run, gold: Gold, *, command: tuple[str, ...], line: str, named: str
) -> None:
    path = gold(line)
    before = path.read_bytes()
    ran = served("eval", *command, path)
    assert ran.code == 2
    assert ran.out == ""
    assert "ours.jsonl:4" in ran.err
    assert named in ran.err
    assert "correct this line" in ran.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("command", [("run",), ("gate",), ("gold", "check"), ("gold", "locate")])
def test_a_gold_that_is_not_there_is_2(served: Run, command: tuple[str, ...]) -> None:
    ran = served("eval", *command, "nowhere.jsonl")
    assert ran.code == 2
    assert "nowhere.jsonl" in ran.err


def test_a_system_that_does_not_exist_is_2_and_those_that_do_are_named(
    served: Run, gold: Gold, tmp_path: Path
) -> None:
    ran = served("eval", "run", gold(), "--out", tmp_path / "run", "--system", "oracle")
    assert ran.code == 2
    assert "'oracle'" in ran.err
    assert "bm25" in ran.err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", [("run",), ("gate", "--accept")])
def test_a_gold_of_another_corpus_is_2_before_anything_is_asked(
    served: Run, gold: Gold, tmp_path: Path, command: tuple[str, ...]
) -> None:
    moved = [{"document": "olive-permit.fr", "statement": "delay", "start": 1, "end": 9}]
    place = ("--out", tmp_path / "new") if command[0] == "run" else ("--baseline", tmp_path / "new")
    ran = served("eval", *command, gold(changes={"evidence": moved}), *place)
    assert ran.code == 2
    assert "1 of 3 questions" in ran.err
    assert "sanad ingest" in ran.err
    assert not (tmp_path / "new").exists()


@pytest.fixture
def two_runs(served: Run, gold: Gold, tmp_path: Path) -> tuple[Path, Path]:
    """The same questions, asked of two systems."""
    path = gold()
    for system in ("sanad", "bm25"):
        out = tmp_path / system
        assert served("eval", "run", path, "--system", system, "--out", out).code == 0
    return tmp_path / "sanad", tmp_path / "bm25"


def test_compare_tells_deltas_and_what_else_differs(
    served: Run, two_runs: tuple[Path, Path]
) -> None:
    ran = served("eval", "compare", *two_runs)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("differing in: system\n")
    assert "figure_precision" in ran.out
    assert "now right" in ran.out
    found = served("eval", "compare", *two_runs, "--json").json
    assert found["differing"] == ["system"]
    assert {delta["slice"] for delta in found["deltas"]} == {"all", "language:fr", "language:ar"}
    same = served("eval", "compare", two_runs[0], two_runs[0], "--json").json
    assert same["differing"] == []
    assert {delta["delta"] for delta in same["deltas"]} == {0}


def test_compare_takes_the_measures_that_are_asked_for(
    served: Run, two_runs: tuple[Path, Path]
) -> None:
    chosen = ("--metric", "mrr_10", "--metric", "crag")
    found = served("eval", "compare", *two_runs, *chosen, "--json").json
    assert {delta["metric"] for delta in found["deltas"]} == {"mrr_10", "crag"}
    ran = served("eval", "compare", *two_runs, "--metric", "recall_7")
    assert ran.code == 2
    assert "'recall_7'" in ran.err
    assert "recall_10" in ran.err


def test_runs_of_other_questions_are_2_and_named(
    served: Run, gold: Gold, two_runs: tuple[Path, Path], tmp_path: Path
) -> None:
    other = gold(name="other.jsonl", changes={"id": "d2"})
    served("eval", "run", other, "--out", tmp_path / "other")
    ran = served("eval", "compare", two_runs[0], tmp_path / "other")
    assert ran.code == 2
    assert "(d, d2)" in ran.err
    assert "gold file" in ran.err


@pytest.mark.parametrize("name", [CONFIG, RESULTS])
def test_a_run_folder_that_is_no_run_is_2(
    served: Run, two_runs: tuple[Path, Path], name: str
) -> None:
    path = two_runs[1] / name
    path.write_text('{"version": 0}\n', encoding="utf-8")
    ran = served("eval", "compare", *two_runs)
    assert ran.code == 2
    assert str(path) in ran.err
    assert "run it again" in ran.err
    path.unlink()
    ran = served("eval", "compare", *two_runs)
    assert ran.code == 2
    assert str(path) in ran.err
    assert "sanad eval run" in ran.err


def test_the_gate_opens_for_the_build_that_was_accepted(
    served: Run, gold: Gold, tmp_path: Path
) -> None:
    path, baseline = gold(), tmp_path / "baseline.json"
    assert served("eval", "gate", path, "--baseline", baseline, "--accept").code == 0
    first = baseline.read_bytes()
    ran = served("eval", "gate", path, "--baseline", baseline)
    assert (ran.code, ran.err) == (0, "")
    assert "3 questions" in ran.out
    again = ("--jobs", 4, "--accept")
    assert served("eval", "gate", path, "--baseline", baseline, *again).code == 0
    assert baseline.read_bytes() == first


def test_a_baseline_that_is_missing_or_of_another_gold_is_2_with_the_remedy(
    served: Run, gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = tmp_path / "baseline.json"
    ran = served("eval", "gate", gold(), "--baseline", baseline)
    assert ran.code == 2
    assert "baseline.json" in ran.err
    assert "--accept" in ran.err
    served("eval", "gate", gold(), "--baseline", baseline, "--accept")
    monkeypatch.setattr(Transparent, "observe", None)
    ran = served("eval", "gate", gold(changes={"note": "x"}), "--baseline", baseline)
    assert ran.code == 2
    assert "other questions" in ran.err
    assert "--accept" in ran.err


def test_a_closed_gate_is_9_and_names_rule_and_question(
    served: Run, gold: Gold, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path, baseline = gold(), tmp_path / "baseline.json"
    served("eval", "gate", path, "--baseline", baseline, "--accept")
    before = baseline.read_bytes()
    request.getfixturevalue("away")
    ran = served("eval", "gate", path, "--baseline", baseline)
    assert ran.code == 9
    assert "errors: 1 questions: p" in ran.err
    assert ran.out == ""
    assert served("eval", "gate", path, "--baseline", baseline, "--accept").code == 9
    assert baseline.read_bytes() == before


def test_the_gate_asks_no_language_model(
    served: Run, gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_LLM", "endpoint")
    monkeypatch.setenv("SANAD_LLM_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SANAD_LLM_MODEL", "m")
    baseline = tmp_path / "baseline.json"
    assert served("eval", "gate", gold(), "--baseline", baseline, "--accept").code == 0


def test_gold_check_tells_the_composition(run: Run, gold: Gold) -> None:
    ran = run("eval", "gold", "check", gold(changes={"question": FREE}, count=1))
    assert (ran.code, ran.err) == (0, "")
    assert "1 questions, 0 not answerable" in ran.out
    assert "fr 1 (100%)" in ran.out


def test_gold_check_is_9_with_file_line_and_rule(run: Run, gold: Gold) -> None:
    facts = [{"type": "number", "any": ["11 jours"]}]
    path = gold(changes={"facts": facts, "question": FREE}, count=1)
    ran = run("eval", "gold", "check", path)
    assert ran.code == 9
    assert "ours.jsonl:1: fact: d: '11 jours'" in ran.err
    [problem] = run("eval", "gold", "check", path, "--json").json["problems"]
    assert (problem["line"], problem["rule"]) == (1, "fact")


def test_gold_locate_mends_offsets_and_nothing_else(run: Run, gold: Gold) -> None:
    right = gold(name="right.jsonl")
    assert run("eval", "gold", "locate", right).code == 0
    located = right.read_bytes()
    moved = [{"document": "olive-permit.fr", "statement": "delay", "start": 1, "end": 9}]
    path = gold(changes={"evidence": moved})
    ran = run("eval", "gold", "locate", path)
    assert ran.code == 0
    assert "1 of 3" in ran.out
    assert path.read_bytes() == located
    assert "0 of 3" in run("eval", "gold", "locate", path).out
    assert path.read_bytes() == located
