"""GGUF: whether a file is one, told from its first bytes before anything is loaded."""

import struct
from pathlib import Path
from typing import Final

from ingest.errors import ModelDamagedError

_HEAD: Final = struct.Struct("<4sIQQ")
_MAGIC: Final = b"GGUF"
_VERSIONS: Final = frozenset({2, 3})


def require_gguf(path: Path) -> Path:
    """Return `path`; raises ModelDamagedError for anything but a model in the GGUF format.

    The head is magic, version, number of tensors and number of entries, little-endian
    (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). A page that a hub sent instead of
    the file, and the pointer that a checkout without Git LFS holds, are the usual mistakes.
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
