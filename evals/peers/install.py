"""Environments of their own: what one subject installs, no other one sees."""

import hashlib
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from evals.peers.roster import CHECKOUT, Peer
from evals.runfolder import write_whole
from ingest.errors import PathMissingError, SanadError

_MARK = "installed.sha256"


class PeerFailedError(SanadError):
    """A subject could not be installed, ended early, or said what nobody understands."""

    code = "peer_failed"


@dataclass(frozen=True, slots=True)
class Installed:
    """The Python of an environment and the bytes on disk that it takes to run its subject."""

    python: Path
    size: int


def install(peer: Peer, root: Path) -> Installed:
    """The environment of a subject under `root`, made where there is none with its requirements.

    It holds no pip of its own, so its size is that of the subject; the interpreter is not counted.
    Raises PeerFailedError with the last words of the installer, and PathMissingError outside a
    checkout.
    """
    folder = root.absolute() / peer.requirements.stem
    python, mark, wanted = folder / "bin" / "python", folder / _MARK, _digest(peer)
    if not mark.is_file() or mark.read_text(encoding="ascii") != wanted:
        venv.create(folder, clear=True, symlinks=True)
        _pip(python, peer.requirements)
        write_whole(mark, wanted)
    sources = [CHECKOUT / name for name in peer.sources]
    return Installed(python, sum(map(size, [folder / "lib", *sources])))


def size(folder: Path) -> int:
    """Bytes of the files in a folder, links not followed."""
    return sum(
        (Path(place) / name).lstat().st_size
        for place, _, names in os.walk(folder)
        for name in names
    )


def _pip(python: Path, requirements: Path) -> None:
    """Relative paths in the requirements are those of the checkout."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    run = subprocess.run(  # noqa: S603  (our own interpreter, files of our own)
        [*command, "--requirement", str(requirements)],
        cwd=CHECKOUT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if run.returncode:
        raise PeerFailedError(f"not installed: {last_words(run.stderr)}")


def last_words(text: str) -> str:
    """The last line that a process said before it failed: in Python, the error itself."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _digest(peer: Peer) -> str:
    files = [peer.requirements, *(CHECKOUT / name for name in peer.inputs)]
    if missing := next((path for path in files if not path.is_file()), None):
        raise PathMissingError(f"{missing} does not exist; peers are measured from a checkout.")
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
