"""Word file: the parts of a DOCX that its text is made of; nothing outside of it is followed."""

import io
import zipfile
import zlib
from dataclasses import dataclass

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml import etree
from lxml.etree import _Element

from ingest.errors import ExtractError
from ingest.formats.lines import tidy
from ingest.formats.properties import Properties
from ingest.load import RawFile


@dataclass(frozen=True, slots=True)
class WordFile:
    """The parts of a file; `notes` by kind and number, as a reference in the text names them."""

    body: _Element
    styles: _Element
    numbering: _Element | None
    notes: dict[str, _Element]
    properties: Properties


def open_word(raw: RawFile) -> WordFile:
    """Open a Word file. Raises `ExtractError` when it is damaged or something else."""
    try:
        file = docx.Document(io.BytesIO(raw.data))
        return WordFile(
            body=file.element.body,
            styles=file.styles.element,
            numbering=_part(file, RELATIONSHIP_TYPE.NUMBERING),
            notes=_notes(file),
            properties=_properties(file),
        )
    except _DAMAGES as error:
        message = f"{raw.id} is damaged or no Word file ({error}); save it again as DOCX"
        raise ExtractError(message) from error


_DAMAGES = (
    OpcError,
    KeyError,
    ValueError,
    AttributeError,
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
)
"""What the library lets through of a file that is not what it says."""


def _part(file: Document, kind: str) -> _Element | None:
    try:
        blob = file.part.part_related_by(kind).blob
    except KeyError:
        return None
    return etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))


def _notes(file: Document) -> dict[str, _Element]:
    found: dict[str, _Element] = {}
    for kind, relation in (
        ("footnote", RELATIONSHIP_TYPE.FOOTNOTES),
        ("endnote", RELATIONSHIP_TYPE.ENDNOTES),
    ):
        part = _part(file, relation)
        for note in () if part is None else part.findall(qn(f"w:{kind}")):
            found[f"{kind} {note.get(qn('w:id'))}"] = note
    return found


def _properties(file: Document) -> Properties:
    noted = file.core_properties
    return Properties(
        title=tidy(noted.title or ""),
        author=tidy(noted.author or ""),
        created=noted.created.date().isoformat() if noted.created else "",
    )
