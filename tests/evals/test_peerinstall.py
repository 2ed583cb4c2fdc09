"""Environments of their own, made of what their requirements say."""

import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from evals.peers.install import PeerFailedError, install, size
from evals.peers.roster import PEERS, SANAD, Peer, PeerUnknownError, choose
from ingest.errors import PathMissingError

PAYLOAD = 100_000


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """Requirements that ask for one package, of which a wheel lies beside them."""
    with ZipFile(tmp_path / "zellige-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("zellige.py", "NAME = 'zellige'\n" + "#" * PAYLOAD)
        folder = "zellige-1.0.dist-info"
        wheel.writestr(f"{folder}/METADATA", "Metadata-Version: 2.1\nName: zellige\nVersion: 1.0\n")
        wheel.writestr(
            f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(
            f"{folder}/RECORD",
            f"zellige.py,,\n{folder}/METADATA,,\n{folder}/WHEEL,,\n{folder}/RECORD,,\n",
        )
    path = tmp_path / "tiles.txt"
    path.write_text(f"--no-index\n--find-links {tmp_path}\nzellige==1.0\n", encoding="utf-8")
    return path


def test_an_environment_holds_what_was_asked_for_alone(requirements: Path, tmp_path: Path) -> None:
    tiles = Peer("tiles", "unused", ("zellige",), requirements)
    made = install(tiles, tmp_path / "peers")
    told = subprocess.run(
        [made.python, "-c", "import zellige; print(zellige.NAME)"],
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "zellige"
    other = subprocess.run([made.python, "-c", "import numpy"], capture_output=True, check=False)
    assert other.returncode == 1
    assert PAYLOAD < made.size < 3 * PAYLOAD
    marked = tmp_path / "peers" / "tiles" / "kept"
    marked.touch()
    assert install(tiles, tmp_path / "peers") == made
    assert marked.exists()
    requirements.write_text(
        requirements.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8"
    )
    install(tiles, tmp_path / "peers")
    assert not marked.exists()


def test_what_cannot_be_installed_is_told_and_tried_again(
    requirements: Path, tmp_path: Path
) -> None:
    requirements.write_text("--no-index\nzellige==2.0\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(PeerFailedError, match=r"not installed: .*zellige==2\.0"):
            install(Peer("tiles", "unused", (), requirements), tmp_path / "peers")


def test_without_requirements_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError, match="checkout"):
        install(Peer("gone", "unused", (), tmp_path / "gone.txt"), tmp_path / "peers")
    assert not (tmp_path / "peers").exists()


def test_a_size_counts_files_and_not_what_links_point_to(tmp_path: Path) -> None:
    (tmp_path / "a" / "ب").mkdir(parents=True)
    (tmp_path / "a" / "ب" / "f").write_bytes(b"12345")
    (tmp_path / "a" / "g").write_bytes(b"123")
    assert size(tmp_path / "a") == 8
    (tmp_path / "big").write_bytes(b"1" * 1_000)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "big")
    assert size(tmp_path / "a") < 1_000


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_every_peer_is_pinned_and_has_a_module_of_its_own(peer: Peer) -> None:
    assert Path(*peer.module.split(".")).with_suffix(".py").is_file()
    lines = peer.requirements.read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    if peer.sources:
        assert wanted == ["--constraint ../../../constraints.txt", "--editable ."]
        return
    pinned = {
        name.lower() for name, _, version in (line.partition("==") for line in wanted) if version
    }
    assert len(pinned) == len(wanted)
    assert set(peer.packages) <= pinned


def test_sanad_is_always_among_those_chosen() -> None:
    assert [one.name for one in choose(["bare"])] == [SANAD, "bare"]
    assert choose([]) == PEERS
    with pytest.raises(PeerUnknownError, match="nobody"):
        choose(["bare", "nobody"])
