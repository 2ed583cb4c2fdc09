"""GGUF: whether a file is one, and all of one, told before anything is loaded.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Numbers are little-endian.
"""

import mmap
import struct
from pathlib import Path
from typing import Final

from ingest.errors import ModelDamagedError

_HEAD: Final = struct.Struct("<4sIQQ")
_MAGIC: Final = b"GGUF"
_VERSIONS: Final = frozenset({2, 3})
_COUNT: Final = struct.Struct("<Q")
_KIND: Final = struct.Struct("<I")
_STRING, _ARRAY = 8, 9
_WIDTHS: Final = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value by the number of its type."""
_ALIGNMENT: Final = b"general.alignment"


def require_gguf(path: Path) -> Path:
    """Return `path`; raises ModelDamagedError for anything but a model in the GGUF format.

    The head is magic, version, number of tensors and number of entries. A page that a hub sent
    instead of the file, and the pointer that a checkout without Git LFS holds, are the usual
    mistakes.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
    if len(head) == _HEAD.size:
        magic, version, tensors, entries = _HEAD.unpack(head)
        if magic == _MAGIC and version in _VERSIONS and tensors and entries:
            return path
    raise ModelDamagedError(
        f"{path} is not a model in the GGUF format: it begins with {head[:16]!r}. Fetch it again, "
        "or let SANAD_LLM_MODEL name another file or an id of `sanad models list`."
    )


def require_all(path: Path) -> Path:
    """The same, and raises ModelDamagedError for a file that ends before its last tensor begins.

    For a file whose hash nobody published: half of one has the head of a whole one. Reads the
    entries and the list of tensors, some tenths of a second for the vocabulary of a large model.
    """
    size = require_gguf(path).stat().st_size
    with path.open("rb") as file, mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as data:
        try:
            last = _last_tensor(data)
        except (struct.error, _OddError):
            last = size
    if last < size:
        return path
    raise ModelDamagedError(
        f"{path} ends too early, after {size:,} bytes: it was not fetched to its end. Fetch it "
        "again, or let SANAD_LLM_MODEL name another file or an id of `sanad models list`."
    )


class _OddError(Exception):
    """What stands where a type should is none."""


def _last_tensor(data: mmap.mmap) -> int:
    """Where the last tensor begins; struct.error when the file ends before it tells."""
    _, _, tensors, entries = _HEAD.unpack_from(data)
    at, alignment = _HEAD.size, 32
    for _ in range(entries):
        key, at = _string(data, at)
        (kind,) = _KIND.unpack_from(data, at)
        if key == _ALIGNMENT:
            (alignment,) = _KIND.unpack_from(data, at + _KIND.size)
        at = _behind(data, at + _KIND.size, kind)
    last = 0
    for _ in range(tensors):
        _, at = _string(data, at)
        (dimensions,) = _KIND.unpack_from(data, at)
        at += _KIND.size + dimensions * _COUNT.size + _KIND.size
        last = max(last, *_COUNT.unpack_from(data, at))
        at += _COUNT.size
    return -(-at // max(alignment, 1)) * max(alignment, 1) + last


def _string(data: mmap.mmap, at: int) -> tuple[bytes, int]:
    """A string and where it ends."""
    end = _behind_string(data, at)
    return data[at + _COUNT.size : end], end


def _behind_string(data: mmap.mmap, at: int) -> int:
    (length,) = _COUNT.unpack_from(data, at)
    return int(at + _COUNT.size + length)


def _behind(data: mmap.mmap, at: int, kind: int) -> int:
    """Where a value of this type ends."""
    if kind == _STRING:
        return _behind_string(data, at)
    if kind != _ARRAY:
        return at + _width(kind)
    (inner,) = _KIND.unpack_from(data, at)
    (count,) = _COUNT.unpack_from(data, at + _KIND.size)
    at += _KIND.size + _COUNT.size
    if inner != _STRING:
        return int(at + count * _width(inner))
    for _ in range(count):
        at = _behind_string(data, at)
    return at


def _width(kind: int) -> int:
    if kind not in _WIDTHS:
        raise _OddError
    return _WIDTHS[kind]
