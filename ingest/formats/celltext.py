"""Celltext: the value of a spreadsheet cell as the words that a person sees in it.

Excel writes thousands and decimals in the way of whoever opens the file. Here thousands are parted
by a space and decimals by a point, which French, Arabic and English readers take for the same, and
dates are written day first, or year first where the format of the cell does so.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

from ingest.fold import strip_controls


def cell_text(value: object, number_format: str = "General") -> str:
    """What is seen of a value in an Excel number format, on one line.

    A text is a text, also when it begins with `=`, `+`, `-` or `@`.
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int() | float() | Decimal():
            return _number(value, _section(number_format))
        case date():
            return _day(value, _section(number_format).lower())
        case time() | timedelta():
            return _clock(value)
        case _:
            return " ".join(strip_controls(str(value)).split())


_PLACES = 400
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_BRACKET = re.compile(r"\[(?:\$([^\]-]*)[^\]]*|[^\]]*)\]")
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]+)?")


def _section(number_format: str) -> str:
    """The part of a format for positive numbers: colours out, currencies left as words."""
    return _BRACKET.sub(lambda match: f'"{match[1] or ""}"', number_format.partition(";")[0])


def _day(value: date, pattern: str) -> str:
    bare = _LITERAL.sub("", pattern)
    if "d" not in bare and "y" in bare:
        day = value.strftime("%m/%Y" if "m" in bare else "%Y")
    else:
        day = value.strftime("%Y-%m-%d" if bare.lstrip().startswith("y") else "%d/%m/%Y")
    return f"{day} {value:%H:%M}" if isinstance(value, datetime) and "h" in bare else day


def _clock(value: time | timedelta) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    minutes = int(value.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def _number(value: int | float | Decimal, pattern: str) -> str:
    literal = _LITERAL.sub(lambda match: "\0" * len(match.group()), pattern)
    digits = _DIGITS.search(literal)
    if digits is None or "E+" in literal or "/" in literal:
        return _general(value)
    whole, _, decimals = digits.group().partition(".")
    percent = "%" in literal
    with localcontext(prec=_PLACES, rounding=ROUND_HALF_UP):
        shown = abs(Decimal(repr(value) if isinstance(value, float) else value))
        text = f"{shown * 100 if percent else shown:,.{len(decimals)}f}"
    text = text.replace(",", " " if "," in whole else "")
    least = sum(character == "0" for character in whole)
    before, _, after = text.partition(".")
    after = after[: decimals.count("0")] + after[decimals.count("0") :].rstrip("0")
    text = before.zfill(least) + (f".{after}" if after else "")
    sign = "-" if value < 0 else ""
    words = (_words(pattern[: digits.start()]), sign + text, _words(pattern[digits.end() :]))
    return " ".join(filter(None, words)).replace(" %", "%")


def _general(value: int | float | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    plain = f"{value:.11g}"
    return f"{value:.0f}" if "e+" in plain and value == int(value) else plain


def _words(pattern: str) -> str:
    """What a format writes beside the number."""
    text = _LITERAL.sub(lambda match: match[1] or match[2] or " ", pattern)
    return " ".join(text.replace(",", " ").split())
