"""The rounds: everybody by turns, and who fails is told."""

import sys
from pathlib import Path

import pytest

from evals.peers import bench as benches
from evals.peers.bench import Bench, turned
from evals.peers.install import Installed, PeerFailedError
from evals.peers.roster import Peer
from tests.evals.peering import TASK, conditions, peer


def fake_install(subject: Peer, root: Path) -> Installed:
    root.mkdir(exist_ok=True)
    if subject.name == "uninstallable":
        raise PeerFailedError("not installed: ERROR: No matching distribution")
    return Installed(Path(sys.executable), 7_000_000)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(benches, "install", fake_install)
    return []


def made(tmp_path: Path, told: list[str], *peers: Peer) -> Bench:
    return Bench(
        peers,
        TASK,
        conditions(tmp_path),
        root=tmp_path / "peers",
        advance=lambda what, done, total: told.append(f"{what} {done}/{total}"),
    )


def test_everybody_runs_in_every_round_and_another_one_first(
    tmp_path: Path, told: list[str]
) -> None:
    bench = made(tmp_path, told, peer("sanad"), peer("other"))
    after = list(bench.rounds(2))
    assert told == [
        "installing sanad 0/2", "installing other 1/2",
        "measuring sanad 0/4", "measuring other 1/4",
        "measuring other 2/4", "measuring sanad 3/4",
    ]  # fmt: skip
    assert [[len(entry.runs) for entry in entries] for entries in after] == [[1, 1], [2, 2]]
    runs = after[-1][0].runs
    assert [run.round for run in runs] == [1, 2]
    for run in runs:
        assert set(run.found) == {"q1", "q2"}
        assert run.found["q2"][0] == "delai.ar:0-18"
        assert 0 < run.p50 <= run.p95
        assert 0 < run.resident <= run.peak
        assert run.load > 0 < run.ingest


def test_who_fails_keeps_the_reason_and_the_others_go_on(tmp_path: Path, told: list[str]) -> None:
    peers = (peer("sanad"), peer("uninstallable"), peer("absent", "tests.nobody"))
    (entries,) = made(tmp_path, told, *peers).rounds(1)
    sanad, uninstallable, absent = entries
    assert len(sanad.runs) == 1
    assert not sanad.failures
    assert uninstallable.installed is None
    assert [one.when for one in uninstallable.failures] == ["installation"]
    assert not absent.runs
    assert absent.installed
    (failure,) = absent.failures
    assert failure.when == "round 1"
    assert "tests.nobody" in failure.reason


@pytest.mark.parametrize("count", [0, 1, 3])
def test_everybody_comes_first_once(count: int) -> None:
    peers = [peer(f"p{number}") for number in range(count)]
    orders = [turned(peers, by) for by in range(count)]
    assert sorted(order[0].name for order in orders) == [one.name for one in peers]
    for order in orders:
        assert sorted(one.name for one in order) == [one.name for one in peers]
    assert turned(peers, count) == peers
