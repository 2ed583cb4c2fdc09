"""Origin: where the files of a folder were fetched, kept beside them in one hidden file.

    .origins.json    for each file, by name: the address, who publishes it, when it was seen

A folder without that file holds what people put there; its documents speak for themselves.
"""

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ingest.document import Document, Source, Tier
from ingest.errors import ExtractError, StorageError

ORIGINS_FILE = ".origins.json"


class Origin(BaseModel):
    """Provenance of one fetched file.

    `url` is the address that was asked for and `landed` the one that its redirects ended at.
    `fetched` is when these bytes came, `checked` when the server last said that they still stand.
    `status` is that of the last answer that was good, 200 or 304; `failure` tells why the attempt
    after it failed. `sha256` is that of the file as it lies in the folder.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    landed: str
    publisher: str
    title: str | None
    language: str
    tier: Tier
    topics: tuple[str, ...]
    content_type: str
    etag: str | None
    last_modified: str | None
    sha256: str
    fetched: datetime
    checked: datetime
    status: int
    failure: str | None = None

    def stamped(self, document: Document) -> Document:
        """A document of the file, with this provenance; the date is what the document states."""
        found = document.source
        source = Source(
            key=document.id,
            publisher=self.publisher,
            title=self.title or document.title,
            url=self.url,
            date=found.date if found else None,
            language=self.language,
            tier=self.tier,
            dated_by=found.dated_by if found else "none",
        )
        return replace(
            document,
            source=source,
            language=self.language,
            as_of=self.checked.date().isoformat(),
            topics=self.topics,
        )


class _Origins(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    files: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")], Origin]


def read_origins(folder: Path) -> dict[str, Origin]:
    """The origins of the files of a folder by name, empty if nothing was fetched into it.

    Raises `ExtractError` when they cannot be read: without them nobody knows whose words those are.
    """
    path = folder / ORIGINS_FILE
    if not path.is_file():
        return {}
    try:
        return _Origins.model_validate_json(path.read_bytes()).files
    except (OSError, ValidationError) as error:
        raise ExtractError(
            f"{path} cannot be read; delete {folder} and fetch it again with `sanad ingest --feeds`"
        ) from error


def write_origins(folder: Path, origins: dict[str, Origin]) -> None:
    """Replace the origins of a folder; after a crash it has the old ones or the new ones."""
    ordered = _Origins(files=dict(sorted(origins.items())))
    write_whole(folder / ORIGINS_FILE, ordered.model_dump_json(indent=1).encode() + b"\n")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is never seen half-written. Raises `StorageError`."""
    growing = path.with_name(f".{path.name}.part")
    try:
        with growing.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        growing.replace(path)
    except OSError as error:
        growing.unlink(missing_ok=True)
        raise StorageError(
            f"{path} cannot be written ({error.strerror}); free some space or check permissions"
        ) from error
