"""Read: one file becomes documents: extracted, checked, cleaned and outlined."""

from dataclasses import dataclass

from ingest.clean import RemovedLine, clean
from ingest.document import Document
from ingest.errors import ExtractError
from ingest.extract import Extracted, extract
from ingest.language import written_language
from ingest.load import RawFile
from ingest.outline import outline


@dataclass(frozen=True, slots=True)
class Read:
    """A document, and the lines that cleaning took out of it."""

    document: Document
    removed: tuple[RemovedLine, ...]


def read_file(raw: RawFile) -> tuple[Read, ...]:
    """The documents of one file, in its order.

    Raises `ExtractError` when it cannot be read, is held back, or nothing is left of it.
    """
    return tuple(read_extracted(raw, extracted) for extracted in extract(raw))


def read_extracted(raw: RawFile, extracted: Extracted) -> Read:
    """One document of a file. Raises `ExtractError` as `read_file` does."""
    for found in extracted.suspicions[:1]:
        raise ExtractError(
            f"{raw.id}:{found.line} is held back ({found.reason}: {found.text!r}); read the file, "
            "and take that line out if the rest can be trusted"
        )
    cleaned = clean(extracted.text)
    if not cleaned.text:
        raise ExtractError(f"{raw.id} holds no text besides page furniture")
    return Read(_document(raw, extracted, cleaned.text), cleaned.removed)


def _document(raw: RawFile, extracted: Extracted, text: str) -> Document:
    outlined = outline(text)
    name = extracted.id or raw.id
    return Document(
        id=name,
        family=name,
        language=extracted.language or written_language(text),
        title=extracted.title or outlined.title,
        text=text,
        source=extracted.source,
        sections=outlined.sections,
        file=raw.id,
        law=extracted.law,
        guessed=extracted.guessed,
    )
