"""What the user should know about the evidence: its dates, its end, its language."""

from collections.abc import Iterator, Sequence
from datetime import date

from assistant.answer import Notice
from assistant.evidence import Evidence
from assistant.phrases import Phrases
from assistant.question import Language
from assistant.standing import has_ended
from ingest.document import PAST


def doubts(
    cited: Sequence[Evidence], language: Language, day: date, phrases: Phrases
) -> Iterator[Notice]:
    """Notices about the evidence that an answer cites, as seen on `day`; each kind once."""
    dates = sorted({when for item in cited for when in item.dates})
    if dates:
        yield phrases.notice("source_dates", language, dates=", ".join(dates))
    if any(item.date is None for item in cited):
        yield phrases.notice("undated", language)
    if any(item.statement is None for item in cited):
        yield phrases.notice("unidentified", language)
    yield from _repeals(cited, language, day, phrases)
    yield from _ends(cited, language, day, phrases)
    yield from _statuses(cited, language, phrases)
    if any(not _speaks(item, language) for item in cited):
        yield phrases.notice("language", language)


def _repeals(
    cited: Sequence[Evidence], language: Language, day: date, phrases: Phrases
) -> Iterator[Notice]:
    laws = [item.document.law for item in cited if _is_replaced(item, day)]
    others = dict.fromkeys(law.replaced_by for law in laws if law and law.replaced_by)
    if others:
        yield phrases.notice("replaced", language, by=", ".join(others))
    elif laws:
        yield phrases.notice("repealed", language)


def _is_replaced(item: Evidence, day: date) -> bool:
    law = item.document.law
    if law is None:
        return False
    is_over = has_ended(item.document.valid_to, day)
    return law.is_repealed or (is_over and law.replaced_by is not None)


def _ends(
    cited: Sequence[Evidence], language: Language, day: date, phrases: Phrases
) -> Iterator[Notice]:
    ends = sorted({end for item in cited if not _is_replaced(item, day) for end in _end(item)})
    for kind, chosen in (
        ("expired", [end for end in ends if end < day.isoformat()]),
        ("until", [end for end in ends if end >= day.isoformat()]),
    ):
        if chosen:
            yield phrases.notice(kind, language, dates=", ".join(chosen))


def _end(item: Evidence) -> Iterator[str]:
    end = item.statement.valid_to if item.statement else item.document.valid_to
    if end:
        yield end


def _statuses(cited: Sequence[Evidence], language: Language, phrases: Phrases) -> Iterator[Notice]:
    """What has an end that is told needs no other word for being past."""
    stated = [(item.number, item.statement) for item in cited if item.statement]
    if any(statement.status == "announced" for _, statement in stated):
        yield phrases.notice("announced", language)
    past = [number for number, one in stated if one.status in PAST and not one.valid_to]
    if past:
        refs = " ".join(f"[{number}]" for number in past)
        yield phrases.notice("superseded", language, refs=refs)


def _speaks(item: Evidence, language: Language) -> bool:
    spoken = "ar" if language.startswith("ary") else language
    return item.document.language == spoken and language != "ary-latn"
