"""The corpus: sheets, the sources they cite and the directory of bodies, read from one folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from ingest.asked import SUFFIX, family_of, misplaced, read_asked, with_questions
from ingest.body import Body, Contact, ContactKind
from ingest.document import DatedBy, Document, Source, Tier
from ingest.errors import CorpusError, PathMissingError
from ingest.feeds.feed import FEEDS_FILE, read_feeds
from ingest.glossary import GLOSSARY_FILE, Term, read_terms
from ingest.problem import Problem, listing
from ingest.regions import REGIONS_FILE, Region, read_regions
from ingest.schema import Matter, Slug, Text, Translated, validated
from ingest.sheet import Sheet, gathers, parse_sheet, statements_by_address
from ingest.yamltext import YamlText, read_yaml

SOURCES_FILE = "sources.yaml"
DIRECTORY_FILE = "directory.yaml"
SHEETS_FOLDER = "sheets"


@dataclass(frozen=True, slots=True)
class UnattributedContact:
    """A contact point a source prints without saying whose it is: never given out."""

    value: str
    kind: ContactKind
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything the assistant may speak from; `documents` are the sheets, sorted by id.

    `glossary` and `regions` are empty where the corpus has no such file.
    """

    documents: tuple[Document, ...]
    sources: Mapping[str, Source]
    bodies: tuple[Body, ...]
    unattributed: tuple[UnattributedContact, ...]
    glossary: tuple[Term, ...] = ()
    regions: tuple[Region, ...] = ()

    def body(self, body_id: str) -> Body | None:
        """The body of this id, or None."""
        return next((body for body in self.bodies if body.id == body_id), None)


@dataclass(frozen=True, slots=True)
class CorpusReading:
    """A corpus as far as it can be read, with the sheets behind it and all that is wrong.

    `source_lines` gives the file line of each source by its key; `body_lines`, `term_lines` and
    `region_lines` those of bodies, terms and regions, in their order.
    """

    corpus: Corpus
    sheets: tuple[Sheet, ...]
    source_lines: Mapping[str, int]
    body_lines: tuple[int, ...]
    term_lines: tuple[int, ...]
    region_lines: tuple[int, ...]
    problems: tuple[Problem, ...]


def is_corpus(folder: Path) -> bool:
    """Whether a folder holds sheets and their sources."""
    return (folder / SHEETS_FOLDER).is_dir() and (folder / SOURCES_FILE).is_file()


def load_corpus(folder: Path) -> Corpus:
    """The corpus in `folder`; raises `CorpusError`, listing every problem, when it has any."""
    reading = read_corpus(folder)
    if reading.problems:
        message = f"the corpus in {folder} cannot be used; correct:\n{listing(reading.problems)}"
        raise CorpusError(message)
    return reading.corpus


def read_corpus(folder: Path) -> CorpusReading:
    """Read all of a corpus folder, collecting problems instead of stopping.

    Raises `PathMissingError` only when the folder itself does not exist.
    """
    if not folder.is_dir():
        raise PathMissingError(
            f"{folder} is not a folder; set SANAD_CORPUS to the one that holds {SHEETS_FOLDER}/, "
            "which is `corpus` in the checkout"
        )
    problems: list[Problem] = []
    sources_yaml = _yaml(folder, SOURCES_FILE, problems)
    sources = _sources(sources_yaml, problems)
    directory_yaml = _yaml(folder, DIRECTORY_FILE, problems)
    bodies, unattributed = _directory(directory_yaml, sources, problems)
    glossary_yaml = _yaml(folder, GLOSSARY_FILE, problems, optional=True)
    glossary = read_terms(glossary_yaml, problems)
    regions_yaml = _yaml(folder, REGIONS_FILE, problems, optional=True)
    regions = read_regions(regions_yaml, problems)
    read_feeds(_yaml(folder, FEEDS_FILE, problems, optional=True), problems)
    sheets = tuple(_sheets(folder, sources, problems))
    documents = _asked(folder, [sheet.document for sheet in sheets if sheet.document], problems)
    return CorpusReading(
        corpus=Corpus(
            documents=tuple(sorted(documents, key=lambda document: document.id)),
            sources=sources,
            bodies=bodies,
            unattributed=unattributed,
            glossary=glossary,
            regions=regions,
        ),
        sheets=sheets,
        source_lines={key: sources_yaml.line((key,)) for key in sources},
        body_lines=_lines(directory_yaml, "bodies", len(bodies)),
        term_lines=_lines(glossary_yaml, "terms", len(glossary)),
        region_lines=_lines(regions_yaml, "regions", len(regions)),
        problems=tuple(sorted(problems + [p for sheet in sheets for p in sheet.problems])),
    )


# Schema of sources.yaml and directory.yaml


class _SourceMatter(Matter):
    publisher: Text
    title: Text
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(?:-\d\d(?:-\d\d)?)?$")] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    tier: Tier
    dated_by: DatedBy
    note: Text | None = None


class _ContactMatter(Matter):
    kind: ContactKind
    value: Text
    source: Slug


class _BodyMatter(Matter):
    id: Slug
    names: Translated
    aliases: tuple[Text, ...] = ()
    purpose: Translated
    contacts: tuple[_ContactMatter, ...] = ()
    topics: tuple[Slug, ...] = ()


class _UnattributedMatter(_ContactMatter):
    why: Text


class _DirectoryMatter(Matter):
    bodies: tuple[_BodyMatter, ...] = Field(min_length=1)
    unattributed: tuple[_UnattributedMatter, ...] = ()


def _lines(read: YamlText, key: str, count: int) -> tuple[int, ...]:
    return tuple(read.line((key, at)) for at in range(count))


def _yaml(folder: Path, name: str, problems: list[Problem], *, optional: bool = False) -> YamlText:
    path = folder / name
    text = None if optional and not path.exists() else _text(folder, path, problems)
    read = read_yaml(text or "", file=name)
    problems += read.problems
    return read


def _text(folder: Path, path: Path, problems: list[Problem]) -> str | None:
    name = path.relative_to(folder).as_posix()
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(name, 1, "encoding", f"is not UTF-8 (byte {error.start})"))
    except OSError as error:
        problems.append(Problem(name, 1, "file", f"cannot be read ({error.strerror})"))
    return None


def _sources(read: YamlText, problems: list[Problem]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    entries = read.data if isinstance(read.data, dict) else {}
    for key, entry in entries.items():
        matter = validated(
            _SourceMatter, entry, read=read, file=SOURCES_FILE, path=(key,), problems=problems
        )
        if matter is None:
            continue
        if matter.dated_by == "none" and matter.date:
            message = f"the source {key!r} has a date; say whether it is stated or inferred"
            problems.append(Problem(SOURCES_FILE, read.line((key, "dated_by")), "date", message))
        sources[key] = Source(
            key=key,
            publisher=matter.publisher,
            title=matter.title,
            url=matter.url,
            date=matter.date,
            language=matter.language,
            tier=matter.tier,
            dated_by=matter.dated_by,
        )
    return sources


def _directory(
    read: YamlText, sources: Mapping[str, Source], problems: list[Problem]
) -> tuple[tuple[Body, ...], tuple[UnattributedContact, ...]]:
    if read.data is None:
        return (), ()
    matter = validated(
        _DirectoryMatter, read.data, read=read, file=DIRECTORY_FILE, problems=problems
    )
    if matter is None:
        return (), ()
    used = [
        (("bodies", at, "contacts", number), contact.source)
        for at, body in enumerate(matter.bodies)
        for number, contact in enumerate(body.contacts)
    ] + [(("unattributed", at), entry.source) for at, entry in enumerate(matter.unattributed)]
    for path, key in used:
        if key not in sources:
            message = f"the source {key!r} is not in {SOURCES_FILE}; add it there or correct it"
            problems.append(Problem(DIRECTORY_FILE, read.line(path), "source", message))
    return (
        tuple(_body(body, sources) for body in matter.bodies),
        tuple(
            UnattributedContact(entry.value, entry.kind, sources[entry.source], entry.why)
            for entry in matter.unattributed
            if entry.source in sources
        ),
    )


def _body(matter: _BodyMatter, sources: Mapping[str, Source]) -> Body:
    return Body(
        id=matter.id,
        names=matter.names.model_dump(),
        aliases=matter.aliases,
        purpose=matter.purpose.model_dump(),
        contacts=tuple(
            Contact(contact.kind, contact.value, sources[contact.source])
            for contact in matter.contacts
            if contact.source in sources
        ),
        topics=matter.topics,
    )


def _sheets(folder: Path, sources: Mapping[str, Source], problems: list[Problem]) -> list[Sheet]:
    """All sheets by their paths; those that gather statements of others are read after these."""
    paths = sorted((folder / SHEETS_FOLDER).rglob("*.md"), key=lambda path: path.as_posix())
    texts = {
        path.relative_to(folder).as_posix(): text
        for path in paths
        if (text := _text(folder, path, problems)) is not None
    }
    plain = [
        parse_sheet(text, file=file, sources=sources)
        for file, text in texts.items()
        if not gathers(text)
    ]
    shelf = statements_by_address(sheet.document for sheet in plain if sheet.document)
    guides = [
        parse_sheet(text, file=file, sources=sources, shelf=shelf)
        for file, text in texts.items()
        if gathers(text)
    ]
    return sorted([*plain, *guides], key=lambda sheet: sheet.file)


def _asked(folder: Path, documents: list[Document], problems: list[Problem]) -> list[Document]:
    """The documents with the questions of the files beside them."""
    shelf = {document.id: document for document in documents}
    for path in sorted((folder / SHEETS_FOLDER).rglob(f"*{SUFFIX}"), key=Path.as_posix):
        file = path.relative_to(folder).as_posix()
        asked, read = read_asked(_text(folder, path, problems) or "", file=file, problems=problems)
        variants = [one for one in documents if one.family == family_of(file)]
        problems += misplaced(variants, asked, read, file)
        shelf |= {one.id: with_questions(one, asked) for one in variants}
    return list(shelf.values())
