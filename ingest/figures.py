"""Figures: everything in a text that must never be wrong, in one comparable form.

Numbers, percentages, amounts, durations, dates, times, phone numbers, codes, addresses of pages
and of mailboxes. A figure written in French, Arabic or English has the same kind, value and unit:
«80 مليار درهم», "80 milliards de dirhams" and "80 billion dirhams" share one `key`.

Separators: a comma, point, apostrophe or space followed by groups of exactly three digits groups
thousands (`76.000` is seventy-six thousand in all three languages, and so is `1.100` eleven
hundred); any other point or comma is a decimal one. `billion` is the English one, 10^9.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ingest.fold import fold_digits, is_visible

FigureKind = Literal[
    "number", "percent", "amount", "duration", "date", "time", "phone", "code", "url", "email"
]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a text: `text[start:end]` is how it was written, `value` what it means.

    `value` is a plain decimal number for number, percent, amount and duration; ISO 8601 for dates
    (`2025-06-11`, `2025-06` without a day, `--06-11` without a year) and times (`14:30`); the
    national form of a Moroccan phone number (`0537736074`, foreign ones as `+33…`); for codes
    their letters and digits in capitals, with hyphens kept between bare numbers (`2-22-312`).
    `unit` is `%`, a currency (`MAD`, `EUR`, `USD`), a duration (`hour`, `day`, `week`, `month`,
    `year`) or empty.
    """

    kind: FigureKind
    value: str
    unit: str
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two figures the same, wherever they stand."""
        return (self.kind, self.value, self.unit)


def find_figures(text: str) -> tuple[Figure, ...]:
    """All figures of `text` in reading order; they never overlap. Time grows with the length."""
    plain, positions = _plain(text)
    found: list[Figure] = []
    for pattern, read in _READERS:
        plain = _take(plain, positions, pattern, read, found)
    return tuple(sorted(found, key=lambda figure: figure.start))


def supports(evidence: Figure, claim: Figure) -> bool:
    """Whether the evidence says at least what the claim says.

    The same figure does; so does a fuller date for the month, the day or the year it names, and a
    quantity with a unit for its bare number, but never a bare number for one with a unit.
    """
    if evidence.key == claim.key:
        return True
    if evidence.kind == "date":
        return _date_supports(evidence.value, claim)
    return (
        claim.kind == "number"
        and evidence.kind in {"percent", "amount", "duration"}
        and evidence.value == claim.value
    )


def _date_supports(evidence: str, claim: Figure) -> bool:
    if claim.kind == "number":
        return evidence[:4] == claim.value
    if claim.kind != "date":
        return False
    return evidence.startswith(claim.value) or (
        claim.value.startswith("--") and evidence[4:] == claim.value[1:]
    )


class _Reading(NamedTuple):
    kind: FigureKind
    value: str
    unit: str = ""


_Reader = Callable[[re.Match[str]], _Reading | None]

_TAKEN = "\0"


def _take(
    plain: str,
    positions: Sequence[int],
    pattern: re.Pattern[str],
    read: _Reader,
    found: list[Figure],
) -> str:
    """Collect what one reader recognises and blank it, so that the next readers skip it."""

    def blank(match: re.Match[str]) -> str:
        reading = read(match)
        if reading is None:
            return match.group()
        start, end = match.span("figure")
        found.append(Figure(*reading, positions[start], positions[end - 1] + 1))
        before, after = plain[match.start() : start], plain[end : match.end()]
        return before + _TAKEN * (end - start) + after

    return pattern.sub(blank, plain)


_SAME_LENGTH = str.maketrans(
    {
        **dict.fromkeys(
            "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009", " "
        ),
        **dict.fromkeys("\u200a\u202f\u205f\u3000", " "),
        **dict.fromkeys("’‘ʼ′", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("éèêëÉÈÊ", "e"),
        **dict.fromkeys("ûùüÛ", "u"),
        **dict.fromkeys("àâäÀ", "a"),
        **dict.fromkeys("îï", "i"),
        **dict.fromkeys("ôö", "o"),
        "ç": "c",
        "º": "°",
        "ى": "ي",
        "ة": "ه",
        "٪": "%",
        "٫": ",",
        "٬": "'",
        "،": ",",
        "\0": " ",
    }
)


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """The text as the patterns expect it, and the position in `text` of each of its characters."""
    folded = fold_digits(text).translate(_SAME_LENGTH)
    unwritten = {character for character in set(folded) if not _is_written(character)}
    if not unwritten:
        return folded, range(len(folded))
    positions = [at for at, character in enumerate(folded) if character not in unwritten]
    return "".join(folded[at] for at in positions), positions


def _is_written(character: str) -> bool:
    if character.isascii():
        return True
    return character != "ـ" and unicodedata.category(character) != "Mn" and is_visible(character)


# Words

_END = r"(?![A-Za-z0-9])"
_ARABIC_END = r"(?![ء-ي])"
_START = r"(?<![A-Za-z0-9])"

_MAGNITUDES = {
    3: (r"mille|milliers?|thousand", r"الاف|الفا?"),
    6: (r"millions?", r"مليونا?|ملايين"),
    9: (r"milliards?|m(?:il)?rds?|mds?|billions?|bn", r"مليارا?|مليارات|ملايير|بليون"),
    12: (r"trillions?", r"تريليونا?|تريليونات"),
}
_CURRENCIES = {
    "MAD": (r"(?:moroccan )?dirhams?(?: marocains?)?|dhs?|mad", r"درهما?|دراهم"),
    "EUR": (r"euros?|eur|€", r"[اي]ورو"),
    "USD": (r"(?:us )?dollars?(?: americains?)?|usd|us\$|\$", r"دولارا?|دولارات"),
}
_DURATIONS = {
    "hour": (r"heures?|hours?|hrs?|h", r"ساعه|ساعات"),
    "day": (r"jours?|(?:working |business |calendar )?days?|j", r"يوما?|ايام"),
    "week": (r"semaines?|weeks?", r"اسبوعا?|اسابيع"),
    "month": (r"mois|months?", r"شهرا?|اشهر|شهور"),
    "year": (r"ans?|annees?|years?", r"(?:سنه|عاما?)(?! (?:19|20)\d\d)|سنوات|سنين|اعوام"),
}
_MONTH_NAMES = (
    r"january|jan|janvier|janv|يناير|جانفي|كانون الثاني",
    r"february|feb|fevrier|fevr|فبراير|فيفري|شباط",
    r"march|mar|mars|مارس|اذار",
    r"april|apr|avril|avr|ابريل|افريل|نيسان",
    r"may|mai|مايو|ماي|ايار",
    r"june|jun|juin|يونيو|يونيه|جوان|حزيران",
    r"july|jul|juillet|juil|يوليوز|يوليو|يوليه|جويليه|تموز",
    r"august|aug|aout|غشت|اغسطس|اوت|اب",
    r"september|sept|sep|septembre|شتنبر|سبتمبر|ايلول",
    r"october|oct|octobre|اكتوبر|تشرين الاول",
    r"november|nov|novembre|نونبر|نوفمبر|تشرين الثاني",
    r"december|dec|decembre|دجنبر|ديسمبر|كانون الاول",
)
_MONTH_NUMBER = {
    name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split("|")
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_NUMBER, key=len, reverse=True))})(?![A-Za-zء-ي])\.?"
_YEAR = r"(?:1[89]|20)\d\d(?!\d)"
_DAY = r"(?P<day>\d{1,2})"
_SEPARATED_YEAR = rf"(?:(?:,? (?:of |de |سنه |عام |من سنه )?|-)(?P<year>{_YEAR}))"


def _words(table: dict[str, tuple[str, str]]) -> str:
    latin = "|".join(words for words, _ in table.values())
    arabic = "|".join(words for _, words in table.values())
    return rf"(?:{latin}){_END}|(?:ال)?(?:{arabic}){_ARABIC_END}"


def _which(table: dict[str, tuple[str, str]], word: str) -> str:
    """The entry of the table that the word belongs to, with or without the Arabic article."""
    spellings = (word.lower(), word.lower().removeprefix("ال"))
    return next(
        key
        for spelling in spellings
        for key, patterns in table.items()
        if any(re.fullmatch(pattern, spelling) for pattern in patterns)
    )


# Quantities

_MAGNITUDE_TABLE = {str(exponent): words for exponent, words in _MAGNITUDES.items()}
_PERCENT = rf"%|(?:pour ?cents?|per ?cent|p\. ?100){_END}|(?:في|ب) ?ال(?:مائه|مئه|ميه){_ARABIC_END}"
_NUMBER = (
    r"\d{1,3}(?P<group>[ .,'])\d{3}(?:(?P=group)\d{3})*(?!\d)(?:(?!(?P=group))[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?"
)
_QUANTITY = (
    rf"(?P<figure>(?:{_START}(?P<before>MAD|DHS?|EUR|USD|US\$|\$|€|%) ?)?"
    rf"(?<![A-Za-z0-9\0])(?P<sign>(?<![^\s(])-)?(?P<number>{_NUMBER})"
    rf"(?:(?P<ordinal>(?:ere?|i?e?me|e|nde?|st|rd|th){_END})"
    rf"|(?: ?(?P<short>K|MM|Md|M) ?(?=DH|MAD|€|EUR|USD|\$))?"
    rf"(?: ?-?(?P<magnitude>{_words(_MAGNITUDE_TABLE)}))?"
    rf"(?:(?P<percent> ?(?:{_PERCENT}))"
    rf"|(?: (?:de |of )?| ?d'|-)?(?:(?P<currency>{_words(_CURRENCIES)})"
    rf"|(?P<duration>{_words(_DURATIONS)})))?))(?![A-Za-z0-9])"
)
_SHORT_EXPONENT = {"k": 3, "m": 6, "mm": 9, "md": 9}
_BEFORE_UNIT = {"dh": "MAD", "dhs": "MAD", "€": "EUR", "$": "USD", "us$": "USD"}


def _read_quantity(match: re.Match[str]) -> _Reading | None:
    value = _value(match)
    if match["percent"] or match["before"] == "%":
        return _Reading("percent", value, "%")
    if match["currency"]:
        return _Reading("amount", value, _which(_CURRENCIES, match["currency"]))
    if match["before"]:
        unit = match["before"].lower()
        return _Reading("amount", value, _BEFORE_UNIT.get(unit, unit.upper()))
    is_plain = not match["magnitude"] and not re.fullmatch(_YEAR, match["number"])
    if match["duration"] and is_plain:
        return _Reading("duration", value, _which(_DURATIONS, match["duration"]))
    return _Reading("number", value)


def _value(match: re.Match[str]) -> str:
    """The number in plain decimal digits, its magnitude applied by moving the point."""
    digits, group = match["number"], match["group"]
    if group and not digits.startswith("0"):
        digits = digits.replace(group, "")
    whole, _, fraction = digits.replace(",", ".").replace(" ", "").replace("'", "").partition(".")
    exponent = _SHORT_EXPONENT.get((match["short"] or "").lower(), 0)
    if match["magnitude"]:
        exponent += int(_which(_MAGNITUDE_TABLE, match["magnitude"]))
    fraction = fraction.ljust(exponent, "0")
    whole, fraction = whole + fraction[:exponent], fraction[exponent:]
    plain = (whole.lstrip("0") or "0") + "." + fraction
    return (match["sign"] or "") + plain.rstrip("0").rstrip(".")


# Dates and times


def _read_named_date(match: re.Match[str]) -> _Reading | None:
    groups = match.groupdict()
    month, year = match["month"], groups.get("year")
    if month == "may" and year is None:
        return None
    day = groups.get("day") or ("1" if groups.get("first") else None)
    return _date(year, _MONTH_NUMBER[month.lower()], int(day) if day else None)


def _read_iso_date(match: re.Match[str]) -> _Reading | None:
    return _date(match["year"], int(match["month"]), int(match["day"]))


def _read_numeric_date(match: re.Match[str]) -> _Reading | None:
    """Day first, as in Morocco; month first only where nothing else makes sense."""
    day, month = int(match["day"]), int(match["month"])
    return _date(match["year"], month, day) or _date(match["year"], day, month)


def _read_month_of_year(match: re.Match[str]) -> _Reading | None:
    return _date(match["year"], int(match["month"]), None)


def _date(year: str | None, month: int, day: int | None) -> _Reading | None:
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= _LONGEST[month - 1]):
        return None
    day_part = "" if day is None else f"-{day:02}"
    return _Reading("date", f"{year or '-'}-{month:02}{day_part}")


_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _read_time(match: re.Match[str]) -> _Reading | None:
    hour = int(match["hour"])
    half = (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return _Reading("time", f"{hour:02}:{match['minute']}")


# Phones, codes, addresses


def _read_phone(match: re.Match[str]) -> _Reading | None:
    return _Reading("phone", "0" + re.sub(r"\D", "", match["local"]))


def _read_foreign_phone(match: re.Match[str]) -> _Reading | None:
    digits = re.sub(r"\D", "", match["figure"])
    return _Reading("phone", "+" + digits) if 8 <= len(digits) <= 15 else None


def _read_legal_code(match: re.Match[str]) -> _Reading | None:
    return _Reading("code", re.sub(r"[./]", "-", match["figure"]))


def _read_numbered_text(match: re.Match[str]) -> _Reading | None:
    """`6574/233`, `1/2025`: the number of a circular or decision, but not two years."""
    if all(re.fullmatch(_YEAR, part) for part in match["figure"].split("/")):
        return None
    return _read_legal_code(match)


def _read_tariff_code(match: re.Match[str]) -> _Reading | None:
    return _Reading("code", re.sub(r"\D", "", match["figure"]))


def _read_code(match: re.Match[str]) -> _Reading | None:
    code = re.sub(r"[^A-Z0-9]", "", match["figure"].upper())
    if code != "EUR1" and re.fullmatch(r"(?:MAD|EUR|USD|DHS?)\d+", code):
        return None
    if re.fullmatch(
        r"\d+(?:[HJKE]\d*|ER|ERE|EME|ND|NDE|ST|RD|TH|M|(?:K|M|MM|MD)?(?:DHS?|MAD))", code
    ):
        return None
    return _Reading("code", code)


def _read_url(match: re.Match[str]) -> _Reading | None:
    address = re.sub(r"^(?:https?://)?(?:www\.)?", "", match["figure"], flags=re.IGNORECASE)
    host, slash, path = address.partition("/")
    return _Reading("url", (host.lower() + slash + path).rstrip("/"))


def _read_email(match: re.Match[str]) -> _Reading | None:
    return _Reading("email", match["figure"].lower())


_TOP_DOMAINS = r"ma|com|org|net|gov|int|eu|fr|info|io|africa|uk|edu"
_HOST = r"(?:[A-Za-z0-9-]{1,63}\.){1,8}"
_PATH = r"[^\s<>\"'؛»\0]*[^\s<>\"'؛»\0.,;:!?؟)\]}]"
_ARABIC_MARK = r"(?<![ء-ي])(?:[وف]?[بلك]?(?:ال)?|[وف]?لل)"
_LAW_MARK = (
    r"(?:n°|\bno\.?|\bnum(?:ero)?\.?|\bnumber|\bloi|\blaw|\bact|\bdecret|\bdecree|\bdahir|\barrete"
    rf"|\bcirculaire|\bcircular|{_ARABIC_MARK}(?:رقم|قانون|مرسوم|ظهير|دوريه|قرار))"
)
_LAW_ADJECTIVE = (
    r"(?: (?:marocaine?|europeen(?:ne)?|ministeriel|conjoint|royal|douaniere"
    r"|(?:ال)?(?:مغربيه?|وزاري|مشترك|جمركيه)))?"
)
_TARIFF_MARK = (
    r"(?:\bhs|\bsh|\bngp|\bposition|\bheading|\bchapitre|\bchapter|\bcode"
    rf"|{_ARABIC_MARK}(?:بند|رمز))(?: code)?"
)

_EMAIL = rf"(?<![A-Za-z0-9._%+-])(?P<figure>[A-Za-z0-9._%+-]{{1,64}}@{_HOST}[A-Za-z]{{2,24}})"
_URL = (
    rf"(?P<figure>https?://{_PATH}"
    rf"|(?<![A-Za-z0-9.@-]){_HOST}(?:{_TOP_DOMAINS})(?![A-Za-z0-9-])(?:/{_PATH})?)"
)
_PHONE = (
    r"(?<![A-Za-z0-9+])(?P<figure>(?:(?:\+|00) ?212[ .-]?(?:\(0\)[ .-]?)?|212(?=[5-8]\d{8})|0)"
    r"(?P<local>[5-8](?:[ .-]?\d){8}))(?!\d)"
)
_FOREIGN_PHONE = r"(?<![A-Za-z0-9+])(?P<figure>\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6})(?!\d)"
_ISO_DATE = (
    r"(?<![\d./-])(?P<figure>(?P<year>(?:1[89]|20)\d\d)[-/](?P<month>\d\d)[-/](?P<day>\d\d))"
    r"(?![\d/-])"
)
_NUMERIC_DATE = (
    r"(?<![\d./-])(?P<figure>(?P<day>\d{1,2})(?P<mark>[./-])(?P<month>\d{1,2})(?P=mark)"
    rf"(?P<year>{_YEAR}))(?![\d/-])"
)
_MONTH_OF_YEAR = rf"(?<![\d./-])(?P<figure>(?P<month>0[1-9]|1[0-2])/(?P<year>{_YEAR}))(?![\d/])"
_DAY_FIRST = (
    rf"(?<![A-Za-z0-9.,])(?P<figure>(?:{_DAY}(?:er|st|nd|rd|th)?|(?P<first>فاتح))"
    rf"(?: (?:of |de |d'|من |شهر )?|-){_MONTH}{_SEPARATED_YEAR}?)"
)
_MONTH_FIRST = (
    rf"(?<![A-Za-zء-ي])(?P<figure>{_MONTH} {_DAY}(?:st|nd|rd|th)?(?![\d%])(?!,\d)"
    rf"{_SEPARATED_YEAR}?)"
)
_NAMED_MONTH = rf"(?<![A-Za-zء-ي])[ولبف]?(?P<figure>{_MONTH}{_SEPARATED_YEAR})"
_MARKED_CODE = (
    rf"{_LAW_MARK}{_LAW_ADJECTIVE} ?:? ?(?P<figure>\d{{1,4}}(?:[./-]\d{{1,5}}){{1,3}})"
    rf"(?!,?\d|[./-]\d)(?! ?(?:{_words(_MAGNITUDE_TABLE)}|{_PERCENT}))"
)
_MARKED_TARIFF = (
    rf"{_TARIFF_MARK} ?:? ?(?P<figure>\d{{4}}(?:\.?\d{{2}}){{0,3}}|\d\d\.\d\d)(?!\d)(?![.,]\d)"
)
_TARIFF = r"(?<![\d.])(?P<figure>\d{4}\.\d\d\.\d\d(?:\.\d\d)?)(?![\d.]\d)"
_BARE_LEGAL = r"(?<![\d./,-])(?P<figure>\d{1,4}(?:(?:-\d{1,5}){2,3}|(?:\.\d{1,2}){2,3}))(?![\d-])"
_NUMBERED_TEXT = r"(?<![\d./,-])(?P<figure>\d{3,5}/\d{1,5}|\d{1,5}/\d{3,5})(?![\d/-])(?![.,]\d)"
_CODE = (
    r"(?<![A-Za-z0-9])(?P<figure>eur[.-]?1(?!\d)|(?-i:(?=[A-Z0-9./-]{0,24}[A-Z])"
    r"(?=[A-Z.-]{0,24}\d|\d{1,9}[A-Z])[A-Z0-9]{1,16}(?:[./-][A-Z0-9]{1,16}){0,4}))(?![A-Za-z0-9])"
)
_TIME = (
    r"(?<![A-Za-z0-9:])(?P<figure>(?P<hour>[01]?\d|2[0-3])(?: ?h ?|:)(?P<minute>[0-5]\d)"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?)(?![\d:])"
)

_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (_EMAIL, _read_email),
        (_URL, _read_url),
        (_PHONE, _read_phone),
        (_FOREIGN_PHONE, _read_foreign_phone),
        (_ISO_DATE, _read_iso_date),
        (_NUMERIC_DATE, _read_numeric_date),
        (_MONTH_OF_YEAR, _read_month_of_year),
        (_DAY_FIRST, _read_named_date),
        (_MONTH_FIRST, _read_named_date),
        (_NAMED_MONTH, _read_named_date),
        (_MARKED_CODE, _read_legal_code),
        (_MARKED_TARIFF, _read_tariff_code),
        (_TARIFF, _read_tariff_code),
        (_BARE_LEGAL, _read_legal_code),
        (_NUMBERED_TEXT, _read_numbered_text),
        (_CODE, _read_code),
        (_TIME, _read_time),
        (_QUANTITY, _read_quantity),
    )
)
