"""Generations: immutable builds of the index, published by one atomic rename.

    <index>/<generation>/   manifest.json, faiss.index, lexical/, layout.npy, passages.sqlite,
                            vocabulary.sqlite, and vectors.npy where faiss.index rounds them
    <index>/CURRENT         name of the generation that serves

A crash at any point leaves `CURRENT` on the last whole generation.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import partial
from pathlib import Path
from typing import TextIO, TypeVar

import numpy as np

from index.arrays import mapped
from index.embedding import EmbedderIdentity
from index.files import FileSeal, seal, sync
from index.layout import Layout
from index.lexical import LexicalIndex
from index.manifest import (
    MANIFEST,
    Manifest,
    check_embedder,
    check_files,
    read_manifest,
    rebuild,
)
from index.nearest import Nearest
from index.store import Store
from index.unitvectors import UnitVectors
from index.vocabulary import Vocabulary
from ingest.errors import IndexDamagedError, IndexMissingError, StorageError

CURRENT = "CURRENT"
LAYOUT = "layout.npy"
LEXICAL = "lexical"
NEAREST = "faiss.index"
STORE = "passages.sqlite"
VECTORS = "vectors.npy"
VOCABULARY = "vocabulary.sqlite"
_BUILDING = ".building"
_NAME = re.compile(r"[0-9a-f]{16}\n?")

_UNIT_TOLERANCE = 1e-3
_UNITS_CHECKED = 128
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Generation:
    """An opened generation, checked against its manifest; vectors and layout are memory-mapped."""

    name: str
    manifest: Manifest
    store: Store
    nearest: Nearest
    vectors: UnitVectors
    lexical: LexicalIndex
    layout: Layout
    vocabulary: Vocabulary

    def close(self) -> None:
        """Release the files."""
        self.store.close()
        self.vocabulary.close()


def publish(root: Path, write: Callable[[Path], Manifest]) -> Manifest:
    """Make what `write` puts into an empty folder the current generation under `root`.

    `write` returns the manifest of that folder. The caller holds the lock of `root`. Raises
    StorageError when the disk refuses; nothing half-written is left then.
    """
    building = root / _BUILDING
    try:
        with storage(root):
            building.mkdir()
        manifest = write(building)
        with storage(root):
            (building / MANIFEST).write_text(manifest.text, encoding="utf-8")
            for path in [*building.rglob("*"), building]:
                sync(path)
            _settle(building, root / manifest.generation)
            os.utime(root / manifest.generation / MANIFEST)
            _point(root, manifest.generation)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return manifest


def sealed(folder: Path) -> dict[str, FileSeal]:
    """Size and hash of every file in a folder, as a manifest names them."""
    return {
        path.relative_to(folder).as_posix(): seal(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def open_current(root: Path, embedder: EmbedderIdentity) -> Generation:
    """Open the generation that `CURRENT` names, after checking every file and the model.

    Raises IndexMissingError, IndexDamagedError or IndexMismatchError, naming the remedy.
    """
    folder = root / current(root)
    manifest = read_manifest(folder)
    check_embedder(folder, manifest, embedder)
    check_files(folder, manifest)
    nearest = _read(folder / NEAREST, manifest, _read_nearest)
    exact = folder / (VECTORS if nearest.vectors is None else NEAREST)
    return Generation(
        name=folder.name,
        manifest=manifest,
        store=_read(folder / STORE, manifest, _read_store),
        nearest=nearest,
        vectors=_read(exact, manifest, partial(_read_vectors, nearest)),
        lexical=_read(folder / LEXICAL, manifest, _read_lexical),
        layout=_read(folder / LAYOUT, manifest, _read_layout),
        vocabulary=_read(folder / VOCABULARY, manifest, _read_vocabulary),
    )


def exact_vectors(folder: Path, nearest: Nearest) -> UnitVectors:
    """The vectors of a generation, mapped: its index has them as they were embedded, or a file has
    them in 16 bits.
    """
    if nearest.vectors is not None:
        return UnitVectors(nearest.vectors)
    return UnitVectors(mapped(folder / VECTORS))


def open_store(root: Path, name: str) -> Store:
    """The documents of one generation, whichever it is, after checking every file of it.

    Needs no embedding model. Raises IndexMissingError or IndexDamagedError, naming the remedy.
    """
    if not _NAME.fullmatch(name):
        raise _unknown(root, name)
    folder = root / name.strip()
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    return _read(folder / STORE, manifest, _read_store)


def current(root: Path) -> str:
    """Name of the generation that serves; IndexMissingError if none was published.

    Raises IndexDamagedError when the file holds anything but the name of a generation.
    """
    path = root / CURRENT
    try:
        name = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError as error:
        raise IndexMissingError(f"There is no index in {root}. {rebuild(root / 'any')}") from error
    if not _NAME.fullmatch(name):
        raise IndexDamagedError(f"{path} does not name a generation. {rebuild(root / 'any')}")
    return name.strip()


def use(root: Path, name: str) -> None:
    """Make an earlier generation current again, after checking that it is whole.

    Raises IndexMissingError or IndexDamagedError, naming the remedy.
    """
    if not _NAME.fullmatch(name):
        raise _unknown(root, name)
    check_files(root / name, read_manifest(root / name))
    with locked(root), storage(root):
        _point(root, name)


def generations(root: Path) -> list[str]:
    """Names of the generations under `root`, whole or not; the one published last comes last."""
    folders = [path for path in root.glob("*") if path.is_dir() and _NAME.fullmatch(path.name)]
    return [folder.name for folder in sorted(folders, key=lambda f: (published(f), f.name))]


def published(folder: Path) -> float:
    """When a generation was last built, in seconds since 1970; `use` does not change it."""
    path = folder / MANIFEST
    return (path if path.exists() else folder).stat().st_mtime


def served(folder: Path) -> float:
    """When a generation that is not current last was, in seconds since 1970.

    The time of its folder tells, set when it is made current and when another one is.
    """
    return folder.stat().st_mtime


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Only one process builds at a time; what a build that was killed left is removed.

    Creates `root`. Raises StorageError when the disk refuses or another process builds.
    """
    with storage(root):
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / "LOCK").open("w")
    with lock:
        _acquire(lock, root)
        with storage(root):
            _remove(root / _BUILDING)
        yield


def _unknown(root: Path, name: str) -> IndexMissingError:
    return IndexMissingError(
        f"{name!r} is not the name of a generation; `sanad index list` shows those in {root}."
    )


def _acquire(lock: TextIO, root: Path) -> None:
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError as error:
        raise StorageError(
            f"Another process is building in {root}; try again when it has finished."
        ) from error


@contextmanager
def storage(root: Path) -> Iterator[None]:
    """What the disk refuses inside becomes a StorageError that names the remedy."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise StorageError(
            f"Could not write the index in {root}: {error}. The last generation still serves. "
            "Free some space or choose another folder with --index."
        ) from error


def _settle(building: Path, folder: Path) -> None:
    """Give a build its name; an earlier build of the same content is kept only if it is whole."""
    if not _is_whole(folder):
        _remove(folder)
        building.rename(folder)


def _is_whole(folder: Path) -> bool:
    try:
        check_files(folder, read_manifest(folder))
    except (IndexMissingError, IndexDamagedError):
        return False
    return True


def _point(root: Path, name: str) -> None:
    for touched in {name, _current_or(root, name)}:
        if (root / touched).is_dir():
            os.utime(root / touched)
    fresh = root / f"{CURRENT}.new"
    try:
        fresh.write_text(name + "\n", encoding="utf-8")
        sync(fresh)
        fresh.rename(root / CURRENT)
    finally:
        fresh.unlink(missing_ok=True)
    sync(root)


def _current_or(root: Path, otherwise: str) -> str:
    """The generation that serves, `otherwise` if there is none."""
    try:
        return current(root)
    except (IndexMissingError, IndexDamagedError):
        return otherwise


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _read(path: Path, manifest: Manifest, read: Callable[[Path, Manifest], _T]) -> _T:
    """Open one part of a generation; what has the right hash and still cannot be read is named."""
    try:
        return read(path, manifest)
    except (OSError, EOFError, KeyError, RuntimeError, ValueError, sqlite3.Error) as error:
        raise IndexDamagedError(
            f"{path} cannot be read: {error}. {rebuild(path.parent)}"
        ) from error


def _read_store(path: Path, manifest: Manifest) -> Store:
    store = Store(path)
    counts = (manifest.documents, manifest.passages, manifest.sentences, manifest.questions)
    if store.counts() != counts:
        raise ValueError(f"it holds {store.counts()} documents, passages, sentences and questions")
    return store


def _read_nearest(path: Path, manifest: Manifest) -> Nearest:
    nearest = Nearest.open(path)
    rows, dimension = nearest.shape
    if (rows, dimension) != (manifest.rows, manifest.embedder.dimension):
        raise ValueError(f"it holds {rows} vectors of {dimension} dimensions")
    return nearest


def _read_vectors(nearest: Nearest, path: Path, manifest: Manifest) -> UnitVectors:
    shape = (manifest.rows, manifest.embedder.dimension)
    vectors = exact_vectors(path.parent, nearest)
    if vectors.shape != shape:
        raise ValueError(f"it is of shape {vectors.shape}, not {shape}")
    some = vectors[:: max(1, len(vectors) // _UNITS_CHECKED)]
    squares = np.einsum("ij,ij->i", some, some)
    if not np.all(np.abs(np.sqrt(squares) - 1) < _UNIT_TOLERANCE):
        raise ValueError("its vectors are not of length 1")
    return vectors


def _read_lexical(path: Path, manifest: Manifest) -> LexicalIndex:
    lexical = LexicalIndex.load(path)
    if lexical.rows != manifest.sentences:
        raise ValueError(f"it holds {lexical.rows} rows")
    return lexical


def _read_layout(path: Path, manifest: Manifest) -> Layout:
    layout = Layout.load(path)
    if (len(layout.passages), len(layout.row_group)) != (manifest.sentences, manifest.rows):
        raise ValueError(f"it places {len(layout.row_group)} rows")
    return layout


def _read_vocabulary(path: Path, manifest: Manifest) -> Vocabulary:  # noqa: ARG001
    return Vocabulary.open(path)
