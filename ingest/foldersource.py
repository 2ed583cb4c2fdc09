"""Folder source: who published the files of a folder, as `_source.yaml` in it says.

    publisher: Administration des douanes et impôts indirects
    tier: official                       # or press, copy, other
    url: https://www.douane.gov.ma/      # optional: where the files were taken

Whoever drops files into a folder knows whose they are, and a file rarely says so itself. It stands
beside the files, so that every run finds it and it goes where they go. It holds for the folders
inside too, up to one that has its own. What a document says of itself is never overruled.
"""

from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ingest.document import DatedBy, Document, Source, Tier
from ingest.errors import ExtractError
from ingest.yamltext import read_yaml

SOURCE_FILE = "_source.yaml"

_Line = Annotated[str, StringConstraints(pattern=r"^\S[^\n]{0,300}$")]


class FolderSource(BaseModel):
    """The publisher of what lies in a folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publisher: _Line
    tier: Tier = "other"
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None

    def stamped(self, document: Document) -> Document:
        """A document of the folder, with its publisher unless it names its own.

        A publisher that was only guessed from an address gives way.
        """
        found = document.source
        if found and "publisher" not in document.guessed:
            return document
        by: DatedBy = "inferred" if "as_of" in document.guessed else "stated"
        source = found or Source(
            key=document.id,
            publisher=self.publisher,
            title=document.title,
            date=document.as_of,
            dated_by=by if document.as_of else "none",
            language=document.language,
        )
        return replace(
            document,
            source=replace(
                source, publisher=self.publisher, tier=self.tier, url=source.url or self.url
            ),
            guessed=tuple(field for field in document.guessed if field != "publisher"),
        )


class FolderSources:
    """The sources of the folders below `root`, each read once.

    Raises `ExtractError` when one cannot be read: without it nobody knows whose words those are.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[PurePosixPath, FolderSource | None] = {}

    def of(self, name: str) -> FolderSource | None:
        """The source of the file `name`: that of the nearest folder around it that has one."""
        folders = PurePosixPath(name).parents
        return next(filter(None, map(self._in, folders)), None)

    def _in(self, folder: PurePosixPath) -> FolderSource | None:
        if folder not in self._known:
            path = self._root / folder / SOURCE_FILE
            self._known[folder] = _read(path) if path.is_file() else None
        return self._known[folder]


def _read(path: Path) -> FolderSource:
    if path.is_symlink():
        raise ExtractError(f"{path} is a link; put the file itself there. Nothing was changed.")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExtractError(f"{path} cannot be read ({error}); save it as UTF-8") from error
    read = read_yaml(text, file=str(path))
    if read.problems:
        raise ExtractError(f"{read.problems[0]}. Nothing was changed.")
    try:
        return FolderSource.model_validate(read.data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "it"
        raise ExtractError(
            f"{path}: {field}: {first['msg']}; give publisher, tier (official, press, copy or "
            "other) and url. Nothing was changed."
        ) from error
