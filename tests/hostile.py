"""A worker whose parser does what a file could make a real one do. The file's name chooses.

It runs in the child process only; nothing here may be called in the process of the tests.
"""

import ctypes
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ingest.errors import ExtractError, QuarantinedError
from ingest.extracted import Extracted
from ingest.load import RawFile
from ingest.worker import serve

ROOT = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path.insert(0, {root!r}); import tests.hostile; tests.hostile.main()"
COMMAND = ("-c", _START.format(root=str(ROOT)))


def main() -> None:
    """Serve until the parent hangs up."""
    memory, cpu, _ = sys.argv[1:]
    serve(extract, int(memory), int(cpu))


def extract(raw: RawFile) -> tuple[Extracted, ...]:
    """Whatever the name of the file asks for; the bytes are its argument."""
    did = _DEEDS[raw.id.removesuffix(".pdf")](raw.data.decode())
    return (Extracted(str(did), title="عنوان الوثيقة"),)


def _loop(_: str) -> None:
    while True:
        pass


def _eat(_: str) -> int:
    return len(bytearray(50_000_000_000))


def _native_fork(_: str) -> int:
    pid = ctypes.CDLL(None).fork()
    if pid == 0:
        os.setpgid(0, 0) if _ == "away" else None
        time.sleep(30)
        os._exit(0)
    return int(pid)


def _write(name: str) -> int:
    return Path(name).write_text("x", encoding="utf-8")


def _native_write(name: str) -> int:
    libc = ctypes.CDLL(None)
    opened = libc.open(name.encode(), os.O_WRONLY | os.O_CREAT, 0o600)
    return int(libc.write(opened, b"stolen", 6))


def _native_connect(port: str) -> int:
    libc = ctypes.CDLL(None)
    opened = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = (2).to_bytes(2, "little") + int(port).to_bytes(2, "big") + bytes([127, 0, 0, 1])
    return int(libc.connect(opened, address + bytes(8), 16))


def _noise(_: str) -> None:
    sys.stdout.write("noise\n")
    sys.stdout.flush()
    os.write(1, b"noise")
    os.write(2, b"noise" * 100_000)


def _garble(_: str) -> None:
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\0" * 7 + b"\x09not json!")
        except OSError:
            continue


def _hang_up(_: str) -> None:
    os.closerange(3, 20)
    time.sleep(30)


def _refuse(_: str) -> None:
    raise ExtractError("refuse.pdf is a scan; give the text")


def _hold(_: str) -> None:
    raise QuarantinedError("hold.pdf مقلوب")


def _break(_: str) -> None:
    raise ValueError("صفحة 3 \udcff \x1b[31m")


def _nest(text: str) -> None:
    _nest(text)


_DEEDS: dict[str, Callable[[str], object]] = {
    "loop": _loop,
    "sleep": lambda _: time.sleep(30),
    "eat": _eat,
    "fork": lambda _: os.fork(),
    "run": lambda _: os.system("true"),
    "native-fork": _native_fork,
    "write": _write,
    "native-write": _native_write,
    "remove": lambda name: Path(name).unlink(),
    "connect": lambda port: socket.create_connection(("127.0.0.1", int(port))),
    "native-connect": _native_connect,
    "noise": _noise,
    "garble": _garble,
    "hang-up": _hang_up,
    "crash": lambda _: ctypes.string_at(0),
    "exit": lambda _: sys.exit(0),
    "leave": lambda _: os._exit(7),
    "refuse": _refuse,
    "hold": _hold,
    "break": _break,
    "nest": _nest,
    "shout": lambda length: "x" * int(length),
    "environment": lambda _: json.dumps(dict(os.environ)),
    "who": lambda _: os.getpid(),
}
