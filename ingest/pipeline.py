"""Ingestion, end to end: load, extract, clean, segment, passages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from ingest.clean import RemovedLine
from ingest.corpus import Body, is_corpus, load_corpus
from ingest.document import Document, Passage
from ingest.errors import ExtractError
from ingest.glossary import Term
from ingest.load import Failure, LoadSettings, load
from ingest.passages import PassageSettings, split
from ingest.read import read_file
from ingest.regions import Region


class IngestSettings(BaseModel):
    """All that decides what ingestion makes of a folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    load: LoadSettings = LoadSettings()
    passages: PassageSettings = PassageSettings()


class Progress(Protocol):
    """Whoever wants to know how far the work is."""

    def __call__(self, done: int, total: int, name: str) -> None:
        """Told after each document: how many are done, of how many, and which one."""


@dataclass(frozen=True, slots=True)
class CleanedLine:
    """A line that cleaning took out of a file."""

    file: str
    removed: RemovedLine


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of every file: nothing is dropped without standing here."""

    files: int
    documents: int
    passages: int
    cleaned: tuple[CleanedLine, ...] = ()
    unattributed: tuple[CleanedLine, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestResult:
    """Documents sorted by id, their passages in the same order, and the report.

    `bodies`, `glossary` and `regions` are those of a corpus, empty for a plain folder.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    report: IngestReport
    bodies: tuple[Body, ...] = ()
    glossary: tuple[Term, ...] = ()
    regions: tuple[Region, ...] = ()


def silent(done: int, total: int, name: str) -> None:
    """Progress that nobody watches."""


def ingest_folder(
    path: Path,
    settings: IngestSettings | None = None,
    progress: Progress = silent,
) -> IngestResult:
    """Documents and passages of a folder: sheets if it is a corpus, its text files otherwise.

    The same input gives the same output, in the same order. Raises `PathMissingError` when there
    is no such path and `CorpusError` when a corpus breaks its schema; a single unreadable file of
    a plain folder is reported and the others go on.
    """
    chosen = settings or IngestSettings()
    if is_corpus(path):
        corpus = load_corpus(path)
        result = _result(corpus.documents, chosen, progress, files=len(corpus.documents))
        return replace(
            result, bodies=corpus.bodies, glossary=corpus.glossary, regions=corpus.regions
        )
    return _ingest_files(path, chosen, progress)


def _ingest_files(path: Path, settings: IngestSettings, progress: Progress) -> IngestResult:
    documents: list[Document] = []
    failures: list[Failure] = []
    cleaned_lines: list[CleanedLine] = []
    files = 0
    for item in load(path, settings.load):
        files += 1
        if isinstance(item, Failure):
            failures.append(item)
            continue
        try:
            read = read_file(item)
        except ExtractError as error:
            failures.append(Failure(item.id, str(error)))
            continue
        for one in read:
            documents.append(one.document)
            cleaned_lines += [CleanedLine(item.id, line) for line in one.removed]
    return _result(
        documents, settings, progress, files=files, failures=failures, cleaned=cleaned_lines
    )


def _result(
    documents: Iterable[Document],
    settings: IngestSettings,
    progress: Progress,
    *,
    files: int,
    failures: Iterable[Failure] = (),
    cleaned: Iterable[CleanedLine] = (),
) -> IngestResult:
    ordered = sorted(documents, key=lambda document: document.id)
    passages: list[Passage] = []
    for done, document in enumerate(ordered, 1):
        passages += split(document, settings.passages)
        progress(done, len(ordered), document.id)
    lines = tuple(cleaned)
    report = IngestReport(
        files=files,
        documents=len(ordered),
        passages=len(passages),
        cleaned=lines,
        unattributed=tuple(line for line in lines if line.removed.reason == "unattributed-contact"),
        failures=tuple(sorted(failures)),
    )
    return IngestResult(tuple(ordered), tuple(passages), report)
