"""The files of a run: whole, readable by anyone, and refused when they are of another one."""

import shutil
import subprocess
from pathlib import Path

import pytest

from evals import runfolder
from evals.runfolder import (
    CONFIG,
    ENVIRONMENT,
    RESULTS,
    SUMMARY,
    TIMINGS,
    RunFolder,
    RunMismatchError,
    Timing,
    commit,
    write_whole,
)
from evals.summary import summarise
from ingest.errors import PathMissingError, StorageError
from tests.evals.runs import config, scored

ROWS = [scored("q1"), scored("سؤال", language="ar"), scored("q3", crag=-1, error="internal: نص")]
TIMES = [Timing(id=row.id, ms={"total": 1.5}) for row in ROWS]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run of three questions, not finished yet."""
    begun = RunFolder(tmp_path / "run")
    assert begun.begin(config()) == ([], [])
    for row, timing in zip(ROWS, TIMES, strict=True):
        begun.add(row, timing)
    return begun


@pytest.fixture
def finished(folder: RunFolder) -> RunFolder:
    folder.finish(ROWS, TIMES, summarise(ROWS))
    return folder


def test_what_is_written_is_read_again(finished: RunFolder) -> None:
    assert finished.config() == config()
    assert finished.results() == tuple(ROWS)
    assert finished.timings() == tuple(TIMES)
    assert finished.summary() == summarise(ROWS)
    assert "pydantic" in finished.environment().packages
    assert {path.name for path in finished.path.iterdir()} == {
        CONFIG, ENVIRONMENT, RESULTS, TIMINGS, SUMMARY,
    }  # fmt: skip


def test_a_begun_run_goes_on_with_what_is_done(folder: RunFolder) -> None:
    assert RunFolder(folder.path).begin(config()) == (ROWS, TIMES)


@pytest.mark.parametrize("name", [RESULTS, TIMINGS])
def test_wherever_the_last_line_is_cut_the_others_are_kept(folder: RunFolder, name: str) -> None:
    data = (folder.path / name).read_bytes()
    last = data.rstrip(b"\n").rindex(b"\n") + 1
    for cut in range(last, len(data) - 1, 3):
        (folder.path / name).write_bytes(data[:cut])
        assert folder.begin(config()) == (ROWS[:2], TIMES[:2]), cut
        folder.add(ROWS[2], TIMES[2])
        assert folder.results() == tuple(ROWS)
        assert folder.timings() == tuple(TIMES)


def test_a_line_without_its_end_is_whole(folder: RunFolder) -> None:
    data = (folder.path / RESULTS).read_bytes()
    (folder.path / RESULTS).write_bytes(data[:-1])
    assert folder.begin(config()) == (ROWS, TIMES)
    assert (folder.path / RESULTS).read_bytes() == data


def test_another_run_is_refused_and_named(finished: RunFolder) -> None:
    before = {path.name: path.read_bytes() for path in finished.path.iterdir()}
    with pytest.raises(RunMismatchError, match=r"another generation, model.*kept.*--out"):
        finished.begin(config(generation="h", model="m"))
    assert {path.name: path.read_bytes() for path in finished.path.iterdir()} == before


def test_results_of_nobody_knows_what_are_refused(finished: RunFolder) -> None:
    (finished.path / CONFIG).unlink()
    before = (finished.path / RESULTS).read_bytes()
    with pytest.raises(RunMismatchError, match=r"config\.json.*--out"):
        finished.begin(config())
    assert (finished.path / RESULTS).read_bytes() == before


def test_configs_name_what_differs() -> None:
    assert config().differing(config()) == []
    assert config().differing(config(day="2026-01-01", system="bm25")) == ["system", "day"]


@pytest.mark.parametrize("name", [CONFIG, RESULTS, TIMINGS, SUMMARY, ENVIRONMENT])
def test_a_file_that_is_missing_or_of_another_version_is_named(
    finished: RunFolder, name: str
) -> None:
    read = {
        CONFIG: finished.config,
        RESULTS: finished.results,
        TIMINGS: finished.timings,
        SUMMARY: finished.summary,
        ENVIRONMENT: finished.environment,
    }[name]
    (finished.path / name).write_text('{"version": 0}\n', encoding="utf-8")
    with pytest.raises(RunMismatchError, match=f"{name}.*run it again"):
        read()
    (finished.path / name).unlink()
    with pytest.raises(PathMissingError, match=f"{name}.*sanad eval run"):
        read()


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match="env"):
        RunFolder(tmp_path / "file").begin(config())
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


def test_a_file_is_written_as_a_whole_or_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new" / "gold.jsonl"
    write_whole(path, "واحد\n")

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StorageError, match="No space left"):
        write_whole(path, "zwei\n")
    assert path.read_bytes() == "واحد\n".encode()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, in which the module seems to stand."""
    git = shutil.which("git")
    assert git, "git is needed to test what a run says of the code; install it"
    (tmp_path / "code.py").write_text("x = 1\n", encoding="utf-8")
    for arguments in (
        ("init", "--quiet"), ("add", "code.py"),
        ("-c", "user.name=T", "-c", "user.email=t@t", "-c", "commit.gpgsign=false",
         "commit", "--quiet", "--message", "one"),
    ):  # fmt: skip
        subprocess.run([git, "-C", str(tmp_path), *arguments], check=True)
    monkeypatch.setattr(runfolder, "__file__", str(tmp_path / "runfolder.py"))
    return tmp_path


def test_the_commit_tells_one_edit_from_another(checkout: Path) -> None:
    clean = commit()
    assert clean is not None
    assert len(clean) == 40
    (checkout / "untracked.txt").write_text("?", encoding="utf-8")
    assert commit() == clean
    found = set()
    for value in ("2", "é", "3"):
        (checkout / "code.py").write_bytes(f"x = {value}\n".encode("latin-1"))
        found.add(commit())
        assert str(commit()).startswith(f"{clean}+")
    assert len(found) == 3


def test_there_is_no_commit_without_git_or_outside_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runfolder, "__file__", str(tmp_path / "runfolder.py"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit() is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit() is None
