"""Metadata: title, publisher, dates and legal number of a document, from where its text has them.

Only what stands in a known place is taken: the letterhead, the line of place and date, the line
that names the subject, the signature. What a file declares of itself is never overruled.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document import Source
from ingest.extracted import Extracted
from ingest.fold import fold
from ingest.law import read_law
from ingest.lawnumber import law_number
from ingest.lawtime import find_dates, in_force_from, signed_on
from ingest.repeal import noted_repeal


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a text says of itself, None where it says nothing. Dates are ISO."""

    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


def read_metadata(text: str) -> Metadata:
    """The metadata that stands in a text, cleaned or not."""
    lines = [line.lstrip("# ").strip() for line in text.split("\n")]
    head = [line for line in lines if line][:_HEAD]
    title = _title(head)
    return Metadata(
        title=title,
        publisher=_publisher(head),
        date=_date(head, title) or signed_on(text),
        valid_from=in_force_from(text),
        valid_to=_until(head),
    )


def described(extracted: Extracted, text: str, name: str) -> Extracted:
    """The document with what its cleaned text says and the file did not; `name` is the file's.

    A document of a file of records says all it has to say in its fields, and stays as it is.
    """
    if extracted.id is not None:
        return extracted
    found = read_metadata(text)
    title = extracted.title or found.title
    law = read_law(title) if title else None
    guessed = [
        *extracted.guessed,
        *(["language"] if extracted.language is None else []),
        *(["title"] if title is None and not text.startswith("#") else []),
    ]
    return replace(
        extracted,
        title=title,
        source=_source(extracted, found, title or name, name),
        law=extracted.law or (noted_repeal(law, text.split("\n")) if law else None),
        as_of=extracted.as_of or found.date,
        valid_from=extracted.valid_from or found.valid_from,
        valid_to=extracted.valid_to or found.valid_to,
        guessed=tuple(dict.fromkeys(guessed)),
    )


_HEAD = 30
_LONGEST_BODY = 16

# Folded text

_STATE = re.compile(r"royaume du maroc|kingdom of morocco|(?:ال)?مملكه (?:ال)?مغربيه")
_STATE_ALONE = re.compile(rf"(?:{_STATE.pattern})\W*")
_BODY = re.compile(
    r"(?:ministere|ministry|secretariat|administration|direction|office|agence|agency|bank|banque"
    r"|chambre|haut[- ]commissariat|wilaya|etablissement|caisse|conseil"
    r"|(?:ال)?(?:وزاره|كتابه|اداره|مديريه|مكتب|وكاله|بنك|غرفه|امانه|مندوبيه|ولايه|مجلس|صندوق))(?!\w)"
)
_NAMED_BODY = re.compile(r"(?:publie par|published by|source|editeur|الناشر|المصدر)\s*:\s*(?=\S)")
_SUBJECT = re.compile(r"(?:objet|subject|(?:ال)?موضوع)\s*:\s*(?=\S)")
_DATED = re.compile(
    r"(?:date(?: de publication)?|publie le|published(?: on)?|mis a jour le|updated(?: on)?|نشر في"
    r"|تاريخ(?: النشر| الاصدار)?|حرر في|بتاريخ)\s*:?\s"
    r"|[^\W\d]+(?: [^\W\d]+)?,? (?:le|في|on) (?=\d|فاتح)"
    r"|[^\W\d]+(?:[ -][^\W\d]+)? ?[,،] (?=\d{1,2} [^\W\d]+ \d{4})"
)
_UNTIL = re.compile(
    r"(?:valable|valide|applicable|valid|صالح\w*|ساري\w*|يسري|يطبق)\W.{0,30}?"
    r"(?:jusqu'au|until|الي غايه|حتي)\W"
)


def _title(head: Sequence[str]) -> str | None:
    """What the line of the subject says, after the number if the text bears one."""
    numbered = next((line for line in head if law_number(line)), None)
    subject = next((_rest(_SUBJECT, line) for line in head if _rest(_SUBJECT, line)), None)
    if subject and numbered:
        return f"{numbered.rstrip(' .:')} : {subject}"
    return subject or numbered


def _publisher(head: Sequence[str]) -> str | None:
    """The body of the letterhead, which stands below the name of the state."""
    named = next((_rest(_NAMED_BODY, line) for line in head if _rest(_NAMED_BODY, line)), None)
    if named:
        return named
    at = next((at for at, line in enumerate(head[:5]) if _STATE.search(fold(line))), None)
    if at is None:
        return None
    lines = (_after_state(head[at]), *head[at : at + 6])
    bodies = (line for line in lines if _BODY.match(fold(line)))
    return next((line for line in bodies if len(line.split()) <= _LONGEST_BODY), None)


def _after_state(line: str) -> str:
    """What follows the name of the state on its line, empty where something else stands first."""
    words = line.split()
    for at in range(1, min(len(words), _LONGEST_BODY)):
        if _STATE_ALONE.fullmatch(fold(" ".join(words[:at]))) and words[at][0].isalpha():
            return " ".join(words[at:])
    return ""


def _date(head: Sequence[str], title: str | None) -> str | None:
    return next(_dates(head, title), None)


def _dates(head: Sequence[str], title: str | None) -> Iterator[str]:
    for line in head:
        if _DATED.match(fold(line)):
            yield from find_dates(line)
    law = read_law(title) if title else None
    if law and law.date:
        yield law.date


def _until(head: Sequence[str]) -> str | None:
    lines = (line for line in head if _UNTIL.match(fold(line)))
    return next((day for line in lines for day in find_dates(line)), None)


def _rest(label: re.Pattern[str], line: str) -> str:
    """What follows a label at the start of a line, empty without it.

    Folding may change the length of a line, so that the colon is looked for in the line itself.
    """
    return line.partition(":")[2].strip() if label.match(fold(line)) else ""


def _source(extracted: Extracted, found: Metadata, title: str, name: str) -> Source | None:
    if extracted.source:
        dated = extracted.source.date or found.date
        by = extracted.source.dated_by if extracted.source.date else "stated"
        return replace(extracted.source, date=dated, dated_by=by if dated else "none")
    if found.publisher is None:
        return None
    return Source(
        key=name,
        publisher=found.publisher,
        title=title,
        date=found.date,
        dated_by="stated" if found.date else "none",
        language=extracted.language,
    )
