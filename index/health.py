"""Health: what a generation and its cache hold that somebody should know of."""

from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from index.build import CACHE
from index.cache import EmbeddingCache, Identified, Unused
from index.generation import current, generations, locked, open_store
from index.manifest import check_files, read_manifest
from ingest.document import Document
from ingest.errors import IndexDamagedError


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents of the serving generation that want a look: by id, in order.

    `undated` ones say neither when they were written nor as of when they hold; `same_as` ones hold
    nearly the text of another, which is cited instead.
    """

    count: int
    undated: tuple[str, ...]
    same_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """The cache of vectors beside the generations.

    `missing` texts of the serving generation would have to be embedded again to build it anew,
    `unused` vectors belong to no generation that could serve.
    """

    missing: int
    unused: Unused


def documents(root: Path) -> Documents:
    """Look through the documents of the generation that serves. Raises as `open_store` does."""
    with closing(open_store(root, current(root))) as store:
        count = store.counts()[0]
        undated: list[str] = []
        same_as: list[str] = []
        for document in store.stream():
            if not _is_dated(document):
                undated.append(document.id)
            if document.same_as:
                same_as.append(document.id)
    return Documents(count, tuple(undated), tuple(same_as))


def vectors(root: Path, *, shrink: bool = False) -> Vectors:
    """Compare the cache with the generations; `shrink` makes it forget what none of them uses.

    Raises IndexMissingError or IndexDamagedError when none serves, StorageError when the cache
    cannot be used.
    """
    serving = current(root)
    lock = locked(root) if shrink else nullcontext()
    with lock, closing(EmbeddingCache(root / CACHE)) as cache:
        missing = cache.missing(_texts(root, serving))
        used = chain.from_iterable(_texts(root, name) for name in _whole(root))
        return Vectors(missing, cache.shrink(used) if shrink else cache.unused(used))


def _texts(root: Path, name: str) -> Iterator[Identified]:
    identity = read_manifest(root / name).embedder
    with closing(open_store(root, name)) as store:
        for text in store.embedded_texts():
            yield identity, text


def _whole(root: Path) -> Iterator[str]:
    for name in generations(root):
        try:
            check_files(root / name, read_manifest(root / name))
        except IndexDamagedError:
            continue
        yield name


def _is_dated(document: Document) -> bool:
    said = (document.as_of, document.valid_from, document.source and document.source.date)
    return any(said) or bool(document.law and document.law.date)
