"""Ingestion, end to end: folders become a collection that is read one document at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from ingest.collection import CleanedLine, Count, IngestReport, IngestResult
from ingest.corpus import Corpus, is_corpus, load_corpus
from ingest.document import Document
from ingest.errors import ExtractError, InputError, QuarantinedError
from ingest.formats.limits import Limits
from ingest.gathered import Gathered, Links, clashes
from ingest.load import Failure, Folder, LoadSettings, RawFile, count_files, load
from ingest.passages import PassageSettings
from ingest.read import Read, read_file
from ingest.sandbox import Sandbox, SandboxLimits
from ingest.shelf import Notes, Shelf, reading_code
from ingest.stopwatch import Stopwatch

Previous = Callable[[str], Iterable[Document]]


class IngestSettings(BaseModel):
    """All that decides what ingestion makes of a folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    load: LoadSettings = LoadSettings()
    limits: Limits = Limits()
    sandbox: SandboxLimits = SandboxLimits()
    passages: PassageSettings = PassageSettings()


class Progress(Protocol):
    """Whoever wants to know how far the work is."""

    def __call__(self, done: int, total: int, name: str) -> None:
        """Told after each file: how many are done, of how many, and which one."""


def silent(done: int, total: int, name: str) -> None:
    """Progress that nobody watches."""


def nothing(_name: str) -> tuple[Document, ...]:
    """What was published of a file where nothing ever was."""
    return ()


def ingest_folder(
    path: Path,
    settings: IngestSettings | None = None,
    progress: Progress = silent,
) -> IngestResult:
    """Documents and passages of a folder, in memory: for collections that fit.

    The same input gives the same output, in the same order. Raises as `gather` does.
    """
    with gather([path], settings, progress=progress) as gathered:
        entries = tuple(gathered.entries())
        corpus = gathered.corpus
        return IngestResult(
            documents=tuple(document for document, _ in entries),
            passages=tuple(passage for _, passages in entries for passage in passages),
            report=gathered.report,
            bodies=corpus.bodies if corpus else (),
            glossary=corpus.glossary if corpus else (),
            regions=corpus.regions if corpus else (),
        )


@contextmanager
def gather(
    paths: Sequence[Path],
    settings: IngestSettings | None = None,
    *,
    shelf: Path | None = None,
    previous: Previous = nothing,
    progress: Progress = silent,
    watch: Stopwatch | None = None,
) -> Iterator[Gathered]:
    """The collection in some folders: the first may be a corpus, the others hold files.

    `shelf` is the file that remembers what was read; files that it knows are not read again.
    `previous` gives the published documents of a file: they stay when it cannot be read any more.
    A single file that cannot be read is reported and the others go on. Raises `PathMissingError`
    when a path does not exist, `ExtractError` when one cannot be read at all, `CorpusError` when
    the corpus breaks its schema, `InputError` when two folders bear one name.
    """
    chosen, watch = settings or IngestSettings(), watch or Stopwatch()
    first, *rest = paths
    corpus = load_corpus(first) if is_corpus(first) else None
    folders = [*([] if corpus else [Folder(first)]), *_named(rest)]
    total = sum(count_files(folder) for folder in folders)
    opened = Shelf(shelf)
    try:
        with Sandbox(chosen.sandbox, bounds=chosen.limits) as sandbox:
            reading = _Reading(opened, sandbox, chosen, previous, watch)
            reading.read(folders, total, progress)
        with watch.stage("link"):
            links = Links.of(corpus, opened)
        yield Gathered(corpus, opened, chosen.passages, links, reading.report(corpus, links))
    finally:
        opened.close()


def _named(paths: Sequence[Path]) -> Iterator[Folder]:
    seen: dict[str, Path] = {}
    for path in paths:
        if is_corpus(path):
            raise InputError(f"{path} is a corpus; name it as the folder to ingest, without --with")
        name = path.resolve().name
        if seen.setdefault(name, path) is not path:
            raise InputError(
                f"{path} and {seen[name]} bear the same name, which stands before the ids of their "
                "files; rename one of them"
            )
        yield Folder(path, name)


class _Reading:
    """One pass over the files: what is new goes on the shelf."""

    def __init__(
        self,
        shelf: Shelf,
        sandbox: Sandbox,
        settings: IngestSettings,
        previous: Previous,
        watch: Stopwatch,
    ) -> None:
        self._shelf = shelf
        self._sandbox = sandbox
        self._settings = settings
        self._previous = previous
        self._watch = watch
        self._states = {"new": 0, "changed": 0, "unchanged": 0}
        self._kept_old: list[str] = []
        self._failures: list[Failure] = []
        self._files = 0

    def read(self, folders: Sequence[Folder], total: int, progress: Progress) -> None:
        for folder in folders:
            for item in self._watch.drawn("load", load(folder, self._settings.load)):
                name = item.file if isinstance(item, Failure) else item.id
                failure = item if isinstance(item, Failure) else self._shelve(item)
                if failure:
                    self._fail(failure)
                else:
                    self._states[self._shelf.state(name)] += 1
                self._files += 1
                progress(self._files, total, name)

    def _shelve(self, raw: RawFile) -> Failure | None:
        if self._shelf.has(raw, reading_code()):
            return None
        try:
            with self._watch.stage("read"):
                read = read_file(raw, self._sandbox.extract)
        except ExtractError as error:
            return Failure(raw.id, str(error), isinstance(error, QuarantinedError))
        with self._watch.stage("keep"):
            documents = (one.document for one in read if isinstance(one, Read))
            self._shelf.put(raw, reading_code(), documents, _notes(read))
        return None

    def _fail(self, failure: Failure) -> None:
        self._failures.append(failure)
        kept = self._shelf.keep(failure.file)
        if not kept:
            kept = tuple(self._restored(failure.file))
        self._kept_old += kept

    def _restored(self, name: str) -> Iterator[str]:
        published = sorted(self._previous(name), key=attrgetter("file"))
        for file, held in groupby(published, key=attrgetter("file")):
            self._shelf.restore(file, held)
            yield file

    def report(self, corpus: Corpus | None, links: Links) -> IngestReport:
        notes = list(self._shelf.notes())
        double = list(clashes(corpus, self._shelf))
        broken = {failure.file for failure in self._failures}
        parts = [failure for name, one in notes if name not in broken for failure in one.failures]
        failures = tuple(sorted([*self._failures, *parts, *double], key=attrgetter("file")))
        sheets = len(corpus.documents) if corpus else 0
        return IngestReport(
            files=self._files + sheets,
            documents=sheets + sum(1 for _ in self._shelf.ids()) - len(double),
            vanished=self._shelf.vanished(),
            kept_old=tuple(sorted(self._kept_old)),
            failures=failures,
            failed=Count.of(failures, is_quarantined=False),
            quarantined=Count.of(failures, is_quarantined=True),
            cleaned=sum(one.cleaned for _, one in notes),
            unattributed=tuple(
                CleanedLine(name, line) for name, one in notes for line in one.unattributed
            ),
            hidden=tuple(left for _, one in notes for left in one.hidden),
            repaired=sum(one.repaired for _, one in notes),
            same_as=len(links.twins),
            **self._states,
        )


def _notes(read: Sequence[Read | Failure]) -> Notes:
    removed = [line for one in read if isinstance(one, Read) for line in one.removed]
    return Notes(
        cleaned=len(removed),
        unattributed=tuple(line for line in removed if line.reason == "unattributed-contact"),
        repaired=sum(1 for one in read if isinstance(one, Read) and one.repairs),
        failures=tuple(one for one in read if isinstance(one, Failure)),
        hidden=tuple(left for one in read if isinstance(one, Read) for left in one.hidden),
    )
