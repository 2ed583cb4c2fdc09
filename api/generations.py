"""Serving: the assistant that answers now, exchanged for one over a newer generation as it runs."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread

from api import watch
from assistant.answercache import AnswerCache
from assistant.assistant import Assistant, Models
from assistant.settings import Settings
from index.generation import CURRENT, current
from ingest.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, SanadError

_LOG = logging.getLogger("sanad")
_LAST_LOOK = 2.0
"""Seconds that the end waits for a generation which is just being opened."""


class Edition:
    """An assistant over one generation with the answers that it has given.

    Released when it is no longer the current one and its last lease has ended.
    """

    def __init__(self, sanad: Assistant, answers: AnswerCache, release: Callable[[], None]) -> None:
        self.sanad = sanad
        self.answers = answers
        self.release = release
        self.leases = 0
        self.retired = False


class Serving:
    """Hands out the current assistant; may be shared between threads.

    Whoever answers, or reads documents, does so inside a lease, and so from one generation only,
    whatever is published meanwhile. `swap` never waits for leases, nor a lease for `swap`.
    `release` is called once nobody needs an assistant any more; without one that is the caller's.
    `refused` is why a newer generation was not taken, None when there is none. `swapped` is told,
    in a moment, that another one answers.
    """

    def __init__(
        self, sanad: Assistant, *, remembered: int, release: Callable[[], None] | None = None
    ) -> None:
        self.refused: SanadError | None = None
        self.swapped: Callable[[], object] | None = None
        self._remembered = remembered
        self._lock = Lock()
        self._edition = self._edit(sanad, release)

    @property
    def current(self) -> Assistant:
        """The assistant that answers now, for what needs no lease: its name and counts."""
        return self._edition.sanad

    @contextmanager
    def lease(self) -> Iterator[Assistant]:
        """The current assistant, kept open until the end of the block."""
        with self.edition() as edition:
            yield edition.sanad

    @contextmanager
    def edition(self) -> Iterator[Edition]:
        """The same with the answers that it has given."""
        with self._lock:
            edition = self._edition
            edition.leases += 1
        try:
            yield edition
        finally:
            with self._lock:
                edition.leases -= 1
            self._let_go(edition)

    def swap(self, sanad: Assistant, release: Callable[[], None] | None = None) -> None:
        """Answer with another assistant from now on; once closed, only release it."""
        edition = self._edit(sanad, release)
        with self._lock:
            former, self._edition = self._edition, edition
            edition.retired, former.retired = former.retired, True
        self._let_go(former)
        self._let_go(edition)
        if self.swapped:
            self.swapped()

    def close(self) -> None:
        """Release the current assistant when its last lease ends; nothing may be leased after."""
        with self._lock:
            edition = self._edition
            edition.retired = True
        self._let_go(edition)

    def _edit(self, sanad: Assistant, release: Callable[[], None] | None) -> Edition:
        sanad.listener = watch.worked
        return Edition(sanad, AnswerCache(sanad, self._remembered), release or _keep)

    def _let_go(self, edition: Edition) -> None:
        with self._lock:
            if not edition.retired or edition.leases:
                return
            release, edition.release = edition.release, _keep
        release()


class Following:
    """Has the assistant exchanged when another generation is published under `root`.

    What cannot be opened is not taken: the former goes on, the log and `Serving.refused` say why,
    and it is tried again when it is published again. Reading one small file is all that a look
    costs while nothing changes.
    """

    def __init__(self, models: Models, root: Path, *, remembered: int) -> None:
        self._models = models
        self._root = root
        self._seen = self._stamp()
        first = models.assistant(root)
        self.serving = Serving(first, remembered=remembered, release=first.generation.close)
        self._over = Event()

    def look(self) -> None:
        """Take the current generation unless it is the one that answers."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        try:
            self._take()
        except (IndexMissingError, IndexDamagedError, IndexMismatchError) as error:
            self._seen = stamp
            self._refuse(error)
        except OSError as error:
            self._refuse(IndexDamagedError(f"{self._root} cannot be read: {error}."))
        else:
            self._seen = stamp
            self.serving.refused = None

    def run(self, seconds: float) -> None:
        """Look every so many seconds until it is closed."""
        while not self._over.wait(seconds):
            self.look()

    def close(self) -> None:
        """Look no more, and release what answers."""
        self._over.set()
        self.serving.close()

    def _take(self) -> None:
        name = self.serving.current.generation.name
        if current(self._root) == name:
            return
        sanad = self._models.assistant(self._root)
        self.serving.swap(sanad, sanad.generation.close)
        _LOG.info("generation %s answers instead of %s", sanad.generation.name, name)

    def _refuse(self, error: SanadError) -> None:
        if str(error) != str(self.serving.refused):
            name = self.serving.current.generation.name
            _LOG.error("the new generation is not taken, %s answers on: %s", name, error)
        self.serving.refused = error

    def _stamp(self) -> tuple[int, int] | None:
        """What changes when a generation is published, be it the same one again."""
        try:
            found = (self._root / CURRENT).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino


@contextmanager
def follow(models: Models, settings: Settings) -> Iterator[Serving]:
    """Serve the current generation of the index, and those that follow it.

    Raises IndexMissingError, IndexDamagedError or IndexMismatchError when there is none to begin.
    """
    following = Following(models, settings.index, remembered=settings.answer_cache)
    looking = Thread(
        target=following.run, args=(settings.index_poll,), name="generations", daemon=True
    )
    if settings.index_poll:
        looking.start()
    try:
        yield following.serving
    finally:
        following.close()
        if settings.index_poll:
            looking.join(_LAST_LOOK)


def _keep() -> None:
    """The assistant is somebody else's to close."""
