"""Identifiers: numbers and addresses that belong to one person or one company.

They are masked before anything is stored, logged or handed to a language model. Identity cards,
passports, the numbers of companies (ICE, tax, trade register, social security), accounts, payment
cards, telephones and mail addresses are found in whatever digits they are written. Names of people
and postal addresses are not: nothing tells them from those of streets, bodies and products.

Check digits are asked for where a number stands alone; one that says what it is counts with a
slip of the pen too. For the numbers of CNSS, tax and trade register none is published, so these
count only where words announce them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from assistant.shipped import shipped

IdentifierKind = Literal[
    "cin", "passport", "ice", "if", "rc", "cnss", "account", "card", "phone", "email"
]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier: `text[start:end]` is how it was written."""

    kind: IdentifierKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with a mark, `[cin]`, for each identifier, and the kinds of them in reading order."""

    text: str
    kinds: tuple[IdentifierKind, ...] = ()


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """All identifiers in reading order; they never overlap. Time grows with the length."""
    plain, positions = _plain(text)
    spans: list[_Span] = []
    if "@" in plain:
        spans += [_Span("email", *match.span()) for match in _EMAIL.finditer(plain)]
        plain = _without(plain, spans)
    if _DIGITS.search(plain):
        spans += _Reading(plain, _words()).spans()
    return tuple(
        Identifier(span.kind, positions[span.start], positions[span.end - 1] + 1)
        for span in sorted(spans, key=lambda span: span.start)
    )


def mask_identifiers(text: str) -> Masked:
    """The text with its identifiers masked; masked text is not changed again."""
    found = find_identifiers(text)
    parts: list[str] = []
    position = 0
    for one in found:
        parts += [text[position : one.start], f"[{one.kind}]"]
        position = one.end
    kinds = tuple(dict.fromkeys(one.kind for one in found))
    return Masked("".join([*parts, text[position:]]), kinds)


# The text as it is read

_DROPPED = "\ufdd0"


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """One sign for each visible one, in ASCII digits and without accents, and where it stood."""
    signs = text.translate(_SIGNS)
    if _DROPPED not in signs:
        return signs, range(len(signs))
    positions = [at for at, sign in enumerate(signs) if sign != _DROPPED]
    return signs.replace(_DROPPED, ""), positions


class _Signs(dict[int, str]):
    """A translation table that works out each sign once."""

    def __missing__(self, code: int) -> str:
        self[code] = sign = _sign(chr(code))
        return sign


def _sign(character: str) -> str:
    """The sign that stands for a character: one of its kind, or the one that says it is dropped."""
    if character in _LETTERS:
        return _LETTERS[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in _ALIKE:
        return _ALIKE[category]
    base = unicodedata.normalize("NFKD", character)
    shown = "".join(sign for sign in base if unicodedata.category(sign) != "Mn")
    return _LETTERS.get(shown, shown) if len(shown) == 1 else character


_ALIKE = {"Zs": " ", "Pd": "-", **dict.fromkeys(("Mn", "Cc", "Cf", "Cs", "Co", "Cn"), _DROPPED)}
_LETTERS = {
    "\n": "\n",
    "\r": "\n",
    "\t": " ",
    "ـ": _DROPPED,
    "ى": "ي",
    "ی": "ي",
    "ة": "ه",
    "ک": "ك",
    "ٱ": "ا",
    **dict.fromkeys("’‘ʼ′`´", "'"),
    "−": "-",
    "º": "°",
    "،": ",",
    "٫": ".",
    "·": ".",
}
_SIGNS = _Signs()


def _without(plain: str, spans: Iterable["_Span"]) -> str:
    """The text with a sign that closes a sentence instead of each sign of the spans."""
    parts: list[str] = []
    position = 0
    for _, start, end in spans:
        parts += [plain[position:start], "\0" * (end - start)]
        position = end
    return "".join([*parts, plain[position:]])


# What is asked of the digits


def _is_company(written: str) -> bool:
    """ICE: fifteen digits, of which the last two make the whole number divisible by 97.

    ice.gov.ma speaks of a control key without its formula; python-stdnum (`stdnum.ma.ice`) asks for
    this one, and the several hundred published numbers that it is tested with meet it. All of
    those begin with 00, which is asked for as well.
    """
    digits = _only_digits(written)
    return digits.startswith("00") and int(digits) % 97 == 0


def _is_account(written: str) -> bool:
    """RIB: three digits for the bank, three for the town, sixteen for the account and a key.

    The key is 97 - (the rest, times 100) mod 97, so that the whole is divisible by 97, as is the
    example for Morocco in the IBAN registry of ISO 13616.
    """
    return int(_only_digits(written)) % 97 == 0


def _is_iban(written: str) -> bool:
    """ISO 13616: with the first four signs moved behind and letters as numbers, rest 1 by 97."""
    signs = written.replace(" ", "")
    turned = signs[4:] + signs[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _is_card(written: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right doubled, digits summed, by 10."""
    digits = [int(digit) for digit in reversed(_only_digits(written))]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_line_of_tariff(written: str) -> bool:
    """Whether ten digits look rather like a line of the tariff than like a telephone number.

    Four chapters of the Harmonized System begin like one. Lines of the national tariff are written
    with points, or end with 00 mostly, which numbers that somebody has hardly ever do.
    """
    if not (_TARIFF.fullmatch(written) and _HEADING.match(written)):
        return False
    return "." in written or written.endswith("00")


def _is_sum(written: str) -> bool:
    """A sum with a plus has groups of three, and fewer digits than a telephone number."""
    return len(_only_digits(written)) < 10 and bool(_THOUSANDS.fullmatch(written))


def _only_digits(written: str) -> str:
    return _NO_DIGIT.sub("", written)


_NO_DIGIT = re.compile(r"[^0-9]+")
_DIGITS = re.compile(r"[0-9](?:[^0-9]{0,3}[0-9]){2}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_DATE = re.compile(r"[0-9]{2}([./ -])[0-9]{2}\1(?:19|20)[0-9]{2}(?![0-9])")
_THOUSANDS = re.compile(r"\+[0-9]{1,3}(?:[ .][0-9]{3})+")
_TARIFF = re.compile(r"[0-9]{4}([. ]?)[0-9]{2}\1[0-9]{2}\1[0-9]{2}")
_HEADING = re.compile(r"050[1-9]|051[01]|060[1-4]|070[1-9]|071[0-4]|080[1-9]|081[0-4]")


# How they are written

_ENDS = r"(?![A-Za-z0-9])"


def _figure(pattern: str, ends: str = _ENDS) -> re.Pattern[str]:
    return re.compile(f"(?:{pattern}){ends}")


_EMAIL = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z0-9][A-Za-z0-9._%+-]{0,127}(?:@| @ )"
    r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}"
    r"(?:[A-Za-z0-9._%+@-]*[A-Za-z0-9])?"
)
_MOROCCAN_IBAN = _figure(r"[Mm][Aa] ?[0-9]{2}(?:[ .-]?[0-9]){24}")
_IBAN = _figure(r"[A-Z]{2}[0-9]{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)")
_ACCOUNT = _figure(r"[0-9](?:[ ./-]?[0-9]){23}")
_COMPANY = _figure(r"[0-9](?:[ .-]?[0-9]){14}")
_CARD = _figure(
    r"[2-6][0-9]{3}([ -]?)(?:[0-9]{4}\1){2}[0-9]{4}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}"
)
_PHONE = _figure(
    r"(?:(?:\+|00) ?212[ ./-]?(?:\(0\)[ ./-]?)?|\(\+?212\) ?0?|212[ -]?(?=[5-8])|0[ .-]?)"
    r"[5-8](?:[ ./-]?[0-9]){8}"
)
_ABROAD = _figure(r"(?:\+ ?|00)[1-9][0-9]{0,2}(?:[ ./-]?\(?[0-9]\)?){6,12}")
_LINE = _figure(r"[0-9]{4}(?:[. ]?[0-9]{2}){0,3}")
_CHECKED: tuple[tuple[IdentifierKind, re.Pattern[str], Callable[[str], bool] | None], ...] = (
    ("account", _MOROCCAN_IBAN, None),
    ("account", _IBAN, _is_iban),
    ("account", _ACCOUNT, _is_account),
    ("ice", _COMPANY, _is_company),
    ("card", _CARD, _is_card),
)
_NAMED: Mapping[IdentifierKind, tuple[re.Pattern[str], ...]] = {
    "account": (_figure(r"[0-9](?:[ ./-]?[0-9]){15,23}"),),
    "ice": (_figure(r"[0-9](?:[ .-]?[0-9]){8,14}"),),
    "card": (_figure(r"[0-9](?:[ -]?[0-9]){12,18}"),),
    "passport": (_figure(r"[A-Za-z]{1,2}[ -]?[0-9]{6,8}"),),
    "cin": (_figure(r"[A-Za-z]{1,2}[ .-]?[0-9](?:[ .]?[0-9]){4,6}"),),
    "if": (_figure(r"[0-9](?:[ .]?[0-9]){6,8}"),),
    "cnss": (_figure(r"[0-9](?:[ .]?[0-9]){5,9}"),),
    "phone": (
        _PHONE,
        _ABROAD,
        _figure(r"\+?[0-9](?:[ ./-]?[0-9]){7,11}"),
    ),
    "rc": (_figure(r"[0-9](?:[ .]?[0-9]){2,6}"),),
}
"""How many digits a number has that says what it is; check digits are not asked for then."""


# What is said before and behind them

_Said = Literal[IdentifierKind, "tariff"]
_WORD = re.compile(r"[A-Za-z0-9]+|[\u0621-\u06d3]+|[^ ]")
_NUMBERED = re.compile(r"([A-Za-z]+)([0-9]+)")
_BEFORE = frozenset(":=#()'\",.;-°")
_MARKS = frozenset({":", "°", "numero", "num", "number", "رقم", "عدد"})
_CLOSED = frozenset("\n[]?!\0")
_PREFIXES = frozenset(
    f"{first}{second}{article}"
    for first in ("", "و", "ف")
    for second in ("", "ب", "ل", "ك")
    for article in ("", "ال")
) | {"لل", "ولل", "فلل"}
_STEPS = 12
_FAR = 8


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of `identifiers.yaml`; phrases are sequences of tokens.

    `exact` are those in capitals. `last` are the words with which a phrase ends, `longest` is how
    many tokens one has.
    """

    said: Mapping[tuple[str, ...], _Said]
    exact: Mapping[tuple[str, ...], _Said]
    last: frozenset[str]
    longest: int
    between: frozenset[str]
    joined: frozenset[str]
    units: frozenset[str]
    cards: frozenset[str]


@cache
def _words() -> _Words:
    data = shipped("identifiers.yaml")
    said = dict(_phrases(data["words"]))
    exact = dict(_phrases(data["capitals"]))
    lists = (frozenset(data[name]) for name in ("between", "joined", "units", "cards"))
    last = frozenset(phrase[-1].lower() for phrase in (*said, *exact))
    return _Words(said, exact, last, max(map(len, said)), *lists)


def _phrases(
    table: Mapping[_Said, Sequence[str]],
) -> Iterator[tuple[tuple[str, ...], _Said]]:
    for kind, phrases in table.items():
        for phrase in phrases:
            yield _first_bare(tuple(_WORD.findall(_plain(phrase)[0]))), kind


def _first_bare(phrase: tuple[str, ...]) -> tuple[str, ...]:
    """A phrase whose first word lost its article, as `_bare` tries the words of a text."""
    return (phrase[0].removeprefix("ال"), *phrase[1:])


def _bare(word: str) -> Iterator[str]:
    """A word with and without what Arabic writes together with it."""
    yield word
    for length in (1, 2, 3, 4):
        if word[:length] in _PREFIXES and len(word) > length + 1:
            yield word[length:]


class _Span(NamedTuple):
    kind: IdentifierKind
    start: int
    end: int


class _Token(NamedTuple):
    """A word, a number or a sign; `word` is how it is compared."""

    word: str
    start: int
    end: int


class _Reading:
    """One text, read number by number with the words around each."""

    def __init__(self, plain: str, words: _Words) -> None:
        self._plain = plain
        self._words = words
        self._tokens = list(self._tokenised())
        self._said = [self._phrase(at) for at in range(len(self._tokens))]
        self._last: tuple[_Said, int] | None = None

    def spans(self) -> Iterator[_Span]:
        """The identifiers of the text but for mail addresses, in reading order."""
        taken = 0
        for at, token in enumerate(self._tokens):
            if token.start < taken or not self._may_begin(at):
                continue
            span = self._span(at)
            if span:
                yield span
                taken = span.end
                self._last = (span.kind, span.end)

    def _tokenised(self) -> Iterator[_Token]:
        """Words and signs; one that ends in its number, `ICE0015…`, counts as two."""
        for match in _WORD.finditer(self._plain):
            glued = _NUMBERED.fullmatch(match[0])
            if glued and self._is_phrase(glued[1]):
                middle = match.start() + len(glued[1])
                yield self._token(match.start(), middle)
                yield self._token(middle, match.end())
            else:
                yield self._token(*match.span())

    def _is_phrase(self, word: str) -> bool:
        return (word.lower(),) in self._words.said or (word,) in self._words.exact

    def _token(self, start: int, end: int) -> _Token:
        return _Token(self._plain[start:end].lower(), start, end)

    def _phrase(self, at: int) -> _Said | None:
        """What the phrase that ends with a token says, None without one."""
        if not any(bare in self._words.last for bare in _bare(self._tokens[at].word)):
            return None
        tokens = self._tokens[max(0, at - self._words.longest + 1) : at + 1]
        words = [token.word for token in tokens]
        written = [self._plain[token.start : token.end] for token in tokens]
        for first in range(len(tokens)):
            if said := self._words.exact.get(tuple(written[first:])):
                return said
            for bare in _bare(words[first]):
                if said := self._words.said.get((bare, *words[first + 1 :])):
                    return said
        return None

    def _may_begin(self, at: int) -> bool:
        """Whether a number may begin here: with a digit, a plus, a bracket or a letter or two."""
        word = self._tokens[at].word
        if word[0].isdigit() or word in "+(":
            return True
        return word.isascii() and word.isalnum() and (len(word) <= 2 or word[-1].isdigit())

    def _span(self, at: int) -> _Span | None:
        start = self._tokens[at].start
        said = self._before(at)
        for kind in said:
            if kind != "tariff" and (end := self._named(kind, at)):
                return _Span(kind, start, end)
        if "tariff" in said:
            if line := _LINE.match(self._plain, start):
                self._last = ("tariff", line.end())
            said = (*said, "tariff")
        found = self._sure(start) or self._likely(at, tariff="tariff" in said)
        return _Span(found[0], start, found[1]) if found else None

    def _named(self, kind: IdentifierKind, at: int) -> int | None:
        """Where a number ends whose kind was said, None for one that does not look like it."""
        token = self._tokens[at]
        if token.word in self._words.between and self._plain[token.start].islower():
            return None
        written = (pattern.match(self._plain, token.start) for pattern in _NAMED[kind])
        match = next(filter(None, written), None)
        if match is None or self._is_counted(match.end()):
            return None
        if kind == "rc" and _YEAR.fullmatch(match[0]):
            return None
        if kind == "phone" and _DATE.match(match[0]):
            return None
        return match.end()

    def _is_counted(self, end: int) -> bool:
        """Whether a unit follows, so that it is an amount."""
        following = _WORD.search(self._plain, end, end + 24)
        return bool(following and following[0].lower() in self._words.units)

    def _sure(self, start: int) -> tuple[IdentifierKind, int] | None:
        """The kind and the end of a number that its check digits or its country tell."""
        for kind, pattern, accepts in _CHECKED:
            match = pattern.match(self._plain, start)
            if match and (accepts is None or accepts(match[0])):
                return kind, match.end()
        return None

    def _likely(self, at: int, *, tariff: bool) -> tuple[IdentifierKind, int] | None:
        """The same of an identity card or a telephone that only its form tells."""
        token = self._tokens[at]
        written = self._plain[token.start : token.end]
        letters = written.rstrip("0123456789")
        if letters in self._words.cards and 5 <= len(written) - len(letters) <= 7:
            return "cin", token.end
        if tariff:
            return None
        match = _PHONE.match(self._plain, token.start)
        if match:
            dated = _DATE.match(match[0]) or _is_line_of_tariff(match[0])
            return None if dated else ("phone", match.end())
        match = _ABROAD.match(self._plain, token.start)
        if (
            match
            and not _COMPANY.fullmatch(match[0])
            and not _is_sum(match[0])
            and not self._is_counted(match.end())
        ):
            return "phone", match.end()
        return None

    def _before(self, at: int) -> tuple[_Said, ...]:
        """What is said before a token, nearest first: right before it, or at a number's mark."""
        said: dict[_Said, None] = {}
        place, steps = at - 1, 0
        while place >= 0 and steps < _STEPS:
            if self._last and self._tokens[place].end == self._last[1]:
                return (*said, self._last[0]) if self._joins(place, at) else tuple(said)
            if found := self._said[place]:
                said[found] = None
            elif not self._is_between(place):
                break
            place, steps = place - 1, steps + 1
        if not said and self._is_mark(at - 1):
            return tuple(self._far(at - 2))
        return tuple(said)

    def _joins(self, place: int, at: int) -> bool:
        """Whether only a comma or a word for "and" stands between a number and the next."""
        words = [token.word for token in self._tokens[place + 1 : at]]
        return bool(words) and all(word in self._words.joined or word == "," for word in words)

    def _is_between(self, place: int) -> bool:
        word = self._tokens[place].word
        if word in _BEFORE or word in self._words.joined or self._is_name(place):
            return True
        return any(bare in self._words.between for bare in _bare(word))

    def _is_name(self, place: int) -> bool:
        """Whether it is written like the name of a town: «RC Casablanca 123456»."""
        token = self._tokens[place]
        written = self._plain[token.start : token.end]
        return written.istitle() and written.isalpha() and len(written) > 2

    def _is_mark(self, place: int) -> bool:
        return place >= 0 and self._tokens[place].word in _MARKS

    def _far(self, place: int) -> Iterator[_Said]:
        """What is said within some words before a mark, in the same sentence."""
        for at in range(place, max(-1, place - _FAR), -1):
            word = self._tokens[at].word
            if word in _CLOSED or word[0].isdigit():
                return
            if found := self._said[at]:
                yield found
