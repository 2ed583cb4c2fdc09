"""Lawtime: when a legal text was signed, from when it applies and until when.

The dates of an Arabic page often come out of its PDF in the order of their drawing, and are put
back in the order of reading before anything is looked for.
"""

import re
from dataclasses import dataclass

from ingest.figures import find_figures
from ingest.fold import fold_digits


def readable_dates(text: str) -> str:
    """The text with the dates of a badly extracted Arabic page put back in reading order.

    «11رجب 12( 1418نوفمبر .)1997» is «11 رجب 1418 (12 نوفمبر 1997)» as such pages come out. For
    reading dates only: offsets are not kept.
    """
    loose = _GLUED.sub(r"\1 ", _SPOILT.sub(_in_order, fold_digits(text)))
    return _SPOILT_YEAR.sub(r"\1 \2", loose)


def find_dates(text: str) -> tuple[str, ...]:
    """The full Gregorian dates of a text, ISO, in reading order; hijri ones are passed over."""
    figures = find_figures(readable_dates(text))
    return tuple(one.value for one in figures if one.kind == "date" and len(one.value) == _ISO)


def signed_on(text: str) -> str | None:
    """The day on which a text was made («حرر بالرباط في …», "Fait à Rabat, le …"), else None."""
    match = _SIGNED.search(text)
    dates = find_dates(match.group()) if match else ()
    return dates[-1] if dates else None


def in_force_from(text: str) -> str | None:
    """The day from which a text says that it itself applies, else None."""
    if not _STARTS_HINT.search(text):
        return None
    match = _STARTS.search(readable_dates(text))
    dates = find_dates(match["date"]) if match else ()
    return dates[0] if dates else None


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day of a measure, ISO, None for one that is not stated."""

    start: str | None = None
    end: str | None = None


def measure_period(text: str) -> Period:
    """When the measure that an article orders applies («يوقف … ابتداء من … إلى غاية …»).

    What the article says of other texts (the period that a finance law is named by, the gazette in
    a footnote) is no part of it. Where it orders several measures, the whole time is given.
    """
    plain = _OTHER_PERIOD.sub(" ", _FOOTNOTE.sub(" ", readable_dates(text)))
    if not _ORDERS.search(plain):
        return Period()
    starts, ends = set[str](), set[str]()
    year = ""
    for figure in reversed(find_figures(plain)):
        before = plain[max(0, figure.start - 30) : figure.start]
        if figure.kind != "date":
            continue
        day = figure.value if figure.value[:1] != "-" else year + figure.value[1:]
        if len(day) == _ISO and _UNTIL.search(before):
            ends.add(day)
            year = day[:4]
        elif len(day) == _ISO and _FROM.search(before):
            starts.add(day)
    return Period(min(starts, default=None), max(ends, default=None))


_ISO = len("2025-06-11")
_YEAR = r"(?:1[89]|20)\d\d"
_SPOILT = re.compile(
    r"(?P<day>\d{0,2}) ?\( ?(?P<hijri>1[34]\d\d) ?(?P<first>فاتح )?"
    r"(?P<month>[ء-ي]{3,9}(?: [ء-ي]{3,6})?)"
    rf" ?[.،,]{{0,2}} ?[()][.،,]? ?(?P<year>{_YEAR})"
)
_GLUED = re.compile(r"(\d)(?=[ء-ي])")
_SPOILT_YEAR = re.compile(rf"([ء-ي]{{3,}}) ?[.،,)] ?({_YEAR})(?!\d)")


def _in_order(match: re.Match[str]) -> str:
    day = "1" if match["first"] else match["day"]
    return f" {match['hijri']} ({day} {match['month']} {match['year']})"


_SIGNED = re.compile(
    r"(?:وحرر|حرر|[Ff]ait|[Ss]igned|[Dd]one) (?:ب|à|a|at|in)\s?[^\n]{3,120}", re.MULTILINE
)
_STARTS_HINT = re.compile(r"يعمل ب|حيز|en vigueur|effet|applicable|into force|into effect")
_STARTS = re.compile(
    r"(?:يعمل ب[^\n.؛\d]{1,25}?|(?:يدخل|تدخل) (?:هذا|هذه)[^.؛]{3,80}? حيز (?:التنفيذ|التطبيق)"
    r"|(?:[Ll]e|[Ll]a) présente?[^.;]{3,80}? (?:entre|entrera|prend|prendra|est applicable)"
    r"(?: en vigueur| effet)?"
    r"|[Tt]his [^.;]{3,80}? (?:comes?|enters?|shall enter) into (?:force|effect))"
    r"(?P<date>[^.؛;]{0,30}?\d[^؛;\n]{3,40})"
)
_ORDERS = re.compile(
    r"(?<!\w)(?:[يت](?:وقف|مدد|خفض|طبق|حدد|غير|رفع)"
    r"|(?:est|sont) (?:suspendu|prorogé|fixé|modifié|réduit)"
    r"|(?:is|are) (?:suspended|extended|set|reduced))"
)
_OTHER_PERIOD = re.compile(
    rf"قانون المالية[^؛]{{0,60}}?(?:ال|لل)فترة\s+الممتدة[^؛]{{0,60}}?{_YEAR}"
    rf"|loi de finances[^;]{{0,60}}?période[^;]{{0,60}}?{_YEAR}"
)
_FOOTNOTE = re.compile(r"[^\n]*(?:الجريدة الرسمية عدد|[Bb]ulletin officiel n)[^\n]*")
_UNTIL = re.compile(
    r"(?:[إا]لى(?:\s+غاية)?|jusqu['’]au|(?<!\w)au|until|(?<!\w)to)\s*$", re.IGNORECASE
)
_FROM = re.compile(
    r"(?:(?<!\w)من|à (?:compter|partir) du|(?<!\w)(?<!\d )du|from|starting on)\s*$", re.IGNORECASE
)
