"""Read: one file becomes documents: extracted, checked, cleaned and outlined."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ingest.arabic.garbled import find_garbled
from ingest.arabic.repair import Doubt, Repair, Repaired, repair
from ingest.clean import Cleaned, RemovedLine, clean
from ingest.document import Document
from ingest.errors import ExtractError, QuarantinedError
from ingest.extract import Extracted, extract
from ingest.language import written_language
from ingest.load import Failure, RawFile
from ingest.metadata import described
from ingest.outline import outline
from ingest.paging import printed_pages
from ingest.suspicion import Suspicion, suspicions
from ingest.unseen import LeftOut, given_away
from ingest.worker import Extract


@dataclass(frozen=True, slots=True)
class Read:
    """A document, the lines that cleaning took out of it, and what was repaired in its Arabic.

    `doubts` are the words that may be faulty still, kept as they came. `hidden` is what the file
    does not show and was left out.
    """

    document: Document
    removed: tuple[RemovedLine, ...]
    repairs: tuple[Repair, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    hidden: tuple[LeftOut, ...] = ()


def read_file(raw: RawFile, extract: Extract = extract) -> tuple[Read | Failure, ...]:
    """The documents of one file in its order, and the parts of it that give none.

    `extract` takes the file apart; that of a `Sandbox` does so where it can do no harm. Raises
    `ExtractError` when it cannot be read, or when its one document is held back or empty.
    """
    parts = extract(raw)
    documents = [part for part in parts if not part.refused]
    if len(documents) == 1 and documents[0].id is None:
        refused = (Failure(raw.id, part.refused, is_part=True) for part in parts if part.refused)
        return (read_extracted(raw, documents[0]), *refused)
    return tuple(_read_parts(raw, parts))


def _read_parts(raw: RawFile, parts: Iterable[Extracted]) -> Iterator[Read | Failure]:
    for part in parts:
        try:
            yield read_extracted(raw, part)
        except ExtractError as error:
            is_quarantined = isinstance(error, QuarantinedError)
            yield Failure(raw.id, str(error), is_quarantined, is_part=True)


def read_extracted(raw: RawFile, extracted: Extracted) -> Read:
    """One document of a file. Raises `ExtractError` as `read_file` does."""
    if extracted.refused:
        raise ExtractError(extracted.refused)
    telling = given_away(extracted.unseen, extracted.text)
    _hold_back(raw, extracted, [*([telling] if telling else []), *extracted.suspicions])
    repaired = _repaired(raw, extracted)
    extracted = replace(
        extracted, text=repaired.text, title=_title_as_repaired(extracted, repaired.text)
    )
    cleaned = clean(extracted.text, extracted.pages, is_record=extracted.id is not None)
    if not cleaned.text:
        raise ExtractError(f"{_name(raw, extracted)} holds no text besides page furniture")
    extracted = described(extracted, cleaned.text, raw.id)
    document = _document(raw, extracted, cleaned)
    stamped = raw.origin.stamped(document) if raw.origin else document
    hidden = tuple(
        LeftOut(_place(raw, extracted, one.line).rstrip(","), one.text, one.words)
        for one in extracted.unseen
    )
    return Read(stamped, cleaned.removed, repaired.repairs, repaired.doubts, hidden)


def _hold_back(raw: RawFile, extracted: Extracted, suspicions: Iterable[Suspicion]) -> None:
    for found in suspicions:
        raise _held_back(_place(raw, extracted, found.line), found)


def _held_back(place: str, found: Suspicion) -> QuarantinedError:
    return QuarantinedError(
        f"{place} is held back ({found.reason}: {found.text!r}); "
        "read the file, and take that line out if the rest can be trusted"
    )


def _repaired(raw: RawFile, extracted: Extracted) -> Repaired:
    """The text with its Arabic repaired; what no repair makes sure is held back.

    A repair may make an order readable that the fault had hidden, so that it is looked for again.
    """
    garbled = find_garbled(extracted.text)
    if garbled:
        raise QuarantinedError(
            f"{_text_place(raw, extracted, garbled.line)} is held back: its letters are not "
            f"those of the page ({garbled.what}: {garbled.text!r}); save it again from its "
            "original as Unicode text"
        )
    repaired = repair(extracted.text)
    if repaired.is_hopeless:
        first = repaired.doubts[0]
        raise QuarantinedError(
            f"{_text_place(raw, extracted, first.line)} is held back: {len(repaired.doubts)} of "
            f"its Arabic words can be read in two ways, first {first.word!r}; extract it again "
            "with another program, or from its original"
        )
    if repaired.repairs:
        for found in suspicions(repaired.text):
            raise _held_back(_text_place(raw, extracted, found.line), found)
    return repaired


def _title_as_repaired(extracted: Extracted, text: str) -> str | None:
    """The title as it now stands at the head of the text, or repaired by itself."""
    title, heading = extracted.title, f"# {extracted.title}"
    if title is None:
        return None
    lines = extracted.text.split("\n")
    if heading in lines:
        return text.split("\n")[lines.index(heading)].removeprefix("# ")
    return repair(title).text


def _place(raw: RawFile, extracted: Extracted, line: int) -> str:
    """Where to look: a line of the file, a page if it is printed, or a record and its line."""
    if extracted.pages or extracted.row:
        return _text_place(raw, extracted, line)
    return f"{raw.id}:{line}"


def _text_place(raw: RawFile, extracted: Extracted, line: int) -> str:
    """Where to look for a line of the text, which may be another line of the file or none."""
    if extracted.pages:
        return f"{raw.id}, page {bisect_right(extracted.pages, line - 1)},"
    if extracted.is_verbatim:
        return f"{raw.id}:{line}"
    return f"{_name(raw, extracted)}, line {line} of its text,"


def _name(raw: RawFile, extracted: Extracted) -> str:
    """What is read: a file, or one of its records by its line and id."""
    return f"{raw.id}:{extracted.row}, record {extracted.id!r}" if extracted.row else raw.id


def _document(raw: RawFile, extracted: Extracted, cleaned: Cleaned) -> Document:
    text = cleaned.text
    outlined = outline(text, extracted.title)
    name = extracted.id or raw.id
    return Document(
        id=name,
        family=name,
        language=extracted.language or written_language(_said(extracted, text)),
        title=extracted.title or outlined.title,
        text=text,
        source=extracted.source,
        as_of=extracted.as_of,
        valid_from=extracted.valid_from,
        valid_to=extracted.valid_to,
        sections=outlined.sections,
        file=raw.id,
        pages=printed_pages(extracted.pages, cleaned),
        law=extracted.law,
        guessed=extracted.guessed,
    )


def _said(extracted: Extracted, text: str) -> str:
    """The text without a title that only the name of the file gave: that has a language too."""
    heading, _, rest = text.partition("\n")
    is_named = "title" in extracted.guessed and heading == f"# {extracted.title}"
    return rest if is_named else text
