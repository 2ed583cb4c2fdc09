"""Properties: what a program noted in a PDF or Word file about it, believed as far as it deserves.

Such notes are copied from file to file: a title may be that of a template, an author whoever owned
the machine. What the text bears out is taken as stated, the rest as guessed or not at all.
"""

import re
from dataclasses import dataclass

from ingest.document import Source
from ingest.fold import fold
from ingest.metadata import read_metadata


@dataclass(frozen=True, slots=True)
class Properties:
    """The notes as they are, empty where there are none; `created` is an ISO date."""

    title: str = ""
    author: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Believed:
    """What is taken from them; `guessed` names what the text does not bear out."""

    title: str | None
    source: Source | None
    as_of: str | None
    guessed: tuple[str, ...]


def believed(properties: Properties, text: str, name: str, heading: str | None = None) -> Believed:
    """Hold the properties of the file `name` against its text and its main `heading`.

    A title that the text lacks stands only where the text has no heading; a date only where it has
    none of its own; an author is the publisher only if the text names it too.
    """
    words = fold(" ".join(text.split()))
    found = read_metadata(text)
    is_stated = bool(properties.title) and fold(properties.title) in words
    has_heading = bool(found.title or heading) or text.startswith("#")
    title = properties.title if is_stated or not (has_heading or _is_junk(properties)) else ""
    if not title and not found.title:
        title, is_stated = heading or "", True
    created = "" if found.date or _year(found.title or "") else properties.created
    is_named = bool(properties.author) and len(properties.author.split()) > 1
    source = None
    if found.publisher is None and is_named and fold(properties.author) in words:
        source = Source(key=name, publisher=properties.author, title=title or name)
    guessed = (("title", bool(title) and not is_stated), ("as_of", bool(created)))
    return Believed(
        title=title or None,
        source=source,
        as_of=created or None,
        guessed=tuple(field for field, holds in guessed if holds),
    )


_JUNK = re.compile(
    r"microsoft word|document\d*$|sans titre|untitled|.*\.(?:docx?|pdf|xlsx?|indd|pptx?|odt)$",
    re.IGNORECASE,
)


def _is_junk(properties: Properties) -> bool:
    return not properties.title or _JUNK.match(properties.title) is not None


def _year(title: str) -> bool:
    return re.search(r"\b(?:19|20)\d\d\b", title) is not None
