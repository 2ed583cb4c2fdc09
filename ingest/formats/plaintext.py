"""Plain text and Markdown: the text is the file, and a front matter says what it is."""

import re
from dataclasses import dataclass, field

from ingest.document import Source
from ingest.errors import ExtractError
from ingest.extracted import Extracted
from ingest.fold import strip_controls
from ingest.formats.charset import decode_text
from ingest.isotime import is_day, is_time
from ingest.lawtime import find_dates
from ingest.load import RawFile
from ingest.suspicion import suspicions
from ingest.unseen import shown
from ingest.yamltext import read_yaml


@dataclass(frozen=True, slots=True)
class _Declared:
    """The keys of a foreign front matter that mean something to us."""

    values: dict[str, str] = field(default_factory=dict)

    def get(self, *names: str) -> str | None:
        return next((self.values[name] for name in names if name in self.values), None)

    def time(self, *names: str) -> str | None:
        """A day, month or year, however it is written; None for what is none."""
        said = self.get(*names) or ""
        if is_time(said):
            return said
        return next((said[:size] for size in _ISO if is_time(said[:size])), None) or next(
            iter(find_dates(said)), None
        )

    def day(self, name: str) -> str | None:
        """A whole day."""
        time = self.time(name)
        return time if time and is_day(time) else None


def read_plain(raw: RawFile) -> Extracted:
    """Text as it is, less what its markup hides. Raises `ExtractError` for what is no text."""
    decoded = decode_text(raw)
    seen, hidden = shown(decoded.text.removeprefix("\ufeff"))
    text = strip_controls(seen)
    body, declared = _declared(text, raw.id) if raw.id.endswith(".md") else (text, _Declared())
    return Extracted(
        text="\n".join(_BLANK.sub(" ", line).strip() for line in body.split("\n")),
        title=declared.get("title"),
        language=declared.get("lang", "language"),
        source=_source(raw.id, declared),
        as_of=declared.time("as_of") or (None if declared.get("publisher") else _date(declared)),
        valid_from=declared.day("valid_from"),
        valid_to=declared.day("valid_to"),
        guessed=decoded.guessed,
        suspicions=suspicions(seen),
        unseen=hidden,
        is_verbatim=True,
    )


_ISO = (10, 7)
"""Letters of a day and of a month, before a time by the clock for instance."""
_BLANK = re.compile(r"[^\S\n]+")


def _declared(text: str, name: str) -> tuple[str, _Declared]:
    """The text below its front matter, on the lines of the file, and what that says."""
    if not text.startswith("---\n"):
        return text, _Declared()
    head, fence, body = text.removeprefix("---\n").partition("\n---\n")
    if not fence:
        return text, _Declared()
    read = read_yaml(head, file=name, first_line=2)
    if read.problems:
        raise ExtractError(str(read.problems[0]))
    if not isinstance(read.data, dict):
        return text, _Declared()
    values = {key: value for key, value in read.data.items() if isinstance(value, str)}
    return "\n" * (head.count("\n") + 3) + body, _Declared(values)


def _source(name: str, declared: _Declared) -> Source | None:
    publisher = declared.get("publisher")
    if publisher is None:
        return None
    date = _date(declared)
    return Source(
        key=name,
        publisher=publisher,
        title=declared.get("title") or name,
        url=declared.get("url"),
        date=date,
        dated_by="stated" if date else "none",
        language=declared.get("lang", "language"),
    )


def _date(declared: _Declared) -> str | None:
    """When it was written or published."""
    return declared.time("date", "published", "updated")
