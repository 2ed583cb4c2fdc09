"""A note that a file was hashed: a file of gigabytes that nobody touched is not hashed again.

The note holds size, inode and time of change as they were; a file written, replaced or copied over
since has others. It guards against damage, not against whoever may write in the folder and set
clocks back: `sanad models verify` hashes in any case.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from index.files import FileSeal


class SealNote(BaseModel):
    """What a file looked like when it had this seal; times are in nanoseconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seal: FileSeal
    size: int
    inode: int
    modified: int
    changed: int

    @classmethod
    def of(cls, file: Path, seal: FileSeal) -> "SealNote":
        """The note about a file that has this seal; made before the file is hashed, so that what
        is written to it meanwhile is not taken for what was hashed.
        """
        stat = file.stat()
        return cls(
            seal=seal,
            size=stat.st_size,
            inode=stat.st_ino,
            modified=stat.st_mtime_ns,
            changed=stat.st_ctime_ns,
        )


def keep_note(path: Path, note: SealNote) -> None:
    """Write a note to `path`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".fresh")
    fresh.write_text(note.model_dump_json() + "\n", encoding="utf-8")
    fresh.replace(path)


def is_noted(path: Path, note: SealNote) -> bool:
    """Whether `path` holds this very note."""
    try:
        return SealNote.model_validate_json(path.read_bytes()) == note
    except (OSError, ValidationError):
        return False
