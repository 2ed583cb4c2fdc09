"""History: the generations that are kept, and the rule by which old ones go.

Kept are the one that serves, those built last, and those that served in the last days. Going back
to an earlier one (`use`) changes nothing of when the others were built, and the one that it takes
the place of served until that moment: so neither goes because of it.

A server that still serves a generation that was removed goes on: its files stay on the disk,
without a name, until it closes them.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from index.files import folder_size
from index.generation import current, generations, locked, published, served, storage
from index.manifest import check_files, read_manifest
from ingest.errors import IndexDamagedError, IndexMissingError, IndexOutdatedError

KEEP, DAYS = 3, 7.0


@dataclass(frozen=True, slots=True)
class Past:
    """One generation: when it was last built, and what it takes on the disk.

    `documents` and `passages` are None, and `problem` says why, when it could not serve.
    """

    name: str
    published: datetime
    is_current: bool
    bytes: int
    documents: int | None = None
    passages: int | None = None
    state: Literal["whole", "damaged", "outdated"] = "whole"
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Which generations stay: the `keep` built last, those that served in the last `days`, and the
    current one.
    """

    keep: int = KEEP
    days: float = DAYS


@dataclass(frozen=True, slots=True)
class Pruned:
    """The generations that went, and the space they gave back, in bytes."""

    generations: tuple[str, ...] = ()
    bytes: int = 0


def history(root: Path) -> tuple[Past, ...]:
    """All generations, the one published last at the end; every file is hashed."""
    serving = _serving(root)
    return tuple(_past(root / name, is_current=name == serving) for name in generations(root))


def prune(root: Path, rule: Rule, now: datetime, *, is_dry: bool = False) -> Pruned:
    """Remove the generations that the rule lets go; `is_dry` only tells which.

    Raises StorageError when the disk refuses or another process builds.
    """
    with locked(root), storage(root):
        names = tuple(_prunable(root, rule, now))
        pruned = Pruned(names, sum(folder_size(root / name) for name in names))
        for name in () if is_dry else names:
            shutil.rmtree(root / name)
    return pruned


def _prunable(root: Path, rule: Rule, now: datetime) -> Iterable[str]:
    names, serving = generations(root), _serving(root)
    newest = names[len(names) - rule.keep :] if rule.keep < len(names) else names
    for name in names:
        age = now - datetime.fromtimestamp(served(root / name), UTC)
        if name != serving and name not in newest and age > timedelta(days=rule.days):
            yield name


def _past(folder: Path, *, is_current: bool) -> Past:
    past = Past(folder.name, _published(folder), is_current, folder_size(folder))
    try:
        manifest = read_manifest(folder)
        check_files(folder, manifest)
    except IndexOutdatedError as error:
        return replace(past, state="outdated", problem=str(error))
    except (IndexMissingError, IndexDamagedError) as error:
        return replace(past, state="damaged", problem=str(error))
    return replace(past, documents=manifest.documents, passages=manifest.passages)


def _serving(root: Path) -> str | None:
    try:
        return current(root)
    except (IndexMissingError, IndexDamagedError):
        return None


def _published(folder: Path) -> datetime:
    return datetime.fromtimestamp(published(folder), UTC)
