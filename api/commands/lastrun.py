"""The last run: what the last ingestion into an index did, kept as JSON beside the generations.

Not inside one: a generation is named after its content, and equal content has to have equal bytes
however it came to be.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from index.build import BuildReport
from index.files import sync
from index.history import Pruned
from ingest.collection import IngestReport
from ingest.errors import StorageError
from ingest.feeds.feedfolder import FeedsReport

LAST_RUN = "last-ingest.json"


@dataclass(frozen=True, slots=True)
class LastRun:
    """What one run did; `build` is None when there was nothing to publish. Times in seconds.

    `feeds` is None when nothing was to be fetched.
    """

    finished: str
    folders: tuple[str, ...]
    build: BuildReport | None
    report: IngestReport
    pruned: Pruned
    seconds: dict[str, float]
    feeds: FeedsReport | None = None


_LAST_RUN = TypeAdapter(LastRun)


def write_last_run(root: Path, run: LastRun) -> None:
    """Keep the report, whole or not at all. Raises StorageError when the disk refuses."""
    fresh = root / f"{LAST_RUN}.new"
    try:
        fresh.write_bytes(_LAST_RUN.dump_json(run, indent=2))
        sync(fresh)
        fresh.rename(root / LAST_RUN)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageError(f"The report could not be written to {root}: {error}.") from error


def read_last_run(root: Path) -> LastRun | None:
    """The report of the last run; None where there was none, or it was another version's."""
    try:
        return _LAST_RUN.validate_json((root / LAST_RUN).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
