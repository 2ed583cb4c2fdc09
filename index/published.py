"""Published: the documents of the generation that serves, looked up only when they are needed."""

from pathlib import Path
from types import TracebackType

from index.generation import current, open_store
from index.store import Store
from ingest.document import Document
from ingest.errors import IndexDamagedError, IndexMissingError


class Published:
    """Opens the generation at the first question; where none serves, nothing was published."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._store: Store | None = None
        self._is_open = False

    def __enter__(self) -> "Published":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._store:
            self._store.close()

    def documents_of(self, file: str) -> list[Document]:
        """The documents that were read from a file, or from the files of a folder."""
        if not self._is_open:
            self._store, self._is_open = self._opened(), True
        return self._store.documents_of(file) if self._store else []

    def _opened(self) -> Store | None:
        try:
            return open_store(self._root, current(self._root))
        except (IndexMissingError, IndexDamagedError):
            return None
