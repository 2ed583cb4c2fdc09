"""Archive: a packed file is measured by what it declares before anything of it is unpacked."""

import io
import zipfile

from ingest.errors import ExtractError
from ingest.formats.limits import Limits


def check_archive(data: bytes, name: str, limits: Limits | None = None) -> frozenset[str]:
    """The names that a zip file holds, once it is sure that unpacking them is safe.

    `zipfile` never unpacks more of a member than is declared, so that the declared sizes bound the
    work. Raises `ExtractError` for a file that is damaged, encrypted or a bomb.
    """
    bounds = limits or Limits()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        message = f"{name} is damaged or cut off ({error}); fetch or save it again"
        raise ExtractError(message) from error
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise ExtractError(f"{name} is encrypted; save it again without a password")
    names = frozenset(member.filename for member in members)
    if len(names) < len(members):
        raise ExtractError(f"{name} holds two parts of one name, as no program writes it")
    unpacked = sum(member.file_size for member in members)
    if unpacked > bounds.max_unpacked or unpacked > bounds.max_ratio * len(data) + _SMALL:
        raise ExtractError(
            f"{name} would unpack from {len(data):,} to {unpacked:,} bytes, as bombs do; open it "
            "and save it again if you know where it comes from"
        )
    return names


_ENCRYPTED = 0x1
_SMALL = 5_000_000
"""Bytes: so little is never a bomb, however well it was packed."""
