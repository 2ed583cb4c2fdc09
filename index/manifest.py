"""What a generation is made of: every file with its hash, the model, the settings, the counts."""

import hashlib
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from index.embedding import EmbedderIdentity
from index.files import FileSeal
from ingest.errors import (
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexOutdatedError,
)
from ingest.schema import reason

FORMAT: Final = 8
MANIFEST = "manifest.json"
_SIZE_LIMIT = 1_000_000


class Manifest(BaseModel):
    """The one file that is read before any other; a generation is named after its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[8] = FORMAT
    embedder: EmbedderIdentity
    chunker: dict[str, str | int]
    corpus: str
    documents: int
    passages: int
    sentences: int
    questions: int
    files: dict[str, FileSeal]

    @property
    def rows(self) -> int:
        """How many vectors there are: of sentences, then of questions."""
        return self.sentences + self.questions

    @property
    def text(self) -> str:
        """The file, the only spelling of it that is accepted: nothing foreign can hide in it."""
        return self.model_dump_json(indent=2)

    @property
    def generation(self) -> str:
        """Name of the generation: equal content gives an equal name on every machine."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def read_manifest(folder: Path) -> Manifest:
    """Read and validate the manifest of a generation folder.

    Raises IndexMissingError if there is no such folder, IndexDamagedError if the manifest is gone,
    breaks the schema or does not belong to the folder's name.
    """
    if not folder.is_dir():
        raise IndexMissingError(f"There is no generation {folder}. {rebuild(folder)}")
    path = folder / MANIFEST
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise IndexDamagedError(f"{path} is larger than a manifest can be. {rebuild(folder)}")
        data = path.read_bytes()
        manifest = Manifest.model_validate_json(data)
    except FileNotFoundError as error:
        raise IndexDamagedError(f"{path} is missing. {rebuild(folder)}") from error
    except ValidationError as error:
        if _format(data) not in {FORMAT, None}:
            raise IndexOutdatedError(
                f"{path} is of format {_format(data)}; this version of Sanad reads format "
                f"{FORMAT}. {rebuild(folder)} What was embedded before is not embedded again."
            ) from error
        raise IndexDamagedError(
            f"{path} is not a manifest of format {FORMAT}: {reason(error, 'the file')}. "
            f"{rebuild(folder)}"
        ) from error
    if manifest.generation != folder.name or manifest.text.encode() != data:
        raise IndexDamagedError(
            f"{path} was changed: it is not the manifest of generation {folder.name}. "
            f"{rebuild(folder)}"
        )
    return manifest


def _format(data: bytes) -> int | None:
    """The format that a manifest of any version names."""
    try:
        return _AnyFormat.model_validate_json(data).format
    except ValidationError:
        return None


class _AnyFormat(BaseModel):
    format: int


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its hash; the first that differs is named in IndexDamagedError."""
    for name, entry in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise IndexDamagedError(f"{path} is missing. {rebuild(folder)}")
        if not entry.matches(path):
            raise IndexDamagedError(
                f"{path} differs from the hash in its manifest. {rebuild(folder)}"
            )


def check_embedder(folder: Path, manifest: Manifest, identity: EmbedderIdentity) -> None:
    """Refuse an index whose vectors another model made: its distances would mean nothing."""
    if manifest.embedder != identity:
        raise IndexMismatchError(
            f"The index in {folder} was built with {_describe(manifest.embedder)}, but the "
            f"configured model is {_describe(identity)}. Run `sanad ingest` to build it anew, or "
            "set SANAD_EMBEDDING_MODEL back."
        )


def rebuild(folder: Path) -> str:
    """The remedy that every message about a bad index ends with."""
    return f"Run `sanad ingest --index {folder.parent}` to build it anew."


def _describe(identity: EmbedderIdentity) -> str:
    return (
        f"{identity.name} ({identity.dimension} dimensions, weights {identity.fingerprint[:12]}, "
        f"prefixes {identity.query_prefix!r} and {identity.passage_prefix!r})"
    )
