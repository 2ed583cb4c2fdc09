"""Worker: the child process in which foreign files are taken apart.

Whoever writes a file writes input for the parser that reads it, and parsers have faults. So they
run here, behind what the kernel and Python can hold back:

- memory, processor time, the size of any file written (none) and, unless it runs as root, new
  processes are limited by the kernel, native code included;
- the network is out of reach in a namespace of its own where the kernel grants one (`"kernel"`);
- in every case an audit hook of Python refuses sockets, new processes, and writing, moving and
  removing files. It binds Python code only: native code that was taken over is not held by it, and
  nothing here keeps it from reading what the user may read.

The parent adds a limit on the time by the clock and on the size of the answer.
"""

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict

from ingest.errors import ExtractError, QuarantinedError
from ingest.extracted import Extracted
from ingest.load import RawFile

Extract = Callable[[RawFile], tuple[Extracted, ...]]
Guard = Literal["kernel", "python"]

LENGTH = struct.Struct(">Q")
"""What stands before each message: the number of its bytes."""


class Hello(BaseModel):
    """The first message: the worker is ready, and by what the network is kept away from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    network: Guard


class Outcome(BaseModel):
    """What became of one file: its documents, why it is refused, or how its reader broke."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    documents: tuple[Extracted, ...] = ()
    refused: str | None = None
    is_quarantined: bool = False
    broken: str | None = None


def serve(extract: Extract, memory: int, cpu: int) -> None:
    """Answer one file after the other until the parent hangs up.

    `memory` is in bytes of address space, `cpu` in seconds for one file. Standard input and output
    are taken over first: what a parser prints goes nowhere.
    """
    requests, answers = _private(0, "rb"), _private(1, "wb")
    sys.excepthook = _teller(answers)
    _send(answers, Hello(network=_sealed(memory)))
    while name := _received(requests):
        _allow_cpu(cpu)
        file = name.decode()
        _send(answers, _outcome(extract, RawFile(Path(file), file, _received(requests))))


def _outcome(extract: Extract, raw: RawFile) -> Outcome:
    try:
        return Outcome(documents=extract(raw))
    except ExtractError as error:
        return Outcome(refused=str(error), is_quarantined=isinstance(error, QuarantinedError))
    except MemoryError:
        return Outcome(broken="needs more memory than one file may have")
    except RecursionError:
        return Outcome(broken="is nested deeper than its reader can follow")


def _teller(answers: BinaryIO) -> Callable[..., None]:
    """An excepthook that tells the parent what it was, for stderr goes nowhere."""

    def tell(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        what = str(error)[:200].encode("ascii", "backslashreplace").decode()
        _send(answers, Outcome(broken=f"broke its reader ({kind.__name__}: {what})"))

    return tell


def _private(descriptor: int, mode: Literal["rb", "wb"]) -> BinaryIO:
    """The pipe behind a standard descriptor, which leads nowhere from now on."""
    pipe = os.fdopen(os.dup(descriptor), mode)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return pipe


def _send(answers: BinaryIO, message: BaseModel) -> None:
    data = message.model_dump_json().encode()
    answers.write(LENGTH.pack(len(data)) + data)
    answers.flush()


def _received(requests: BinaryIO) -> bytes:
    """The next message, empty at the end."""
    head = requests.read(LENGTH.size)
    return requests.read(*LENGTH.unpack(head)) if len(head) == LENGTH.size else b""


def _sealed(memory: int) -> Guard:
    """Give up for good whatever reading a file does not need."""
    network = _network_left()
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    sys.addaudithook(_refuse)
    return network


def _network_left() -> Guard:
    """Move into a network namespace that holds nothing, where the kernel lets us."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is None or unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return "python"
    return "kernel"


_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def _allow_cpu(seconds: int) -> None:
    """Let this file use as much time as the first one could."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, hard))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        flags = arguments[2]
        if isinstance(flags, int) and flags & _WRITING:
            raise PermissionError(f"the reader of a file may not write {arguments[0]!r}")
    elif event.startswith(_FORBIDDEN):
        raise PermissionError(f"the reader of a file may not do {event}")


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORBIDDEN = (
    *("socket.", "subprocess.", "pty.", "shutil.", "tempfile.", "signal."),
    *("os.fork", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.kill"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink"),
    *("os.truncate", "os.chmod", "os.chown", "os.lchown", "os.utime", "os.setxattr"),
)


def main() -> None:
    """Serve the extraction of the house, within the limits given on the command line."""
    from ingest.extract import extract  # noqa: PLC0415 a test's worker does without the parsers
    from ingest.formats.limits import Limits  # noqa: PLC0415

    memory, cpu, bounds = sys.argv[1:]
    limits = Limits.model_validate_json(bounds)
    serve(lambda raw: extract(raw, limits), int(memory), int(cpu))


if __name__ == "__main__":
    main()
