"""Runs over HTTP: read, compared, and graded by people who do not know whose answers they see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.memory.database import Database
from api.routes.evaluation import Choice
from api.runs import GRADES
from assistant.assistant import Assistant
from assistant.settings import Settings
from evals.blindpairs import Verdict, verdicts
from evals.runfolder import RunFolder, Timing
from evals.summary import summarise
from tests.api.routes.conftest import As
from tests.evals.runs import config, scored

RUNS = "/v1/evaluation"
BEFORE, AFTER = "2026-11-20/before", "2026-11-21/after"
PAIR = {"first": BEFORE, "second": AFTER}


def write(root: Path, name: str, sanad: Assistant, *, right: int, count: int = 10) -> None:
    """A run that answers the first `right` of its questions, and withholds the others."""
    answer = sanad.ask("ما هو أجل رخصة زيت الزيتون؟").model_copy(
        update={"id": "", "timings_ms": {}}
    )
    silent = {"status": "unanswerable", "text": "لا جواب.", "sentences": (), "citations": ()}
    results = [
        scored(f"q{n}", language=("fr", "ar")[n % 2], crag=1 if n < right else 0).model_copy(
            update={"answer": answer if n < right else answer.model_copy(update=silent)}
        )
        for n in range(count)
    ]
    folder = RunFolder(root / name)
    folder.begin(config(commit=name))
    timings = [Timing(id=one.id, ms={"total": 1.0}) for one in results]
    folder.finish(results, timings, summarise(results, 1))


@pytest.fixture
def root(tmp_path: Path, sanad: Assistant) -> Path:
    folder = tmp_path / "runs"
    write(folder, BEFORE, sanad, right=4)
    write(folder, AFTER, sanad, right=9)
    return folder


@pytest.fixture
def desk(root: Path, sanad: Assistant, records: Database) -> Iterator[TestClient]:
    app = create_app(sanad, Settings(runs=root), database=records)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_runs_are_listed_with_what_they_say(desk: TestClient, root: Path, as_: As) -> None:
    RunFolder(root / "half").begin(config())
    (root / "odd").mkdir()
    (root / "odd" / "config.json").write_text("{}", encoding="utf-8")
    runs = desk.get(f"{RUNS}/runs", headers=as_("evaluator")).json()["runs"]
    by_name = {run["name"]: run for run in runs}
    assert set(by_name) == {BEFORE, AFTER, "half", "odd"}
    assert by_name[AFTER]["means"]["crag"]["value"] == 0.9
    assert by_name[AFTER]["questions"] == 10
    assert by_name["half"]["questions"] is None
    assert by_name["odd"]["problem"]
    assert str(root) not in str(runs)


def test_a_folder_without_runs_is_empty(
    sanad: Assistant, records: Database, as_: As, tmp_path: Path
) -> None:
    app = create_app(sanad, Settings(runs=tmp_path / "nowhere"), database=records)
    with TestClient(app) as client:
        assert client.get(f"{RUNS}/runs", headers=as_("evaluator")).json() == {"runs": []}


def test_a_report_counts_outcomes_and_slices(desk: TestClient, as_: As) -> None:
    told = desk.get(f"{RUNS}/report", params={"run": BEFORE}, headers=as_("evaluator")).json()
    assert told["outcomes"] == {"right": 4, "partly": 0, "withheld": 6, "wrong": 0}
    assert {one["value"] for one in told["slices"] if one["field"] == "language"} == {"fr", "ar"}


def test_questions_are_chosen_and_paged(desk: TestClient, as_: As) -> None:
    asked = {"run": BEFORE, "judged": "withheld", "language": "ar", "limit": "2"}
    headers = as_("evaluator")
    first = desk.get(f"{RUNS}/questions", params=asked, headers=headers).json()
    rest = desk.get(f"{RUNS}/questions", params={**asked, "offset": "2"}, headers=headers).json()
    assert [one["id"] for one in first["questions"] + rest["questions"]] == ["q5", "q7", "q9"]
    assert (first["total"], rest["total"]) == (3, 3)


def test_what_flipped_is_shown_from_both_sides(desk: TestClient, as_: As) -> None:
    asked = {"before": BEFORE, "after": AFTER}
    told = desk.get(f"{RUNS}/comparison", params=asked, headers=as_("evaluator")).json()
    assert [one["after"]["id"] for one in told["gained"]] == ["q4", "q5", "q6", "q7", "q8"]
    assert told["lost"] == []
    assert told["gained"][0]["before"]["judged"] == "withheld"
    (whole,) = [one for one in told["deltas"] if (one["slice"], one["metric"]) == ("all", "crag")]
    assert (whole["before"], whole["after"], whole["delta"]) == (0.4, 0.9, 0.5)


def test_runs_over_other_questions_are_not_compared(
    desk: TestClient, root: Path, sanad: Assistant, as_: As
) -> None:
    write(root, "other", sanad, right=1, count=3)
    for path, names in (("comparison", ("before", "after")), ("pairs", ("first", "second"))):
        asked = dict(zip(names, (BEFORE, "other"), strict=True))
        told = desk.get(f"{RUNS}/{path}", params=asked, headers=as_("evaluator"))
        assert (told.status_code, told.json()["code"]) == (422, "run_mismatch")


@pytest.mark.parametrize("name", ["../../etc", "/etc", "2026-11-20", "nothing", "2026-11-20/../x"])
def test_a_name_from_outside_is_no_path(desk: TestClient, as_: As, name: str) -> None:
    told = desk.get(f"{RUNS}/report", params={"run": name}, headers=as_("evaluator"))
    assert (told.status_code, told.json()["code"]) == (404, "record_missing")


def test_grading_is_blind_and_only_grows(desk: TestClient, root: Path, as_: As) -> None:
    headers = as_("evaluator")
    choices: tuple[Choice, ...] = ("left", "right", "both", "neither", "left")
    for number, choice in enumerate(choices):
        found = desk.get(f"{RUNS}/pairs", params=PAIR, headers=headers).json()
        assert (found["graded"], found["total"]) == (number, 5)
        assert "before" not in str(found)
        given = {**PAIR, "question_id": found["pair"]["question_id"], "choice": choice}
        told = desk.post(f"{RUNS}/verdicts", json=given, headers=headers)
        assert told.status_code == 201
    assert desk.get(f"{RUNS}/pairs", params=PAIR, headers=headers).json()["pair"] is None
    tally = desk.get(f"{RUNS}/verdicts", params=PAIR, headers=headers).json()
    assert (tally["both"], tally["neither"], tally["graders"]) == (1, 1, 1)
    assert tally["first"] + tally["second"] == 3
    turned = {"first": AFTER, "second": BEFORE}
    other = desk.get(f"{RUNS}/verdicts", params=turned, headers=headers).json()
    assert (other["first"], other["second"]) == (tally["second"], tally["first"])
    before = (root / GRADES).read_bytes()
    again = {**given, "choice": "neither", "note": "écrivez à canari@exemple.ma"}
    desk.post(f"{RUNS}/verdicts", json=again, headers=headers)
    assert (root / GRADES).read_bytes().startswith(before)
    kept = verdicts(root / GRADES)
    assert isinstance(kept[-1], Verdict)
    assert "canari" not in kept[-1].note
    tally = desk.get(f"{RUNS}/verdicts", params=PAIR, headers=headers).json()
    assert tally["neither"] == 2


def test_who_chose_the_answer_that_was_given_chose_its_run(
    desk: TestClient, root: Path, as_: As
) -> None:
    headers = as_("evaluator")
    for _ in range(5):
        pair = desk.get(f"{RUNS}/pairs", params=PAIR, headers=headers).json()["pair"]
        choice = "left" if pair["left"]["quotes"] else "right"
        given = {**PAIR, "question_id": pair["question_id"], "choice": choice}
        desk.post(f"{RUNS}/verdicts", json=given, headers=headers)
    tally = desk.get(f"{RUNS}/verdicts", params=PAIR, headers=headers).json()
    assert (tally["first"], tally["second"]) == (0, 5)
    assert tally["p"] == pytest.approx(2 / 2**5)


def test_two_graders_are_told_how_far_they_agree(desk: TestClient, as_: As) -> None:
    for role, choices in (("evaluator", "first second both"), ("admin", "first second neither")):
        for number, wanted in enumerate(choices.split()):
            pairs = desk.get(f"{RUNS}/pairs", params=PAIR, headers=as_(role)).json()
            assert pairs["graded"] == number
            choice = {"first": "left", "second": "right"}.get(wanted, wanted)
            given = {**PAIR, "question_id": pairs["pair"]["question_id"], "choice": choice}
            told = desk.post(f"{RUNS}/verdicts", json=given, headers=as_(role)).json()
            assert bool(told["agreement"]) == (role == "admin")
    (one,) = desk.get(f"{RUNS}/verdicts", params=PAIR, headers=as_("admin")).json()["agreement"]
    assert one["graders"] == ["key:admin-program", "key:evaluator-program"]
    assert (one["n"], one["observed"]) == (3, pytest.approx(2 / 3, abs=1e-4))
    assert one["low"] <= one["kappa"] <= one["high"] <= 1


def test_questions_are_counted_by_how_they_came_out(desk: TestClient, as_: As) -> None:
    def asked(**query: str) -> dict[str, object]:
        params = {"run": BEFORE, **query}
        told = desk.get(f"{RUNS}/questions", params=params, headers=as_("evaluator")).json()
        return {**told["outcomes"], "total": told["total"], "listed": len(told["questions"])}

    none = {"right": 0, "partly": 0, "withheld": 0, "wrong": 0}
    all_of_them = {**none, "right": 4, "withheld": 6}
    assert asked() == {**all_of_them, "total": 10, "listed": 10}
    assert asked(judged="right") == {**all_of_them, "total": 4, "listed": 4}
    assert asked(language="ar", judged="right") == {
        **none, "right": 2, "withheld": 3, "total": 2, "listed": 2,
    }  # fmt: skip
    assert asked(kind="conflict") == {**none, "total": 0, "listed": 0}


def test_a_pair_that_is_none_is_refused(desk: TestClient, root: Path, as_: As) -> None:
    given = {**PAIR, "question_id": "q0", "choice": "left"}
    told = desk.post(f"{RUNS}/verdicts", json=given, headers=as_("evaluator"))
    assert (told.status_code, told.json()["code"]) == (404, "record_missing")
    assert not (root / GRADES).exists()


def test_a_run_that_is_written_anew_is_read_anew(
    desk: TestClient, root: Path, sanad: Assistant, as_: As
) -> None:
    def right() -> int:
        told = desk.get(f"{RUNS}/report", params={"run": BEFORE}, headers=as_("evaluator"))
        return int(told.json()["outcomes"]["right"])

    assert right() == 4
    write(root, BEFORE, sanad, right=6)
    assert right() == 6


def test_an_agent_sees_no_runs(desk: TestClient, as_: As) -> None:
    told = desk.get(f"{RUNS}/runs", headers=as_("agent"))
    assert (told.status_code, told.json()["code"]) == (403, "forbidden")
