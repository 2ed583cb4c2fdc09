"""Records: a JSONL file, each line of which is one document; a bad line costs only itself."""

import codecs
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from ingest.document import Source
from ingest.errors import ExtractError
from ingest.extracted import Extracted
from ingest.fold import strip_controls
from ingest.formats.charset import decode_text
from ingest.isotime import is_day, is_time
from ingest.law import article_title, read_law
from ingest.load import RawFile
from ingest.suspicion import suspicions
from ingest.unseen import shown


class Record(BaseModel):
    """What a line may say; other keys are left alone.

    `law_id` is the id of the text that the record holds one `article` of, under the heading
    `chapter`. Dates are ISO, possibly partial (`2025-06`).
    """

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, coerce_numbers_to_str=True)

    id: str = Field(validation_alias=AliasChoices("id", "doc_id", "_id"), min_length=1)
    text: str = Field(min_length=1)
    title: str = ""
    language: str = Field(default="", validation_alias=AliasChoices("lang", "language"))
    chapter: str = ""
    article: str = ""
    law_id: str = ""
    publisher: str = ""
    url: str = ""
    date: str = ""
    as_of: str = ""
    valid_from: str = ""
    valid_to: str = ""

    @field_validator("*", mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        """A missing value is an empty one."""
        return "" if value is None else value

    @field_validator("date", "as_of")
    @classmethod
    def _time(cls, value: str) -> str:
        if value and not is_time(value):
            raise ValueError(f"{value!r} is no time; write 2026-03-31, 2026-03 or 2026")
        return value

    @field_validator("valid_from", "valid_to")
    @classmethod
    def _day(cls, value: str) -> str:
        if value and not is_day(value):
            raise ValueError(f"{value!r} is no day; write 2026-03-31")
        return value

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        """An address that cannot be taken apart is refused with the record."""
        urlsplit(value)
        return value


def read_records(raw: RawFile) -> Iterator[Extracted]:
    """The records of a file in its order, one at a time.

    A line that is not JSON, gives no text or repeats an id is refused by its number.
    """
    decoded = _decoded(raw)
    seen: dict[str, int] = {}
    for number, line in enumerate(io.BytesIO(decoded.data), 1):
        if not line.strip():
            continue
        try:
            record = _record(line.removeprefix(codecs.BOM_UTF8))
        except ValueError as error:
            yield Extracted("", refused=f"{raw.id}:{number} {error}")
            continue
        first = seen.setdefault(record.id, number)
        if first != number:
            reason = f"repeats the id {record.id!r} of line {first}; give it its own"
            yield Extracted("", refused=f"{raw.id}:{number} {reason}")
            continue
        read = _extracted(record)
        yield replace(read, row=number, guessed=(*read.guessed, *decoded.guessed))


@dataclass(frozen=True, slots=True)
class _Lines:
    """A file of records as UTF-8, and the field that was guessed if its encoding was."""

    data: bytes
    guessed: tuple[str, ...] = ()


def _decoded(raw: RawFile) -> _Lines:
    """Another encoding is that of the whole file; what fits none is told line by line."""
    lines = raw.data.split(b"\n")
    if b"\0" not in raw.data and any(_is_utf8(line) for line in lines if not line.isascii()):
        return _Lines(raw.data)
    try:
        decoded = decode_text(raw)
    except ExtractError:
        return _Lines(raw.data)
    return _Lines(decoded.text.encode("utf-8", "surrogatepass"), decoded.guessed)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _record(line: bytes) -> Record:
    """The record of a line; ValueError says what is wrong with it and what to do."""
    try:
        data = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8; save the line, or the whole file, as UTF-8") from error
    except RecursionError as error:
        raise ValueError("is nested deeper than any record; write one flat object") from error
    except json.JSONDecodeError as error:
        if b"\0" in line:
            raise ValueError("holds a null byte; put that line right") from error
        message = f"is not JSON ({error.msg} at character {error.pos}); write one object a line"
        raise ValueError(message) from error
    if not isinstance(data, dict):
        raise ValueError("is no object; write the fields id, lang, title and text in one")  # noqa: TRY004
    try:
        record = Record.model_validate(data)
    except ValidationError as error:
        raise ValueError(_complaint(error)) from error
    if not strip_controls(record.text).strip():
        raise ValueError("gives no text that can be seen; take the line out")
    return record


def _complaint(error: ValidationError) -> str:
    """The first thing that is wrong with the fields of a record."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else "it"
    if first["type"] in ("missing", "string_too_short"):
        return f"gives no {field}; every line needs an id and a text"
    return f"has {field} in another form than expected ({first['msg'].removeprefix(_BY_US)})"


_BY_US = "Value error, "


_BLANK = re.compile(r"[^\S\n]+")
_LABELS = {"ar": "المادة", "fr": "Article", "en": "Article"}


def _extracted(record: Record) -> Extracted:
    language = record.language if record.language in _LABELS else None
    label = _label(record.article, language)
    title = _line(article_title(record.title, label)) or None
    source, guessed = _source(record, title or record.id)
    text, hidden = shown(_text(title, _line(record.chapter), record.text))
    return Extracted(
        text=strip_controls(text),
        id=record.id,
        title=title,
        language=language,
        source=source,
        law=read_law(_line(record.title), label or None, record.law_id or None),
        as_of=record.as_of or (None if source else record.date or None),
        valid_from=record.valid_from or None,
        valid_to=record.valid_to or None,
        guessed=guessed,
        suspicions=suspicions(text),
        unseen=hidden,
    )


def _text(title: str | None, chapter: str, body: str) -> str:
    """The record below its headings, so that no line of it is taken for one."""
    lines = [_BLANK.sub(" ", line).strip() for line in body.split("\n")]
    headings = [f"# {title}", ""] * bool(title) + [f"## {chapter}", ""] * bool(chapter)
    return "\n".join([*headings, *lines])


def _line(words: str) -> str:
    return " ".join(strip_controls(words).split())


def _label(article: str, language: str | None) -> str:
    """The article as people name it, also where the record gives its bare number."""
    return f"{_LABELS[language or 'fr']} {article}" if article[:1].isdigit() else article


def _source(record: Record, title: str) -> tuple[Source | None, tuple[str, ...]]:
    """Who published it; where only an address says so, its host, which is a guess."""
    host = urlsplit(record.url).hostname if record.url.startswith(("http://", "https://")) else None
    publisher = record.publisher or host
    if publisher is None:
        return None, ()
    source = Source(
        key=record.law_id or record.id,
        publisher=publisher,
        title=title,
        url=record.url or None,
        date=record.date or None,
        language=record.language or None,
        dated_by="stated" if record.date else "none",
    )
    return source, () if record.publisher else ("publisher",)
