"""A short crowd against a Sanad that serves: counts add up, and what is missing is named."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from api import crowds
from api.app import create_app
from api.commands.loadspeed import ServiceAwayError
from api.memory.database import Database
from api.memory.recorder import Recorder
from assistant.assistant import Assistant
from assistant.settings import Settings
from evals.cluster import Cluster, ClusterError, find_programs, open_cluster
from evals.crowd import PATHS, Asked, Plan, fingerprint, read_journal
from tests.api.command import Run

QUESTIONS = (
    "Combien coûte le permis d'huile d'olive ?",
    "كم تكلف رخصة زيت الزيتون؟",
    "شحال كتسوى الرخصة ديال الزيت؟",
    "What does the olive oil permit cost?",
)


def test_a_crowd_of_five_is_answered_rightly_and_all_of_it_is_recorded(
    sanad: Assistant, serving: Callable[[FastAPI], AbstractContextManager[str]], tmp_path: Path
) -> None:
    asked = tuple(
        Asked(question=text, print=fingerprint(sanad.ask(text).model_dump(mode="json")))
        for text in QUESTIONS
    )
    plan = Plan(seed=472, think=(0.05, 0.15), asked=asked)  # the first five visits have it all
    url = f"sqlite:///{tmp_path}/records.sqlite"
    settings = Settings(llm="none", database_url=url)
    show = crowds.Show(5, 5, 1, plan, settings, tmp_path, lambda *_: None)
    with closing(Database(url)) as database:
        recorder = Recorder(database)
        with (
            serving(create_app(sanad, database=database, recorder=recorder)) as address,
            crowds._locust(show, address) as locust,
        ):
            locust.wait(60)
        recorder.close(30)
    met = read_journal((tmp_path / "journal").read_text(encoding="utf-8").splitlines())
    kept = crowds._kept(settings, recorder.dropped)
    answers = {one.id for one in met if one.kind in {"ask", "stream"}}
    assert {one.outcome for one in met} == {"done"}
    assert {one.person for one in met} == {0, 1, 2, 3, 4}
    assert {one.kind for one in met} == set(PATHS)
    assert {one.question for one in met} == {0, 1, 2, 3}
    assert {one.language for one in met} >= {"fr", "ar", "en"}
    assert set(kept.recorded) == answers
    assert len(kept.recorded) == len(answers)
    assert kept.feedback == {one.id for one in met if one.kind == "feedback"}
    assert kept.handoffs == {one.id for one in met if one.kind == "handoff"}
    assert kept.dropped == 0


def test_without_locust_the_command_names_the_remedy(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.commands.crowd.find_spec", lambda _name: None)
    ran = run("eval", "crowd")
    assert ran.code == 2
    assert "pip install 'sanad[load]'" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--users", "0"),
        ("--users", "501"),
        ("--seconds", "601"),
        ("--workers", "0"),
        ("--think", "9", "3"),
        ("--think", "-1", "3"),
    ],
)
def test_a_crowd_out_of_bounds_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("eval", "crowd", *arguments).code == 2


def test_without_postgresql_there_is_one_run_on_sqlite_and_the_page_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    served: list[str] = []

    def served_once(show: crowds.Show, name: str, stopped: object) -> object:
        assert stopped is None
        served.append(f"{name} {show.settings.records_url()[:10]}")
        raise ServiceAwayError("nothing to measure here")

    monkeypatch.setattr("api.commands.crowd.find_programs", lambda: None)
    monkeypatch.setattr("api.commands.crowd._plan", lambda *_: Plan(seed=1, asked=()))
    monkeypatch.setattr("api.crowds._run", served_once)
    ran = run("eval", "crowd")
    assert served == ["SQLite sqlite:///"]
    assert "nothing to measure here" in ran.err


def test_a_service_that_cannot_start_says_why(tmp_path: Path) -> None:
    settings = Settings(llm="none", index=tmp_path / "none")
    show = crowds.Show(1, 1, 1, Plan(seed=1, asked=()), settings, tmp_path, lambda *_: None)
    with pytest.raises(ServiceAwayError, match="sanad ingest"), crowds._service(show):
        raise AssertionError("served nothing")


def test_what_is_told_of_the_records_is_read_from_the_metrics() -> None:
    told = "# HELP x\nsanad_records_waiting 3.0\nsanad_records_dropped_total 2.0\n"
    assert crowds._told(told, "sanad_records_waiting") == 3
    assert crowds._told(told, "sanad_records_dropped_total") == 2
    with pytest.raises(ServiceAwayError, match="sanad_none"):
        crowds._told(told, "sanad_none")


def test_what_was_started_ends_when_the_command_is_terminated(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "from api.commands.crowd import _ended_by_sigterm\n"
        "from api.crowds import ending\n"
        "with _ended_by_sigterm():\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "    with ending(child):\n"
        "        print(child.pid, flush=True)\n"
        "        time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        child = int(command.stdout.readline())
        command.send_signal(signal.SIGTERM)
        assert command.wait(60) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_cluster_that_was_stopped_comes_back_with_what_it_confirmed() -> None:
    programs = find_programs()
    if programs is None:
        missing = "PostgreSQL is not installed: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with open_cluster(programs, Cluster) as cluster:
        url = cluster.database()
        with closing(Database(url)) as database:
            database.check()
            for how, sent in crowds._STOPS:
                outage = crowds._outage(cluster, how, sent, away=0.1)
                assert outage.ended > outage.began
                database.close()
                assert database.revision() is not None
        cluster.stop()
        with pytest.raises(ClusterError, match="createdb"):
            cluster.database()
        folder = cluster.folder
        assert folder.is_dir()
    assert not folder.exists()


def test_without_programs_there_is_none(tmp_path: Path) -> None:
    assert find_programs(tmp_path) is None
    for version in ("9.6", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert find_programs(tmp_path) == tmp_path / "16" / "bin"


def test_a_sample_is_the_memory_of_a_process_at_a_moment() -> None:
    sample = crowds._sample(os.getpid())
    assert abs(sample.at - time.time()) < 60
    assert 0 < sample.own <= sample.resident
